"""Of several turns that tell of one thing at different times, the one that is asked for stands first.

By general signs, for what a sleep has not understood as a fact: the same voice, much likeness, words of change.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.memory import MemoryId
from core.recall.shown import Shown
from core.recall.standing import Asked, Standing
from core.recall.turning import CHANGED
from core.store.pieces import LONG
from core.store.vectors import Vectors

_FIRST = 10
_ALIKE = 0.3
"""Cosine of two turns on one subject; the plateau is .2 to .4 (docs/decisions/014)."""
_MUCH_ALIKE = 0.6
"""The same where no word tells of a change, for what has one value at a time (.5 costs, .6 does not)."""
_FAR = 400
_ALIKE_FAR = 0.7
_SAME = 0.8
"""The same where both hold as many of the question's words as this: the one is said instead of the other."""
_SAME_WORDS = 0.6
_SAME_CHANGED = 0.5
_ANSWERING = 1
"""First hits that are said instead of others: what stands further down often answers nothing (contexts of LoCoMo:
.906 of the evidence, with two .868)."""
_ON_THE_SUBJECT = 0.5
_A_DAY_S = 86_400.0
_AN_HOUR_S = 3_600.0
"""What is listed in one breath is several things, not one that changed."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Of the first hits, which tell of the same at different times: `[older, newer]` by their places."""

    moved: Flags
    """The newer one tells that something has changed, or says the same of what is asked."""
    same: Flags
    """Both say what is asked for, and much the same."""


def in_time(
    listed: Sequence[Shown], met: Flags, vectors: Vectors, standing: Standing
) -> tuple[list[Shown], frozenset[MemoryId]]:
    """The hits with the value asked for above the others of its kind, and those that another one has outlived.

    `met`: (hits, words of the question), whether a hit holds a word.

    What holds now: each that tells of a change moves above the first older one that it is like, by the same voice.
    What held before, or then: the older one above what came later. Only where one value at a time is asked for: for
    other questions in the present it cost recall@5 .004 and brought one update of forty. A long text tells of many
    things and its words of change seldom of what is asked (conversations kept as pages: recall@1 .49 with it, .63
    without).
    """
    first = list(listed[:_FAR])
    if standing.asked is Asked.ANY or len(first) < 2:
        return list(listed), frozenset()
    pairs = _pairs(first, met, vectors, standing)
    if not pairs.moved.any():
        return list(listed), frozenset()
    order = moved(len(first), lambda upper, lower: _is_above(first, pairs.moved, upper, lower, standing))
    outlived = _outlived(first, pairs.same, order[:_ANSWERING], standing)
    return [*(first[place] for place in order), *listed[_FAR:]], outlived


def moved(count: int, above: Callable[[int, int], bool]) -> list[int]:
    """The places 0..count in an order in which each has moved before the first one that it belongs `above`."""
    order = list(range(count))
    for lower in range(1, count):
        place = order.index(lower)
        for at, upper in enumerate(order[:place]):
            if above(upper, lower):
                order.insert(at, order.pop(place))
                break
    return order


def put_above(listed: Sequence[Shown], by: Mapping[MemoryId, Collection[MemoryId]]) -> list[Shown]:
    """The hits with each of those that outlive another one above it."""

    if not by:
        return list(listed)

    def above(upper: int, lower: int) -> bool:
        return listed[lower].memory.id in by.get(listed[upper].memory.id, ())

    return [listed[place] for place in moved(len(listed), above)]


def _pairs(first: Sequence[Shown], met: Flags, vectors: Vectors, standing: Standing) -> _Pairs:
    unit = vectors.of([one.memory.id for one in first])
    alike = unit @ unit.T
    at = np.array([one.memory.at.timestamp() for one in first])
    seq = np.array([one.memory.seq for one in first])
    voices = [one.memory.provenance.speaker.casefold() for one in first]
    numbers = {voice: number for number, voice in enumerate(dict.fromkeys(voices))}
    voice = np.array([numbers[name] for name in voices])
    told = np.array([one.memory.observed and len(one.memory.text) <= LONG for one in first])
    comparable = (voice[:, None] == voice[None, :]) & told[:, None] & told[None, :]
    days_apart = at[None, :] - at[:, None] > _A_DAY_S
    later = (at[None, :] > at[:, None]) | ((at[None, :] == at[:, None]) & (seq[None, :] > seq[:, None]))
    change = np.array([bool(CHANGED.search(one.memory.text)) for one in first])[None, :]
    places = np.arange(len(first))
    near = np.maximum(places[:, None], places[None, :]) < _FIRST
    enough = near & change & (alike >= _ALIKE)
    enough |= (near & (alike >= _MUCH_ALIKE)) | (change & (alike >= _ALIKE_FAR))
    subject = _on_the_same(first, met[: len(first)], change)
    if not standing.state:
        enough = near & change & (alike >= _ALIKE) & subject
    same = np.zeros_like(enough)
    if standing.state:
        apart = change | (at[None, :] - at[:, None] > _AN_HOUR_S)
        instead = (alike >= _SAME) | (_shared_words(first) >= _SAME_WORDS) | (change & (alike >= _SAME_CHANGED))
        same = comparable & later & apart & subject & instead
    return _Pairs((comparable & days_apart & enough) | same, same)


def _on_the_same(first: Sequence[Shown], met: Flags, change: Flags) -> Flags:
    """`[older, newer]`: both hold half of the question's words, and the newer one all that the older one holds.

    One that tells of a change may leave some of them out: what it is about has been said before.
    """
    held = np.array([not one.memory.text.rstrip().endswith(("?", "？")) for one in first])
    held &= met.mean(axis=1) >= _ON_THE_SUBJECT if met.shape[1] else False
    lacking = (met[:, None, :] & ~met[None, :, :]).any(axis=2)
    return np.asarray(held[:, None] & held[None, :] & (change | ~lacking))


def _shared_words(first: Sequence[Shown]) -> NDArray[np.float64]:
    """Share of all their words that two have in common: one sentence with another value in it has most."""
    words = [frozenset(re.findall(r"\w+", one.memory.text[:LONG].casefold())) for one in first]
    numbers = {word: number for number, word in enumerate(frozenset().union(*words))}
    held = np.zeros((len(first), len(numbers)), dtype=np.float32)
    for row, own in zip(held, words, strict=True):
        row[[numbers[word] for word in own]] = 1.0
    shared = held @ held.T
    sizes = held.sum(axis=1)
    union = sizes[:, None] + sizes[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1.0), dtype=np.float64)


def _is_above(first: Sequence[Shown], pairs: Flags, upper: int, lower: int, standing: Standing) -> bool:
    """Whether what stands lower is to stand above."""
    if standing.asked is Asked.BEFORE:
        return bool(pairs[lower, upper])
    moment = standing.moment
    if pairs[upper, lower]:
        return first[lower].memory.at <= moment
    return bool(pairs[lower, upper]) and first[upper].memory.at > moment >= first[lower].memory.at


def _outlived(first: Sequence[Shown], same: Flags, answering: Sequence[int], standing: Standing) -> frozenset[MemoryId]:
    """What says another value of the same than one of the first hits, which held at the moment asked for."""
    if standing.asked is Asked.BEFORE:
        return frozenset()
    held = np.array([one.memory.at <= standing.moment for one in first])
    by = np.zeros(len(first), dtype=np.bool_)
    by[list(answering)] = True
    by &= held
    gone = (same & by[None, :]).any(axis=1) | (~held & (same & by[:, None]).any(axis=0))
    return frozenset(first[int(place)].memory.id for place in np.flatnonzero(gone))
