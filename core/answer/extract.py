"""Answers without a model: sentences of the hits, verbatim, with the answering words marked and each its ground."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from core.alternatives import Alternatives, alternatives
from core.answer.abstain import NO_MEMORY, bearing
from core.answer.asking import ask, outdated
from core.answer.figures import able
from core.answer.passages import passages, sentences
from core.answer.question import Question, Wanted, stems
from core.answer.scoring import PAGES, UNKNOWN, Likeness, Scored, beside, scored
from core.answer.sequence import in_order
from core.answer.spans import Span, left_over, spans
from core.answer.when import resolved
from core.answer.wording import ENGLISH
from core.dates.shown import shown
from core.memory import (
    OWN_OUTPUT,
    QUARANTINED,
    Answer,
    Channel,
    Facet,
    Hit,
    Kind,
    Memory,
    MemoryId,
    Recalled,
    Sentence,
)
from core.visible import visible

ROUTE = "sentences"
MOST = 2
_SEVERAL = 3
"""Sentences where several things are asked for."""
_STEPS = 3
"""Sentences that tell how a thing is done."""
_LONGEST_NAME = 60
_CLOSE = 0.7
"""Another sentence is said as well when its score is at least this share of the best one's."""
_BEARS = 0.3
"""And when the question is met in it by this share of how it is in the best, or when it means something near."""
_OWN = 1 / 3
"""And on a page only when it holds at least this share of the question itself: the heading is not enough."""
_ONE_IS_ENOUGH = frozenset({Wanted.TIME, Wanted.CLOCK, Wanted.AMOUNT, Wanted.NUMBER, Wanted.DURATION, Wanted.NAME})


def extract(recalled: Recalled, now: datetime, likeness: Likeness | None = None) -> Answer:
    """The answer in one to three sentences of what was found, or that there is none.

    `now` decides what has ceased to hold. Secrets, the app's own output and what was set apart are never quoted; what
    was set apart stays among the hits.
    """
    begun = time.perf_counter()
    hits = quotable(recalled.hits)
    told = tuple(hit for hit in hits if QUARANTINED not in hit.memory.tags)
    two = alternatives(recalled.question)
    ordered = in_order(recalled, told, two, now, likeness) if two else ()
    if two and ordered:
        return _said(recalled, hits, _in_order(two, ordered), begun)
    question = ask(recalled, now)
    found = passages(told, outdated(question, told, now), question.language, timely=question.wanted is Wanted.TIME)
    best = scored(question, found, likeness)
    case = bearing(question, best)
    can = able(question, best)
    if not can or not case.enough:
        return abstained(recalled, hits, ROUTE, begun)
    chosen = _chosen(question, can)
    return _said(recalled, hits, tuple(_sentence(question, one) for one in chosen), begun)


def _said(recalled: Recalled, hits: Sequence[Hit], said: Sequence[Sentence], begun: float) -> Answer:
    return Answer(
        question=recalled.question,
        text="\n".join(sentence.text for sentence in said),
        abstained=False,
        sentences=tuple(said),
        grounds=distinct(ground for sentence in said for ground in sentence.grounds),
        hits=tuple(hits),
        route=ROUTE,
        took_ms=(time.perf_counter() - begun) * 1000,
    )


def quotable(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits that may be quoted: no secrets, and nothing that the app itself once answered."""
    return tuple(hit for hit in hits if hit.memory.kind is not Kind.SECRET and hit.memory.facet not in OWN_OUTPUT)


def _in_order(two: Alternatives, ordered: Sequence[tuple[str, Question, Scored]]) -> list[Sentence]:
    """Each of two things in the question's words, marked, and what tells of it; the one asked for stands first."""
    told = reversed(ordered) if two.later else ordered
    heads = ("Later", "Before that") if two.later else ("First", "Then")
    said: list[Sentence] = []
    for head, (name, question, one) in zip(heads, told, strict=True):
        sentence = _sentence(question, one)
        name = " ".join(visible(name).split())
        span = (len(head) + 2, len(head) + 2 + len(name))
        said.append(replace(sentence, text=f"{head}: {name}. {sentence.text}", span=span))
    return said


def abstained(recalled: Recalled, hits: Sequence[Hit], route: str, begun: float) -> Answer:
    """The answer that there is no memory of it; the hits stay to be looked at."""
    return Answer(
        question=recalled.question,
        text=NO_MEMORY,
        abstained=True,
        hits=tuple(hits),
        route=route,
        took_ms=(time.perf_counter() - begun) * 1000,
    )


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(names))


def _chosen(question: Question, best: Sequence[Scored]) -> list[Scored]:
    chosen = [best[0]]
    if question.wanted in _ONE_IS_ENOUGH or (question.state and question.wanted is Wanted.PLACE):
        return chosen
    if question.wanted is Wanted.WAY:
        return chosen + _following(best[0], best)
    most = _SEVERAL if question.several else MOST
    for one in best[1:]:
        if len(chosen) == most or one.score < best[0].score * _CLOSE:
            break
        if (one.passage.outdated and not question.past) or not one.right_sort:
            continue
        if one.passage.hit.memory.facet in PAGES and one.own < _OWN:
            continue
        if one.covered < best[0].covered * _BEARS and (one.like is None or one.like < UNKNOWN):
            continue
        if not any(_same(one, other) for other in chosen):
            chosen.append(one)
    return chosen


def _following(first: Scored, best: Sequence[Scored]) -> list[Scored]:
    """What was said right after it in the same memory: how a thing is done takes more than a sentence."""
    memory, place = first.passage.hit.memory, first.passage.place
    after = [
        one
        for one in best
        if one.passage.hit.memory.id == memory.id
        and place < one.passage.place < place + _STEPS
        and not one.passage.caption
    ]
    return sorted(after, key=lambda one: one.passage.place)


def _same(one: Scored, other: Scored) -> bool:
    """Whether they say about the same, or stand in one another."""
    first, second = one.passage.terms, other.passage.terms
    both = len(first & second)
    return both >= 0.7 * min(len(first), len(second)) if first and second else first == second


def _sentence(question: Question, one: Scored) -> Sentence:
    memory = one.passage.hit.memory
    head, day = _head(memory)
    told = _dated(question, one) if question.wanted is Wanted.TIME else one.passage.text
    body, dates = resolved(told, memory.at, same_day=question.wanted is Wanted.TIME)
    text = f"{head}{body}{_validity(memory, question)}"
    moved = tuple((start + len(head), end + len(head)) for start, end in dates)
    return Sentence(
        text=text,
        grounds=grounds_of(one.passage.hit),
        memories=memories_of(one.passage.hit),
        span=_span(question, text, len(head), moved, day),
    )


def _dated(question: Question, one: Scored) -> str:
    """The sentence, and where it names no time the nearest one of the same memory that does, as they stand there."""
    passage, told = one.passage, one.passage.text
    other = beside(question, passage)
    if other is None:
        return told
    line = sentences(passage.hit.text)[other]
    between = " " if abs(other - passage.place) == 1 else " … "
    return between.join((line, told) if other < passage.place else (told, line))


def grounds_of(hit: Hit) -> tuple[str, ...]:
    """The ids of the observations that a hit rests on, as recall names them."""
    return distinct(ref.id for ref in hit.refs) or (str(hit.memory.id),)


def memories_of(hit: Hit) -> tuple[MemoryId, ...]:
    """The hit's memory and those it rests on."""
    return tuple(dict.fromkeys((hit.memory.id, *(ref.memory for ref in hit.refs))))


def _head(memory: Memory) -> tuple[str, Span | None]:
    """Who said it and when, as said before the sentence, and where its date stands."""
    if memory.facet in (Facet.FACT, Facet.PROMISE, Facet.APPOINTMENT, Facet.PROFILE):
        return "", None
    provenance = memory.provenance
    day = shown(memory.at.date())
    if memory.facet is Facet.FRAME:
        who = f"On the screen ({provenance.app})" if provenance.app else "On the screen"
    elif memory.facet is Facet.NOTE:
        who = "Your note"
    elif memory.facet is Facet.PAGE:
        who = provenance.window or "A page"
    elif memory.facet in (Facet.SUMMARY, Facet.DIGEST):
        who = "Summary"
    elif provenance.mine:
        who = "You"
    else:
        who = provenance.speaker or provenance.app or "Someone"
        who = who[:1].upper() + who[1:]
    who = " ".join(visible(who).split())[:_LONGEST_NAME]
    if memory.facet is Facet.TURN and provenance.channel is Channel.SCREEN:
        who = f"{who} (on the screen)"
    head = f"{who}, {day}: "
    return head, (len(who) + 2, len(who) + 2 + len(day))


def _validity(memory: Memory, question: Question) -> str:
    """From when or until when a derived fact holds."""
    if memory.facet is not Facet.FACT:
        return ""
    if memory.valid_to is not None and question.past:
        return f" (until {shown(memory.valid_to.date())})"
    if memory.valid_from is not None and memory.valid_to is None:
        return f" (since {shown(memory.valid_from.date())})"
    return ""


def _span(question: Question, text: str, head: int, dates: tuple[Span, ...], day: Span | None) -> Span | None:
    """The best answering words: of the wanted sort and nearest to the question's words; else what is left over."""
    if question.language != ENGLISH:
        return None
    if question.wanted in (Wanted.ANYTHING, Wanted.WAY):
        return _moved(left_over(text[head:], question), head)
    here = tuple((start - head, end - head) for start, end in dates)
    found = spans(text[head:], question, here)
    if found:
        near = [match.start() for match in re.finditer(r"\w+", text[head:]) if _is_asked(match.group(), question)]
        best = min(found, key=lambda span: (min((abs(span[0] - at) for at in near), default=0), span[0]))
        return _moved(best, head)
    if question.wanted is Wanted.TIME:
        return day
    return _moved(left_over(text[head:], question), head)


def _is_asked(word: str, question: Question) -> bool:
    return bool(stems(word) & question.terms)


def _moved(span: Span | None, by: int) -> Span | None:
    return None if span is None else (span[0] + by, span[1] + by)
