"""What leaving neurons of a gated model out was measured to cost, for several shares that are kept."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """With `keep` asked for: the share `kept`, the loss in nats a token, the share of `same` likeliest words.

    `error`: the standard error of how much the loss differs from the whole model's, token by token.
    """

    keep: float
    kept: float
    loss: float
    same: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The whole model's loss on so many tokens held back, and what it is when neurons are left out."""

    tokens: int
    loss: float
    points: tuple[Point, ...]

    def perplexity(self, point: Point) -> float:
        """Times the whole model's."""
        return math.exp(min(point.loss - self.loss, 100.0))
