"""Measured rows of `mneme bench answer` as the Markdown that docs/benchmarks.md includes verbatim."""

from collections.abc import Sequence

from app.bench.row import Row

COLUMNS = (
    ("right span", "right span"),
    ("right span with half the words", "half the words"),
    ("first two sentences rest on evidence", "on evidence"),
    ("token F1 of the answer", "F1, answer"),
    ("token F1 of the first sentence", "F1, first sentence"),
    ("token F1 of the marked span", "F1, marked span"),
    ("time named rightly", "times named rightly"),
)
HEAD = f"| | questions | {' | '.join(title for _, title in COLUMNS)} | F1, baseline |"
OTHERS = "| | value | unit | n | 95 % | target |"
_FIRST = COLUMNS[0][0]


def markdown(rows: Sequence[Row]) -> str:
    """Two tables: every measure by category, the baseline's F1 beside them; every other figure."""
    known = {row.name: row for row in rows}
    groups = [name.removeprefix(f"{_FIRST}, ") for name in known if name.startswith(f"{_FIRST}, ")]
    lines = [HEAD, "|---|" + "---:|" * (HEAD.count("|") - 2)]
    for group in groups:
        found = [known.get(f"{measure}, {group}") for measure, _ in COLUMNS]
        f1 = known[f"{COLUMNS[3][0]}, {group}"].baseline or 0.0
        cells = ["" if row is None else _share(row) for row in found]
        lines.append(f"| {group} | {known[f'{_FIRST}, {group}'].n} | {' | '.join(cells)} | {f1:.3f} |")
    lines += ["", OTHERS, "|---|---:|---|---:|---:|---:|"]
    for row in rows:
        if not any(row.name.endswith(f", {group}") for group in groups):
            target = "" if row.target is None else f"{row.target:g}"
            value = f"{row.value:.3f}" if row.unit == "share" else f"{row.value:.4g}"
            lines.append(f"| {row.name} | {value} | {row.unit} | {row.n} | {_ends(row)} | {target} |")
    return "\n".join(lines) + "\n"


def _share(row: Row) -> str:
    ends = _ends(row)
    return f"{row.value:.3f} ({ends})" if ends and row.name.startswith(f"{_FIRST}, ") else f"{row.value:.3f}"


def _ends(row: Row) -> str:
    return "" if row.low is None or row.high is None else f"{row.low:.3f} to {row.high:.3f}"
