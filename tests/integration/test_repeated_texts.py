"""What is said again word for word is read once by the embedder, and each memory has its vector."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.assistant.intake import Intake
from core.events import Events
from core.inference.embedder import LlamaEmbedder
from core.settings import Settings, Store
from core.store import memories
from core.store.vectors import Vectors
from core.urgency import Urgency
from tests.made import NOON, open_vault, turn


class Counting(LlamaEmbedder):
    """The bundled embedder; remembers what it was given."""

    def embed(self, texts: Sequence[str], urgency: Urgency) -> NDArray[np.float32]:
        self.read = [*getattr(self, "read", []), *texts]
        return super().embed(texts, urgency)


def test_a_text_that_comes_again_is_read_once_and_every_memory_has_its_vector(tmp_path: Path) -> None:
    vault, events, embedder = open_vault(tmp_path / "p"), Events(), Counting()
    said = ["ok", "Lunch at noon?", "ok", "thanks"] * 15
    ids = memories.save(vault, [turn(text, n) for n, text in enumerate(said)], NOON).ids
    vectors = Vectors(vault, vault.paths, embedder.id, embedder.dimensions, Store(), events)
    intake = Intake(vault, vectors, embedder, events, Settings)
    assert sum(intake.embed()) == len(said)
    assert sorted(embedder.read) == ["Lunch at noon?", "ok", "thanks"]
    found = vectors.of(ids)
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=0.01)
    assert np.array_equal(found[0], found[2])
    assert not np.allclose(found[0], found[1], atol=0.05)
    vectors.close()
    embedder.close()
    vault.close()
