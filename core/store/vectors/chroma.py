"""The only chromadb: ids and vectors in one collection a kind, disposable, never the truth."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import BadInput, Problem
from core.memory import Kind, MemoryId
from core.store.vectors.table import Floats

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

HNSW: "CreateHNSWConfiguration" = {"space": "cosine", "ef_construction": 128, "max_neighbors": 16, "num_threads": 1}
"""One thread: the index is built beside a person at work."""
EF_SEARCH = 128
"""From the sweep of `mneme bench load`: 0.999 of the exact answer, and hardly slower than less. A collection that
lives keeps what it was made with."""
_BATCH = 1000


class IndexBroken(Problem):
    """Chroma refused or lost something; the caller answers by exact scan and builds anew."""


class ChromaIndex:
    """Nearest vectors through Chroma, in memory, in a folder of this generation, or on a server."""

    def __init__(
        self, client: "ClientAPI", folder: Path | None = None, mark: str = "", ef_search: int = EF_SEARCH
    ) -> None:
        self._client = client
        self._hnsw: CreateHNSWConfiguration = {**HNSW, "ef_search": ef_search}
        self._folder = folder
        self.mark = mark or secrets.token_hex(6)
        self._collections: dict[Kind, Collection] = {}
        self._kinds: dict[MemoryId, Kind] = {}
        """Chroma refuses a whole query for one id that a collection does not have."""
        if mark:
            with _ours():
                names = {found.name for found in client.list_collections()}
                for kind in (kind for kind in Kind if self._name(kind) in names):
                    collection = client.get_collection(self._name(kind), embedding_function=None)
                    self._collections[kind] = collection
                    self._kinds |= {MemoryId(id): kind for id in collection.get(include=[])["ids"]}

    def _name(self, kind: Kind) -> str:
        return f"{kind.value}.turn.{self.mark}"

    @property
    def folder(self) -> Path | None:
        """Where this generation lies, when it lies on disk."""
        return self._folder

    def _collection(self, kind: Kind) -> "Collection":
        if kind not in self._collections:
            self._collections[kind] = self._client.create_collection(
                self._name(kind), embedding_function=None, configuration={"hnsw": self._hnsw.copy()}
            )
        return self._collections[kind]

    def put(self, kinds: Sequence[Kind], ids: Sequence[MemoryId], vectors: Floats) -> None:
        """Add or replace vectors (n, d); only finite ones are taken."""
        finite = np.isfinite(vectors).all(axis=1) & (np.abs(vectors).sum(axis=1) > 0)
        for kind in dict.fromkeys(kinds):
            rows = [i for i, k in enumerate(kinds) if k is kind and finite[i]]
            for start in range(0, len(rows), _BATCH):
                part = rows[start : start + _BATCH]
                with _ours():
                    self._collection(kind).upsert(
                        ids=[ids[i] for i in part], embeddings=np.ascontiguousarray(vectors[part])
                    )
                self._kinds |= {ids[i]: kind for i in part}

    def remove(self, ids: Sequence[MemoryId]) -> None:
        """Take vectors out; ids it does not have are passed over."""
        for kind, collection in self._collections.items():
            here = [id for id in ids if self._kinds.get(id) is kind]
            for start in range(0, len(here), _BATCH):
                with _ours():
                    collection.delete(ids=list(here[start : start + _BATCH]))
        for id in ids:
            self._kinds.pop(id, None)

    def count(self, ids: Sequence[MemoryId] | None = None) -> int:
        """How many vectors it holds, of these ids or of all; asked of Chroma, not of our own list."""
        with _ours():
            if ids is None:
                return sum(collection.count() for collection in self._collections.values())
            return sum(
                len(collection.get(ids=list(ids[start : start + _BATCH]), include=[])["ids"])
                for collection in self._collections.values()
                for start in range(0, len(ids), _BATCH)
            )

    def search(self, vector: Floats, k: int, within: Sequence[MemoryId] | None = None) -> list[tuple[MemoryId, float]]:
        """(id, cosine) of the nearest, best first, about k of them over all kinds."""
        if not np.isfinite(vector).all():
            raise BadInput("The question's vector is not a number.", "This is a mistake in Mneme.")
        found: list[tuple[MemoryId, float]] = []
        for kind, collection in self._collections.items():
            here = None if within is None else [id for id in within if self._kinds.get(id) is kind]
            if here == []:
                continue
            with _ours():
                answer = collection.query(
                    query_embeddings=vector[np.newaxis, :],
                    n_results=k if here is None else min(k, len(here)),
                    ids=None if here is None else list(here),
                    include=["distances"],
                )
            distances = answer["distances"] or [[]]
            found += [
                (MemoryId(id), 1.0 - float(distance))
                for id, distance in zip(answer["ids"][0], distances[0], strict=True)
            ]
        return sorted(found, key=lambda hit: -hit[1])[:k]

    def settle(self) -> Path | None:
        """Close a generation on disk so that it can be opened again; its folder."""
        with suppress(IndexBroken), _ours():
            self._client.close()  # type: ignore[attr-defined]  # the protocol lacks it, every client has it
        self._collections.clear()
        return self._folder

    def close(self) -> None:
        """Drop the collections; on disk the generation's folder goes with them."""
        for collection in self._collections.values():
            with suppress(IndexBroken), _ours():
                self._client.delete_collection(collection.name)
        self._collections.clear()
        if self._folder is not None:
            with suppress(IndexBroken), _ours():
                self._client.close()  # type: ignore[attr-defined]
            shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def _ours() -> Iterator[None]:
    """Turns whatever Chroma raises into IndexBroken: its Rust core raises plain exceptions and panics alike."""
    try:
        yield
    except (Problem, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise IndexBroken("The meaning index failed.", "It is being built anew; answers go on.") from error


def in_memory(ef_search: int = EF_SEARCH) -> ChromaIndex:
    """An index that never touches the disk."""
    return ChromaIndex(_chromadb().EphemeralClient(settings=_quiet()), ef_search=ef_search)


def on_disk(folder: Path) -> ChromaIndex:
    """A new, empty generation in a folder of its own below `folder` (0700)."""
    generation = folder / secrets.token_hex(8)
    folder.mkdir(mode=0o700, exist_ok=True)
    generation.mkdir(mode=0o700)
    with _ours():
        return ChromaIndex(_chromadb().PersistentClient(path=str(generation), settings=_quiet()), generation)


def reopened(folder: Path, mark: str) -> ChromaIndex:
    """A generation that was settled and whose manifest still holds."""
    with _ours():
        return ChromaIndex(_chromadb().PersistentClient(path=str(folder), settings=_quiet()), folder, mark)


def on_server(address: str) -> ChromaIndex:
    """Collections of our own on a Chroma server at host:port. Raises BadInput when it does not answer."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise BadInput(f"{address!r} is not host:port.", "Set store.vectors_server, or store.vectors to memory.")
    try:
        with _ours():
            return ChromaIndex(_chromadb().HttpClient(host=host, port=int(port), settings=_quiet()))
    except IndexBroken as error:
        raise BadInput(f"No Chroma server answers at {address}.", "Start it, or set store.vectors.") from error


def sweep(folder: Path, keep: Path | None = None) -> None:
    """Remove generations left by other runs: they cannot be trusted after an unclean end."""
    if folder.is_dir():
        for old in folder.iterdir():
            if old != keep:
                shutil.rmtree(old, ignore_errors=True)


def manifest(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a generation by its relative name."""
    return {str(path.relative_to(folder)): _sha256(path) for path in sorted(_files(folder))}


def _files(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root) / name for name in names)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _chromadb() -> Any:
    # Imported here: it costs a second and 60 MB, which a command that answers by exact scan need not pay.
    import chromadb

    return chromadb


def _quiet() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)
