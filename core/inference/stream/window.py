"""Which experts stay in memory: those that will be needed again soonest, as far as recent tokens tell. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem

DECAY = 0.95
"""What a token's choice still counts for one token later."""
_RAREST, _SUREST = 1e-12, 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a layer's choice changes: read `come`; before it, drop `gone`. `there` were kept."""

    there: tuple[int, ...]
    come: tuple[int, ...]
    early: tuple[int, ...]
    """Of those that are there, the ones that had been begun early and are asked for the first time."""
    gone: tuple[tuple[int, int], ...]
    """Layer and expert each."""


class Window:
    """The experts that are kept, never more bytes than `budget`. Layers and experts are counted from 0.

    Each expert's choices are counted, older ones less (`DECAY`): that estimates the chance that a token chooses it. The
    one goes whose next use is expected the furthest away: a seldom chosen one, and among equals one of the layer just
    passed, as the layers come in turn. So a long prompt, which wants all experts of one layer after another, does not
    flush the window as it would when the longest unused one went.
    """

    def __init__(
        self, expert_bytes: Sequence[int], experts: int, budget: int, *, keeps: bool = True, decay: float = DECAY
    ) -> None:
        self.used = 0
        """Bytes kept now."""
        self._bytes = np.array(expert_bytes, np.int64)
        self._budget, self._keeps, self._decay = budget, keeps, decay
        layers = len(expert_bytes)
        self._kept = np.zeros((layers, experts), bool)
        self._unasked = np.zeros((layers, experts), bool)
        self._chosen = np.zeros((layers, experts))
        self._tokens = 1
        self._away = np.full((layers, experts), 1 / _RAREST)
        """Sweeps until an expert is expected to be chosen again."""

    def kept(self, layer: int) -> NDArray[np.bool_]:
        """Which experts of a layer are kept, (experts,)."""
        kept: NDArray[np.bool_] = self._kept[layer].copy()
        return kept

    def want(self, layer: int, choice: NDArray[np.int32], reserve: int = 0) -> Change:
        """Keep what a layer's tokens chose, (tokens, k); leave `reserve` bytes free where that can be. ModelProblem."""
        needed = np.unique(choice)
        size = int(self._bytes[layer])
        kept, unasked = self._kept[layer], self._unasked[layer]
        if len(needed) * size > self._budget:
            raise ModelProblem("The model chose more experts at once than there is memory for.", "Give it more memory.")
        self._count(layer, choice)
        there = needed[kept[needed]]
        come = needed[~kept[needed]]
        early = needed[unasked[needed]]
        unasked[needed] = False
        protected = np.zeros_like(kept)
        protected[needed] = True
        free = self._budget - self.used - len(come) * size
        gone = self._make_room(layer, protected, min(reserve, self._budget - len(needed) * size) - free)
        kept[come] = True
        self.used += len(come) * size
        return Change(there=_tuple(there), come=_tuple(come), early=_tuple(early), gone=gone)

    def expect(self, layer: int, likely: NDArray[np.int32]) -> tuple[int, ...]:
        """Of a layer's experts, most likely first, those to be begun now: what is free takes them, nothing goes."""
        size = int(self._bytes[layer])
        new = likely[~self._kept[layer][likely]][: max(self._budget - self.used, 0) // size]
        self._kept[layer][new] = self._unasked[layer][new] = True
        self.used += len(new) * size
        return _tuple(new)

    def _count(self, layer: int, choice: NDArray[np.int32]) -> None:
        tokens = len(choice)
        weights = self._decay ** np.arange(tokens - 1, -1, -1.0)
        chosen = self._chosen[layer]
        chosen *= self._decay**tokens
        np.add.at(chosen, choice.ravel(), np.repeat(weights, choice.shape[1]))
        # Behind the first layers llama.cpp may go on with those tokens only whose words are asked for.
        if layer == 0 and tokens != self._tokens:
            self._tokens = tokens
            self._away = self._sweeps_away(self._chosen)
        else:
            self._away[layer] = self._sweeps_away(chosen)

    def _sweeps_away(self, chosen: NDArray[np.float64]) -> NDArray[np.float64]:
        """Expected sweeps until the next use, each with as many tokens as now: the mean of a geometric distribution."""
        by_one = np.clip((1 - self._decay) * chosen, _RAREST, _SUREST)
        away: NDArray[np.float64] = -1 / np.expm1(self._tokens * np.log1p(-by_one))
        return away

    def _make_room(self, layer: int, protected: NDArray[np.bool_], wanted: int) -> tuple[tuple[int, int], ...]:
        """Let go until `wanted` bytes more are free: what was begun early in vain first."""
        layers, experts = self._kept.shape
        if self._keeps and wanted <= 0:
            return ()
        turns = ((np.arange(layers) - layer - 1) % layers + 1) / layers
        order = np.where(self._kept, self._away + turns[:, None], -np.inf)
        order[self._unasked] = np.inf
        order[layer][protected] = -np.inf
        if self._keeps:
            most = min(-(-wanted // int(self._bytes.min())), order.size)
            places = np.argpartition(-order.ravel(), most - 1)[:most]
            places = places[np.argsort(-order.ravel()[places], kind="stable")]
        else:
            places = np.arange(order.size)
        places = places[order.ravel()[places] > -np.inf]
        freed = np.cumsum(self._bytes[places // experts])
        if self._keeps:
            places = places[: int(np.searchsorted(freed, wanted)) + 1]
        self._kept.ravel()[places] = self._unasked.ravel()[places] = False
        self.used -= int(self._bytes[places // experts].sum())
        return tuple((int(place) // experts, int(place) % experts) for place in places)


def _tuple(numbers: NDArray[np.integer]) -> tuple[int, ...]:
    return tuple(map(int, numbers))
