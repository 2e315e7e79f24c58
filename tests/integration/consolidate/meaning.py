"""What a store and its journal say, without the ids that every sleep makes anew."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

from core.memory import Entry
from core.store.vault import Vault

_OF_THIS_COPY = frozenset(("seq", "created", "content_key"))
_POINTS = frozenset(("id", "episode", "superseded_by", "folded_into"))
_SETTLING = frozenset(("state", "importance", "stability_days", "tags", "valid_to", "valid_from", "trust", "version"))


class Names:
    """Each id under a name made of what it stands for."""

    def __init__(self, db: Database, entries: Iterable[Entry] = ()) -> None:
        self._names: dict[str, str] = {}
        for row in db.query("SELECT * FROM episode"):
            self._names[row["id"]] = _hashed({name: row[name] for name in row if name not in ("id", "ends")})
        rows = [entry.before or entry.after for entry in entries if "facet" in (entry.before or entry.after)]
        for row in [*rows, *db.query("SELECT * FROM memory")]:
            told = {name: row[name] for name in sorted(row) if name not in _OF_THIS_COPY | _POINTS | _SETTLING}
            self._names[row["id"]] = _hashed({name: told[name] for name in told if not name.startswith("+")})

    def said(self, value: Any) -> Any:
        """Any JSON value with its ids named."""
        if isinstance(value, str):
            return self._names.get(value, value)
        if isinstance(value, Mapping):
            kept = {name: one for name, one in value.items() if name not in _OF_THIS_COPY}
            return {name: self.said(one) for name, one in kept.items()}
        if isinstance(value, (list, tuple)):
            return [self.said(one) for one in value]
        return value


def meaning(vault: Vault, *, without: frozenset[str] = frozenset()) -> list[str]:
    """Every memory, source, link, conflict and episode; `without` some columns."""
    found: list[str] = []
    with vault.read() as db:
        names = Names(db)
        for table in ("memory", "source", "link", "episode", "conflict"):
            for row in db.query(f"SELECT * FROM {table}"):
                kept = {name: one for name, one in row.items() if name not in without}
                if table == "conflict":
                    del kept["id"]
                    kept = {
                        "state": row["state"],
                        "sides": sorted((names.said(row["memory"]), names.said(row["against"]))),
                    }
                found.append(json.dumps([table, names.said(kept)], sort_keys=True, default=str))
    return sorted(found)


def told(vault: Vault, entries: Iterable[Entry]) -> list[str]:
    """A journal's entries by what they say; in the order of their steps, not inside one."""
    every = list(entries)
    with vault.read() as db:
        names = Names(db, every)
    return sorted(
        json.dumps(
            [
                entry.step,
                entry.operation.value,
                names.said(entry.memory),
                names.said(entry.before),
                names.said(entry.after),
                names.said(entry.sources),
                entry.reason,
            ],
            sort_keys=True,
        )
        for entry in every
    )


def _hashed(row: Mapping[str, Any]) -> str:
    return "#" + hashlib.sha256(json.dumps(row, sort_keys=True, default=str).encode()).hexdigest()[:12]
