"""What is done again and again: the same windows in the same order on several occasions, a glance elsewhere allowed.

Patterns grow step by step over their occurrences (PrefixSpan, Pei et al. 2001). Of those that chance does not
explain, the one that accounts for most steps is taken, what it covers is put aside, and so on (the greedy cover of
pattern sets by description length, Krimp, Vreeken et al. 2011): so there is no part beside its whole, and no whole
with a step behind it that came by chance.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

SESSION_GAP = 600.0
"""Seconds without any frame that end a stretch of doing."""
OCCASIONS, DAYS = 3, 2
"""How often it has to have been done, an hour apart at the least, and on how many days."""
APART = 3600.0
SHORTEST, LONGEST = 3, 10
"""Different windows in a routine, at the least; steps, at the most."""
GLANCE = 60.0
"""Seconds; what is looked at for longer than that is no glance."""
_MOST_PATTERNS = 400
"""With the same first step."""
_TYPICAL = 0.25
"""How much of what is done in its rarest step belongs to the routine, at the least."""
_WAYS_ON = 3
"""To the next step: at once, behind a glance, behind a glance and back."""
_BY_CHANCE = 0.05
"""How many patterns of a length may be expected to come about by chance, all in all."""


_Place = tuple[int, ...]
"""Where a pattern was found: the doings that match its steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """A window looked at without a break: `what` it is told by, POSIX seconds, its first and last frame by seq."""

    what: str
    at: float
    ends: float
    seqs: tuple[int, ...]
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """The steps, and the doings of each occasion, in time order."""

    steps: tuple[str, ...]
    occasions: tuple[tuple[Doing, ...], ...]


class _Stream:
    """The doings of all sessions, one behind the other, and who stands beside whom."""

    def __init__(self, doings: Sequence[Doing]) -> None:
        self.doings = doings
        self.session: list[int] = []
        for place, doing in enumerate(doings):
            broken = place and doing.at - doings[place - 1].ends > SESSION_GAP
            self.session.append((self.session[-1] + bool(broken)) if place else 0)
        self.often = Counter(doing.what for doing in doings)
        self.usual = sum(often >= OCCASIONS for often in self.often.values())
        self._beside: dict[str, Counter[str]] = defaultdict(Counter)
        for place in range(len(doings) - 1):
            if self.session[place] == self.session[place + 1]:
                self._beside[doings[place].what][doings[place + 1].what] += 1
                self._beside[doings[place + 1].what][doings[place].what] += 1

    def within(self, place: int, session: int) -> bool:
        return place < len(self.doings) and self.session[place] == session

    def glance(self, place: int, steps: Sequence[str]) -> bool:
        """A short look at something that is mostly seen away from these steps."""
        doing = self.doings[place]
        if doing.what in steps or doing.ends - doing.at > GLANCE:
            return False
        beside = sum(self._beside[doing.what][step] for step in set(steps))
        return beside <= sum(self._beside[doing.what].values()) / 2


def routines(doings: Sequence[Doing]) -> list[Routine]:
    """The routines in doings that are in time order, no two equal neighbours within a session."""
    stream = _Stream(doings)
    found = {steps: places for steps, places in _patterns(stream) if _worth(stream, steps, places)}
    taken: list[Routine] = []
    covered: set[int] = set()
    while found:
        alive = {steps: _free(places, covered) for steps, places in found.items()}
        found = {steps: places for steps, places in alive.items() if _worth(stream, steps, places)}
        if not found:
            break
        best = max(
            found, key=lambda steps: (len(_occasions(stream, found[steps])) * (len(steps) - 1), len(steps), steps)
        )
        places = _occasions(stream, found[best])
        taken.append(Routine(steps=best, occasions=tuple(tuple(stream.doings[at] for at in place) for place in places)))
        covered |= {at for place in found[best] for at in range(place[0], place[-1] + 1)}
        found = {steps: places for steps, places in found.items() if not _alike(steps, best)}
    return taken


def _patterns(stream: _Stream) -> Iterator[tuple[tuple[str, ...], list[_Place]]]:
    """Every sequence of steps that is found on enough occasions."""
    begun: dict[str, list[_Place]] = defaultdict(list)
    for place, doing in enumerate(stream.doings):
        begun[doing.what].append((place,))
    for what, places in sorted(begun.items()):
        if len(places) >= OCCASIONS:
            yield from _beginning(stream, (what,), places)


def _beginning(
    stream: _Stream, first: tuple[str, ...], begun: list[_Place]
) -> Iterator[tuple[tuple[str, ...], list[_Place]]]:
    waiting = [(first, begun)]
    number = 0
    while waiting and number < _MOST_PATTERNS:
        steps, places = waiting.pop()
        if len(steps) >= SHORTEST:
            number += 1
            yield steps, places
        if len(steps) < LONGEST:
            for what, longer in sorted(_grown(stream, steps, places).items()):
                if len(_occasions(stream, longer)) >= OCCASIONS:
                    waiting.append(((*steps, what), longer))


def _grown(stream: _Stream, steps: tuple[str, ...], places: Sequence[_Place]) -> dict[str, list[_Place]]:
    found: dict[str, list[_Place]] = defaultdict(list)
    for place in places:
        reached = set()
        for at in _next(stream, steps, place[-1]):
            what = stream.doings[at].what
            if what not in reached:
                reached.add(what)
                found[what].append((*place, at))
    return found


def _next(stream: _Stream, steps: tuple[str, ...], last: int) -> Iterator[int]:
    """Where the next step may be: right behind, behind one glance, or behind a glance and back."""
    session = stream.session[last]
    if not stream.within(last + 1, session):
        return
    yield last + 1
    if stream.within(last + 2, session) and stream.glance(last + 1, (*steps, stream.doings[last + 2].what)):
        if stream.doings[last + 2].what != steps[-1]:
            yield last + 2
        elif stream.within(last + 3, session):
            yield last + 3


def _occasions(stream: _Stream, places: Sequence[_Place]) -> list[_Place]:
    """Those that lie apart from each other, in time order."""
    apart: list[_Place] = []
    for place in sorted(places, key=lambda place: place):
        if not apart or stream.doings[place[0]].at - stream.doings[apart[-1][-1]].at >= APART:
            apart.append(place)
    return apart


def _free(places: Sequence[_Place], covered: set[int]) -> list[_Place]:
    return [place for place in places if not covered.intersection(place)]


def _worth(stream: _Stream, steps: Sequence[str], places: Sequence[_Place]) -> bool:
    if len(set(steps)) < SHORTEST:
        return False
    apart = _occasions(stream, places)
    days = {stream.doings[place[0]].day for place in apart}
    typical = len(apart) >= _TYPICAL * min(stream.often[step] for step in steps)
    return len(apart) >= OCCASIONS and len(days) >= DAYS and typical and not _by_chance(stream, steps, apart)


def _by_chance(stream: _Stream, steps: Sequence[str], places: Sequence[_Place]) -> bool:
    """Whether so many occurrences are to be expected somewhere, if windows followed each other at random.

    The Poisson tail for this pattern times the number of patterns that could be; where a glance had to be left out,
    there are more ways for each step to follow.
    """
    often, total = len(places), len(stream.doings)
    glanced = any(later - earlier > 1 for place in places for earlier, later in pairwise(place))
    expected = float(total) * (_WAYS_ON if glanced else 1) ** (len(steps) - 1)
    for step in steps:
        expected *= stream.often[step] / total
    if expected >= often:
        return True
    tail = often * log(expected) - sum(log(k) for k in range(1, often + 1)) - log(1 - expected / (often + 1))
    return exp(min(tail + len(steps) * log(stream.usual), 1.0)) > _BY_CHANCE


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether most steps of the shorter are steps of the longer."""
    shared = len(set(one) & set(other))
    return 2 * shared > min(len(set(one)), len(set(other)))
