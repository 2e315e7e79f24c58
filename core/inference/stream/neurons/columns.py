"""The columns of a layer's second matrix as rows of their own, one a neuron."""

import numpy as np
from numpy.typing import NDArray

from core.inference.stream.neurons.ggml import F16, F32, Q8_0, Ggml, Room, row_bytes

_FLOATS = (F32, F16)
_AT_ONCE = 2**24


class ColumnsDiffer(Exception):
    """A column cannot be kept as the matrix's own kind without loss."""


class Columns:
    """Turns a matrix (width rows of neurons) into columns: of its own kind when `exact`, else with 8 bits."""

    def __init__(self, ggml: Ggml, kind: int, exact: bool) -> None:
        self._ggml, self._source = ggml, kind
        self._exact = exact and kind not in _FLOATS
        self.kind = kind if exact or kind in _FLOATS else Q8_0
        """ggml_type of the columns."""

    def of(self, matrix: NDArray[np.uint8], count: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """The columns, (count, bytes), and their lengths. ColumnsDiffer when they would lose something."""
        values = np.ascontiguousarray(self.floats(self._source, matrix, count).T)
        if self.kind == F16:
            columns = values.astype(np.float16).view(np.uint8).reshape(count, -1)
        else:
            columns = self._ggml.quantize(self.kind, values)
        if self._exact and not np.array_equal(self.floats(self.kind, columns, values.shape[1]), values):
            raise ColumnsDiffer
        lengths: NDArray[np.float32] = np.linalg.norm(values, axis=1)
        return columns, lengths

    def floats(self, kind: int, rows: NDArray[np.uint8], width: int) -> NDArray[np.float32]:
        """Rows of weights of a kind as floats, (rows, width)."""
        found = np.empty((len(rows), width), np.float32)
        step = max(min(_AT_ONCE // width, len(rows)), 1)
        for begin in range(0, len(rows), step):
            part = rows[begin : begin + step]
            room = Room(self._ggml, part.size + len(part) * width * 4)
            weights = room.tensor(kind, width, len(part))
            room.bytes_of(weights, len(part), row_bytes(kind, width))[:] = part
            unpacked = self._ggml.cast(room.context, weights, F32)
            room.graph(unpacked)()
            found[begin : begin + step] = room.floats_of(unpacked, len(part), width)
            room.close()
        return found
