"""The vault's own vectors in memory: the exact answer, and what the index is built from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from core.memory import EmbedderId, MemoryId

Floats = NDArray[np.float32]
_SCAN = 16_384
_WHOLE = 32_768
"""Rows up to which single precision is always kept (50 MB): a scan of it needs no conversion and takes a tenth."""


@dataclass(frozen=True, slots=True)
class VectorSnapshot:
    """All vectors at one moment. `matrix` is (n, d) of unit length; rows that are gone are not `alive`."""

    ids: tuple[MemoryId, ...]
    rows: dict[MemoryId, int]
    matrix: NDArray[np.floating[Any]]
    alive: NDArray[np.bool_]

    def of(self, ids: Sequence[MemoryId]) -> Floats:
        """(len(ids), d) float32; zeros where there is no vector."""
        found = np.zeros((len(ids), self.matrix.shape[1]), dtype=np.float32)
        places = [(i, self.rows[id]) for i, id in enumerate(ids) if id in self.rows]
        if places:
            into, out = zip(*places, strict=True)
            found[list(into)] = self.matrix[list(out)]
        return found


@dataclass(slots=True)
class VectorTable:
    """A growing matrix of one embedder's vectors. Safe to use from any thread."""

    dimensions: int
    _ids: list[MemoryId] = field(default_factory=list)
    _rows: dict[MemoryId, int] = field(default_factory=dict)
    _matrix: NDArray[np.floating[Any]] = field(init=False)
    _alive: NDArray[np.bool_] = field(init=False)
    _lock: RLock = field(default_factory=RLock)
    _scanned: bool = True

    def __post_init__(self) -> None:
        self._matrix = np.empty((0, self.dimensions), dtype=np.float32)
        self._alive = np.empty(0, dtype=np.bool_)

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, ids: Sequence[MemoryId], vectors: NDArray[Any]) -> None:
        """Add or replace vectors, (len(ids), d)."""
        with self._lock:
            new = [id for id in ids if id not in self._rows]
            self._grow(len(self._ids) + len(new))
            for id in new:
                self._rows[id] = len(self._ids)
                self._ids.append(id)
            places = [self._rows[id] for id in ids]
            self._matrix[places] = vectors
            self._alive[places] = True

    def remove(self, ids: Sequence[MemoryId]) -> None:
        """Zero these vectors in memory and leave them out from now on."""
        with self._lock:
            for id in ids:
                row = self._rows.pop(id, None)
                if row is not None:
                    self._alive[row] = False
                    self._matrix[row] = 0
                    self._ids[row] = MemoryId("")

    def clear(self) -> None:
        """Forget everything, as on a lock."""
        with self._lock:
            self._matrix[:] = 0
            self._ids.clear()
            self._rows.clear()
            self.__post_init__()

    def _grow(self, rows: int) -> None:
        if rows <= len(self._matrix):
            return
        room = max(1024, rows, len(self._matrix) * 3 // 2)
        matrix = np.zeros((room, self.dimensions), dtype=self._precision(rows))
        alive = np.zeros(room, dtype=np.bool_)
        matrix[: len(self._matrix)] = self._matrix
        alive[: len(self._alive)] = self._alive
        self._matrix, self._alive = matrix, alive

    def _precision(self, rows: int) -> type[np.floating[Any]]:
        return np.float32 if self._scanned or rows <= _WHOLE else np.float16

    def scanned(self, often: bool) -> None:
        """Whether this table answers itself: many vectors are kept in single precision then, else in half of it."""
        with self._lock:
            self._scanned = often
            wanted = self._precision(len(self._ids))
            if self._matrix.dtype != wanted:
                self._matrix = self._matrix.astype(wanted)

    def snapshot(self) -> VectorSnapshot:
        """What is there now; its arrays are views that a later `put` may extend but not move."""
        with self._lock:
            n = len(self._ids)
            return VectorSnapshot(tuple(self._ids), dict(self._rows), self._matrix[:n], self._alive[:n].copy())

    def of(self, ids: Sequence[MemoryId]) -> Floats:
        """(len(ids), d) float32 of these memories; zeros where there is no vector."""
        with self._lock:
            found = np.zeros((len(ids), self.dimensions), dtype=np.float32)
            places = [(i, self._rows[id]) for i, id in enumerate(ids) if id in self._rows]
            if places:
                into, out = zip(*places, strict=True)
                found[list(into)] = self._matrix[list(out)]
            return found

    def scan(self, vector: Floats, k: int, within: Sequence[MemoryId] | None = None) -> list[tuple[MemoryId, float]]:
        """The exact k nearest by cosine, best first. `vector`: (d,) of unit length."""
        with self._lock:
            if within is not None:
                rows = np.array([self._rows[id] for id in within if id in self._rows], dtype=np.int64)
                similarities = self._matrix[rows].astype(np.float32, copy=False) @ vector
            else:
                rows = np.flatnonzero(self._alive[: len(self._ids)])
                similarities = np.empty(len(self._ids), dtype=np.float32)
                for start in range(0, len(self._ids), _SCAN):
                    part = self._matrix[start : min(start + _SCAN, len(self._ids))]
                    similarities[start : start + len(part)] = part.astype(np.float32, copy=False) @ vector
                similarities = similarities[rows]
            if not len(rows):
                return []
            k = min(k, len(rows))
            best = np.argpartition(-similarities, k - 1)[:k]
            best = best[np.argsort(-similarities[best], kind="stable")]
            return [(self._ids[rows[i]], float(similarities[i])) for i in best]


def store(db: Database, embedder: EmbedderId, ids: Sequence[MemoryId], vectors: Floats) -> None:
    """Keep vectors in the vault and take their memories out of the outbox."""
    for id, vector in zip(ids, vectors, strict=True):
        db.execute(
            "INSERT OR REPLACE INTO vector (memory, embedder, floats) SELECT ?, ?, ?"
            " WHERE EXISTS (SELECT 1 FROM memory WHERE id = ?)",
            [id, embedder, vector.astype("<f2").tobytes(), id],
        )
        db.execute("DELETE FROM outbox WHERE memory = ?", [id])


def load(db: Database, embedder: EmbedderId, dimensions: int) -> tuple[list[MemoryId], NDArray[np.float16]]:
    """All vectors of one embedder from the vault; those of another size are left out."""
    ids: list[MemoryId] = []
    floats: list[bytes] = []
    for id, blob in db.execute("SELECT memory, floats FROM vector WHERE embedder = ?", [embedder]):
        if len(blob) == 2 * dimensions:
            ids.append(MemoryId(id))
            floats.append(blob)
    matrix = np.frombuffer(b"".join(floats), dtype="<f2").reshape(len(ids), dimensions)
    return ids, matrix


def waiting(db: Database, limit: int) -> list[tuple[MemoryId, str]]:
    """(id, text to embed) of memories whose vector is still to come, newest first.

    A caption belongs to what was said; the speaker's name does not go in (recall@10 .42 with it, .61
    without).
    """
    rows = db.query(
        "SELECT m.id AS id, m.text AS text, m.caption AS caption FROM outbox o JOIN memory m ON m.id = o.memory"
        " ORDER BY o.seq DESC LIMIT ?",
        [limit],
    )
    return [(MemoryId(r["id"]), "\n".join(part for part in (r["text"], r["caption"]) if part)) for r in rows]


def count_waiting(db: Database) -> int:
    """How many memories have no vector yet."""
    return int(db.execute("SELECT count(*) FROM outbox").fetchone()[0])


def requeue_all(db: Database, embedder: EmbedderId) -> None:
    """Drop the vectors of other embedders and queue every memory that has none of this one."""
    db.execute("DELETE FROM vector WHERE embedder != ?", [embedder])
    db.execute(
        "INSERT OR REPLACE INTO outbox (seq, memory) SELECT seq, id FROM memory"
        " WHERE kind != 'secret' AND (text != '' OR caption != '')"
        " AND NOT EXISTS (SELECT 1 FROM vector v WHERE v.memory = memory.id AND v.embedder = ?)",
        [embedder],
    )
