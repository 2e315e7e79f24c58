"""Which pieces of a long memory answer a question: what is shown of it instead of the whole."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.memory import Memory
from core.recall.columns import Reals
from core.recall.rank import spread
from core.recall.word_scores import Posting
from core.store import indexing
from core.store.pieces import LONG, MOST_PIECES, Range
from core.store.vault import Vault
from core.store.vectors import Vectors

_ENOUGH = 0.5


def best_pieces(
    vault: Vault,
    memories: Sequence[Memory],
    postings: Mapping[str, Posting],
    vectors: Vectors | None,
    question: NDArray[np.float32] | None,
    shares: tuple[float, float, float],
) -> dict[int, tuple[Range, ...]]:
    """The pieces that answer best, best first, by seq, of those of `memories` that have more than one.

    Words and meaning count the same, each against the best that it has within the memory; pieces with less than half
    of what the best one has are left out. A piece lends its words to those beside it as turns do (`shares`).
    """
    long = [memory for memory in memories if len(memory.text) > LONG]
    if not long:
        return {}
    with vault.read() as db:
        ranges = indexing.ranges(db, [memory.seq for memory in long])
    best: dict[int, tuple[Range, ...]] = {}
    for memory in long:
        parts = ranges.get(memory.seq, ())
        if not parts or parts[-1][1] != len(memory.text):
            continue
        fits = _scaled(_by_words(postings, memory.seq, len(parts), shares))
        if vectors is not None and question is not None:
            likeness = vectors.likeness_of(memory.id, question)[: len(parts)]
            fits[: len(likeness)] += _scaled(likeness.astype(np.float64))
        order = np.argsort(-fits, kind="stable")
        best[memory.seq] = tuple(parts[number] for number in order if fits[number] >= _ENOUGH * fits[order[0]])
    return best


def _by_words(postings: Mapping[str, Posting], seq: int, count: int, shares: tuple[float, float, float]) -> Reals:
    """BM25 of each piece, all words together."""
    together = np.ones(count, dtype=np.bool_)
    total = np.zeros(count)
    for posting in postings.values():
        begin, end = np.searchsorted(posting.keys, (seq * MOST_PIECES, seq * MOST_PIECES + count))
        score = np.zeros(count)
        score[posting.keys[begin:end] - seq * MOST_PIECES] = posting.by_key[begin:end]
        total += spread(score, (together, together), shares)
    return total


def _scaled(values: Reals) -> Reals:
    most = float(values.max(initial=0.0))
    return values / most if most > 0 else np.zeros_like(values)
