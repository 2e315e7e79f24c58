"""Nearest by meaning: the vault's vectors by piece, a scan of them, and Chroma where so many make it worth its cost."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from core.errors import Interrupted, Problem
from core.events import Events, IndexReady, Noticed
from core.memory import EmbedderId, Kind, MemoryId
from core.paths import ProfilePaths
from core.settings import Store
from core.store.pieces import PieceId, parted, piece_id
from core.store.vault import Vault
from core.store.vectors import chroma, generations, rows, table
from core.store.vectors.table import Floats, VectorSnapshot

__all__ = ["Floats", "VectorSnapshot", "Vectors"]

Ints = NDArray[np.int64]

_BUILD = 25
"""Vectors that Chroma is given at once: until it has taken them no other thread runs (0.5 s for a thousand)."""
_ASKED_WITHIN_S, _GIVES_WAY_S = 1.0, 0.1
_OVERFETCH = 1.5
SCANNED_UP_TO = 4096
"""As many ids as a question may be limited to and still be answered faster by looking at each of them."""
_TRIES = 5


class Vectors:
    """The vectors of one embedder in one open vault. Safe to use from any thread.

    The vault keeps the truth (half precision, table `vector`); a table of it answers, exactly or by codes first.
    Where the settings want Chroma it is built in the background and answers instead once it holds everything. A
    long text has a vector for each of its pieces; whoever asks is told of memories. Whatever answers, the caller
    joins the ids to the vault.
    """

    def __init__(
        self,
        vault: Vault,
        paths: ProfilePaths,
        embedder: EmbedderId,
        dimensions: int,
        settings: Store,
        events: Events,
    ) -> None:
        self.embedder = embedder
        self.dimensions = dimensions
        self._vault, self._paths, self._settings, self._events = vault, paths, settings, events
        self._table = table.VectorTable(dimensions)
        self._index: chroma.ChromaIndex | None = None
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._building: threading.Thread | None = None
        self._stays = False
        self._lock = threading.RLock()
        self._asked_at = -_ASKED_WITHIN_S
        self.answered = {"exact": 0, "codes": 0, "chroma": 0}
        """How often each path answered, for Health."""
        self._others: dict[MemoryId, tuple[PieceId, ...]] = {}
        """The pieces behind the first one, of memories that have such."""
        self._loaded = False

    def load(self) -> None:
        """Read all vectors from the vault, unless that is done: at the first need of them, or ahead of it."""
        with self._lock:
            if self._loaded:
                return
            ids, matrix = self._read(self.embedder, self.dimensions)
            self._table.put(ids, matrix)
            self._count(ids)
            self._loaded = True

    def _read(self, embedder: EmbedderId, dimensions: int) -> tuple[list[PieceId], NDArray[np.float16]]:
        """A forget stops what reads the vault; it is then read anew."""
        for _ in range(_TRIES - 1):
            with suppress(Interrupted), self._vault.read() as db:
                return rows.load(db, embedder, dimensions)
        with self._vault.read() as db:
            return rows.load(db, embedder, dimensions)

    def _all(self) -> table.VectorTable:
        if not self._loaded:
            self.load()
        return self._table

    def __len__(self) -> int:
        return len(self._all())

    @property
    def ready(self) -> bool:
        """Whether Chroma answers."""
        return self._ready.is_set()

    @property
    def path(self) -> str:
        """What answers a question now: `exact`, `codes` (codes first, then the exact order) or `chroma`."""
        return "chroma" if self.ready else "codes" if self._all().coded else "exact"

    def snapshot(self) -> VectorSnapshot:
        """All vectors at this moment."""
        return self._all().snapshot()

    def of(self, ids: Sequence[MemoryId]) -> Floats:
        """(len(ids), d) float32, of the first piece where there are several; zeros where there is none."""
        return self._all().of(ids)

    def nearest_of(self, ids: Sequence[MemoryId], vector: Floats) -> tuple[Floats, Ints]:
        """Of each memory the piece nearest to `vector` (d,): its vector, (len(ids), d), and number; zeros for none."""
        self.load()
        first = self._all().of(ids)
        long = [(place, self._others[id]) for place, id in enumerate(ids) if id in self._others]
        numbers = np.zeros(len(ids), dtype=np.int64)
        if not long:
            return first, numbers
        owners = np.repeat([place for place, _ in long], [len(pieces) for _, pieces in long])
        others = self._all().of([piece for _, pieces in long for piece in pieces])
        likeness = others @ vector
        order = np.lexsort((likeness, owners))
        lasts = order[np.flatnonzero(np.diff(owners[order], append=-1))]
        better = lasts[likeness[lasts] > first[owners[lasts]] @ vector]
        starts = np.searchsorted(owners, owners[better])
        first[owners[better]], numbers[owners[better]] = others[better], 1 + better - starts
        return first, numbers

    def likeness_of(self, id: MemoryId, vector: Floats) -> Floats:
        """Cosines of a memory's pieces with `vector` (d,), in their order; 0 for one without a vector."""
        return np.asarray(self._all().of(self._expanded([id])) @ vector)

    def pieces_of(self, ids: Sequence[MemoryId]) -> list[PieceId]:
        """The ids under which the vectors of these memories are kept."""
        self.load()
        return [PieceId(id) for id in self._expanded(ids)]

    def search(self, vector: Floats, k: int, within: Sequence[MemoryId] | None = None) -> list[tuple[MemoryId, float]]:
        """(id, cosine of its nearest piece) of the k nearest memories, best first; `within` limits them.

        `vector`: (d,), unit length.
        """
        if not np.isfinite(vector).all() or k < 1:
            return []
        self._asked_at = perf_counter()
        self.load()
        allowed = None if within is None else self._expanded(within)
        if not self._others:
            return self._nearest(vector, k, allowed)
        wanted = 2 * k
        while True:
            found = self._nearest(vector, wanted, allowed)
            best: dict[MemoryId, float] = {}
            for id, likeness in found:
                best.setdefault(parted(id)[0], likeness)
            if len(best) >= k or len(found) < wanted:
                return list(best.items())[:k]
            wanted *= 2

    def _nearest(self, vector: Floats, k: int, within: Sequence[MemoryId] | None) -> list[tuple[MemoryId, float]]:
        index = self._index
        few = within is not None and len(within) <= SCANNED_UP_TO
        if self._ready.is_set() and index is not None and not few:
            try:
                found = index.search(vector, int(k * _OVERFETCH), within)
                self.answered["chroma"] += 1
                return found[:k]
            except chroma.IndexBroken as problem:
                self._fail(problem)
        self.answered["codes" if within is None and self._all().coded else "exact"] += 1
        return self._all().scan(vector, k, within)

    def _expanded(self, ids: Sequence[MemoryId]) -> Sequence[MemoryId]:
        """The ids of all their pieces, the first ones first; `ids` itself where each has one."""
        more = [self._others[id] for id in ids if id in self._others] if self._others else []
        return [*ids, *chain.from_iterable(more)] if more else ids

    def _count(self, ids: Sequence[MemoryId]) -> None:
        highest: dict[MemoryId, int] = {}
        for memory, number in (parted(id) for id in ids if "#" in id):
            highest[memory] = max(highest.get(memory, len(self._others.get(memory, ()))), number)
        for memory, number in highest.items():
            self._others[memory] = tuple(piece_id(memory, n) for n in range(1, number + 1))

    def put(
        self,
        kinds: Sequence[Kind],
        ids: Sequence[MemoryId | PieceId],
        vectors: Floats,
        texts: Sequence[str] | None = None,
    ) -> None:
        """Keep new vectors of pieces: in the vault (one transaction), the matrix and the index.

        With the `texts` that were embedded those are left out that say something else by now.
        """
        vectors = table.finite(vectors)
        with self._vault.write() as db:
            if texts is not None:
                kept = rows.unchanged(db, list(zip(ids, texts, strict=True)))
                kinds, ids, vectors = [kinds[at] for at in kept], [ids[at] for at in kept], vectors[kept]
            counts = rows.store(db, self.embedder, ids, vectors)
        here = [place for place, id in enumerate(ids) if parted(id)[0] in counts]
        kinds, ids, vectors = [kinds[at] for at in here], [ids[at] for at in here], vectors[here]
        if not ids:
            return
        with self._lock:
            self.load()
            gone = [id for memory, count in counts.items() for id in self._others.get(memory, ())[count - 1 :]]
            for memory in {parted(id)[0] for id in gone}:
                self._others[memory] = self._others[memory][: counts[memory] - 1]
            self._all().remove(gone)
            self._all().put(ids, vectors)
            self._count(ids)
            if self._index is not None and self._ready.is_set():
                try:
                    self._index.remove(gone)
                    self._index.put(kinds, ids, vectors)
                except chroma.IndexBroken as problem:
                    self._fail(problem)
            elif self._stays and self._building is None and self._index is None and self._enough():
                self._start_building(0.0)

    def remove(self, ids: Sequence[MemoryId]) -> None:
        """Drop these memories' vectors from memory and index (a folder is built anew); rows go with the memory's."""
        with self._lock:
            self.load()
            pieces = self._expanded(ids)
            for id in ids:
                self._others.pop(id, None)
            self._all().remove(pieces)
            index = self._index
            if index is None:
                return
            if index.folder is None:
                try:
                    index.remove(pieces)
                    return
                except chroma.IndexBroken as problem:
                    self._fail(problem)
                    return
        self.rebuild()

    def traces(self, ids: Sequence[MemoryId | PieceId]) -> int:
        """How many of these pieces (see `pieces_of`) still have a vector in memory or in the index."""
        here = sum(1 for row in self._all().of(ids) if row.any())
        index = self._index
        return max(here, index.count(ids) if index is not None and self._ready.is_set() else 0)

    def build_in_background(self, after_s: float = 0.0) -> None:
        """Load the vectors, and build Chroma in `after_s` seconds if the settings want it for so many; returns at once.

        `ready` turns true when it holds everything. Where there are too few it begins with the one that makes them
        enough.
        """
        with self._lock:
            self._stays = True
            if self._building is not None or self._index is not None:
                return
            if self._settings.vectors == "memory":
                chroma.sweep(self._paths.index)
            self._start_building(after_s)

    def _start_building(self, after_s: float) -> None:
        self._stop.clear()
        self._building = threading.Thread(target=self._build, args=(after_s,), name="index-build", daemon=True)
        self._building.start()

    def _enough(self) -> bool:
        return self._settings.vectors != "memory" or len(self) >= self._settings.vectors_chroma_from

    def wait_until_ready(self, timeout_s: float) -> bool:
        """Whether Chroma became ready within this time."""
        return self._ready.wait(timeout_s)

    def use(self, settings: Store) -> None:
        """Let the index live elsewhere from now on."""
        self._settings = settings
        self._close_index()
        self.build_in_background()

    def become(self, embedder: EmbedderId, dimensions: int) -> None:
        """Hold another embedder's vectors from now on. Nobody may be asking or putting meanwhile."""
        self._close_index()
        ids, matrix = self._read(embedder, dimensions)
        with self._lock:
            self.embedder, self.dimensions = embedder, dimensions
            self._table.clear()
            self._others.clear()
            self._table = table.VectorTable(dimensions)
            self._table.put(ids, matrix)
            self._count(ids)
            self._loaded = True
        if self._stays:
            self.build_in_background()

    def rebuild(self) -> None:
        """Throw the index away and build a new one; exact answers until then."""
        self._close_index()
        self.build_in_background()

    def _build(self, after_s: float) -> None:
        try:
            self.load()
            with self._lock:
                if not self._enough():
                    self._building = None
                    return
            if self._stop.wait(after_s):
                return
            index, done = generations.opened(self._vault, self._paths.index, self._settings, self.embedder)
            snapshot = self._all().snapshot()
            kinds = generations.kinds(self._vault)
            while not self._stop.is_set():
                wanted = [r for r, id in enumerate(snapshot.ids) if snapshot.alive[r] and id not in done]
                for start in range(0, len(wanted), _BUILD):
                    if self._stop.is_set():
                        break
                    part = wanted[start : start + _BUILD]
                    ids = [snapshot.ids[r] for r in part]
                    begun = perf_counter()
                    index.put([kinds.get(parted(id)[0], Kind.EPISODIC) for id in ids], ids, snapshot.of(ids))
                    done.update(ids)
                    self._give_way(begun)
                with self._lock:
                    snapshot = self._all().snapshot()
                    gone = [id for id in done if id not in snapshot.rows]
                    index.remove(gone)
                    done.difference_update(gone)
                    if len(done) == len(snapshot.rows):
                        self._index = index
                        self._building = None
                        self._ready.set()
                        break
                kinds |= generations.kinds(self._vault)
            if not self._ready.is_set():
                index.close()
                return
        except Problem as problem:
            with self._lock:
                self._building = None
            self._events.tell(Noticed(problem.title, f"{problem.remedy} Exact search answers meanwhile.", True))
            return
        self._events.tell(IndexReady(len(done)))

    def _give_way(self, begun: float) -> None:
        """Leave the window as much time as the index took, and questions far more."""
        asked = begun - self._asked_at < _ASKED_WITHIN_S
        self._stop.wait(max(perf_counter() - begun, _GIVES_WAY_S if asked else 0.0))

    def _fail(self, problem: Problem) -> None:
        self._events.tell(Noticed(problem.title, problem.remedy))
        self.rebuild()

    def _close_index(self, *, settle: bool = False) -> None:
        self._stop.set()
        building = self._building
        if building is not None and building is not threading.current_thread():
            building.join()
        with self._lock:
            self._building = None
            self._ready.clear()
            index, self._index = self._index, None
        if index is not None:
            if settle and index.folder is not None:
                generations.settled(self._vault, index, self.embedder, list(self._all().snapshot().rows))
            else:
                index.close()

    def close(self) -> None:
        """Stop building, drop every vector in memory; an index on disk is left so that it can be verified."""
        self._stays = False
        self._close_index(settle=True)
        self._table.clear()
        self._others.clear()
