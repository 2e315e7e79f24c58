"""One bit a dimension of every vector: a scan of the bits leaves few rows to be looked at exactly."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_BITS = 64
_BLOCK = 65_536
"""Rows at once: what a pass reads and writes then stays in the processor's cache."""
_NEVER = np.iinfo(np.uint16).max


@dataclass(slots=True)
class Codes:
    """Signs of centred vectors, packed into words of 64 bits, one array of rows for each word.

    The Hamming distance of two codes estimates the angle between their vectors (Charikar 2002, SimHash). The mean is
    taken off first: some embedders give all their vectors a common direction, which every sign would follow.
    """

    dimensions: int
    _mean: Floats = field(init=False)
    _words: NDArray[np.uint64] = field(init=False)

    def __post_init__(self) -> None:
        self._mean = np.zeros(self.dimensions, dtype=np.float32)
        self._words = np.zeros((-(-self.dimensions // _BITS), 0), dtype=np.uint64)

    @property
    def nbytes(self) -> int:
        """What its arrays hold."""
        return self._words.nbytes + self._mean.nbytes

    def begin(self, mean: Floats, room: int) -> None:
        """Start anew for `room` rows, around this mean (d,)."""
        self._mean = mean.astype(np.float32)
        self._words = np.zeros((len(self._words), room), dtype=np.uint64)

    def grow(self, room: int) -> None:
        """Make room for so many rows; what is there stays."""
        words = np.zeros((len(self._words), room), dtype=np.uint64)
        words[:, : self._words.shape[1]] = self._words
        self._words = words

    def put(self, places: Any, vectors: Floats) -> None:
        """Keep the codes of vectors (n, d) at these places: indices or a slice."""
        self._words[:, places] = self._packed(vectors).T

    def clear(self, place: int) -> None:
        """Leave nothing of a row."""
        self._words[:, place] = 0

    def wipe(self) -> None:
        """Leave nothing of any."""
        self._words[:] = 0
        self._mean[:] = 0

    def nearest(self, vector: Floats, count: int, alive: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Places, ascending, of about `count` of the first `len(alive)` rows that are nearest by their codes.

        As many more as are equally far as the last; `vector`: (d,); rows that are not alive are passed over.
        """
        wanted = self._packed(vector[np.newaxis, :])[0]
        distances = np.empty(len(alive), dtype=np.uint16)
        differing = np.empty(_BLOCK, dtype=np.uint64)
        counted = np.empty(_BLOCK, dtype=np.uint8)
        for start in range(0, len(alive), _BLOCK):
            out = distances[start : start + _BLOCK]
            out[:] = 0
            for word, bits in zip(self._words, wanted, strict=True):
                np.bitwise_xor(word[start : start + len(out)], bits, out=differing[: len(out)])
                np.bitwise_count(differing[: len(out)], out=counted[: len(out)])
                out += counted[: len(out)]
        distances[~alive] = _NEVER
        if count >= len(distances):
            return np.flatnonzero(alive)
        furthest = np.partition(distances, count - 1)[count - 1]
        return np.flatnonzero(distances <= min(int(furthest), int(_NEVER) - 1))

    def _packed(self, vectors: Floats) -> NDArray[np.uint64]:
        """(n, words)."""
        bits = np.zeros((len(vectors), len(self._words) * _BITS), dtype=np.bool_)
        np.greater(vectors, self._mean, out=bits[:, : self.dimensions])
        return np.packbits(bits, axis=1).view(np.uint64)
