"""Plans that change: an appointment called off is over, one that was moved is replaced by the new one."""

from core.consolidate import placing
from core.consolidate.facts import Found
from core.consolidate.filter import READ_AT_MOST, learnable
from core.consolidate.promises import called_off, event_of
from core.consolidate.sentences import said
from core.consolidate.task import Pen
from core.memory import Facet, Memory, State
from core.store import tonight

READ_FROM = (Facet.TURN, Facet.NOTE)


def call_off(pen: Pen, memory: Memory) -> None:
    """An appointment that was called off in the same conversation is no longer coming up."""
    if memory.facet not in READ_FROM or not learnable(memory):
        return
    for sentence in said(memory.text[:READ_AT_MOST]):
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
    event = event_of(found.fact.value)
    before = [
        other
        for other in _open(pen, memory)
        if other.fact is not None and event_of(other.fact.value) == event and other.valid_from != found.valid_from
    ]
    if len(before) != 1:
        return False
    added = placing.keep(pen, memory, found)
    if added is not None:
        fields: dict[str, object] = {"state": State.SUPERSEDED, "superseded_by": added}
        placing.close(pen, before[0], fields, "It was moved to another time.", memory)
    return True


def _open(pen: Pen, memory: Memory) -> list[Memory]:
    found = tonight.appointments_in(pen.db, memory.provenance.conversation, memory.at)
    return [other for other in found if other.at <= memory.at and memory.id not in other.sources]
