"""A guess at what the next layer will choose: its router applied to what this layer's router sees.

What runs through the layers changes little from one to the next, so the next layer's router, given this layer's
normalised state with its own norm's weights in place of this one's, names most of what it will choose when it is asked.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.inference.layout import Layout, Tensor
from core.inference.stream.graph import Node
from core.inference.stream.slices import Layer

_STATES = (("ffn_norm", "ffn_norm"), ("attn_post_norm", "post_attention_norm"))
"""llama.cpp's node of what a router sees, and the norm's tensor."""
_F32 = "F32"
_WORTH = 0.5
"""The share of right guesses below which guessing costs more than it saves; tried again every so often."""
_AGAIN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the router of the layer at `place` sees: (tokens, width)."""

    place: int
    values: NDArray[np.float32]


class Routers:
    """The routers of a model whose resident tensors stand at `base` + their offset in the file."""

    def __init__(self, layout: Layout, layers: Sequence[Layer], base: int) -> None:
        self._used, self._base, self._layers = layout.facts.experts_used, base, layers
        named = {tensor.name: tensor for tensor in layout.tensors}
        self._right, self._idle = 1.0, 0
        self._states: dict[bytes, int] = {}
        self._parts: dict[int, tuple[Tensor, Tensor, Tensor, Tensor | None]] = {}
        for place, (layer, following) in enumerate(pairwise(layers)):
            for node, norm in _STATES:
                here, there = (named.get(f"blk.{one.number}.{norm}.weight") for one in (layer, following))
                router = named.get(f"blk.{following.number}.ffn_gate_inp.weight")
                bias = named.get(f"blk.{following.number}.exp_probs_b.bias")
                if here and there and router and {one.type for one in (here, there, router, bias) if one} == {_F32}:
                    self._states[f"{node}-{layer.number}".encode()] = place
                    self._parts[place] = here, there, router, bias
                    break

    @property
    def states(self) -> frozenset[bytes]:
        """The nodes that `see` wants."""
        return frozenset(self._states)

    def learn(self, right: int, begun: int) -> None:
        """How many of the experts that were begun early were chosen."""
        if begun:
            self._right += 0.02 * (right / begun - self._right)

    @property
    def worth_asking(self) -> bool:
        """Whether guesses have been right often enough; now and then also when they have not."""
        self._idle = 0 if self._right >= _WORTH else (self._idle + 1) % _AGAIN
        return not self._idle

    def see(self, node: bytes, values: Node) -> State | None:
        """What the router behind a node sees, kept; None when it is not what was expected: then nothing is guessed."""
        try:
            state = values.floats().copy()
        except ValueError:
            return None
        place = self._states[node]
        return State(place=place, values=state) if state.shape[1] == self._parts[place][2].shape[0] else None

    def likely(self, seen: State) -> NDArray[np.int32]:
        """What the layer after the one that has seen this will choose, most likely first.

        Of several tokens the experts that they choose between them, not more than one token's for each.
        """
        here, there, router, bias = self._parts[seen.place]
        state = seen.values * (self._view(there) / self._view(here))
        scores = state @ self._view(router).reshape(router.shape[1], router.shape[0]).T
        if bias is not None:
            scores = np.float32(1) / (np.float32(1) + np.exp(-scores)) + self._view(bias)
        best = np.argsort(-scores, axis=1)[:, : self._used]
        votes = np.bincount(best.ravel(), minlength=scores.shape[1])
        order = best[0] if len(state) == 1 else np.argsort(-votes, kind="stable")[: np.count_nonzero(votes)]
        found: NDArray[np.int32] = order.astype(np.int32)
        return found

    def _view(self, tensor: Tensor) -> NDArray[np.float32]:
        place = ctypes.cast(self._base + tensor.offset, ctypes.POINTER(ctypes.c_float))
        values: NDArray[np.float32] = np.ctypeslib.as_array(place, (tensor.bytes // 4,))
        return values
