"""What every step of a sleep is given, and how it writes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from core.consolidate.journal import Change, Hand, apply
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
