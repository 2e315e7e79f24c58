"""Dense models: the next layers' weights are read while this one computes, into the pages of those that are done.

The layers that are streamed stand in a ring, as each sweep goes through them in the same order. At most `ahead` + 1 of
them are in memory: the one that computes and those that come next, across the end of a sweep too.
"""

from collections.abc import Mapping, Sequence

from core.errors import ModelProblem
from core.inference.stream.account import Account
from core.inference.stream.graph import Node
from core.inference.stream.pages import Pages, Range
from core.inference.stream.reading import Fetch, Readers

LAYER_DONE = b"l_out-"
"""How llama.cpp calls the node that a layer ends with."""


WORDS = b"result_output"
"""The node that the words are chosen from: every graph ends with it."""


def layer_of(node: bytes) -> int | None:
    """The layer that ends with a node; None for any other node, also for views of such a one."""
    number = node[len(LAYER_DONE) :]
    return int(number) if node.startswith(LAYER_DONE) and number.isdigit() else None


class Ahead:
    """See graph.Streamer. `streamed`: of each layer the pages that come and go; `chunk`: bytes of one read."""

    def __init__(
        self,
        streamed: Mapping[int, Sequence[Range]],
        pages: Pages,
        readers: Readers,
        account: Account,
        *,
        ahead: int,
        chunk: int,
    ) -> None:
        self.account = account
        self._pages, self._readers, self._chunk = pages, readers, chunk
        self._ranges = streamed
        self._ring = tuple(layer for layer, ranges in streamed.items() if ranges)
        self._window = min(ahead + 1, len(self._ring))
        self._inside: dict[int, Fetch] = {}
        """The layers in memory or on their way, in the order they will be needed."""
        self._free: list[Range] = []
        self._passed: set[int] = set()
        """Layers that this sweep has gone through."""
        for layer in self._ring[: self._window]:
            self._inside[layer] = self._fetch(layer)

    def before(self) -> None:
        """See Streamer. After a sweep that was cut short the ring is turned back to its beginning."""
        self.account.sweeps += 1
        self._pages.unchanged()
        self._passed.clear()
        wanted = self._ring[: self._window]
        if tuple(self._inside) != wanted:
            for fetch in self._inside.values():
                fetch.wait(self.account)
            for layer in [one for one in self._inside if one not in wanted]:
                self._leave(layer)
            kept = self._inside
            self._inside = {layer: kept[layer] if layer in kept else self._fetch(layer) for layer in wanted}
            self._take(())
        self._arrive(0)

    def wants(self, node: bytes) -> bool:
        """See Streamer. ModelProblem before words are made of layers that nobody waited for."""
        if node == WORDS:
            self._look_back()
        return layer_of(node) is not None

    def computed(self, node: bytes, values: Node) -> None:
        """See Streamer."""
        layer = layer_of(node)
        if layer is None:
            return
        self._passed.add(layer)
        if layer in self._inside and len(self._ring) > self._window:
            place = self._ring.index(layer)
            self._leave(layer)
            following = self._ring[(place + self._window) % len(self._ring)]
            self._inside[following] = self._fetch(following)
        self._arrive(layer + 1)

    def set_threads(self, threads: int) -> None:
        """See Streamer. llama.cpp alone computes here."""

    def close(self) -> None:
        """See Streamer."""
        self._readers.close()
        self._pages.close()

    def _look_back(self) -> None:
        """The last layers of a file may be for another use and never come; any other that did not was not streamed."""
        missing = [layer for layer in self._ring if layer not in self._passed]
        if not missing:
            return
        if not self._passed or min(missing) < max(self._passed):
            raise ModelProblem(
                "This model cannot be streamed: its layers do not come one after the other.",
                "Give it more memory, or choose another model.",
            )
        self._ring = tuple(layer for layer in self._ring if layer in self._passed)
        self._window = min(self._window, len(self._ring))

    def _arrive(self, layer: int) -> None:
        """Wait until a layer is there. One that nobody asked for stays resident, or is not of this model."""
        if (fetch := self._inside.get(layer)) is not None:
            fetch.wait(self.account)

    def _leave(self, layer: int) -> None:
        self._inside.pop(layer)
        self._free.extend(self._ranges[layer])

    def _fetch(self, layer: int) -> Fetch:
        """Begin to read a layer, into pages that others have left."""
        ranges = self._ranges[layer]
        self._take(ranges)
        return self._readers.fetch(ranges, self._chunk)

    def _take(self, ranges: Sequence[Range]) -> None:
        for target, length in ranges:
            equal = next((place for place, free in enumerate(self._free) if free[1] == length), None)
            if equal is not None:  # one that is as long is handed on whole, and nothing is split
                self._pages.hand_on(self._free.pop(equal)[0], target, length)
                continue
            filled = 0
            while filled < length and self._free:
                source, left = self._free.pop()
                part = min(left, length - filled)
                self._pages.hand_on(source, target + filled, part)
                filled += part
                if left > part:
                    self._free.append((source + part, left - part))
        for source, left in self._free:
            self._pages.drop(source, left)
        self._free.clear()
