"""Measured rows of `mneme bench load` as the Markdown that docs/benchmarks.md includes verbatim."""

import re
from collections.abc import Iterator, Sequence

from app.bench.row import Row

_LIKE = re.compile(r"(?P<set>[\w ]+), (?P<size>\d+), (?P<kind>nearest|tenth nearest|any two), (?P<what>mean|p\d+)")
_WAY = re.compile(
    r"(?P<way>(?:float32 product|every row|codes first|Chroma), \d+(?:, ef_search \d+)?), "
    r"(?P<what>recall@10 of exact|recall@50 of exact|p50 of the first 10|p95 of the first 10|"
    r"p50 of the first 50|p95 of the first 50|built in|memory|one more vector)"
)
_FIGURES = ("mean", "p5", "p50", "p95")
_KINDS = ("nearest", "tenth nearest", "any two")
_COLUMNS = {
    "recall@10 of exact": "recall@10",
    "recall@50 of exact": "recall@50",
    "p50 of the first 10": "p50, ms",
    "p95 of the first 10": "p95, ms",
    "p95 of the first 50": "p95 of 50, ms",
    "built in": "built, s of a core",
    "memory": "memory, MB",
    "one more vector": "one more, ms",
}


def markdown(rows: Sequence[Row], count: int) -> str:
    """Three tables: the ways to the nearest vectors, how near the vectors are to each other, every other figure."""
    lines = [f"#### {count:,} memories", "", *_others(rows), "", *_ways(rows), "", *_like(rows)]
    return "\n".join(lines) + "\n"


def _others(rows: Sequence[Row]) -> Iterator[str]:
    yield "| | value | unit | n | target |"
    yield "|---|---:|---|---:|---:|"
    for row in rows:
        if not _LIKE.fullmatch(row.name) and not _WAY.fullmatch(row.name):
            target = "" if row.target is None else f"{row.target:g}"
            yield f"| {row.name} | {row.value:.4g} | {row.unit} | {row.n} | {target} |"


def _ways(rows: Sequence[Row]) -> Iterator[str]:
    found: dict[str, dict[str, Row]] = {}
    for row in rows:
        if match := _WAY.fullmatch(row.name):
            found.setdefault(match["way"], {})[match["what"]] = row
    yield f"| vectors searched by | {' | '.join(_COLUMNS.values())} |"
    yield "|---|" + "---:|" * len(_COLUMNS)
    for way, figures in found.items():
        cells = [_figure(figures[what]) if what in figures else "" for what in _COLUMNS]
        yield f"| {way} | {' | '.join(cells)} |"


def _like(rows: Sequence[Row]) -> Iterator[str]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        if match := _LIKE.fullmatch(row.name):
            key = f"{match['kind']} {match['what']}"
            found.setdefault((match["size"], match["set"]), {})[key] = f"{row.value:.3f}"
    yield "| cosines of | vectors | " + " | ".join(f"{kind}, {', '.join(_FIGURES)}" for kind in _KINDS) + " |"
    yield "|---|---:|" + "---:|" * len(_KINDS)
    for (size, name), figures in found.items():
        cells = [" ".join(figures.get(f"{kind} {what}", "") for what in _FIGURES) for kind in _KINDS]
        yield f"| {name} | {size} | {' | '.join(cells)} |"


def _figure(row: Row) -> str:
    return f"{row.value:.3f}" if row.unit == "share" else f"{row.value:.3g}"
