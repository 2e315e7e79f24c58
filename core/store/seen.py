"""The frames of a screen as what was looked at when; what a sleep noted of places, routines and how-tos."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from core.memory import Memory, MemoryId
from core.store import memories

# The planner knows nothing of how many frames there are: without a word it walks through all of them.
_FRAME = "facet = 'frame'"
_KEPT = "state IN ('captured', 'active', 'faded')"
_STANDS = "('captured', 'active', 'faded', 'to_be_forgotten')"
_AFTER_ALL = "\U0010ffff"
_MOST_LOOKS = 50_000
"""Frames of one place that are counted, the latest; at ten seconds each a month of nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one frame showed. `at` in POSIX seconds, `following` that of the next frame within a while, if any."""

    seq: int
    at: float
    at_offset: int
    app: str
    window: str
    url: str
    following: float | None = None


def tonight(db: Database, after: int, upto: int, limit: int) -> list[Seen]:
    """What is shown by frames not yet slept on, each kind of window once, in the order of its first frame."""
    rows = db.query(
        "SELECT min(seq) AS seq, at, at_offset, app, window, url FROM memory"
        f" WHERE {_FRAME} AND state = 'captured' AND seq <= :upto"
        " GROUP BY app, window, url HAVING min(seq) > :after ORDER BY 1 LIMIT :limit",
        {"after": after, "upto": upto, "limit": limit},
    )
    return [Seen(**row) for row in rows]


def at_address(db: Database, beginning: str, upto: int, within: float) -> list[Seen]:
    """Every frame whose address begins so, in time order; `within`: seconds in which a next frame counts."""
    return _looks(db, "frame_url", "m.url", "m.url != ''", [beginning], upto, within)


def under_title(db: Database, beginnings: Sequence[str], upto: int, within: float) -> list[Seen]:
    """The same for frames without an address whose title begins in one of these ways."""
    return _looks(db, "frame_window", "m.window", "m.url = ''", beginnings, upto, within)


def _looks(
    db: Database, index: str, column: str, where: str, beginnings: Sequence[str], upto: int, within: float
) -> list[Seen]:
    found: list[Seen] = []
    for beginning in beginnings:
        rows = db.query(
            "SELECT m.seq, m.at, m.at_offset, m.app, m.window, m.url, (SELECT min(n.at)"
            " FROM memory n INDEXED BY frame_at WHERE n.facet = 'frame' AND n.at > m.at"
            " AND n.at <= m.at + :within AND n.seq <= :upto) AS following"
            f" FROM memory m INDEXED BY {index} WHERE m.{_FRAME} AND {where} AND {column} >= :begin AND {column} < :end"
            f" AND m.{_KEPT} AND m.seq <= :upto ORDER BY m.at DESC, m.seq DESC LIMIT {_MOST_LOOKS}",
            {"begin": beginning, "end": beginning + _AFTER_ALL, "upto": upto, "within": within},
        )
        found += [Seen(**row) for row in rows]
    return sorted(found, key=lambda seen: (seen.at, seen.seq))


def stretch(db: Database, days: float, upto: int, limit: int) -> list[Seen]:
    """The frames of the last `days` before the newest one, in time order, the latest when there are too many."""
    rows = db.query(
        "SELECT seq, at, at_offset, app, window, url FROM memory INDEXED BY frame_at"
        f" WHERE {_FRAME} AND seq <= :upto"
        f" AND at >= (SELECT max(at) FROM memory INDEXED BY frame_at WHERE {_FRAME}) - :seconds"
        " ORDER BY at DESC, seq DESC LIMIT :limit",
        {"upto": upto, "seconds": days * 86_400.0, "limit": limit},
    )
    return [Seen(**row) for row in rows][::-1]


def any_tonight(db: Database, upto: int) -> bool:
    """Whether there is a frame not yet slept on."""
    return bool(
        db.execute(
            f"SELECT 1 FROM memory WHERE {_FRAME} AND state = 'captured' AND seq <= ? LIMIT 1", [upto]
        ).fetchone()
    )


def resource_at(db: Database, url: str, window: str) -> Memory | None:
    """The record of a place: by its address, or by its title where it has none."""
    where, values = ("url = ?", [url]) if url else ("url = '' AND window = ?", [window])
    rows = db.execute(
        f"SELECT seq FROM memory WHERE facet = 'resource' AND channel = 'sleep' AND state IN {_STANDS} AND {where}"
        " ORDER BY seq",
        values,
    ).fetchall()
    found = memories.by_seq(db, [int(row[0]) for row in rows])
    return found[0] if found else None


def routines(db: Database) -> list[Memory]:
    """The routines there are, oldest first."""
    rows = db.query(
        "SELECT seq FROM memory WHERE facet = 'procedure' AND channel = 'sleep'"
        f" AND state IN {_STANDS} AND window != '' ORDER BY seq"
    )
    return memories.by_seq(db, [int(row["seq"]) for row in rows])


def known_by(db: Database, key: bytes) -> Memory | None:
    """What a sleep derived under this fingerprint, whatever its words are by now."""
    rows = db.query(
        "SELECT seq FROM memory WHERE content_key = ? AND channel = 'sleep'"
        f" AND state IN {_STANDS} ORDER BY seq LIMIT 1",
        [key],
    )
    found = memories.by_seq(db, [int(row["seq"]) for row in rows])
    return found[0] if found else None


def written_in(db: Database, observation: MemoryId) -> list[Memory]:
    """The how-tos that rest on this observation."""
    rows = db.query(
        "SELECT seq FROM memory WHERE facet = 'procedure' AND window = '' AND id IN"
        " (SELECT memory FROM source WHERE observation = ?) ORDER BY seq",
        [observation],
    )
    return memories.by_seq(db, [int(row["seq"]) for row in rows])
