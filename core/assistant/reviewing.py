"""What a rule of the person's proposed for forgetting: how long it can be taken back, and when that is over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.decay import sweep
from core.memory import Memory, MemoryId, SleepRun
from core.settings import Decay
from core.store import runs, uses
from core.store.vault import Vault

NIGHTS = 7
"""Sleeps by themselves that must have passed since a proposal, whatever the calendar says.

A clock put a year ahead, or a machine that was off for two months, would else take the person's time to look away.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A memory that is to be forgotten."""

    memory: Memory
    since: datetime | None
    """None: nobody knows; then it waits for the person's own word."""
    until: datetime | None
    """When it is forgotten, unless it is kept."""
    nights: int
    """Sleeps since, the one that has just ended too."""


def proposals(vault: Vault, settings: Decay) -> list[Proposed]:
    """Everything that is proposed, soonest first."""
    days = timedelta(days=settings.undo_days)
    with vault.read() as db:
        found = uses.proposed(db)
    made = [
        Proposed(memory=memory, since=since, until=None if since is None else since + days, nights=nights)
        for memory, since, nights in found
    ]
    return sorted(made, key=lambda one: (one.until is None, one.until, one.memory.seq))


def over(vault: Vault, settings: Decay, now: datetime, *, by_hand: bool) -> list[MemoryId]:
    """The proposals whose time is over: to be forgotten now. `by_hand`: the person asked for this sleep.

    Left out is what something firmly held rests on, for that would go too.
    """
    made = proposals(vault, settings)
    seen = [one for one in made if one.since is not None and (by_hand or one.nights > min(NIGHTS, settings.undo_days))]
    since = {one.memory.id: one.since for one in seen if one.since is not None}
    due = [move.memory for move in sweep.over([one.memory for one in seen], since, now, settings)]
    with vault.read() as db:
        rested = uses.rested_on(db, due)
    return [id for id in due if id not in rested]


def counted(vault: Vault, run: SleepRun, forgotten: int) -> SleepRun:
    """The sleep with what was forgotten after it among its counts."""
    counts = run.counts | {"forgotten": forgotten}
    with vault.write() as db:
        runs.finish(db, run.id, run.ends or run.begins, run.state, counts)
    return replace(run, counts=counts)
