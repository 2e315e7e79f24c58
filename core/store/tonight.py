"""What a sleep asks the store: bounded pieces of what is new, and what is known beside it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from core.memory import EpisodeId, Facet, Memory, MemoryId
from core.store import memories

_NEW = "state = 'captured' AND channel != 'sleep' AND kind != 'secret' AND seq <= :upto"
_DAY = "date(at + at_offset * 60, 'unixepoch')"


def newest(db: Database) -> int:
    """The highest order of saving there is; 0 in an empty store."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM memory").fetchone()[0])


def _memories(db: Database, sql: str, values: dict[str, Any]) -> list[Memory]:
    return memories.by_seq(db, [int(row["seq"]) for row in db.query(sql, values)])


def captured(db: Database, after: int, upto: int, limit: int) -> list[Memory]:
    """Observations not yet slept on, in the order of saving, `after` < seq <= `upto`."""
    return _memories(
        db,
        f"SELECT seq FROM memory WHERE {_NEW} AND seq > :after ORDER BY seq LIMIT :limit",
        {"after": after, "upto": upto, "limit": limit},
    )


def edited(db: Database, since: float, upto: int, limit: int) -> list[Memory]:
    """Observations slept on before whose words were changed after `since` (POSIX seconds)."""
    return _memories(
        db,
        "SELECT seq FROM memory WHERE channel != 'sleep' AND kind != 'secret' AND state IN ('active', 'faded')"
        " AND seq <= :upto AND id IN (SELECT memory FROM memory_version WHERE replaced > :since)"
        " ORDER BY seq LIMIT :limit",
        {"since": since, "upto": upto, "limit": limit},
    )


def last_sleep(db: Database, now: datetime) -> float | None:
    """When the last sleep that took effect began (POSIX seconds); one in the future had a clock that was wrong."""
    wanted = "SELECT max(begins) FROM sleep_run WHERE state = 'done' AND begins <= ?"
    found = db.execute(wanted, [now.timestamp()]).fetchone()
    return None if found[0] is None else float(found[0])


def known_before(db: Database, seq: int, limit: int) -> list[Memory]:
    """The last observations up to `seq` that repeat nothing, in the order of saving; only so far back as is bounded."""
    found = _memories(
        db,
        "SELECT seq FROM memory WHERE seq BETWEEN :seq - 8 * :limit AND :seq AND channel != 'sleep'"
        " AND folded_into IS NULL AND kind != 'secret' ORDER BY seq DESC LIMIT :limit",
        {"seq": seq, "limit": limit},
    )
    return found[::-1]


def folded_lately(db: Database, seq: int, back: int) -> dict[MemoryId, int]:
    """What the last `back` observations up to `seq` were folded into, and how many were."""
    rows = db.query(
        "SELECT folded_into, count(*) AS n FROM memory WHERE seq BETWEEN :seq - :back AND :seq"
        " AND folded_into IS NOT NULL GROUP BY folded_into",
        {"seq": seq, "back": back},
    )
    return {MemoryId(row["folded_into"]): int(row["n"]) for row in rows}


def at_the_same_time(db: Database, found: Sequence[Memory], within_s: float, limit: int) -> list[Memory]:
    """Older observations, saved before all of these, that say they are from the same moment as one of them."""
    return _memories(
        db,
        "SELECT DISTINCT o.seq AS seq FROM memory n JOIN memory o ON o.at BETWEEN n.at - :within AND n.at + :within"
        " WHERE n.seq IN (SELECT value FROM json_each(:seqs)) AND o.seq < :first AND o.channel != 'sleep'"
        " AND o.folded_into IS NULL AND o.kind != 'secret' ORDER BY o.seq LIMIT :limit",
        {
            "seqs": json.dumps([memory.seq for memory in found]),
            "first": found[0].seq,
            "within": within_s,
            "limit": limit,
        },
    )


def _stream(memory: Memory) -> tuple[str, dict[str, Any]]:
    origin = memory.provenance
    if origin.conversation:
        return "conversation = :conversation", {"conversation": origin.conversation}
    if memory.facet in (Facet.FRAME, Facet.PAGE):
        return "conversation = '' AND facet IN ('frame', 'page')", {}
    where = "conversation = '' AND facet NOT IN ('frame', 'page') AND channel = :channel AND app = :app"
    return where, {"channel": str(origin.channel), "app": origin.app}


def loose(db: Database, upto: int, limit: int) -> list[Memory]:
    """The next observations of one stream that belong to no episode yet, in time order; empty when all do."""
    first = _memories(
        db, f"SELECT seq FROM memory WHERE {_NEW} AND episode IS NULL ORDER BY seq LIMIT 1", {"upto": upto}
    )
    if not first:
        return []
    where, values = _stream(first[0])
    return _memories(
        db,
        f"SELECT seq FROM memory WHERE {_NEW} AND episode IS NULL AND {where} ORDER BY at, seq LIMIT :limit",
        values | {"upto": upto, "limit": limit},
    )


def last_in_stream(db: Database, first: Memory) -> Memory | None:
    """The observation before `first` in its stream that has an episode."""
    where, values = _stream(first)
    found = _memories(
        db,
        f"SELECT seq FROM memory WHERE {where} AND channel != 'sleep' AND episode IS NOT NULL"
        " AND (at, seq) < (:at, :seq) ORDER BY at DESC, seq DESC LIMIT 1",
        values | {"at": first.at.timestamp(), "seq": first.seq},
    )
    return found[0] if found else None


def members(db: Database, episode: EpisodeId, limit: int) -> list[Memory]:
    """The observations of an episode in time order."""
    return _memories(
        db,
        "SELECT seq FROM memory WHERE episode = :episode AND channel != 'sleep' ORDER BY at, seq LIMIT :limit",
        {"episode": episode, "limit": limit},
    )


def tail(db: Database, last: Memory, limit: int) -> list[Memory]:
    """The last observations of an episode up to `last`, in time order."""
    found = _memories(
        db,
        "SELECT seq FROM memory WHERE episode = :episode AND channel != 'sleep' AND (at, seq) <= (:at, :seq)"
        " ORDER BY at DESC, seq DESC LIMIT :limit",
        {"episode": last.episode, "at": last.at.timestamp(), "seq": last.seq, "limit": limit},
    )
    return found[::-1]


def derived_in(db: Database, episode: EpisodeId, facet: Facet) -> list[Memory]:
    """What was derived for an episode."""
    return _memories(
        db,
        "SELECT seq FROM memory WHERE episode = :episode AND facet = :facet AND channel = 'sleep' ORDER BY seq",
        {"episode": episode, "facet": facet.value},
    )


def by_episode(
    db: Database, first: int, seq: int, upto: int, limit: int, *, begin: int = 0
) -> list[tuple[int, Memory]]:
    """Observations not yet slept on, episode by episode in the order of saving, each with its episode's first seq.

    Only what stands behind (`first`, `seq`) in that order. With `begin`: those from this seq on that an earlier
    night slept on, instead.
    """
    values = {"first": first, "seq": seq, "upto": upto, "limit": limit, "begin": begin}
    slept_on = _NEW.replace("= 'captured'", "IN ('active', 'faded')") + " AND seq >= :begin"
    which = slept_on if begin else _NEW
    rows = list(
        db.query(
            f"WITH begun AS (SELECT episode AS id, min(seq) AS first FROM memory WHERE {which} AND episode IS NOT NULL"
            f" GROUP BY episode) SELECT seq, first FROM memory JOIN begun ON begun.id = memory.episode WHERE {which}"
            " AND (first, seq) > (:first, :seq) ORDER BY first, seq LIMIT :limit",
            values,
        )
    )
    begins = {int(row["seq"]): int(row["first"]) for row in rows}
    return [(begins[memory.seq], memory) for memory in memories.by_seq(db, list(begins))]


def days_touched(db: Database, after: str, upto: int, limit: int) -> list[str]:
    """Local days with observations not yet slept on, ISO."""
    rows = db.query(
        f"SELECT DISTINCT {_DAY} AS day FROM memory WHERE {_NEW} AND {_DAY} > :after ORDER BY day LIMIT :limit",
        {"after": after, "upto": upto, "limit": limit},
    )
    return [str(row["day"]) for row in rows]


def of_day(db: Database, day: str, upto: int, limit: int) -> list[Memory]:
    """The observations of a local day in time order, the latest ones when there are too many."""
    found = _memories(
        db,
        f"SELECT seq FROM memory WHERE at BETWEEN :begin AND :end AND {_DAY} = :day AND channel != 'sleep'"
        " AND kind != 'secret' AND seq <= :upto ORDER BY at DESC, seq DESC LIMIT :limit",
        _around(db, day) | {"day": day, "upto": upto, "limit": limit},
    )
    return found[::-1]


def digest_of(db: Database, day: str) -> list[Memory]:
    """The digest of a local day."""
    return _memories(
        db,
        f"SELECT seq FROM memory WHERE at BETWEEN :begin AND :end AND {_DAY} = :day AND facet = 'digest' ORDER BY seq",
        _around(db, day) | {"day": day},
    )


def _around(db: Database, day: str) -> dict[str, Any]:
    """A day's span in UTC with a day to spare on either side, for the index on `at`."""
    noon = float(db.execute("SELECT unixepoch(?)", [day]).fetchone()[0])
    return {"begin": noon - 86_400, "end": noon + 2 * 86_400}


def known_facts(db: Database, subject: str, attribute: str) -> list[Memory]:
    """Every fact, promise or appointment about this, whatever its state, but none to be forgotten."""
    return _memories(
        db,
        "SELECT seq FROM memory WHERE subject = :subject AND attribute = :attribute AND channel = 'sleep'"
        " AND facet IN ('fact', 'promise', 'appointment') AND state != 'to_be_forgotten' ORDER BY seq",
        {"subject": subject, "attribute": attribute},
    )


def disputed(db: Database, ids: Sequence[MemoryId]) -> bool:
    """Whether two of these facts stand against each other in a contradiction that waits for the person."""
    found = db.execute(
        "SELECT 1 FROM conflict WHERE state = 'open' AND memory IN (SELECT value FROM json_each(:ids))"
        " AND against IN (SELECT value FROM json_each(:ids)) LIMIT 1",
        {"ids": json.dumps(list(ids))},
    )
    return found.fetchone() is not None


def against_each_other(db: Database, ids: Sequence[MemoryId]) -> list[tuple[Memory, Memory]]:
    """The two sides of each contradiction, whatever became of it, of which one rests on any of these observations."""
    rows = db.query(
        "SELECT DISTINCT c.id AS id, m.seq AS one, n.seq AS other FROM source s"
        " JOIN conflict c ON c.memory = s.memory OR c.against = s.memory"
        " JOIN memory m ON m.id = c.memory JOIN memory n ON n.id = c.against"
        " WHERE s.observation IN (SELECT value FROM json_each(:ids)) ORDER BY c.id",
        {"ids": json.dumps(list(ids))},
    )
    pairs = [(int(row["one"]), int(row["other"])) for row in rows]
    found = {memory.seq: memory for memory in memories.by_seq(db, sorted({seq for pair in pairs for seq in pair}))}
    return [(found[one], found[other]) for one, other in pairs if one in found and other in found]


def resting_on_new(db: Database, reason: str, begin: datetime, end: datetime) -> list[Memory]:
    """Facts whose reason begins so and that rest on an observation of this time that is not yet slept on."""
    return _memories(
        db,
        "SELECT seq FROM memory WHERE facet = 'fact' AND substr(reason, 1, length(:reason)) = :reason AND id IN"
        " (SELECT s.memory FROM memory o JOIN source s ON s.observation = o.id WHERE o.at >= :begin AND o.at < :end"
        " AND o.state = 'captured') ORDER BY seq",
        {"reason": reason, "begin": begin.timestamp(), "end": end.timestamp()},
    )


def first_captured(db: Database, begin: datetime, upto: int) -> datetime | None:
    """When the earliest observation not yet slept on was made, from `begin` on."""
    found = _memories(
        db,
        f"SELECT seq FROM memory WHERE {_NEW} AND at >= :begin ORDER BY at, seq LIMIT 1",
        {"begin": begin.timestamp(), "upto": upto},
    )
    return found[0].at if found else None


def between(db: Database, begin: datetime, end: datetime, upto: int, short: int, limit: int) -> list[Memory]:
    """Observations from `begin` until before `end` that are short or have a number, in time order, the latest ones."""
    found = _memories(
        db,
        "SELECT seq FROM memory WHERE at >= :begin AND at < :end AND channel != 'sleep' AND kind != 'secret'"
        " AND seq <= :upto AND folded_into IS NULL AND state IN ('captured', 'active', 'faded')"
        " AND (text GLOB '*[0-9]*' OR (length(text) < :short AND text LIKE '% is %'))"
        " ORDER BY at DESC, seq DESC LIMIT :limit",
        {"begin": begin.timestamp(), "end": end.timestamp(), "upto": upto, "short": short, "limit": limit},
    )
    return sorted(found, key=lambda memory: (memory.at, memory.seq))


def people(db: Database) -> set[str]:
    """Everybody who spoke in a conversation or was told of, by their names in small letters; never the person."""
    rows = db.query(
        "SELECT DISTINCT speaker FROM memory WHERE channel = 'conversation' AND mine NOT IN (1, 2) AND speaker != ''"
        " AND role NOT IN ('assistant', 'system', 'tool')"
        " UNION SELECT DISTINCT subject FROM memory WHERE facet = 'fact' AND subject != 'me'"
        " AND subject NOT LIKE '% of %'"
    )
    return {" ".join(str(row["speaker"]).casefold().split()) for row in rows}


def decided(db: Database, ids: Sequence[MemoryId]) -> set[MemoryId]:
    """Those of these facts that stood in a contradiction the person has settled."""
    rows = db.query(
        "SELECT memory, against FROM conflict WHERE state != 'open' AND (memory IN (SELECT value FROM json_each(:ids))"
        " OR against IN (SELECT value FROM json_each(:ids)))",
        {"ids": json.dumps(list(ids))},
    )
    return {MemoryId(id) for row in rows for id in (row["memory"], row["against"])}


def appointments_in(db: Database, conversation: str, at: datetime) -> list[Memory]:
    """The appointments of a conversation that hold and are not over at a moment."""
    return _memories(
        db,
        "SELECT seq FROM memory WHERE facet = 'appointment' AND conversation = :conversation"
        " AND state IN ('active', 'captured', 'faded') AND valid_to >= :at ORDER BY seq",
        {"conversation": conversation, "at": at.timestamp()},
    )


def told_by(db: Database, ids: Sequence[MemoryId]) -> list[Memory]:
    """The facts, promises and appointments that rest directly on any of these observations."""
    return _memories(
        db,
        "SELECT seq FROM memory WHERE facet IN ('fact', 'promise', 'appointment') AND id IN"
        " (SELECT memory FROM source WHERE observation IN (SELECT value FROM json_each(:ids))) ORDER BY seq",
        {"ids": json.dumps(list(ids))},
    )


def facts_of(db: Database, subject: str, limit: int) -> list[Memory]:
    """The latest facts about a subject that hold, whether they have faded or not."""
    return _memories(
        db,
        "SELECT seq FROM memory WHERE subject = :subject AND facet = 'fact'"
        " AND state IN ('active', 'captured', 'faded')"
        " ORDER BY at DESC, seq DESC LIMIT :limit",
        {"subject": subject, "limit": limit},
    )


def lines_of_profile(db: Database) -> list[Memory]:
    """The profile's lines."""
    return _memories(
        db, "SELECT seq FROM memory WHERE facet = 'profile' AND state IN ('active', 'captured') ORDER BY seq", {}
    )


def held(db: Database, after: int, limit: int) -> list[Memory]:
    """Active and faded memories in the order of saving."""
    return _memories(
        db,
        "SELECT seq FROM memory WHERE seq > :after AND state IN ('active', 'faded') ORDER BY seq LIMIT :limit",
        {"after": after, "limit": limit},
    )
