"""Hits cut into sentences, each with what stands around it, for the answer to be chosen from."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from core.answer.when import times
from core.answer.wording import ENGLISH, gist
from core.memory import Facet, Hit, MemoryId, State
from core.sentences import pieces
from core.visible import visible

LONGEST = 320
"""Characters of a sentence; what is longer is cut at a word."""
_READ = 6000
_SENTENCES = 60
_STEPS = 3
_PAIR = 120
_FIGURE = re.compile(r"\d")
_DERIVED = frozenset({Facet.SUMMARY, Facet.DIGEST, Facet.PROFILE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One sentence of one hit."""

    text: str
    hit: Hit
    place: int
    """Which sentence of what the hit shows of its memory it is, from 0."""
    terms: frozenset[str]
    around: frozenset[str]
    """Terms of its whole memory and of a question it answers."""
    replies_to: frozenset[str]
    """Terms of the question in the turn before; empty when there is none."""
    asks: bool
    caption: bool
    """What a picture shows, not what was said."""
    dated: tuple[int, ...]
    """Which sentences of its memory name a time, the nearest first; empty for a caption."""
    outdated: bool
    """Superseded, or a source only of what is superseded."""


def sentences(text: str) -> list[str]:
    """The sentences or lines of a text, none longer than LONGEST."""
    found: list[str] = []
    for piece in pieces(visible(text[:_READ])):
        told = " ".join(piece.whole.split())
        while len(told) > LONGEST:
            cut = told.rfind(" ", LONGEST // 2, LONGEST)
            cut = cut if cut > 0 else LONGEST
            found.append(told[:cut])
            told = told[cut:].strip()
        if told:
            found.append(told)
    return found[:_SENTENCES]


def passages(
    hits: Sequence[Hit], outdated: Collection[MemoryId], language: str = ENGLISH, *, timely: bool = False
) -> list[Passage]:
    """Every sentence of every hit; on a screen also each line with the next, where a value stands below its name.

    `timely`: it is also looked up which sentences name a time.
    """
    before = _answered_question(hits, language)
    found: list[Passage] = []
    for hit in hits:
        memory = hit.memory
        lines = sentences(hit.text)
        dated = [place for place, text in enumerate(lines) if timely and times(text, memory.at)]
        texts = [*lines]
        if memory.facet is Facet.FRAME:
            texts += _pairs(texts)
        said = len(texts)
        if memory.caption:
            texts.append(f"[{visible(memory.caption).strip()[:LONGEST]}]")
        around = gist(
            f"{memory.text[:_READ]}\n{hit.text[:_READ]}\n{memory.caption}\n{memory.provenance.window}", language
        )
        replies_to = before.get(memory.id, frozenset())
        found += [
            Passage(
                text=text,
                hit=hit,
                place=place,
                terms=gist(text, language),
                around=around | replies_to,
                replies_to=replies_to,
                asks=text.rstrip('"”’)」』 ').endswith(("?", "？")),
                caption=place >= said,
                dated=_nearest(dated, place) if place < len(lines) else (),
                outdated=memory.id in outdated,
            )
            for place, text in enumerate(texts)
        ]
    return found


def _nearest(places: Sequence[int], place: int) -> tuple[int, ...]:
    """These places, the nearest to one first, of two as near the one before it."""
    return tuple(sorted(places, key=lambda at: (abs(at - place), at > place)))


def _pairs(lines: list[str]) -> list[str]:
    """Each line with one of the next three, where one of both holds a figure: columns stand side by side."""
    return [
        f"{line}{'  ' if step == 1 else ' … '}{lines[place + step]}"
        for place, line in enumerate(lines)
        for step in range(1, min(_STEPS, len(lines) - place - 1) + 1)
        if len(line) + len(lines[place + step]) < _PAIR and _FIGURE.search(line) is None
        if _FIGURE.search(lines[place + step])
    ]


def ceased(hits: Sequence[Hit], now: datetime) -> set[MemoryId]:
    """What no longer holds at `now`: superseded values, and turns that are sources only of such."""
    gone: set[MemoryId] = set()
    current: set[MemoryId] = set()
    for hit in hits:
        memory = hit.memory
        over = memory.valid_to is not None and memory.valid_to <= now
        if over or memory.state is State.SUPERSEDED or memory.superseded_by is not None:
            gone |= {memory.id, *memory.sources}
        elif memory.fact is not None:
            current |= {memory.id, *memory.sources}
    return gone - current


def _answered_question(hits: Sequence[Hit], language: str) -> dict[MemoryId, frozenset[str]]:
    """For a turn right after someone's question, the question's terms: an answer leaves them out."""
    turns = sorted((hit.memory for hit in hits if hit.memory.facet is Facet.TURN), key=lambda one: one.seq)
    found: dict[MemoryId, frozenset[str]] = {}
    for earlier, later in pairwise(turns):
        same = earlier.provenance.conversation == later.provenance.conversation
        if same and later.seq - earlier.seq <= 2 and earlier.text.rstrip().endswith(("?", "？")):
            found[later.id] = gist("".join(sentences(earlier.text)[-1:]), language)
    return found


def derived(passage: Passage) -> bool:
    """Whether it is a summary of some kind, which is good for finding and worse for quoting."""
    return passage.hit.memory.facet in _DERIVED
