"""What is worth offering unasked: the odds that a memory is needed next.

Two things are known of each memory: how often it has been of use, and how long ago. Its rate of use is estimated as
in Burrell's model of library loans (a gamma prior on each item's rate, its mean the memory's importance), which is
where Anderson's rational analysis of memory begins; and need falls as a power of the time since the last use
(Anderson and Schooler 1991). Retention is the slow, exponential part, by which in the end everything unused goes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.decay.curve import elapsed_days, strength
from core.memory import Channel, Memory
from core.settings import Decay

PRIOR_USES, PRIOR_DAYS = 0.5, 10.0
"""What is assumed of the new: half a use in ten days; so the first real use outweighs what was assumed."""
_DAY = 86_400.0
_STILL_KNOWN = timedelta(hours=1)
"""What was on the screen as lately as this, the person has just seen."""


def odds(memory: Memory, now: datetime, settings: Decay) -> float:
    """The odds that it is needed next, without a unit; only their order means anything."""
    age = max((now - memory.at).total_seconds() / _DAY, 0.0)
    rate = (memory.uses + PRIOR_USES * memory.importance) / (age + PRIOR_DAYS)
    recency: float = (1.0 + elapsed_days(memory, now)) ** -0.5
    return strength(memory, now, settings) * rate * recency


def offered(memories: Iterable[Memory], now: datetime, settings: Decay, limit: int) -> list[Memory]:
    """The best of them to offer, without what faded and what was on the screen just now; equal ones newest first."""
    held = [
        one for one in memories if strength(one, now, settings) >= settings.fades_below and not _just_seen(one, now)
    ]
    return sorted(held, key=lambda one: (-odds(one, now, settings), -one.at.timestamp(), -one.seq))[:limit]


def _just_seen(memory: Memory, now: datetime) -> bool:
    return memory.provenance.channel is Channel.SCREEN and now - memory.at < _STILL_KNOWN
