"""How well a sentence answers a question. All weights stand here, set by hand, each with its reason."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.answer.passages import Passage, derived
from core.answer.question import Question, Wanted, near, same, stem, words
from core.answer.spans import spans
from core.answer.when import When, resolved
from core.dates.shown import month_shown
from core.memory import Facet, State

OWN_WORDS = 1.0
"""Share of the question's weighted words in the sentence itself: the measure of bearing."""
AROUND = 0.45
"""The same for the rest of its memory and the question before it: answers leave out what was just named."""
AROUND_ON_A_PAGE = 0.85
"""On a screen or a page the heading is lines away from the value it names."""
NEAR_WORD = 0.6
"""A word near a question's word, as 'address' is to 'live'."""
RIGHT_SORT = 0.4
"""It holds an amount where an amount is asked for: without one it can hardly be the answer. Not on a page with
nothing else of the question, where every line would do."""
NOT_THE_SORT = -0.2
"""And it lacks one where only a figure can be the answer."""
SPEAKER = 0.3
"""The named person says it: 'I' in their mouth is their name."""
WRONG_SPEAKER = -0.35
"""Another one says 'I', and the named person is not in the sentence: what others did is not asked."""
RANK = 0.35
"""Recall's own order, falling with the square root of the rank."""
ASKS = -0.8
"""A question is hardly ever an answer, least of all the same question asked before."""
REPLIES = 0.6
"""Said right after someone asked the same: by how much of the question that one held."""
OUTDATED = -0.8
"""Superseded values stand behind the current ones by more than any one other reason."""
FACT = 0.3
"""A derived fact that holds says the thing in one sentence."""
SUMMARY = -0.3
"""A summary is not verbatim."""
LATER = 0.35
"""Where a state is asked for, the latest word of several equal ones."""
NOW = 0.35
"""More of it where the question says 'now'; where it asks what used to be, as much for the earliest."""
ON_THE_DAY = 0.3
"""Said on a day, or in a month or year, that the question names."""
CAPTION = -0.2
"""What a picture shows is rarely what was said, unless pictures are asked for."""
FRAGMENT = -0.15
"""Fewer than three words that matter."""

PAGES = frozenset({Facet.FRAME, Facet.PAGE})
_FIGURES = frozenset({Wanted.AMOUNT, Wanted.NUMBER, Wanted.CLOCK, Wanted.DURATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A sentence with its marks."""

    passage: Passage
    score: float
    own: float
    """Share of the question's words in the sentence, 0 .. 1."""
    covered: float
    """Share of them in the sentence and around it, 0 .. 1."""
    right_sort: bool
    speaker: float
    """1 the named person speaks or is named, -1 someone else speaks of themself, 0 nobody was asked about."""


def weights(question: Question, found: Sequence[Passage]) -> dict[str, float]:
    """How much each word of the question says: log(1 + sentences / sentences with it), as BM25's idf does."""
    count = len(found)
    return {
        term: math.log(1 + (count + 1) / (1 + sum(term in passage.terms for passage in found)))
        for term in question.terms
    }


def share(weight: dict[str, float], terms: frozenset[str]) -> float:
    """The weighted share of the question's words that these terms hold, 0 .. 1; 1 when it has none."""
    whole = sum(weight.values())
    if whole == 0:
        return 1.0
    held = 0.0
    for term, much in weight.items():
        if term in terms or same(term) & terms:
            held += much
        elif near(term) & terms:
            held += much * NEAR_WORD
    return held / whole


def scored(question: Question, found: Sequence[Passage]) -> list[Scored]:
    """All sentences, best first."""
    weight = weights(question, found)
    latest = sorted({passage.hit.memory.at for passage in found})
    order = {at: place / max(1, len(latest) - 1) for place, at in enumerate(latest)}
    marked = [_marked(question, passage, weight, order[passage.hit.memory.at]) for passage in found]
    return sorted(marked, key=lambda one: (-one.score, one.passage.hit.rank, one.passage.place))


def _marked(question: Question, passage: Passage, weight: dict[str, float], lateness: float) -> Scored:
    memory = passage.hit.memory
    own = share(weight, passage.terms)
    covered = max(own, share(weight, passage.terms | passage.around))
    right = right_sort(question, passage)
    speaker = _speaker(question, passage)
    around = AROUND_ON_A_PAGE if memory.facet in PAGES else AROUND
    score = OWN_WORDS * own + around * (covered - own) + RANK / math.sqrt(passage.hit.rank)
    beside = memory.facet in PAGES and own == 0
    score += RIGHT_SORT * (not beside) if right else NOT_THE_SORT * (question.wanted in _FIGURES)
    score += SPEAKER * (speaker > 0) + WRONG_SPEAKER * (speaker < 0)
    score += REPLIES * share(weight, passage.replies_to) * (not passage.asks) if passage.replies_to else 0.0
    score += ASKS * passage.asks + SUMMARY * derived(passage) + FRAGMENT * (len(passage.terms) < 3)
    if memory.facet is Facet.FACT and memory.state is not State.SUPERSEDED:
        score += FACT
    if passage.outdated:
        score += -OUTDATED / 2 if question.past else OUTDATED
    score += ON_THE_DAY * any(_within(memory.at.date(), day) for day in question.days)
    score += CAPTION * (passage.caption and not question.terms & _PICTURES)
    if question.state:
        score += (LATER + NOW * question.current) * lateness * own
    elif question.past:
        score += NOW * (1 - lateness) * own
    return Scored(passage=passage, score=score, own=own, covered=covered, right_sort=right, speaker=speaker)


def right_sort(question: Question, passage: Passage) -> bool:
    """Whether the sentence holds what is wanted: a date for 'when', an amount for 'how much'."""
    if question.wanted in (Wanted.ANYTHING, Wanted.WAY):
        return True
    text, dates = resolved(passage.text, passage.hit.memory.at)
    return bool(spans(text, question, dates))


_PICTURES = frozenset(stem(word) for word in ("photo", "picture", "image", "photograph", "screenshot"))


def _within(day: date, named: When) -> bool:
    """Whether a day is the named one or the next, or lies in the named month or year."""
    if named.day is not None:
        return 0 <= (day - named.day).days <= 1
    return named.said in (month_shown(day), str(day.year))


_ONESELF = """i my me mine myself we our us i'm i’m i've i’ve i'll i’ll i'd i’d we're we’re we've we’ve"""
_OF_ONESELF = frozenset(_ONESELF.split())


def _speaker(question: Question, passage: Passage) -> float:
    memory = passage.hit.memory
    provenance = memory.provenance
    if not question.names and not question.about_me:
        return 0.0
    if question.about_me and provenance.mine:
        return 1.0
    if question.names & set(words(f"{provenance.speaker} {provenance.window}")):
        return 1.0
    told = words(passage.text)
    named = question.names & set(told)
    if named and any(not _called(name, passage.text) for name in named):
        return 1.0
    if memory.facet is not Facet.TURN:
        return 0.0
    return -1.0 if _OF_ONESELF & set(told) else -0.5


def _called(name: str, text: str) -> bool:
    """Whether a name in a text only calls its bearer, as in 'Thanks, Dana!'."""
    calls = rf"(?:\b(?:hey|hi|hello|thanks|thank you|wow|yeah|oh|bye|so)\b,? |, ){name}\b|\b{name} ?[,!?]"
    return bool(re.search(calls.replace(name, re.escape(name)), text, re.I))
