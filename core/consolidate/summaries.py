"""Summaries without a model: the telling sentences of an episode, a day or a week, in the words they were said in."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import log

from core.consolidate.filter import READ_AT_MOST, learnable
from core.consolidate.plain_words import plain
from core.consolidate.telling import FEWEST_WORDS, telling
from core.memory import Facet, Memory, MemoryId
from core.sentences import pieces

ENOUGH = 4
"""Observations from which an episode gets a summary; shorter ones are their own."""
SENTENCES, CHARACTERS = 4, 700
LONGEST_SENTENCE = 300
_LINES_OF_ONE = 40
_AGAIN = 0.7
"""What each further sentence from the same part is worth beside the one before: a day has more than one talk."""
_LEAST, _ALONE = 0.2, 2
"""Share of the best sentence's score that another needs, beyond the first few."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_LINE_NUMBER = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A sentence as it was said, and by which memory."""

    memory: Memory
    text: str

    @property
    def line(self) -> str:
        """The sentence under who said it, or where it was read."""
        origin = self.memory.provenance
        who = "me" if origin.mine else origin.speaker
        if not who and self.memory.facet in (Facet.FRAME, Facet.PAGE):
            who = f"on the screen, {origin.app}" if origin.app else "on the screen"
        return f"{who}: {self.text}" if who else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A text and the observations its sentences were taken from, the most telling first."""

    text: str
    sources: tuple[MemoryId, ...]
    quoted: tuple[Quoted, ...] = field(default=(), repr=False)
    """The sentences in the order of time."""


@dataclass(frozen=True, slots=True)
class _Line:
    index: int
    memory: Memory
    text: str
    bag: frozenset[str]
    score: float


def summarise(
    members: Sequence[Memory],
    *,
    sentences: int = SENTENCES,
    characters: int = CHARACTERS,
    part: Callable[[Memory], object] | None = None,
) -> Summary | None:
    """The most telling sentences of `members` in time order, each under its speaker; None when too little was said.

    A sentence tells more the nearer it is to what all of them speak of (its words' weight, idf over the
    members), and the more it tells by itself (`telling`). Nothing set apart or repeated is used. With `part`,
    each further sentence of the same part counts less, so that no part has all the room.
    """
    worth = [memory for memory in members if learnable(memory) and memory.folded_into is None]
    if len(worth) < ENOUGH:
        return None
    chosen = _chosen(_lines(worth), sentences, characters, part)
    if not chosen:
        return None
    in_order = sorted(chosen, key=lambda line: line.index)
    quoted = tuple(Quoted(memory=line.memory, text=line.text) for line in in_order)
    return Summary(
        text="\n".join(one.line for one in quoted),
        sources=tuple(dict.fromkeys(line.memory.id for line in chosen)),
        quoted=quoted,
    )


def _chosen(
    lines: list[_Line], sentences: int, characters: int, part: Callable[[Memory], object] | None
) -> list[_Line]:
    """The best first; what is alike is said once, and what is far below the best is left out."""
    left = [line for line in lines if line.score > 0]
    chosen: list[_Line] = []
    taken: Counter[object] = Counter()
    used, best = 0, 0.0
    while left and len(chosen) < sentences:
        scored = [(line.score * (_AGAIN ** taken[part(line.memory)] if part else 1.0), -line.index) for line in left]
        score, place = max(scored)
        line = left.pop(scored.index((score, place)))
        best = max(best, score)
        if used + len(line.text) > characters or (len(chosen) >= _ALONE and score < _LEAST * best):
            break
        if all(not _alike(line.bag, other.bag) for other in chosen):
            chosen.append(line)
            used += len(line.text)
            if part is not None:
                taken[part(line.memory)] += 1
    return chosen


def _lines(members: Sequence[Memory]) -> list[_Line]:
    split = [(memory, text) for memory in members for text in _sentences(memory)]
    bags = [frozenset(_words(text, memory.language)) for memory, text in split]
    spread = Counter(word for bag in bags for word in bag)
    total = len(bags)
    weights = {word: log(1 + n) * log(1 + total / n) for word, n in spread.items()}
    lines = []
    for index, ((memory, text), bag) in enumerate(zip(split, bags, strict=True)):
        central = sum(weights[word] for word in sorted(bag)) / (4 + len(bag))
        lines.append(_Line(index, memory, text, bag, central * telling(memory, text)))
    return lines


def _sentences(memory: Memory) -> list[str]:
    """Its sentences, verbatim; what is longer than a line of a summary is left to the memory itself."""
    found = [
        _LINE_NUMBER.sub("", piece.whole)
        for piece in islice(pieces(memory.text[:READ_AT_MOST]), _LINES_OF_ONE)
        if len(piece.text) >= FEWEST_WORDS * 2
    ]
    return [text for text in found if len(text) <= LONGEST_SENTENCE]


def _words(text: str, language: str) -> list[str]:
    silent = plain(language)
    return [word for word in (w.casefold() for w in _WORD.findall(text)) if word not in silent]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) > 0.6 * max(min(len(one), len(other)), 1)
