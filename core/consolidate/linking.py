"""The step that links: what tonight brought to the older memory that is closest in meaning (Zettelkasten)."""

from collections.abc import Sequence

import numpy as np

from core.consolidate.filter import learnable
from core.consolidate.importance import importance
from core.consolidate.journal import LINK
from core.consolidate.task import Pen, Snapshot
from core.memory import Memory, MemoryId
from core.store import memories, tonight
from core.store.pieces import parted

CHUNK = 250
AT_MOST = 20
"""Links made from one chunk: the most important observations only."""
WORTH = 1.1
"""Importance from which an observation is linked."""
NEAR = 0.7
"""Cosine from which two memories bear on each other."""
_SCAN, _CANDIDATES = 16_384, 12


def link(pen: Pen, cursor: str) -> str | None:
    """Link the important ones among the next observations, each to one older memory of another episode."""
    found = tonight.captured(pen.db, int(cursor or 0), pen.task.upto, CHUNK)
    if not found:
        return None
    if pen.task.vectors is not None:
        worth = [m for m in found if learnable(m) and m.folded_into is None and importance(m) >= WORTH]
        chosen = sorted(worth, key=lambda memory: (-importance(memory), memory.seq))[:AT_MOST]
        for memory, near in zip(chosen, _nearest(pen.task.vectors, chosen), strict=True):
            _link(pen, memory, near)
    return str(found[-1].seq)


def _link(pen: Pen, memory: Memory, near: Sequence[tuple[MemoryId, float]]) -> None:
    others = {other.id: other for other in memories.many(pen.db, [id for id, _ in near])}
    for id, cosine in near:
        other = others.get(id)
        if other is None or not learnable(other) or other.folded_into is not None:
            continue
        if other.seq < memory.seq and (other.episode is None or other.episode != memory.episode):
            reason = f"Close in meaning ({cosine:.2f})."
            pen.update(memory.id, {LINK: [other.id, "bears on", reason]}, reason, [other.id])
            pen.count("linked")
            return


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
                if scores[row, column] >= NEAR
            ),
            key=lambda pair: -pair[1],
        )
        for column in range(len(chosen))
    ]
