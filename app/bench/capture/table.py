"""Measured rows of `mneme bench capture` as the Markdown that docs/benchmarks.md includes verbatim."""

from collections.abc import Iterator, Sequence

from app.bench.row import Row

SHOWN = "| | value | unit | n | beside | to reach | |"


def markdown(rows: Sequence[Row]) -> str:
    """One table, in the order of measuring."""
    return "\n".join([SHOWN, "|---|---:|---|---:|---:|---:|---|", *_lines(rows)]) + "\n"


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        name, most = row.name.removesuffix(" (at most)"), row.name.endswith("(at most)")
        target = "" if row.target is None else f"{'≤' if most else '≥'} {row.target:g}"
        held = "" if row.target is None else _holds(row, row.target, most)
        beside = "" if row.baseline is None else figure(row.baseline)
        cells = (name.removesuffix(" (at least)"), figure(row.value), row.unit, row.n, beside, target, held)
        yield f"| {' | '.join(map(str, cells))} |"


def _holds(row: Row, target: float, most: bool) -> str:
    """Of nothing nothing holds: that no leak was found where nothing was looked at says nothing."""
    if not row.n:
        return "not measured"
    return "holds" if (row.value <= target if most else row.value >= target) else "missed"


def figure(value: float) -> str:
    """Three digits of a small number, whole ones of a large."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
