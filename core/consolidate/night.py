"""One night's sleep: the steps in their order, each its own transaction, resumable, once in effect."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakSet

from sqlite_utils import Database

from core.consolidate import gathering, learning, linking, reading, settling
from core.consolidate.task import Fade, Hold, Pen, Snapshot, Step, Task
from core.errors import Problem
from core.memory import RunId, SleepRun
from core.settings import Settings
from core.store import runs, tonight
from core.store.envelope import content_keys
from core.store.vault import Vault

LEASE = timedelta(minutes=30)
"""How long a run may be taken to be at work after its beginning; the host that starts anew takes over at once."""
STAGES: tuple[tuple[str, Step], ...] = (
    ("edits", reading.reread),
    ("filter", reading.mark),
    ("episodes", reading.part),
    ("fold", reading.fold),
    ("links", linking.link),
    ("facts", learning.learn),
    ("summaries", gathering.summaries),
    ("digests", gathering.digests),
    ("profile", gathering.profile),
    ("settle", settling.settle),
    ("fade", settling.fade),
)
_NAMES = [name for name, _ in STAGES]
_AT_WORK: WeakSet[Vault] = WeakSet()
_GUARD = Lock()
_EFFECTIVE = ("done", "reverted")


class AlreadyAsleep(Problem):
    """Another sleep is at work."""

    def __init__(self) -> None:
        super().__init__("A sleep is already at work.", "It ends by itself; its journal shows how far it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One bounded step is committed. `stage` of `stages` is being worked on, `counts` so far."""

    stage: str
    number: int
    stages: int
    counts: dict[str, int]


@dataclass(slots=True, kw_only=True)
class Night:
    """A sleep that is carried out by iterating over `steps`; then `result` says what it did.

    Between two steps everything is committed: a question can be answered, the sleep cancelled, the process
    killed. `hold` and `fade` are decay's (`first_stability`, `moves`), given so that the stages stay apart.
    """

    vault: Vault
    settings: Settings
    now: datetime
    night: str
    hold: Hold
    fade: Fade
    vectors: Snapshot | None = None
    dry_run: bool = False
    """Do everything in one transaction that is rolled back: `result.entries` is what would change."""
    again: bool = False
    """Asked for by hand: also when this night has had its sleep."""
    take_over: bool = False
    """The caller is the only host and knows that no other sleep is at work."""
    cancelled: Callable[[], bool] = lambda: False
    result: SleepRun | None = None
    _counts: dict[str, int] = field(default_factory=dict)

    def steps(self) -> Iterator[Done]:
        """The whole sleep, one bounded step at a time. Raises AlreadyAsleep; yields nothing when it took effect."""
        with _alone(self.vault):
            if not self.dry_run:
                yield from self._steps()
                return
            try:
                with self.vault.write():
                    yield from self._steps()
                    raise _NotKept
            except _NotKept:
                return

    def _steps(self) -> Generator[Done, None, None]:
        with self.vault.write() as db:
            begun = self._begin(db)
        if begun is None:
            return
        task, stage, cursor = begun
        for number, (name, step) in enumerate(STAGES):
            if name != stage and number < _NAMES.index(stage):
                continue
            at: str | None = cursor if name == stage else ""
            while at is not None:
                if self.cancelled():
                    self._end(task, "cancelled")
                    return
                with self.vault.write() as db:
                    pen = Pen(db, task, name)
                    at = step(pen, at)
                    counts = _added(self._counts, pen.counts)
                    runs.advance(db, task.run, _place(number, at, task.upto), counts, self.now + LEASE)
                self._counts = counts
                yield Done(stage=name, number=number, stages=len(STAGES), counts=counts)
        self._end(task, "done")

    def _begin(self, db: Database) -> tuple[Task, str, str] | None:
        found = runs.runs(db, limit=100)
        mine = [run for run in found if run.night == self.night]
        effective = [run for run in mine if run.state in _EFFECTIVE]
        if effective and not (self.again or self.dry_run):
            self.result = runs.run(db, effective[0].id)
            return None
        cut_off = [run for run in mine if run.state in ("running", "cancelled")]
        for run in found:
            if run.state == "running":
                self._check_lease(db, run)
                if run not in cut_off[:1]:
                    runs.finish(db, run.id, self.now, "cancelled", run.counts)
        if cut_off and not effective and not self.dry_run:
            run = cut_off[0]
            runs.resume(db, run.id, self.now + LEASE)
            self._counts = dict(run.counts)
            stage, cursor, upto = _placed(run.step, tonight.newest(db))
            return self._task(run.id, upto), stage, cursor
        id = runs.begin(db, self.night, self.now, self.now + LEASE)
        self._counts = {}
        return self._task(id, tonight.newest(db)), _NAMES[0], ""

    def _check_lease(self, db: Database, run: SleepRun) -> None:
        until = runs.lease_of(db, run.id)
        if self.take_over or self.dry_run or until is None:
            return
        # A lease that begins in the future was given by a clock that was wrong.
        if self.now < until <= self.now + LEASE:
            raise AlreadyAsleep

    def _task(self, run: RunId, upto: int) -> Task:
        return Task(
            run=run,
            now=self.now,
            settings=self.settings,
            keys=content_keys(self.vault),
            upto=upto,
            hold=self.hold,
            fade=self.fade,
            vectors=self.vectors,
        )

    def _end(self, task: Task, state: str) -> None:
        with self.vault.write() as db:
            runs.finish(db, task.run, self.now, state, self._counts)
            self.result = runs.run(db, task.run)
        if self.dry_run and self.result is not None:
            self.result = replace(self.result, state="dry run")


class _NotKept(Exception):
    """Rolls a dry run back."""


@contextmanager
def _alone(vault: Vault) -> Generator[None, None, None]:
    """No other sleep of this process on the same vault meanwhile, whatever its lease says."""
    with _GUARD:
        if vault in _AT_WORK:
            raise AlreadyAsleep
        _AT_WORK.add(vault)
    try:
        yield
    finally:
        with _GUARD:
            _AT_WORK.discard(vault)


def _added(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in one | other if one.get(name) or other.get(name)}


def _place(number: int, cursor: str | None, upto: int) -> str:
    """Where to go on after a kill: the stage, the cursor in it, and up to which observation this night reads."""
    if cursor is not None:
        return f"{_NAMES[number]}|{cursor}|{upto}"
    following = _NAMES[number + 1] if number + 1 < len(_NAMES) else "end"
    return f"{following}||{upto}"


def _placed(step: str, newest: int) -> tuple[str, str, int]:
    stage, _, rest = step.partition("|")
    cursor, _, upto = rest.rpartition("|")
    if stage not in _NAMES:
        return (_NAMES[0], "", newest) if stage != "end" else (_NAMES[-1], str(newest), int(upto or newest))
    return stage, cursor, int(upto or newest)


def sleep(
    vault: Vault,
    vectors: Snapshot | None,
    settings: Settings,
    now: datetime,
    *,
    night: str,
    hold: Hold,
    fade: Fade,
    dry_run: bool = False,
    again: bool = False,
    take_over: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SleepRun:
    """A whole sleep in one call; `progress(stage, done, of)` after every step. See `Night`."""
    one = Night(
        vault=vault,
        settings=settings,
        now=now,
        night=night,
        hold=hold,
        fade=fade,
        vectors=vectors,
        dry_run=dry_run,
        again=again,
        take_over=take_over,
        cancelled=cancelled,
    )
    for done in one.steps():
        if progress is not None:
            progress(done.stage, done.number, done.stages)
    if one.result is None:
        raise Problem("The sleep ended before it began.", "This is a mistake in Mneme.")
    return one.result
