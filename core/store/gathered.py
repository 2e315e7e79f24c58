"""What the gathering steps of a sleep ask the store: weeks, how spread a word is, lines the person took back."""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from core.memory import EpisodeId, Fact, Memory
from core.store import memories

_NEW = "state = 'captured' AND channel != 'sleep' AND kind != 'secret' AND seq <= :upto"
_DAY = "date(at + at_offset * 60, 'unixepoch')"
_WEEK = "date(at + at_offset * 60, 'unixepoch', 'weekday 0', '-6 days')"
"""The Monday of a memory's local week."""


def _memories(db: Database, sql: str, values: dict[str, Any]) -> list[Memory]:
    return memories.by_seq(db, [int(row["seq"]) for row in db.query(sql, values)])


def weeks_touched(db: Database, after: str, upto: int, limit: int) -> list[str]:
    """Local weeks with observations not yet slept on, as the ISO date of their Monday."""
    rows = db.query(
        f"SELECT DISTINCT {_WEEK} AS week FROM memory WHERE {_NEW} AND {_WEEK} > :after ORDER BY week LIMIT :limit",
        {"after": after, "upto": upto, "limit": limit},
    )
    return [str(row["week"]) for row in rows]


def of_week(db: Database, week: str, facets: Sequence[str], limit: int) -> list[Memory]:
    """What a sleep derived of these facets for a week, named by its Monday, in time order."""
    return _memories(
        db,
        f"SELECT seq FROM memory WHERE at BETWEEN :begin AND :end AND {_WEEK} = :week AND channel = 'sleep'"
        " AND facet IN (SELECT value FROM json_each(:facets)) ORDER BY at, seq LIMIT :limit",
        _around(db, week) | {"week": week, "facets": json.dumps(list(facets)), "limit": limit},
    )


def _around(db: Database, week: str) -> dict[str, Any]:
    """A week's span in UTC with a day to spare on either side, for the index on `at`."""
    begin = float(db.execute("SELECT unixepoch(?)", [week]).fetchone()[0])
    return {"begin": begin - 86_400, "end": begin + 9 * 86_400}


def spread(db: Database, stem: str) -> int:
    """In how many indexed pieces of memories a Porter stem occurs."""
    found = db.execute("SELECT doc FROM term WHERE term = ?", [stem]).fetchone()
    return int(found[0]) if found else 0


def size(db: Database) -> int:
    """How many memories there are."""
    return int(db.execute("SELECT count(*) FROM memory").fetchone()[0])


def summaries_in(db: Database, episodes: Sequence[EpisodeId]) -> dict[EpisodeId, Memory]:
    """The summaries of these episodes."""
    found = _memories(
        db,
        "SELECT seq FROM memory WHERE facet = 'summary' AND channel = 'sleep'"
        " AND episode IN (SELECT value FROM json_each(:episodes)) ORDER BY seq",
        {"episodes": json.dumps(list(episodes))},
    )
    return {memory.episode: memory for memory in found if memory.episode is not None}


def taken_back(db: Database) -> list[Fact]:
    """The lines of the profile that the person took out of a night that otherwise stands."""
    rows = db.query(
        "SELECT j.after AS after FROM journal j JOIN sleep_run s ON s.id = j.run WHERE j.step = 'profile'"
        " AND j.operation = 'ADD' AND j.reverted = 1 AND j.forgotten = 0 AND s.state != 'reverted'"
    )
    found = [json.loads(row["after"]) for row in rows]
    return [
        Fact(subject=one["subject"], attribute=one["attribute"], value=one["value"]) for one in found if one["subject"]
    ]
