"""A command's way to the host: be it for the command's own duration, or knock at the door of the one there is."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from app import commands
from app.commands import COMMANDS
from app.commands.request import JSON, Request
from app.endpoint import Call
from app.host import Host
from core.errors import BadInput, Cancelled, Missing, Problem, ProfileBusy
from core.paths import ProfilePaths
from core.store.profile import Profile

_PATIENCE_S = 60.0
Frames = Callable[[JSON], None]
"""Gets every frame but the last: progress, saved, line, words, notice."""


def call(paths: ProfilePaths, request: Request, on_frame: Frames, secret: Callable[[bool], str | None]) -> JSON:
    """Run `request` on this profile and return its result. Raises Problem, Cancelled on Ctrl+C.

    `secret(new)` gives a passphrase when none was given and the keyring does not open it: `new` asks for
    one to make a profile with; None when there is nobody to ask.
    """
    makes = COMMANDS[request.command].makes
    if not makes and not Profile.exists(paths):
        raise Missing("There is no profile here yet.", "`mneme remember`, `mneme import` or the window makes one.")
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        host = Host.become(paths, make=makes)
        if host is not None:
            try:
                return _as_host(host, request, on_frame, secret)
            finally:
                host.close()
        try:
            with Call(paths.socket) as knock:
                return _as_guest(knock, request, on_frame)
        except (FileNotFoundError, ConnectionRefusedError, ProfileBusy):
            time.sleep(0.05)  # the host is just starting or just leaving
    raise ProfileBusy("Another Mneme holds this profile and does not answer.", "Quit it, or wait for it to finish.")


def _as_host(host: Host, request: Request, on_frame: Frames, secret: Callable[[bool], str | None]) -> JSON:
    # The door opens when there is something behind it: until then whoever knocks tries again.
    if COMMANDS[request.command].opens:
        unlock(host, request, secret)
    host.open_door(commands.serve)
    for notice in host.notices:
        on_frame({"notice": {"title": notice.title, "remedy": notice.remedy}})
    result: list[JSON] = []

    def send(frame: JSON) -> None:
        if "result" in frame:
            result.append(frame["result"])
        elif "problem" in frame:
            raise _problem(frame["problem"])
        else:
            on_frame(frame)

    with _interrupt() as interrupted:
        # Checked when the vault was opened; once is enough where the command does not ask for it itself.
        checked = request if COMMANDS[request.command].guarded(request.arguments) else replace(request, passphrase=None)
        commands.answer(host, checked.as_frame(), send, interrupted)
    return result[0]


def unlock(host: Host, request: Request, secret: Callable[[bool], str | None]) -> None:
    """Open the host's vault, or make it: explicit passphrase before keyring before asking. Raises Problem."""
    if host.state() == "new":
        passphrase = request.passphrase
        if passphrase is None and not host.keyring():
            passphrase = secret(True)
        if passphrase is None and not host.keyring():
            raise BadInput(
                "A new profile needs a passphrase: this system has no keyring that encrypts.",
                "Set MNEME_PASSPHRASE, or use --passphrase-file, or start the window.",
            )
        host.create(passphrase, passphrase is None, recovery=False)
        return
    try:
        host.unlock(request.passphrase)
    except Problem:
        if request.passphrase is not None:
            raise
        passphrase = secret(False)
        if passphrase is None:
            raise
        host.unlock(passphrase)


def _as_guest(knock: Call, request: Request, on_frame: Frames) -> JSON:
    with _interrupt() as interrupted:
        asked = False
        for frame in knock.ask(request.as_frame()):
            if "result" in frame:
                return dict(frame["result"])
            if "problem" in frame:
                raise _problem(frame["problem"])
            on_frame(frame)
            if interrupted() and not asked:
                knock.cancel()
                asked = True
    # No ProfileBusy: that would be tried again, and what was begun must not be begun twice.
    raise Problem("The running Mneme went away before it was done.", "What it called saved is kept; try again.")


@contextmanager
def _interrupt() -> Iterator[Callable[[], bool]]:
    """The first Ctrl+C asks the work to stop at its next step, a second one ends the process."""
    pressed = threading.Event()

    def stop(_number: int, _frame: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _problem(said: JSON) -> Problem:
    problem = Cancelled() if said["exit"] == Cancelled.exit_code else Problem(said["title"], said["remedy"])
    problem.title, problem.remedy = said["title"], said["remedy"]
    return problem
