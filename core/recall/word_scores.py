"""Each word's BM25 over all memories, and that of parts of words; kept while it holds."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from sqlite_utils import Database

from core.recall.columns import Columns, Ints, Reals
from core.store import grams, words
from core.store.pieces import BITS
from core.store.vault import Vault

MOST_POSTINGS = 15_000
"""Scores read for one question, the rarest words first: in a large store "really" costs 45 ms and tells little."""
_CACHED_WORDS = 256
_DRIFT = 0.02
"""Share of new memories up to which older scores of words are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Posting:
    """A word's BM25: `rows` ascending with the `scores` of their best pieces beside them.

    `keys`: seq * 4096 + number of every piece, ascending, with its score in `by_key`.
    """

    rows: Ints
    scores: Reals
    keys: Ints
    by_key: Reals


@dataclass(slots=True, eq=False)
class _Kept:
    """A word's BM25 by piece, of all that was saved up to `newest`; `first` of them were scored at once.

    `keys`: seq * 4096 + the piece's number, ascending.
    """

    keys: Ints
    scores: Reals
    newest: int
    first: int


class WordScores:
    """Each word's BM25 over all memories.

    After a save only what is new is scored; the older scores stay until `_DRIFT` of a word's memories are new, since
    a word's weight and the mean length hardly move. After a change or a forget everything is scored anew.
    """

    def __init__(self, vault: Vault, most: int = MOST_POSTINGS) -> None:
        self._vault = vault
        self._most = most
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._counts: dict[str, int] = {}
        self._counted = 0
        self._edition = -1

    def clear(self) -> None:
        """Drop every kept score."""
        self._kept.clear()
        self._counts.clear()

    def of(self, terms: tuple[str, ...], columns: Columns, edition: int, newest: int) -> dict[str, Posting]:
        """Posting by term, in the order of `terms`; the commonest ones of a large store are left out.

        A term is a word, looked up by its stem, or an expression of `grams`, which begins with a quotation mark.

        `edition`: another one after a change or a forget; `newest`: the greatest seq in `columns`.
        """
        if edition != self._edition:
            self.clear()
            self._edition = edition
        if not self._counted * (1 - _DRIFT) <= newest <= self._counted * (1 + _DRIFT):
            self._counts.clear()
            self._counted = newest
        missing = [term for term in terms if term not in self._counts]
        if missing:
            with self._vault.read() as db:
                self._counts |= {term: _count(db, term) for term in missing}
        chosen = self._telling(terms)
        late = [term for term in chosen if term not in self._kept or self._kept[term].newest < newest]
        if late:
            with self._vault.read() as db:
                for term in late:
                    self._kept[term] = _scored(db, term, self._kept.get(term), newest)
        for term in chosen:
            self._kept.move_to_end(term)
        while len(self._kept) > max(_CACHED_WORDS, len(chosen)):
            self._kept.popitem(last=False)
        return {term: posting_of(columns, self._kept[term].keys, self._kept[term].scores) for term in chosen}

    def _telling(self, terms: tuple[str, ...]) -> list[str]:
        """All terms, but in a large store not the commonest ones beside rarer ones."""
        left = self._most
        chosen: set[str] = set()
        for term in sorted(terms, key=lambda term: self._counts[term]):
            left -= self._counts[term]
            if left < 0 and chosen:
                break
            chosen.add(term)
        return [term for term in terms if term in chosen]


def _count(db: Database, term: str) -> int:
    return grams.count(db, term) if term.startswith('"') else words.count(db, words.expression([term]))


def _scores(db: Database, term: str, after: int) -> tuple[Ints, Reals]:
    if term.startswith('"'):
        return grams.scores(db, term, after=after)
    return words.scores(db, words.expression([term]), after=after)


def _scored(db: Database, term: str, old: _Kept | None, newest: int) -> _Kept:
    upto = (newest + 1) << BITS
    if old is not None and old.newest < newest:
        keys, scores = _scores(db, term, old.newest)
        here = keys < upto
        all_keys = np.concatenate((old.keys, keys[here]))
        if len(all_keys) <= old.first * (1 + _DRIFT):
            return _Kept(all_keys, np.concatenate((old.scores, scores[here])), newest, old.first)
    keys, scores = _scores(db, term, 0)
    here = keys < upto
    return _Kept(keys[here], scores[here], newest, int(here.sum()))


def posting_of(columns: Columns, keys: Ints, by_key: Reals) -> Posting:
    """What pieces (`keys` ascending) score, by row: the best of each memory."""
    seqs, scores = keys >> BITS, by_key
    if len(seqs):
        firsts = np.flatnonzero(np.diff(seqs, prepend=-1))
        if len(firsts) < len(seqs):
            seqs, scores = seqs[firsts], np.maximum.reduceat(scores, firsts)
    rows = columns.rows_of_seqs(seqs)
    known = np.flatnonzero(rows >= 0)
    order = known[np.argsort(rows[known])]
    return Posting(rows[order], scores[order], keys, by_key)
