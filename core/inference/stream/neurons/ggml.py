"""ggml's own kernels, called in the libraries that llama.cpp has loaded; no struct of theirs is laid out here."""

import ctypes
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.tensor_types import TENSOR_TYPES

Pointer: TypeAlias = int
F32, F16, Q8_0, BF16 = 0, 1, 8, 30
_NODES = 64 * 1024


class _InitParams(ctypes.Structure):
    _fields_ = (("mem_size", ctypes.c_size_t), ("mem_buffer", ctypes.c_void_p), ("no_alloc", ctypes.c_bool))


def row_bytes(kind: int, width: int) -> int:
    """Bytes of a row of so many weights of a kind (ggml_type)."""
    weights = TENSOR_TYPES[kind]
    return width // weights.block * weights.block_bytes


class Ggml:
    """ggml as llama_cpp has loaded it."""

    def __init__(self, llama: ModuleType) -> None:
        self._libraries = _loaded(llama)
        pointer, whole = ctypes.c_void_p, ctypes.c_int64
        self.init = self._bind("ggml_init", pointer, _InitParams)
        self.free = self._bind("ggml_free", None, pointer)
        self.tensor_2d = self._bind("ggml_new_tensor_2d", pointer, pointer, ctypes.c_int, whole, whole)
        self.data = self._bind("ggml_get_data", pointer, pointer)
        size = ctypes.c_size_t
        self.view_2d = self._bind("ggml_view_2d", pointer, pointer, pointer, whole, whole, size, size)
        shape_3d = (whole, whole, whole, size, size, size)
        self.view_3d = self._bind("ggml_view_3d", pointer, pointer, pointer, *shape_3d)
        for name in ("mul_mat", "out_prod", "add", "mul"):
            setattr(self, name, self._bind(f"ggml_{name}", pointer, pointer, pointer, pointer))
        for name in ("relu", "sqr", "silu", "gelu"):
            setattr(self, name, self._bind(f"ggml_{name}", pointer, pointer, pointer))
        self.cast = self._bind("ggml_cast", pointer, pointer, pointer, ctypes.c_int)
        self.new_graph = self._bind("ggml_new_graph_custom", pointer, pointer, size, ctypes.c_bool)
        self.expand = self._bind("ggml_build_forward_expand", None, pointer, pointer)
        self.backend = self._bind("ggml_backend_cpu_init", pointer)()
        self.compute = self._bind("ggml_backend_graph_compute", ctypes.c_int, pointer, pointer)
        self.free_backend = self._bind("ggml_backend_free", None, pointer)
        self.set_threads = self._bind("ggml_backend_cpu_set_n_threads", None, pointer, ctypes.c_int)
        chunk = (ctypes.c_int, pointer, pointer, whole, whole, whole, pointer)
        self.quantize_chunk = self._bind("ggml_quantize_chunk", size, *chunk)

    mul_mat: Callable[[Pointer, Pointer, Pointer], Pointer]
    out_prod: Callable[[Pointer, Pointer, Pointer], Pointer]
    add: Callable[[Pointer, Pointer, Pointer], Pointer]
    mul: Callable[[Pointer, Pointer, Pointer], Pointer]
    relu: Callable[[Pointer, Pointer], Pointer]
    sqr: Callable[[Pointer, Pointer], Pointer]
    silu: Callable[[Pointer, Pointer], Pointer]
    gelu: Callable[[Pointer, Pointer], Pointer]

    def _bind(self, name: str, result: type | None, *arguments: type) -> Callable[..., Pointer]:
        for library in self._libraries:
            try:
                function = getattr(library, name)
            except AttributeError:
                continue
            function.restype, function.argtypes = result, list(arguments)
            found: Callable[..., Pointer] = function
            return found
        raise ModelProblem("Prepared models need another llama.cpp.", "Install Mneme again, or choose another model.")

    def quantize(self, kind: int, rows: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Rows (n, width) as weights of a kind, (n, bytes of a row); kinds that need no importance matrix."""
        rows = np.ascontiguousarray(rows, np.float32)
        written = np.empty((len(rows), row_bytes(kind, rows.shape[1])), np.uint8)
        if kind == F32:
            return rows.view(np.uint8).reshape(written.shape)
        self.quantize_chunk(kind, rows.ctypes.data, written.ctypes.data, 0, *rows.shape, None)
        return written


class Room:
    """Tensors of ours and the graphs over them; `close` gives all of it back."""

    def __init__(self, ggml: Ggml, tensor_bytes: int) -> None:
        self.ggml = ggml
        self.context = ggml.init(_InitParams(tensor_bytes + _NODES, None, False))
        if not self.context:
            raise ModelProblem("There is not enough memory for this model.", "Give it more, or choose a smaller.")

    def tensor(self, kind: int, width: int, rows: int) -> Pointer:
        """A new tensor; its memory is that of the room."""
        return self.ggml.tensor_2d(self.context, kind, width, rows)

    def bytes_of(self, tensor: Pointer, rows: int, row: int) -> NDArray[np.uint8]:
        """A tensor's memory, (rows, bytes of a row)."""
        place = ctypes.cast(self.ggml.data(tensor), ctypes.POINTER(ctypes.c_uint8))
        return np.ctypeslib.as_array(place, (rows, row))

    def floats_of(self, tensor: Pointer, rows: int, width: int) -> NDArray[np.float32]:
        """A tensor's memory as floats, (rows, width)."""
        place = ctypes.cast(self.ggml.data(tensor), ctypes.POINTER(ctypes.c_float))
        return np.ctypeslib.as_array(place, (rows, width))

    def graph(self, *last: Pointer) -> Callable[[], None]:
        """What computes up to these nodes each time it is called."""
        graph = self.ggml.new_graph(self.context, 16, False)
        for node in last:
            self.ggml.expand(graph, node)

        def compute() -> None:
            if self.ggml.compute(self.ggml.backend, graph):
                raise ModelProblem("The model could not go on.", "Give it more memory, or ask again.")

        return compute

    def close(self) -> None:
        """Give the memory back; arrays over it must not be used any more."""
        if self.context:
            self.ggml.free(self.context)
            self.context = 0


def _loaded(llama: ModuleType) -> list[ctypes.CDLL]:
    """Handles of the libraries as they are loaded: a second copy would have empty tables of its own."""
    main = ctypes.CDLL(llama.llama_cpp._lib._name)
    if sys.platform != "win32":
        return [main]  # a symbol is looked for in what a library depends on, too
    folder = Path(str(llama.__file__)).parent / "lib"
    return [ctypes.CDLL(str(folder / name)) for name in ("ggml-base.dll", "ggml-cpu.dll", "ggml.dll")]
