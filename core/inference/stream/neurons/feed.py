"""A layer's feed-forward part for chosen neurons: relu(W x + b)^2 (So et al. 2021) or gate (W x) (Shazeer 2020).

Tried for the second half: ggml's outer product on quantised columns (one token: both cores, nothing written out),
columns to floats and one product in numpy (several tokens: a column is unpacked once, not once a token).
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.inference.stream.neurons.ggml import F32, Ggml, Pointer, Room, row_bytes

PIECE = 512
"""Neurons computed at once: few enough for the processor's cache; the same for every budget, so that sums are too."""
_SHARES = 4
"""Into so many parts a single token's sum over a piece is cut, to be computed side by side."""
_SIZES = (64, 128, 256, PIECE)
_MANY = 64
_GRAPHS = 16
"""Graphs for several tokens that are kept: drafts differ in length."""


@dataclass(frozen=True, slots=True)
class _Activations:
    """A graph for so many tokens."""

    room: Room
    compute: Callable[[], None]
    active: NDArray[np.float32]


class Feed:
    """Buffers for one piece of neurons and the graphs over them.

    The caller fills the first n rows of `up`, `down` and `beside` (what is added to each sum, or with `gated`, for one
    token, what it is multiplied with), and `x`; the rest of a graph's rows is cleared here.
    """

    def __init__(
        self, ggml: Ggml, width: int, up_kind: int, down_kind: int, most_tokens: int, *, gated: bool = False
    ) -> None:
        self.width, self._gated = width, gated
        self._up_row, self._down_row = row_bytes(up_kind, width), row_bytes(down_kind, width)
        self._ggml = ggml
        self._helper = ThreadPoolExecutor(1, thread_name_prefix="columns")
        singles = sum(_SIZES) * 4 * 4 + len(_SIZES) * _SHARES * width * 4
        buffers = PIECE * (self._up_row + self._down_row + width * 4 + 4) + width * most_tokens * 4
        room = self._room = Room(ggml, buffers + singles)
        self._up = room.tensor(up_kind, width, PIECE)
        self._down = room.tensor(down_kind, width, PIECE)
        self._beside = room.tensor(F32, PIECE, 1)
        self._x = room.tensor(F32, width, most_tokens)
        self.up = room.bytes_of(self._up, PIECE, self._up_row)
        self.down = room.bytes_of(self._down, PIECE, self._down_row)
        self.beside = room.floats_of(self._beside, 1, PIECE)[0]
        self.x = room.floats_of(self._x, most_tokens, width)
        for buffer in (self.up, self.down, self.beside):
            buffer[:] = 0
        self._single = {size: self._one_token(size) for size in _SIZES}
        self._several: OrderedDict[int, _Activations] = OrderedDict()
        cast = ggml.cast(room.context, self._down, F32)
        self._floats = room.floats_of(cast, PIECE, width)
        self._unpack = room.graph(cast)

    def one(self, count: int) -> NDArray[np.float32]:
        """What the first `count` neurons add for the token x[0], (width,)."""
        size = next(size for size in _SIZES if count <= size)
        self._clear(count, size)
        compute, parts = self._single[size]
        compute()
        total: NDArray[np.float32] = parts.sum(axis=0)
        return total

    def several(
        self, count: int, tokens: int, factors: NDArray[np.bool_] | NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """What the first `count` neurons add for x[:tokens], (tokens, width), each times its factor (tokens, count)."""
        self._clear(count, PIECE)
        active = self._activations(tokens)
        self._unpack()
        weights = active[:, :count]
        if factors is not None:
            weights = weights * factors
        return self._sum(weights, self._floats[:count])

    def close(self) -> None:
        """Give the buffers back."""
        self._helper.shutdown()
        for one in self._several.values():
            one.room.close()
        self._several.clear()
        self._room.close()

    def _sum(self, weights: NDArray[np.float32], columns: NDArray[np.float32]) -> NDArray[np.float32]:
        """weights @ columns; of many tokens one half in another thread, as numpy has but one in our processes."""
        half = len(weights) // 2 if len(weights) >= _MANY else 0
        total = np.empty((len(weights), self.width), np.float32)
        other = self._helper.submit(np.matmul, weights[:half], columns, out=total[:half]) if half else None
        np.matmul(weights[half:], columns, out=total[half:])
        if other is not None:
            other.result()
        return total

    def _clear(self, count: int, size: int) -> None:
        """Rows that no neuron stands in give nothing."""
        self.up[count:size] = 0
        self.beside[count:size] = 0

    def _sums(self, room: Room, size: int, tokens: int) -> Pointer:
        """Each neuron's share before its column: (tokens, size)."""
        ggml, context = self._ggml, room.context
        rows = ggml.view_2d(context, self._up, self.width, size, self._up_row, 0)
        x = ggml.view_2d(context, self._x, self.width, tokens, self.width * 4, 0)
        beside = ggml.view_2d(context, self._beside, size, 1, PIECE * 4, 0)
        sums = ggml.mul_mat(context, rows, x)
        if self._gated:
            return ggml.mul(context, sums, beside) if tokens == 1 else sums
        return ggml.sqr(context, ggml.relu(context, ggml.add(context, sums, beside)))

    def _one_token(self, size: int) -> tuple[Callable[[], None], NDArray[np.float32]]:
        ggml, context, share = self._ggml, self._room.context, size // _SHARES
        sums = self._sums(self._room, size, 1)
        weights = ggml.view_3d(context, sums, 1, share, _SHARES, 4, share * 4, 0)
        step = self._down_row
        columns = ggml.view_3d(context, self._down, self.width, share, _SHARES, step, step * share, 0)
        added = ggml.out_prod(context, columns, weights)
        return self._room.graph(added), self._room.floats_of(added, _SHARES, self.width)

    def _activations(self, tokens: int) -> NDArray[np.float32]:
        """The neurons' shares of x[:tokens], (tokens, PIECE); valid until the next call."""
        one = self._several.pop(tokens, None)
        if one is None:
            while len(self._several) >= _GRAPHS:
                self._several.popitem(last=False)[1].room.close()
            room = Room(self._ggml, PIECE * tokens * 4 * 4)
            sums = self._sums(room, PIECE, tokens)
            one = _Activations(room, room.graph(sums), room.floats_of(sums, tokens, PIECE))
        self._several[tokens] = one
        one.compute()
        return one.active
