"""The ways to the nearest vectors over the same vectors in one process: every row, codes first, Chroma by ef_search."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import psutil

from app.bench.load.made import SEED, Floats, noisy
from app.bench.row import Row, mean, percentile
from core.memory import Kind, MemoryId
from core.store.vectors import VectorSnapshot, chroma
from core.store.vectors.table import VectorTable

ASKED = 200
_EFS = (10, 16, 32, 64, 128, 256)
_SWEPT = 20_000
"""Vectors the sweep builds an index of, for each ef_search: Chroma takes another one only at creation."""
_DEPTHS = (10, 50)
_AT_ONCE = 8192
_BUILD = 1000
_MS = 1000.0
Search = Callable[[Floats, int], list[tuple[MemoryId, float]]]


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Questions (n, d) with the ids that are truly nearest, best first, as many as the greatest depth."""

    questions: Floats
    nearest: list[list[MemoryId]]


def paths(everything: VectorSnapshot, with_chroma: bool) -> Iterator[Row]:
    """Rows of each way over `everything`; of Chroma over all of it only when wanted, the sweep always."""
    count = len(everything.ids)
    asked = _asked(everything, count)
    if count <= 10 * _SWEPT:
        yield from _whole(everything, asked)
    yield from _table("every row", everything, asked, count)
    yield from _table("codes first", everything, asked, 0)
    if with_chroma:
        yield from _chroma(everything, asked, count, chroma.EF_SEARCH)
    swept = min(count, _SWEPT)
    asked = _asked(everything, swept)
    for ef in _EFS:
        yield from _chroma(everything, asked, swept, ef)


def _asked(everything: VectorSnapshot, count: int) -> _Asked:
    """Questions near some of the first `count` vectors, and the exact answer in single precision."""
    random = np.random.default_rng(SEED + 1)
    rows = random.integers(0, count, ASKED)
    questions = noisy(everything.of([everything.ids[row] for row in rows]), random)
    deepest = max(_DEPTHS)
    best = np.full((ASKED, deepest), -1.0, dtype=np.float32)
    places = np.zeros((ASKED, deepest), dtype=np.int64)
    for start in range(0, count, _AT_ONCE):
        part = everything.part(start, min(start + _AT_ONCE, count))
        both = np.hstack((best, questions @ part.T))
        at = np.hstack((places, np.broadcast_to(np.arange(start, start + len(part)), (ASKED, len(part)))))
        order = np.argsort(-both, axis=1, kind="stable")[:, :deepest]
        best, places = np.take_along_axis(both, order, axis=1), np.take_along_axis(at, order, axis=1)
    return _Asked(questions, [[everything.ids[row] for row in found] for found in places.tolist()])


def _measured(name: str, search: Search, asked: _Asked) -> Iterator[Row]:
    for depth in _DEPTHS:
        seconds, shares = [], []
        for question, nearest in zip(asked.questions, asked.nearest, strict=True):
            begun = time.perf_counter()
            found = search(question, depth)
            seconds.append(time.perf_counter() - begun)
            shares.append(len({id for id, _ in found} & set(nearest[:depth])) / depth)
        yield Row(name=f"{name}, recall@{depth} of exact", value=mean(shares), unit="share", n=ASKED, target=0.98)
        for share in (0.5, 0.95):
            row = f"{name}, p{share * 100:.0f} of the first {depth}"
            yield Row(name=row, value=percentile(seconds, share) * _MS, unit="ms", n=ASKED)


def _whole(everything: VectorSnapshot, asked: _Asked) -> Iterator[Row]:
    """The plain product in single precision."""
    matrix = everything.part(0, len(everything.ids))

    def search(question: Floats, k: int) -> list[tuple[MemoryId, float]]:
        cosines = matrix @ question
        best = np.argpartition(-cosines, k)[:k]
        return [(everything.ids[row], float(cosines[row])) for row in best[np.argsort(-cosines[best])].tolist()]

    name = f"float32 product, {len(everything.ids)}"
    yield Row(name=f"{name}, memory", value=matrix.nbytes / 2**20, unit="MB", n=1)
    yield from _measured(name, search, asked)


def _table(name: str, everything: VectorSnapshot, asked: _Asked, coded_from: int) -> Iterator[Row]:
    """Our own table, with each row looked at or with codes first."""
    count = len(everything.ids)
    name = f"{name}, {count}"
    table = VectorTable(asked.questions.shape[1], coded_from=coded_from)
    before = time.process_time()
    for start in range(0, count, _AT_ONCE):
        end = min(start + _AT_ONCE, count)
        table.put(everything.ids[start:end], everything.part(start, end))
    yield Row(name=f"{name}, built in", value=time.process_time() - before, unit="s of a core", n=1)
    yield Row(name=f"{name}, memory", value=table.nbytes / 2**20, unit="MB", n=1)
    yield from _measured(name, table.scan, asked)
    yield _saved(name, lambda id, vector: table.put([id], vector), asked)


def _chroma(everything: VectorSnapshot, asked: _Asked, count: int, ef_search: int) -> Iterator[Row]:
    name = f"Chroma, {count}, ef_search {ef_search}"
    index = chroma.in_memory(ef_search)
    held, before = psutil.Process().memory_info().rss, time.process_time()
    for start in range(0, count, _BUILD):
        end = min(start + _BUILD, count)
        index.put([Kind.EPISODIC] * (end - start), everything.ids[start:end], everything.part(start, end))
    yield Row(name=f"{name}, built in", value=time.process_time() - before, unit="s of a core", n=1)
    grown = psutil.Process().memory_info().rss - held
    yield Row(name=f"{name}, memory", value=grown / 2**20, unit="MB", n=1)
    yield from _measured(name, index.search, asked)
    yield _saved(name, lambda id, vector: index.put([Kind.EPISODIC], [id], vector), asked)
    index.close()


def _saved(name: str, put: Callable[[MemoryId, Floats], None], asked: _Asked) -> Row:
    """What it costs to take one more vector."""
    seconds: list[float] = []
    for number, vector in enumerate(asked.questions):
        begun = time.perf_counter()
        put(MemoryId(f"new {number}"), vector[np.newaxis, :])
        seconds.append(time.perf_counter() - begun)
    return Row(name=f"{name}, one more vector", value=mean(seconds) * _MS, unit="ms", n=len(seconds))
