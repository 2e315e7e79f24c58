"""One serial thread for the store: a person before a capture before upkeep, upkeep in steps."""

import itertools
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from core.errors import Cancelled, Problem
from core.urgency import Urgency


@dataclass(slots=True)
class Job:
    """Something handed to the worker. `cancelled` is looked at by whoever does the work."""

    urgency: Urgency
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None]
    cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask it to stop at its next step; before it began it never starts."""
        self.cancelled.set()


class Worker:
    """Runs jobs one at a time in the order of their urgency.

    Work that returns an iterator is run step by step: after each step whatever is more urgent goes
    first, and the iterator's return value is the result. Callbacks run on the worker's thread.
    """

    def __init__(self, name: str) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Job | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._closing = threading.Event()
        self._thread.start()

    def submit(
        self,
        work: Callable[[], Any],
        urgency: Urgency,
        done: Callable[[Any], None] = lambda _: None,
        failed: Callable[[BaseException], None] = lambda _: None,
    ) -> Job:
        """Queue `work`; `done` gets what it returns, `failed` what it raises."""
        job = Job(urgency, work, done, failed)
        if self._closing.is_set():
            failed(Cancelled("It"))
            return job
        self._queue.put((job.urgency, next(self._order), job))
        return job

    def call(self, work: Callable[[], Any], urgency: Urgency) -> Any:
        """Queue `work` and wait for it; raises what it raises. Never from the worker's own thread."""
        if threading.current_thread() is self._thread:
            return work()
        ended = threading.Event()
        result: list[Any] = []
        error: list[BaseException] = []

        def done(value: Any) -> None:
            result.append(value)
            ended.set()

        def failed(problem: BaseException) -> None:
            error.append(problem)
            ended.set()

        self.submit(work, urgency, done, failed)
        ended.wait()
        if error:
            raise error[0]
        return result[0]

    def _run(self) -> None:
        while True:
            _, _, job = self._queue.get()
            if job is None:
                return
            self._do(job)

    def _do(self, job: Job) -> None:
        tell: Callable[[Any], None] = job.failed
        outcome: Any = Cancelled("It")
        if not (job.cancelled.is_set() or self._closing.is_set()):
            try:
                result = job.work()
                tell, outcome = job.done, self._steps(job, result) if isinstance(result, Iterator) else result
            # The border of the thread: whatever happens belongs to whoever asked, known or not.
            except BaseException as error:
                tell, outcome = job.failed, error
        try:
            tell(outcome)
        # A listener that fails must not take the store's thread with it: the next job has another owner.
        except Exception:
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))

    def _steps(self, job: Job, steps: Iterator[Any]) -> Any:
        while True:
            if job.cancelled.is_set() or self._closing.is_set():
                close = getattr(steps, "close", None)
                if close is not None:
                    close()
                raise Cancelled("It")
            try:
                next(steps)
            except StopIteration as end:
                return end.value
            self._let_pass(job.urgency)

    def _let_pass(self, urgency: Urgency) -> None:
        while True:
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                return
            if entry[2] is None or entry[0] >= urgency:
                self._queue.put(entry)
                return
            self._do(entry[2])

    def close(self, timeout_s: float = 10.0) -> None:
        """Cancel what waits, let the running step end, stop the thread. Raises Problem if it does not stop."""
        self._closing.set()
        self._queue.put((len(Urgency), next(self._order), None))
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise Problem("A job did not stop in time.", "Quit again, or end the process.")
