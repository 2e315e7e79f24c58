"""Exact and near duplicates, folded into the first of them; precision first, since a wrong fold hides words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from zlib import crc32

import numpy as np

from core.consolidate.alike import core_of, digits, forwarded, misread, normal
from core.memory import Facet, Memory, MemoryId

ALIKE = 0.9
"""Jaccard overlap of words from which two texts may say the same."""
ENOUGH_WORDS = 6
"""Shorter messages recur in earnest: a second "yes" answers another question."""
_LONGEST = 2000
"""Characters; what is longer is a document, and compared by its words alone."""
FLOOD = 10
"""So many equal short messages of one speaker in a conversation are a flood, and fold all the same."""
NEAR_WITHIN, AGAIN_WITHIN, SEEN_WITHIN = timedelta(minutes=10), timedelta(hours=1), timedelta(days=2)
"""Repeats fold only when close in time (what a screen shows again, within days): the same words another day are
another event, a reminder or a receipt."""
FORWARDED_WITHIN = timedelta(days=7)
SAME_INSTANT = timedelta(minutes=1)
"""Two exports of one message differ by no more: some keep no seconds."""
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


def folds(
    new: Sequence[Memory], known: Iterable[Memory] = (), times: Mapping[MemoryId, int] = MappingProxyType({})
) -> list[Fold]:
    """Which of `new` repeat one another or one of `known`. Both in time order; nothing folds into what is folded.

    `times`: how many were lately folded into one of `known`.

    Exact repeats fold when they come from another source at the same instant, are long enough to be no coincidence
    and close in time, or are a flood. So does what a screen shows of a message, also misread, and what is passed on.
    Near repeats fold only with the same numbers, negations and names in the same order, close in time.
    """
    said = _Said()
    near = _Near()
    for memory in known:
        if memory.folded_into is None:
            text = normal(memory.text)
            said.count(memory, text, 1 + times.get(memory.id, 0))
            said.put(memory, text)
            near.put(memory, text)
    found = []
    for memory in new:
        text = normal(memory.text)
        if not text or memory.folded_into is not None:
            continue
        flooded = said.count(memory, text) > FLOOD
        fold = (
            _exact(memory, text, said.same(text), flooded)
            or _shown(memory, said.alike(memory))
            or _near(memory, text, near)
        )
        if fold is not None:
            found.append(fold)
        else:
            said.put(memory, text)
            near.put(memory, text)
    return found


class _Said:
    """What was said so far, by its words and by what they come down to on a screen or in a forward."""

    _LOOK_AT = 3 * FLOOD

    def __init__(self) -> None:
        self._same: dict[str, list[Memory]] = defaultdict(list)
        self._alike: dict[str, list[Memory]] = defaultdict(list)
        self._times: dict[tuple[str, str, str], int] = defaultdict(int)

    def count(self, memory: Memory, text: str, by: int = 1) -> int:
        """How often this speaker has said this in this conversation, this time included."""
        key = text, memory.provenance.conversation, memory.provenance.speaker
        self._times[key] += by
        return self._times[key]

    def put(self, memory: Memory, text: str) -> None:
        key, speaker = _key(memory), memory.provenance.speaker
        by_name = [self._alike[misread(speaker) + key]] if speaker and not memory.provenance.mine else []
        for kept in (self._same[text], self._alike[key], *by_name):
            if len(kept) < self._LOOK_AT:
                kept.append(memory)

    def same(self, text: str) -> list[Memory]:
        return self._same.get(text, [])

    def alike(self, memory: Memory) -> list[Memory]:
        return self._alike.get(_key(memory), [])


def _key(memory: Memory) -> str:
    return misread(core_of(memory.text[:_LONGEST]))


def _exact(memory: Memory, text: str, candidates: Sequence[Memory], flooded: bool) -> Fold | None:
    long_enough = len(text.split()) >= ENOUGH_WORDS
    for other in candidates:
        if other.id == memory.id:
            continue
        apart, same_place = abs(memory.at - other.at), _place(other) == _place(memory)
        if flooded and same_place:
            return Fold(memory=memory.id, into=other.id, reason="The same short words over and over.")
        if _exported(memory, other):
            return Fold(memory=memory.id, into=other.id, reason="The same message from another source.")
        frames = [one.facet is Facet.FRAME for one in (memory, other)]
        within = SEEN_WITHIN if any(frames) else AGAIN_WITHIN
        if long_enough and (apart <= within or all(frames)) and (same_place or _speaker(memory, other)):
            return Fold(memory=memory.id, into=other.id, reason="The same words again.")
    return None


def _exported(memory: Memory, other: Memory) -> bool:
    """Whether both are one message of a speaker that came in by two ways: at one instant, by another source."""
    one, two = memory.provenance, other.provenance
    return (
        memory.facet is Facet.TURN
        and other.facet is Facet.TURN
        and abs(memory.at - other.at) < SAME_INSTANT
        and (one.conversation != two.conversation or one.channel is not two.channel)
        and (one.app == two.app or not one.app or not two.app)
        and _speaker(memory, other)
        and (memory.at_given and other.at_given)
    )


def _shown(memory: Memory, candidates: Sequence[Memory]) -> Fold | None:
    """A message seen on a screen, forwarded, or exported with its pictures left out."""
    for other in candidates:
        if other.id == memory.id or digits(core_of(memory.text)) != digits(core_of(other.text)):
            continue
        apart = abs(memory.at - other.at)
        if _exported(memory, other):
            return Fold(memory=memory.id, into=other.id, reason="The same message from another source.")
        if len(normal(core_of(other.text)).split()) < ENOUGH_WORDS:
            continue
        if memory.facet is Facet.FRAME and apart <= SEEN_WITHIN:
            return Fold(memory=memory.id, into=other.id, reason="The same message, seen on the screen.")
        if forwarded(memory.text) and apart <= FORWARDED_WITHIN:
            return Fold(memory=memory.id, into=other.id, reason="The same words, passed on.")
    return None


def _near(memory: Memory, text: str, near: "_Near") -> Fold | None:
    words = frozenset(text.split())
    if len(words) < ENOUGH_WORDS:
        return None
    for other, other_text in near.candidates(memory, text):
        others = frozenset(other_text.split())
        if len(words & others) < ALIKE * len(words | others) or not _in_order(text, other_text):
            continue
        within = SEEN_WITHIN if Facet.FRAME in (memory.facet, other.facet) else NEAR_WITHIN
        if abs(memory.at - other.at) > within or not _speaker(memory, other):
            continue
        if _telling(memory.text, words) == _telling(other.text, others):
            return Fold(memory=memory.id, into=other.id, reason="Nearly the same words at nearly the same time.")
    return None


def _in_order(text: str, other: str) -> bool:
    """Whether the words that both have stand in the same order: from A to B is not from B to A."""
    words, others = text.split(), other.split()
    return [word for word in words if word in others] == [word for word in others if word in words]


def _place(memory: Memory) -> tuple[str, str, str]:
    origin = memory.provenance
    return (origin.conversation or origin.app, origin.speaker, memory.facet.value)


def _speaker(one: Memory, other: Memory) -> bool:
    """Whether both can be by the same hand: the screen shows anyone's words, a turn only its speaker's."""
    screen = Facet.FRAME in (one.facet, other.facet)
    both = one.provenance.mine and other.provenance.mine
    return screen or (
        (both or one.provenance.speaker.casefold() == other.provenance.speaker.casefold())
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
