"""The columns of a layer's second matrix as rows of their own, one a neuron."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from core.inference.stream.neurons.ggml import F16, F32, Q8_0, Ggml, Room, row_bytes

_FLOATS = (F32, F16)
_AT_ONCE = 2**24


class ColumnsDiffer(Exception):
    """A column cannot be kept as the matrix's own kind without loss."""


class Columns:
    """Turns matrices (width rows of neurons) into columns: of their one kind when `exact`, else with 8 bits."""

    def __init__(self, ggml: Ggml, kinds: Collection[int], exact: bool) -> None:
        self._ggml = ggml
        alone = next(iter(kinds)) if len(kinds) == 1 else None
        self.kind = alone if alone is not None and (exact or alone in _FLOATS) else Q8_0
        """ggml_type of the columns."""
        self._exact = exact and alone is not None and alone not in _FLOATS

    def of(self, kind: int, matrix: NDArray[np.uint8], count: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """The columns of a matrix of a kind, (count, bytes), and their lengths. ColumnsDiffer when they would lose."""
        values = np.ascontiguousarray(self.floats(kind, matrix, count).T)
        if self.kind == F16:
            columns = values.astype(np.float16).view(np.uint8).reshape(count, -1)
        else:
            columns = self._ggml.quantize(self.kind, values)
        if self._exact and not np.array_equal(self.floats(self.kind, columns, values.shape[1]), values):
            raise ColumnsDiffer
        lengths: NDArray[np.float32] = np.linalg.norm(values, axis=1)
        return columns, lengths

    def quantised(self, kind: int, rows: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Rows (n, width) as weights of a kind, (n, bytes of a row)."""
        return self._ggml.quantize(kind, rows)

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
