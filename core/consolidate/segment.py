"""Episodes: observations that belong together, parted by gaps in time, another place, or a turn of topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.memory import Facet, Memory, MemoryId

CHAT_GAP = timedelta(minutes=60)
SESSION_GAP = timedelta(hours=8)
"""Within what its source calls one session: longer than a night's pause at the least."""
SCREEN_GAP = timedelta(minutes=10)
NOTE_GAP = timedelta(minutes=30)
LONGEST = 200
"""Observations in one episode; a stream without any gap is cut there."""
SHORTEST = 5
"""Observations in a part that was made by topic alone."""
PART_COSTS = 2.3
"""What another part must save in squared distance; chosen on spliced chats so that one topic is never parted."""

Vectors = Mapping[MemoryId, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A new episode begins at `index` of the stream, and why."""

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

    `vectors`: unit vectors of some of its members; without them only time, place and length part episodes.
    """
    found: list[Boundary] = []
    begin = 0
    for index, memory in enumerate(stream):
        reason = "the first" if index == 0 else _parted(stream[index - 1], memory)
        if reason is None and index - begin >= LONGEST:
            reason = "a long stretch"
        if reason is not None:
            found.append(Boundary(index=index, reason=reason))
            begin = index
    if not vectors:
        return found
    edges = [boundary.index for boundary in found] + [len(stream)]
    turns = [
        Boundary(index=begin + turn, reason="another topic")
        for begin, end in pairwise(edges)
        for turn in _turns([vectors.get(memory.id) for memory in stream[begin:end]])
    ]
    return sorted([*found, *turns], key=lambda boundary: boundary.index)


def continues(last: Memory, first: Memory) -> bool:
    """Whether an observation of tonight goes on with the episode of the last one slept on before."""
    return _parted(last, first) is None


def _parted(before: Memory, after: Memory) -> str | None:
    if before.facet is Facet.FRAME and after.facet is Facet.FRAME:
        if before.provenance.app != after.provenance.app:
            return "another application"
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


def _turns(rows: list[NDArray[np.float32] | None]) -> list[int]:
    """Where the topic turns within one stretch without gaps: the cheapest way to part it.

    A part costs the squared distance of its vectors from their mean, and `PART_COSTS` for being one (least
    squares change points, solved exactly). Each vector carries its neighbours, for a short turn says little.
    """
    count = len(rows)
    known = [row for row in rows if row is not None]
    if count < 2 * SHORTEST or len(known) < count // 2:
        return []
    width = known[0].shape[0]
    matrix = np.stack([np.zeros(width) if row is None else row.astype(np.float64) for row in rows])
    smooth = matrix.copy()
    smooth[1:] += matrix[:-1]
    smooth[:-1] += matrix[1:]
    smooth /= np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-9)
    sums = np.concatenate([np.zeros((1, width)), np.cumsum(smooth, axis=0)])
    cheapest = np.full(count + 1, np.inf)
    cheapest[0] = 0.0
    begins = np.zeros(count + 1, dtype=int)
    for end in range(SHORTEST, count + 1):
        starts = np.arange(0, end - SHORTEST + 1)
        lengths = end - starts
        inside = sums[end] - sums[starts]
        costs = cheapest[starts] + lengths - (inside * inside).sum(axis=1) / lengths + PART_COSTS
        best = int(costs.argmin())
        cheapest[end], begins[end] = costs[best], starts[best]
    found: list[int] = []
    end = count
    while end > 0:
        end = int(begins[end])
        if end > 0:
            found.append(end)
    return found[::-1]
