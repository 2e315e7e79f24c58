"""The few columns of every memory that ranking needs, as plain rows: no text leaves the vault for them."""

from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

FIELDS = (
    "seq, id, kind, facet, state, at, conversation, session, app, speaker, addressee, role, mine, version,"
    " pinned, folded_into IS NOT NULL OR boilerplate AS repeated, superseded_by IS NOT NULL AS replaced,"
    " substr(rtrim(text, ' ' || char(10) || char(9)), -1) IN ('?', '？', '؟') AS asks, language"
)
"""In this order in every row."""

Row = tuple[Any, ...]


def after(db: Database, seq: int, limit: int) -> list[Row]:
    """Memories saved after `seq`, in the order of saving."""
    return list(db.execute(f"SELECT {FIELDS} FROM memory WHERE seq > ? ORDER BY seq LIMIT ?", [seq, limit]))


def of(db: Database, ids: Sequence[str]) -> list[Row]:
    """Those of these ids that exist, in no promised order; a few hundred at a time."""
    marks = ",".join("?" * len(ids))
    return list(db.execute(f"SELECT {FIELDS} FROM memory WHERE id IN ({marks})", list(ids)))


def source_pairs(db: Database) -> list[tuple[int, int]]:
    """(seq of a derived memory, seq of an observation it rests on), best first within each."""
    rows = db.execute(
        "SELECT d.seq, o.seq FROM source s JOIN memory d ON d.id = s.memory JOIN memory o ON o.id = s.observation"
        " ORDER BY d.seq, s.rank"
    )
    return [(int(derived), int(observed)) for derived, observed in rows]
