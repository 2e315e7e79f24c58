"""How much neighbouring observations are about the same: by their words and, where there are vectors, by meaning."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from core.consolidate.filter import readable
from core.languages.stems import stem
from core.languages.stopwords import stop_words
from core.memory import Facet, Memory

Matrix = NDArray[np.float64]

_WORD = re.compile(r"[^\W\d_]{3,}")
_UNSPACED = re.compile("[\u3040-\u30ff\u4e00-\u9fff]{2,}")
"""Scripts without spaces, read two signs at a time."""
_READ, _WORDS = 2000, 120
"""Characters and words of one observation that are weighed."""
_TELLING = 3
"""So many different words say enough; a shorter turn ("haha", "ok") counts for as much less."""
_FEW = 10
"""With so many observations, what they have in common is half their topic, half what all talk has in common."""
_FAR = 4
"""How many observations on either side of a gap are compared."""
_FADING = 0.5
"""What each step further from the gap counts against the step before."""


def words_of(memory: Memory) -> list[str]:
    """The stems of its telling words; for a frame also its window, application and site."""
    origin = memory.provenance
    frame = memory.facet in (Facet.FRAME, Facet.PAGE)
    text = readable(memory.text[:_READ]) if frame else memory.text[:_READ]
    found = _stems(f"{text}\n{memory.caption[:_READ]}", memory.language)
    if frame:
        found += 2 * _stems(origin.window, memory.language)
        found += [f"app:{origin.app}"] + ([f"site:{urlsplit(origin.url).netloc}"] if "//" in origin.url else [])
    return found


def weights(words: Sequence[Sequence[str]]) -> Matrix:
    """(n,) 0..1: how much each observation has to say."""
    return np.array([min(1.0, len(set(each)) / _TELLING) for each in words])


def by_words(words: Sequence[Sequence[str]]) -> Matrix:
    """(n, n) likeness by words: cosines of tf-idf over this stretch; a word that stands only once counts for less."""
    count = len(words)
    common = Counter(word for each in words for word in set(each))
    place = {word: number for number, word in enumerate(sorted(common))}
    rows = np.zeros((count, max(1, len(place))))
    for row, each in enumerate(words):
        for word, times in Counter(each).items():
            rare = np.log1p(count / common[word]) if common[word] > 1 else 0.7 * np.log1p(count)
            rows[row, place[word]] = rare * (1 + np.log(times))
    return _likeness(rows)


def by_meaning(vectors: Sequence[NDArray[np.float32] | None]) -> Matrix:
    """(n, n) likeness by meaning: cosines after what all have in common is taken out; 0 where there is no vector."""
    known = [row for row in vectors if row is not None]
    if not known:
        return np.zeros((len(vectors), len(vectors)))
    middle = np.mean(known, axis=0, dtype=np.float64) * len(known) / (len(known) + _FEW)
    return _likeness(np.stack([np.zeros_like(middle) if row is None else row - middle for row in vectors]))


def across(likeness: Matrix, telling: Matrix, expected: float) -> Matrix:
    """(n,) for the gap before each: how far the likeness of its two sides falls short of what is expected of one topic.

    The pairs across the gap, up to four on either side, count less the further they are from it; 0 at the ends.
    """
    count = len(likeness)
    short = (expected - likeness) * telling[:, None] * telling[None, :]
    found, total = np.zeros(count), 0.0
    for back in range(1, _FAR + 1):
        for ahead in range(_FAR):
            weight = _FADING ** (back - 1 + ahead)
            total += weight
            if count > back + ahead:
                found[back : count - ahead] += weight * np.diagonal(short, back + ahead)
    return found / total


def _likeness(rows: Matrix) -> Matrix:
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return np.asarray(unit @ unit.T)


def _stems(text: str, language: str) -> list[str]:
    stops = stop_words(language or "en")
    found = [run[0][at : at + 2] for run in _UNSPACED.finditer(text[:_READ]) for at in range(len(run[0]) - 1)]
    for match in _WORD.finditer(text.casefold()):
        if match[0] not in stops:
            found.append(_stem(match[0], language or "en"))
            if len(found) >= _WORDS:
                break
    return found


@lru_cache(maxsize=50_000)
def _stem(word: str, language: str) -> str:
    return stem(word, language)
