"""Generations of the index: made where the settings want them, and on disk used again only if nothing was changed."""

import json
from collections.abc import Sequence
from pathlib import Path

from core.memory import EmbedderId, Kind, MemoryId
from core.settings import Store
from core.store import preferences
from core.store.vault import Vault
from core.store.vectors import chroma

_NOTED = "index_generation"


def opened(
    vault: Vault, folder: Path, settings: Store, embedder: EmbedderId
) -> tuple[chroma.ChromaIndex, set[MemoryId]]:
    """An index and what it already holds: a settled generation in `folder` whose every byte is as it was left.

    Raises BadInput where no server answers, IndexBroken.
    """
    if settings.vectors == "server":
        return chroma.on_server(settings.vectors_server), set()
    if settings.vectors == "memory":
        return chroma.in_memory(), set()
    with vault.write() as db:
        kept = json.loads(preferences.noted(db, _NOTED) or "{}")
        preferences.note(db, _NOTED, None)
    last = folder / kept.get("folder", "none")
    if kept.get("embedder") == embedder and last.is_dir() and chroma.manifest(last) == kept["files"]:
        chroma.sweep(folder, keep=last)
        return chroma.reopened(last, kept["mark"]), {MemoryId(id) for id in kept["ids"]}
    chroma.sweep(folder)
    return chroma.on_disk(folder), set()


def settled(vault: Vault, index: chroma.ChromaIndex, embedder: EmbedderId, ids: Sequence[MemoryId]) -> None:
    """Close a generation on disk, which holds `ids`, and note in the vault how it was left."""
    mark = index.mark
    folder = index.settle()
    if folder is None:
        return
    files = chroma.manifest(folder)
    kept = {"folder": folder.name, "mark": mark, "embedder": embedder, "ids": list(ids), "files": files}
    with vault.write() as db:
        preferences.note(db, _NOTED, json.dumps(kept))


def kinds(vault: Vault) -> dict[MemoryId, Kind]:
    """The kind of every memory: each has a collection of its own."""
    with vault.read() as db:
        return {MemoryId(row["id"]): Kind(row["kind"]) for row in db.query("SELECT id, kind FROM memory")}
