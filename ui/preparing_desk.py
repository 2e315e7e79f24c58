"""What a window asks of the desk about preparing models: what it would cost, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCost:
    """What it would mean to keep a share of a model's neurons (`keep`, 0 to 1) for each token."""

    keep: float
    perplexity: float
    """On text that it had not seen, times the whole model's."""
    error: float
    """Its standard error."""
    same: float
    """Of the words there, the share for which the likeliest one is the whole model's."""
    read_bytes: int
    """From the disk for a token."""
    tokens_per_s: float
    """Foretold for this machine and the memory given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCosts:
    """The curve of a model, the most kept first, measured on so many tokens."""

    name: str
    tokens: int
    read_bytes: int
    """From the disk for a token with the whole model as it is."""
    tokens_per_s: float
    """Of the whole model as it is, foretold."""
    shares: tuple[ShareCost, ...]


class PreparingDesk(Protocol):
    """The desk's part for it."""

    def model_costs(self, name: str, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> ModelCosts:
        """What leaving neurons of a model out would cost. Blocks for minutes; `told` in bytes. Raises Problem."""
        ...

    def prepare_model(
        self,
        name: str,
        told: Callable[[int, int], None],
        cancelled: Callable[[], bool],
        keep: float | None = None,
    ) -> str:
        """Write another file of a model, of which only the neurons a token needs are read; its name in the profile.

        `keep`: the share of neurons, for a model whose answers that changes. Blocks for minutes; `told` in bytes.
        Raises Problem.
        """
        ...
