"""The tree of topics as rows: a topic is a memory, what it is part of a link, what belongs to it its sources."""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from core.memory import EpisodeId, Memory, MemoryId
from core.store import memories

PART_OF = "part of"
"""The relation of a topic to the one above it."""
_NEW = "m.state = 'captured' AND m.channel != 'sleep' AND m.kind != 'secret' AND m.seq <= :upto"
_KEPT = "state IN ('active', 'captured', 'faded')"
_LOOK_BACK = 400


def touched(db: Database, after: tuple[float, int], upto: int, limit: int) -> list[tuple[float, int, EpisodeId]]:
    """Episodes with observations not yet slept on, as (beginning, first such seq, id), in that order."""
    rows = db.query(
        "SELECT e.begins AS begins, min(m.seq) AS first, e.id AS id FROM memory m JOIN episode e ON e.id = m.episode"
        f" WHERE {_NEW} GROUP BY e.id HAVING (begins, first) > (:begins, :first) ORDER BY begins, first LIMIT :limit",
        {"upto": upto, "begins": after[0], "first": after[1], "limit": limit},
    )
    return [(float(row["begins"]), int(row["first"]), EpisodeId(row["id"])) for row in rows]


def after(cursor: str) -> tuple[float, int]:
    """The place in `touched` that a step's cursor means; the beginning for an empty one."""
    begins, _, first = cursor.partition("_")
    return (float(begins), int(first)) if cursor else (float("-inf"), 0)


def cursor(last: tuple[float, int, EpisodeId]) -> str:
    """The cursor of a step that has done everything up to this one of `touched`."""
    return f"{last[0]!r}_{last[1]}"


def loose(db: Database, before: float, limit: int) -> list[EpisodeId]:
    """The latest episodes of no topic that began before a moment (POSIX seconds), the latest last."""
    rows = db.query(
        "SELECT e.id AS id FROM (SELECT * FROM episode WHERE begins < :before ORDER BY begins DESC LIMIT :back) e"
        " WHERE NOT EXISTS (SELECT 1 FROM memory o JOIN source s ON s.observation = o.id"
        " JOIN memory t ON t.id = s.memory AND t.facet = 'topic' WHERE o.episode = e.id)"
        " ORDER BY e.begins DESC, (SELECT min(seq) FROM memory WHERE episode = e.id) DESC LIMIT :limit",
        {"before": before, "back": _LOOK_BACK, "limit": limit},
    )
    return [EpisodeId(row["id"]) for row in rows][::-1]


def tops(db: Database) -> list[MemoryId]:
    """The topics that are part of no other, oldest first."""
    rows = db.query(
        f"SELECT id FROM memory WHERE facet = 'topic' AND {_KEPT} AND NOT EXISTS"
        " (SELECT 1 FROM link WHERE a = memory.id AND relation = :relation) ORDER BY seq",
        {"relation": PART_OF},
    )
    return [MemoryId(row["id"]) for row in rows]


def below(db: Database, ids: Sequence[MemoryId]) -> dict[MemoryId, list[MemoryId]]:
    """What is part of each of these, oldest first."""
    found: dict[MemoryId, list[MemoryId]] = {id: [] for id in ids}
    for row in db.query(
        "SELECT l.b AS above, l.a AS id FROM link l JOIN memory m ON m.id = l.a"
        f" WHERE l.relation = :relation AND m.{_KEPT} AND l.b IN (SELECT value FROM json_each(:ids)) ORDER BY m.seq",
        {"relation": PART_OF, "ids": json.dumps(list(ids))},
    ):
        found[MemoryId(row["above"])].append(MemoryId(row["id"]))
    return found


def members(db: Database, ids: Sequence[MemoryId]) -> dict[MemoryId, dict[EpisodeId, list[MemoryId]]]:
    """Of each topic the episodes it rests on, each with the observations that stand for it, in their order."""
    found: dict[MemoryId, dict[EpisodeId, list[MemoryId]]] = {id: {} for id in ids}
    for row in db.query(
        "SELECT s.memory AS topic, s.observation AS id, o.episode AS episode FROM source s JOIN memory o"
        " ON o.id = s.observation WHERE o.episode IS NOT NULL AND s.memory IN (SELECT value FROM json_each(:ids))"
        " ORDER BY s.memory, s.rank",
        {"ids": json.dumps(list(ids))},
    ):
        of_one = found[MemoryId(row["topic"])]
        of_one.setdefault(EpisodeId(row["episode"]), []).append(MemoryId(row["id"]))
    return found


def of_episodes(db: Database, episodes: Sequence[EpisodeId]) -> dict[EpisodeId, list[MemoryId]]:
    """The topics that each of these belongs to: its leaf, and those above that are known by it."""
    found: dict[EpisodeId, list[MemoryId]] = {}
    for row in db.query(
        "SELECT DISTINCT o.episode AS episode, t.id AS topic FROM memory o JOIN source s ON s.observation = o.id"
        " JOIN memory t ON t.id = s.memory AND t.facet = 'topic'"
        " WHERE o.episode IN (SELECT value FROM json_each(:ids)) ORDER BY t.seq",
        {"ids": json.dumps(list(episodes))},
    ):
        found.setdefault(EpisodeId(row["episode"]), []).append(MemoryId(row["topic"]))
    return found


def every(db: Database) -> list[Memory]:
    """All topics, oldest first."""
    rows: list[dict[str, Any]] = list(
        db.query(f"SELECT seq FROM memory WHERE facet = 'topic' AND {_KEPT} ORDER BY seq")
    )
    return memories.by_seq(db, [int(row["seq"]) for row in rows])


def above(db: Database) -> dict[MemoryId, MemoryId]:
    """Of each topic that is part of another, that one."""
    rows = db.query(
        "SELECT l.a AS a, l.b AS b FROM link l JOIN memory m ON m.id = l.a AND m.facet = 'topic'"
        " JOIN memory n ON n.id = l.b WHERE l.relation = :relation",
        {"relation": PART_OF},
    )
    return {MemoryId(row["a"]): MemoryId(row["b"]) for row in rows}
