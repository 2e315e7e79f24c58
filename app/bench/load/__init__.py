"""`mneme bench load`: launch, recall, vectors, import, memory and idling of real processes over many memories."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.bench.dataset import DataSet
from app.bench.load import made
from app.bench.load.large import large
from app.bench.load.likeness import MOST, likeness, strangers
from app.bench.load.paths import paths
from app.bench.load.running import importing, running
from app.bench.load.table import markdown
from app.bench.outside import Outside, busy, option, outside
from app.bench.row import Row
from app.cli.session import Session
from app.wiring import Opened
from core.errors import BadInput, Problem
from core.urgency import Urgency

_WITH_CHROMA_UP_TO = 100_000
"""Memories up to which Chroma is measured too unless it is asked for: of a million it takes half an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wishes:
    """What was asked for."""

    memories: int
    chroma: bool
    dataset: DataSet | None
    table: Path | None
    export_mb: int
    """Of an export to import, instead of everything else; 0 for none."""
    export_s: float

    @classmethod
    def read(cls, arguments: list[str]) -> "_Wishes":
        """From the bench's own arguments. Raises BadInput."""
        count = option(arguments, "--memories", "10000")
        if not count.isdigit() or not 100 <= int(count) <= 1_000_000:
            raise BadInput("How many memories?", "A number from 100 to 1000000, like --memories 10000.")
        chroma = option(arguments, "--chroma", "yes" if int(count) <= _WITH_CHROMA_UP_TO else "no")
        if chroma not in ("yes", "no"):
            raise BadInput("With Chroma or without?", "--chroma yes, or --chroma no.")
        dataset, table = option(arguments, "--dataset"), option(arguments, "--table")
        export, seconds = option(arguments, "--export-mb", "0"), option(arguments, "--export-seconds", "86400")
        if not (export.isdigit() and seconds.isdigit()):
            raise BadInput("How large an export?", "--export-mb 1000, and --export-seconds 600 to end before it is in.")
        return cls(
            memories=int(count),
            chroma=chroma == "yes",
            dataset=DataSet.of(Path(dataset)) if dataset else None,
            table=Path(table) if table else None,
            export_mb=int(export),
            export_s=float(seconds),
        )


def run(arguments: list[str], session: Session) -> list[Row]:
    """`--memories N [--chroma yes|no] [--dataset DIR] [--table FILE]`: rows for PRODUCT's figures. Raises Problem.

    `--export-mb N [--export-seconds S]` measures the import of a large export instead.
    """
    wishes = _Wishes.read(arguments)
    rows = [busy()]
    if wishes.export_mb:
        with outside() as place:
            return [*rows, *large(place, wishes.export_mb, wishes.export_s, session.err.print)]
    with outside() as place:
        rows += _inside(place, wishes, session)
        rows += running(place, wishes.memories, wishes.chroma, session.err.print)
    with outside() as place:
        session.err.print("Importing …")
        rows.append(importing(place))
    if wishes.table is not None:
        _write(wishes.table, markdown(rows, wishes.memories))
    return rows


def _inside(place: Outside, wishes: _Wishes, session: Session) -> Iterator[Row]:
    """The profile made, and what is measured of its vectors in this process."""
    count = wishes.memories
    session.err.print(f"Making {count} memories …")
    begun = time.perf_counter()
    opened = made.filled(place, count, lambda done: session.err.print(f"{done} of {count} …"))
    try:
        yield Row(name=f"made, {count}", value=time.perf_counter() - begun, unit="s", n=1)
        yield Row(name=f"vault, {count}", value=place.paths.vault.stat().st_size / 2**20, unit="MB", n=1)
        yield from _likeness(opened, wishes.dataset)
        assert opened.vectors is not None
        session.err.print("Searching by every row, by codes and by Chroma …")
        yield from paths(opened.vectors.snapshot(), wishes.chroma)
    finally:
        opened.close()


def _likeness(opened: Opened, dataset: DataSet | None) -> Iterator[Row]:
    assert opened.vectors is not None
    assert opened.embedder is not None
    everything = opened.vectors.snapshot()
    sets = [
        ("sample", opened.embedder.embed([turn["text"] for turn in made.turns()], Urgency.CAPTURE)),
        ("made", everything.part(0, min(len(everything.ids), 2 * MOST))),
    ]
    if dataset is not None:
        texts = [turn.body for turn in dataset.turns if turn.body][:MOST]
        sets.insert(1, ("data set", opened.embedder.embed(texts, Urgency.CAPTURE)))
    sets.append(("random", strangers(min(MOST, max(len(v) for _, v in sets)), opened.vectors.dimensions)))
    yield from likeness(sets)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"The table cannot be written to {file.name}.", "Name another file.") from error
