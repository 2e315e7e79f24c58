"""Runs the whole model once over a text and keeps what each layer's feed-forward part is given."""

import re
from collections.abc import Generator
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

_INPUT = re.compile(rb"ffn_norm-(\d+)$")
_BATCH = 256
_READERS = 4
_CHUNK = 2**22
_WINDOW = 8
"""Tensors in memory at a time."""


class Watched:
    """A streamer that also keeps inputs; see graph.Streamer."""

    def __init__(self, inner: Streamer, layers: int) -> None:
        self.account = inner.account
        self._inner = inner
        self.inputs: list[list[NDArray[np.float16]]] = [[] for _ in range(layers)]

    def before(self) -> None:
        """See Streamer."""
        self._inner.before()

    def wants(self, node: bytes, about: Node) -> bool:
        """See Streamer."""
        return self._inner.wants(node, about) or _INPUT.match(node) is not None

    def computed(self, node: bytes, about: Node) -> None:
        """See Streamer."""
        if found := _INPUT.match(node):
            self.inputs[int(found[1])].append(about.floats().astype(np.float16))
        self._inner.computed(node, about)

    def set_threads(self, threads: int) -> None:
        """See Streamer."""
        self._inner.set_threads(threads)

    def close(self) -> None:
        """See Streamer."""
        self._inner.close()


def inputs_of(
    path: Path, layout: Layout, text: str, most: int, threads: int
) -> Generator[float, None, list[NDArray[np.float16]]]:
    """Yield the part that is done; return each layer's inputs, (tokens, width), over at most `most` tokens of a text.

    The weights are read layer by layer. ModelProblem.
    """
    kept: list[Watched] = []

    def stream(base: int) -> Streamer:
        watched = Watched(_layer_by_layer(path, layout, base), layout.layers)
        kept.append(watched)
        return watched

    batch = min(_BATCH, most)
    running = Running(context=most + 1, batch=batch, threads=threads, outputs=batch)
    model = Loaded(path, layout.facts, running, stream=stream, header_bytes=layout.data_begin)
    try:
        tokens = model.tokens(text, ends=True, marks=False)[:most]
        for begin in range(0, len(tokens), batch):
            # The last layer's part is computed for those tokens alone whose words are wanted: for all.
            if model.decode(tokens[begin : begin + batch], begin, all_outputs=True):
                raise ModelProblem("This model cannot be run.", "Choose another one to prepare.")
            yield min(begin + batch, len(tokens)) / len(tokens)
    finally:
        model.close()
    return [np.concatenate(parts) for parts in kept[0].inputs]


def _layer_by_layer(path: Path, layout: Layout, base: int) -> Streamer:
    account = Account()
    parts = residency(layout, (tensor.name for tensor in layout.tensors if tensor.layer is not None))
    pages = LinuxPages(path, base, layout.data_begin, max(tensor.end for tensor in layout.tensors), within=mapped())
    readers = Readers(pages, account, _READERS)
    bring_in(parts.resident, readers, account)
    return Ahead(parts.parts, pages, readers, account, window_bytes=widest(parts.parts, _WINDOW), chunk=_CHUNK)
