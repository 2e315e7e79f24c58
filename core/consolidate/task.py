"""What every step of a sleep is given, and how it writes."""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from core.consolidate.journal import Change, Hand, apply
from core.consolidate.mind import Mind
from core.memory import Draft, Memory, MemoryId, Move, Operation, RunId
from core.settings import Settings
from core.store.envelope import ContentKeys


class Snapshot(Protocol):
    """The vectors of one moment; row i is `ids[i]`'s, zeros when it is gone."""

    @property
    def ids(self) -> tuple[MemoryId, ...]:
        """Whose vectors there are."""

    def part(self, begin: int, end: int) -> NDArray[np.float32]:
        """The vectors of rows `begin` to `end`, (n, d) of unit length."""

    def of(self, ids: Sequence[MemoryId]) -> NDArray[np.float32]:
        """(len(ids), d) of unit length; zeros where there is no vector."""


Hold = Callable[[Draft], float]
"""The stability in days that something starts with (`core.decay.curve.first_stability`)."""
Fade = Callable[[Sequence[Memory], datetime], Sequence[Move]]
"""Which memories move between active and faded (`core.decay.sweep.moves`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One night's work, the same for every step."""

    run: RunId
    now: datetime
    settings: Settings
    keys: ContentKeys
    upto: int
    """Observations saved later wait for the next night."""
    hold: Hold
    fade: Fade
    vectors: Snapshot | None = None
    mind: Mind | None = None
    """The language model it may think with; None: rules only."""


@dataclass(slots=True)
class Pen:
    """Writes one step's changes into the journal and counts them."""

    db: Database
    task: Task
    step: str
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, draft: Draft, reason: str, **fields: Any) -> MemoryId | None:
        """Keep something derived; None when the person has forgotten it."""
        return self._do(
            Change(operation=Operation.ADD, draft=draft, reason=reason, fields=fields, sources=draft.sources)
        )

    def update(
        self, memory: MemoryId, fields: dict[str, Any], reason: str, sources: Sequence[MemoryId] = ()
    ) -> MemoryId | None:
        """Change fields; None when they were so already."""
        return self._do(
            Change(operation=Operation.UPDATE, memory=memory, fields=fields, reason=reason, sources=tuple(sources))
        )

    def delete(self, memory: MemoryId, reason: str) -> MemoryId | None:
        """Take something derived away."""
        return self._do(Change(operation=Operation.DELETE, memory=memory, reason=reason))

    def noop(self, memory: MemoryId, reason: str, sources: Sequence[MemoryId]) -> None:
        """Say that nothing was done, and why."""
        self._do(Change(operation=Operation.NOOP, memory=memory, reason=reason, sources=tuple(sources)))

    def count(self, what: str, by: int = 1) -> None:
        """Add to the night's counts."""
        self.counts[what] = self.counts.get(what, 0) + by

    def _do(self, change: Change) -> MemoryId | None:
        hand = Hand(self.task.run, self.step, self.task.now, self.task.keys)
        return apply(self.db, hand, change)


Step = Callable[[Pen, str], str | None]
"""One bounded step from a cursor; the next cursor, or None when its stage is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What a stage sees while it thinks."""

    task: Task
    read: Callable[[], AbstractContextManager[Database]]
    """A short snapshot, to be left before the next yield. Raises Interrupted when a forget needs the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """What thinking came to: how it is to be written, and what it rests on."""

    write: Callable[[Pen], str | None]
    """Writes it in one bounded transaction; the next cursor, or None when the stage is done."""
    read: tuple[Memory, ...] = ()
    """When one of these is changed or forgotten before it is written, it is thrown away and thought again."""


Think = Callable[[Looking, str], Generator[None, None, Thought]]
"""Thinks from a cursor outside of any write, and yields between small pieces (a token).

At each yield a question, a capture or a forget may pass. It is closed (GeneratorExit) when the sleep is
cancelled or its time is up: what it holds is let go in a `finally`.
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a sleep: it either steps at once, or thinks first and then writes."""

    name: str
    step: Step | None = None
    think: Think | None = None
    anew: bool = False
    """What it does depends on the moment: a sleep that is taken up again begins it anew."""

    def __post_init__(self) -> None:
        if (self.step is None) == (self.think is None):
            raise ValueError("a stage either steps or thinks")
