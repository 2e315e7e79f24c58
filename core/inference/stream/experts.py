"""Mixtures of experts: only the chosen experts are read, those that recent tokens used stay in memory."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.layout import Layout, Tensor
from core.inference.stream.account import Account
from core.inference.stream.graph import Node
from core.inference.stream.pages import Pages, Range
from core.inference.stream.reading import CHUNK, Fetch, Readers
from core.inference.stream.routers import Routers, State
from core.inference.stream.slices import Layer, Shared, core_of, joined, not_known, routed_layers, slice_of
from core.inference.stream.window import Window

_FIRST = ("ffn_moe_gate", "ffn_moe_up", "ffn_moe_gate_up")
_WORDS = b"result_output"
_EARLY_SHARE = 4
"""At most this part of the window is for what is begun early."""
_MOST_HANDED = 2**14
"""Places that memory was handed on to: each is a mapping of its own, of which a process may have 65,530."""
_SMALL = 2**16
"""The longest read without bundling, bytes."""


class Experts:
    """See graph.Streamer. Everything that is not a routed expert is resident and has been read by others.

    The node `ffn_moe_topk-N` holds what the router of layer N chose. Gate and up of the experts that are not there are
    waited for behind it; down, which is read at the same time, before its node is computed.
    """

    def __init__(
        self,
        layout: Layout,
        pages: Pages,
        account: Account,
        *,
        window_bytes: int,
        threads: int,
        window: bool = True,
        bundle: bool = True,
        early: bool = True,
    ) -> None:
        layers = routed_layers(layout)
        if window_bytes < max(layer.expert_bytes for layer in layers) * layout.facts.experts_used:
            raise ModelProblem("There is not enough memory for this model's experts.", "Give it more memory.")
        self.account = account
        self._window_bytes, self._used = window_bytes, layout.facts.experts_used
        self._layers, self._pages, self._bundle = layers, pages, bundle
        self._readers = Readers(pages, account, threads)
        most = max(layer.experts for layer in layers)
        self._window = Window([layer.expert_bytes for layer in layers], most, window_bytes, keeps=window)
        self._shared = Shared(layout)
        self._chosen = {f"ffn_moe_topk-{layer.number}".encode(): place for place, layer in enumerate(layers)}
        self._firsts, self._lasts = _names(layers, *_FIRST), _names(layers, "ffn_moe_down")
        self._routers = Routers(layout, layers, pages.base)
        self._states = self._routers.states if early and window and bundle else frozenset()
        self._seen: State | None = None
        self._begun = 0
        self._silent = False
        """Whether no router has chosen in this sweep."""
        self._last: Fetch | None = None
        self._early: Fetch | None = None
        self._handed: set[int] = set()
        self._broken: ModelProblem | None = None

    def before(self) -> None:
        """See Streamer. What a sweep that was cut short has left under way is waited for."""
        self.account.sweeps += 1
        if self._broken is not None:
            raise self._broken
        self._pages.unchanged()
        self._finish()
        self._seen, self._begun, self._silent = None, 0, True

    def wants(self, node: bytes, about: Node) -> bool:
        """See Streamer. ModelProblem before words are made of weights that nobody asked for."""
        if node == _WORDS and self._silent:
            raise not_known()
        return node in self._chosen or node in self._states or self._stops(node)

    def computed(self, node: bytes, about: Node) -> None:
        """See Streamer."""
        place = self._chosen.get(node)
        if place is not None:
            self._silent = False
            self._bring(place, about.numbers())
        elif node in self._states and self._routers.worth_asking:
            self._seen = self._routers.see(node, about)

    def set_threads(self, threads: int) -> None:
        """See Streamer. llama.cpp alone computes here."""

    def close(self) -> None:
        """See Streamer."""
        self._readers.close()
        self._pages.close()

    def _stops(self, node: bytes) -> bool:
        """Stop behind gate and up while down is still being read; wait for it before it is computed."""
        last = self._last
        if last is None:
            return False
        if node in self._lasts:
            self._last = None
            self._wait(last)
            return False
        return node in self._firsts and not last.done

    def _bring(self, place: int, choice: NDArray[np.int32]) -> None:
        """What a layer's tokens chose is there on return, but for down's matrices, which are under way."""
        self._finish()
        if not len(choice):  # of a batch whose words nobody asks for the last layer computes nothing
            return
        layer = self._layers[place]
        change = self._window.want(place, choice, self._reserve(place, len(choice)))
        self._routers.learn(len(change.early), self._begun)
        self._begun = 0
        self.account.hits += len(change.there) - len(change.early)
        self.account.misses += len(change.come) + len(change.early)
        self.account.early += len(change.early)
        free = [
            self._leave(tensor, expert)
            for gone, expert in change.gone
            for tensor in (*self._layers[gone].first, self._layers[gone].last)
        ]
        first = [[self._take(tensor, expert, free) for expert in change.come] for tensor in layer.first]
        last = [self._take(layer.last, expert, free) for expert in change.come]
        self._keep_free(free, self._window_bytes - self._window.used)
        if self._bundle:
            begun = self._fetch([one for ranges in first for one in ranges])
            self._last = self._fetch(last)
            self._begin_early(place + 1, free, [expert for gone, expert in change.gone if gone == place + 1])
            self._wait(begun)
        else:
            for ranges in (*first, last):
                self._wait(self._readers.fetch(ranges, _SMALL))
        self._keep_free(free, 0)

    def _keep_free(self, free: list[Range], most: int) -> None:
        """Give free memory back until `most` bytes of it are left."""
        while free and sum(length for _, length in free) > most:
            self._pages.drop(*free.pop(0))

    def _reserve(self, place: int, tokens: int) -> int:
        """Room to begin what the next layer will probably choose."""
        if self._seen is None:
            return 0
        layer = self._layers[place + 1]
        return min(min(self._used * tokens, layer.experts) * layer.expert_bytes, self._window_bytes // _EARLY_SHARE)

    def _begin_early(self, place: int, free: list[Range], gone: list[int]) -> None:
        """Begin to read what the next layer will probably choose, but not what went a moment ago (`gone`)."""
        seen, self._seen = self._seen, None
        if seen is None:
            return
        layer = self._layers[place]
        likely = self._routers.likely(seen)
        begun = self._window.expect(place, likely[~np.isin(likely, gone)])
        self._begun = len(begun)
        soon = [self._take(tensor, expert, free) for expert in begun for tensor in (*layer.first, layer.last)]
        self._early = self._readers.fetch(soon)

    def _leave(self, tensor: Tensor, expert: int) -> Range:
        """Hold a slice no longer: its core's memory can be handed on, what lies around it goes back to the system."""
        begin, length = self._shared.leave(slice_of(tensor, expert))
        core, inside = core_of(tensor, expert)
        if not inside:
            self._pages.drop(begin, length)
            return core, 0
        self._pages.drop(begin, core - begin)
        self._pages.drop(core + inside, begin + length - core - inside)
        return core, inside

    def _take(self, tensor: Tensor, expert: int, free: list[Range]) -> Range:
        """Hold a slice: the pages to be read. Of the free cores one as long is handed on, in one mapping as it was.

        A core that was handed on is a mapping of its own; what lies around it never is.
        """
        fresh = self._shared.take(slice_of(tensor, expert))
        core, inside = core_of(tensor, expert)
        source = next((one for one in reversed(free) if inside and one[1] == inside), None)
        if source is not None and self._may_hand_on(core):
            free.remove(source)
            self._pages.hand_on(source[0], core, inside)
        return fresh

    def _fetch(self, ranges: list[Range]) -> Fetch:
        return self._readers.fetch(joined(ranges), CHUNK)

    def _may_hand_on(self, target: int) -> bool:
        if len(self._handed) < _MOST_HANDED:
            self._handed.add(target)
        return target in self._handed

    def _finish(self) -> None:
        early, last, self._early, self._last = self._early, self._last, None, None
        for fetch in (last, early):
            if fetch is not None:
                self._wait(fetch)

    def _wait(self, fetch: Fetch) -> None:
        try:
            fetch.wait(self.account)
        except ModelProblem as problem:
            self._broken = problem
            raise


def _names(layers: Iterable[Layer], *nodes: str) -> frozenset[bytes]:
    return frozenset(f"{node}-{layer.number}".encode() for layer in layers for node in nodes)
