"""What a sleep weighs beside the words: on how many days something was said again, how long a place was looked at."""

import json
from collections.abc import Sequence

from sqlite_utils import Database

from core.memory import MemoryId

Place = tuple[str, str, str, str]
"""Local day, application, window, address."""
_LONGEST_LOOK_S = 300
"""A frame that stands longer was left standing."""


def days_repeated(db: Database, ids: Sequence[MemoryId]) -> dict[MemoryId, int]:
    """On how many other local days each of these was said again; those that never were are missing.

    Said again is what was folded into it, and what told the same fact.
    """
    rows = db.query(
        "WITH wanted(id) AS (SELECT value FROM json_each(?)), pair(id, other) AS ("
        " SELECT folded_into, id FROM memory WHERE folded_into IN (SELECT id FROM wanted)"
        " UNION SELECT s.observation, t.observation FROM source s JOIN memory f ON f.id = s.memory AND f.facet = 'fact'"
        " JOIN source t ON t.memory = s.memory WHERE s.observation IN (SELECT id FROM wanted))"
        " SELECT o.id AS id, count(DISTINCT date(r.at + r.at_offset * 60, 'unixepoch')) AS days"
        " FROM pair JOIN memory o ON o.id = pair.id JOIN memory r ON r.id = pair.other"
        " WHERE date(r.at + r.at_offset * 60, 'unixepoch') != date(o.at + o.at_offset * 60, 'unixepoch') GROUP BY o.id",
        [json.dumps(list(ids))],
    )
    return {MemoryId(row["id"]): int(row["days"]) for row in rows}


def repeated_by(db: Database, ids: Sequence[MemoryId]) -> list[MemoryId]:
    """What these say again: what they were folded into, and the other sources of the facts they tell."""
    rows = db.query(
        "WITH wanted(id) AS (SELECT value FROM json_each(?))"
        " SELECT folded_into AS id FROM memory WHERE id IN (SELECT id FROM wanted) AND folded_into IS NOT NULL"
        " UNION SELECT t.observation FROM source s JOIN memory f ON f.id = s.memory AND f.facet = 'fact'"
        " JOIN source t ON t.memory = s.memory WHERE s.observation IN (SELECT id FROM wanted) ORDER BY 1",
        [json.dumps(list(ids))],
    )
    return [MemoryId(row["id"]) for row in rows]


def dwelt(db: Database, days: Sequence[str]) -> dict[Place, float]:
    """Minutes that each place on the screen was looked at on these local days (ISO): until the next frame of any."""
    if not days:
        return {}
    rows = db.query(
        "SELECT day, app, window, url, sum(min(coalesce(looked, 0), :longest)) / 60.0 AS minutes FROM"
        " (SELECT date(at + at_offset * 60, 'unixepoch') AS day, app, window, url,"
        " lead(at) OVER (PARTITION BY date(at + at_offset * 60, 'unixepoch') ORDER BY at, seq) - at AS looked"
        " FROM memory WHERE facet = 'frame' AND at BETWEEN unixepoch(:first, '-1 day') AND unixepoch(:last, '+2 days'))"
        " WHERE day IN (SELECT value FROM json_each(:days)) GROUP BY day, app, window, url",
        {"longest": _LONGEST_LOOK_S, "first": min(days), "last": max(days), "days": json.dumps(list(days))},
    )
    return {(row["day"], row["app"], row["window"], row["url"]): float(row["minutes"]) for row in rows}
