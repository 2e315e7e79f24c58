"""The step that learns: facts, promises and appointments by rule, each with its sources and the time it was true."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache

from core.consolidate import agenda, placing
from core.consolidate.facts import ME, Found, find, same_value
from core.consolidate.filter import READ_AT_MOST, learnable
from core.consolidate.given_up import attribute_of, end
from core.consolidate.journal import SOURCES
from core.consolidate.placing import STALE, derived_provenance, keep, without_stale
from core.consolidate.shown import shown
from core.consolidate.stating import BESIDE
from core.consolidate.task import Pen
from core.consolidate.thinking.evidence import still_said
from core.memory import Channel, Facet, Fact, Memory, MemoryId
from core.store import tonight

__all__ = ["STALE", "derived_provenance", "keep", "learn", "read", "same_fact", "without_stale"]

CHUNK = 250
LEARNT_FROM = (Facet.TURN, Facet.NOTE)


def learn(pen: Pen, cursor: str) -> str | None:
    """Read the next observations by rule; what was told by an older text of theirs and is no longer goes."""
    found = tonight.captured(pen.db, int(cursor or 0), pen.task.upto, CHUNK)
    told: dict[MemoryId, list[Memory]] = {}
    for memory in tonight.told_by(pen.db, [memory.id for memory in found]):
        if memory.reason.startswith(BESIDE):
            continue
        for source in memory.sources:
            told.setdefault(source, []).append(memory)
    names = pen.task.settings.person.names
    people = cache(lambda: tonight.people(pen.db))
    for memory in sorted(found, key=lambda memory: (memory.at, memory.seq)):
        facts = [_named(pen, one) for one in (*read(memory, names), *_shown(memory, names, people))]
        for one in facts:
            _take(pen, memory, one)
        agenda.call_off(pen, memory)
        for old in told.get(memory.id, ()):
            kept = learnable(memory) and still_said(old, memory.text)
            if not kept and not any(same_fact(old, one) for one in facts):
                withdraw(pen, old, memory.id)
    return str(found[-1].seq) if found else None


def read(memory: Memory, names: tuple[str, ...]) -> list[Found]:
    """What the rules read in one observation; nothing where nothing may be learnt."""
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


def _shown(memory: Memory, names: tuple[str, ...], people: Callable[[], Collection[str]]) -> list[Found]:
    """What a screen says of people one talks with."""
    if memory.facet is not Facet.FRAME or not learnable(memory) or memory.folded_into is not None:
        return []
    mine = {ME, *(" ".join(name.casefold().split()) for name in names)}
    return list(shown(memory.text[:READ_AT_MOST], memory.at, mine, people))


def _named(pen: Pen, found: Found) -> Found:
    """ "My sister" is Clara, once it is known that the one sister there is is called so."""
    kin, of, whose = found.fact.subject.partition(" of ")
    if not of:
        return found
    called = {
        memory.fact.value.casefold()
        for memory in tonight.known_facts(pen.db, whose, kin)
        if memory.fact is not None and placing.holds(memory)
    }
    if len(called) != 1:
        return found
    (name,) = called
    return replace(found, fact=Fact(subject=name, attribute=found.fact.attribute, value=found.fact.value))


def _take(pen: Pen, memory: Memory, found: Found) -> None:
    if found.facet is Facet.APPOINTMENT and agenda.moved(pen, memory, found):
        return
    if found.ends:
        end(pen, memory, found)
        return
    given_up = None
    if found.facet is Facet.FACT and (found.instead_of or not found.fact.attribute):
        found, given_up = attribute_of(pen, found)
    keep(pen, memory, found, given_up)


def same_fact(old: Memory, new: Found) -> bool:
    """Whether a text still tells what was once learnt from it."""
    return (
        old.fact is not None
        and old.facet is new.facet
        and not new.ends
        and (old.fact.subject, old.fact.attribute) == (new.fact.subject, new.fact.attribute)
        and same_value(old.fact.value, new.fact.value)
    )


def withdraw(pen: Pen, old: Memory, source: MemoryId) -> None:
    """A fact rests on one source less; without any it goes, unless the person has changed or pinned it."""
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
