"""`mneme bench sleep`: what a sleep is worth, part by part, on labelled sets and through real processes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from app.bench.asking import Bar
from app.bench.dataset import DataSet
from app.bench.outside import busy
from app.bench.row import Row
from app.bench.sleep import (
    boundaries,
    coming,
    conflicts,
    decay,
    duplicates,
    facts,
    filter,
    gathering,
    importance,
    interference,
    links,
    load,
    model,
    order,
    recall_after,
    resources,
    updates,
)
from app.bench.sleep.setting import Setting
from app.bench.sleep.table import markdown
from app.cli.session import Session
from core.errors import BadInput, Problem

Part = Callable[[Setting], Iterable[Row]]
PARTS: Mapping[str, Part] = {
    "boundaries": boundaries.rows,
    "coming": coming.rows,
    "conflicts": conflicts.rows,
    "decay": decay.rows,
    "duplicates": duplicates.rows,
    "facts": facts.rows,
    "filter": filter.rows,
    "gathering": gathering.rows,
    "importance": importance.rows,
    "interference": interference.rows,
    "links": links.rows,
    "load": load.rows,
    "model": model.rows,
    "order": order.rows,
    "recall_after": recall_after.rows,
    "resources": resources.rows,
    "updates": updates.rows,
}
"""What can be measured, in the order in which it is."""

_VALUES = ("--part", "--dataset", "--memories", "--days", "--table")


def run(arguments: list[str], session: Session) -> list[Row]:
    """`[--part NAME ...] [--dataset DIR] [--memories N] [--days N] [--table FILE]`: all parts, or those named."""
    values = _read(arguments)
    names = [name for listed in values["--part"] for name in listed.split(",")] or list(PARTS)
    for name in names:
        if name not in PARTS:
            raise BadInput(f"There is no part {name!r} of this bench.", f"There are: {', '.join(PARTS)}.")
    setting = Setting(
        session=session,
        bar=Bar(session),
        dataset=DataSet.of(Path(values["--dataset"][-1])) if values["--dataset"] else None,
        memories=_whole(values, "--memories", 10_000, 1_000_000),
        days=_whole(values, "--days", 365, 3650),
    )
    rows = [busy()]
    for name in names:
        session.err.print(f"{name} …", markup=False)
        rows += [row.under(name) for row in PARTS[name](setting)]
    if values["--table"]:
        _write(Path(values["--table"][-1]), markdown(rows))
    return rows


def _read(arguments: list[str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    left = list(arguments)
    while left:
        name, _, value = left.pop(0).partition("=")
        if name not in _VALUES:
            raise BadInput(f"`mneme bench sleep` does not know {name!r}.", f"It knows {', '.join(_VALUES)}.")
        if not value and not left:
            raise BadInput(f"{name} needs a value.", f"Its parts are: {', '.join(PARTS)}.")
        values[name].append(value or left.pop(0))
    return values


def _whole(values: Mapping[str, list[str]], name: str, usual: int, most: int) -> int:
    given = values[name][-1] if values.get(name) else str(usual)
    if not given.isdigit() or not 1 <= int(given) <= most:
        raise BadInput(f"{name} {given} is no number for this.", f"A whole number from 1 to {most}.")
    return int(given)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"The table cannot be written to {file.name}.", "Name another file.") from error
