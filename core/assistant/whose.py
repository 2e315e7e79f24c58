"""Who the person is, put into effect: turns said under their names are theirs, whenever the names are set."""

import json
from collections.abc import Collection

from sqlite_utils import Database

from core.capture.screen.own_side import surely_own
from core.consolidate.learning import STALE
from core.memory import MemoryId
from core.store import memories, own, preferences

_IN_EFFECT = "own_names"
"""Under which the names that the store was last gone through with are noted."""


def named(db: Database, names: Collection[str]) -> list[MemoryId]:
    """Make what was said under `names` the person's own and nothing else that hangs on names; what changed.

    Answers go by it at once. Facts, promises and appointments that rest on those turns, or that tell of somebody of
    these names, are read again by the next sleep.
    """
    noted = preferences.noted(db, _IN_EFFECT)
    before = set(json.loads(noted)) if isinstance(noted, str) else set()
    changed = own.rename(db, names, surely_own)
    other = before ^ set(names)
    told = own.told_of(db, other) if other else []
    own.read_again(db, told)
    own.tag(db, memories.derived_from(db, [*changed.both, *told]), STALE)
    preferences.note(db, _IN_EFFECT, json.dumps(sorted(names)))
    return [*changed.both, *told]


def outdated(db: Database, names: Collection[str]) -> bool:
    """Whether the store was last gone through with other names."""
    noted = preferences.noted(db, _IN_EFFECT)
    return set(json.loads(noted) if isinstance(noted, str) else ()) != set(names)
