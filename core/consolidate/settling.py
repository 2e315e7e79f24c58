"""The last steps of a sleep: what was read becomes active with the hold it deserves; what is weak fades."""

from dataclasses import replace

from core.consolidate.importance import importance
from core.consolidate.task import Pen
from core.memory import State
from core.store import tonight

CHUNK = 250


def settle(pen: Pen, cursor: str) -> str | None:
    """Weigh the next observations and let them be slept on."""
    found = tonight.captured(pen.db, int(cursor or 0), pen.task.upto, CHUNK)
    for memory in found:
        fields: dict[str, object] = {"state": State.ACTIVE}
        if memory.uses == 0:
            weight = importance(memory)
            fields |= {
                "importance": weight,
                "stability_days": pen.task.hold(replace(memory, importance=weight)),
            }
        pen.update(memory.id, fields, "Slept on.")
        pen.count("settled")
    return str(found[-1].seq) if found else None


def fade(pen: Pen, cursor: str) -> str | None:
    """Move the next memories between what is offered and what is only found when asked for."""
    found = tonight.held(pen.db, int(cursor or 0), CHUNK)
    for move in pen.task.fade(found, pen.task.now):
        pen.update(move.memory, {"state": move.to}, move.reason)
        pen.count({State.FADED: "faded", State.ACTIVE: "offered again"}.get(move.to, "proposed"))
    return str(found[-1].seq) if found else None
