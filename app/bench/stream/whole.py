"""The whole bench of streaming: every part in turn, its models made and kept, its rows and its table."""

import shutil
import signal
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FrameType

from app.bench.asking import Bar
from app.bench.outside import busy
from app.bench.row import Row
from app.bench.stream.engine import Driver
from app.bench.stream.groups import place
from app.bench.stream.made import DENSE, NAMES, SPARSE, SQUARED
from app.bench.stream.models_folder import models_folder
from app.bench.stream.parts import (
    drafting,
    first,
    neurons,
    peak,
    planned,
    prefix,
    private,
    quoting,
    reads,
    small,
    speed,
    tokens,
    turn,
    words,
)
from app.bench.stream.setting import Setting
from app.bench.stream.table import markdown
from app.bench.stream.wishes import Whole
from app.cli.session import Session
from core.errors import BadInput, Cancelled, Problem

Part = Callable[[Setting], Iterable[Row]]
PARTS: Mapping[str, Part] = {
    "speed": speed.rows,
    "tokens": tokens.rows,
    "peak": peak.rows,
    "reads": reads.rows,
    "neurons": neurons.rows,
    "turn": turn.rows,
    "first": first.rows,
    "words": words.rows,
    "quoting": quoting.rows,
    "prefix": prefix.rows,
    "drafting": drafting.rows,
    "small": small.rows,
    "private": private.rows,
    "planned": planned.rows,
}
"""What can be shown, in the order in which it is: what is needed again is measured once."""


def run(wishes: Whole, session: Session) -> list[Row]:
    """Every part, or those that were named; a part that fails is said and counted. Raises BadInput, Cancelled."""
    for name in wishes.parts:
        if name not in PARTS:
            raise BadInput(f"There is no part {name!r} of this bench.", f"There are: {', '.join(PARTS)}.")
    folder = wishes.folder or models_folder()
    if wishes.clean:
        clean(folder)
        if not wishes.parts:
            return []
    session.err.print(f"Models of the bench are kept in {folder}; --clean removes them.", markup=False)
    groups = place()
    said = (
        f"Memory groups of version {groups.version}." if groups else "No memory groups: no limits, resident sets only."
    )
    session.err.print(said, markup=False)
    before = signal.signal(signal.SIGTERM, _stopped)
    try:
        with Driver(groups) as driver:
            setting = Setting(
                session=session, bar=Bar(session), driver=driver, folder=folder, rounds=wishes.rounds,
                dense=DENSE, sparse=SPARSE, squared=SQUARED,
            )  # fmt: skip
            return _kept(setting, wishes)
    except KeyboardInterrupt:
        raise Cancelled("The bench") from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _kept(setting: Setting, wishes: Whole) -> list[Row]:
    """All rows; the table is written anew with each, so that what was measured is not lost with what comes after."""
    rows = [busy()]
    for row in measured(setting, wishes.parts or tuple(PARTS)):
        rows.append(row)
        if wishes.table is not None:
            _write(wishes.table, markdown(rows, setting.runs))
    return rows


def measured(setting: Setting, names: Iterable[str]) -> Iterable[Row]:
    """The rows of these parts, each under its part's name."""
    failed = 0
    for name in names:
        setting.session.err.print(f"{name} …", markup=False)
        try:
            for row in PARTS[name](setting):
                yield row.under(name)
        except Problem as problem:
            failed += 1
            setting.session.err.print(f"{name}: {problem.title} {problem.remedy}", markup=False)
        except Exception:  # a bug in one part, or in what it measures, must not cost an hour's other figures
            failed += 1
            setting.session.err.print(f"{name}: {traceback.format_exc()}", markup=False)
    yield Row(name="parts that could not be measured (at most)", value=failed, unit="parts", n=1, target=0.0)


def clean(folder: Path, names: Iterable[str] = NAMES) -> None:
    """Remove the models that the bench made there, and nothing else."""
    for name in names:
        for left in folder.glob(f"{name}-????????.*"):
            left.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        shutil.rmtree(folder)


def _stopped(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"The table cannot be written to {file.name}.", "Name another file.") from error
