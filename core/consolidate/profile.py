"""The core profile: who the person is, in lines of their own words' facts; always in the prompt, so bounded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.consolidate.facts import ME, multiple
from core.memory import Facet, Memory, State, Trust

LINES, CHARACTERS = 12, 900
"""About 200 tokens in all."""
_ALWAYS = frozenset({"name", "lives in", "works at", "works as", "birthday", "allergic to", "diet"})
_OFTEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What makes the profile right: lines to add, made from these facts, and lines to take out."""

    add: tuple[Memory, ...] = ()
    out: tuple[Memory, ...] = ()


def revise(facts: Iterable[Memory], lines: Sequence[Memory], now: datetime) -> Revision:
    """Which facts become lines and which lines go. `facts`: any; only the person's own, true now, count.

    A line stands for a fact that says who one is, or one said at least twice, best first by how often and how
    lately. Lines the person wrote, changed or pinned stay; a line whose fact no longer holds goes.
    """
    mine = [fact for fact in facts if _counts(fact)]
    ranked = sorted(mine, key=lambda fact: -_weight(fact, now))
    chosen: list[Memory] = []
    used = 0
    for fact in ranked:
        if len(chosen) < LINES and used + len(fact.text) <= CHARACTERS:
            chosen.append(fact)
            used += len(fact.text)
    wanted = {_key(fact) for fact in chosen}
    have = {_key(line) for line in lines}
    return Revision(
        add=tuple(fact for fact in chosen if _key(fact) not in have),
        out=tuple(line for line in lines if _key(line) not in wanted and not _by_hand(line)),
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
    fact = memory.fact
    return (fact.subject, fact.attribute, fact.value.casefold()) if fact else ("", "", memory.text)


def _by_hand(line: Memory) -> bool:
    return line.pinned or line.version > 1 or line.uses > 0 or not line.sources
