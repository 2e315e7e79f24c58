"""The step that links: what tonight brought to the older memories that are close in meaning (Zettelkasten)."""

from collections.abc import Sequence

import numpy as np

from core.consolidate.cohesion import words_of
from core.consolidate.filter import learnable
from core.consolidate.importance import importance
from core.consolidate.journal import LINK
from core.consolidate.task import Pen, Snapshot
from core.memory import Facet, Memory, MemoryId
from core.store import memories, tonight
from core.store.pieces import parted

CHUNK = 250
AT_MOST, _AT_A_TIME = 120, 60
"""Observations of one chunk that are linked, the most important only, and how many are compared in one go."""
WORTH = 0.85
"""Importance from which an observation is linked: what an ordinary sentence has."""
AT_ONCE = 3
"""Older memories, each of another episode, that one observation is linked to at the most."""
NEAR, NEAR_BY_ONE, SURELY_NEAR = 0.6, 0.45, 0.7
"""Cosine from which two memories bear on each other when they share a telling word, the same when one person said
both, and without a word in common."""
_SCAN, _CANDIDATES = 16_384, 24


def link(pen: Pen, cursor: str) -> str | None:
    """Link the important ones among the next observations, each to a few older memories of other episodes."""
    found = tonight.captured(pen.db, int(cursor or 0), pen.task.upto, CHUNK)
    if not found:
        return None
    if pen.task.vectors is not None:
        worth = [m for m in found if learnable(m) and m.folded_into is None and importance(m) >= WORTH]
        chosen = sorted(worth, key=lambda memory: (-importance(memory), memory.seq))[:AT_MOST]
        for begin in range(0, len(chosen), _AT_A_TIME):
            some = chosen[begin : begin + _AT_A_TIME]
            for memory, near in zip(some, _nearest(pen.task.vectors, some), strict=True):
                _link(pen, memory, near)
    return str(found[-1].seq)


def _link(pen: Pen, memory: Memory, near: Sequence[tuple[MemoryId, float]]) -> None:
    others = {other.id: other for other in memories.many(pen.db, [id for id, _ in near])}
    words = set(words_of(memory))
    episodes = {memory.episode}
    for id, cosine in near:
        other = others.get(id)
        if other is None or other.seq >= memory.seq or other.folded_into is not None or not learnable(other):
            continue
        if other.episode in episodes and other.episode is not None:
            continue
        shared = len(words & set(words_of(other)))
        if not bears_on(cosine, shared, same_hand(memory, other)):
            continue
        episodes.add(other.episode)
        reason = f"Close in meaning ({cosine:.2f}), {shared} telling {'word' if shared == 1 else 'words'} in common."
        pen.update(memory.id, {LINK: [other.id, "bears on", reason]}, reason, [other.id])
        pen.count("linked")
        if len(episodes) > AT_ONCE:
            return


def bears_on(cosine: float, shared: int, by_one: bool) -> bool:
    """Whether two observations are worth seeing together; precision first, for a wrong link misleads a reader."""
    if cosine >= SURELY_NEAR:
        return True
    return shared > 0 and cosine >= (NEAR_BY_ONE if by_one else NEAR)


def same_hand(memory: Memory, other: Memory) -> bool:
    """Whether one person said both. A screen shows anyone's words."""
    one, two = memory.provenance, other.provenance
    if Facet.FRAME in (memory.facet, other.facet):
        return False
    return (one.mine and two.mine) or (bool(one.speaker) and one.speaker.casefold() == two.speaker.casefold())


def _nearest(vectors: Snapshot, chosen: Sequence[Memory]) -> list[list[tuple[MemoryId, float]]]:
    """For each, the ids nearest in meaning with their cosines, best first; exact, a piece of the matrix at a time."""
    if not chosen or not len(vectors.ids):
        return [[] for _ in chosen]
    asked = vectors.of([memory.id for memory in chosen])
    scores = np.empty((len(vectors.ids), len(chosen)), dtype=np.float32)
    for start in range(0, len(vectors.ids), _SCAN):
        piece = vectors.part(start, start + _SCAN)
        scores[start : start + len(piece)] = piece @ asked.T
    keep = min(_CANDIDATES, len(vectors.ids))
    best = np.argpartition(-scores, keep - 1, axis=0)[:keep]
    return [
        sorted(
            (
                (parted(vectors.ids[row])[0], float(scores[row, column]))
                for row in best[:, column]
                if scores[row, column] >= NEAR_BY_ONE
            ),
            key=lambda pair: -pair[1],
        )
        for column in range(len(chosen))
    ]
