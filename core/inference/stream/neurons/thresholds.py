"""Below which value of its gate each neuron is left out, so that a share of all is kept. Pure.

A neuron adds |act(g)| |u| |d|: its gate, its sum, its column. Only the gate is known before anything is read; for the
sum stands its usual size (CHESS, He et al. 2024, where CATS, Lee et al. 2024, has one threshold for a whole layer).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
ALL = -1.0
"""A threshold that keeps every neuron: no size is below it."""
_NOTHING = 1e-20


@dataclass(frozen=True, slots=True)
class Sampled:
    """A layer on some tokens: sizes of gates |act(g)|, (tokens, neurons), and what a neuron adds for each of it."""

    gates: NDArray[np.float16]
    weight: Floats


def thresholds(layer: Sampled, keep: float) -> Floats:
    """Of a layer each neuron's threshold for |act(g)|, so that about `keep` (0 to 1) of all are above.

    Left out is what would add less than one and the same value.
    """
    if keep >= 1:
        return np.full(len(layer.weight), ALL, np.float32)
    weight = np.maximum(layer.weight, _NOTHING)
    least = np.quantile(layer.gates.astype(np.float32) * weight, 1 - keep)
    found: Floats = (least / weight).astype(np.float32)
    return found
