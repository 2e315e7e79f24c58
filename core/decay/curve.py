"""How firmly a memory is held: R(t) = exp(-t / S), pure functions of stored facts and the moment of asking.

Retention falls with the days since the last confirmed use (Ebbinghaus; MemoryBank uses the same form, with
a stability of one day, which loses nearly everything). Stability starts by kind, scaled by importance, and
grows with each confirmed use by the spacing effect: the more, the further retention had fallen.
"""

from datetime import datetime, timedelta
from math import exp, isfinite, log
from typing import Protocol

from core.memory import Draft, Facet, Kind, Memory
from core.settings import Decay

SHORTEST_DAYS = 0.5
"""No stability is below it; keeps a damaged figure from dividing by nothing."""
_DAY = 86_400.0


class Kept(Protocol):
    """What the curve needs of a memory."""

    @property
    def kind(self) -> Kind:
        """Core and secret memories never fade."""

    @property
    def facet(self) -> Facet:
        """Nor do the lines of the profile."""

    @property
    def pinned(self) -> bool:
        """Nor what is pinned."""

    @property
    def at(self) -> datetime:
        """When it happened."""

    @property
    def last_used(self) -> datetime | None:
        """Its last confirmed use."""

    @property
    def stability_days(self) -> float:
        """S in R(t) = exp(-t / S)."""


def retention(stability_days: float, elapsed_days: float) -> float:
    """R(t) = exp(-t / S), in 0..1. Negative ages count as none; both arguments in days."""
    stability = max(stability_days, SHORTEST_DAYS) if isfinite(stability_days) else SHORTEST_DAYS
    return exp(-max(elapsed_days, 0.0) / stability)


def holds_for_good(memory: Kept) -> bool:
    """Whether it never fades: core, pinned, and secrets, which only the person's own hand takes away."""
    return memory.pinned or memory.kind in (Kind.CORE, Kind.SECRET) or memory.facet is Facet.PROFILE


def elapsed_days(memory: Kept, now: datetime) -> float:
    """Days since the last confirmed use, or since it happened; never negative, whatever the clocks said."""
    return max((now - held_since(memory)).total_seconds() / _DAY, 0.0)


def held_since(memory: Kept) -> datetime:
    """From when its curve falls: its last confirmed use, else when it happened."""
    return memory.at if memory.last_used is None else max(memory.at, memory.last_used)


def strength(memory: Kept, now: datetime, settings: Decay) -> float:
    """How firmly it is held at `now`, 0..1. Computed at read time, so no missed night can corrupt it."""
    if holds_for_good(memory):
        return 1.0
    return retention(min(memory.stability_days, settings.longest_days), elapsed_days(memory, now))


def first_stability(draft: Draft, settings: Decay) -> float:
    """The stability in days that something new starts with: by what it is, times its importance (0.5..2)."""
    if draft.kind is Kind.PROCEDURAL:
        days = settings.procedure_days
    elif draft.facet is Facet.FRAME:
        days = settings.frame_days
    elif draft.facet in (Facet.TURN, Facet.QUESTION, Facet.ANSWER):
        days = settings.turn_days
    else:
        days = settings.fact_days
    importance = min(max(draft.importance, 0.5), 2.0)
    return min(max(days * importance, SHORTEST_DAYS), settings.longest_days)


def strengthened(stability_days: float, retained: float, settings: Decay) -> float:
    """The stability after one confirmed use: S *= 1 + a(1 - R) + b, never past the longest, never less."""
    retained = min(max(retained, 0.0), 1.0)
    grown = stability_days * (1.0 + settings.spacing * (1.0 - retained) + settings.use)
    return max(stability_days, min(grown, settings.longest_days))


def used(memory: Memory, now: datetime, settings: Decay) -> tuple[float, datetime] | None:
    """(stability_days, last_used) after a confirmed use at `now`; None when it is part of the one before.

    Opening, citing and keeping within `apart_minutes` is one use. A clock set back takes nothing away and gives
    nothing: until it has passed the last use again, no use counts.
    """
    if memory.last_used is not None and now - memory.last_used < timedelta(minutes=settings.apart_minutes):
        return None
    return strengthened(memory.stability_days, strength(memory, now, settings), settings), now


def fades_on(memory: Memory, settings: Decay) -> datetime | None:
    """The moment its strength falls below `fades_below`; None for what never fades or beyond the calendar."""
    if holds_for_good(memory):
        return None
    stability = max(min(memory.stability_days, settings.longest_days), SHORTEST_DAYS)
    try:
        return held_since(memory) + timedelta(days=stabilities_held(settings) * stability)
    except OverflowError:
        return None


def stabilities_held(settings: Decay) -> float:
    """How many times its stability a memory is held before it fades."""
    return -log(settings.fades_below)


def curve(memory: Memory, now: datetime, settings: Decay, *, days: int = 90) -> list[tuple[float, float]]:
    """Points (days from now, strength) for drawing, one a day from now to `days` ahead."""
    return [(float(day), strength(memory, now + timedelta(days=day), settings)) for day in range(max(days, 0) + 1)]
