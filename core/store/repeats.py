"""What a sleep weighs beside the words: on how many days something was said again, how long a place was looked at."""

import json
from collections.abc import Sequence

from sqlite_utils import Database

from core.memory import MemoryId

Place = tuple[str, str, str, str]
"""Local day, application, window, address."""
_AT_MOST = 20
"""Repeats of one thing that are looked at; more than three days weigh no more."""
_LONGEST_LOOK_S = 300
"""A frame that stands longer was left standing."""


def days_repeated(db: Database, ids: Sequence[MemoryId]) -> dict[MemoryId, int]:
    """On how many other local days each of these was said again; those that never were are missing.

    Said again is what was folded into it, and what told the same fact: of either the latest, for one line may have
    come a hundred thousand times.
    """
    wanted = json.dumps(list(ids))
    rows = db.query(
        "SELECT value AS id FROM json_each(?) WHERE EXISTS (SELECT 1 FROM memory WHERE folded_into = value)", [wanted]
    )
    others = {MemoryId(row["id"]): _folded(db, row["id"]) for row in rows}
    for id, facts in _facts(db, wanted).items():
        others.setdefault(id, set()).update(*(_sources(db, fact) for fact in facts))
    own = _days(db, list(others))
    told = _days(db, sorted(set().union(*others.values()))) if others else {}
    days = {id: {told[other] for other in said if other in told} - {own[id]} for id, said in others.items()}
    return {id: len(found) for id, found in days.items() if found}


def repeated_by(db: Database, ids: Sequence[MemoryId]) -> list[MemoryId]:
    """What these say again: what they were folded into, and the other sources of the facts they tell."""
    wanted = json.dumps(list(ids))
    rows = db.query(
        "SELECT DISTINCT folded_into AS id FROM memory WHERE id IN (SELECT value FROM json_each(?))"
        " AND folded_into IS NOT NULL",
        [wanted],
    )
    found = {MemoryId(row["id"]) for row in rows}
    facts = {fact for some in _facts(db, wanted).values() for fact in some}
    return sorted(found.union(*(_sources(db, fact) for fact in facts)))


def _folded(db: Database, id: MemoryId) -> set[MemoryId]:
    rows = db.query("SELECT id FROM memory WHERE folded_into = ? ORDER BY seq DESC LIMIT ?", [id, _AT_MOST])
    return {MemoryId(row["id"]) for row in rows}


def _facts(db: Database, wanted: str) -> dict[MemoryId, list[MemoryId]]:
    """The facts that rest on each of these."""
    rows = db.query(
        "SELECT s.observation AS id, s.memory AS fact FROM source s JOIN memory f ON f.id = s.memory"
        " WHERE s.observation IN (SELECT value FROM json_each(?)) AND f.facet = 'fact' ORDER BY 1, 2",
        [wanted],
    )
    found: dict[MemoryId, list[MemoryId]] = {}
    for row in rows:
        found.setdefault(MemoryId(row["id"]), []).append(MemoryId(row["fact"]))
    return found


def _sources(db: Database, fact: MemoryId) -> set[MemoryId]:
    rows = db.query(
        "SELECT observation FROM source WHERE memory = ? ORDER BY observation DESC LIMIT ?", [fact, _AT_MOST]
    )
    return {MemoryId(row["observation"]) for row in rows}


def _days(db: Database, ids: Sequence[MemoryId]) -> dict[MemoryId, str]:
    rows = db.query(
        "SELECT id, date(at + at_offset * 60, 'unixepoch') AS day FROM memory"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(ids))],
    )
    return {MemoryId(row["id"]): str(row["day"]) for row in rows}


def dwelt(db: Database, days: Sequence[str]) -> dict[Place, float]:
    """Minutes that each place on the screen was looked at on these local days (ISO): until the next frame of any."""
    if not days:
        return {}
    rows = db.query(
        "SELECT day, app, window, url, sum(min(coalesce(looked, 0), :longest)) / 60.0 AS minutes FROM"
        " (SELECT date(at + at_offset * 60, 'unixepoch') AS day, app, window, url,"
        " lead(at) OVER (PARTITION BY date(at + at_offset * 60, 'unixepoch') ORDER BY at, seq) - at AS looked"
        # else the planner walks every frame there is
        " FROM memory INDEXED BY memory_at WHERE facet = 'frame'"
        " AND at BETWEEN unixepoch(:first, '-1 day') AND unixepoch(:last, '+2 days'))"
        " WHERE day IN (SELECT value FROM json_each(:days)) GROUP BY day, app, window, url",
        {"longest": _LONGEST_LOOK_S, "first": min(days), "last": max(days), "days": json.dumps(list(days))},
    )
    return {(row["day"], row["app"], row["window"], row["url"]): float(row["minutes"]) for row in rows}
