"""Texts to vectors: the embedder as the rest of Mneme knows it, and the one that llama.cpp runs in a child."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import ChildDied, ModelProblem
from core.inference.child import Child, Json, Limits
from core.inference.header import check_gguf
from core.inference.prefixes import prefixes_of
from core.inference.threads import threads
from core.memory import EmbedderId
from core.paths import BUNDLED_EMBEDDER
from core.urgency import Urgency

_LONGEST_TEXT = 16_000
"""Characters; far more than any embedder's context, and little enough to be tokenised at once."""
_CHARACTERS_AT_ONCE = 300
_TEXTS_AT_ONCE = 8
_TIMEOUT_S = 30.0
_MOST_THREADS = 2


class Embedder(Protocol):
    """What gives texts their vectors."""

    @property
    def id(self) -> EmbedderId:
        """Which model, to the byte; every vector carries it."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str], urgency: Urgency) -> NDArray[np.float32]:
        """The texts' vectors, (n, d) float32, unit length. ModelProblem, ChildDied, Missing, Cancelled."""

    def close(self) -> None:
        """End it."""


class LlamaEmbedder:
    """A GGUF embedder in a child process, started by `start` or the first call and kept warm.

    Texts go in small requests, and a question interrupts the one that is being read. An import computes on two
    threads, everything else on one. A child that dies costs one more try.
    """

    def __init__(
        self,
        path: Path = BUNDLED_EMBEDDER,
        *,
        memory_mb: int | None = None,
        on_death: Callable[[str], None] | None = None,
    ) -> None:
        facts = check_gguf(path)
        if not facts.is_embedder:
            raise ModelProblem("This model is not an embedder.", "Choose one such as all-MiniLM-L6-v2.")
        self.id = embedder_id(path)
        self.dimensions = facts.width
        self._prefixes = prefixes_of(facts.name, path.stem)
        self._child = Child(
            "core.inference.embedder_child",
            name="embedder",
            limits=Limits(memory_mb=memory_mb),
            hello={"path": str(path)},
            on_death=on_death,
        )

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._child.alive

    @property
    def pid(self) -> int | None:
        """Its process, when it runs."""
        return self._child.pid

    def start(self) -> None:
        """Load the model ahead of the first text. Missing, ModelProblem, ChildDied."""
        said = self._child.start().get("dimensions")
        if said != self.dimensions:
            self._child.close()
            raise ModelProblem("The embedder's vectors are not as long as its file says.", "Choose another.")

    def embed(self, texts: Sequence[str], urgency: Urgency) -> NDArray[np.float32]:
        """The texts' vectors; see Embedder. What is urgent as a question gets the model's mark for questions."""
        prefix = self._prefixes.question if urgency is Urgency.QUESTION else self._prefixes.text
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        done = 0
        for batch in _batches([prefix + text for text in texts] if prefix else texts):
            vectors[done : done + len(batch)] = self._embed(batch, urgency)
            done += len(batch)
        return vectors

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def _embed(self, texts: list[str], urgency: Urgency) -> NDArray[np.float32]:
        request: dict[str, Json] = {"do": "embed", "texts": list(texts), "threads": _threads(urgency)}
        try:
            _, blob = self._child.call(request, timeout_s=_TIMEOUT_S, urgency=urgency)
        except ChildDied:
            _, blob = self._child.call(request, timeout_s=_TIMEOUT_S, urgency=urgency)
        if len(blob) != len(texts) * self.dimensions * 4:
            raise ModelProblem("The embedder answered with something else.", "Choose another in Settings.")
        return np.frombuffer(blob, np.float32).reshape(len(texts), self.dimensions)


def _threads(urgency: Urgency) -> int:
    """An import that somebody waits for may have two cores; a question is short, upkeep stays out of the way."""
    return min(_MOST_THREADS, threads()) if urgency is Urgency.CAPTURE else 1


def embedder_id(path: Path) -> EmbedderId:
    """A readable name and the beginning of the file's SHA-256."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return EmbedderId(f"{re.sub(r'[^a-z0-9._]+', '-', path.stem.lower())}:{digest[:12]}")


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    characters = 0
    for text in texts:
        cut = text[:_LONGEST_TEXT]
        if batch and (len(batch) == _TEXTS_AT_ONCE or characters + len(cut) > _CHARACTERS_AT_ONCE):
            yield batch
            batch, characters = [], 0
        batch.append(cut)
        characters += len(cut)
    if batch:
        yield batch
