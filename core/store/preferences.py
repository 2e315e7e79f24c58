"""Settings, capture rules and small facts about the vault, as rows."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlite_utils import Database

from core.errors import BadInput
from core.settings import Settings


def load_settings(db: Database, unread: Callable[[str], None] = lambda key: None) -> Settings:
    """The typed tree; what was never set has its default.

    So has what cannot be read (a key of another version, a value that no longer fits): `unread` is told
    its key, and the row stays until it is set again. One setting never keeps a person from the rest.
    """
    settings = Settings()
    for row in db.query("SELECT key, value FROM setting ORDER BY key"):
        try:
            settings = settings.replaced(row["key"], json.loads(row["value"]))
        except (BadInput, ValueError):
            unread(row["key"])
    return settings


def save_setting(db: Database, settings: Settings, key: str) -> None:
    """Keep the value that `settings` has for `group.field`."""
    group, _, name = key.partition(".")
    value = getattr(settings, group).model_dump(mode="json")[name]
    db.execute("INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", [key, json.dumps(value)])


class RuleRow(NamedTuple):
    """A capture rule as it is kept."""

    id: int
    field: str
    pattern: str
    action: str
    seeded: bool


def rules(db: Database) -> list[RuleRow]:
    """All capture rules, the person's own after the seeded ones."""
    rows = db.query("SELECT * FROM rule ORDER BY seeded DESC, id")
    return [RuleRow(r["id"], r["field"], r["pattern"], r["action"], bool(r["seeded"])) for r in rows]


def add_rule(db: Database, field: str, pattern: str, action: str, *, seeded: bool = False) -> None:
    """Add a rule; the same one twice is one."""
    db.execute(
        "INSERT OR IGNORE INTO rule (field, pattern, action, seeded) VALUES (?, ?, ?, ?)",
        [field, pattern, action, int(seeded)],
    )


def remove_rule(db: Database, id: int) -> bool:
    """Take a rule away; False when there is none with this id."""
    return db.execute("DELETE FROM rule WHERE id = ?", [id]).rowcount > 0


def note(db: Database, key: str, value: str | float | bytes | None) -> None:
    """Keep a small fact about the vault under `key`; None takes it away."""
    if value is None:
        db.execute("DELETE FROM meta WHERE key = ?", [key])
    else:
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [key, value])


def noted(db: Database, key: str) -> Any:
    """What was noted under `key`, or None."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
    return None if row is None else row[0]
