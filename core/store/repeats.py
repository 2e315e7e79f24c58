"""What a sleep weighs beside the words: on how many days something was said again, how long a place was looked at."""

import json
from collections.abc import Sequence

from sqlite_utils import Database

from core.memory import EpisodeId, MemoryId

Place = tuple[EpisodeId, str, str, str]
"""Episode, application, window, address."""
_LONGEST_LOOK_S = 300
"""A frame that stands longer was left standing."""


def days_repeated(db: Database, ids: Sequence[MemoryId]) -> dict[MemoryId, int]:
    """On how many other local days each of these was said again; those that never were are missing."""
    rows = db.query(
        "SELECT o.id AS id, count(DISTINCT date(r.at + r.at_offset * 60, 'unixepoch')) AS days"
        " FROM memory r JOIN memory o ON o.id = r.folded_into"
        " WHERE r.folded_into IN (SELECT value FROM json_each(?))"
        " AND date(r.at + r.at_offset * 60, 'unixepoch') != date(o.at + o.at_offset * 60, 'unixepoch') GROUP BY o.id",
        [json.dumps(list(ids))],
    )
    return {MemoryId(row["id"]): int(row["days"]) for row in rows}


def dwelt(db: Database, episodes: Sequence[EpisodeId]) -> dict[Place, float]:
    """Minutes that each place on the screen was looked at, episode by episode: until the next frame of any place."""
    rows = db.query(
        "SELECT episode, app, window, url, sum(min(coalesce(looked, 0), ?)) / 60.0 AS minutes FROM"
        " (SELECT episode, app, window, url, lead(at) OVER (PARTITION BY episode ORDER BY at, seq) - at AS looked"
        " FROM memory WHERE episode IN (SELECT value FROM json_each(?)) AND facet = 'frame')"
        " GROUP BY episode, app, window, url",
        [_LONGEST_LOOK_S, json.dumps(list(episodes))],
    )
    return {(EpisodeId(row["episode"]), row["app"], row["window"], row["url"]): float(row["minutes"]) for row in rows}
