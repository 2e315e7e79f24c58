"""A whole model that reads a text, its weights brought in layer by layer, while nodes of its graph are looked at."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.layout import Layout
from core.inference.llama import Loaded, Running
from core.inference.stand_in import mapped
from core.inference.stream.account import Account
from core.inference.stream.ahead import Ahead
from core.inference.stream.graph import Node, Streamer
from core.inference.stream.pages import LinuxPages
from core.inference.stream.reading import Readers
from core.inference.stream.residency import bring_in, residency, widest

_INPUT = re.compile(rb"(ffn_norm)-(\d+)$")
_BATCH = 256
_READERS = 4
_CHUNK = 2**22
_WINDOW = 8
"""Tensors in memory at a time."""
Floats = NDArray[np.float32]
Seen = Callable[[bytes, int, Floats], None]
"""Called with a node's name, its layer, its values (tokens, width), which may be changed in place."""


class Watched:
    """A streamer that also shows nodes; see graph.Streamer. `nodes` finds a node's name and its layer's number."""

    def __init__(self, inner: Streamer, nodes: re.Pattern[bytes], seen: Seen) -> None:
        self.account = inner.account
        self._inner, self._nodes, self._seen = inner, nodes, seen

    def before(self) -> None:
        """See Streamer."""
        self._inner.before()

    def wants(self, node: bytes, about: Node) -> bool:
        """See Streamer."""
        return self._inner.wants(node, about) or self._nodes.match(node) is not None

    def computed(self, node: bytes, about: Node) -> None:
        """See Streamer."""
        if found := self._nodes.match(node):
            self._seen(found[1], int(found[2]), about.floats())
        self._inner.computed(node, about)

    def set_threads(self, threads: int) -> None:
        """See Streamer."""
        self._inner.set_threads(threads)

    def close(self) -> None:
        """See Streamer."""
        self._inner.close()


class WholeModel:
    """Reads texts of at most `most` tokens; `close` it. ModelProblem."""

    def __init__(
        self, path: Path, layout: Layout, most: int, threads: int, nodes: re.Pattern[bytes], seen: Seen
    ) -> None:
        def stream(base: int) -> Streamer:
            return Watched(_layer_by_layer(path, layout, base), nodes, seen)

        self._batch = min(_BATCH, most)
        running = Running(context=most + 1, batch=self._batch, threads=threads, outputs=self._batch)
        self._model = Loaded(path, layout.facts, running, stream=stream, header_bytes=layout.data_begin)
        self.tokens = self._model.tokens
        self.logits = self._model.logits

    def read(self, tokens: Sequence[int]) -> Iterator[range]:
        """Read tokens from nothing, in batches: yields which were read, their `logits` there by place in the batch."""
        model, batch = self._model, self._batch
        if model.memory:
            model.lib.llama_memory_clear(model.memory, True)
        for begin in range(0, len(tokens), batch):
            # The last layer's part is computed for those tokens alone whose words are wanted: for all.
            if model.decode(tokens[begin : begin + batch], begin, all_outputs=True):
                raise ModelProblem("This model cannot be run.", "Choose another one to prepare.")
            yield range(begin, min(begin + batch, len(tokens)))

    def close(self) -> None:
        """Give everything back."""
        self._model.close()


def inputs_of(
    path: Path, layout: Layout, text: str, most: int, threads: int
) -> Generator[float, None, list[NDArray[np.float16]]]:
    """Yield the part that is done; return each layer's inputs, (tokens, width), over at most `most` tokens of a text.

    ModelProblem.
    """
    inputs: list[list[NDArray[np.float16]]] = [[] for _ in range(layout.layers)]

    def keep(_: bytes, layer: int, values: Floats) -> None:
        inputs[layer].append(values.astype(np.float16))

    model = WholeModel(path, layout, most, threads, _INPUT, keep)
    try:
        tokens = model.tokens(text, ends=True, marks=False)[:most]
        for done in model.read(tokens):
            yield done.stop / len(tokens)
    finally:
        model.close()
    return [np.concatenate(parts) for parts in inputs]


def _layer_by_layer(path: Path, layout: Layout, base: int) -> Streamer:
    account = Account()
    parts = residency(layout, (tensor.name for tensor in layout.tensors if tensor.layer is not None))
    pages = LinuxPages(path, base, layout.data_begin, max(tensor.end for tensor in layout.tensors), within=mapped())
    readers = Readers(pages, account, _READERS)
    bring_in(parts.resident, readers, account)
    return Ahead(parts.parts, pages, readers, account, window_bytes=widest(parts.parts, _WINDOW), chunk=_CHUNK)
