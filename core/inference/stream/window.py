"""Which experts stay in memory: those that the next tokens will probably choose, as far as recent ones tell. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem

MEMORIES = ((0.7, 1.0), (0.98, 3.0))
"""What a choice still counts one token later, and the weight of what is estimated so: a short memory and a long one."""


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

    Each expert's choices are counted, older ones less: that estimates the chance that a token chooses it. A memory of
    about three tokens and one of about fifty are weighed, as some experts are chosen by a word and some by a subject.
    The least likely goes (docs/decisions/029 has what was measured: the longest unused, and single memories).
    """

    def __init__(
        self,
        expert_bytes: Sequence[int],
        experts: int,
        budget: int,
        *,
        keeps: bool = True,
        memories: Sequence[tuple[float, float]] = MEMORIES,
    ) -> None:
        self.used = 0
        """Bytes kept now."""
        self._bytes = np.array(expert_bytes, np.int64)
        self._budget, self._keeps = budget, keeps
        self._decays, weights = np.array(memories).T[:, :, None]
        self._weights = weights * (1 - self._decays) / weights.sum()
        layers = len(expert_bytes)
        self._kept = np.zeros((layers, experts), bool)
        self._unasked = np.zeros((layers, experts), bool)
        self._chosen = np.zeros((layers, len(memories), experts))
        self._chance = np.zeros((layers, experts))

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
        chosen = self._chosen[layer]
        for token in choice:
            chosen *= self._decays
            chosen[:, token] += 1
        self._chance[layer] = (self._weights * chosen).sum(axis=0)

    def _make_room(self, layer: int, protected: NDArray[np.bool_], wanted: int) -> tuple[tuple[int, int], ...]:
        """Let go until `wanted` bytes more are free: what was begun early in vain first."""
        experts = self._kept.shape[1]
        if self._keeps and wanted <= 0:
            return ()
        order = np.where(self._kept, self._chance, np.inf)
        order[self._unasked] = -1
        order[layer][protected] = np.inf
        if self._keeps:
            most = min(-(-wanted // int(self._bytes.min())), order.size)
            places = np.argpartition(order.ravel(), most - 1)[:most]
            places = places[np.argsort(order.ravel()[places], kind="stable")]
        else:
            places = np.arange(order.size)
        places = places[order.ravel()[places] < np.inf]
        freed = np.cumsum(self._bytes[places // experts])
        if self._keeps:
            places = places[: int(np.searchsorted(freed, wanted)) + 1]
        self._kept.ravel()[places] = self._unasked.ravel()[places] = False
        self.used -= int(self._bytes[places // experts].sum())
        return tuple((int(place) // experts, int(place) % experts) for place in places)


def _tuple(numbers: NDArray[np.integer]) -> tuple[int, ...]:
    return tuple(map(int, numbers))
