"""Measured rows of `mneme bench recall` as the Markdown that docs/benchmarks.md includes verbatim."""

from collections.abc import Iterator, Mapping, Sequence

from app.bench.row import Row

BESIDE = ("BM25 alone", "BM25 alone, names out", "meaning alone", "meaning alone, names out", "ENGRAM's union")
CATEGORIES = "| share of the evidence | questions | first 5 | first 10 | 95 % | first 20 |" + "".join(
    f" {name}, first 10 |" for name in BESIDE
)
BASELINES = "| all questions | first 5 | first 10 | 95 % | first 20 | ours finds more | 95 % | by conversations |"
ABLATION = "| changed alone | recall@10 | 95 % | by conversations | recall@20 | 95 % |"
OTHERS = "| | value | unit | n | 95 % | target |"
_RECALL, _AT_TEN = "recall@10, ", ": recall@10"


def markdown(rows: Sequence[Row]) -> str:
    """Evidence by category; the baselines and what ours finds more; each part changed alone; every other figure."""
    known = {row.name: row for row in rows}
    lines: list[str] = []
    shown: set[str] = set()
    for header, part in ((CATEGORIES, _by_category), (BASELINES, _by_baseline), (ABLATION, _by_part)):
        found = list(part(known))
        if found:
            lines += [*_headed(header), *(line for line, _ in found), ""]
            shown.update(name for _, names in found for name in names)
    lines += _headed(OTHERS)
    for row in rows:
        if row.name not in shown:
            target = "" if row.target is None else f"{row.target:g}"
            lines.append(_line(row.name, _figure(row), row.unit, str(row.n), _ends(row), target))
    return "\n".join(lines) + "\n"


Lines = Iterator[tuple[str, Sequence[str]]]
"""A line and the names of the rows it shows."""


def _by_category(known: Mapping[str, Row]) -> Lines:
    for name in known:
        if name.startswith(_RECALL) and name.count(",") == 1:
            depths, beside = _deep(name), [f"{name}, {other}" for other in BESIDE]
            figures = [_cell(known, depths[0]), _cell(known, name), _ends(known[name]), _cell(known, depths[2])]
            others = [_cell(known, other) for other in beside]
            yield _line(name.removeprefix(_RECALL), str(known[name].n), *figures, *others), [*depths, *beside]


def _by_baseline(known: Mapping[str, Row]) -> Lines:
    ours = f"{_RECALL}all"
    for whose in ("", *BESIDE):
        name, more = (f"{ours}, {whose}" if whose else ours), f"recall@10 more than {whose}"
        if name in known and any(f"{_RECALL}all, {other}" in known for other in BESIDE):
            depths = _deep(name)
            figures = [_cell(known, depths[0]), _cell(known, name), _ends(known[name]), _cell(known, depths[2])]
            gain = known.get(more)
            gained = ["", ""] if gain is None else [f"{gain.value:+.3f}", _ends(gain)]
            clusters = _apart((gain or known[name]).clusters)
            yield _line(whose or "Mneme", *figures, *gained, clusters), [*depths, *_deep(more)]


def _by_part(known: Mapping[str, Row]) -> Lines:
    for name, ten in known.items():
        if name.endswith(_AT_TEN):
            part = name.removesuffix(_AT_TEN)
            twenty = known[f"{part}: recall@20"]
            changes = [f"{ten.value:+.3f}", _ends(ten), _apart(ten.clusters), f"{twenty.value:+.3f}", _ends(twenty)]
            yield _line(part, *changes), [ten.name, twenty.name]


def _deep(name: str) -> list[str]:
    return [name.replace("@10", f"@{depth}") for depth in (5, 10, 20)]


def _headed(header: str) -> list[str]:
    return [header, "|---|" + "---:|" * (header.count("|") - 2)]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(known: Mapping[str, Row], name: str) -> str:
    return f"{known[name].value:.3f}" if name in known else ""


def _figure(row: Row) -> str:
    return f"{row.value:.3f}" if row.unit == "share" else f"{row.value:.4g}"


def _ends(row: Row) -> str:
    return "" if row.low is None or row.high is None else _apart((row.low, row.high))


def _apart(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f"{ends[0]:.3f} to {ends[1]:.3f}"
