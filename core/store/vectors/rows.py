"""The vault's rows of vectors: what has one, of which piece, and what still waits for one."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from core.memory import EmbedderId, MemoryId
from core.store import indexing
from core.store.pieces import PieceId, parted, piece_id
from core.store.vectors.table import Floats

_AT_ONCE = 20_000


def store(
    db: Database, embedder: EmbedderId, ids: Sequence[MemoryId | PieceId], vectors: Floats
) -> dict[MemoryId, int]:
    """Keep vectors; a memory whose last piece has come leaves the outbox. How many pieces each memory has.

    What was forgotten meanwhile is left out.
    """
    # in the order of the table, or its pages stay half empty
    for place in sorted(range(len(ids)), key=lambda place: parted(ids[place])):
        memory, number = parted(ids[place])
        db.execute(
            "INSERT OR REPLACE INTO vector (memory, embedder, piece, floats) SELECT ?, ?, ?, ?"
            " WHERE EXISTS (SELECT 1 FROM memory WHERE id = ?)",
            [memory, embedder, number, vectors[place].astype("<f2").tobytes(), memory],
        )
    last = dict(sorted(parted(id) for id in ids))
    counts: dict[MemoryId, int] = {}
    for memory, number in last.items():
        found = db.execute(
            "SELECT max(1, (SELECT count(*) FROM piece p WHERE p.seq = m.seq)) FROM memory m WHERE m.id = ?", [memory]
        ).fetchone()
        if found is None:
            continue
        count = counts[memory] = int(found[0])
        if number + 1 < count:
            db.execute("UPDATE outbox SET piece = max(piece, ?) WHERE memory = ?", [number + 1, memory])
        else:
            db.execute("DELETE FROM outbox WHERE memory = ?", [memory])
            db.execute("DELETE FROM vector WHERE memory = ? AND embedder = ? AND piece >= ?", [memory, embedder, count])
    return counts


def load(db: Database, embedder: EmbedderId, dimensions: int) -> tuple[list[PieceId], NDArray[np.float16]]:
    """All vectors of one embedder from the vault; those of another size are left out.

    Many rows come as one: SQLite joins their bytes as if they were text, which it does not look into. A step for each
    row would give Python's lock back 100,000 times while the window is being built.
    """
    ids: list[PieceId] = []
    parts: list[NDArray[np.float16]] = []
    last: tuple[str, int] = ("", -1)
    while True:
        found = db.execute(
            "SELECT group_concat(memory), group_concat(piece),"
            " CAST(group_concat(CAST(floats AS TEXT), '') AS BLOB) FROM (SELECT memory, piece, floats FROM vector"
            " WHERE (memory, piece) > (?, ?) AND embedder = ? AND length(floats) = ?"
            " ORDER BY memory, piece LIMIT ?)",
            [*last, embedder, 2 * dimensions, _AT_ONCE],
        ).fetchone()
        if found[0] is None:
            break
        memories, pieces = found[0].split(","), [int(piece) for piece in found[1].split(",")]
        ids += [piece_id(MemoryId(id), piece) for id, piece in zip(memories, pieces, strict=True)]
        parts.append(np.frombuffer(found[2], dtype="<f2").reshape(len(memories), dimensions))
        last = memories[-1], pieces[-1]
    return ids, np.concatenate(parts) if parts else np.empty((0, dimensions), dtype=np.float16)


def waiting(db: Database, limit: int) -> list[tuple[PieceId, str]]:
    """(id, text to embed) of pieces whose vector is still to come, those of the newest memories first.

    A caption belongs to what was said, with its first piece; the speaker's name does not go in (recall@10 .42 with
    it, .61 without).
    """
    rows = list(
        db.query(
            "SELECT m.seq AS seq, m.id AS id, m.text AS text, m.caption AS caption, o.piece AS piece"
            " FROM outbox o JOIN memory m ON m.id = o.memory ORDER BY o.seq DESC LIMIT ?",
            [limit],
        )
    )
    found: list[tuple[PieceId, str]] = []
    for pieces in _texts(db, rows):
        found += pieces
        if len(found) >= limit:
            break
    return found[:limit]


def _texts(db: Database, rows: Sequence[dict[str, Any]]) -> Iterator[list[tuple[PieceId, str]]]:
    """Of each row (seq, id, text, caption, first piece wanted) its pieces with what is embedded of them."""
    ranges = indexing.ranges(db, [row["seq"] for row in rows])
    for row in rows:
        found: list[tuple[PieceId, str]] = []
        for number, (begin, end) in enumerate(ranges.get(row["seq"], ((0, len(row["text"])),))):
            if number >= row["piece"]:
                parts = (row["text"][begin:end], row["caption"] if number == 0 else "")
                found.append((piece_id(row["id"], number), "\n".join(part for part in parts if part)))
        yield found


def unchanged(db: Database, read: Sequence[tuple[MemoryId | PieceId, str]]) -> list[int]:
    """The places of those of these (piece, text to embed) that still say so: neither edited nor forgotten since."""
    whose = list(dict.fromkeys(parted(id)[0] for id, _ in read))
    rows = db.query(
        "SELECT seq, id, text, caption, 0 AS piece FROM memory WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(whose)],
    )
    now = dict(piece for pieces in _texts(db, list(rows)) for piece in pieces)
    return [place for place, (id, text) in enumerate(read) if now.get(PieceId(MemoryId(id))) == text]


def count_waiting(db: Database) -> int:
    """How many memories have no vector yet, or not of every piece."""
    return int(db.execute("SELECT count(*) FROM outbox").fetchone()[0])


def requeue_all(db: Database, embedder: EmbedderId) -> None:
    """Drop the vectors of other embedders and queue every memory that has none of this one."""
    db.execute("DELETE FROM vector WHERE embedder != ?", [embedder])
    db.execute(
        "INSERT OR REPLACE INTO outbox (seq, memory, piece) SELECT seq, id, 0 FROM memory"
        " WHERE kind != 'secret' AND (text != '' OR caption != '')"
        " AND NOT EXISTS (SELECT 1 FROM vector v WHERE v.memory = memory.id AND v.embedder = ?)",
        [embedder],
    )


_EMBEDDED = "kind != 'secret' AND (text != '' OR caption != '')"
_LACKS = "NOT EXISTS (SELECT 1 FROM vector v WHERE v.memory = m.id AND v.embedder = :embedder)"


def lacking(db: Database, embedder: EmbedderId, below: int, limit: int) -> tuple[list[tuple[PieceId, str]], int]:
    """(piece, text to embed) of `limit` memories saved before seq `below` without a vector of this embedder, newest
    first, each with all its pieces, and the least seq among them (0 when there are none)."""
    rows = list(
        db.query(
            f"SELECT m.seq AS seq, m.id AS id, m.text AS text, m.caption AS caption, 0 AS piece FROM memory m"
            f" WHERE {_EMBEDDED} AND m.seq < :below AND {_LACKS} ORDER BY m.seq DESC LIMIT :limit",
            {"embedder": embedder, "below": below, "limit": limit},
        )
    )
    return [piece for pieces in _texts(db, rows) for piece in pieces], min((row["seq"] for row in rows), default=0)


def count_lacking(db: Database, embedder: EmbedderId) -> int:
    """How many memories have no vector of this embedder."""
    found = db.execute(f"SELECT count(*) FROM memory m WHERE {_EMBEDDED} AND {_LACKS}", {"embedder": embedder})
    return int(found.fetchone()[0])


def store_ahead(db: Database, embedder: EmbedderId, ids: Sequence[PieceId], vectors: Floats) -> None:
    """Keep vectors of an embedder that is not in use yet; what waits for the present one goes on waiting."""
    for id, vector in zip(ids, vectors, strict=True):
        memory, number = parted(id)
        db.execute(
            "INSERT OR REPLACE INTO vector (memory, embedder, piece, floats) SELECT ?, ?, ?, ?"
            " WHERE EXISTS (SELECT 1 FROM memory WHERE id = ?)",
            [memory, embedder, number, vector.astype("<f2").tobytes(), memory],
        )


def drop_all(db: Database, embedder: EmbedderId) -> None:
    """Drop every vector of one embedder."""
    db.execute("DELETE FROM vector WHERE embedder = ?", [embedder])
