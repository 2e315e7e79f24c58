"""An engine to be measured: held in a memory group from before it loads, watched from outside."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app.bench.stream.asked import Asked, Messages, one_turn
from app.bench.stream.cached import drop
from app.bench.stream.device import device_of
from app.bench.stream.groups import Counted, Group, Place
from app.bench.stream.watching import Read, Watch
from app.commands.request import JSON
from core.errors import Problem

_PROGRAM = Path(__file__).resolve().parents[3]
_ENDS_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Words that arrived: when (`time.perf_counter()`), their tokens, and what the engine had read until then."""

    at: float
    ids: tuple[int, ...]
    text: str
    read: Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as it arrived. `said`: what the engine says of it, where nothing can be seen from outside."""

    begun: float
    parts: tuple[Part, ...]
    said: JSON


class Driver:
    """The driver's process; one engine at a time. To be used with `with`."""

    def __init__(self, place: Place | None) -> None:
        self._place = place
        self._number = 0
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
        self._process = subprocess.Popen(
            [*program, "bench", "stream", "--driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_PROGRAM,
            start_new_session=True,  # Ctrl+C is ours to hear; it ends when its input does
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    @property
    def grouped(self) -> bool:
        """Whether engines are held in memory groups here."""
        return self._place is not None

    @contextmanager
    def engine(self, asked: Asked) -> Iterator["Engine"]:
        """An engine loaded as asked, from a file that nothing keeps in memory; ended at the end. Raises Problem."""
        drop(asked.model)
        with ExitStack() as stack:
            group = stack.enter_context(self._place.group(asked.limit_mb)) if self._place else None
            self.say(asked.loading())
            self.hear("made")
            if group:
                group.take(self._process.pid)
            try:
                self.say({"do": "start"})
                pid = self.hear("pid")["pid"]
            finally:
                if group:
                    group.give_back(self._process.pid)
            stack.callback(self._close)
            if not isinstance(pid, int):
                self.hear("ready_s")
                raise Problem("The engine could not be started.", "Try `mneme doctor`.")
            watch = stack.enter_context(Watch(pid, device_of(asked.model)))
            ready = self.hear("ready_s")
            yield Engine(driver=self, asked=asked, watch=watch, group=group, ready=ready)

    def say(self, request: JSON) -> None:
        """Give it a request. Raises Problem when it is gone."""
        assert self._process.stdin is not None
        try:
            self._number += 1
            self._process.stdin.write(json.dumps(request | {"number": self._number}) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise _gone() from error

    def hear(self, wanted: str) -> JSON:
        """Its next line, which has `wanted`. Raises the problem that it tells of."""
        assert self._process.stdout is not None
        said: JSON = {}
        while said.get("number") != self._number:  # what comes late belongs to a request that was given up
            line = self._process.stdout.readline()
            if not line:
                raise _gone()
            said = json.loads(line)
        if "problem" in said:
            raise Problem(said["problem"]["title"], said["problem"]["remedy"])
        if wanted and wanted not in said:
            raise Problem("The bench lost its order.", "Run it again.")
        return said

    def _close(self) -> None:
        if self._process.poll() is None:
            self.say({"do": "close"})
            self.hear("closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A loaded engine."""

    driver: Driver
    asked: Asked
    watch: Watch
    group: Group | None
    ready: JSON
    """`ready_s`: seconds from its start until it could be asked; and what it says of itself."""

    def ask(self, prompt: str | Messages, tokens: int) -> Reply:
        """Have it write. Raises Problem."""
        messages = one_turn(prompt) if isinstance(prompt, str) else prompt
        self.driver.say({"do": "ask", "messages": messages, "tokens": tokens})
        parts: list[Part] = []
        while "done" not in (line := self.driver.hear("")):
            read = self.watch.read()
            parts.append(Part(at=line["at"], ids=tuple(line.get("ids", ())), text=line["text"], read=read))
        return Reply(begun=line["begun"], parts=tuple(parts), said=line)

    def turn(self, job: str, tokens: int, after: int, text: str, answer: int) -> JSON:
        """A sleeping job, and behind its `after`-th word a question: when each word arrived. Raises Problem."""
        messages = {"job": one_turn(job), "messages": one_turn(text)}
        request = {"do": "turn", "tokens": tokens, "after": after, "answer": answer, **messages}
        self.driver.say(request)
        return self.driver.hear("done")

    def counted(self) -> Counted | None:
        """What its group saw, where there is one."""
        return self.group.counted() if self.group else None


def _gone() -> Problem:
    return Problem("The bench's engine process ended.", "The system may have been short of memory; try again.")
