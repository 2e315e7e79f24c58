"""Rows as a journal keeps them: taken down, put back and restored exactly, so that a sleep can be undone."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from core.memory import EntryId, MemoryId, RunId
from core.store import indexing, memories
from core.store.boxes import as_json, packed, unpacked

_LOCAL = ("seq",)


def row(db: Database, id: MemoryId) -> dict[str, Any] | None:
    """Every column of a memory but its order of saving, as JSON values, with its sources; None when it is gone."""
    rows = list(db.query("SELECT * FROM memory WHERE id = ?", [id]))
    if not rows:
        return None
    found = {name: value for name, value in rows[0].items() if name not in _LOCAL}
    found["content_key"] = bytes(found["content_key"]).hex()
    found["boxes"] = as_json(found["boxes"])
    return found | {"+sources": list(memories.sources(db, id))}


def put_back(db: Database, taken: dict[str, Any]) -> None:
    """Insert what `row` took down under the same id: row, words, place in the outbox, sources."""
    columns = {name: value for name, value in taken.items() if not name.startswith("+")}
    columns["content_key"] = bytes.fromhex(columns["content_key"])
    columns["boxes"] = packed(unpacked(columns["boxes"]))
    memories.insert_row(db, columns)
    set_sources(db, MemoryId(columns["id"]), [MemoryId(id) for id in taken.get("+sources", ())])


def take_out(db: Database, id: MemoryId) -> None:
    """Remove a derived memory and all that hangs on it. No tombstone: the next sleep may derive it again."""
    found = db.execute("SELECT seq FROM memory WHERE id = ?", [id]).fetchone()
    if found is None:
        return
    indexing.drop(db, [int(found[0])])
    for table, column in (
        ("vector", "memory"),
        ("outbox", "memory"),
        ("memory_version", "memory"),
        ("used", "memory"),
        ("source", "memory"),
        ("link", "a"),
        ("link", "b"),
        ("conflict", "memory"),
        ("conflict", "against"),
        ("memory", "id"),
    ):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", [id])


def restore(db: Database, id: MemoryId, columns: dict[str, Any], now: datetime) -> None:
    """Set columns back to what they were, whatever moves are legal; an older text takes its version with it."""
    text = {name: value for name, value in columns.items() if name in memories.CONTENT}
    rest = {name: value for name, value in columns.items() if name not in memories.CONTENT}
    if text:
        memories.change(db, id, text, now)
    if "version" in rest:
        db.execute("DELETE FROM memory_version WHERE memory = ? AND version >= ?", [id, rest["version"]])
    if rest:
        settings = ", ".join(f'"{name}" = :{name}' for name in rest)
        db.execute(f"UPDATE memory SET {settings} WHERE id = :this", rest | {"this": id})


def set_sources(db: Database, id: MemoryId, sources: Sequence[MemoryId]) -> None:
    """Let a memory rest on exactly these, in this order."""
    db.execute("DELETE FROM source WHERE memory = ?", [id])
    memories.add_sources(db, id, sources)


def unlink(db: Database, a: MemoryId, b: MemoryId, relation: str) -> None:
    """Take a link away."""
    db.execute("DELETE FROM link WHERE a = ? AND b = ? AND relation = ?", [a, b, relation])


def drop_conflict(db: Database, memory: MemoryId, against: MemoryId) -> None:
    """Take an unsettled conflict away, as if it had not been found."""
    a, b = sorted((memory, against))
    db.execute("DELETE FROM conflict WHERE memory = ? AND against = ? AND state = 'open'", [a, b])


def episode_row(db: Database, id: str) -> dict[str, Any] | None:
    """An episode's row, or None."""
    rows = list(db.query("SELECT * FROM episode WHERE id = ?", [id]))
    return dict(rows[0]) if rows else None


def put_episode_row(db: Database, id: str, columns: dict[str, Any] | None) -> None:
    """Write an episode's row as it was; None takes it away."""
    if columns is None:
        db.execute("DELETE FROM episode WHERE id = ?", [id])
        return
    names = ", ".join(columns)
    places = ", ".join(f":{name}" for name in columns)
    db.execute(f"INSERT OR REPLACE INTO episode ({names}) VALUES ({places})", columns)


def dependents(db: Database, entry: int, memory: MemoryId) -> list[dict[str, Any]]:
    """Later journal rows, not reverted, that touched this memory or speak of it."""
    mark = json.dumps(memory)
    return list(
        db.query(
            "SELECT id, run FROM journal WHERE id > ? AND reverted = 0 AND forgotten = 0"
            " AND (memory = ? OR instr(after, ?) > 0 OR instr(sources, ?) > 0) ORDER BY id",
            [entry, memory, mark, mark],
        )
    )


def nights_after(db: Database, run: RunId, first: EntryId) -> set[str]:
    """The later nights that touched what this run's entries, from `first` on, have touched."""
    rows = db.query(
        "SELECT DISTINCT s.night AS night FROM journal j JOIN sleep_run s ON s.id = j.run"
        " WHERE j.run != ?1 AND j.id > ?2 AND j.reverted = 0 AND j.forgotten = 0"
        " AND j.memory IN (SELECT memory FROM journal WHERE run = ?1 AND reverted = 0 AND forgotten = 0)",
        [run, first],
    )
    return {row["night"] for row in rows}
