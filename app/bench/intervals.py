"""How sure a mean is: percentile bootstrap over questions, and over whole conversations since these are few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.bench.row import Row

_RESAMPLES = 2000
_SEED = 20261121
_LEVEL = 95.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean with its 95 % intervals."""

    mean: float
    low: float
    high: float
    """Questions resampled: what another draw of questions about the same conversations would give."""
    cluster_low: float
    cluster_high: float
    """Conversations resampled whole: what other conversations would give; wide, and rough when there are few."""
    n: int

    def row(self, name: str, unit: str = "share", target: float | None = None) -> Row:
        """As a measured figure."""
        return Row(
            name=name,
            value=self.mean,
            unit=unit,
            n=self.n,
            target=target,
            low=self.low,
            high=self.high,
            clusters=(self.cluster_low, self.cluster_high),
        )

    @property
    def differs(self) -> bool:
        """For differences: whether 0 lies outside the interval over questions."""
        return self.low > 0 or self.high < 0


def interval(values: Sequence[float], clusters: Sequence[str]) -> Interval:
    """The mean of `values` and its intervals (Efron's percentile method, 2,000 resamples, always the same ones).

    `clusters` runs in parallel: the conversation each value belongs to. All nan of nothing.
    """
    measured = np.array(values, dtype=np.float64)
    if not len(measured):
        return Interval(mean=np.nan, low=np.nan, high=np.nan, cluster_low=np.nan, cluster_high=np.nan, n=0)
    random = np.random.default_rng(_SEED)
    drawn = np.concatenate(
        [
            measured[random.integers(0, len(measured), (100, len(measured)))].mean(axis=1)
            for _ in range(_RESAMPLES // 100)
        ]
    )
    names, inverse = np.unique(np.array(clusters), return_inverse=True)
    sums = np.bincount(inverse, weights=measured)
    sizes = np.bincount(inverse)
    chosen = random.integers(0, len(names), (_RESAMPLES, len(names)))
    whole = sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1)
    low, high = _ends(drawn)
    cluster_low, cluster_high = _ends(whole)
    return Interval(
        mean=float(measured.mean()),
        low=low,
        high=high,
        cluster_low=cluster_low,
        cluster_high=cluster_high,
        n=len(measured),
    )


def difference(ours: Mapping[str, float], theirs: Mapping[str, float], clusters: Mapping[str, str]) -> Interval:
    """Ours minus theirs, question by question: the same questions on both sides, so most of the noise cancels."""
    shared = [id for id in ours if id in theirs]
    return interval([ours[id] - theirs[id] for id in shared], [clusters[id] for id in shared])


def _ends(drawn: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(drawn, [(100 - _LEVEL) / 2, (100 + _LEVEL) / 2])
    return float(low), float(high)
