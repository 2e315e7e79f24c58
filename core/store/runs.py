"""Sleep runs, their journal and open conflicts, as rows: what happened in each night."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from core.memory import Conflict, Entry, EntryId, Fact, MemoryId, Operation, RunId, SleepRun
from core.store.envelope import moment, new_id, offset_of


def begin(db: Database, night: str, now: datetime, lease_until: datetime | None) -> RunId:
    """A new run for this night, in state `running`."""
    run = RunId(new_id(now))
    db.execute(
        "INSERT INTO sleep_run (id, night, begins, at_offset, lease_until, state) VALUES (?, ?, ?, ?, ?, 'running')",
        [run, night, now.timestamp(), offset_of(now), lease_until.timestamp() if lease_until else None],
    )
    return run


def advance(db: Database, run: RunId, step: str, counts: dict[str, int], lease_until: datetime | None) -> None:
    """Note that `step` is done, with the run's counts until now."""
    db.execute(
        "UPDATE sleep_run SET step = ?, counts = ?, lease_until = ? WHERE id = ?",
        [step, json.dumps(counts), lease_until.timestamp() if lease_until else None, run],
    )


def resume(db: Database, run: RunId, night: str, lease_until: datetime | None) -> None:
    """Go on with a run that was cut off, cancelled or put off, for this night."""
    db.execute(
        "UPDATE sleep_run SET state = 'running', ends = NULL, night = ?, lease_until = ? WHERE id = ?",
        [night, lease_until.timestamp() if lease_until else None, run],
    )


def from_night(db: Database, night: str) -> list[SleepRun]:
    """The runs of this night and of any later one, newest first, without their entries."""
    rows = db.query("SELECT * FROM sleep_run WHERE night >= ? ORDER BY begins DESC, id DESC", [night])
    return [_run(row) for row in rows]


def unfinished(db: Database) -> list[SleepRun]:
    """The runs that took no effect as a whole and are not given up, newest first, without their entries.

    One that was cancelled is given up when a later one has taken effect.
    """
    rows = db.query(
        "SELECT * FROM sleep_run AS r WHERE state IN ('running', 'paused') OR (state = 'cancelled' AND NOT EXISTS"
        " (SELECT 1 FROM sleep_run WHERE state IN ('done', 'reverted') AND begins > r.begins))"
        " ORDER BY state = 'cancelled', begins DESC, id DESC"
    )
    return [_run(row) for row in rows]


def finish(db: Database, run: RunId, now: datetime, state: str, counts: dict[str, int]) -> None:
    """End a run as `done`, `cancelled`, `paused` (its time is up) or `reverted`."""
    db.execute(
        "UPDATE sleep_run SET ends = ?, state = ?, counts = ?, lease_until = NULL WHERE id = ?",
        [now.timestamp(), state, json.dumps(counts), run],
    )


def lease_of(db: Database, run: RunId) -> datetime | None:
    """Until when the run may be taken to be at work."""
    row = db.execute("SELECT lease_until FROM sleep_run WHERE id = ?", [run]).fetchone()
    return None if row is None or row[0] is None else moment(row[0], 0)


def runs(db: Database, limit: int = 14) -> list[SleepRun]:
    """The last runs, newest first, without their entries."""
    rows = db.query("SELECT * FROM sleep_run ORDER BY begins DESC, id DESC LIMIT ?", [limit])
    return [_run(row) for row in rows]


def run(db: Database, id: RunId) -> SleepRun | None:
    """One run with its entries."""
    rows = list(db.query("SELECT * FROM sleep_run WHERE id = ?", [id]))
    return _run(rows[0], entries(db, id)) if rows else None


def _run(row: dict[str, Any], found: Sequence[Entry] = ()) -> SleepRun:
    return SleepRun(
        id=RunId(row["id"]),
        night=row["night"],
        begins=moment(row["begins"], row["at_offset"]),
        ends=None if row["ends"] is None else moment(row["ends"], row["at_offset"]),
        step=row["step"],
        state=row["state"],
        counts=json.loads(row["counts"]),
        entries=tuple(found),
    )


def record(
    db: Database,
    run: RunId,
    step: str,
    operation: Operation,
    memory: MemoryId,
    before: dict[str, Any],
    after: dict[str, Any],
    sources: Sequence[MemoryId],
    reason: str,
) -> EntryId:
    """Write one line of the journal. `before` and `after` are columns that changed, JSON values."""
    cursor = db.execute(
        "INSERT INTO journal (run, step, operation, memory, before, after, sources, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            run,
            step,
            operation.value,
            memory,
            json.dumps(before),
            json.dumps(after),
            json.dumps(list(sources)),
            reason,
        ],
    )
    return EntryId(int(cursor.lastrowid or 0))


def entries(db: Database, run: RunId) -> list[Entry]:
    """All entries of a run, in order."""
    return [_entry(row) for row in db.query("SELECT * FROM journal WHERE run = ? ORDER BY id", [run])]


def last_entry(db: Database) -> EntryId:
    """The journal's last entry there is; 0 when it is empty."""
    return EntryId(int(db.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()[0]))


def entry(db: Database, id: EntryId) -> Entry | None:
    """One entry of the journal."""
    rows = list(db.query("SELECT * FROM journal WHERE id = ?", [id]))
    return _entry(rows[0]) if rows else None


def entries_of(db: Database, memory: MemoryId) -> list[Entry]:
    """All that any sleep did to one memory, oldest first."""
    return [_entry(row) for row in db.query("SELECT * FROM journal WHERE memory = ? ORDER BY id", [memory])]


def mark_reverted(db: Database, ids: Sequence[EntryId]) -> None:
    """Note that these entries were taken back."""
    for id in ids:
        db.execute("UPDATE journal SET reverted = 1 WHERE id = ?", [id])


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        id=EntryId(row["id"]),
        run=RunId(row["run"]),
        step=row["step"],
        operation=Operation(row["operation"]),
        memory=MemoryId(row["memory"]),
        before=json.loads(row["before"]),
        after=json.loads(row["after"]),
        sources=tuple(MemoryId(id) for id in json.loads(row["sources"])),
        reason=row["reason"],
        reverted=bool(row["reverted"]),
        forgotten=bool(row["forgotten"]),
    )


def open_conflict(db: Database, memory: MemoryId, against: MemoryId) -> None:
    """Put two values before the person; the same pair once, whatever was decided."""
    a, b = sorted((memory, against))
    db.execute("INSERT OR IGNORE INTO conflict (memory, against) VALUES (?, ?)", [a, b])


def conflicts(db: Database, state: str = "open") -> list[Conflict]:
    """Those in this state (open, settled, both) whose two sides are still there."""
    rows = db.query(
        "SELECT c.id AS id, c.memory AS memory, c.against AS against,"
        " m.subject AS s1, m.attribute AS a1, m.value AS v1, n.subject AS s2, n.attribute AS a2, n.value AS v2"
        " FROM conflict c JOIN memory m ON m.id = c.memory JOIN memory n ON n.id = c.against"
        " WHERE c.state = ? AND m.attribute IS NOT NULL AND n.attribute IS NOT NULL ORDER BY c.id",
        [state],
    )
    return [
        Conflict(
            id=row["id"],
            memory=row["memory"],
            against=row["against"],
            fact=Fact(subject=row["s1"], attribute=row["a1"], value=row["v1"]),
            other=Fact(subject=row["s2"], attribute=row["a2"], value=row["v2"]),
        )
        for row in rows
    ]


def close_conflict(db: Database, id: int, state: str) -> None:
    """What became of it: `settled` (one side holds), `both` (no contradiction after all), `open` again."""
    db.execute("UPDATE conflict SET state = ? WHERE id = ?", [state, id])
