"""Forgetting: gone from rows, words, vectors, versions, journal, pictures and free pages, with the proof."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from core.errors import DiskFull
from core.memory import Forgotten, MediaId, Memory, MemoryId, Proof, State
from core.store import memories, tombstones, words
from core.store.backup import release_reserve
from core.store.media import Media
from core.store.vault import Vault
from core.store.vectors import Vectors

T = TypeVar("T")

_LEAST_TRACE = 12
"""Bytes; shorter pieces of text occur by chance and prove nothing."""
_PIECE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doomed:
    ids: list[MemoryId]
    derived: list[MemoryId]
    rows: list[dict[str, Any]]
    pictures: list[MediaId]
    needles: dict[str, list[bytes]]

    @property
    def everything(self) -> list[MemoryId]:
        return [*self.ids, *self.derived]


def forget(vault: Vault, media: Media, vectors: Vectors | None, ids: Sequence[MemoryId]) -> Forgotten:
    """Forget these memories and what was derived from any of them; nothing brings them back.

    What they had been derived together with goes back to `captured`, so that the next sleep reads it
    anew without them. Copies in backups and exports are not touched: the caller names them. On a full disk
    the reserve is given back first. Raises DiskFull when even that does not do, Locked, VaultProblem.
    """
    with vault.read() as db:
        doomed = _doomed(db, ids)
        before = _places(db, doomed, media, vectors)
    if not doomed.ids:
        return Forgotten()
    before |= {"pages on disk": vault.traces(_all(doomed))}
    vault.interrupt_readers()
    files = _with_room(vault, lambda: _erased(vault, doomed, media))
    media.discard(files)
    if vectors is not None:
        vectors.remove(doomed.everything)
    _with_room(vault, vault.checkpoint)
    with vault.read() as db:
        after = _places(db, doomed, media, vectors)
    after |= {"pages on disk": vault.traces(_all(doomed))}
    return Forgotten(
        forgotten=tuple(doomed.ids),
        derived=tuple(doomed.derived),
        proof=Proof(places={place: (before[place], after[place]) for place in before}),
    )


def _with_room(vault: Vault, work: Callable[[], T]) -> T:
    """The work; where the disk is too full for it, once more with the reserve given back. Raises DiskFull."""
    try:
        return work()
    except DiskFull:
        if not release_reserve(vault.paths):
            raise
        return work()


def _erased(vault: Vault, doomed: _Doomed, media: Media) -> tuple[Path, ...]:
    with vault.write() as db:
        return _erase_rows(db, doomed, media)


def _doomed(db: Database, ids: Sequence[MemoryId]) -> _Doomed:
    here = [memory.id for memory in memories.many(db, list(dict.fromkeys(ids)))]
    derived = memories.derived_from(db, here)
    rows = list(
        db.query(
            "SELECT * FROM memory WHERE id IN (SELECT value FROM json_each(?))",
            [json.dumps([*here, *derived])],
        )
    )
    return _Doomed(
        ids=here,
        derived=derived,
        rows=rows,
        pictures=_pictures_only_of(db, rows),
        needles={
            "text": _text_needles(db, rows),
            "vectors": _vector_needles(db, [*here, *derived]),
        },
    )


def _all(doomed: _Doomed) -> list[bytes]:
    return [needle for needles in doomed.needles.values() for needle in needles]


def _pictures_only_of(db: Database, rows: list[dict[str, Any]]) -> list[MediaId]:
    gone = json.dumps([row["id"] for row in rows])
    wanted = {row["picture"] for row in rows if row["picture"]}
    shared = {
        row["picture"]
        for row in db.query(
            "SELECT DISTINCT picture FROM memory WHERE picture IN (SELECT value FROM json_each(?))"
            " AND id NOT IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(wanted)), gone],
        )
    }
    return [MediaId(picture) for picture in sorted(wanted - shared)]


def _text_needles(db: Database, rows: list[dict[str, Any]]) -> list[bytes]:
    """A piece of each text that stands nowhere in what remains, to look for in the pages."""
    gone = json.dumps([row["id"] for row in rows])
    pieces = {
        text[:_PIECE]
        for row in rows
        for text in (row["text"], row["caption"])
        if len(text[:_PIECE].encode("utf-8", "replace")) >= _LEAST_TRACE
    }
    remaining = (
        {
            row["piece"]
            for row in db.query(
                "SELECT p.value AS piece FROM json_each(?) p WHERE EXISTS (SELECT 1 FROM memory m"
                " WHERE m.id NOT IN (SELECT value FROM json_each(?))"
                " AND instr(m.text || char(10) || m.caption, p.value) > 0)",
                [json.dumps(sorted(pieces)), gone],
            )
        }
        if pieces
        else set()
    )
    return [piece.encode("utf-8", "replace") for piece in sorted(pieces - remaining)]


def _vector_needles(db: Database, ids: list[MemoryId]) -> list[bytes]:
    rows = db.query("SELECT floats FROM vector WHERE memory IN (SELECT value FROM json_each(?))", [json.dumps(ids)])
    return [row["floats"][:_PIECE] for row in rows]


def _places(db: Database, doomed: _Doomed, media: Media, vectors: Vectors | None) -> dict[str, int]:
    everything = json.dumps(doomed.everything)

    def rows_of(table: str, column: str = "memory") -> int:
        found = db.execute(
            f"SELECT count(*) FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))", [everything]
        )
        return int(found.fetchone()[0])

    seqs = json.dumps([row["seq"] for row in doomed.rows])
    found = db.execute("SELECT count(*) FROM words WHERE rowid IN (SELECT value FROM json_each(?))", [seqs])
    speaking = db.execute(
        "SELECT count(*) FROM journal WHERE forgotten = 0 AND memory IN (SELECT value FROM json_each(?))",
        [everything],
    )
    return {
        "memories": rows_of("memory", "id"),
        "full text": int(found.fetchone()[0]),
        "earlier versions": rows_of("memory_version"),
        "vectors in the vault": rows_of("vector"),
        "vectors in the index": vectors.traces(doomed.everything) if vectors is not None else 0,
        "journal": int(speaking.fetchone()[0]),
        "pictures": sum(file.exists() for picture in doomed.pictures for file in media.files(picture)),
    }


def _erase_rows(db: Database, doomed: _Doomed, media: Media) -> tuple[Path, ...]:
    everything = json.dumps(doomed.everything)
    inside = "IN (SELECT value FROM json_each(?))"
    named = set(doomed.ids)
    # What fell only because its source did may be derived again from another one.
    tombstones.bury(db, (row["content_key"] for row in doomed.rows if row["id"] in named))
    _read_again(db, everything, inside)
    episodes = {row["episode"] for row in doomed.rows if row["episode"]}
    words.drop(db, [row["seq"] for row in doomed.rows])
    for table, column in (
        ("vector", "memory"),
        ("outbox", "memory"),
        ("memory_version", "memory"),
        ("source", "memory"),
        ("source", "observation"),
        ("link", "a"),
        ("link", "b"),
        ("conflict", "memory"),
        ("conflict", "against"),
    ):
        db.execute(f"DELETE FROM {table} WHERE {column} {inside}", [everything])
    _silence_journal(db, everything, inside)
    db.execute(
        f"UPDATE memory SET superseded_by = NULL, state = 'active' WHERE superseded_by {inside}"
        " AND state = 'superseded'",
        [everything],
    )
    db.execute(f"UPDATE memory SET superseded_by = NULL WHERE superseded_by {inside}", [everything])
    db.execute(f"UPDATE memory SET folded_into = NULL WHERE folded_into {inside}", [everything])
    db.execute(f"DELETE FROM memory WHERE id {inside}", [everything])
    for episode in episodes:
        db.execute(
            "DELETE FROM episode WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM memory WHERE episode = ?1)",
            [episode],
        )
        db.execute("UPDATE episode SET title = '' WHERE id = ?", [episode])
    return media.remove(db, doomed.pictures)


def _read_again(db: Database, everything: str, inside: str) -> None:
    """What was derived together with the forgotten is to be read anew by the next sleep."""
    db.execute(
        f"UPDATE memory SET state = ? WHERE state IN ('active', 'faded') AND id NOT {inside}"
        f" AND id IN (SELECT observation FROM source WHERE memory {inside})",
        [State.CAPTURED.value, everything, everything],
    )


def _silence_journal(db: Database, everything: str, inside: str) -> None:
    db.execute(
        "UPDATE journal SET before = '{}', after = '{}', reason = 'forgotten, cannot be reverted', forgotten = 1"
        f" WHERE memory {inside} OR EXISTS (SELECT 1 FROM json_each(journal.sources) s WHERE s.value {inside})",
        [everything, everything],
    )


def describe(found: Sequence[Memory]) -> str:
    """One line for the person before a forget: how many, from when to when."""
    if not found:
        return "Nothing matches."
    first, last = min(m.at for m in found), max(m.at for m in found)
    many = "1 memory" if len(found) == 1 else f"{len(found)} memories"
    return f"{many} from {first:%d %b %Y %H:%M} to {last:%d %b %Y %H:%M}"
