"""The full-text index: BM25 over the words of every memory's pieces (SQLite FTS5, Porter stems)."""

import difflib
import json
import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from core.store import fulltext
from core.store.pieces import BITS, MOST_PIECES

_TERM = re.compile(r"\w+", re.UNICODE)
_SHORTEST_LIKE, _SAME_BEGINNING, _LIKE = 5, 2, 0.8
"""Letters of a word that may be misspelled, how many it must begin with, and difflib's ratio of the rest."""


def put(db: Database, seq: int) -> None:
    """Index the pieces of a memory, as its row and its pieces are now. A row is seq * 4096 + the piece's number.

    What was indexed of it before is taken out by `drop`, or by whatever changed its text or its pieces.
    """
    told = db.execute("SELECT row, text FROM indexed WHERE seq = ? ORDER BY row", [seq]).fetchall()
    for row, text in told:
        db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", [row, text])


def drop(db: Database, seqs: Sequence[int], step: Callable[[], None] = lambda: None) -> None:
    """Take memories out of the index while their rows are there; FTS5's secure-delete leaves no trace of their words.

    The index holds no text of its own: it is told the words that it shall let go of. In ascending order and a row a
    statement: after any other one FTS5 writes down what it has gathered, which makes many five times as slow.
    """
    for seq in sorted(seqs):
        told = db.execute(
            "SELECT i.row, i.text FROM indexed i WHERE i.seq = ?"
            " AND EXISTS (SELECT 1 FROM words_docsize d WHERE d.id = i.row) ORDER BY i.row",
            [seq],
        ).fetchall()
        for row, text in told:
            db.execute("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)", [row, text])
        step()


def rows(db: Database, seqs: Sequence[int]) -> int:
    """How many rows of the index belong to these memories."""
    found = db.execute(
        "SELECT sum((SELECT count(*) FROM words_docsize WHERE id BETWEEN value * :most AND value * :most + :most - 1))"
        " FROM json_each(:seqs)",
        {"seqs": json.dumps(list(seqs)), "most": MOST_PIECES},
    )
    return int(found.fetchone()[0] or 0)


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


def match(db: Database, query: str, *, limit: int | None = None) -> list[tuple[int, float]]:
    """(seq, BM25 of its best piece) of the memories that match an `expression`, best first; higher is better."""
    if not query:
        return []
    rows = db.execute("SELECT rowid, -bm25(words) FROM words WHERE words MATCH ? ORDER BY rank", [query])
    best: dict[int, float] = {}
    for row, score in rows:
        if limit is not None and len(best) == limit:
            break
        best.setdefault(int(row) >> BITS, float(score))
    return list(best.items())


def scores(db: Database, query: str, *, after: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(rows ascending, BM25) of all pieces that match an `expression`, saved after seq `after`; see `fulltext`."""
    return fulltext.scores(db, "words", query, after)


def count(db: Database, query: str) -> int:
    """How many pieces match an `expression`; far cheaper than their scores."""
    return fulltext.count(db, "words", query)


def observed(db: Database, query: str, without: Sequence[int]) -> bool:
    """Whether an observation matches an `expression`, other than those of these seqs."""
    found = db.execute(
        f"SELECT 1 FROM words JOIN memory m ON m.seq = words.rowid >> {BITS} WHERE words MATCH ?"
        " AND m.channel != 'sleep' AND m.seq NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
        [query, json.dumps(list(without))],
    )
    return found.fetchone() is not None


def similar(db: Database, stem: str) -> str:
    """The indexed stem that is spelled most like `stem` and begins like it; empty when none is near."""
    if len(stem) < _SHORTEST_LIKE:
        return ""
    begin = stem[:_SAME_BEGINNING]
    near = db.execute(
        "SELECT term FROM term WHERE term >= ? AND term < ? AND abs(length(term) - ?) <= 2",
        [begin, begin[:-1] + chr(ord(begin[-1]) + 1), len(stem)],
    )
    found = difflib.get_close_matches(stem, [str(row[0]) for row in near], n=1, cutoff=_LIKE)
    return found[0] if found else ""
