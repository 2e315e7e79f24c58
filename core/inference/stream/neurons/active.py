"""A prepared model's feed-forward parts at work: chosen, read, computed, added to what the hollow model gives.

llama.cpp computes attention and all else; the hollow layers add nothing. At `ffn_norm-N` the layer's input is taken
and what is missing begins to be read; at `l_out-N`, the layer's sum, our part is added.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.stream.account import Account
from core.inference.stream.graph import Node
from core.inference.stream.neurons.bundles import Bundles, Switches
from core.inference.stream.neurons.chosen import Chooser, Chosen
from core.inference.stream.neurons.disk import Memory, open_disk
from core.inference.stream.neurons.feed import PIECE, Feed
from core.inference.stream.neurons.gates import Gates
from core.inference.stream.neurons.ggml import Ggml
from core.inference.stream.neurons.predictor import Predictor
from core.inference.stream.neurons.prepared import Prepared, read_head
from core.inference.stream.neurons.window import Ids, Window

FEW = 16
"""Up to so many tokens at once are predicted; more together want nearly all neurons, and each layer is read whole."""
_WORDS = b"result_output"
"""How llama.cpp calls the node that tells which word comes next."""
_NODE = re.compile(rb"(ffn_norm|l_out)-(\d+)$")


class ActiveNeurons:
    """See Streamer. Made before the model is loaded: it reads and checks the predictors. ModelProblem."""

    def __init__(
        self,
        llama: ModuleType,
        path: Path,
        prepared: Prepared,
        account: Account,
        *,
        window_bytes: int,
        threads: int,
        most_tokens: int,
        switches: Switches | None = None,
    ) -> None:
        self.account = account
        self.switches = switches or Switches()
        self._prepared = prepared
        ggml = self._ggml = Ggml(llama)
        self.set_threads(threads)
        self._choosers = _choosers(ggml, path, prepared)
        gated = prepared.gated is not None
        self._feed = Feed(ggml, prepared.width, prepared.up_kind, prepared.down_kind, most_tokens, gated=gated)
        slots = slots_of(prepared, window_bytes)
        self._windows = [Window(prepared.count, count) for count in slots]
        self._begins = np.cumsum([0, *slots])[:-1].tolist()
        self._memory = Memory(sum(slots), prepared.bundle)
        self._bundles = Bundles(open_disk(path), prepared, self.account, self.switches)
        self._gathered = np.empty((PIECE, prepared.bundle), np.uint8)
        self._inputs: dict[int, NDArray[np.float32]] = {}
        self._done = 0
        self._tokens_begun: list[list[int]] = [[] for _ in slots]
        if self.switches.window and self.switches.keep_tokens is None:
            self._warm()

    def set_threads(self, threads: int) -> None:
        """See Streamer. The neurons are computed here, beside llama.cpp."""
        self._ggml.set_threads(self._ggml.backend, threads)

    def before(self) -> None:
        """See Streamer."""
        self.account.sweeps += 1
        self._inputs.clear()
        self._done = 0

    def wants(self, node: bytes, about: Node) -> bool:
        """See Streamer. ModelProblem when the words would be told without all layers' neurons."""
        if node == _WORDS and self._done != self._prepared.layers:
            raise ModelProblem("This prepared model does not run with this llama.cpp.", "Choose another in Settings.")
        if node == _WORDS:
            self._done = 0
        return _NODE.match(node) is not None

    def computed(self, node: bytes, about: Node) -> None:
        """See Streamer."""
        found = _NODE.match(node)
        if found is None:
            return
        layer = int(found[2])
        if found[1] == b"ffn_norm":
            self._inputs[layer] = about.floats().copy()
        elif layer in self._inputs:
            sums = about.floats()
            added = self.added(layer, self._inputs.pop(layer))
            if not np.isfinite(added).all():
                raise ModelProblem("This prepared model's file is damaged.", "Prepare it again.")
            sums += added
            self._done += 1

    def added(self, layer: int, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """What a layer's neurons add for tokens x, (tokens, width)."""
        chooser = self._choosers[layer]
        if len(x) > FEW or self.switches.every:
            return self._all(layer, x, chooser.every(x))
        return self._some(layer, x, chooser.some(x))

    def close(self) -> None:
        """See Streamer."""
        self._bundles.close()
        for chooser in self._choosers:
            chooser.close()
        self._feed.close()
        self._ggml.free_backend(self._ggml.backend)

    def _some(self, layer: int, x: NDArray[np.float32], chosen: Chosen) -> NDArray[np.float32]:
        """Compute the wanted neurons, in pieces of the same neurons whatever the window holds."""
        feed, tokens = self._feed, len(x)
        feed.x[:tokens] = x
        total = np.zeros((tokens, self._prepared.width), np.float32)
        for piece in self._there(layer, chosen.wanted):
            self._gather(layer, piece, chosen.beside[piece])
            if tokens == 1:
                total[0] += feed.one(len(piece))
            else:
                total += feed.several(len(piece), tokens, None if chosen.weights is None else chosen.weights[:, piece])
        return total

    def _there(self, layer: int, wanted: Ids) -> Iterator[Ids]:
        """Pieces of the wanted neurons, each when it stands in memory; the next ones are read meanwhile."""
        window = self._windows[layer]
        self._age(layer)
        whole = window.slots // PIECE * PIECE
        for begin in range(0, len(wanted), whole):
            group = wanted[begin : begin + whole]
            missing = window.admit(group)
            self.account.misses += len(missing)
            self.account.hits += len(group) - len(missing)
            pieces = [group[place : place + PIECE] for place in range(0, len(group), PIECE)]
            cuts = np.searchsorted(missing, [piece[-1] for piece in pieces], side="right").tolist()
            fetches = []
            for first, last in zip([0, *cuts], cuts, strict=False):
                part = missing[first:last]
                places = self._memory.address + (self._begins[layer] + window.slots_of(part)) * self._prepared.bundle
                fetches.append(self._bundles.fetch(layer, part, places))
            for piece, fetch in zip(pieces, fetches, strict=True):
                try:
                    fetch.wait(self.account)
                except ModelProblem:
                    window.forget()
                    raise
                yield piece

    def _age(self, layer: int) -> None:
        """Let go of what the last tokens have not used, as the switches say."""
        window, keep = self._windows[layer], self.switches.keep_tokens
        if not self.switches.window:
            window.forget()
        elif keep is not None:
            begun = self._tokens_begun[layer]
            begun.append(window.now + 1)
            if len(begun) > keep:
                window.forget_before(begun[-keep - 1])
                del begun[: -keep - 1]

    def _gather(self, layer: int, piece: Ids, beside: NDArray[np.float32]) -> None:
        slots = self._begins[layer] + self._windows[layer].slots_of(piece)
        np.take(self._memory.rows, slots, axis=0, out=self._gathered[: len(piece)], mode="clip")
        self._hand_over(self._gathered[: len(piece)], beside)

    def _hand_over(self, bundles: NDArray[np.uint8], beside: NDArray[np.float32]) -> None:
        """Rows and columns of bundles into the buffers that are computed on."""
        count, row = len(bundles), self._prepared.up_bytes
        self._feed.up[:count] = bundles[:, :row]
        self._feed.down[:count] = bundles[:, row : row + self._prepared.down_bytes]
        self._feed.beside[:count] = beside

    def _all(self, layer: int, x: NDArray[np.float32], chosen: Chosen) -> NDArray[np.float32]:
        """Compute every neuron of a layer, read in the order it lies in; the window stays as it is."""
        feed, tokens = self._feed, len(x)
        feed.x[:tokens] = x
        total = np.zeros((tokens, self._prepared.width), np.float32)
        for begin, bundles in self._bundles.in_order(layer):
            here = slice(begin, begin + len(bundles))
            self._hand_over(bundles, chosen.beside[here])
            if tokens == 1:
                total[0] += feed.one(len(bundles))
            else:
                total += feed.several(len(bundles), tokens, None if chosen.weights is None else chosen.weights[:, here])
        return total

    def _warm(self) -> None:
        """Fill the windows with each layer's hottest neurons, in long reads."""
        for layer, window in enumerate(self._windows):
            hottest = np.arange(min(window.slots, self._prepared.count))
            for _ in self._there(layer, hottest):
                pass
        self.account.hits = self.account.misses = 0
        self.account.read_bytes = self.account.reads = 0
        self.account.wait_s = 0.0


def _choosers(ggml: Ggml, path: Path, prepared: Prepared) -> list[Chooser]:
    """Of each layer what knows its neurons. ModelProblem when their part of the file is not what was written."""
    made: list[Chooser] = []
    try:
        for layer, parts in enumerate(read_head(path, prepared)):
            if prepared.gated is None:
                made.append(Predictor(ggml, prepared.width, prepared.count, prepared.ranks[layer], parts))
            else:
                made.append(Gates(ggml, prepared.width, prepared.count, prepared.gated, parts))
    except ModelProblem:
        for one in made:
            one.close()
        raise
    return made


def slots_of(prepared: Prepared, window_bytes: int) -> list[int]:
    """How many neurons of each layer stay in so much memory: more where more are active, a piece at least, all at most.

    ModelProblem when there is not room for a piece a layer.
    """
    least = min(PIECE, prepared.count)
    room = window_bytes // prepared.bundle
    if room < least * prepared.layers:
        raise ModelProblem("There is not enough memory for this model.", "Give it more, or choose a smaller.")
    shares = np.array(prepared.shares) / sum(prepared.shares)
    slots = np.clip((shares * room).astype(np.int64), least, prepared.count)
    while slots.sum() > room:
        over = slots > least
        slots[over] -= -(-(slots.sum() - room) // over.sum())
        slots = np.maximum(slots, least)
    return [int(count) for count in slots]
