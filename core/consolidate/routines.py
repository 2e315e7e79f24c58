"""What is done again and again: the same windows in the same order on several occasions, a glance elsewhere allowed.

Patterns grow step by step over their occurrences (PrefixSpan, Pei et al. 2001). Of those that chance does not
explain, the one that accounts for most steps is taken, what it covers is put aside, and so on (the greedy cover of
pattern sets by description length, Krimp, Vreeken et al. 2011): so there is no part beside its whole, and no whole
with a step behind it that came by chance.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
_MOST_PATTERNS = 4000
_BY_CHANCE = 0.05
"""How many patterns of a length may be expected to come about by chance, all in all."""


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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a pattern was found: doings that match its steps, and how many glances lie between."""

    at: tuple[int, ...]
    glances: int


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
        taken.append(
            Routine(steps=best, occasions=tuple(tuple(stream.doings[at] for at in place.at) for place in places))
        )
        covered |= {at for place in found[best] for at in range(place.at[0], place.at[-1] + 1)}
        found = {steps: places for steps, places in found.items() if not _alike(steps, best)}
    return taken


def _patterns(stream: _Stream) -> Iterator[tuple[tuple[str, ...], list[_Place]]]:
    """Every sequence of steps that is found on enough occasions."""
    begun: dict[str, list[_Place]] = defaultdict(list)
    for place, doing in enumerate(stream.doings):
        begun[doing.what].append(_Place((place,), 0))
    waiting: list[tuple[tuple[str, ...], list[_Place]]] = [
        ((what,), places) for what, places in sorted(begun.items()) if len(places) >= OCCASIONS
    ]
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
        last = place.at[-1]
        session = stream.session[last]
        reached = set()
        for at, glances in _next(stream, steps, place, last, session):
            what = stream.doings[at].what
            if what not in reached and glances <= max(1, len(steps) // 2):
                reached.add(what)
                found[what].append(_Place((*place.at, at), glances))
    return found


def _next(stream: _Stream, steps: tuple[str, ...], place: _Place, last: int, session: int) -> Iterator[tuple[int, int]]:
    """Where the next step may be: right behind, behind one glance, or behind a glance and back."""
    if stream.within(last + 1, session):
        yield last + 1, place.glances
        following = (*steps, stream.doings[last + 2].what) if stream.within(last + 2, session) else steps
        if len(following) > len(steps) and stream.glance(last + 1, following):
            if stream.doings[last + 2].what != steps[-1]:
                yield last + 2, place.glances + 1
            elif stream.within(last + 3, session):
                yield last + 3, place.glances + 1


def _occasions(stream: _Stream, places: Sequence[_Place]) -> list[_Place]:
    """Those that lie apart from each other, in time order."""
    apart: list[_Place] = []
    for place in sorted(places, key=lambda place: place.at):
        if not apart or stream.doings[place.at[0]].at - stream.doings[apart[-1].at[-1]].at >= APART:
            apart.append(place)
    return apart


def _free(places: Sequence[_Place], covered: set[int]) -> list[_Place]:
    return [place for place in places if not covered.intersection(place.at)]


def _worth(stream: _Stream, steps: Sequence[str], places: Sequence[_Place]) -> bool:
    if len(set(steps)) < SHORTEST:
        return False
    apart = _occasions(stream, places)
    days = {stream.doings[place.at[0]].day for place in apart}
    return len(apart) >= OCCASIONS and len(days) >= DAYS and not _by_chance(stream, steps, len(apart))


def _by_chance(stream: _Stream, steps: Sequence[str], often: int) -> bool:
    """Whether so many occurrences are to be expected somewhere, if windows followed each other at random.

    The Poisson tail for this pattern times the number of patterns that could be; glances make room for more.
    """
    total = len(stream.doings)
    expected = float(total) * (1 + 2 * (len(steps) - 1))
    for step in steps:
        expected *= stream.often[step] / total
    tail = often * log(expected) - sum(log(k) for k in range(1, often + 1)) if expected > 0 else -1e9
    if expected >= often:
        return True
    bound = tail - log(1 - expected / (often + 1))
    return exp(min(bound + len(steps) * log(stream.usual), 1.0)) > _BY_CHANCE


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether most steps of the shorter are steps of the longer."""
    shared = len(set(one) & set(other))
    return 2 * shared > min(len(set(one)), len(set(other)))
