"""The seam between llama.cpp's graph and what streams its weights: nodes by name, their values as arrays."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.inference.stream.account import Account


class Node(Protocol):
    """A node of the graph: its values once it has been computed, what it is computed from already before."""

    def place(self) -> int:
        """The address of its values; for a view that of what it looks at; 0 where there is none yet."""

    def sources(self) -> Sequence[int]:
        """The addresses of what it is computed from."""

    def floats(self) -> NDArray[np.float32]:
        """Its values, (tokens, width), writable in place. Only for 32-bit floats that lie row behind row."""

    def numbers(self) -> NDArray[np.int32]:
        """Its values, (tokens, k), copied; for nodes of whole numbers like a router's choice."""


class Streamer(Protocol):
    """Brings weights in while llama.cpp computes. All calls come from the computing thread."""

    account: Account

    def before(self) -> None:
        """A decode begins: wait for what its first layer needs."""

    def wants(self, node: bytes, about: Node) -> bool:
        """Whether the graph must stop behind this node; asked for each node before it is computed.

        What it is computed from must be there on return: it may be computed at once with those before it.
        """

    def computed(self, node: bytes, about: Node) -> None:
        """A node that was wanted has been computed, and all that were asked about before it."""

    def set_threads(self, threads: int) -> None:
        """How many threads compute from now on, for what computes itself beside llama.cpp."""

    def close(self) -> None:
        """Stop all reading. Nothing is computed any more."""
