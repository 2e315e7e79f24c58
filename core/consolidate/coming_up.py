"""What is coming up: promises and appointments whose time has not passed, soonest first."""

from collections.abc import Iterable
from datetime import datetime

from core.memory import LEAVING, Facet, Memory, State

FORESEEN = (Facet.PROMISE, Facet.APPOINTMENT)
_GONE = LEAVING | {State.SUPERSEDED}


def coming_up(memories: Iterable[Memory], now: datetime) -> list[Memory]:
    """Those of `memories` that are still to come or going on at `now`; gone from here once their time has passed."""
    found = [
        memory
        for memory in memories
        if memory.facet in FORESEEN
        and memory.state not in _GONE
        and memory.valid_to is not None
        and memory.valid_to >= now
    ]
    return sorted(found, key=lambda memory: (due(memory), memory.seq))


def due(memory: Memory) -> datetime:
    """The moment that counts: a promise is due at its end, an appointment begins."""
    end = memory.valid_to or memory.at
    return end if memory.facet is Facet.PROMISE else (memory.valid_from or end)
