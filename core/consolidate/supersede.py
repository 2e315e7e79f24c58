"""Newer values close older ones (Graphiti's bi-temporal rule): both stay, and each says when it was true.

Pure: from the facts known about one (subject, attribute) and a new one, what is to be done. Time settles only
between words of equal standing; what it cannot settle goes to the person as a conflict.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.consolidate.facts import multiple, same_value
from core.consolidate.facts.attributes import bare
from core.memory import Claim as Whose
from core.memory import Fact, Memory, MemoryId, State, Trust

CLOSE = timedelta(days=14)
"""Within this, two sources that say different things without a word of a change contradict each other."""


class Verdict(StrEnum):
    """What becomes of a new fact."""

    NEW = "new"
    KNOWN = "known"
    """Said before: the known one gains a source."""
    REFUSED = "refused"
    """Of lesser standing than what is known; kept out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A fact as it was said: by whom it holds, since when, by what right."""

    fact: Fact
    at: datetime
    trust: Trust
    own: bool
    """The subject's own word rather than someone's about them."""
    changed: bool = True
    """Its words say that it was otherwise before."""
    conversation: str = ""
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a new fact stands in time among the known ones."""

    verdict: Verdict
    known: MemoryId | None = None
    """The one it repeats."""
    earlier: bool = False
    """It repeats one that it precedes, whose validity then begins sooner."""
    closes: tuple[MemoryId, ...] = ()
    """Older ones that end where this begins."""
    closed_by: MemoryId | None = None
    """The newer one that ends it."""
    valid_to: datetime | None = None
    conflicts: tuple[MemoryId, ...] = ()


def place(claim: Claim, known: Sequence[Memory], decided: Collection[MemoryId] = ()) -> Place:
    """Where `claim` belongs among the facts known of its subject and attribute, whatever their states.

    `decided`: those that stood in a contradiction which the person has settled; it does not come back.
    """
    if multiple(claim.fact.attribute) or claim.several:
        for memory in known:
            if memory.fact is not None and same_value(memory.fact.value, claim.fact.value):
                return Place(verdict=Verdict.KNOWN, known=memory.id, earlier=claim.at < _since(memory))
        return Place(verdict=Verdict.NEW)
    told_before = _told_before(claim, known, decided)
    if told_before is not None:
        return Place(verdict=Verdict.KNOWN, known=told_before.id)
    line = sorted(known, key=lambda memory: (_since(memory), memory.seq))
    before = [memory for memory in line if _since(memory) <= claim.at]
    after = [memory for memory in line if _since(memory) > claim.at]
    for memory in reversed(before[-1:]):
        if memory.fact is not None and same_value(memory.fact.value, claim.fact.value):
            return Place(verdict=Verdict.KNOWN, known=memory.id)
    if after and after[0].fact is not None and same_value(after[0].fact.value, claim.fact.value):
        return Place(verdict=Verdict.KNOWN, known=after[0].id, earlier=True)
    same_time = [m for m in before if abs((_since(m) - claim.at).total_seconds()) < 1 and _open(m)]
    if same_time:
        return Place(verdict=Verdict.NEW, conflicts=tuple(memory.id for memory in same_time))
    last = next((memory for memory in reversed(before) if _open(memory)), before[-1] if before else None)
    if last is not None and not _may_close(claim, last):
        if claim.trust < last.trust:
            return Place(verdict=Verdict.REFUSED, known=last.id)
        return Place(verdict=Verdict.NEW, conflicts=(last.id,))
    if last is not None and _contradicts(claim, last):
        return Place(verdict=Verdict.NEW, conflicts=(last.id,))
    following = after[0] if after else None
    return Place(
        verdict=Verdict.NEW,
        closes=(last.id,) if last is not None else (),
        closed_by=following.id if following else None,
        valid_to=_since(following) if following else None,
    )


def _contradicts(claim: Claim, old: Memory) -> bool:
    """Whether another place says otherwise at nearly the same time, and nothing says that anything has changed."""
    if claim.changed or not _open(old) or old.fact is None or claim.at - _since(old) > CLOSE:
        return False
    elsewhere = bool(claim.conversation) != bool(old.provenance.conversation)
    elsewhere = elsewhere or claim.conversation != old.provenance.conversation
    return elsewhere and not more_exact(claim.fact.value, old.fact.value)


def more_exact(one: str, other: str) -> bool:
    """Whether one of two values holds the other: "Hafenweg 3, 2nd floor" and "Hafenweg 3"."""
    first, second = f" {bare(one)} ", f" {bare(other)} "
    return first in second or second in first


def _told_before(claim: Claim, known: Sequence[Memory], decided: Collection[MemoryId]) -> Memory | None:
    """The side of a contradiction, open or settled, that this says once more; its subject's newer word is no repeat."""
    for memory in known:
        if memory.fact is None or not same_value(memory.fact.value, claim.fact.value) or _since(memory) > claim.at:
            continue
        ended = memory.valid_to is not None and memory.valid_to < claim.at
        if _open(memory) or (memory.id in decided and not (claim.own and ended)):
            return memory
    return None


def _since(memory: Memory) -> datetime:
    return memory.valid_from or memory.at


def _open(memory: Memory) -> bool:
    return memory.state in (State.ACTIVE, State.FADED, State.CAPTURED)


def own(memory: Memory) -> bool:
    """Whether a known fact is its subject's own word."""
    return memory.fact is not None and says(memory, memory.fact.subject)


def says(memory: Memory, subject: str) -> bool:
    """Whether it is the person, or whom it is about, who says so; not sure in a file that anybody may have dropped."""
    origin = memory.provenance
    sure = origin.claim not in (Whose.UNVOUCHED, Whose.LOOSE)
    return origin.mine or (sure and subject == " ".join(origin.speaker.casefold().split()))


def _may_close(claim: Claim, old: Memory) -> bool:
    """A lesser word never closes a better one, and hearsay never what someone said of themself."""
    return claim.trust >= old.trust and (claim.own or not own(old))
