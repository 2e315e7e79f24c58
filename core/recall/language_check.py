"""Which languages an embedding model knows: sentences must find their paraphrases among others."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.memory import EmbedderId
from core.paths import RESOURCES

_PAIRS = RESOURCES / "language_check.jsonl"
_BUNDLED = RESOURCES / "models" / "languages.json"
PASSES = 0.5
"""Share of sentences whose nearest is their paraphrase, of 24: by chance .04. The bundled English model has .98 in
English and .00 to .17 elsewhere, so anything from .2 to .9 tells the same; half right is where it begins to help."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@cache
def pairs() -> dict[str, tuple[tuple[str, str], ...]]:
    """Everyday sentences with a paraphrase in hardly any of the same words, by language."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in _PAIRS.read_text("utf-8").splitlines():
        entry = json.loads(line)
        found.setdefault(entry["language"], []).append((entry["a"], entry["b"]))
    return {language: tuple(listed) for language, listed in found.items()}


def checked(embed: Embed, language: str) -> float:
    """Share of a language's sentences whose nearest among all its paraphrases is their own, in both directions."""
    asked = pairs()[language]
    here, there = embed([a for a, _ in asked]), embed([b for _, b in asked])
    likeness = here @ there.T
    own = np.arange(len(asked))
    return float(np.mean([likeness.argmax(axis=1) == own, likeness.argmax(axis=0) == own]))


@cache
def bundled() -> dict[EmbedderId, dict[str, float]]:
    """What the check gave for the models that come with Mneme, by the id of the very file."""
    held: dict[EmbedderId, dict[str, float]] = json.loads(_BUNDLED.read_text("utf-8"))
    return held


def known(found: Mapping[str, float]) -> Callable[[str], bool]:
    """Whether a language is known, by what the check found. Without a finding all are.

    A language that is not among the checked ones goes with most of them; an untold one ("") is taken for known.
    """
    passed = {language: share >= PASSES for language, share in found.items()}
    others = 2 * sum(passed.values()) >= len(passed)
    return lambda language: not language or passed.get(language, others)
