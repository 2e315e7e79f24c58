"""Which neurons of a layer will be active for a token: two thin matrices, and a threshold for each neuron."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.inference.stream.neurons.chosen import Chosen
from core.inference.stream.neurons.ggml import F32, Q8_0, Ggml, Room, row_bytes

_AT_ONCE = 8
"""Tokens that are predicted at once when there are several."""


class Predictor:
    """score = B (A x), active where it is above the neuron's threshold. A (rank, width), B (neurons, rank)."""

    def __init__(self, ggml: Ggml, width: int, count: int, rank: int, parts: Sequence[NDArray[np.uint8]]) -> None:
        inner, outer, thresholds, bias = parts
        self._ggml, self._width, self._count, self._rank = ggml, width, count, rank
        self._room = Room(ggml, inner.size + outer.size + _outputs(width, count, rank, 1))
        self._inner = self._room.tensor(Q8_0, width, rank)
        self._outer = self._room.tensor(Q8_0, rank, count)
        self._room.bytes_of(self._inner, rank, row_bytes(Q8_0, width))[:] = inner.reshape(rank, -1)
        self._room.bytes_of(self._outer, count, row_bytes(Q8_0, rank))[:] = outer.reshape(count, -1)
        self._thresholds = thresholds.view(np.float32)
        self.bias = bias.view(np.float32)
        """What is added to each neuron's sum, (neurons,)."""
        self._one = self._graph(self._room, 1)
        self._several: tuple[Room, _Graph] | None = None

    def some(self, x: NDArray[np.float32]) -> Chosen:
        """See Chooser."""
        active = self.active(x)
        wanted = np.flatnonzero(active[0] if len(x) == 1 else active.any(axis=0))
        return Chosen(wanted, self.bias, active)

    def every(self, x: NDArray[np.float32]) -> Chosen:
        """See Chooser."""
        return Chosen(np.arange(self._count, dtype=np.int64), self.bias, None)

    def active(self, x: NDArray[np.float32]) -> NDArray[np.bool_]:
        """For each token x (tokens, width), which neurons to compute: (tokens, neurons)."""
        if len(x) == 1:
            return self._run(self._one, x)
        if self._several is None:
            room = Room(self._ggml, _outputs(self._width, self._count, self._rank, _AT_ONCE))
            self._several = room, self._graph(room, _AT_ONCE)
        graph = self._several[1]
        parts = [self._run(graph, x[begin : begin + _AT_ONCE]) for begin in range(0, len(x), _AT_ONCE)]
        return np.concatenate(parts)

    def close(self) -> None:
        """Give the memory back."""
        self._room.close()
        if self._several is not None:
            self._several[0].close()

    def _run(self, graph: "_Graph", x: NDArray[np.float32]) -> NDArray[np.bool_]:
        room, compute, scores = graph
        room[: len(x)] = x
        compute()
        found: NDArray[np.bool_] = scores[: len(x)] > self._thresholds
        return found

    def _graph(self, room: Room, tokens: int) -> "_Graph":
        x = room.tensor(F32, self._width, tokens)
        inner = self._ggml.mul_mat(room.context, self._inner, x)
        scores = self._ggml.mul_mat(room.context, self._outer, inner)
        values = room.floats_of(x, tokens, self._width)
        values[:] = 0
        return values, room.graph(scores), room.floats_of(scores, tokens, self._count)


_Graph = tuple[NDArray[np.float32], Callable[[], None], NDArray[np.float32]]


def _outputs(width: int, count: int, rank: int, tokens: int) -> int:
    return (width + count + rank) * tokens * 4
