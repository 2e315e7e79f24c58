"""What still tells of a memory that is being forgotten: tags, titles, old versions, the journal, what it had ended."""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from core.memory import MemoryId
from core.store import words

_GATHERED = "facet IN ('summary', 'digest', 'week', 'topic') AND channel = 'sleep'"
_IDS = "(SELECT value FROM json_each(:ids))"
_SPEAKS = (
    f"(memory IN {_IDS} OR EXISTS (SELECT 1 FROM json_each(journal.sources) s WHERE s.value IN {_IDS})"
    + "".join(
        f" OR (instr({side}, '+sources') > 0"
        f" AND EXISTS (SELECT 1 FROM json_each(journal.{side}, '$.\"+sources\"') s WHERE s.value IN {_IDS}))"
        for side in ("before", "after")
    )
    + ")"
)
"""A line of the journal is about one of these, or about what rests or once rested on one of them."""


def named_after(db: Database, rows: Sequence[dict[str, Any]]) -> list[MemoryId]:
    """These memories, and what was gathered of several and has a word in its tags or title that only they say.

    `rows`: rows of `memory`. Whoever else says the word keeps it there.
    """
    gone = [MemoryId(row["id"]) for row in rows]
    said = {term for row in rows for name in ("text", "caption", "window") for term in words.terms(row[name])}
    names = {row[name].casefold() for row in rows for name in ("speaker", "addressee")} - {""}
    told: dict[str, list[MemoryId]] = {}
    for row in db.query(f"SELECT id, facet, text, tags FROM memory WHERE {_GATHERED}"):
        title = row["text"].split(", ") if row["facet"] == "topic" else []
        for word in {word.casefold() for word in (*json.loads(row["tags"]), *title)}:
            told.setdefault(word, []).append(MemoryId(row["id"]))
    seqs = [row["seq"] for row in rows]
    lost = [
        word
        for word in told
        if (word in names or (words.terms(word) and said.issuperset(words.terms(word))))
        and not _said_elsewhere(db, word, seqs, speaker=word in names)
    ]
    return list(dict.fromkeys([*gone, *(id for word in lost for id in told[word])]))


def _said_elsewhere(db: Database, word: str, seqs: Sequence[int], *, speaker: bool) -> bool:
    if words.observed(db, words.expression((), [word]), seqs):
        return True
    by = (
        "SELECT 1 FROM memory WHERE ? IN (lower(speaker), lower(addressee)) AND channel != 'sleep'"
        " AND seq NOT IN (SELECT value FROM json_each(?)) LIMIT 1"
    )
    return speaker and db.execute(by, [word, json.dumps(list(seqs))]).fetchone() is not None


def hold_again(db: Database, rows: Sequence[dict[str, Any]]) -> None:
    """What these had superseded holds again as it did before, or is superseded by what had superseded them."""
    by_id = {row["id"]: row for row in rows}
    freed = db.query(
        f"SELECT id, state, superseded_by, valid_to FROM memory WHERE superseded_by IN {_IDS} AND id NOT IN {_IDS}",
        {"ids": json.dumps(list(by_id))},
    )
    for row in list(freed):
        heir = row["superseded_by"]
        while heir in by_id:
            heir = by_id[heir]["superseded_by"]
        state, until = row["state"], row["valid_to"]
        if heir is None and state == "superseded":
            state, until = "active", _held_until(db, row["id"], row["superseded_by"])
        db.execute(
            "UPDATE memory SET superseded_by = ?, state = ?, valid_to = ? WHERE id = ?", [heir, state, until, row["id"]]
        )


def _held_until(db: Database, id: MemoryId, by: MemoryId) -> float | None:
    """Until when it had been said to hold before it was superseded; None: open."""
    found = db.execute(
        "SELECT json_extract(before, '$.valid_to') FROM journal WHERE memory = ? AND reverted = 0"
        " AND json_extract(after, '$.superseded_by') = ? ORDER BY id DESC LIMIT 1",
        [id, by],
    ).fetchone()
    return None if found is None or found[0] is None else float(found[0])


def speaking(db: Database, ids: Sequence[MemoryId]) -> int:
    """How many lines of the journal still tell of these."""
    wanted = f"SELECT count(*) FROM journal WHERE forgotten = 0 AND {_SPEAKS}"
    return int(db.execute(wanted, {"ids": json.dumps(list(ids))}).fetchone()[0])


def silence(db: Database, ids: Sequence[MemoryId]) -> None:
    """Empty every line of the journal that tells of these, and drop older versions of what once rested on them."""
    values = {"ids": json.dumps(list(ids))}
    db.execute(
        f"DELETE FROM memory_version WHERE memory IN (SELECT memory FROM journal WHERE {_SPEAKS})"
        " AND memory IN (SELECT id FROM memory WHERE channel = 'sleep')",
        values,
    )
    db.execute(
        "UPDATE journal SET before = '{}', after = '{}', reason = 'forgotten, cannot be reverted', forgotten = 1"
        f" WHERE forgotten = 0 AND {_SPEAKS}",
        values,
    )
