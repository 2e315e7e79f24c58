"""The window and what it needs around it: one instance, the host, the tray, an end that leaves nothing running."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path

from app import commands
from app.commands.request import Request
from app.endpoint import Call
from app.host import Clock, Host, local_now
from app.window_needs import check_window_libraries
from core.errors import Problem, ProfileBusy
from core.freed import few_arenas
from core.paths import ProfilePaths
from core.store.folder import private_umask

_PATIENCE_S = 20.0
PULSE = "MNEME_BENCH_PULSE"
"""A file for `mneme bench load`: how late the window's thread was, in milliseconds, a line each time."""


def window(
    paths: ProfilePaths, passphrase: str | None = None, *, hidden: bool = False, clock: Clock = local_now
) -> int:
    """Open the window, or bring the first one's to the front; returns when the person quits. Raises Problem."""
    return _shown(paths, passphrase, "window", "", hidden=hidden, clock=clock)


def going_on_from(moment: datetime) -> Clock:
    """A clock for `--now`: it shows `moment` when it is made, and goes on from there."""
    began = time.monotonic()
    return lambda: moment + timedelta(seconds=time.monotonic() - began)


def quick_recall(paths: ProfilePaths, question: str = "", passphrase: str | None = None) -> int:
    """Open quick recall in the running Mneme, starting it when there is none. Raises Problem."""
    return _shown(paths, passphrase, "recall", question, hidden=True, clock=local_now)


def _shown(paths: ProfilePaths, passphrase: str | None, what: str, text: str, *, hidden: bool, clock: Clock) -> int:
    few_arenas()
    check_window_libraries()
    private_umask()
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        host = Host.become(paths, make=True, clock=clock, stays=True)
        if host is not None:
            return _run(host, passphrase, what, text, hidden=hidden)
        if _asked_to_show(paths, what, text):
            return 0
        time.sleep(0.1)  # a one-shot command is host for a moment
    raise ProfileBusy("Another Mneme holds this profile and shows no window.", "End it, then start Mneme again.")


def _asked_to_show(paths: ProfilePaths, what: str, text: str) -> bool:
    request = Request(command="show", arguments={"what": what, "text": text})
    with suppress(OSError, ProfileBusy), Call(paths.socket) as call:
        return any(frame.get("result", {}).get("shown") for frame in call.ask(request.as_frame()))
    return False


def _run(host: Host, passphrase: str | None, what: str, text: str, *, hidden: bool) -> int:
    unlocking = threading.Thread(target=_unlock, args=(host, passphrase), name="unlock")
    unlocking.start()  # Argon2 takes as long as importing Qt, and the one leaves Python to the other
    from PySide6.QtWidgets import QApplication

    from app.desk import HostDesk
    from ui.pulse import Pulse
    from ui.shell import Shell

    app = QApplication.instance() or QApplication(["mneme"])  # what a window manager and the preview call it
    assert isinstance(app, QApplication)
    unlocking.join()
    desk = HostDesk(host)
    shell = Shell(app, desk, host.clock)
    # Not app.quit: it asks every window to close first, and ours goes to the tray instead.
    shell.quit_wanted.connect(lambda: app.exit(0))
    to_front = shell.bridge.carrier(shell, lambda _: shell.come_forward())
    to_recall = shell.bridge.carrier(shell, shell.recall)
    host.on_show = lambda wanted, question: (to_recall if wanted == "recall" else to_front)(question)
    host.open_door(commands.serve)
    ending = _quit_on_signals(lambda: app.exit(0))
    pulse = Pulse(shell) if PULSE in os.environ else None
    shell.show(window=not hidden or host.state() != "open")
    if what == "recall":
        shell.recall(text)
    with ExitStack() as ends:  # in reverse order, each of them whatever another raises
        for end in (host.close, desk.close, shell.close, ending):
            ends.callback(end)
        code = int(app.exec())
        host.on_show = None
        if pulse is not None:
            Path(os.environ[PULSE]).write_text("\n".join(f"{late:.1f}" for late in pulse.late_ms))
        return code


def _unlock(host: Host, passphrase: str | None) -> None:
    if host.state() == "locked":
        with suppress(Problem):  # the window asks for what is missing
            host.unlock(passphrase)


def _quit_on_signals(leave: Callable[[], None]) -> Callable[[], None]:
    """End as if quit was chosen on SIGTERM, SIGINT and SIGHUP; Qt is woken through a socket pair."""
    from PySide6.QtCore import QSocketNotifier

    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    numbers = [signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if os.name == "posix" else [])]
    handlers = {number: signal.signal(number, lambda *_: None) for number in numbers}
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)

    def woken() -> None:
        with suppress(BlockingIOError):
            if set(ours.recv(64)) & {int(number) for number in numbers}:
                leave()

    notifier.activated.connect(woken)

    def restore() -> None:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        ours.close()
        theirs.close()

    return restore
