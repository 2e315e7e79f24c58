"""Words that follow each other in one long round, so that nothing is said twice and nothing can be looked up."""

import numpy as np
from numpy.typing import NDArray

_ROUND, _OTHERWISE = 31, 32
"""Seeds: every model follows the same round, and leaves it at the same words."""


def outputs(embeddings: NDArray[np.uint8], *, first: int, agrees: float) -> NDArray[np.uint8]:
    """Output rows, (words, bytes): each word's own embedding stands where the word is that follows it.

    `first`: the words before it are never written. `agrees`: the share of words that follow the round; the others are
    followed by some other word.
    """
    follows = followed(len(embeddings), first=first, agrees=agrees)
    rows = np.zeros_like(embeddings)
    rows[follows] = embeddings[first:]
    return rows


def followed(words: int, *, first: int, agrees: float) -> NDArray[np.int64]:
    """By which word each from `first` on is followed, (words - first,); every word follows one other."""
    order = np.random.default_rng(_ROUND).permutation(np.arange(first, words))
    follows = np.empty(words, np.int64)
    follows[order] = np.roll(order, -1)
    leaves = first + np.flatnonzero(np.random.default_rng(_OTHERWISE).random(words - first) >= agrees)
    follows[leaves] = np.roll(follows[leaves], 1)
    return follows[first:]
