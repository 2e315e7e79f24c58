"""Whose a turn is: believed of a source, known by the person's names, or claimed by a file nobody vouched for."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from core.memory import Channel, Claim, MemoryId, State, Trust
from core.store import words
from core.store.envelope import MINE
from core.store.pieces import BITS

NOT_BROUGHT_IN = (int(Claim.UNVOUCHED), int(Claim.LOOSE))
"""What the column `mine` holds of turns from files that nobody vouched for."""
OwnPlace = Callable[[str, str], bool]
"""Whether a name can be believed to be the speaker's in this application, at this address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """Turns that became the person's own by their names, and those that are so no longer."""

    gained: tuple[MemoryId, ...] = ()
    lost: tuple[MemoryId, ...] = ()

    @property
    def both(self) -> tuple[MemoryId, ...]:
        """All of them."""
        return (*self.gained, *self.lost)


def plain(name: str) -> str:
    """A name as names are compared."""
    return name.strip().casefold()


def rename(db: Database, names: Collection[str], own_place: OwnPlace) -> Renamed:
    """Make the turns of speakers with one of `names` the person's own, and take that back from all others.

    Only what hangs on names changes: what a source says itself stays, and so does what came from somebody else. Of a
    screen only what stood where `own_place` holds. Those that changed are read again by the next sleep.
    """
    wanted = {plain(name) for name in names} - {""}
    met = db.query(f"SELECT DISTINCT speaker, mine FROM memory WHERE facet = 'turn' AND mine IN (0, {Claim.NAMED:d})")
    gaining: list[str] = []
    losing: list[str] = []
    for row in met:
        is_named = plain(row["speaker"]) in wanted
        if is_named and row["mine"] == 0:
            gaining.append(row["speaker"])
        elif not is_named and row["mine"] != 0:
            losing.append(row["speaker"])
    gained = [
        row["id"]
        for row in _said_by(db, gaining, 0)
        if row["channel"] != Channel.SCREEN or own_place(row["app"], row["url"])
    ]
    lost = [row["id"] for row in _said_by(db, losing, int(Claim.NAMED))]
    _change(db, gained, int(Claim.NAMED))
    _change(db, lost, 0)
    return Renamed(gained=tuple(map(MemoryId, gained)), lost=tuple(map(MemoryId, lost)))


def _said_by(db: Database, speakers: Sequence[str], mine: int) -> Iterable[dict[str, Any]]:
    if not speakers:
        return ()
    return db.query(
        "SELECT id, channel, app, url FROM memory WHERE facet = 'turn' AND mine = ?"
        " AND speaker IN (SELECT value FROM json_each(?)) AND role NOT IN ('assistant', 'system', 'tool')",
        [mine, json.dumps(list(speakers))],
    )


def vouch(db: Database, before: Mapping[str, Any], row: Mapping[str, Any]) -> list[MemoryId]:
    """Believe whose a turn is, now that the person brought in themself what says so; its id, or nothing."""
    if before["mine"] not in NOT_BROUGHT_IN or row["mine"] in NOT_BROUGHT_IN:
        return []
    _change(db, [before["id"]], row["mine"])
    return [MemoryId(before["id"])]


def _change(db: Database, ids: Sequence[str], mine: int) -> None:
    """The person's own word or not, trusted accordingly, and to be read anew by the next sleep."""
    said = int(Trust.SAID if mine in MINE else Trust.CAPTURED)
    db.execute(
        "UPDATE memory SET mine = ?, trust = CASE channel WHEN 'screen' THEN trust ELSE ? END,"
        " state = CASE WHEN state IN ('active', 'faded') THEN ? ELSE state END"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [mine, said, State.CAPTURED.value, json.dumps(list(ids))],
    )


def may_replace(before: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether another text for a turn may take the place of the one there: by whom it came."""
    return row["mine"] not in NOT_BROUGHT_IN or before["mine"] in NOT_BROUGHT_IN


def told_of(db: Database, names: Collection[str]) -> list[MemoryId]:
    """What the next sleep must read anew when these names begin or cease to mean the person.

    Observations in which facts about somebody of these names, or about the person in others' words, were read; and
    turns and notes that name one.
    """
    subjects = [" ".join(name.casefold().split()) for name in names]
    rows = db.query(
        "SELECT DISTINCT o.id FROM memory f JOIN source s ON s.memory = f.id JOIN memory o ON o.id = s.observation"
        " WHERE f.channel = 'sleep' AND f.facet IN ('fact', 'promise', 'appointment') AND o.channel != 'sleep'"
        " AND (f.subject IN (SELECT value FROM json_each(?))"
        " OR (f.subject = 'me' AND o.facet = 'turn' AND o.mine NOT IN (1, 2)))",
        [json.dumps(subjects)],
    )
    found = {MemoryId(row["id"]) for row in rows}
    for named in filter(None, (words.expression((), [name]) for name in names)):
        rows = db.query(
            f"SELECT m.id FROM words JOIN memory m ON m.seq = words.rowid >> {BITS} WHERE words MATCH ?"
            " AND m.facet IN ('turn', 'note')",
            [named],
        )
        found |= {MemoryId(row["id"]) for row in rows}
    return sorted(found)


def tag(db: Database, ids: Sequence[MemoryId], name: str) -> None:
    """Give these memories a tag that they may have already."""
    db.execute(
        "UPDATE memory SET tags = json_insert(tags, '$[#]', ?1) WHERE id IN (SELECT value FROM json_each(?2))"
        " AND NOT EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?1)",
        [name, json.dumps(list(ids))],
    )


def read_again(db: Database, ids: Sequence[MemoryId]) -> None:
    """Let the next sleep read these observations anew."""
    db.execute(
        "UPDATE memory SET state = ? WHERE state IN ('active', 'faded') AND id IN (SELECT value FROM json_each(?))",
        [State.CAPTURED.value, json.dumps(list(ids))],
    )
