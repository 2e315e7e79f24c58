"""What stops being offered and what is offered again: moves between active and faded, and proposals.

Nothing is deleted here. A faded memory is still found by every question; it is only not offered unasked.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from core.decay.curve import fades_on, holds_for_good, strength
from core.memory import Memory, MemoryId, Move, State
from core.settings import Decay

BACK_ABOVE = 1.1
"""A faded memory is offered again a tenth above the threshold, so that none flickers between two states."""


def moves(memories: Iterable[Memory], now: datetime, settings: Decay) -> list[Move]:
    """Which of `memories` fade, come back, or (only by a rule the person set) are proposed for forgetting."""
    found = [_move(memory, now, settings) for memory in memories]
    return [move for move in found if move is not None]


def over(
    memories: Iterable[Memory], proposed: Mapping[MemoryId, datetime], now: datetime, settings: Decay
) -> list[Move]:
    """The proposals whose time to take back has passed. `proposed`: memory id -> when it was proposed."""
    days = timedelta(days=settings.undo_days)
    return [
        Move(
            memory=memory.id,
            to=State.FORGOTTEN,
            reason=f"Proposed {settings.undo_days} days ago and not kept.",
        )
        for memory in memories
        if memory.state is State.TO_BE_FORGOTTEN
        and not holds_for_good(memory)
        and memory.id in proposed
        and now - proposed[memory.id] >= days
    ]


def _move(memory: Memory, now: datetime, settings: Decay) -> Move | None:
    held = strength(memory, now, settings)
    if memory.state is State.ACTIVE and held < settings.fades_below:
        return Move(memory=memory.id, to=State.FADED, reason=_why(memory, held))
    if memory.state is State.FADED and held >= min(settings.fades_below * BACK_ABOVE, 1.0):
        return Move(memory=memory.id, to=State.ACTIVE, reason="It is held firmly again.")
    if memory.state is State.FADED and settings.propose_faded and _long_faded(memory, now, settings):
        return Move(
            memory=memory.id,
            to=State.TO_BE_FORGOTTEN,
            reason=f"Faded and never used; it can be taken back for {settings.undo_days} days.",
        )
    return None


def _long_faded(memory: Memory, now: datetime, settings: Decay) -> bool:
    """A proposal comes a whole undo time after the fading, and only for what was never used or confirmed."""
    faded = fades_on(memory, settings)
    return memory.uses == 0 and faded is not None and now - faded >= timedelta(days=settings.undo_days)


def _why(memory: Memory, held: float) -> str:
    used = f"used {memory.uses} times" if memory.uses else "never used"
    return f"Its strength fell to {held:.0%} ({used}); it is still found when asked for."
