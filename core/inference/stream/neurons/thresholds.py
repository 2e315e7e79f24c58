"""Below which value of its gate each neuron is left out, so that a share of all is kept. Pure.

A neuron adds |act(g)| |u| |d|: its gate, its sum, its column. Only the gate is known before anything is read; for the
sum stands its usual size (CHESS, He et al. 2024, where CATS, Lee et al. 2024, has one threshold for a whole layer).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_HALVINGS = 40
ALL = -1.0
"""A threshold that keeps every neuron: no size is below it."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A layer on some tokens: sizes of gates |act(g)|, (tokens, neurons), and what a neuron adds for each of it."""

    gates: NDArray[np.float16]
    weight: Floats

    def added(self) -> Floats:
        """About how much each neuron adds, (tokens, neurons)."""
        found: Floats = self.gates.astype(np.float32) * self.weight
        return found


def thresholds(layers: Sequence[Sampled], keep: float, way: str = "energy") -> list[Floats]:
    """Of each layer each neuron's threshold for |act(g)|, so that about `keep` (0 to 1) of all are above.

    What is left out is the same share of what each layer's neurons add, by energy: layers that need more keep more.
    """
    if keep >= 1:
        return [np.full(len(one.weight), ALL, np.float32) for one in layers]
    if way == "cats":
        return [
            np.full(len(one.weight), np.quantile(one.gates.astype(np.float32), 1 - keep), np.float32) for one in layers
        ]
    if way == "uniform":
        return [_limits(one, float(np.quantile(one.added(), 1 - keep))) for one in layers]
    if way == "cats-energy":
        layers = [Sampled(one.gates, np.ones_like(one.weight)) for one in layers]
    curves = [_Lost(one.added()) for one in layers]
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if sum(one.kept(middle) for one in curves) / len(curves) > keep:
            low = middle
        else:
            high = middle
    return [_limits(one, curve.value(high)) for one, curve in zip(layers, curves, strict=True)]


def _limits(layer: Sampled, value: float) -> Floats:
    """Thresholds of gates that what is added reaches `value`."""
    found: Floats = (value / np.maximum(layer.weight, 1e-20)).astype(np.float32)
    return found


class _Lost:
    """What leaving the smallest out loses of a layer's energy."""

    def __init__(self, added: Floats) -> None:
        self._sorted = np.sort(added, axis=None)
        energy = np.cumsum(np.square(self._sorted, dtype=np.float64))
        self._lost = energy / max(float(energy[-1]), 1e-30)

    def kept(self, share: float) -> float:
        """Of all neurons those kept when at most `share` of the energy is lost."""
        return 1 - float(np.searchsorted(self._lost, share, side="right")) / len(self._sorted)

    def value(self, share: float) -> float:
        """The largest value that is left out then."""
        place = int(np.searchsorted(self._lost, share, side="right"))
        return float(self._sorted[place - 1]) if place else ALL
