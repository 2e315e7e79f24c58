"""Tombstones from other profiles: what was forgotten there does not come back here either."""

import hashlib
from collections.abc import Iterable, Iterator

from sqlite_utils import Database

_NAME = "forgotten elsewhere "
MOST_FAMILIES = 64
"""More profiles than one person merges."""


def adopted_keys(db: Database) -> tuple[bytes, ...]:
    """The fingerprint keys of other vaults whose tombstones were taken over, in no order that means anything.

    Whether something was forgotten in one of them: `ContentKeys(key).of(draft)` is in `tombstone`.
    """
    rows = db.query("SELECT value FROM meta WHERE key >= ? AND key < ? ORDER BY key", [_NAME, _NAME + "g"])
    return tuple(bytes(row["value"]) for row in rows)


def adopt(db: Database, key: bytes) -> bool:
    """Take over another vault's fingerprint key; False when there are too many already."""
    known = adopted_keys(db)
    if key in known:
        return True
    if len(known) >= MOST_FAMILIES:
        return False
    name = _NAME + hashlib.sha256(key).hexdigest()[:16]
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [name, key])
    return True


def bury(db: Database, macs: Iterable[bytes]) -> int:
    """Keep tombstones; how many were new."""
    return sum(db.execute("INSERT OR IGNORE INTO tombstone (mac) VALUES (?)", [mac]).rowcount for mac in macs)


def every(db: Database) -> Iterator[bytes]:
    """All tombstones, whoever's."""
    for row in db.query("SELECT mac FROM tombstone ORDER BY mac"):
        yield bytes(row["mac"])
