"""How often and how long a place was looked at, from the times of its frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

VISIT_GAP = timedelta(minutes=30)
"""Away for longer than this and back again is another visit, as in the statistics of web sites."""
STAY = timedelta(minutes=5)
"""A screen that does not change gives no frames: between two frames of a place so much at most counts as looking."""
LEAVE = timedelta(minutes=1)
"""The same for the last frame before something else was looked at, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A frame of a place, and when the next frame of whatever place came: POSIX seconds; None: not for long."""

    seq: int
    at: float
    following: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Frames of one place without a long time away."""

    looks: tuple[Look, ...]
    seconds: float
    """How long it was looked at."""


def visits(looks: Sequence[Look]) -> list[Visit]:
    """The visits that these frames of one place, in time order, make up."""
    parted: list[list[Look]] = []
    for look in looks:
        if parted and look.at - parted[-1][-1].at <= VISIT_GAP.total_seconds():
            parted[-1].append(look)
        else:
            parted.append([look])
    return [Visit(looks=tuple(part), seconds=_seconds(part)) for part in parted]


def _seconds(looks: Sequence[Look]) -> float:
    total = 0.0
    for place, look in enumerate(looks):
        stays = place + 1 < len(looks) and (look.following is None or look.following >= looks[place + 1].at)
        if stays:
            total += min(looks[place + 1].at - look.at, STAY.total_seconds())
        else:
            following = look.at + LEAVE.total_seconds() if look.following is None else look.following
            total += min(following - look.at, LEAVE.total_seconds())
    return total
