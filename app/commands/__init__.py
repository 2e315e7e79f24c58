"""Every command by its name: run by the host, for itself or for another process that asks at its door."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.commands import administration, asking, consent, keeping, memories, recording, sharing
from app.commands.request import JSON, Reply, Request, problem_frame, unexpected
from app.endpoint import Frame, Guest
from app.host import Host
from core.errors import BadInput, Locked, Problem, WrongKey

log = logging.getLogger(__name__)

Run = Callable[[Host, JSON, datetime, Reply], JSON]


@dataclass(frozen=True, slots=True)
class Command:
    """How a command is run."""

    run: Run
    makes: bool = False
    """It may make the profile."""
    opens: bool = True
    """It opens the vault where it is host itself."""
    guarded: Callable[[JSON], bool] = lambda arguments: False
    """It needs the passphrase itself, whoever sits at the unlocked desk."""
    behind_lock: bool = False
    """It has an answer of a locked host too."""
    reads: bool = False
    """A vault that can only be read will do."""


COMMANDS: dict[str, Command] = {
    "recall": Command(asking.recall, reads=True),
    "ask": Command(asking.ask, reads=True),
    "memories": Command(memories.memories, reads=True),
    "conflicts": Command(asking.conflicts, reads=True),
    "coming-up": Command(asking.coming_up, reads=True),
    "status": Command(asking.status, behind_lock=True, reads=True),
    "remember": Command(keeping.remember, makes=True),
    "import": Command(keeping.import_, makes=True),
    "sleep": Command(keeping.sleep),
    "forget": Command(keeping.forget),
    "erase": Command(keeping.erase),
    "export": Command(keeping.export, reads=True),
    "backup": Command(keeping.backup),
    "capture": Command(recording.capture, makes=True),
    "recorder": Command(recording.recorder, behind_lock=True),
    "models": Command(administration.models, makes=True),
    "rules": Command(administration.rules, makes=True),
    "settings": Command(administration.settings, makes=True),
    "keys": Command(administration.keys, guarded=lambda arguments: arguments.get("action", "slots") != "slots"),
    "share": Command(sharing.share),
    "assistants": Command(consent.consent, makes=True, guarded=lambda arguments: arguments.get("action") == "allow"),
    "lock": Command(administration.lock, opens=False),
    "show": Command(administration.show, opens=False),
}


def run(host: Host, request: Request, reply: Reply) -> JSON:
    """Run a request at the host. Raises Problem; Locked when the vault is needed and not open."""
    host.last_used = host.clock()
    command = COMMANDS.get(request.command)
    if command is None:
        raise BadInput(f"There is no command {request.command!r}.", "`mneme --help` lists them.")
    if command.opens:
        if request.passphrase is not None and host.state() == "open":
            host.unlock(request.passphrase)
        if host.state() != "open" and not command.behind_lock:
            raise Locked
        if host.only_read is not None and not command.reads:
            raise host.only_read
        if command.guarded(request.arguments) and request.passphrase is None and _has_passphrase(host):
            raise WrongKey("This needs the passphrase itself.", "Give it: --passphrase-file, or on a terminal.")
    return command.run(host, request.arguments, request.moment(host.clock), reply)


def _has_passphrase(host: Host) -> bool:
    return any(slot.kind == "passphrase" for slot in host.opened.profile.slots)


def answer(host: Host, frame: Frame, send: Callable[[Frame], None], cancelled: Callable[[], bool]) -> None:
    """Run a request that came as a frame and send what it says, its result or its problem last."""
    try:
        request = Request.from_frame(frame)
        send({"result": run(host, request, Reply(send, cancelled))})
    except Problem as problem:
        send(problem_frame(problem))
    # The border of the process: a bug is answered with a sentence and logged, never with a trace.
    except Exception as error:
        log.exception("unexpected in a command")
        send(problem_frame(unexpected(error)))


def serve(host: Host, frame: Frame, guest: Guest) -> None:
    """For the host's door."""
    answer(host, frame, guest.send, guest.cancelled)
