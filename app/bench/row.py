"""One measured figure, and the arithmetic of many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    low: float | None = None
    high: float | None = None
    """The 95 % interval over questions."""
    clusters: tuple[float, float] | None = None
    """The same with whole conversations resampled."""

    def as_json(self) -> JSON:
        """One element of `rows`."""
        form: JSON = {"name": self.name, "value": round(self.value, 6), "unit": self.unit, "n": self.n}
        for name, figure in (("baseline", self.baseline), ("low", self.low), ("high", self.high)):
            if figure is not None:
                form[name] = round(figure, 6)
        if self.clusters is not None:
            form["clusters"] = [round(end, 6) for end in self.clusters]
        if self.target is not None:
            form["target"] = self.target
        return form

    def under(self, name: str) -> "Row":
        """The same figure of one data set among several."""
        return replace(self, name=f"{name}: {self.name}")


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile, `share` in 0 .. 1; nan of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; nan of nothing."""
    return sum(values) / len(values) if values else math.nan
