"""The step that finds contradictions about things: two sources that give different values of one thing within days."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.consolidate.filter import learnable, quarantined
from core.consolidate.journal import CONFLICT, SOURCES
from core.consolidate.labels import most_private
from core.consolidate.learning import withdraw
from core.consolidate.opposing import agrees, explained, opposed, same_thing
from core.consolidate.placing import derived_provenance
from core.consolidate.stating import BESIDE, LONGEST, Statement, statements
from core.consolidate.supersede import CLOSE
from core.consolidate.task import Pen
from core.memory import Draft, Facet, Fact, Kind, Memory, MemoryId, State
from core.store import memories, tonight

_WEEK = timedelta(days=7)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9990, 1, 1, tzinfo=UTC)
"""Of what says that it is later nothing is compared: there is no room behind it to count in."""
_MOST = 4000
"""Observations of the weeks around one that are compared, the latest."""
_MOST_ALIKE = 40
"""Statements that share a word and are compared; a word that more share tells nothing."""
_READ = (Facet.TURN, Facet.NOTE, Facet.FRAME, Facet.PAGE)


def clash(pen: Pen, cursor: str) -> str | None:
    """Compare what is new of one week with what was said within two weeks of it; the next week, None after the last."""
    begin = _EPOCH + _WEEK * int(cursor or 0)
    first = tonight.first_captured(pen.db, begin, pen.task.upto)
    if first is None or first > _LAST:
        return None
    week = (first - _EPOCH) // _WEEK
    begin, end = _EPOCH + _WEEK * week, _EPOCH + _WEEK * (week + 1)
    names = pen.task.settings.person.names
    for fact in tonight.resting_on_new(pen.db, BESIDE, begin, end):
        _look_again(pen, fact)
    around = tonight.between(pen.db, begin - CLOSE, end + CLOSE, pen.task.upto, LONGEST // 2, _MOST)
    known = [one for memory in around if _readable(memory) for one in statements(memory, names)]
    for one, other, kind in _pairs(known, begin, end):
        if not explained(one, other, kind, known):
            _write(pen, one, other, kind, known)
    return str(week + 1)


def _look_again(pen: Pen, fact: Memory) -> None:
    """What an edited source says no longer goes."""
    kind = fact.fact.attribute if fact.fact is not None else ""
    for source in memories.many(pen.db, list(fact.sources)):
        says = _readable(source) and any(
            not each.changed and kind in each.values and _says(fact, each, kind) for each in statements(source)
        )
        if source.state is State.CAPTURED and not says:
            withdraw(pen, fact, source.id)
            return


def _readable(memory: Memory) -> bool:
    return (
        memory.facet in _READ
        and learnable(memory)
        and not quarantined(memory)
        and memory.folded_into is None
        and memory.superseded_by is None
    )


def _pairs(known: Sequence[Statement], begin: datetime, end: datetime) -> Iterator[tuple[Statement, Statement, str]]:
    """Those that contradict each other, one of them new and of this week, each pair once, in the order of time."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(known):
        for word in one.about:
            by_word[word].append(number)
    for number, one in enumerate(known):
        near = {n for word in one.about if len(by_word[word]) <= _MOST_ALIKE for n in by_word[word] if n > number}
        for n in sorted(near):
            other = known[n]
            if any(_new(each.source, begin, end) for each in (one, other)):
                kind = opposed(one, other)
                if kind:
                    yield one, other, kind


def _new(memory: Memory, begin: datetime, end: datetime) -> bool:
    return memory.state is State.CAPTURED and begin <= memory.at < end


def _write(pen: Pen, one: Statement, other: Statement, kind: str, known: Sequence[Statement]) -> None:
    """Two facts and one contradiction; or, where there is one already, a side gains a source."""
    for side, against in tonight.against_each_other(pen.db, [one.source.id, other.source.id]):
        told = {*side.sources, *against.sources}
        if {one.source.id, other.source.id} <= told:
            return
        for said, here in ((one, other), (other, one)):
            for fact, opposite in ((side, against), (against, side)):
                if here.source.id in opposite.sources and said.source.id not in told:
                    if _says(fact, said, kind) and said.source.trust >= fact.trust:
                        pen.update(fact.id, {SOURCES: [*fact.sources, said.source.id]}, "Said again.", [said.source.id])
                        pen.count("restated")
                    if _about_this(fact, kind):
                        return
    shared = same_thing(one, other)
    named = one.forms | {stem: words for stem, words in other.forms.items() if stem not in one.forms}
    first = _add(pen, one, kind, shared, named, known)
    second = _add(pen, other, kind, shared, named, known) if first is not None else None
    if first is not None and second is not None:
        pen.update(second, {CONFLICT: first}, "Two sources say different things of one.", [other.source.id])
        pen.count("conflicts")


def _says(fact: Memory, said: Statement, kind: str) -> bool:
    return fact.fact is not None and any(
        each.values.get(kind, ("",))[0] == said.values[kind][0] for each in statements(fact)
    )


def _about_this(fact: Memory, kind: str) -> bool:
    if fact.reason.startswith(BESIDE):
        return fact.fact is not None and fact.fact.attribute == kind
    return any(kind in each.values for each in statements(fact))


def _add(
    pen: Pen, said: Statement, kind: str, shared: frozenset[str], named: dict[str, str], known: Sequence[Statement]
) -> MemoryId | None:
    """One side, resting on all that say so."""
    again = [each for each in known if each is said or (not each.changed and each.sure and agrees(said, each, kind))]
    sources = list(dict.fromkeys(each.source.id for each in [said, *again]))
    each_once = {each.source.id: each.source for each in again}.values()
    subject = " ".join(words for stem, words in named.items() if stem in shared)
    value = said.values[kind][1]
    memory = said.source
    words = memory.text[said.start : said.end]
    speaker = memory.provenance.speaker if said.owner and not memory.provenance.mine else ""
    draft = Draft(
        text=f"{speaker}: {words}" if speaker else words,
        at=memory.at,
        at_given=memory.at_given,
        facet=Facet.FACT,
        kind=Kind.SEMANTIC,
        provenance=derived_provenance(memory),
        language=memory.language,
        importance=max(memory.importance, 1.0),
        trust=min(each.trust for each in each_once),
        sensitivity=most_private(each.sensitivity for each in each_once),
        sources=tuple(sources),
        fact=Fact(subject=subject.casefold(), attribute=kind, value=value),
        valid_from=memory.at,
        reason=f"{BESIDE} {said.start}-{said.end} of its source.",
    )
    return pen.add(replace(draft, stability_days=pen.task.hold(draft)), draft.reason)
