"""Exact and near duplicates, folded into the first of them; precision first, since a wrong fold hides words."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zlib import crc32

import numpy as np

from core.memory import Facet, Memory, MemoryId

ALIKE = 0.9
"""Jaccard overlap of words from which two texts may say the same."""
ENOUGH_WORDS = 6
"""Shorter messages recur in earnest: a second "yes" answers another question."""
FLOOD = 10
"""So many equal short messages of one speaker in a conversation are a flood, and fold all the same."""
NEAR_WITHIN, SEEN_WITHIN = timedelta(minutes=10), timedelta(days=2)
"""Near duplicates fold only when close in time (what a screen shows again, within days): the same words
another day are another event."""
_NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "nor",
        "without",
        "cannot",
        "isnt",
        "arent",
        "wasnt",
        "dont",
        "doesnt",
        "didnt",
        "wont",
        "cant",
    ]
)
_WORD = re.compile(r"\w+")
_PRIME = np.uint64(4_294_967_291)
"""The greatest prime below 2^32: products of two hashes stay within 64 bits."""
_FACTORS = np.random.default_rng(1).integers(1, 2**31, 24, dtype=np.uint64)
_OFFSETS = np.random.default_rng(2).integers(0, 2**31, 24, dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """`memory` repeats `into`; the reason holds no content."""

    memory: MemoryId
    into: MemoryId
    reason: str


def normal(text: str) -> str:
    """A text without case, punctuation, width and spacing."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    return " ".join(_WORD.findall(folded))


def folds(new: Sequence[Memory], known: Iterable[Memory] = ()) -> list[Fold]:
    """Which of `new` repeat one another or one of `known`. Both in time order; nothing folds into what is folded.

    Exact repeats fold when they come from another source, are long enough to be no coincidence, or are a
    flood. Near repeats fold only with the same numbers, the same negations and the same names, close in time.
    """
    exact: dict[str, list[Memory]] = defaultdict(list)
    near = _Near()
    repeats: dict[tuple[str, str, str], int] = defaultdict(int)
    for memory in known:
        if memory.folded_into is None:
            text = normal(memory.text)
            repeats[text, memory.provenance.conversation, memory.provenance.speaker] += 1
            exact[text].append(memory)
            near.put(memory, text)
    found = []
    for memory in new:
        text = normal(memory.text)
        if not text or memory.folded_into is not None:
            continue
        repeats[text, memory.provenance.conversation, memory.provenance.speaker] += 1
        flooded = repeats[text, memory.provenance.conversation, memory.provenance.speaker] > FLOOD
        fold = _exact(memory, text, exact[text], flooded) or _near(memory, text, near)
        if fold is not None:
            found.append(fold)
        else:
            if len(exact[text]) < 3 * FLOOD:
                exact[text].append(memory)
            near.put(memory, text)
    return found


def _exact(memory: Memory, text: str, candidates: list[Memory], flooded: bool) -> Fold | None:
    long_enough = len(text.split()) >= ENOUGH_WORDS
    for other in candidates:
        if other.id == memory.id:
            continue
        same_place = _place(other) == _place(memory)
        if flooded and same_place:
            return Fold(memory=memory.id, into=other.id, reason="The same short words over and over.")
        if not long_enough:
            continue
        if same_place or _speaker(memory, other):
            return Fold(memory=memory.id, into=other.id, reason="The same words again.")
    return None


def _near(memory: Memory, text: str, near: "_Near") -> Fold | None:
    words = frozenset(text.split())
    if len(words) < ENOUGH_WORDS:
        return None
    for other, other_text in near.candidates(memory, text):
        others = frozenset(other_text.split())
        if len(words & others) < ALIKE * len(words | others):
            continue
        within = SEEN_WITHIN if Facet.FRAME in (memory.facet, other.facet) else NEAR_WITHIN
        if abs(memory.at - other.at) > within or not _speaker(memory, other):
            continue
        if _telling(memory.text, words) == _telling(other.text, others):
            return Fold(memory=memory.id, into=other.id, reason="Nearly the same words at nearly the same time.")
    return None


def _place(memory: Memory) -> tuple[str, str, str]:
    origin = memory.provenance
    return (origin.conversation or origin.app, origin.speaker, memory.facet.value)


def _speaker(one: Memory, other: Memory) -> bool:
    """Whether both can be by the same hand: the screen shows anyone's words, a turn only its speaker's."""
    screen = Facet.FRAME in (one.facet, other.facet)
    return screen or (
        one.provenance.speaker.casefold() == other.provenance.speaker.casefold()
        and one.provenance.mine == other.provenance.mine
    )


def _telling(text: str, words: frozenset[str]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """What may not differ: numbers, negations, names."""
    numbers = frozenset(word for word in words if any(c.isdigit() for c in word))
    names = frozenset(match.casefold() for match in re.findall(r"(?<=\w )[A-Z]\w+", text))
    return numbers, words & _NEGATIONS, names


class _Near:
    """Candidates by banded MinHash: 8 bands of 3 of 24 minima over the words."""

    _ROWS, _BANDS, _LOOK_AT = 3, 8, 20

    def __init__(self) -> None:
        self._bands: dict[bytes, list[tuple[Memory, str]]] = defaultdict(list)

    def put(self, memory: Memory, text: str) -> None:
        for band in self._bands_of(text):
            if len(self._bands[band]) < self._LOOK_AT:
                self._bands[band].append((memory, text))

    def candidates(self, memory: Memory, text: str) -> Iterator[tuple[Memory, str]]:
        seen = {memory.id}
        for band in self._bands_of(text):
            for other, other_text in self._bands.get(band, ()):
                if other.id not in seen:
                    seen.add(other.id)
                    yield other, other_text

    def _bands_of(self, text: str) -> list[bytes]:
        parts = sorted(set(text.split()[:400]))
        if len(parts) < ENOUGH_WORDS:
            return []
        hashes = np.array([crc32(word.encode("utf-8", "replace")) for word in parts], dtype=np.uint64)
        minima = ((hashes[:, None] * _FACTORS + _OFFSETS) % _PRIME).min(axis=0).astype(np.uint32)
        rows = minima.reshape(self._BANDS, self._ROWS)
        return [bytes([band]) + row.tobytes() for band, row in enumerate(rows)]
