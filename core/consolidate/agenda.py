"""Plans that change: an appointment called off is over, one that was moved is replaced by the new one."""

import re

from core.consolidate import placing
from core.consolidate.facts import Found
from core.consolidate.facts.attributes import bare
from core.consolidate.filter import READ_AT_MOST, learnable
from core.consolidate.promises import called_off
from core.consolidate.sentences import said
from core.consolidate.task import Pen
from core.memory import Facet, Memory, State
from core.pattern import Pattern
from core.store import tonight

_SMALL = frozenset({"with", "the", "a", "an", "my", "our", "for", "of", "at", "in", "to"})
_MAYBE = Pattern(r"\b(?:cancel\w*|called off|no)\b", re.IGNORECASE)
READ_FROM = (Facet.TURN, Facet.NOTE)


def call_off(pen: Pen, memory: Memory) -> None:
    """An appointment that was called off in the same conversation is no longer coming up."""
    if memory.facet not in READ_FROM or not learnable(memory) or memory.folded_into is not None:
        return
    text = memory.text[:READ_AT_MOST]
    for sentence in said(text) if _MAYBE.search(text) else ():
        off = called_off(sentence.text, memory.at) if sentence.denies_only else None
        if off is None:
            continue
        event, when = off
        open_ones = [
            other
            for other in _open(pen, memory)
            if event in (other.fact.value.lower() if other.fact else "")
            and (when is None or other.valid_from is None or other.valid_from.date() == when.begins.date())
        ]
        if len(open_ones) == 1:
            fields: dict[str, object] = {"state": State.SUPERSEDED, "superseded_by": memory.id}
            pen.update(open_ones[0].id, fields, "It was called off.", [memory.id])
            pen.count("called off")


def moved(pen: Pen, memory: Memory, found: Found) -> bool:
    """Put an appointment that was moved in the place of the one known; whether there was one such."""
    if not found.instead_of:
        return False
    before = [
        other
        for other in _open(pen, memory)
        if other.fact is not None
        and _same_event(other.fact.value, found.fact.value)
        and other.valid_from != found.valid_from
    ]
    if len(before) != 1:
        return False
    added = placing.keep(pen, memory, found)
    if added is not None:
        fields: dict[str, object] = {"state": State.SUPERSEDED, "superseded_by": added}
        placing.close(pen, before[0], fields, "It was moved to another time.", memory)
    return True


def _same_event(one: str, other: str) -> bool:
    """ "Call" is the "call with Rosa", "retro" is no "review"."""
    first, second = _telling(one), _telling(other)
    return bool(first and second) and (first <= second or second <= first)


def _telling(what: str) -> set[str]:
    return {word for word in bare(what).split() if word not in _SMALL}


def _open(pen: Pen, memory: Memory) -> list[Memory]:
    found = tonight.appointments_in(pen.db, memory.provenance.conversation, memory.at)
    return [other for other in found if other.at <= memory.at and memory.id not in other.sources]
