"""Which of a layer's neurons matter for a token by their gates: all of act(G x), those above thresholds kept (CATS).

The gates' matrix stays in memory, so that nothing is foretold: what is kept is what the thresholds say (Lee et al.
2024, "CATS"; a threshold for each neuron as in CHESS, He et al. 2024).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.inference.stream.neurons.chosen import Chosen
from core.inference.stream.neurons.ggml import F32, Ggml, Room, row_bytes
from core.inference.stream.neurons.prepared import Gated

_AT_ONCE = 16
"""Tokens whose gates are computed at once when there are several."""
Floats = NDArray[np.float32]


class Gates:
    """A layer's gates. `parts`: the matrix's rows as they stand in the file, and each neuron's threshold."""

    def __init__(self, ggml: Ggml, width: int, count: int, gated: Gated, parts: Sequence[NDArray[np.uint8]]) -> None:
        rows, thresholds = parts
        self._ggml, self._width, self._count, self._act = ggml, width, count, gated.act
        self._room = Room(ggml, rows.size + _outputs(width, count, 1))
        self._rows = self._room.tensor(gated.kind, width, count)
        self._room.bytes_of(self._rows, count, row_bytes(gated.kind, width))[:] = rows.reshape(count, -1)
        self._thresholds = thresholds.view(np.float32)
        self._every = np.arange(count, dtype=np.int64)
        self._one = self._graph(self._room, 1)

    def some(self, x: Floats) -> Chosen:
        """See Chooser."""
        gates = self._gates(x)
        kept = np.abs(gates) > self._thresholds
        gates *= kept
        wanted = np.flatnonzero(kept[0] if len(x) == 1 else kept.any(axis=0))
        return Chosen(wanted, gates[0], gates)

    def every(self, x: Floats) -> Chosen:
        """See Chooser."""
        gates = self._gates(x)
        return Chosen(self._every, gates[0], gates)

    def close(self) -> None:
        """See Chooser."""
        self._room.close()

    def _gates(self, x: Floats) -> Floats:
        """act(G x), (tokens, neurons), copied."""
        if len(x) == 1:
            return self._run(self._one, x)
        # Room for one layer at a time: kept by each of them it would be tens of megabytes.
        room = Room(self._ggml, _outputs(self._width, self._count, _AT_ONCE))
        try:
            graph = self._graph(room, _AT_ONCE)
            return np.concatenate([self._run(graph, x[at : at + _AT_ONCE]) for at in range(0, len(x), _AT_ONCE)])
        finally:
            room.close()

    def _run(self, graph: "_Graph", x: Floats) -> Floats:
        values, compute, gates = graph
        values[: len(x)] = x
        compute()
        return gates[: len(x)].copy()

    def _graph(self, room: Room, tokens: int) -> "_Graph":
        x = room.tensor(F32, self._width, tokens)
        act = self._ggml.silu if self._act == "silu" else self._ggml.gelu
        gates = act(room.context, self._ggml.mul_mat(room.context, self._rows, x))
        values = room.floats_of(x, tokens, self._width)
        values[:] = 0
        return values, room.graph(gates), room.floats_of(gates, tokens, self._count)


_Graph = tuple[Floats, Callable[[], None], Floats]


def _outputs(width: int, count: int, tokens: int) -> int:
    return (width + 2 * count) * tokens * 4
