"""The last steps of a sleep: what was read becomes active with the hold it deserves; what is weak fades."""

from collections.abc import Sequence
from dataclasses import replace

from core.consolidate.importance import importance
from core.consolidate.task import Pen
from core.memory import Facet, Memory, MemoryId, State
from core.store import memories, repeats, tonight, uses

CHUNK = 250


def settle(pen: Pen, cursor: str) -> str | None:
    """Weigh the next observations and let them be slept on; what they repeat is weighed again."""
    found = tonight.captured(pen.db, int(cursor or 0), pen.task.upto, CHUNK)
    here = {memory.id for memory in found}
    known = memories.many(pen.db, [id for id in repeats.repeated_by(pen.db, sorted(here)) if id not in here])
    weights = _weights(pen, [*found, *known])
    for memory in found:
        fields: dict[str, object] = {"state": State.ACTIVE}
        pen.update(memory.id, fields | _hold(pen, memory, weights[memory.id]), "Slept on.")
        pen.count("settled")
    for memory in known:
        if memory.observed and memory.state in (State.ACTIVE, State.FADED):
            pen.update(memory.id, _hold(pen, memory, weights[memory.id]), "It was said again on another day.")
    return str(found[-1].seq) if found else None


def _weights(pen: Pen, found: Sequence[Memory]) -> dict[MemoryId, float]:
    days = repeats.days_repeated(pen.db, [memory.id for memory in found])
    looked = repeats.dwelt(pen.db, sorted({_day(memory) for memory in found if memory.facet is Facet.FRAME}))
    return {
        memory.id: importance(
            memory,
            days_repeated=days.get(memory.id, 0),
            dwell_minutes=0.0 if memory.facet is not Facet.FRAME else _looked_at(memory, looked),
        )
        for memory in found
    }


def _looked_at(memory: Memory, looked: dict[repeats.Place, float]) -> float:
    origin = memory.provenance
    return looked.get((_day(memory), origin.app, origin.window, origin.url), 0.0)


def _day(memory: Memory) -> str:
    return memory.at.date().isoformat()


def _hold(pen: Pen, memory: Memory, weight: float) -> dict[str, object]:
    """Importance and stability; what was of use already keeps what it has earned."""
    if memory.uses:
        return {}
    return {"importance": weight, "stability_days": pen.task.hold(replace(memory, importance=weight))}


def fade(pen: Pen, cursor: str) -> str | None:
    """Move the next memories between what is offered and what is only found when asked for."""
    found = tonight.held(pen.db, int(cursor or 0), CHUNK)
    moves = pen.task.fade(found, pen.task.now)
    leaving = [move.memory for move in moves if move.to is State.TO_BE_FORGOTTEN]
    rested = uses.rested_on(pen.db, leaving)
    for move in moves:
        if move.memory not in rested:
            pen.update(move.memory, {"state": move.to}, move.reason)
            pen.count({State.FADED: "faded", State.ACTIVE: "offered again"}.get(move.to, "proposed"))
    return str(found[-1].seq) if found else None
