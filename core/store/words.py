"""The full-text index: BM25 over every memory's words (SQLite FTS5, Porter stems)."""

import json
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

_TERM = re.compile(r"\w+", re.UNICODE)


def put(db: Database, seq: int, text: str) -> None:
    """Index `text` for the memory with this seq, in place of what was there."""
    drop(db, [seq])
    db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", [seq, text])


def drop(db: Database, seqs: Sequence[int]) -> None:
    """Take memories out of the index; FTS5's secure-delete leaves no trace of their words."""
    for seq in seqs:
        db.execute("DELETE FROM words WHERE rowid = ?", [seq])


def terms(text: str) -> list[str]:
    """The words of a text as the index sees them, before stemming, in order."""
    return [term.casefold() for term in _TERM.findall(text)]


def expression(any_of: Sequence[str], phrases: Sequence[str] = (), without: Sequence[str] = ()) -> str:
    """An FTS5 expression that nothing typed can break out of; empty when nothing is left to look for.

    `any_of`: words of which one must occur; `phrases`: each must occur as it stands; `without`: none may.
    """
    words = " OR ".join(f'"{word}"' for term in any_of for word in terms(term))
    parts = [f'"{phrase}"' for phrase in (" ".join(terms(p)) for p in phrases) if phrase]
    if words:
        parts.append(f"({words})")
    if not parts:
        return ""
    wanted = " AND ".join(parts)
    unwanted = " OR ".join(f'"{phrase}"' for phrase in (" ".join(terms(w)) for w in without) if phrase)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def match(
    db: Database, query: str, *, limit: int | None = None, seqs: Sequence[int] | None = None
) -> list[tuple[int, float]]:
    """(seq, BM25) of what matches an `expression`, best first; higher is better.

    `seqs` limits the search to these memories.
    """
    if not query:
        return []
    within = "" if seqs is None else " AND rowid IN (SELECT value FROM json_each(:seqs))"
    rows = db.execute(
        f"SELECT rowid, -bm25(words) FROM words WHERE words MATCH :query{within} ORDER BY rank LIMIT :limit",
        {"query": query, "seqs": json.dumps(list(seqs or ())), "limit": -1 if limit is None else limit},
    )
    return [(int(seq), float(score)) for seq, score in rows]


def scores(db: Database, query: str, *, after: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(seqs ascending, BM25) of all that match an `expression`, of those saved after seq `after`.

    For callers that need every score: without an order it takes less than half the time of `match`.
    """
    if not query:
        return np.empty(0, dtype=np.int64), np.empty(0)
    rows = db.execute(
        "SELECT rowid, -bm25(words) FROM words WHERE words MATCH ? AND rowid > ? ORDER BY rowid", [query, after]
    ).fetchall()
    found = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return found[:, 0].astype(np.int64), np.maximum(found[:, 1], 0.0)


def count(db: Database, query: str) -> int:
    """How many memories match an `expression`; far cheaper than their scores."""
    if not query:
        return 0
    return int(db.execute("SELECT count(*) FROM words WHERE words MATCH ?", [query]).fetchone()[0])
