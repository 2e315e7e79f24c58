"""The few columns of every memory that ranking needs, column by column: no text leaves the vault for them."""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

_FIELDS = {
    "seq": "seq",
    "id": "id",
    "kind": "kind",
    "facet": "facet",
    "state": "state",
    "at": "CAST(round(at * 1e6) AS INTEGER)",
    "conversation": "conversation",
    "session": "session",
    "app": "app",
    "speaker": "speaker",
    "addressee": "addressee",
    "role": "role",
    "mine": "mine IN (1, 2)",
    "version": "version",
    "pinned": "pinned",
    "repeated": "folded_into IS NOT NULL OR boilerplate",
    "replaced": "superseded_by IS NOT NULL",
    "asks": "substr(rtrim(text, ' ' || char(10) || char(9)), -1) IN ('?', '？', '؟')",
    "language": "language",
}
_INNER = ", ".join(f"{expression} AS {name}" for name, expression in _FIELDS.items())
_OUTER = ", ".join(f"json_group_array({name})" for name in _FIELDS)

Table = dict[str, list[Any]]
"""Each column by its name, all equally long; `at` in whole microseconds, flags as 0 and 1."""


def after(db: Database, seq: int, limit: int) -> Table:
    """Memories saved after `seq`, in the order of saving."""
    return _columns(db, "seq > ? ORDER BY seq LIMIT ?", [seq, limit])


def of(db: Database, ids: Sequence[str]) -> Table:
    """Those of these ids that exist, in no promised order; a few hundred at a time."""
    return _columns(db, f"id IN ({','.join('?' * len(ids))})", list(ids))


def _columns(db: Database, where: str, values: list[Any]) -> Table:
    """One step for all rows: between steps another thread would have to give Python's lock back, 5 ms a time."""
    found = db.execute(f"SELECT {_OUTER} FROM (SELECT {_INNER} FROM memory WHERE {where})", values).fetchone()
    return {name: json.loads(column) for name, column in zip(_FIELDS, found, strict=True)}


def source_pairs(db: Database) -> list[tuple[int, int]]:
    """(seq of a derived memory, seq of an observation it rests on), best first within each."""
    rows = db.execute(
        "SELECT d.seq, o.seq FROM source s JOIN memory d ON d.id = s.memory JOIN memory o ON o.id = s.observation"
        " ORDER BY d.seq, s.rank"
    )
    return [(int(derived), int(observed)) for derived, observed in rows]
