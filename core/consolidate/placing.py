"""Puts one fact in its place among those known: new, said again, closing an older value, or against another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.consolidate.facts import Found, same_value
from core.consolidate.journal import CONFLICT, LINK, SOURCES
from core.consolidate.relating import relate
from core.consolidate.supersede import Claim, Place, Verdict, own, place, says
from core.consolidate.task import Pen
from core.memory import Channel, Draft, Facet, Kind, Memory, MemoryId, Provenance, State
from core.store import tonight

STALE = "stale"
"""The tag of what rests on words that were edited since; taken off once they have been read again."""
_MANY_SOURCES = 50
_NAMES = {Facet.FACT: "facts", Facet.PROMISE: "promises", Facet.APPOINTMENT: "appointments"}


def keep(pen: Pen, memory: Memory, found: Found, given_up: Memory | None = None) -> MemoryId | None:
    """Write down what `memory` told; `given_up` ends for it. The id of what was added, None when nothing was."""
    known = [
        other
        for other in tonight.known_facts(pen.db, found.fact.subject, found.fact.attribute)
        if other.facet is found.facet and (found.facet is Facet.FACT or other.valid_to == found.valid_to)
    ]
    here = next((other for other in known if memory.id in other.sources and _same(other, found)), None)
    if here is not None:
        if STALE in here.tags:
            pen.update(here.id, {"tags": without_stale(here)}, "Its source still says so.", [memory.id])
        return None
    claim = Claim(
        fact=found.fact,
        at=memory.at,
        trust=memory.trust,
        own=says(memory, found.fact.subject),
        changed=found.changed or bool(found.instead_of),
        conversation=memory.provenance.conversation,
        several=found.several,
    )
    where = place(claim, known, tonight.decided(pen.db, [other.id for other in known]))
    if where.conflicts and tonight.disputed(pen.db, [other.id for other in known]):
        where = replace(where, conflicts=())
    if given_up is not None and given_up.id not in where.closes and holds(given_up) and own_word(memory, given_up):
        where = replace(where, closes=(*where.closes, given_up.id))
    by_id = {other.id: other for other in [*known, *([given_up] if given_up else [])]}
    if where.verdict is Verdict.KNOWN and where.known is not None:
        _again(pen, by_id[where.known], memory, where)
    elif where.verdict is Verdict.REFUSED and where.known is not None:
        pen.noop(where.known, "Someone else says otherwise; the better word stays.", [memory.id])
        pen.count("refused")
    else:
        return _new(pen, memory, found, where, by_id)
    return None


def holds(memory: Memory) -> bool:
    """Whether a fact is still so, offered or faded."""
    return memory.state in (State.ACTIVE, State.FADED, State.CAPTURED)


def own_word(memory: Memory, old: Memory) -> bool:
    """Whether what `memory` says may end `old`: its subject's own word, or no less than what was known."""
    if old.fact is None or memory.trust < old.trust:
        return False
    return says(memory, old.fact.subject) or not own(old)


def without_stale(memory: Memory) -> tuple[str, ...]:
    """The tags of a memory that has been made right again."""
    return tuple(tag for tag in memory.tags if tag != STALE)


def close(pen: Pen, old: Memory, fields: dict[str, object], reason: str, memory: Memory) -> None:
    """End what was known, and put the words that said it below those that end it."""
    pen.update(old.id, fields, reason, [memory.id])
    pen.count("superseded")
    demote(pen, old.sources, [memory.id])


def demote(pen: Pen, old: Sequence[MemoryId], by: Sequence[MemoryId]) -> None:
    """Mark the words that said the old value, so that recall puts the newer ones above them."""
    for id in old:
        if by and id != by[0]:
            pen.update(id, {"superseded_by": by[0]}, "What it said has a newer value.", by)


def derived_provenance(memory: Memory) -> Provenance:
    """Where something derived comes from: the sleep, and the place and people of its source."""
    return replace(memory.provenance, channel=Channel.SLEEP, external_id="", window="", url="")


def _same(old: Memory, found: Found) -> bool:
    return old.fact is not None and old.facet is found.facet and same_value(old.fact.value, found.fact.value)


def _again(pen: Pen, known: Memory, memory: Memory, where: Place) -> None:
    """Said before: it rests on one more source, never on a lesser one than it had."""
    if memory.trust < known.trust or len(known.sources) >= _MANY_SOURCES:
        return
    fields: dict[str, object] = {SOURCES: [*known.sources, memory.id]}
    if where.earlier:
        fields["valid_from"] = memory.at
    pen.update(known.id, fields, "Said again.", [memory.id])
    pen.count("restated")


def _new(pen: Pen, memory: Memory, found: Found, where: Place, known: dict[MemoryId, Memory]) -> MemoryId | None:
    draft = _draft(pen, memory, found, where.valid_to)
    fields: dict[str, object] = {}
    if where.closed_by is not None:
        fields = {"state": State.SUPERSEDED, "superseded_by": where.closed_by}
    added = pen.add(draft, draft.reason, **fields)
    if added is None:
        return None
    pen.count(_NAMES[found.facet])
    if where.closed_by is not None:
        later = known[where.closed_by]
        demote(pen, [memory.id], later.sources[:1])
    for id in where.closes:
        ended: dict[str, object] = {
            "state": State.SUPERSEDED,
            "superseded_by": added,
            "valid_to": memory.at,
            LINK: [added, "superseded by", "A newer value."],
        }
        close(pen, known[id], ended, "A newer value was said.", memory)
    for id in where.conflicts:
        pen.update(added, {CONFLICT: id}, "Time does not settle which of two values holds.", [memory.id])
        pen.count("conflicts")
    if found.facet is Facet.FACT:
        for old in relate(pen, memory, added, found.fact, [known[id] for id in where.closes]):
            if own_word(memory, old):
                over: dict[str, object] = {"state": State.SUPERSEDED, "superseded_by": added, "valid_to": memory.at}
                close(pen, old, over, "What is new says that it can no longer be so.", memory)
    return added


def _reader(found: Found) -> str:
    return f"the model {found.reader}" if found.reader else "rule"


def _draft(pen: Pen, memory: Memory, found: Found, valid_to: datetime | None) -> Draft:
    draft = Draft(
        text=found.text,
        at=memory.at,
        at_given=memory.at_given,
        facet=found.facet,
        kind=Kind.SEMANTIC if found.facet is Facet.FACT else Kind.EPISODIC,
        provenance=derived_provenance(memory),
        language=memory.language,
        importance=max(memory.importance, 1.0),
        trust=memory.trust,
        sensitivity=memory.sensitivity,
        sources=(memory.id,),
        fact=found.fact,
        valid_from=found.valid_from,
        valid_to=found.valid_to or valid_to,
        reason=f"Read by {_reader(found)} in characters {found.start}-{found.end} of its source.",
    )
    return replace(draft, stability_days=pen.task.hold(draft))
