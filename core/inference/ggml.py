"""A node of llama.cpp's graph as arrays: the few fields of a ggml tensor that are needed, and where they lie."""

import ctypes
import struct

import numpy as np
from numpy.typing import NDArray

_F32, _I32 = 0, 26
_SOURCES = struct.Struct("@10P")


class Tensor(ctypes.Structure):
    """The head of `struct ggml_tensor` (ggml.h): the same since 2023, checked against ggml when a model is loaded."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("buffer", ctypes.c_void_p),
        ("ne", ctypes.c_int64 * 4),
        ("nb", ctypes.c_size_t * 4),
        ("op", ctypes.c_int),
        ("op_params", ctypes.c_int32 * 16),
        ("flags", ctypes.c_int32),
        ("src", ctypes.c_void_p * 10),
        ("view_src", ctypes.c_void_p),
        ("view_offs", ctypes.c_size_t),
        ("data", ctypes.c_void_p),
        ("name", ctypes.c_char * 64),
    )


class ComputedNode:
    """See stream.graph.Node: the tensor at `address`, valid until the next node is computed."""

    def __init__(self, address: int) -> None:
        self._address = address
        self._tensor = Tensor.from_address(address)

    def place(self) -> int:
        """See Node."""
        return self._tensor.data or 0

    def sources(self) -> list[int]:
        """See Node."""
        sources = _SOURCES.unpack(ctypes.string_at(self._address + Tensor.src.offset, _SOURCES.size))
        data = Tensor.data.offset
        return [ctypes.c_void_p.from_address(one + data).value or 0 for one in sources if one]

    def floats(self) -> NDArray[np.float32]:
        """See Node. ValueError for other numbers or rows that lie apart."""
        tensor = self._tensor
        width = int(tensor.ne[0])
        rows = int(tensor.ne[1] * tensor.ne[2] * tensor.ne[3])
        if tensor.type != _F32 or tensor.nb[0] != 4 or tensor.nb[1] != 4 * width:
            raise ValueError("not rows of 32-bit floats")
        place = ctypes.cast(tensor.data, ctypes.POINTER(ctypes.c_float))
        return np.ctypeslib.as_array(place, (rows, width))

    def numbers(self) -> NDArray[np.int32]:
        """See Node; rows may lie apart, as a view of a sorted whole does."""
        tensor = self._tensor
        if tensor.type != _I32 or tensor.nb[0] != 4:
            raise ValueError("not whole numbers")
        rows = [
            np.ctypeslib.as_array((ctypes.c_int32 * tensor.ne[0]).from_address(tensor.data + row * tensor.nb[1]))
            for row in range(tensor.ne[1])
        ]
        return np.array(rows, dtype=np.int32)
