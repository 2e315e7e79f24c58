"""What a person wants to the letter: rows that hold a phrase, also where it stands across two pieces of a long text."""

from itertools import pairwise

import numpy as np
from sqlite_utils import Database

from core.languages.stems import stem
from core.recall.columns import Columns, Flags
from core.recall.query import Query
from core.store import indexing, memories, words
from core.store.pieces import Range
from core.store.vault import Vault

_MOST_READ = 200
"""Long memories whose text is looked at for one phrase; the best by its rarest word."""
_BESIDE = 20
"""Characters a word may have: so much of either side of a border is read for each word of a phrase."""


def literal_rows(vault: Vault, columns: Columns, query: Query) -> Flags:
    """Rows that hold every phrase and none of the words that must not occur."""
    fitting = np.ones(len(columns), dtype=np.bool_)

    def holding(phrase: str) -> Flags:
        with vault.read() as db:
            seqs = [*_within_a_piece(db, phrase), *_across_pieces(db, phrase)]
        rows = columns.rows_of_seqs(np.array(seqs, dtype=np.int64))
        flags = np.zeros(len(columns), dtype=np.bool_)
        flags[rows[rows >= 0]] = True
        return flags

    for phrase in query.phrases:
        fitting &= holding(phrase)
    for word in query.without:
        fitting &= ~holding(word)
    return fitting


def _within_a_piece(db: Database, phrase: str) -> list[int]:
    return [seq for seq, _ in words.match(db, words.expression((), phrases=[phrase]))]


def _across_pieces(db: Database, phrase: str) -> list[int]:
    """Memories in which the phrase begins in one piece and ends in the next."""
    terms = words.terms(phrase)
    if len(terms) < 2:
        return []
    rarest = min(dict.fromkeys(terms), key=lambda term: words.count(db, words.expression([term])))
    seqs = [seq for seq, _ in words.match(db, words.expression([rarest]))]
    ranges = indexing.ranges(db, seqs)
    read = memories.by_seq(db, [seq for seq in seqs if seq in ranges][:_MOST_READ])
    return [memory.seq for memory in read if _spans(memory.text, ranges[memory.seq], terms)]


def _spans(text: str, ranges: tuple[Range, ...], terms: list[str]) -> bool:
    wanted = [stem(term, "en") for term in terms]
    reach = _BESIDE * len(terms)
    for (_, border), _ in pairwise(ranges):
        before = [stem(term, "en") for term in words.terms(text[max(0, border - reach) : border])]
        after = [stem(term, "en") for term in words.terms(text[border : border + reach])]
        for split in range(1, len(wanted)):
            if before[-split:] == wanted[:split] and after[: len(wanted) - split] == wanted[split:]:
                return True
    return False
