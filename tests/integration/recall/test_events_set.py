"""Labelled events, written by who had not seen the code: so many are dated as labelled, and none that is not there."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.dates.region import Region
from core.events import Events
from core.memory import Channel, Draft, Facet, Provenance
from core.recall.columns import Snapshot
from core.recall.events import FindsEvents
from core.recall.names import KnownNames
from core.recall.query import Query, understand
from core.store import memories
from tests.made import open_vault

DATA = Path(__file__).resolve().parents[2] / "data" / "events.jsonl"
LEAST = 0.65


def said(one: dict[str, str], number: int) -> Draft:
    mine = one["speaker"] == "user"
    origin = Provenance(
        channel=Channel.CONVERSATION, conversation="c", external_id=f"t{number}", speaker=one["speaker"], mine=mine
    )
    return Draft(text=one["text"], at=datetime.fromisoformat(one["at"]), facet=Facet.TURN, provenance=origin)


def asked(row: dict[str, Any], folder: Path) -> Query:
    now = datetime.fromisoformat(row["now"])
    vault = open_vault(folder)
    memories.save(vault, [said(one, number) for number, one in enumerate(row["memories"])], now)
    snapshot = Snapshot(vault, Events())
    columns = snapshot.current()
    finds = FindsEvents(vault, columns, None, now, Region())
    query = understand(row["question"], now, KnownNames(columns.people), events=finds)
    snapshot.close()
    vault.close()
    return query


def test_labelled_events_are_dated_as_labelled_and_none_is_made_up(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    right, made_up = 0, []
    for number, row in enumerate(rows):
        query = asked(row, tmp_path / str(number))
        found = [one for one in query.understood if one.kind == "event"]
        if row["event"] is None:
            made_up += [row["question"]] if found else []
            continue
        if found and query.span is not None:
            begins, ends = query.span.begins, query.span.ends
            days = [
                begins.date().isoformat() if begins else None,
                (ends - timedelta(seconds=1)).date().isoformat() if ends else None,
            ]
            right += days in [[row["begin"], row["end"]], *row.get("also", [])]
    assert made_up == []
    assert right >= LEAST * sum(row["event"] is not None for row in rows)
