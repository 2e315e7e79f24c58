"""How well a sentence answers a question. All weights stand here, set by hand, each with its reason."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.answer.passages import Passage, derived, sentences
from core.answer.question import Question, Wanted, near, ordinals, same, stem, words
from core.answer.spans import spans
from core.answer.when import When, resolved, times
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
BESIDE = 0.2
"""It names no time itself, and another sentence of its memory does: both are said."""
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
NOT_THEN = -0.4
"""Its own time lies outside the one that the question names, or on the wrong side: ahead where it asks what was."""
COUNTED = 0.3
"""It counts as the question does: 'my second one'; as much less where it counts otherwise."""
CAPTION = -0.2
"""What a picture shows is rarely what was said, unless pictures are asked for."""
FRAGMENT = -0.15
"""Fewer than three words that matter."""
NEW_WORD = 0.2
"""For each word that the question does not say, up to NEW_WORDS: what only says the question again answers nothing."""
NEW_WORDS = 5
BEHIND = 0.15
"""For each unit of recall's score behind the best hit's: how sure recall itself was."""
LIKE = 1.0
"""The cosine of sentence and question, where it is known."""
UNKNOWN = 0.35
"""What stands for it where it is not: about what the sentences looked at have."""
LOOKED_AT = 5
OF_OTHERS = 4
"""Sentences whose meaning is looked at: more changed little, and each costs some milliseconds."""

Likeness = Callable[[str, Sequence[str]], Sequence[float] | None]
"""The cosine of a question with each text; None when meaning is not at hand."""
PAGES = frozenset({Facet.FRAME, Facet.PAGE})
TELLING = frozenset({Wanted.ANYTHING, Wanted.WAY, Wanted.REASON, Wanted.PLACE, Wanted.PERSON, Wanted.NAME})
"""What is answered in words rather than by a figure or a day."""
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
    like: float | None = None
    """Its cosine with the question, where it was looked at."""

    @property
    def of_another(self) -> bool:
        """Whether someone who was not asked about speaks of themself."""
        return self.speaker <= -1

    @property
    def of_theirs(self) -> bool:
        """Whether the one asked about speaks or is named, or nobody was asked about."""
        return self.speaker >= 0


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


def scored(question: Question, found: Sequence[Passage], likeness: Likeness | None = None) -> list[Scored]:
    """All sentences, best first. `likeness` gives the cosine of a question with each of some texts."""
    weight = weights(question, found)
    latest = sorted({passage.hit.memory.at for passage in found})
    order = {at: place / max(1, len(latest) - 1) for place, at in enumerate(latest)}
    ceiling = max((passage.hit.score for passage in found), default=0.0)
    marked = [
        _marked(question, passage, weight, order[passage.hit.memory.at], passage.hit.score - ceiling)
        for passage in found
    ]
    marked.sort(key=_place)
    if likeness is None:
        return marked
    looked = _looked_at(marked)
    cosines = likeness(question.without_names, [marked[place].passage.text for place in looked])
    if cosines is None:
        return marked
    for place, cosine in zip(looked, cosines, strict=True):
        one = marked[place]
        marked[place] = replace(one, score=one.score + LIKE * (cosine - UNKNOWN), like=cosine)
    return sorted(marked, key=_place)


def _looked_at(marked: Sequence[Scored]) -> list[int]:
    """The places of the best sentences of the one asked about, and of a few of others to compare with."""
    theirs = [place for place, one in enumerate(marked) if not one.of_another]
    others = [place for place, one in enumerate(marked) if one.of_another]
    return [*theirs[:LOOKED_AT], *others[:OF_OTHERS]]


def _place(one: Scored) -> tuple[float, int, int]:
    return -one.score, one.passage.hit.rank, one.passage.place


def _marked(question: Question, passage: Passage, weight: dict[str, float], lateness: float, behind: float) -> Scored:
    memory = passage.hit.memory
    own = share(weight, passage.terms)
    covered = max(own, share(weight, passage.terms | passage.around))
    right = right_sort(question, passage)
    speaker = _speaker(question, passage)
    around = AROUND_ON_A_PAGE if memory.facet in PAGES else AROUND
    score = OWN_WORDS * own + around * (covered - own) + RANK / math.sqrt(passage.hit.rank)
    elsewhere = memory.facet in PAGES and own == 0
    new = len(passage.terms - question.terms - question.names)
    score += BEHIND * behind + NEW_WORD * min(new, NEW_WORDS) * (question.wanted in TELLING)
    score += RIGHT_SORT * (not elsewhere) if right else NOT_THE_SORT * (question.wanted in _FIGURES)
    score += SPEAKER * (speaker > 0) + WRONG_SPEAKER * (speaker < 0)
    score += REPLIES * share(weight, passage.replies_to) * (not passage.asks) if passage.replies_to else 0.0
    score += ASKS * passage.asks + SUMMARY * derived(passage) + FRAGMENT * (len(passage.terms) < 3)
    if memory.facet is Facet.FACT and memory.state is not State.SUPERSEDED:
        score += FACT
    if passage.outdated:
        score += -OUTDATED / 2 if question.past and not question.then else OUTDATED
    if question.wanted is Wanted.TIME and beside(question, passage) is not None:
        score += BESIDE
    score += _time(question, passage) + _count(question, passage)
    score += CAPTION * (passage.caption and not question.terms & _PICTURES)
    if question.state:
        score += (LATER + NOW * question.current) * lateness * own
    elif question.past and not question.then:
        score += NOW * (1 - lateness) * own
    return Scored(passage=passage, score=score, own=own, covered=covered, right_sort=right, speaker=speaker)


def right_sort(question: Question, passage: Passage) -> bool:
    """Whether the sentence holds what is wanted: a date for 'when', an amount for 'how much'."""
    if question.wanted in (Wanted.ANYTHING, Wanted.WAY):
        return True
    text, dates = resolved(passage.text, passage.hit.memory.at)
    return bool(spans(text, question, dates))


def _time(question: Question, passage: Passage) -> float:
    """Whether it speaks of the time that the question names, by its own times or by the day it was said."""
    named = question.days
    if not named and question.wanted is not Wanted.TIME:
        return 0.0
    said = passage.hit.memory.at.date()
    told = times(passage.text, passage.hit.memory.at)
    if any(day.first <= one.first and one.last <= day.last for day in named for one in told):
        return ON_THE_DAY
    if question.wanted is Wanted.TIME and told and (named or not any(fits(question, one, said) for one in told)):
        return NOT_THEN
    return ON_THE_DAY * any(_within(said, day) for day in named)


def beside(question: Question, passage: Passage) -> int | None:
    """Which sentence of its memory names the time that this one does not; None where this one does or none fits."""
    if not passage.dated or passage.dated[0] == passage.place:
        return None
    memory = passage.hit.memory
    lines = sentences(passage.hit.text)
    return next(
        (
            place
            for place in passage.dated
            if any(fits(question, when, memory.at.date()) for when in times(lines[place], memory.at))
        ),
        None,
    )


def fits(question: Question, when: When, said: date) -> bool:
    """Whether a time is on the side that the question asks about."""
    if question.ahead is None:
        return True
    return when.last >= said if question.ahead else when.first <= said


def _count(question: Question, passage: Passage) -> float:
    if not question.ordinals:
        return 0.0
    told = ordinals(passage.text)
    return COUNTED if told & question.ordinals else -COUNTED * bool(told)


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
