"""The only way between the workers' threads and the window's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from core.errors import Cancelled, Problem
from core.events import Event, Noticed
from core.urgency import Urgency
from ui.desk import Cancel, Desk

if TYPE_CHECKING:
    from core.assistant import Assistant as Assistant

T = TypeVar("T")
log = logging.getLogger(__name__)


def _nothing() -> None:
    """A Cancel for what can no longer be taken back."""


class Job:
    """Something under way for an owner; after `cancel` nothing of it reaches the window."""

    def __init__(self, stop: Flag) -> None:
        self.stop = stop
        self.wanted = True
        self.take_back: Cancel = _nothing

    def cancel(self) -> None:
        """Stop the work at its next step and deliver nothing more."""
        self.wanted = False
        self.stop.set()
        self.take_back()


class Bridge(QObject):
    """Hands work to the desk and brings everything back on the window's thread, in order.

    `happened` carries every event of core on that thread.
    """

    happened = Signal(object)
    _back = Signal(object)

    def __init__(self, desk: Desk, clock: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.now = clock
        self._jobs: dict[int, set[Job]] = {}
        self._closed = False
        self._threads = ThreadPoolExecutor(max_workers=3, thread_name_prefix="mneme-desk")
        self._back.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._stop_listening = desk.events.listen(self._heard)

    def run(
        self,
        work: Callable[[Assistant], T],
        owner: QObject,
        then: Callable[[T], None],
        failed: Callable[[Problem], None] | None = None,
        urgency: Urgency = Urgency.QUESTION,
        stop: Flag | None = None,
    ) -> Job:
        """Have `work` done with the assistant; `then` or `failed` is called here unless `owner` is gone.

        With no `failed` a problem becomes a notice. `stop` is set when the job is cancelled.
        """
        job = self._enrol(owner, stop)
        if self._closed:
            return job
        done = self._end(job, owner, then)
        sorry = self._end(job, owner, failed or self.say)
        job.take_back = self.desk.submit(work, urgency, done, sorry)
        return job

    def run_steps(
        self,
        work: Callable[[Assistant], Iterator[object]],
        owner: QObject,
        then: Callable[[Any], None],
        failed: Callable[[Problem], None] | None = None,
        urgency: Urgency = Urgency.CAPTURE,
        stop: Flag | None = None,
    ) -> Job:
        """The same for work in steps (imports, sleeps); `then` gets what the iterator returns at its end."""
        job = self._enrol(owner, stop)
        if self._closed:
            return job
        done: Callable[[Any], None] = self._end(job, owner, then)
        steps = cast("Callable[[Assistant], Any]", work)
        job.take_back = self.desk.submit(steps, urgency, done, self._end(job, owner, failed or self.say))
        return job

    def off_thread(
        self,
        work: Callable[[Desk], T],
        owner: QObject,
        then: Callable[[T], None],
        failed: Callable[[Problem], None] | None = None,
        stop: Flag | None = None,
    ) -> Job:
        """The same for what the desk itself does and may block: opening, checking, looking."""
        job = self._enrol(owner, stop)
        if self._closed:
            return job
        done = self._end(job, owner, then)
        sorry = self._end(job, owner, failed or self.say)

        def whole() -> None:
            try:
                result = work(self.desk)
            except Problem as problem:
                sorry(problem)
            except Exception as bug:  # a thread's border: a bug must be seen in the window, not vanish
                log.exception("unexpected in %s", type(bug).__name__)
                sorry(Problem("Something unexpected went wrong.", "The log has the details; nothing was lost."))
            else:
                done(result)

        self._threads.submit(whole)
        return job

    def carrier(self, owner: QObject, then: Callable[[T], None]) -> Callable[[T], None]:
        """A function for worker threads that calls `then` here, while `owner` lives: streamed words, progress."""
        key, jobs = id(owner), self._jobs_of(owner)

        def here(value: T) -> None:
            if self._jobs.get(key) is jobs and isValid(owner):
                then(value)

        return lambda value: self._back.emit(lambda: here(value))

    def say(self, problem: Problem) -> None:
        """Show a problem as a notice. What the person cancelled needs none."""
        if not isinstance(problem, Cancelled):
            self.happened.emit(Noticed(problem.title, problem.remedy, problem=True))

    def tell(self, title: str, remedy: str = "") -> None:
        """Show a notice that is no problem."""
        self.happened.emit(Noticed(title, remedy))

    def release(self, owner: QObject) -> None:
        """Cancel all that is under way for an owner that closes; nothing more reaches it."""
        for job in self._jobs.pop(id(owner), set()):
            job.cancel()

    def close(self) -> None:
        """Stop listening, take back what is under way, end the threads; what comes later is not begun."""
        self._closed = True
        self._stop_listening()
        for jobs in list(self._jobs.values()):
            for job in jobs:
                job.cancel()
        self._jobs.clear()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _enrol(self, owner: QObject, stop: Flag | None) -> Job:
        job = Job(stop or Flag())
        self._jobs_of(owner).add(job)
        return job

    def _jobs_of(self, owner: QObject) -> set[Job]:
        key = id(owner)
        if key not in self._jobs:
            self._jobs[key] = set()
            owner.destroyed.connect(lambda: self._forget_owner(key))
        return self._jobs[key]

    def _forget_owner(self, key: int) -> None:
        for job in self._jobs.pop(key, set()):
            job.cancel()

    def _end(self, job: Job, owner: QObject, then: Callable[[T], None]) -> Callable[[T], None]:
        def ended(value: T) -> None:
            def here() -> None:
                self._jobs.get(id(owner), set()).discard(job)
                self._reach(job, owner, lambda: then(value))

            self._back.emit(here)

        return ended

    @staticmethod
    def _reach(job: Job, owner: QObject, call: Callable[[], None]) -> None:
        if job.wanted and isValid(owner):
            call()

    def _heard(self, event: Event) -> None:
        self._back.emit(lambda: self.happened.emit(event))

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        call()
