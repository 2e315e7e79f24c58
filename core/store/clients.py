"""Other assistants: who asks to read, who may read what, and every time one asked; never what it asked for."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from core.memory import Kind, Sensitivity

MOST_ASKING = 50
"""Names that wait for the person's word; one more drops the one that asked longest ago."""
KEPT_ACCESSES = 1000
"""Lines of the log for each assistant; its totals go on."""
KEPT_OF_UNDECIDED = 20
"""So that a program that asks under ever new names cannot push the others out."""


class Standing(StrEnum):
    """What the person has decided about an assistant."""

    ASKS = "asks"
    ALLOWED = "allowed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one assistant may do. Who is allowed is given what is about nothing private; nobody is given secrets."""

    kinds: frozenset[Kind]
    sensitivities: frozenset[Sensitivity]
    may_write: bool = False


FIRST_SCOPE = Scope(kinds=frozenset(Kind) - {Kind.SECRET}, sensitivities=frozenset({Sensitivity.WORK}))
"""Where the person names nothing: no secrets, nothing of health, money or love, no writing."""
NO_SCOPE = Scope(kinds=frozenset(), sensitivities=frozenset())
"""What one is allowed that is denied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Another assistant, by the name that it gives itself or that its configuration gives it."""

    name: str
    standing: Standing
    scope: Scope
    keyed: bool
    """Only who shows the key that was printed for it is taken for it."""
    first_asked: datetime
    last_asked: datetime
    asked: int
    """Times; so are the following, and all go on where the log is cut."""
    given: int
    held_back: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One time that an assistant asked for something."""

    at: datetime
    client: str
    tool: str
    given: int = 0
    """Memories that it was given."""
    held_back: int = 0
    """Memories that bore on it and were not given."""
    refused: bool = False


def clients(db: Database) -> list[Client]:
    """All there are: those that wait for the person first, then by name."""
    order = list(Standing)
    return sorted(
        (_client(row) for row in db.query("SELECT * FROM client")),
        key=lambda one: (order.index(one.standing), one.name.casefold(), one.name),
    )


def client(db: Database, name: str) -> Client | None:
    """The one of this name, or None."""
    row = next(iter(db.query("SELECT * FROM client WHERE name = ?", [name])), None)
    return None if row is None else _client(row)


def knocked(db: Database, name: str, now: datetime) -> Client:
    """The one of this name, who asks just now; one that is not known waits for the person's word from now on."""
    db.execute(
        "INSERT INTO client (name, standing, kinds, sensitivities, first_asked, last_asked)"
        " VALUES (?1, ?2, '[]', '[]', ?3, ?3) ON CONFLICT (name) DO UPDATE SET last_asked = ?3",
        [name, Standing.ASKS.value, now.isoformat()],
    )
    db.execute(
        "DELETE FROM client WHERE standing = ?1 AND name IN (SELECT name FROM client WHERE standing = ?1"
        " ORDER BY unixepoch(last_asked) DESC, name != ?2 LIMIT -1 OFFSET ?3)",
        [Standing.ASKS.value, name, MOST_ASKING],
    )
    db.execute("DELETE FROM access WHERE client NOT IN (SELECT name FROM client)")
    found = client(db, name)
    assert found is not None
    return found


def decide(
    db: Database, name: str, standing: Standing, scope: Scope, now: datetime, *, key: str | None = None
) -> Client:
    """What the person decides of an assistant, whether it has asked yet or not. `key`: must be shown from now on."""
    kinds, labels = scope.kinds - {Kind.SECRET}, scope.sensitivities - {Sensitivity.NONE}
    values = [name, standing.value, _names(kinds), _names(labels), scope.may_write, now.isoformat()]
    db.execute(
        "INSERT INTO client (name, standing, kinds, sensitivities, may_write, first_asked, last_asked, key_hash)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7) ON CONFLICT (name) DO UPDATE SET"
        " standing = ?2, kinds = ?3, sensitivities = ?4, may_write = ?5, key_hash = coalesce(?7, key_hash)",
        [*values, None if key is None else _hashed(key)],
    )
    found = client(db, name)
    assert found is not None
    return found


def unkey(db: Database, name: str) -> None:
    """Its name is enough again."""
    db.execute("UPDATE client SET key_hash = NULL WHERE name = ?", [name])


def drop(db: Database, name: str) -> bool:
    """Know nothing of an assistant any more, its lines of the log included; False when nothing was known."""
    db.execute("DELETE FROM access WHERE client = ?", [name])
    return db.execute("DELETE FROM client WHERE name = ?", [name]).rowcount > 0


def shows_its_key(db: Database, name: str, shown: str) -> bool:
    """Whether the assistant is the one that its key was printed for; True where none is asked of it."""
    row = db.execute("SELECT key_hash FROM client WHERE name = ?", [name]).fetchone()
    return row is not None and (row[0] is None or hmac.compare_digest(bytes(row[0]), _hashed(shown)))


def note(db: Database, access: Access) -> None:
    """One more line of the log; lines of the same assistant beyond what is kept go, its totals stay."""
    db.execute(
        "INSERT INTO access (at, client, tool, given, held_back, refused) VALUES (?, ?, ?, ?, ?, ?)",
        [access.at.isoformat(), access.client, access.tool, access.given, access.held_back, access.refused],
    )
    db.execute(
        "UPDATE client SET asked = asked + 1, given = given + ?, held_back = held_back + ?, refused = refused + ?"
        " WHERE name = ?",
        [access.given, access.held_back, access.refused, access.client],
    )
    found = client(db, access.client)
    undecided = found is None or found.standing is Standing.ASKS
    db.execute(
        "DELETE FROM access WHERE client = ?1 AND id NOT IN"
        " (SELECT id FROM access WHERE client = ?1 ORDER BY id DESC LIMIT ?2)",
        [access.client, KEPT_OF_UNDECIDED if undecided else KEPT_ACCESSES],
    )


def accesses(db: Database, limit: int = -1) -> list[Access]:
    """The log, newest first; `limit` -1: all of it."""
    return [
        Access(
            at=datetime.fromisoformat(row["at"]),
            client=row["client"],
            tool=row["tool"],
            given=row["given"],
            held_back=row["held_back"],
            refused=bool(row["refused"]),
        )
        for row in db.query("SELECT * FROM access ORDER BY id DESC LIMIT ?", [limit])
    ]


def _client(row: dict[str, Any]) -> Client:
    return Client(
        name=row["name"],
        standing=Standing(row["standing"]),
        scope=Scope(
            kinds=frozenset(Kind(kind) for kind in json.loads(row["kinds"])),
            sensitivities=frozenset(Sensitivity(label) for label in json.loads(row["sensitivities"])),
            may_write=bool(row["may_write"]),
        ),
        keyed=row["key_hash"] is not None,
        first_asked=datetime.fromisoformat(row["first_asked"]),
        last_asked=datetime.fromisoformat(row["last_asked"]),
        asked=row["asked"],
        given=row["given"],
        held_back=row["held_back"],
        refused=row["refused"],
    )


def _names(labels: Iterable[StrEnum]) -> str:
    return json.dumps(sorted(label.value for label in labels))


def _hashed(key: str) -> bytes:
    """Of 256 random bits, so that nothing slower is needed."""
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
