"""Measured rows of `mneme bench sleep` as the Markdown that docs/benchmarks.md includes verbatim."""

from collections.abc import Sequence

from app.bench.row import Row

HEADER = "| | value | unit | n | beside | target |\n|---|---|---|---|---|---|"


def markdown(rows: Sequence[Row]) -> str:
    """One table, in the order of measuring; `beside` is the baseline of the same run."""
    return "\n".join([HEADER, *map(_line, rows)]) + "\n"


def _line(row: Row) -> str:
    beside = "" if row.baseline is None else _figure(row.baseline)
    target = "" if row.target is None else f"{row.target:g}"
    return f"| {row.name} | {_figure(row.value)} | {row.unit} | {row.n} | {beside} | {target} |"


def _figure(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 1000 else f"{value:.0f}"
