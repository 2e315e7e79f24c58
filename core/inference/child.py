"""A child process: start, talk, limits, watchdog, restart.

Used by the embedder, the engine and the reader of pictures. The host's side is `Child`; the child's side is
`serve` (see serving.py). A frozen program calls `child_main(sys.argv[1:])` before anything else.
"""

import importlib
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from core import errors
from core.errors import Cancelled, ChildDied, Problem
from core.inference.frames import BrokenFrame, Header, Json, Reply
from core.inference.process import Process, command_for
from core.inference.serving import cancelled, serve
from core.inference.turns import Turns
from core.urgency import Urgency

__all__ = ["Child", "Header", "Json", "Limits", "Preempted", "Reply", "cancelled", "child_main", "serve"]

_MOST_RESTARTS = 3
_RESTART_WINDOW_S = 600.0
_CANCEL_S = 10.0
_LACKED = "Close other programs, set the memory for the model anew in Settings, or choose a smaller model."
_POLL_S = 0.1
_MOST_INTERRUPTIONS = 3
"""After these a call runs to its end, so that steady questions cannot starve an import."""


class Preempted(Cancelled):
    """Someone more urgent took the child; ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may use. `memory_mb`: private memory, of 2^20 bytes (Linux); `start_s`: to be ready."""

    memory_mb: int | None = None
    start_s: float = 60.0


def child_main(arguments: Sequence[str]) -> bool:
    """Be a child when the program was started as one (`--child MODULE`); False when it was not."""
    if len(arguments) < 2 or arguments[0] != "--child":
        return False
    module = arguments[1]
    if not (module.startswith(("core.", "app.screencast.", "app.accessible.")) and module.endswith("_child")):
        raise SystemExit(2)
    importlib.import_module(module).main()
    return True


class Child:
    """A child process for calls from any thread; the more urgent caller goes first, one at a time.

    A more urgent caller also has the running request cancelled, where its handler can be: a call is then asked
    again after it (at most three times, then it runs to its end), a stream ends with Preempted.
    It is started by the first call (or `start`), killed when a call takes longer than its caller allows, and
    started again by the next call, at most three times in ten minutes; then ChildDied with a remedy.
    `on_death` gets a sentence when it ends without having been asked to; it is called from another thread.
    """

    def __init__(
        self,
        module: str,
        *,
        name: str,
        limits: Limits | None = None,
        nice: int = 0,
        hello: Mapping[str, Json] | None = None,
        on_death: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._module = module
        self._limits = limits or Limits()
        self._nice = nice
        self._hello = dict(hello or {})
        self._on_death = on_death
        self._clock = clock
        self._turns = Turns()
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._info: Header = {}
        self._number = 0
        self._current: tuple[Urgency, Process, int] | None = None
        self._preempted = 0
        self._ready: Process | None = None
        self._worn: Process | None = None
        self._closed = False
        self._failed: Problem | None = None
        self._restarts: list[float] = []

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        process = self._process
        return process is not None and process.alive

    @property
    def pid(self) -> int | None:
        """The process id, when it runs."""
        process = self._process
        return process.pid if process else None

    def last_lines(self) -> tuple[str, ...]:
        """The last lines of its stderr: for the developer's eyes, never for a log."""
        process = self._process
        return process.last_lines() if process else ()

    def start(self) -> Header:
        """Start it unless it runs; what it said when it was ready. ChildDied, or the child's own Problem."""
        with self._turns.turn(Urgency.QUESTION):
            self._running()
            return self._info

    def stop(self) -> None:
        """End it; a call in progress is Cancelled. The next call starts it again."""
        with self._lock:
            process, self._process = self._process, None
        if process:
            process.close()

    def renew(self, **hello: Json) -> None:
        """The next request, whoever's, begins with another process: this one may be left with half of its work.

        That one is greeted with these words in the place of the former ones.
        """
        with self._lock:
            self._hello |= hello
            self._worn = self._process

    def close(self) -> None:
        """End it for good; later calls are Cancelled."""
        self._closed = True
        self.stop()

    def call(
        self,
        request: Mapping[str, Json],
        blob: bytes = b"",
        *,
        timeout_s: float,
        urgency: Urgency = Urgency.CAPTURE,
    ) -> Reply:
        """Ask for `request["do"]` and wait for the answer: (header, blob).

        ChildDied when it ended or took longer than `timeout_s`; Cancelled when it was stopped; the
        child's own Problem.
        """
        shield, interruptions = urgency, 0
        while True:
            with self._turn(urgency):
                process, number = self._begin(request, blob, timeout_s, shield)
                try:
                    return self._receive(process, number, timeout_s)[1]
                except Cancelled:
                    if self._preempted != number or process is not self._process:
                        raise
            interruptions += 1
            if interruptions == _MOST_INTERRUPTIONS:
                shield = Urgency.QUESTION

    def stream(
        self,
        request: Mapping[str, Json],
        blob: bytes = b"",
        *,
        timeout_s: float,
        urgency: Urgency = Urgency.CAPTURE,
        cancelled: Callable[[], bool] | None = None,
    ) -> Generator[Reply, None, None]:
        """Ask for `request["do"]` and yield its parts; `timeout_s` is for each. Closing it cancels.

        Cancelled when `cancelled()` turns true; Preempted when a more urgent caller came; else as `call`.
        """
        with self._turn(urgency):
            process, number = self._begin(request, blob, timeout_s, urgency)
            kind = "part"
            try:
                while True:
                    kind, reply = self._receive(process, number, timeout_s, cancelled)
                    if kind != "part":
                        break
                    yield reply
            except Cancelled as problem:
                kind = "done"
                raise self._as_preempted(number, process, problem) from None
            except Problem:
                kind = "done"
                raise
            finally:
                if kind == "part":
                    self._cancel(process, number)
            if reply[0].get("cut") is True:
                raise self._as_preempted(number, process, Cancelled(f"The {self.name}"))

    def _as_preempted(self, number: int, process: Process, problem: Problem) -> Problem:
        preempted = self._preempted == number and process is self._process
        return Preempted(f"The {self.name}") if preempted else problem

    @contextmanager
    def _turn(self, urgency: Urgency) -> Iterator[None]:
        """Wait for the turn, after having what is less urgent cancelled."""
        current = self._current
        if current and current[0] > urgency:
            _, process, number = current
            self._preempted = number
            with suppress(Problem):
                process.send({"cancel": number}, b"", _CANCEL_S)
        with self._turns.turn(urgency):
            try:
                yield
            finally:
                self._current = None

    def _cancel(self, process: Process, number: int) -> None:
        """Stop a stream between two of its parts and take what was still on its way."""
        try:
            process.send({"cancel": number}, b"", _CANCEL_S)
            while self._receive(process, number, _CANCEL_S)[0] == "part":
                pass
        except Problem:
            return  # it has ended, which is what was wanted

    def _running(self) -> Process:
        """The process, started when it does not run."""
        with self._lock:
            if self._closed:
                raise Cancelled(f"The {self.name}")
            worn, self._worn = self._worn, None
            if self._process and self._process is worn:
                self._process = None
                worn.close()
            if self._process and self._process.alive:
                return self._process
            if self._process or self._failed:
                self._process = None
                self._spend_a_restart()
            process = Process(command_for(self._module), name=self.name, nice=self._nice, ended=self._ended)
            self._process = process
        try:
            self._info = self._greet(process)
        except Problem as problem:
            with self._lock:
                if self._process is process:
                    self._process, self._failed = None, problem
            process.close()
            raise
        self._failed, self._ready = None, process
        return process

    def _greet(self, process: Process) -> Header:
        greeting: Header = {"memory_mb": self._limits.memory_mb, "nice": self._nice, "hello": self._hello}
        process.send(greeting, b"", self._limits.start_s)
        _, (info, _) = self._receive(process, 0, self._limits.start_s)
        return info

    def _spend_a_restart(self) -> None:
        now = self._clock()
        self._restarts = [at for at in self._restarts if now - at < _RESTART_WINDOW_S]
        if len(self._restarts) >= _MOST_RESTARTS:
            self._failed = self._failed or ChildDied(
                f"The {self.name} ended {_MOST_RESTARTS + 1} times in ten minutes.",
                "It is tried again in ten minutes. More memory or another model in Settings may help.",
            )
            raise self._failed
        self._restarts.append(now)

    def _begin(
        self, request: Mapping[str, Json], blob: bytes, timeout_s: float, urgency: Urgency
    ) -> tuple[Process, int]:
        """Send a request to the running process; one that had just ended by itself is started again for it."""
        process = self._running()
        try:
            return process, self._send(process, request, blob, timeout_s, urgency)
        except ChildDied:
            if process.killed:
                raise
        process.kill()
        process = self._running()
        return process, self._send(process, request, blob, timeout_s, urgency)

    def _send(
        self, process: Process, request: Mapping[str, Json], blob: bytes, timeout_s: float, urgency: Urgency
    ) -> int:
        self._number += 1
        self._current = (urgency, process, self._number)
        try:
            process.send({**request, "id": self._number}, blob, timeout_s)
        except BrokenFrame as error:
            raise Problem(f"This is too large for the {self.name}.", "Give it less at once.") from error
        except ChildDied as error:
            raise self._why_it_ended(process) from error
        return self._number

    def _receive(
        self,
        process: Process,
        number: int,
        timeout_s: float,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[str, Reply]:
        """The next frame of an answer: ("part" | "done" | "ready", (header, blob))."""
        deadline = time.monotonic() + timeout_s
        while True:
            if cancelled and cancelled():
                process.send({"cancel": number}, b"", _CANCEL_S)
                cancelled = None
            try:
                left = deadline - time.monotonic()
                frame = process.receive(min(left, _POLL_S) if cancelled else left)
            except TimeoutError:
                if cancelled and time.monotonic() < deadline:
                    continue
                process.kill()
                raise ChildDied(
                    f"The {self.name} did not answer within {timeout_s:g} s and was ended.",
                    "It is started again when it is needed.",
                ) from None
            if frame is None:
                raise self._why_it_ended(process)
            header, blob = frame
            if header.get("id") != number:
                continue
            if header.get("is") == "problem":
                raise _problem(header)
            body = header.get("info" if header.get("is") == "ready" else "body")
            return str(header.get("is")), (body if isinstance(body, dict) else {}, blob)

    def _why_it_ended(self, process: Process) -> Problem:
        if self._process is not process:
            return Cancelled(f"The {self.name}")
        if process.lacked_memory:
            return ChildDied(f"The {self.name} {process.lacked_memory}.", _LACKED)
        return ChildDied(
            f"The {self.name} ended while it was needed.",
            "It is started again when it is needed. If it keeps ending, give it more memory in Settings.",
        )

    def _ended(self, process: Process, how: str) -> None:
        if process is self._process and process is self._ready and self._on_death:
            self._on_death(f"The {self.name} {how}.")


def _problem(header: Mapping[str, Json]) -> Problem:
    """Turn a child's sentence back into the problem it was there."""
    named = getattr(errors, str(header.get("class")), Problem)
    kind: type[Problem] = named if isinstance(named, type) and issubclass(named, Problem) else Problem
    problem = kind.__new__(kind)
    Problem.__init__(problem, str(header.get("title", "")), str(header.get("remedy", "")))
    return problem
