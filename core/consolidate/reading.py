"""The first steps of a sleep: mark what is not worth reading, part episodes, fold repeats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.consolidate.duplicates import SAME_INSTANT, folds
from core.consolidate.filter import boilerplate, common_lines, quarantined
from core.consolidate.journal import EPISODE, LINK
from core.consolidate.segment import LONGEST, boundaries, parted
from core.consolidate.task import Pen
from core.memory import QUARANTINED, Facet, Memory, MemoryId, State
from core.store import memories, tonight
from core.store.envelope import offset_of
from core.store.timeline import new_episode_id
from core.store.undo import episode_row

CHUNK = 250
FOLD_CHUNK, FOLD_AGAINST = 250, 500
READ_ALONG = 20
"""Observations of the episode before that are read along to see whether its topic goes on."""


def reread(pen: Pen, cursor: str) -> str | None:
    """Take up again what was slept on before and has been edited since."""
    since = tonight.last_sleep(pen.db, pen.task.now)
    found = [] if since is None else tonight.edited(pen.db, since, pen.task.upto, CHUNK)
    for memory in found:
        pen.update(memory.id, {"state": State.CAPTURED}, "Its words were changed: read again.")
        pen.count("edited")
    return str(int(cursor or 0) + 1) if found else None


def mark(pen: Pen, cursor: str) -> str | None:
    """Mark boilerplate, and set apart what reads like orders to an assistant."""
    found = tonight.captured(pen.db, int(cursor or 0), pen.task.upto, CHUNK)
    common = common_lines(memory for memory in found if memory.facet is Facet.FRAME)
    for memory in found:
        pen.count("read")
        skip = boilerplate(memory, common.get(memory.provenance.app, frozenset()))
        if skip != memory.boilerplate:
            pen.update(memory.id, {"boilerplate": skip}, "Nothing but boilerplate." if skip else "Worth reading.")
            pen.count("boilerplate", int(skip))
        if quarantined(memory) and QUARANTINED not in memory.tags:
            pen.update(
                memory.id,
                {"tags": (*memory.tags, QUARANTINED)},
                "Shaped like an order to an assistant, and not by your hand: set apart.",
            )
            pen.count("quarantined")
    return str(found[-1].seq) if found else None


def part(pen: Pen, cursor: str) -> str | None:
    """Give the next stretch of one stream its episodes; what goes on with an older one joins it.

    The end of the episode before is read along, and the last part of a full chunk waits for what follows it.
    """
    found = tonight.loose(pen.db, pen.task.upto, CHUNK)
    if not found:
        return None
    last = tonight.last_in_stream(pen.db, found[0])
    why = None if last is None else parted(last, found[0])
    before = [] if last is None or why is not None else tonight.tail(pen.db, last, LONGEST)
    read = [*before[-READ_ALONG:], *found]
    known = len(read) - len(found)
    begins = {each.index - known: each.reason for each in boundaries(read, _vectors(pen, read))}
    if why is not None:
        begins[0] = why
    starts = sorted({0, *(begin for begin in begins if begin > 0)})
    groups = [found[begin:end] for begin, end in zip(starts, [*starts[1:], len(found)], strict=True)]
    if len(found) == CHUNK and len(groups) > 1:
        groups.pop()
    goes_on = before and 0 not in begins and len(before) + len(groups[0]) <= LONGEST
    for begin, group in zip(starts, groups, strict=False):
        joined = before[-1].episode if begin == 0 and goes_on else None
        _episode(pen, group, joined, begins.get(begin, "a long stretch"))
    return str(int(cursor or 0) + 1)


def _vectors(pen: Pen, found: Sequence[Memory]) -> dict[MemoryId, NDArray[np.float32]]:
    if pen.task.vectors is None:
        return {}
    rows = pen.task.vectors.of([memory.id for memory in found])
    return {memory.id: row for memory, row in zip(found, rows, strict=True) if row.any()}


def _episode(pen: Pen, group: Sequence[Memory], joined: str | None, why: str) -> None:
    first, last = group[0], group[-1]
    row: dict[str, Any] | None = episode_row(pen.db, joined) if joined else None
    if row is None:
        id = new_episode_id(pen.task.now)
        row = {
            "id": id,
            "title": _title(group),
            "begins": first.at.timestamp(),
            "ends": last.at.timestamp(),
            "at_offset": offset_of(first.at),
            "app": first.provenance.app,
            "conversation": first.provenance.conversation,
        }
        reason = f"A new episode: {why}."
        pen.count("episodes")
    else:
        row |= {"ends": max(row["ends"], last.at.timestamp())}
        reason = "It goes on."
    pen.update(row["id"], {EPISODE: row}, reason)
    for memory in group:
        pen.update(memory.id, {"episode": row["id"]}, "Belongs to this episode.")


def _title(group: Sequence[Memory]) -> str:
    """Who spoke, or where: never what was said, so that forgetting words leaves no trace in it."""
    people = dict.fromkeys("me" if memory.provenance.mine else memory.provenance.speaker for memory in group)
    named = [name for name in people if name][:3]
    origin = group[0].provenance
    return " and ".join(named) or origin.app or origin.conversation or "Notes"


def fold(pen: Pen, cursor: str) -> str | None:
    """Fold what repeats itself, something said shortly before, or what another source brought of the same moment."""
    after = int(cursor or 0)
    found = tonight.captured(pen.db, after, pen.task.upto, FOLD_CHUNK)
    if not found:
        return None
    known = {memory.id: memory for memory in tonight.known_before(pen.db, found[0].seq - 1, FOLD_AGAINST)}
    for memory in tonight.at_the_same_time(pen.db, found, SAME_INSTANT.total_seconds(), FOLD_AGAINST):
        known[memory.id] = memory
    times = tonight.folded_lately(pen.db, found[0].seq - 1, FOLD_AGAINST)
    for memory in memories.many(pen.db, list(times)):
        known[memory.id] = memory
    for each in folds(_in_time(found), _in_time(list(known.values())), times):
        pen.update(each.memory, {"folded_into": each.into, LINK: [each.into, "repeats", each.reason]}, each.reason)
        pen.count("folded")
    return str(found[-1].seq)


def _in_time(found: Sequence[Memory]) -> list[Memory]:
    def key(memory: Memory) -> tuple[datetime, int]:
        return memory.at, memory.seq

    return sorted((memory for memory in found if not memory.boilerplate), key=key)
