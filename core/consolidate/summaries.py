"""Summaries without a model: the telling sentences of an episode or a day, in the words they were said in."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from math import log

from core.consolidate.filter import READ_AT_MOST, learnable
from core.consolidate.importance import importance
from core.consolidate.phrases import words
from core.memory import Facet, Memory, MemoryId
from core.sentences import pieces

ENOUGH = 4
"""Observations from which an episode gets a summary; shorter ones are their own."""
SENTENCES, CHARACTERS = 4, 700
_WORD = re.compile(r"[^\W\d_]{3,}")
_STOP = words(
    "the and for that this with you your are was were have has had not but they she him her his its our their there"
    " here just like really very what when where who how why can will would could should about from them then than too"
    " also all any some out get got been being did does don doesn didn isn that's well yeah yes thanks thank"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A text and the observations its sentences were taken from, the most telling first."""

    text: str
    sources: tuple[MemoryId, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    index: int
    memory: Memory
    text: str
    score: float


def summarise(members: Sequence[Memory], *, sentences: int = SENTENCES, characters: int = CHARACTERS) -> Summary | None:
    """The most telling sentences of `members` in time order, each under its speaker; None when too little was said.

    A sentence tells more the nearer it is to what all of them speak of (its words' weight, idf over the
    members), and the more important it is by itself. Nothing set apart or repeated is used.
    """
    worth = [memory for memory in members if learnable(memory) and memory.folded_into is None]
    if len(worth) < ENOUGH:
        return None
    lines = _lines(worth)
    chosen: list[_Line] = []
    used = 0
    for line in sorted(lines, key=lambda line: (-line.score, line.index)):
        if len(chosen) == sentences or used + len(line.text) > characters:
            break
        if all(not _alike(line.text, other.text) for other in chosen):
            chosen.append(line)
            used += len(line.text)
    if not chosen:
        return None
    in_order = sorted(chosen, key=lambda line: line.index)
    return Summary(
        text="\n".join(_under_speaker(line) for line in in_order),
        sources=tuple(dict.fromkeys(line.memory.id for line in chosen)),
    )


def _lines(members: Sequence[Memory]) -> list[_Line]:
    split = [
        (memory, piece.whole)
        for memory in members
        for piece in islice(pieces(memory.text[:READ_AT_MOST]), 40)
        if len(piece.text.split()) >= 4
    ]
    bags = [frozenset(_words(text)) for _, text in split]
    spread = Counter(word for bag in bags for word in bag)
    total = len(bags)
    weights = {word: log(1 + n) * log(1 + total / n) for word, n in spread.items()}
    lines = []
    for index, ((memory, text), bag) in enumerate(zip(split, bags, strict=True)):
        central = sum(weights[word] for word in bag) / (4 + len(bag))
        question = 0.6 if text.endswith("?") else 1.0
        weight = 1.0 if memory.facet is not Facet.FRAME else 0.6
        lines.append(_Line(index, memory, text[:300], central * importance(memory) * question * weight))
    return lines


def _words(text: str) -> list[str]:
    return [word for word in (w.casefold() for w in _WORD.findall(text)) if word not in _STOP]


def _alike(one: str, other: str) -> bool:
    a, b = set(_words(one)), set(_words(other))
    return len(a & b) > 0.6 * max(min(len(a), len(b)), 1)


def _under_speaker(line: _Line) -> str:
    origin = line.memory.provenance
    who = "me" if origin.mine else origin.speaker
    return f"{who}: {line.text}" if who else line.text
