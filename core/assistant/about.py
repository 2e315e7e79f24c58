"""What a text is about by its meaning: how near it lies to made-up sentences of health, money, love and none."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.embedder import Embedder
from core.memory import Sensitivity
from core.paths import RESOURCES
from core.sentences import pieces
from core.store import preferences
from core.store.vault import Vault
from core.urgency import Urgency

_EXAMPLES = RESOURCES / "private_examples.json"
_KEPT = "private_weights"
_PRIVATE = (Sensitivity.HEALTH, Sensitivity.MONEY, Sensitivity.LOVE)
EVERYTHING = frozenset(Sensitivity) - {Sensitivity.NONE}
_RIDGE = 0.3
"""Of the regression; from .3 to 3 it makes little difference."""
_PRIVATE_FROM = -0.1
"""-1 for nothing private, 1 for private: below the middle, so that it errs towards holding back."""
_PIECE = 30
"""Characters read at once, at least: beside two harmless sentences a private one does not show."""
_READ_AT_MOST = 20_000
_REMEMBERED = 10_000

Floats = NDArray[np.float32]


@dataclass(slots=True)
class About:
    """Tells what texts are about, with the embedder that reads memories. `knows`: whether it knows a language.

    Ridge regression of four marks (private at all, and each sort of it) on the vectors of the example sentences, each
    sort weighing as much as all others. The weights are kept in the vault beside the id of their embedder. What a
    text was told to be about is remembered by the text's hash.
    """

    vault: Vault
    embedder: Embedder | None
    knows: Callable[[str], bool]
    _weights: Floats | None = field(default=None, init=False)
    _told: dict[bytes, frozenset[Sensitivity]] = field(default_factory=dict, init=False)

    def __call__(self, text: str, language: str) -> frozenset[Sensitivity]:
        """All that a text speaks of; everything where that cannot be told.

        That is: no embedder, a language that it does not know, letters that no language was told for, a text that is
        too long. Never raises for a text.
        """
        if self.embedder is None or len(text) > _READ_AT_MOST or not self._readable(text, language):
            return EVERYTHING
        key = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        told = self._told.get(key)
        if told is None:
            try:
                told = self._read(self.embedder, text)
            except ModelProblem:
                return EVERYTHING
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told[key] = told
        return told

    def _read(self, embedder: Embedder, text: str) -> frozenset[Sensitivity]:
        read = list(_parted(text))
        if not read:
            return frozenset()
        marks = _with_one(embedder.embed(read, Urgency.QUESTION)) @ self._learnt(embedder)
        return frozenset(sort for mark in marks if mark[0] > _PRIVATE_FROM for sort in _sorts(mark[1:]))

    def _readable(self, text: str, language: str) -> bool:
        if language:
            return self.knows(language)
        letters = [sign for sign in text if sign.isalpha()]
        return self.knows("") and 2 * sum(sign > "\u024f" for sign in letters) <= len(letters)

    def _learnt(self, embedder: Embedder) -> Floats:
        if self._weights is None:
            examples = _EXAMPLES.read_bytes()
            name = f"{embedder.id} {hashlib.sha256(examples).hexdigest()}"
            with self.vault.read() as db:
                kept = json.loads(preferences.noted(db, _KEPT) or "{}")
            if kept.get("of") == name:
                self._weights = np.array(kept["weights"], dtype=np.float32)
            else:
                self._weights = _learn(embedder, json.loads(examples))
                if not self.vault.read_only:
                    with self.vault.write() as db:
                        said = json.dumps({"of": name, "weights": self._weights.tolist()})
                        preferences.note(db, _KEPT, said)
        return self._weights


def _learn(embedder: Embedder, examples: dict[str, list[str]]) -> Floats:
    """(d + 1, 4): private at all, health, money, love."""
    sorts = [sort for sort in Sensitivity if sort.value in examples]
    texts = [text for sort in sorts for text in examples[sort.value]]
    of = np.array([sort.value for sort in sorts for _ in examples[sort.value]])
    vectors = _with_one(embedder.embed(texts, Urgency.QUESTION)).astype(np.float64)
    columns = []
    for is_it in (of != Sensitivity.NONE.value, *(of == sort.value for sort in _PRIVATE)):
        weight = len(of) / 2 / np.where(is_it, is_it.sum(), (~is_it).sum())
        left = (vectors.T * weight) @ vectors + _RIDGE * np.eye(vectors.shape[1])
        columns.append(np.linalg.solve(left, (vectors.T * weight) @ np.where(is_it, 1.0, -1.0)))
    return np.stack(columns, axis=1).astype(np.float32)


def _sorts(marks: Floats) -> Iterator[Sensitivity]:
    """The likeliest, and any other that is more likely than not."""
    best = int(marks.argmax())
    yield from (sort for at, sort in enumerate(_PRIVATE) if at == best or marks[at] > 0)


def _with_one(vectors: Floats) -> Floats:
    return np.hstack([vectors, np.ones((len(vectors), 1), dtype=np.float32)])


def _parted(text: str) -> Iterator[str]:
    """Sentences, the shortest together with the next."""
    gathered = ""
    for piece in pieces(text):
        gathered = f"{gathered} {piece.whole.strip()}".strip()
        if len(gathered) >= _PIECE:
            yield gathered
            gathered = ""
    if gathered:
        yield gathered
