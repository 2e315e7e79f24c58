"""The steps that learn: facts, promises and appointments by rule, each with its sources and the time it was true."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.consolidate.facts import Found, find, same_value
from core.consolidate.filter import READ_AT_MOST, learnable
from core.consolidate.journal import CONFLICT, LINK, SOURCES
from core.consolidate.promises import called_off
from core.consolidate.sentences import said
from core.consolidate.supersede import Claim, Place, Verdict, place
from core.consolidate.task import Pen
from core.memory import Channel, Draft, Facet, Kind, Memory, MemoryId, Provenance, State
from core.store import tonight

CHUNK = 250
LEARNT_FROM = (Facet.TURN, Facet.NOTE)
STALE = "stale"
"""The tag of what rests on words that were edited since; taken off once they have been read again."""
_MANY_SOURCES = 50
_NAMES = {Facet.FACT: "facts", Facet.PROMISE: "promises", Facet.APPOINTMENT: "appointments"}


def learn(pen: Pen, cursor: str) -> str | None:
    """Read the next observations by rule; what was told by an older text of theirs and is no longer goes."""
    found = tonight.captured(pen.db, int(cursor or 0), pen.task.upto, CHUNK)
    told: dict[MemoryId, list[Memory]] = {}
    for memory in tonight.told_by(pen.db, [memory.id for memory in found]):
        for source in memory.sources:
            told.setdefault(source, []).append(memory)
    for memory in sorted(found, key=lambda memory: (memory.at, memory.seq)):
        facts = _read(memory, pen.task.settings.person.names)
        for one in facts:
            _keep(pen, memory, one)
        _call_off(pen, memory)
        for old in told.get(memory.id, ()):
            if not any(_same(old, one) for one in facts):
                _withdraw(pen, old, memory.id)
    return str(found[-1].seq) if found else None


def _read(memory: Memory, names: tuple[str, ...]) -> list[Found]:
    if memory.facet not in LEARNT_FROM or not learnable(memory) or memory.folded_into is not None:
        return []
    origin = memory.provenance
    return find(
        memory.text[:READ_AT_MOST],
        speaker=origin.speaker,
        addressee=origin.addressee,
        mine=origin.mine or (memory.facet is Facet.NOTE and origin.channel is Channel.NOTE),
        at=memory.at,
        names=names,
    )


def _call_off(pen: Pen, memory: Memory) -> None:
    """An appointment that was called off in the same conversation is no longer coming up."""
    if memory.facet not in LEARNT_FROM or not learnable(memory):
        return
    for sentence in said(memory.text[:READ_AT_MOST]):
        off = called_off(sentence.text, memory.at) if sentence.denies_only else None
        if off is None:
            continue
        event, when = off
        open_ones = [
            other
            for other in tonight.appointments_in(pen.db, memory.provenance.conversation, memory.at)
            if other.fact is not None
            and event in other.fact.value.lower()
            and other.at <= memory.at
            and (when is None or other.valid_from is None or other.valid_from.date() == when.begins.date())
        ]
        if len(open_ones) == 1:
            fields: dict[str, object] = {"state": State.SUPERSEDED, "superseded_by": memory.id}
            pen.update(open_ones[0].id, fields, "It was called off.", [memory.id])
            pen.count("called off")


def _same(old: Memory, new: Found) -> bool:
    return (
        old.fact is not None
        and old.facet is new.facet
        and (old.fact.subject, old.fact.attribute) == (new.fact.subject, new.fact.attribute)
        and same_value(old.fact.value, new.fact.value)
    )


def _withdraw(pen: Pen, old: Memory, source: MemoryId) -> None:
    if old.version > 1 or old.pinned:
        return
    rest = [id for id in old.sources if id != source]
    if rest:
        pen.update(
            old.id, {SOURCES: rest, "tags": without_stale(old)}, "One of its sources no longer says so.", [source]
        )
    else:
        pen.delete(old.id, "Its source no longer says so.")
        pen.count("withdrawn")


def _keep(pen: Pen, memory: Memory, found: Found) -> None:
    known = [
        other
        for other in tonight.known_facts(pen.db, found.fact.subject, found.fact.attribute)
        if other.facet is found.facet and (found.facet is Facet.FACT or other.valid_to == found.valid_to)
    ]
    here = next((other for other in known if memory.id in other.sources and _same(other, found)), None)
    if here is not None:
        if STALE in here.tags:
            pen.update(here.id, {"tags": without_stale(here)}, "Its source still says so.", [memory.id])
        return
    claim = Claim(
        fact=found.fact,
        at=memory.at,
        trust=memory.trust,
        own=memory.provenance.mine or found.fact.subject == " ".join(memory.provenance.speaker.casefold().split()),
    )
    where = place(claim, known)
    by_id = {other.id: other for other in known}
    if where.verdict is Verdict.KNOWN and where.known is not None:
        _again(pen, by_id[where.known], memory, where)
    elif where.verdict is Verdict.REFUSED and where.known is not None:
        pen.noop(where.known, "Someone else says otherwise; the better word stays.", [memory.id])
        pen.count("refused")
    else:
        _new(pen, memory, found, where, by_id)


def without_stale(memory: Memory) -> tuple[str, ...]:
    """The tags of a memory that has been made right again."""
    return tuple(tag for tag in memory.tags if tag != STALE)


def _again(pen: Pen, known: Memory, memory: Memory, where: Place) -> None:
    """Said before: it rests on one more source, never on a lesser one than it had."""
    if memory.trust < known.trust or len(known.sources) >= _MANY_SOURCES:
        return
    fields: dict[str, object] = {SOURCES: [*known.sources, memory.id]}
    if where.earlier:
        fields["valid_from"] = memory.at
    pen.update(known.id, fields, "Said again.", [memory.id])
    pen.count("restated")


def _new(pen: Pen, memory: Memory, found: Found, where: Place, known: dict[MemoryId, Memory]) -> None:
    draft = _draft(pen, memory, found, where.valid_to)
    fields: dict[str, object] = {}
    if where.closed_by is not None:
        fields = {"state": State.SUPERSEDED, "superseded_by": where.closed_by}
    added = pen.add(draft, draft.reason, **fields)
    if added is None:
        return
    pen.count(_NAMES[found.facet])
    if where.closed_by is not None:
        later = known[where.closed_by]
        _demote(pen, [memory.id], later.sources[:1])
    for id in where.closes:
        _close(pen, known[id], added, memory)
    for id in where.conflicts:
        pen.update(added, {CONFLICT: id}, "Time does not settle which of two values holds.", [memory.id])
        pen.count("conflicts")


def _close(pen: Pen, old: Memory, by: MemoryId, memory: Memory) -> None:
    fields: dict[str, object] = {
        "state": State.SUPERSEDED,
        "superseded_by": by,
        "valid_to": memory.at,
        LINK: [by, "superseded by", "A newer value."],
    }
    pen.update(old.id, fields, "A newer value was said.", [memory.id])
    pen.count("superseded")
    _demote(pen, old.sources, [memory.id])


def _demote(pen: Pen, old: Sequence[MemoryId], by: Sequence[MemoryId]) -> None:
    """Mark the words that said the old value, so that recall puts the newer ones above them."""
    for id in old:
        if by and id != by[0]:
            pen.update(id, {"superseded_by": by[0]}, "What it said has a newer value.", by)


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
        reason=f"Read by rule in characters {found.start}-{found.end} of its source.",
    )
    return replace(draft, stability_days=pen.task.hold(draft))


def derived_provenance(memory: Memory) -> Provenance:
    """Where something derived comes from: the sleep, and the place and people of its source."""
    return replace(memory.provenance, channel=Channel.SLEEP, external_id="", window="", url="")
