"""The vault's own vectors in memory: the exact answer, and what the index is built from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.memory import MemoryId
from core.store.vectors.codes import Codes

Floats = NDArray[np.float32]
Rows = NDArray[np.int16]

EVERY_ROW_UP_TO = 32_768
"""Rows up to which each is looked at (3 ms); of more, those that their codes say are near (1.5 ms at 100,000)."""
_LOOKED_AT, _LOOKED_AT_FOR_EACH = 2000, 40
"""Rows that the codes leave: they hold 0.999 of the nearest 50 among 100,000 made ones; with 1000 0.997."""
_ONE = 32_767
"""What 1.0 is kept as: cosines then differ by less than 1e-4, as in half precision, and are read ten times as fast."""
_BLOCK = 1024
"""Rows at once: as floats they stay in the processor's cache."""


def finite(vectors: NDArray[Any]) -> NDArray[Any]:
    """The same with zeros for each row that holds no number: what has no vector is judged by its words."""
    sound = np.isfinite(vectors).all(axis=1)
    return vectors if sound.all() else np.where(sound[:, None], vectors, 0).astype(vectors.dtype)


@dataclass(frozen=True, slots=True)
class VectorSnapshot:
    """All vectors at one moment. Rows that are gone are not `alive`, and zero."""

    ids: tuple[MemoryId, ...]
    rows: dict[MemoryId, int]
    alive: NDArray[np.bool_]
    _whole: Rows

    def part(self, begin: int, end: int) -> Floats:
        """The vectors of rows `begin` to `end`, (n, d) of unit length."""
        return _floats(self._whole[begin:end])

    def of(self, ids: Sequence[MemoryId]) -> Floats:
        """(len(ids), d) float32; zeros where there is no vector."""
        return _chosen(self._whole, self.rows, ids)


@dataclass(slots=True)
class VectorTable:
    """A growing matrix of one embedder's unit vectors. Safe to use from any thread."""

    dimensions: int
    coded_from: int = EVERY_ROW_UP_TO
    """More rows than this are searched by their codes first."""
    _ids: list[MemoryId] = field(default_factory=list)
    _rows: dict[MemoryId, int] = field(default_factory=dict)
    _whole: Rows = field(init=False)
    _alive: NDArray[np.bool_] = field(init=False)
    _codes: Codes | None = None
    _lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        self._whole = np.empty((0, self.dimensions), dtype=np.int16)
        self._alive = np.empty(0, dtype=np.bool_)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def coded(self) -> bool:
        """Whether a search goes by codes first."""
        return self._codes is not None

    @property
    def nbytes(self) -> int:
        """What its arrays hold."""
        return self._whole.nbytes + self._alive.nbytes + (0 if self._codes is None else self._codes.nbytes)

    def put(self, ids: Sequence[MemoryId], vectors: NDArray[Any]) -> None:
        """Add or replace vectors, (len(ids), d) of unit length."""
        with self._lock:
            new = [id for id in ids if id not in self._rows]
            self._grow(len(self._ids) + len(new))
            for id in new:
                self._rows[id] = len(self._ids)
                self._ids.append(id)
            places = np.array([self._rows[id] for id in ids], dtype=np.int64)
            floats = np.empty((min(_BLOCK, len(ids)), self.dimensions), dtype=np.float32)
            for start in range(0, len(ids), _BLOCK):
                at = places[start : start + _BLOCK]
                part = floats[: len(at)]
                part[:] = finite(vectors[start : start + _BLOCK])
                if self._codes is not None:
                    self._codes.put(at, part)
                part *= _ONE
                np.clip(np.rint(part, out=part), -_ONE, _ONE, out=part)
                self._whole[_together(at)] = part
            self._alive[places] = True
            if self._codes is None and len(self._ids) > self.coded_from:
                self._codes = self._coded()

    def remove(self, ids: Sequence[MemoryId]) -> None:
        """Zero these vectors in memory and leave them out from now on."""
        with self._lock:
            for id in ids:
                row = self._rows.pop(id, None)
                if row is not None:
                    self._alive[row] = False
                    self._whole[row] = 0
                    self._ids[row] = MemoryId("")
                    if self._codes is not None:
                        self._codes.clear(row)

    def clear(self) -> None:
        """Forget everything, as on a lock."""
        with self._lock:
            self._whole[:] = 0
            self._ids.clear()
            self._rows.clear()
            if self._codes is not None:
                self._codes.wipe()
                self._codes = None
            self.__post_init__()

    def _grow(self, rows: int) -> None:
        if rows <= len(self._whole):
            return
        room = rows + max(1024, rows // 8)
        whole = np.zeros((room, self.dimensions), dtype=np.int16)
        alive = np.zeros(room, dtype=np.bool_)
        whole[: len(self._whole)] = self._whole
        alive[: len(self._alive)] = self._alive
        self._whole, self._alive = whole, alive
        if self._codes is not None:
            self._codes.grow(room)

    def _coded(self) -> Codes:
        """The codes of all rows, around their mean."""
        codes = Codes(self.dimensions)
        n = len(self._ids)
        blocks = [slice(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK)]
        total = np.zeros(self.dimensions, dtype=np.float32)
        for block in blocks:
            total += _floats(self._whole[block]).sum(axis=0)
        codes.begin(total / np.float32(max(1, len(self._rows))), len(self._whole))
        for block in blocks:
            codes.put(block, _floats(self._whole[block]))
        return codes

    def snapshot(self) -> VectorSnapshot:
        """What is there now; its rows are a view that a later `put` may extend but not move."""
        with self._lock:
            n = len(self._ids)
            return VectorSnapshot(tuple(self._ids), dict(self._rows), self._alive[:n].copy(), self._whole[:n])

    def of(self, ids: Sequence[MemoryId]) -> Floats:
        """(len(ids), d) float32 of these memories; zeros where there is no vector."""
        with self._lock:
            return _chosen(self._whole, self._rows, ids)

    def scan(self, vector: Floats, k: int, within: Sequence[MemoryId] | None = None) -> list[tuple[MemoryId, float]]:
        """The k nearest by cosine, best first. `vector`: (d,) of unit length.

        Exact among up to `coded_from` rows; of more, the exact order of those that their codes leave.
        """
        with self._lock:
            alive = self._alive[: len(self._ids)]
            if within is None:
                rows = np.flatnonzero(alive)
            else:
                rows = np.array([self._rows[id] for id in within if id in self._rows], dtype=np.int64)
            if self._codes is not None and len(rows) > self.coded_from:
                among = np.zeros(len(alive), dtype=np.bool_)
                among[rows] = True
                rows = self._codes.nearest(vector, max(_LOOKED_AT, _LOOKED_AT_FOR_EACH * k), among)
            if not len(rows):
                return []
            together = within is None and len(rows) == len(alive)
            similarities = self._similarities(rows, vector, together)
            k = min(k, len(rows))
            best = np.argpartition(-similarities, k - 1)[:k]
            best = best[np.argsort(-similarities[best], kind="stable")]
            return [(self._ids[rows[i]], float(similarities[i])) for i in best]

    def _similarities(self, rows: NDArray[np.int64], vector: Floats, together: bool) -> Floats:
        """(len(rows),) cosines; `together`: the rows are all there are, in their order."""
        scaled = vector.astype(np.float32) / np.float32(_ONE)
        found = np.empty(len(rows), dtype=np.float32)
        floats = np.empty((min(_BLOCK, len(rows)), self.dimensions), dtype=np.float32)
        for start in range(0, len(rows), _BLOCK):
            out = found[start : start + _BLOCK]
            part = floats[: len(out)]
            part[:] = self._whole[start : start + len(out)] if together else self._whole[rows[start : start + _BLOCK]]
            np.dot(part, scaled, out=out)
        return found


def _together(places: NDArray[np.int64]) -> NDArray[np.int64] | slice:
    """The same places as a slice where they follow each other: it is written far faster."""
    first, last = int(places[0]), int(places[-1])
    follow = last - first == len(places) - 1 and bool((np.diff(places) == 1).all())
    return slice(first, last + 1) if follow else places


def _floats(whole: Rows) -> Floats:
    return whole.astype(np.float32) / np.float32(_ONE)


def _chosen(whole: Rows, rows: dict[MemoryId, int], ids: Sequence[MemoryId]) -> Floats:
    found = np.zeros((len(ids), whole.shape[1]), dtype=np.float32)
    places = [(i, rows[id]) for i, id in enumerate(ids) if id in rows]
    if places:
        into, out = zip(*places, strict=True)
        found[list(into)] = _floats(whole[list(out)])
    return found
