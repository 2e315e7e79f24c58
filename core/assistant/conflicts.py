"""Contradictions that wait for the person: one side holds, or both do; and the decision taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from core.errors import BadInput
from core.memory import Conflict, Memory, MemoryId, State
from core.store import memories, runs

SETTLED, BOTH, OPEN = "settled", "both", "open"


def settle(db: Database, conflict: int, keep: MemoryId | None, now: datetime) -> list[MemoryId]:
    """Let one side hold (None: both do); what was changed. The other side stays, superseded. Raises BadInput.

    The words that said the other value stand below those that said the kept one from then on.
    """
    found = _named(db, conflict, OPEN)
    if keep is None:
        runs.close_conflict(db, conflict, BOTH)
        return [found.memory, found.against]
    if keep not in (found.memory, found.against):
        raise BadInput("That memory is no side of this conflict.", "`mneme conflicts` shows both sides.")
    other = _other(found, keep)
    fields = {"state": State.SUPERSEDED, "superseded_by": keep, "valid_to": now}
    memories.change(db, other, fields, now)
    newer = memories.sources(db, keep)
    lesser = [one for one in _said(db, other) if one.id not in newer and one.superseded_by is None]
    for one in lesser if newer else ():
        memories.change(db, one.id, {"superseded_by": newer[0]}, now)
    runs.close_conflict(db, conflict, SETTLED)
    return [keep, other, *(one.id for one in lesser)]


def reopen(db: Database, conflict: int, now: datetime) -> list[MemoryId]:
    """Take a decision back: both sides hold again and the conflict waits. Raises BadInput."""
    found = _named(db, conflict, SETTLED, BOTH)
    changed = [found.memory, found.against]
    for memory in memories.many(db, changed):
        keep = _other(found, memory.id)
        if memory.state is State.SUPERSEDED and memory.superseded_by == keep:
            memories.change(db, memory.id, {"state": State.ACTIVE, "superseded_by": None, "valid_to": None}, now)
            newer = memories.sources(db, keep)
            for one in _said(db, memory.id):
                if one.superseded_by is not None and one.superseded_by in newer:
                    memories.change(db, one.id, {"superseded_by": None}, now)
                    changed.append(one.id)
    runs.close_conflict(db, conflict, OPEN)
    return changed


def _named(db: Database, conflict: int, *states: str) -> Conflict:
    for state in states:
        for one in runs.conflicts(db, state):
            if one.id == conflict:
                return one
    raise BadInput("There is no such conflict.", "`mneme conflicts` lists those that wait.")


def _other(conflict: Conflict, side: MemoryId) -> MemoryId:
    return conflict.against if side == conflict.memory else conflict.memory


def _said(db: Database, fact: MemoryId) -> Sequence[Memory]:
    return memories.many(db, memories.sources(db, fact))
