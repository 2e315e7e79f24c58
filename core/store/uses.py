"""When memories were of use, and which of them come into question for being offered or for fading."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from core.memory import Facet, Kind, MediaId, Memory, MemoryId, State, Use
from core.store import memories
from core.store.envelope import moment

_HELD = frozenset({State.CAPTURED, State.ACTIVE})
_MARKS = 500
"""Uses of one memory that are remembered for its curve; its stability has all of them in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """When a memory fades: so many of its stabilities after its last use, none longer than the longest."""

    stabilities: float
    longest_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """Of a memory with a picture what its strength needs, without its words: there may be very many."""

    picture: MediaId
    kind: Kind
    facet: Facet
    pinned: bool
    at: datetime
    last_used: datetime | None
    stability_days: float
    created: datetime


def pictured(db: Database) -> list[Pictured]:
    """Every memory whose picture is kept. Times in UTC."""
    return [
        Pictured(
            picture=MediaId(row["picture"]),
            kind=Kind(row["kind"]),
            facet=Facet(row["facet"]),
            pinned=bool(row["pinned"]),
            at=moment(row["at"], 0),
            last_used=None if row["last_used"] is None else moment(row["last_used"], 0),
            stability_days=float(row["stability_days"]),
            created=moment(row["created"], 0),
        )
        for row in db.query(
            "SELECT picture, kind, facet, pinned, at, last_used, stability_days, created FROM memory"
            " WHERE picture IS NOT NULL"
        )
    ]


def note(db: Database, memory: Memory, now: datetime) -> None:
    """Write down a use, with the stability that the memory had until then."""
    db.execute(
        "INSERT OR IGNORE INTO used (memory, at, stability_days) VALUES (?, ?, ?)",
        [memory.id, now.timestamp(), memory.stability_days],
    )
    db.execute(
        "DELETE FROM used WHERE memory = ?1 AND at NOT IN"
        " (SELECT at FROM used WHERE memory = ?1 ORDER BY at DESC LIMIT ?2)",
        [memory.id, _MARKS],
    )


def of(db: Database, id: MemoryId) -> list[Use]:
    """The uses of a memory, oldest first; those from before they were written down are missing. Times in UTC."""
    rows = db.query("SELECT at, stability_days FROM used WHERE memory = ? ORDER BY at", [id])
    return [Use(at=moment(row["at"], 0), stability_days=float(row["stability_days"])) for row in rows]


def in_question(db: Database, newest: int) -> list[Memory]:
    """What may be offered: all that was ever of use or is pinned, and the `newest` of the others.

    Nothing that fades, repeats another, is the app's own word, quarantined or secret; nothing that stands in an open
    contradiction; no line of the profile, topic or summary, which have their own places.
    """
    may = (
        "state IN ('captured', 'active') AND kind != 'secret'"
        " AND facet NOT IN ('question', 'answer', 'profile', 'topic', 'summary', 'digest', 'week')"
        " AND id NOT IN (SELECT memory FROM conflict WHERE state = 'open' UNION"
        " SELECT against FROM conflict WHERE state = 'open')"
        " AND folded_into IS NULL AND boilerplate = 0 AND tags NOT LIKE '%\"quarantined\"%'"
    )
    rows = db.query(
        f"SELECT seq FROM memory WHERE uses > 0 AND {may}"
        f" UNION SELECT seq FROM memory WHERE pinned = 1 AND {may}"
        f" UNION SELECT seq FROM (SELECT seq FROM memory WHERE {may} ORDER BY at DESC, seq DESC LIMIT ?) ORDER BY seq",
        [newest],
    )
    return memories.by_seq(db, [int(row["seq"]) for row in rows])


def soonest(db: Database, states: Sequence[State], before: datetime, scale: Scale, limit: int) -> list[Memory]:
    """What fades, or has, before a moment, soonest first. Core, pinned and secret memories never do."""
    rows = db.query(
        "SELECT seq, max(at, coalesce(last_used, at)) + 86400.0 * :stabilities * min(stability_days, :longest) AS fades"
        " FROM memory WHERE state IN (SELECT value FROM json_each(:states)) AND pinned = 0"
        " AND kind NOT IN ('core', 'secret') AND facet != 'profile' AND fades <= :before"
        " ORDER BY fades, seq LIMIT :limit",
        {
            "states": json.dumps([state.value for state in states]),
            "stabilities": scale.stabilities,
            "longest": scale.longest_days,
            "before": before.timestamp(),
            "limit": limit,
        },
    )
    return memories.by_seq(db, [int(row["seq"]) for row in rows])


def proposed(db: Database) -> list[tuple[Memory, datetime | None, int]]:
    """What is to be forgotten, when a sleep proposed it, and how many later sleeps took effect.

    None: nobody knows when (it came so from another machine), so it waits for the person.
    """
    rows = db.query(
        "SELECT m.seq AS seq, max(r.begins) AS since FROM memory m"
        " LEFT JOIN journal j ON j.memory = m.id AND j.reverted = 0"
        " AND json_extract(j.after, '$.state') = 'to_be_forgotten'"
        " LEFT JOIN sleep_run r ON r.id = j.run"
        " WHERE m.state = 'to_be_forgotten' GROUP BY m.seq ORDER BY since, m.seq"
    )
    since = {int(row["seq"]): row["since"] for row in rows}
    nights = {
        at: int(db.execute("SELECT count(*) FROM sleep_run WHERE state = 'done' AND begins > ?", [at]).fetchone()[0])
        for at in {one for one in since.values() if one is not None}
    }
    return [
        (memory, None if (at := since[memory.seq]) is None else moment(at, 0), 0 if at is None else nights[at])
        for memory in memories.by_seq(db, list(since))
    ]


def rested_on(db: Database, ids: list[MemoryId]) -> set[MemoryId]:
    """Which of these something that is held firmly still rests on: without them it would go too."""
    return {
        id
        for id in ids
        if any(one.state in _HELD or one.pinned for one in memories.many(db, memories.derived_from(db, [id])))
    }
