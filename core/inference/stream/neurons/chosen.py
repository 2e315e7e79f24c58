"""What is computed of a layer for some tokens: which neurons, and what each one's sum meets."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.inference.stream.neurons.window import Ids


@dataclass(frozen=True, slots=True)
class Chosen:
    """For tokens (tokens,) of a layer's neurons (neurons,)."""

    wanted: Ids
    """Those that some token needs, ascending."""
    beside: NDArray[np.float32]
    """(neurons,): what is added to a neuron's sum, or for one token what its sum is multiplied with."""
    weights: NDArray[np.bool_] | NDArray[np.float32] | None
    """(tokens, neurons): what each token's neuron is multiplied with; None: all count as they are."""


class Chooser(Protocol):
    """Knows of a layer which neurons a token needs."""

    def some(self, x: NDArray[np.float32]) -> Chosen:
        """For tokens x (tokens, width), those that matter."""

    def every(self, x: NDArray[np.float32]) -> Chosen:
        """For tokens x (tokens, width), all of them."""

    def close(self) -> None:
        """Give the memory back."""
