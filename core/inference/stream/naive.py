"""Naive loading, to measure against: for each sweep every weight is read anew, layer after layer, into fresh memory."""

from core.inference.stream.account import Account
from core.inference.stream.graph import Node
from core.inference.stream.pages import Pages
from core.inference.stream.residency import Residency

LAYER_DONE = b"l_out-"
"""How llama.cpp calls the node that a layer ends with."""


def layer_of(node: bytes) -> int | None:
    """The layer that ends with a node; None for any other node, also for views of such a one."""
    number = node[len(LAYER_DONE) :]
    return int(number) if node.startswith(LAYER_DONE) and number.isdigit() else None


class Naive:
    """See graph.Streamer. Nothing is kept, nothing is read ahead, one read after the other in the computing thread."""

    def __init__(self, parts: Residency, pages: Pages, account: Account) -> None:
        self.account = account
        self._parts, self._pages = parts, pages

    def before(self) -> None:
        """See Streamer."""
        self.account.sweeps += 1
        for offset, length in self._parts.resident:
            self._anew(offset, length)
        self._layer(0)

    def wants(self, node: bytes, about: Node) -> bool:
        """See Streamer."""
        return layer_of(node) is not None

    def computed(self, node: bytes, about: Node) -> None:
        """See Streamer."""
        layer = layer_of(node)
        if layer is None:
            return
        for offset, length in self._parts.streamed.get(layer, ()):
            self._pages.drop(offset, length)
        self._layer(layer + 1)

    def set_threads(self, threads: int) -> None:
        """See Streamer. llama.cpp alone computes here."""

    def close(self) -> None:
        """See Streamer."""
        self._pages.close()

    def _layer(self, layer: int) -> None:
        for offset, length in self._parts.streamed.get(layer, ()):
            self._anew(offset, length)

    def _anew(self, offset: int, length: int) -> None:
        self._pages.drop(offset, length)
        self._pages.read(offset, length)
        self.account.reads += 1
        self.account.read_bytes += length
