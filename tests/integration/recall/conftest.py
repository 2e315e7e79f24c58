"""A vault with a few made conversations, the bundled embedder and the index, as a host has them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.events import Events, MemoriesForgotten, MemoriesSaved
from core.inference.embedder import LlamaEmbedder
from core.inference.wordpiece import count
from core.memory import Draft, Kind, MemoryId, Recalled
from core.paths import ProfilePaths
from core.recall import Recaller
from core.settings import Recall, Store
from core.store import memories
from core.store.vault import Vault
from core.store.vectors import Vectors, rows
from core.urgency import Urgency
from tests.made import open_vault

NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


@dataclass
class Kept:
    """An open store that one can keep things in and ask."""

    vault: Vault
    events: Events
    vectors: Vectors
    embedder: LlamaEmbedder
    recaller: Recaller

    def keep(self, drafts: Sequence[Draft]) -> tuple[MemoryId, ...]:
        """Save and embed."""
        saved = memories.save(self.vault, drafts, NOW)
        with self.vault.read() as db:
            waiting = rows.waiting(db, 10_000)
        if waiting:
            ids = [id for id, _ in waiting]
            vectors = self.embedder.embed([text for _, text in waiting], Urgency.CAPTURE)
            self.vectors.put([Kind.EPISODIC] * len(ids), ids, vectors)
        self.events.tell(MemoriesSaved(saved.ids))
        return saved.ids

    def ask(self, question: str, **options: object) -> Recalled:
        """Recall, everything equally strong."""
        return self.recaller.recall(question, NOW, strength=lambda _: 0.5, **options)  # type: ignore[arg-type]

    def texts(self, question: str, **options: object) -> list[str]:
        """The hits' texts, best first."""
        return [hit.memory.text for hit in self.ask(question, **options).hits]

    def drop(self, ids: tuple[MemoryId, ...]) -> None:
        """Take memories out of the vault as a forget does, and tell."""
        with self.vault.write() as db:
            for id in ids:
                db.execute("DELETE FROM words WHERE rowid = (SELECT seq FROM memory WHERE id = ?)", [id])
                db.execute("DELETE FROM memory WHERE id = ?", [id])
        self.vectors.remove(ids)
        self.events.tell(MemoriesForgotten(ids))


@pytest.fixture(scope="session")
def embedder() -> Iterator[LlamaEmbedder]:
    made = LlamaEmbedder()
    yield made
    made.close()


@pytest.fixture
def kept(tmp_path: Path, embedder: LlamaEmbedder) -> Iterator[Kept]:
    folder = tmp_path / "profile"
    vault, events = open_vault(folder), Events()
    store = Store(vectors_chroma_from=0)
    vectors = Vectors(vault, ProfilePaths(folder), embedder.id, embedder.dimensions, store, events)
    recaller = Recaller(vault, events, vectors=vectors, embedder=embedder, count=count, settings=Recall())
    yield Kept(vault, events, vectors, embedder, recaller)
    recaller.close()
    vectors.close()
    vault.close()


@pytest.fixture
def without_embedder(kept: Kept) -> Iterator[Callable[[], Recaller]]:
    made: list[Recaller] = []

    def build() -> Recaller:
        made.append(Recaller(kept.vault, kept.events, vectors=None, embedder=None, count=count, settings=Recall()))
        return made[-1]

    yield build
    for recaller in made:
        recaller.close()
