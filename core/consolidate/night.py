"""One night's sleep: the steps in their order, each its own transaction, resumable, once in effect."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakSet

from sqlite_utils import Database

from core.consolidate import (
    clashes,
    gathering,
    learning,
    linking,
    notes,
    procedures,
    profile,
    reading,
    resources,
    settling,
)
from core.consolidate.mind import Mind
from core.consolidate.standing import END, Standing, standing
from core.consolidate.task import Fade, Hold, Looking, Pen, Snapshot, Stage, Task, Think, Thought
from core.consolidate.thinking.stage import think
from core.consolidate.topics import growing
from core.errors import Problem
from core.memory import RunId, SleepRun
from core.settings import Settings
from core.store import memories, runs, tonight
from core.store.envelope import content_keys
from core.store.vault import Vault

LEASE = timedelta(minutes=30)
"""How long a run may be taken to be at work after a step; the host that starts anew takes over at once."""
STAGES: tuple[Stage, ...] = (
    Stage("edits", reading.reread),
    Stage("filter", reading.mark),
    Stage("episodes", reading.part),
    Stage("fold", reading.fold),
    Stage("links", linking.link),
    Stage("facts", learning.learn),
    Stage("thinking", think=think),
    Stage("clashes", clashes.clash),
    Stage("resources", resources.note),
    Stage("how-tos", procedures.read),
    Stage("routines", procedures.mine),
    Stage("summaries", gathering.summaries),
    Stage("digests", gathering.digests),
    Stage("weeks", gathering.weeks),
    Stage("topics", growing.grow),
    Stage("notes", notes.note),
    Stage("profile", profile.refresh),
    Stage("settle", settling.settle),
    Stage("fade", settling.fade, anew=True),
)
_AT_WORK: WeakSet[Vault] = WeakSet()
_GUARD = Lock()
_EFFECTIVE = ("done", "reverted")
_HAD = (*_EFFECTIVE, "paused")
"""States after which a night is over."""


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
    share: float = 0.0
    """How far the whole night is, 0-1, taking every stage for as long as any other."""
    thinking: bool = False
    """Nothing was committed: a stage thinks, and lets whatever is more urgent pass."""


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
    mind: Mind | None = None
    again: bool = False
    """Asked for by hand: also when this night has had its sleep."""
    take_over: bool = False
    """The caller is the only host and knows that no other sleep is at work."""
    cancelled: Callable[[], bool] = lambda: False
    elapsed: Callable[[], timedelta] = timedelta
    """How long this sleep has been at work, by a clock that nobody sets."""
    budget: timedelta | None = None
    """How long one night may take; then it is put off to the next one. None: as long as it takes."""
    stages: Sequence[Stage] = STAGES
    result: SleepRun | None = None
    _task: Task | None = None
    _counts: dict[str, int] = field(default_factory=dict)
    _used: timedelta = timedelta()
    """Of the budget, before this sleep was taken up."""

    def steps(self) -> Iterator[Done]:
        """The whole sleep, one bounded step at a time. Raises AlreadyAsleep; yields nothing when it took effect."""
        with _alone(self.vault):
            with self.vault.write() as db:
                at = self._begin(db)
            while at is not None and self._task is not None:
                resumed = bool(at.stage)
                whole = yield from self._round(self._task, at)
                if not whole:
                    return
                at = self._saved_since() if resumed else None
            if self._task is not None:
                self._end("done")

    def _round(self, task: Task, at: Standing) -> Generator[Done, None, bool]:
        """Every stage from where it stands; False when it was stopped."""
        names = [stage.name for stage in self.stages]
        first = len(self.stages) if at.stage == END else names.index(at.stage) if at.stage in names else 0
        cursor: str | None = at.cursor if at.stage in names and not self.stages[first].anew else ""
        for number, stage in enumerate(self.stages[first:], first):
            while cursor is not None:
                if self._stopped():
                    return False
                write = None
                if stage.think is not None:
                    write = yield from self._thought(task, stage.think, number, cursor)
                    if write is None:
                        return False
                cursor = yield from self._step(task, number, cursor, write)
            cursor = ""
        return True

    def _thought(self, task: Task, think: Think, number: int, cursor: str) -> Generator[Done, None, Thought | None]:
        """Outside of any write; None when it was stopped."""
        pause = self._done(number, cursor, task, thinking=True)
        thinking = think(Looking(task=task, read=self.vault.read), cursor)
        try:
            while True:
                try:
                    next(thinking)
                except StopIteration as end:
                    thought: Thought = end.value
                    return thought
                yield pause
                if self._stopped():
                    return None
        finally:
            thinking.close()

    def _step(self, task: Task, number: int, cursor: str, thought: Thought | None) -> Generator[Done, None, str | None]:
        """One bounded step in its own transaction; the cursor after it."""
        stage = self.stages[number]
        with self.vault.write() as db:
            if thought is not None and not _holds(db, thought):
                following: str | None = cursor
            else:
                pen = Pen(db, task, stage.name)
                following = stage.step(pen, cursor) if stage.step else thought.write(pen) if thought else None
                counts = _added(self._counts, pen.counts)
                place = self._place(number, following, task.upto)
                runs.advance(db, task.run, place, counts, self.now + self.elapsed() + LEASE)
                self._counts = counts
        yield self._done(number, following, task)
        return following

    def _done(self, number: int, cursor: str | None, task: Task, *, thinking: bool = False) -> Done:
        seq = int(cursor) if cursor is not None and cursor.isdigit() else 0
        inside = 1.0 if cursor is None else min(1.0, seq / max(1, task.upto))
        return Done(
            stage=self.stages[number].name,
            number=number,
            stages=len(self.stages),
            counts=self._counts,
            share=(number + inside) / len(self.stages),
            thinking=thinking,
        )

    def _place(self, number: int, cursor: str | None, upto: int) -> str:
        """Where to go on after a kill."""
        if cursor is None:
            number, cursor = number + 1, ""
        stage = self.stages[number].name if number < len(self.stages) else END
        used = self._used + self.elapsed()
        return Standing(stage=stage, cursor=cursor, upto=upto, used=used, night=self.night).written()

    def _stopped(self) -> bool:
        """Whether the sleep was cancelled or its time is up; then its run says so."""
        if self.cancelled():
            self._end("cancelled")
            return True
        if self.budget is not None and self._used + self.elapsed() >= self.budget:
            self._end("paused")
            return True
        return False

    def _begin(self, db: Database) -> Standing | None:
        """Begin a run or take up one that was cut off; None when this night has had its sleep."""
        tonight_or_later = runs.from_night(db, self.night)
        had = [run for run in tonight_or_later if run.night == self.night and run.state in _HAD]
        if had and not self.again:
            self.result = runs.run(db, had[0].id)
            return None
        open_ones = runs.unfinished(db)
        for run in open_ones:
            if run.state == "running":
                self._check_lease(db, run)
                if run is not open_ones[0]:
                    runs.finish(db, run.id, self.now, "cancelled", run.counts)
        if open_ones:
            return self._take_up(db, open_ones[0])
        id = runs.begin(db, self.night, self.now, self.now + LEASE)
        self._counts = {}
        self._task = self._work(id, tonight.newest(db))
        return Standing()

    def _take_up(self, db: Database, run: SleepRun) -> Standing:
        runs.resume(db, run.id, self.night, self.now + LEASE)
        self._counts = dict(run.counts)
        at = standing(run.step)
        self._used = at.used if at.night == self.night else timedelta()
        self._task = self._work(run.id, at.upto or tonight.newest(db))
        return at

    def _saved_since(self) -> Standing | None:
        """Another round for what was saved after a run that was taken up again had begun."""
        if self._task is None:
            return None
        with self.vault.read() as db:
            newest = tonight.newest(db)
            if not tonight.captured(db, self._task.upto, newest, 1):
                return None
        self._task = replace(self._task, upto=newest)
        return Standing(upto=newest)

    def _check_lease(self, db: Database, run: SleepRun) -> None:
        until = runs.lease_of(db, run.id)
        if self.take_over or until is None:
            return
        # A lease that begins in the future was given by a clock that was wrong.
        if self.now < until <= self.now + LEASE:
            raise AlreadyAsleep

    def _work(self, run: RunId, upto: int) -> Task:
        return Task(
            run=run,
            now=self.now,
            settings=self.settings,
            keys=content_keys(self.vault),
            upto=upto,
            hold=self.hold,
            fade=self.fade,
            vectors=self.vectors,
            mind=self.mind,
        )

    def _end(self, state: str) -> None:
        if self._task is None:
            return
        with self.vault.write() as db:
            runs.finish(db, self._task.run, self.now + self.elapsed(), state, self._counts)
            self.result = runs.run(db, self._task.run)


def at_work(vault: Vault) -> bool:
    """Whether a sleep of this process is at work on it, between two of its steps too."""
    with _GUARD:
        return vault in _AT_WORK


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


def _holds(db: Database, thought: Thought) -> bool:
    """Whether all that a thought rests on is still there, with the same words."""
    known = {memory.id: memory.version for memory in memories.many(db, [memory.id for memory in thought.read])}
    return all(known.get(memory.id) == memory.version for memory in thought.read)
