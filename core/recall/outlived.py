"""Of what was found, what does not hold at the time that is asked for, and what does in its stead.

By the facts that a sleep has read out of it, with the time for which each is true (Graphiti's bi-temporal rule).
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlite_utils import Database

from core.memory import Memory, MemoryId
from core.recall.standing import Asked, Standing
from core.store import validity
from core.store.validity import Stated


def outlived(db: Database, memories: Sequence[Memory], standing: Standing) -> dict[MemoryId, frozenset[MemoryId]]:
    """Of these observations those that say another value than the one asked for, each with those that say that one.

    Only where one of several values has replaced another: what can be true side by side outlives nothing. Asked for
    what used to be, what holds today counts as outlived by what it replaced.
    """
    if standing.asked is Asked.ANY:
        return {}
    groups: dict[tuple[str, str], list[Stated]] = defaultdict(list)
    for one in validity.stated(db, [memory.id for memory in memories if memory.observed]):
        groups[one.subject, one.attribute].append(one)
    wanted: dict[MemoryId, set[MemoryId]] = defaultdict(set)
    right: set[MemoryId] = set()
    for group in groups.values():
        if not any(one.superseded or one.until is not None for one in group):
            continue
        asked_for = {one.source for one in group if _is_asked_for(one, standing)}
        right |= asked_for
        for one in group:
            if asked_for and one.source not in asked_for:
                wanted[one.source] |= asked_for
    here = {memory.id for memory in memories}
    gone = {id: frozenset(by) for id, by in wanted.items() if id in here and id not in right}
    if standing.asked is Asked.NOW:
        for memory in memories:
            if memory.superseded_by in here and memory.superseded_by is not None:
                gone.setdefault(memory.id, frozenset({memory.superseded_by}))
    return gone


def _is_asked_for(one: Stated, standing: Standing) -> bool:
    holds = one.holds(standing.moment.timestamp())
    return not holds if standing.asked is Asked.BEFORE else holds
