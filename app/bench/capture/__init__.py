"""`mneme bench capture`: a made session on a real X server, through the recorder, the reader and the store."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from app.bench.asking import Bar
from app.bench.capture import costs
from app.bench.capture.parts import drawn, live, replayed
from app.bench.capture.setting import Setting
from app.bench.capture.table import markdown
from app.bench.outside import busy
from app.bench.row import Row
from app.cli.session import Session
from core.capture.screen.presets import PRESETS
from core.errors import BadInput, Problem

Part = Callable[[Setting], Iterable[Row]]
PARTS: Mapping[str, Part] = {"replayed": replayed.rows, "live": live.rows, "drawn": drawn.rows}
"""What can be measured, in the order in which it is."""
_VALUES = ("--part", "--minutes", "--live-seconds", "--screens", "--preset", "--table", "--costs")


def run(arguments: list[str], session: Session) -> list[Row]:
    """`[--part replayed,live,drawn] [--minutes N] [--live-seconds N] [--screens N] [--preset NAME]`, what to write:
    `[--table FILE] [--costs FILE]`.

    Raises Problem.
    """
    values = _read(arguments)
    names = values.get("--part", ",".join(PARTS)).split(",")
    for name in names:
        if name not in PARTS:
            raise BadInput(f"There is no part {name!r} of this bench.", f"There are: {', '.join(PARTS)}.")
    preset = values.get("--preset", "balanced")
    if preset not in PRESETS:
        raise BadInput(f"There is no preset {preset!r}.", f"There are: {', '.join(PRESETS)}.")
    if "--costs" in values:
        costs.readable(Path(values["--costs"]))
        if missing := [name for name in costs.NEEDED if name not in names]:
            raise BadInput("What a preset costs is told by two parts.", f"Run it with --part {','.join(missing)} too.")
    setting = Setting(
        session=session,
        bar=Bar(session),
        minutes=_whole(values, "--minutes", 60, 600),
        live_s=_whole(values, "--live-seconds", 120, 3600),
        screens=_whole(values, "--screens", 200, 2000),
        preset=preset,
    )
    rows = [busy()]
    for name in names:
        setting.told(f"{name} …")
        for row in PARTS[name](setting):
            rows.append(row.under(name))
            if "--table" in values:
                _write(Path(values["--table"]), markdown(rows))
    if "--costs" in values:
        costs.write(Path(values["--costs"]), preset, rows)
    return rows


def _read(arguments: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    left = list(arguments)
    while left:
        name, equals, value = left.pop(0).partition("=")
        if name not in _VALUES:
            raise BadInput(f"`mneme bench capture` does not know {name!r}.", f"It knows {', '.join(_VALUES)}.")
        if not equals and not left:
            raise BadInput(f"{name} needs a value.", "`docs/benchmarks.md` says which.")
        found[name].append(value if equals else left.pop(0))
    return {name: ",".join(several) if name == "--part" else several[-1] for name, several in found.items()}


def _whole(values: Mapping[str, str], name: str, usual: int, most: int) -> int:
    given = values.get(name, str(usual))
    if not given.isdigit() or not 1 <= int(given) <= most:
        raise BadInput(f"{name} {given} is no number for this.", f"A whole number from 1 to {most}.")
    return int(given)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"The table cannot be written to {file.name}.", "Name another file.") from error
