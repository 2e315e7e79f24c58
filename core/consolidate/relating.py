"""Links between the facts of different days (PREMem): one extends, transforms or implies another, with a reason."""

from collections.abc import Sequence
from datetime import timedelta

from core.consolidate.facts.attributes import bare
from core.consolidate.journal import LINK
from core.consolidate.task import Pen
from core.memory import Fact, Memory, MemoryId
from core.store import tonight

EXTENDS, TRANSFORMS, IMPLIES = "extends", "transforms", "implies"
FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"lives in", "address"}),
    frozenset({"works at", "works as", "works in", "boss", "salary", "job title"}),
    frozenset(
        {"girlfriend", "boyfriend", "partner", "fiancé", "fiancée", "wife", "husband", "engaged to", "married to"}
    ),
    frozenset({"diet", "does not eat", "does not drink", "allergic to"}),
    frozenset({"studies", "studies at", "school"}),
    frozenset({"name", "surname", "nickname", "maiden name", "middle name"}),
)
"""Attributes that speak of the same part of a life."""
_PARTNERS = FAMILIES[2]
_MANY = 200
_FREE = frozenset({"retired", "freelance", "freelancer", "self employed"})
_LATELY = timedelta(days=14)
"""What was said so shortly before was said of the same change."""


def family(attribute: str) -> frozenset[str]:
    """The attributes that speak of the same as this one."""
    return next((one for one in FAMILIES if attribute in one), frozenset({attribute}))


def relate(pen: Pen, memory: Memory, added: MemoryId, fact: Fact, closed: Sequence[Memory]) -> list[Memory]:
    """Link a new fact to older ones of its subject that it adds detail to or changes; those that it surely ends."""
    for old in closed:
        _link(pen, added, old.id, TRANSFORMS, "The same thing has another value since.", memory)
    done = {old.id for old in closed}
    kin = family(fact.attribute)
    ended = []
    for old in tonight.facts_of(pen.db, fact.subject, _MANY):
        if old.id == added or old.id in done or old.fact is None or old.fact.attribute not in kin:
            continue
        if _ends(fact, old, closed, memory):
            _link(pen, added, old.id, IMPLIES, "What is new says that this can no longer be so.", memory)
            ended.append(old)
            continue
        relation, reason = _relation(fact, old.fact)
        if relation:
            _link(pen, added, old.id, relation, reason, memory)
    return ended


def _ends(new: Fact, old: Memory, closed: Sequence[Memory], memory: Memory) -> bool:
    """Whoever moves to another town leaves the address; whoever retires or works for themself leaves the employer."""
    if old.fact is None or memory.at - (old.valid_from or old.at) < _LATELY:
        return False
    if new.attribute == "lives in" and old.fact.attribute == "address":
        return bool(closed) and not _within(bare(new.value), bare(old.fact.value))
    return new.attribute == "works as" and old.fact.attribute == "works at" and bare(new.value) in _FREE


def _relation(new: Fact, old: Fact) -> tuple[str, str]:
    one, other = bare(new.value), bare(old.value)
    if {new.attribute, old.attribute} <= _PARTNERS and new.attribute != old.attribute and _within(one, other):
        return TRANSFORMS, "The same person stands in another relation since."
    if new.attribute != old.attribute and new.attribute in FAMILIES[0] and _within(one, other):
        return EXTENDS, "It says more exactly where."
    if new.attribute != old.attribute and {new.attribute, old.attribute} <= FAMILIES[1]:
        return EXTENDS, "It says more about the same work."
    if new.attribute == old.attribute and one != other and _within(one, other):
        return EXTENDS, "It says the same more exactly."
    return "", ""


def _within(one: str, other: str) -> bool:
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def _link(pen: Pen, new: MemoryId, old: MemoryId, relation: str, reason: str, memory: Memory) -> None:
    pen.update(new, {LINK: [old, relation, reason]}, reason, [memory.id])
    pen.count("linked")
