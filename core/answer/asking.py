"""A question as it is to be answered, in the light of what was found for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.answer.passages import ceased
from core.answer.question import Question, stem, words
from core.answer.wording import ENGLISH, asked, language
from core.memory import Hit, MemoryId, Recalled
from core.pattern import Pattern

_ASKED_OF = Pattern(r"\b(?:[Dd]oes|[Dd]id|[Ii]s|[Ww]as|[Hh]as|[Hh]ad|[Ww]ill|[Cc]an)\s+([A-Z][^\W_]*)")
"""Whom a question is about: "Where does Noor live?"."""


def ask(recalled: Recalled, now: datetime) -> Question:
    """The question as understood, in the light of what was found.

    Only those who take part in conversations count as its people; other names are words like any others. It asks
    about the past also where recall understood it so.
    """
    known = [one.text for one in recalled.understood if one.kind == "person"]
    for hit in recalled.hits:
        known += [hit.memory.provenance.speaker, hit.memory.provenance.addressee]
    question = asked(
        recalled.question, now, language(recalled.question, recalled.hits), tuple(dict.fromkeys(filter(None, known)))
    )
    if question.language != ENGLISH:
        return question
    people = question.names & {word for name in known for word in words(name)}
    terms = question.terms | {stem(name) for name in question.names - people}
    past = question.past or any(one.kind == "past" for one in recalled.understood)
    then = bool(question.days) and question.ahead is not True and question.days[-1].last < now.date()
    asked_of = {name.casefold() for name in _ASKED_OF.findall(recalled.question)}
    strangers = (question.names - people) & asked_of
    state = question.state and not past
    return replace(question, names=people, strangers=strangers, terms=terms, past=past, state=state, then=then)


def outdated(question: Question, hits: Sequence[Hit], now: datetime) -> set[MemoryId]:
    """What tells another value than the one that is asked for.

    Asked for a named time, that is what recall has marked. Else it is what no longer holds, which counts for a question
    after what used to be; then what recall has marked holds today and is no such thing.
    """
    marked = {hit.memory.id for hit in hits if hit.outdated}
    if question.then:
        return marked
    return ceased(hits, now) if question.past else ceased(hits, now) | marked
