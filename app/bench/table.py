"""Measured rows of `mneme bench recall` as the Markdown that docs/benchmarks.md includes verbatim."""

from collections.abc import Mapping, Sequence

from app.bench.row import Row

BESIDE = ("BM25 alone", "meaning alone", "meaning alone, names out", "ENGRAM's union")
CATEGORIES = "| share of the evidence | questions | first 5 | first 10 | 95 % | first 20 | " + "".join(
    f"{name}, first 10 | " for name in BESIDE
)
BASELINES = (
    "| all questions | first 5 | first 10 | 95 % | first 20 | ours finds more, first 10 | 95 % | by conversations |"
)
OTHERS = "| | value | unit | n | 95 % | target |"


def markdown(rows: Sequence[Row]) -> str:
    """Three tables: evidence by category, the baselines with what ours finds more, every other figure."""
    known = {row.name: row for row in rows}
    categories = [name for name in known if name.startswith("recall@10, ") and name.count(",") == 1]
    lines = [CATEGORIES.strip(), "|---|" + "---:|" * (CATEGORIES.count("|") - 2)]
    shown: set[str] = set()
    for ten in categories:
        five, twenty = (ten.replace("@10", f"@{depth}") for depth in (5, 20))
        beside = [f"{ten}, {name}" for name in BESIDE]
        shown |= {five, ten, twenty, *beside}
        figures = [known[five].value, known[ten].value, known[twenty].value]
        cells = [f"{figures[0]:.3f}", f"{figures[1]:.3f}", _ends(known[ten]), f"{figures[2]:.3f}"]
        cells += [_cell(known, name) for name in beside]
        lines.append(f"| {ten.removeprefix('recall@10, ')} | {known[ten].n} | {' | '.join(cells)} |")
    lines += ["", BASELINES, "|---|" + "---:|" * (BASELINES.count("|") - 2)]
    for name in BESIDE:
        if f"recall@10, all, {name}" in known:
            depths = [f"recall@{depth}, all, {name}" for depth in (5, 10, 20)]
            more = [f"recall@{depth} more than {name}" for depth in (5, 10, 20)]
            shown |= {*depths, *more}
            middle, gain = known[depths[1]], known[more[1]]
            cells = [_cell(known, depths[0]), _cell(known, depths[1]), _ends(middle), _cell(known, depths[2])]
            cells += [f"{gain.value:+.3f}", _ends(gain), _apart(gain.clusters)]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", OTHERS, "|---|---:|---|---:|---:|---:|"]
    for row in rows:
        if row.name not in shown:
            target = "" if row.target is None else f"{row.target:g}"
            lines.append(f"| {row.name} | {_figure(row)} | {row.unit} | {row.n} | {_ends(row)} | {target} |")
    return "\n".join(lines) + "\n"


def _cell(known: Mapping[str, Row], name: str) -> str:
    return f"{known[name].value:.3f}" if name in known else ""


def _figure(row: Row) -> str:
    return f"{row.value:.3f}" if row.unit == "share" else f"{row.value:.4g}"


def _ends(row: Row) -> str:
    return "" if row.low is None or row.high is None else _apart((row.low, row.high))


def _apart(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f"{ends[0]:.3f} to {ends[1]:.3f}"
