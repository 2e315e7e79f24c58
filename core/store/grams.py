"""The second full-text index: parts of words (SQLite FTS5 trigrams) of what is not surely English."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from core.languages.scripts import SPACELESS
from core.store import fulltext
from core.store.pieces import BITS, MOST_PIECES

SHORTEST = 3
"""Characters of the shortest phrase that can be looked up, the space before and after a word counted."""
_WORD = re.compile(r"\w+", re.UNICODE)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_HIRAGANA = {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}


def wanted(language: str) -> bool:
    """Whether a memory in this language is indexed here; Porter's stems do for English."""
    return language != "en"


def folded(text: str) -> str:
    """As the index writes it: compatible forms, lower case and accents made alike, katakana as hiragana."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", parts)).translate(_HIRAGANA)


def spread(text: str) -> str:
    """Words with one space between them, around each letter of a script without spaces, and at both ends.

    So the trigrams of " 会 議 " are its letters and its pairs, and a word's beginning and end can be asked for.
    """
    apart = SPACELESS.sub(r" \g<0> ", folded(text))
    return f" {' '.join(_WORD.findall(apart))} "


def put(db: Database, seq: int, texts: Sequence[str]) -> None:
    """Index the texts of a memory's pieces, in place of what was there. A row is seq * 4096 + the piece's number.

    What is there as it should be stays: a screen of which one piece changed.
    """
    there = dict(db.execute("SELECT id, c0 FROM grams_content WHERE id BETWEEN ? AND ?", _within(seq)).fetchall())
    wanted = {(seq << BITS) + number: spread(text) for number, text in enumerate(texts)}
    for row in sorted(there.keys() | wanted.keys()):
        if there.get(row) != wanted.get(row):
            if row in there:
                db.execute("DELETE FROM grams WHERE rowid = ?", [row])
            if row in wanted:
                db.execute("INSERT INTO grams (rowid, text) VALUES (?, ?)", [row, wanted[row]])


def drop(db: Database, seqs: Sequence[int], step: Callable[[], None] = lambda: None) -> None:
    """Take memories out of the index; FTS5's secure-delete leaves no trace of them. A row a statement: see `words`."""
    for seq in sorted(seqs):
        there = db.execute("SELECT id FROM grams_content WHERE id BETWEEN ? AND ? ORDER BY id", _within(seq)).fetchall()
        for (row,) in there:
            db.execute("DELETE FROM grams WHERE rowid = ?", [row])
        step()


def _within(seq: int) -> tuple[int, int]:
    """The first and the last row that a memory may have."""
    return seq << BITS, (seq << BITS) + MOST_PIECES - 1


def rows(db: Database, seqs: Sequence[int]) -> int:
    """How many rows of the index belong to these memories."""
    found = db.execute(
        "SELECT sum((SELECT count(*) FROM grams WHERE rowid BETWEEN value * :most AND value * :most + :most - 1))"
        " FROM json_each(:seqs)",
        {"seqs": json.dumps(list(seqs)), "most": MOST_PIECES},
    )
    return int(found.fetchone()[0] or 0)


def any_kept(db: Database) -> bool:
    """Whether anything is indexed here at all."""
    return bool(db.execute("SELECT 1 FROM grams LIMIT 1").fetchone())


def phrase(text: str, *, begins: bool = False, ends: bool = False) -> str:
    """An FTS5 expression for `text` as a part of words, at the beginning or end of one where that is asked.

    Nothing typed can break out of it. Empty when it is too short to be looked up.
    """
    bare = spread(text).strip()
    apart = bool(SPACELESS.search(bare))
    wanted = f"{' ' if begins or apart else ''}{bare}{' ' if ends or apart else ''}"
    return f'"{wanted}"' if bare and len(wanted) >= SHORTEST else ""


def scores(db: Database, query: str, *, after: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(rows ascending, BM25) of all pieces that match a `phrase`, saved after seq `after`; see `fulltext`."""
    return fulltext.scores(db, "grams", query, after)


def count(db: Database, query: str) -> int:
    """How many pieces match a `phrase`; far cheaper than their scores."""
    return fulltext.count(db, "grams", query)


def match(db: Database, query: str) -> list[int]:
    """Seqs of the memories that match a `phrase`."""
    if not query:
        return []
    rows = db.execute("SELECT DISTINCT rowid >> ? FROM grams WHERE grams MATCH ?", [BITS, query])
    return [int(row[0]) for row in rows]


def held_by_others(db: Database, seqs: Sequence[int], texts: Iterable[str]) -> set[str]:
    """Those of these `spread` texts that memories other than `seqs` hold as well."""
    found = db.query(
        "SELECT t.value AS text FROM json_each(:texts) t WHERE EXISTS (SELECT 1 FROM grams g"
        " WHERE g.rowid >> :bits NOT IN (SELECT value FROM json_each(:seqs)) AND instr(g.text, t.value) > 0)",
        {"texts": json.dumps(sorted(texts)), "seqs": json.dumps(list(seqs)), "bits": BITS},
    )
    return {row["text"] for row in found}
