"""One measured figure, and the arithmetic of many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.commands.request import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure over `n` measurements, with what it is compared with and what it should hold."""

    name: str
    value: float
    unit: str
    n: int
    baseline: float | None = None
    target: float | None = None

    def as_json(self) -> JSON:
        """One element of `rows`."""
        form: JSON = {"name": self.name, "value": round(self.value, 6), "unit": self.unit, "n": self.n}
        if self.baseline is not None:
            form["baseline"] = round(self.baseline, 6)
        if self.target is not None:
            form["target"] = self.target
        return form


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile, `share` in 0 .. 1; nan of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; nan of nothing."""
    return sum(values) / len(values) if values else math.nan
