"""Labelled questions, written by who had not seen the grammar: so many of their spans are read as labelled."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.recall.dates import find_dates

DATA = Path(__file__).resolve().parents[2] / "data"


def as_labelled(row: dict[str, object]) -> bool:
    found = find_dates(str(row["question"]), datetime.fromisoformat(str(row["now"])))
    if row.get("impossible"):
        return bool(found.wrong)
    if row["begin"] is None and row["end"] is None:
        return found.span is None and not found.wrong
    if found.span is None:
        return False
    begins = found.span.begins.date().isoformat() if found.span.begins else None
    ends = (found.span.ends - timedelta(seconds=1)).date().isoformat() if found.span.ends else None
    also = row.get("also", [])
    assert isinstance(also, list)
    return [begins, ends] in [[row["begin"], row["end"]], *also]


@pytest.mark.parametrize(("name", "least"), [("spans", 0.97), ("spans2", 0.90)])
def test_labelled_spans_are_read_as_labelled(name: str, least: float) -> None:
    rows = [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    wrong = [row["question"] for row in rows if not as_labelled(row)]
    assert len(wrong) <= (1 - least) * len(rows), wrong
