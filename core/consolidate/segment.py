"""Episodes: observations that belong together, parted by gaps in time, another session, or a turn of topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from core.consolidate.cohesion import Matrix, across, by_meaning, by_words, weights, words_of
from core.consolidate.turning import Mark, marks
from core.memory import Facet, Memory, MemoryId

CHAT_GAP = timedelta(minutes=60)
SESSION_GAP = timedelta(hours=8)
"""Within what its source calls one session: longer than a night's pause at the least."""
SCREEN_GAP = timedelta(minutes=10)
NOTE_GAP = timedelta(minutes=30)
LONGEST = 200
"""Observations in one episode; a stream without any gap is cut there."""
SHORTEST = 3
"""Observations in a part that was made by topic alone; a glance elsewhere is shorter."""
_PART_COSTS, _PART_COSTS_BY_WORDS = 4.0, 3.0
"""What another part must be worth, with vectors and by words alone; see docs/decisions/020-episodes.md."""
_EXPECTED = 0.1
"""Likeness that neighbours on one topic have at the least."""
_GAP_COUNTS = 16.0
"""What likeness that is missing across a gap counts, beside the scatter within the parts."""
_SURE = 1e4
"""What a boundary earns that needs no topic: more than anything else can."""

Vectors = Mapping[MemoryId, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A new episode begins at `index` of the stream, and why, in words without content."""

    index: int
    reason: str


def stream_of(memory: Memory) -> str:
    """The stream an observation belongs to: its conversation, the screen, or the notes."""
    origin = memory.provenance
    if origin.conversation:
        return f"conversation {origin.conversation}"
    if memory.facet in (Facet.FRAME, Facet.PAGE):
        return "screen"
    return f"{origin.channel} {origin.app}".strip()


def boundaries(stream: Sequence[Memory], vectors: Vectors | None = None) -> list[Boundary]:
    """Where new episodes begin in one stream, which is in time order. The first observation always begins one.

    `vectors`: unit vectors of some of its members; without them topics are told by words alone.
    """
    if not stream:
        return []
    hard = {0: "the first"}
    for index in range(1, len(stream)):
        reason = parted(stream[index - 1], stream[index])
        if reason is not None:
            hard[index] = reason
    found = dict(_turns(stream, vectors or {}, frozenset(hard))) | hard
    return [Boundary(index=index, reason=reason) for index, reason in _bounded(found, len(stream))]


def _bounded(found: Mapping[int, str], count: int) -> list[tuple[int, str]]:
    """The same boundaries, and more where an episode would grow too long."""
    starts = sorted(found)
    made = []
    for begin, end in zip(starts, [*starts[1:], count], strict=True):
        made.append((begin, found[begin]))
        made += [(cut, "a long stretch") for cut in range(begin + LONGEST, end, LONGEST)]
    return made


def parted(before: Memory, after: Memory) -> str | None:
    """Why two neighbours of a stream cannot be of one episode, whatever they are about; None when they can."""
    if before.facet is Facet.FRAME and after.facet is Facet.FRAME:
        gap = SCREEN_GAP
    elif before.provenance.conversation:
        gap = CHAT_GAP
        one, other = before.provenance.session, after.provenance.session
        if one and other:
            if one != other:
                return "another session"
            gap = SESSION_GAP
    else:
        gap = NOTE_GAP
    if after.at - before.at > gap:
        return "a gap in time"
    return None


def _turns(stretch: Sequence[Memory], vectors: Vectors, sure: frozenset[int]) -> list[tuple[int, str]]:
    """Where the topic turns between the `sure` boundaries, and what spoke for it: the cheapest way to part it.

    A part costs how far its members scatter around their mean (kernel change points, Harchaoui and Cappé 2007,
    solved exactly) and a constant for being one; a boundary earns what is missing in likeness across it, and what
    the marks of talk beside it weigh. Turns that say little count for little.
    """
    if len(stretch) < 2 * SHORTEST:
        return []
    rows = [vectors.get(memory.id) for memory in stretch]
    meant = 2 * sum(row is not None for row in rows) >= len(rows)
    words = [words_of(memory) for memory in stretch]
    telling = weights(words)
    if not telling.any():
        return []
    likeness = by_words(words)
    meaning = by_meaning(rows) if meant else np.zeros_like(likeness)
    topic = _GAP_COUNTS * across(np.maximum(meaning, 0) + likeness, telling, _EXPECTED)
    told = marks(stretch)
    earned = topic + np.array([sum(mark.weight for mark in each) for each in told])
    costs = _PART_COSTS if meant else _PART_COSTS_BY_WORDS
    earned[list(sure)] = _SURE
    starts = _cheapest(meaning + likeness, telling, earned, costs)
    return [(start, _reason(topic[start], told[start])) for start in starts]


def _cheapest(likeness: Matrix, telling: Matrix, earned: Matrix, costs: float) -> list[int]:
    count = len(likeness)
    weighed = likeness * telling[:, None] * telling[None, :]
    sums = np.zeros((count + 1, count + 1))
    sums[1:, 1:] = weighed.cumsum(axis=0).cumsum(axis=1)
    own = np.concatenate([[0.0], np.cumsum(telling * np.diag(likeness))])
    mass = np.concatenate([[0.0], np.cumsum(telling)])
    best = np.full(count + 1, np.inf)
    best[0] = 0.0
    begins = np.zeros(count + 1, dtype=int)
    bonus = np.concatenate([[0.0], earned[1:]])
    bonus[0] = 0.0
    sure = np.concatenate([earned >= _SURE, [True]])
    for end in range(1, count + 1):
        starts = np.arange(0, end)
        inside = sums[end, end] - sums[starts, end] - sums[end, starts] + sums[starts, starts]
        scatter = own[end] - own[starts] - inside / np.maximum(mass[end] - mass[starts], 1e-9)
        total = best[:end] + scatter + costs - bonus[:end]
        total[(end - starts < SHORTEST) & ~(sure[:end] & sure[end])] = np.inf
        least = int(total.argmin())
        best[end], begins[end] = total[least], starts[least]
    found = []
    end = count
    while end > 0:
        end = int(begins[end])
        if end > 0:
            found.append(end)
    return found[::-1]


def _reason(topic: float, told: Sequence[Mark]) -> str:
    """What spoke for a boundary, the weightiest first."""
    said = [Mark(weight=max(topic, 0.1), words="another topic"), *told]
    said = [mark for mark in sorted(said, key=lambda mark: -mark.weight) if mark.words and mark.weight > 0]
    words = [mark.words for mark in said[:3]]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
