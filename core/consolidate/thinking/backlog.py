"""What a night's budget did not reach: kept as stretches of the store, read in a later night behind what is new."""

import json
from dataclasses import dataclass

from sqlite_utils import Database

from core.store import preferences

_NOTED = "thinking_left"
_MOST = 20
"""Stretches that are kept; then the oldest one is left to the rules for good."""


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Observations saved from `begin` up to `upto`, episode by episode, behind the place (`first`, `seq`)."""

    upto: int
    begin: int
    first: int
    seq: int


def left(db: Database) -> list[Stretch]:
    """What earlier nights left, oldest first."""
    noted = preferences.noted(db, _NOTED)
    return sorted(Stretch(*stretch) for stretch in json.loads(str(noted))) if noted else []


def leave(db: Database, stretch: Stretch) -> None:
    """Leave it to a later night; takes the place of what was left up to the same observation."""
    others = [one for one in left(db) if one.upto != stretch.upto]
    _keep(db, [*others, stretch])


def done(db: Database, upto: int) -> None:
    """The stretch up to there has been read."""
    _keep(db, [one for one in left(db) if one.upto != upto])


def _keep(db: Database, stretches: list[Stretch]) -> None:
    kept = sorted(stretches)[-_MOST:]
    preferences.note(
        db, _NOTED, json.dumps([[one.upto, one.begin, one.first, one.seq] for one in kept]) if kept else None
    )
