"""The seam between llama.cpp's graph and what streams its weights: nodes by name, their values as arrays."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.inference.stream.account import Account


class Node(Protocol):
    """A node of the graph that has just been computed."""

    def floats(self) -> NDArray[np.float32]:
        """Its values, (tokens, width), writable in place. Only for 32-bit floats that lie row behind row."""

    def numbers(self) -> NDArray[np.int32]:
        """Its values, (tokens, k), copied; for nodes of whole numbers like a router's choice."""


class Streamer(Protocol):
    """Brings weights in while llama.cpp computes. All calls come from the computing thread."""

    account: Account

    def before(self) -> None:
        """A decode begins: wait for what its first layer needs."""

    def wants(self, node: bytes) -> bool:
        """Whether the graph must stop behind this node; asked for each node before it is computed."""

    def computed(self, node: bytes, values: Node) -> None:
        """A node that was wanted has been computed; what its successors need must be there on return."""

    def set_threads(self, threads: int) -> None:
        """How many threads compute from now on, for what computes itself beside llama.cpp."""

    def close(self) -> None:
        """Stop all reading. Nothing is computed any more."""
