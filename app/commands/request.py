"""A command on its way to the host and what comes back: plain JSON, the same whether one process or two."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import BadInput, Problem
from core.memory import MemoryId

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked: the command's name, its arguments as JSON, the moment it is to take for now."""

    command: str
    arguments: JSON = field(default_factory=dict)
    now: str | None = None
    passphrase: str | None = None
    """Given explicitly; a wrong one is refused even by a host that is unlocked."""

    def as_frame(self) -> JSON:
        """For the door."""
        return {
            "command": self.command,
            "arguments": self.arguments,
            "now": self.now,
            "passphrase": self.passphrase,
        }

    @classmethod
    def from_frame(cls, frame: JSON) -> "Request":
        """From the door. Raises BadInput for what is none."""
        now, passphrase = frame.get("now"), frame.get("passphrase")
        if (
            not isinstance(frame.get("command"), str)
            or not isinstance(frame.get("arguments"), dict)
            or not isinstance(now, (str, type(None)))
            or not isinstance(passphrase, (str, type(None)))
        ):
            raise BadInput("That is no request.", "Both sides must be the same Mneme.")
        return cls(command=frame["command"], arguments=frame["arguments"], now=now, passphrase=passphrase)

    def moment(self, clock: Callable[[], datetime]) -> datetime:
        """`--now` with a zone, or the clock's. Raises BadInput."""
        return clock() if self.now is None else read_moment(self.now, clock)


def read_moment(text: str, clock: Callable[[], datetime]) -> datetime:
    """An ISO 8601 time; one without an offset is in the clock's zone. Raises BadInput."""
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise BadInput(f"{text!r} is not a time.", "Write it like 2026-11-20T18:30:00+01:00.") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=clock().tzinfo)


@dataclass(slots=True)
class Reply:
    """What a command says while it runs. `send` gets one frame at a time, from any thread."""

    send: Callable[[JSON], None]
    cancelled: Callable[[], bool] = lambda: False

    def progress(self, what: str, done: int, total: int) -> None:
        """How far long work has come; `total` 0 when it is not known."""
        self.send({"progress": {"what": what, "done": done, "total": total}})

    def saved(self, ids: tuple[MemoryId, ...]) -> None:
        """One commit kept these."""
        if ids:
            self.send({"saved": list(ids)})

    def line(self, line: JSON) -> None:
        """One line of a batch, in input order."""
        self.send({"line": line})

    def first(self, answer: JSON) -> None:
        """The answer in the memories' own words, while a model writes another."""
        self.send({"first": answer})

    def words(self, words: str) -> None:
        """A piece of an answer as it is made."""
        self.send({"words": words})

    def notice(self, title: str, remedy: str = "") -> None:
        """Something the person should read."""
        self.send({"notice": {"title": title, "remedy": remedy}})


def problem_frame(problem: Problem) -> JSON:
    """A Problem as a frame."""
    return {"problem": {"title": problem.title, "remedy": problem.remedy, "exit": problem.exit_code}}


def unexpected(error: BaseException) -> Problem:
    """A bug, said as one; the trace goes to the log without content."""
    kind = type(error).__name__
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place is not None else "?"
    sys.stderr.write(f"mneme: unexpected {kind} in {where}\n")
    return Problem(f"Something unexpected went wrong ({kind} in {where}).", "Nothing that was saved is lost.")
