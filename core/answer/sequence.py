"""Which of two things came first: the sentence that tells of each, in the order of the days that they tell of."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from core.alternatives import Alternatives
from core.answer.abstain import bearing
from core.answer.asking import ask
from core.answer.passages import passages
from core.answer.question import Question
from core.answer.scoring import Likeness, Scored, scored
from core.answer.when import When, times
from core.memory import Hit, Recalled

_LOOKED_AT = 4
"""Of the best sentences for each, so that one sentence does not have to stand for both."""
_YEAR = re.compile(r"\b(?:in|of|since|year|summer|winter|spring|autumn)\s+(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE)


def in_order(
    recalled: Recalled, hits: Sequence[Hit], two: Alternatives, now: datetime, likeness: Likeness | None
) -> tuple[tuple[str, Question, Scored], ...]:
    """Each of the two as the question names it with what tells of it, the one that came first before the other.

    Empty where nothing bears on one of them. The day is the one that the sentence tells of ("back in February"), else
    the one on which it was said.
    """
    found = [_told(replace(recalled, question=name), hits, now, likeness) for name in two.both]
    pairs = [
        (one, other)
        for one in found[0][1]
        for other in found[1][1]
        if one.passage.hit.memory.id != other.passage.hit.memory.id
    ]
    if not pairs:
        return ()
    best = max(pairs, key=lambda pair: pair[0].score + pair[1].score)
    named = [(name, question, one) for name, (question, _), one in zip(two.both, found, best, strict=True)]
    return tuple(sorted(named, key=lambda one: happened(one[2])))


def _told(
    recalled: Recalled, hits: Sequence[Hit], now: datetime, likeness: Likeness | None
) -> tuple[Question, list[Scored]]:
    question = ask(recalled, now)
    best = scored(question, passages(hits, (), question.language), likeness)
    return question, best[:_LOOKED_AT] if bearing(question, best).enough else []


def happened(one: Scored) -> tuple[date, date, datetime, int]:
    """When what a sentence tells of was: its middle day, its first one, when it was said, and the order of saving."""
    memory = one.passage.hit.memory
    said = memory.at.date()
    told = times(one.passage.text, memory.at)
    behind = [when for when in told if when.last <= said]
    year = _YEAR.search(one.passage.text)
    if year is not None and not behind and int(year["year"]) < said.year:
        return date(int(year["year"]), 7, 1), date(int(year["year"]), 1, 1), memory.at, memory.seq
    when = next(iter(behind or told), None)
    if when is None:
        return said, said, memory.at, memory.seq
    return _middle(when), when.first, memory.at, memory.seq


def _middle(when: When) -> date:
    return when.first + (when.last - when.first) / 2
