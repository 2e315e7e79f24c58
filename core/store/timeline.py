"""Episodes, gaps and how much there is on which day, as rows."""

from datetime import date, datetime, timedelta

from sqlite_utils import Database

from core.memory import Episode, EpisodeId, Gap, MemoryId
from core.store.envelope import moment, new_id, offset_of


def add_gap(db: Database, gap: Gap) -> None:
    """Keep a time in which nothing was recorded; one that goes on, or is told again longer, grows."""
    begins, ends = gap.begins.timestamp(), gap.ends.timestamp()
    grown = db.execute(
        "UPDATE gap SET ends = max(ends, ?) WHERE reason = ? AND begins <= ? + 1 AND ends BETWEEN ? - 15 AND ? + 15",
        [ends, gap.reason, begins, begins, max(begins, ends)],
    )
    if grown.rowcount == 0:
        db.execute(
            "INSERT INTO gap (begins, ends, at_offset, reason) VALUES (?, ?, ?, ?)",
            [gap.begins.timestamp(), gap.ends.timestamp(), offset_of(gap.begins), gap.reason],
        )


def gaps(db: Database, begins: datetime, ends: datetime) -> list[Gap]:
    """Gaps that touch the span, in order."""
    rows = db.query(
        "SELECT * FROM gap WHERE ends > ? AND begins < ? ORDER BY begins",
        [begins.timestamp(), ends.timestamp()],
    )
    return [
        Gap(
            begins=moment(row["begins"], row["at_offset"]),
            ends=moment(row["ends"], row["at_offset"]),
            reason=row["reason"],
        )
        for row in rows
    ]


def last_frame(db: Database, before: datetime) -> datetime | None:
    """When the last look at the screen was kept, of those before a moment; None when there was none."""
    row = db.execute(
        "SELECT at, at_offset FROM memory WHERE facet = 'frame' AND at <= ? ORDER BY at DESC LIMIT 1",
        [before.timestamp()],
    ).fetchone()
    return None if row is None else moment(row[0], row[1])


def new_episode_id(now: datetime) -> EpisodeId:
    """An id for a new episode."""
    return EpisodeId(new_id(now))


def episodes(db: Database, begins: datetime, ends: datetime) -> list[Episode]:
    """Episodes that touch the span, in order, with their members' ids."""
    rows = db.query(
        "SELECT * FROM episode WHERE ends >= ? AND begins < ? ORDER BY begins",
        [begins.timestamp(), ends.timestamp()],
    )
    found = []
    for row in rows:
        members = db.query(
            "SELECT id FROM memory WHERE episode = ? AND channel != 'sleep' ORDER BY at, seq", [row["id"]]
        )
        found.append(
            Episode(
                id=EpisodeId(row["id"]),
                title=row["title"],
                begins=moment(row["begins"], row["at_offset"]),
                ends=moment(row["ends"], row["at_offset"]),
                app=row["app"],
                conversation=row["conversation"],
                members=tuple(MemoryId(member["id"]) for member in members),
                reason=_begun_for(db, row["id"]),
            )
        )
    return found


def _begun_for(db: Database, episode: str) -> str:
    """What the journal says of where an episode begins."""
    found = db.execute(
        "SELECT reason FROM journal WHERE memory = ? AND step = 'episodes' AND reverted = 0 ORDER BY id LIMIT 1",
        [episode],
    ).fetchone()
    return "" if found is None else str(found[0])


def heat(db: Database, first: date, last: date) -> dict[date, int]:
    """How much was observed on each local day from `first` to `last`; days with nothing are left out."""
    rows = db.query(
        "SELECT CAST((at + at_offset * 60) / 86400 AS INTEGER) AS day, count(*) AS n FROM memory"
        " WHERE channel != 'sleep' AND kind != 'secret' GROUP BY 1"
    )
    found = {date(1970, 1, 1) + timedelta(days=row["day"]): row["n"] for row in rows}
    return {day: n for day, n in sorted(found.items()) if first <= day <= last}
