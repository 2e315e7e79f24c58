"""The core profile: who the person is, in lines of their own words' facts; always in the prompt, so bounded."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.consolidate.facts import ME, multiple
from core.consolidate.journal import SOURCES
from core.consolidate.learning import STALE, without_stale
from core.consolidate.task import Pen
from core.memory import Draft, Facet, Fact, Kind, Memory, State, Trust
from core.store import gathered, memories, runs, tonight

LINES, CHARACTERS = 12, 900
"""About 200 tokens in all."""
_ALWAYS = frozenset({"name", "lives in", "works at", "works as", "birthday", "allergic to", "diet"})
_OFTEN = 2
_FACTS, _SOURCES = 500, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What makes the profile right: lines to add, made from these facts, to take out, to bring up to date."""

    add: tuple[Memory, ...] = ()
    out: tuple[Memory, ...] = ()
    renew: tuple[tuple[Memory, Memory], ...] = ()
    """(line, fact): the line stands, on the fact's present sources."""


def refresh(pen: Pen, cursor: str) -> str | None:
    """Bring the lines about who the person is up to date."""
    unsettled = {id for conflict in runs.conflicts(pen.db) for id in (conflict.memory, conflict.against)}
    facts = [fact for fact in tonight.facts_of(pen.db, ME, _FACTS) if fact.id not in unsettled]
    lines = tonight.lines_of_profile(pen.db)
    revision = revise(facts, lines, pen.task.now, refused=gathered.taken_back(pen.db))
    for line in revision.out:
        pen.delete(line.id, "It no longer holds, or others say more.")
        pen.count("profile")
    for fact in revision.add:
        _add(pen, fact)
    for line, fact in revision.renew:
        changed: dict[str, object] = {"tags": without_stale(line)}
        if tuple(line.sources) != fact.sources[:_SOURCES]:
            changed |= {SOURCES: list(fact.sources[:_SOURCES]), "trust": int(fact.trust)}
        pen.update(line.id, changed, "It rests on what was said since.", fact.sources[:_SOURCES])
    return None


def _add(pen: Pen, fact: Memory) -> None:
    sources = memories.many(pen.db, fact.sources[:_SOURCES])
    if not sources:
        return
    draft = Draft(
        text=fact.text,
        at=fact.at,
        facet=Facet.PROFILE,
        kind=Kind.CORE,
        provenance=fact.provenance,
        language=fact.language,
        importance=2.0,
        trust=min(fact.trust, *(source.trust for source in sources)),
        sensitivity=fact.sensitivity,
        sources=tuple(source.id for source in sources),
        fact=fact.fact,
        reason="Said of yourself, often or as who you are.",
    )
    # No validity of its own: that is the fact's. So a line that was forgotten is known again whenever it was said.
    if pen.add(replace(draft, stability_days=pen.task.hold(draft)), draft.reason) is not None:
        pen.count("profile")


def revise(
    facts: Iterable[Memory], lines: Sequence[Memory], now: datetime, *, refused: Collection[Fact] = ()
) -> Revision:
    """Which facts become lines and which lines go. `facts`: any; only the person's own, true now, count.

    A line stands for a fact that says who one is, or one said at least twice, best first by how often and how
    lately. Lines the person wrote, changed or pinned stay and take their room; a line whose fact no longer holds
    goes; one that the person took out (`refused`) does not come back.
    """
    mine = [fact for fact in facts if _counts(fact)]
    out = {_known(one) for one in refused}
    held = [line for line in lines if _by_hand(line)]
    room, used = LINES - len(held), sum(len(line.text) for line in held)
    mine_by_hand = {_key(line) for line in held}
    chosen: list[Memory] = []
    for fact in sorted(mine, key=lambda fact: (-_weight(fact, now), fact.seq)):
        if _key(fact) in mine_by_hand or _key(fact) in out:
            continue
        if len(chosen) < room and used + len(fact.text) <= CHARACTERS:
            chosen.append(fact)
            used += len(fact.text)
    wanted = {_key(fact): fact for fact in chosen}
    have = {_key(line) for line in lines}
    return Revision(
        add=tuple(fact for fact in chosen if _key(fact) not in have),
        out=tuple(line for line in lines if _key(line) not in wanted and not _by_hand(line)),
        renew=tuple(
            (line, wanted[_key(line)])
            for line in lines
            if _key(line) in wanted
            and not _by_hand(line)
            and (STALE in line.tags or line.sources != wanted[_key(line)].sources[:_SOURCES])
        ),
    )


def _counts(fact: Memory) -> bool:
    return (
        fact.facet is Facet.FACT
        and fact.fact is not None
        and fact.fact.subject == ME
        and fact.trust >= Trust.SAID
        and (fact.state in (State.ACTIVE, State.CAPTURED) or _who_one_is(fact))
        and (fact.fact.attribute in _ALWAYS or len(fact.sources) >= _OFTEN or not multiple(fact.fact.attribute))
    )


def _who_one_is(fact: Memory) -> bool:
    """A name or an allergy holds until another takes its place, however long ago it was said."""
    return fact.state is State.FADED and fact.fact is not None and fact.fact.attribute in _ALWAYS


def _weight(fact: Memory, now: datetime) -> float:
    days = max((now - fact.at).total_seconds() / 86_400, 0.0)
    always = 2.0 if fact.fact is not None and fact.fact.attribute in _ALWAYS else 0.0
    return always + len(fact.sources) + 1.0 / (1.0 + days / 90.0)


def _key(memory: Memory) -> tuple[str, str, str]:
    return _known(memory.fact) if memory.fact else ("", "", memory.text)


def _known(fact: Fact) -> tuple[str, str, str]:
    return fact.subject, fact.attribute, fact.value.casefold()


def _by_hand(line: Memory) -> bool:
    return line.pinned or line.version > 1 or not line.sources
