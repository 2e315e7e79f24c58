"""A layer's predictor: the low-rank map that is nearest to the neurons' own, on the inputs that a model meets.

Reduced-rank regression: with inputs' second moments M^2 and weights W, the rank-r map B A that loses least of W x is
W M P P^T M^-1, P the r strongest right singular directions of W M (Izenman 1975); found by subspace iteration
(Halko, Martinsson, Tropp 2011, algorithm 4.4).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
LOST = 1e-5
"""The part of what neurons add (squared length, each by itself) that may be left out on held-back inputs."""
_RIDGE = 1e-2
"""Of the inputs' mean second moment, added to every direction: what calibration has not met is not unseen."""
_ROUNDS = 2
_ROWS = 8
"""So many neurons for each direction show well enough which directions are strong."""
_EXTRA = 16
_BLOCK = 32
_MARGINS = np.concatenate([[-np.inf], np.linspace(-6, 4, 101), [np.inf]])
"""Thresholds that are tried, in standard deviations of a neuron's own error; none kept and all kept at the ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A layer's predictor. score = outer (inner x) - thresholds > 0; `use` (neurons,): how often each is kept."""

    inner: Floats
    """(rank, width)."""
    outer: Floats
    """(neurons, rank)."""
    thresholds: Floats
    share: float
    """Of all neurons, those kept for a token."""
    use: Floats


def fit(up: Floats, bias: Floats, weight: Floats, inputs: Floats, held: Floats, costs: tuple[float, float]) -> Fitted:
    """The predictor of a layer that makes the prepared model smallest in memory.

    `up` (neurons, width), `bias` and `weight` (neurons,): length of a neuron's column; `inputs` and `held` (n, width):
    inputs to fit by and to set thresholds by; `costs`: bytes of a neuron read, and of one row of either thin matrix
    per unit of rank. Ranks from width/32 to width/4 are tried for as long as they save memory.
    """
    width = up.shape[1]
    metric = _Metric(inputs)
    truth = _Truth(up, bias, weight, held)
    best: tuple[float, Fitted] | None = None
    for ranks in ((32, 16, 8), (4,)):
        tried = sorted({max(width // part // _BLOCK, 1) * _BLOCK for part in ranks} & set(range(1, width + 1)))
        basis = _strongest(up, metric, min(tried[-1] + _EXTRA, width))
        inner = metric.undo(basis).T
        outer = up @ metric.apply(basis)
        for rank in tried:
            one = truth.thresholds(rounded(inner[:rank]), rounded(outer[:, :rank]))
            # A window keeps about three tokens' neurons; the predictor stays whole.
            cost = 3 * one.share * len(up) * costs[0] + rank * (len(up) + width) * costs[1]
            if best is not None and cost >= best[0]:
                return best[1]
            best = cost, one
    if best is None:
        raise ValueError("no rank to try")
    return best[1]


def rounded(rows: Floats) -> Floats:
    """Numbers as blocks of 32 with 8 bits each (Q8_0) keep them."""
    blocks = rows.reshape(len(rows), -1, _BLOCK)
    scale = (np.abs(blocks).max(axis=2, keepdims=True) / 127).astype(np.float16).astype(np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.where(scale > 0, np.rint(blocks / scale), 0)
    kept: Floats = (whole * scale).reshape(rows.shape).astype(np.float32)
    return kept


class _Truth:
    """What a layer's neurons do on inputs that were held back."""

    def __init__(self, up: Floats, bias: Floats, weight: Floats, held: Floats) -> None:
        self._held, self._bias = held, bias
        self._sums = held @ up.T + bias
        self._energy = (np.square(np.square(np.maximum(self._sums, 0))) * np.square(weight)).ravel()

    def thresholds(self, inner: Floats, outer: Floats) -> Fitted:
        """Set each neuron's threshold by one number of its own error's deviations, the strictest that loses no more."""
        scores = (self._held @ inner.T) @ outer.T
        deviation = np.maximum((scores + self._bias - self._sums).std(axis=0), 1e-9).astype(np.float32)
        place = np.searchsorted(_MARGINS, ((scores + self._bias) / deviation).ravel())
        lost = np.cumsum(np.bincount(place, self._energy, len(_MARGINS) + 1))
        allowed = LOST * max(float(lost[-1]), 1e-30)
        margin = _MARGINS[max(int(np.searchsorted(lost, allowed, side="right")) - 1, 0)]
        thresholds = (margin * deviation - self._bias).astype(np.float32)
        use = (scores > thresholds).mean(axis=0).astype(np.float32)
        return Fitted(inner=inner, outer=outer, thresholds=thresholds, share=float(use.mean()), use=use)


class _Metric:
    """M: the square root of the inputs' second moments, and its inverse, through the inputs' own directions."""

    def __init__(self, inputs: Floats) -> None:
        moments = inputs.T @ inputs / len(inputs)
        floor = _RIDGE * float(np.trace(moments)) / len(moments)
        self._floor = max(floor, 1e-12) ** 0.5
        if len(inputs) < inputs.shape[1]:
            values, left = np.linalg.eigh(inputs @ inputs.T / len(inputs))
            real = values > 1e-7 * values[-1]
            values = values[real]
            self._directions = inputs.T @ (left[:, real] / np.sqrt(values * len(inputs)))
        else:
            values, self._directions = np.linalg.eigh(moments)
        self._lengths = np.sqrt(np.maximum(values, 0) + self._floor**2)

    def apply(self, columns: Floats) -> Floats:
        """M times columns."""
        return self._scale(columns, self._lengths, self._floor)

    def undo(self, columns: Floats) -> Floats:
        """M^-1 times columns."""
        return self._scale(columns, 1 / self._lengths, 1 / self._floor)

    def _scale(self, columns: Floats, lengths: Floats, floor: float) -> Floats:
        along = self._directions.T @ columns
        scaled = self._directions @ ((lengths - floor)[:, None] * along) + floor * columns
        found: Floats = scaled.astype(np.float32)
        return found


def _strongest(up: Floats, metric: _Metric, count: int) -> Floats:
    """The strongest right singular directions of W M, (width, count), strongest first."""
    random = np.random.default_rng(1)
    if len(up) > (most := _ROWS * count):
        up = up[random.choice(len(up), most, replace=False)]
    basis = random.standard_normal((up.shape[1], count)).astype(np.float32)
    for _ in range(_ROUNDS):
        basis, _ = np.linalg.qr(metric.apply(up.T @ (up @ metric.apply(basis))))
    seen = up @ metric.apply(basis)
    _, turn = np.linalg.eigh(seen.T @ seen)
    turned: Floats = (basis @ turn[:, ::-1]).astype(np.float32)
    return turned
