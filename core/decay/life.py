"""The whole curve of one memory, for drawing: what it was, what it will be, its uses, and the day it fades."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.decay.curve import fades_on, held_since, holds_for_good, retention, strength
from core.memory import Life, Memory, Use
from core.settings import Decay

_POINTS = 240
_AHEAD = timedelta(days=90)
_FARTHEST = timedelta(days=3 * 365)
"""A curve that fades in eight years is drawn for three; past uses are drawn for as long."""


def life(memory: Memory, uses: Sequence[Use], now: datetime, settings: Decay) -> Life:
    """The curve of `memory`; `uses` oldest first, as far as they are known. All times in the zone of `now`."""
    zone = now.tzinfo
    fades = fades_on(memory, settings)
    begins = max(min(_known_from(memory, uses), now), now - _FARTHEST)
    reach = now + _AHEAD if fades is None else max(now + _AHEAD / 3, fades + (fades - begins) / 6)
    ends = min(reach, now + _FARTHEST)
    marks = [use.at for use in uses if begins <= use.at <= now]
    step = (ends - begins) / _POINTS
    moments = sorted({begins, ends, now, *marks, *(begins + step * number for number in range(1, _POINTS))})
    points: list[tuple[datetime, float]] = []
    for moment in moments:
        if moment in marks and moment > begins:
            points.append((moment.astimezone(zone), _before(memory, uses, moment, settings)))
        points.append((moment.astimezone(zone), _at(memory, uses, moment, settings)))
    return Life(
        points=tuple(points),
        uses=tuple(mark.astimezone(zone) for mark in marks),
        now=now,
        held=strength(memory, now, settings),
        fades_on=None if fades is None else fades.astimezone(zone),
        fades_below=settings.fades_below,
    )


def _known_from(memory: Memory, uses: Sequence[Use]) -> datetime:
    """Nothing is drawn of a time whose uses were not written down."""
    return memory.at if len(uses) >= memory.uses else (uses[0].at if uses else held_since(memory))


def _at(memory: Memory, uses: Sequence[Use], moment: datetime, settings: Decay) -> float:
    """Its strength at a moment of the past (after a use of that moment) or of the future."""
    later = [use for use in uses if use.at > moment]
    if not later or holds_for_good(memory):
        return strength(memory, moment, settings)
    return _fallen(memory, uses, moment, later[0].stability_days, after_use=True)


def _before(memory: Memory, uses: Sequence[Use], moment: datetime, settings: Decay) -> float:
    """Its strength just before the use of that moment."""
    if holds_for_good(memory):
        return 1.0
    use = next(use for use in uses if use.at == moment)
    return _fallen(memory, uses, moment, use.stability_days, after_use=False)


def _fallen(memory: Memory, uses: Sequence[Use], moment: datetime, stability_days: float, *, after_use: bool) -> float:
    earlier = [use.at for use in uses if use.at < moment or (after_use and use.at == moment)]
    since = max([memory.at, *earlier[-1:]])
    return retention(stability_days, (moment - since).total_seconds() / 86_400)
