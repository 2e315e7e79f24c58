"""Gathers what may bear on a question: by words and by meaning, with what stands around it."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from core.recall.allowed import speaks
from core.recall.columns import NOBODY, Columns, Flags, Ints, Reals
from core.recall.query import Query
from core.recall.rank import Features, Weights, composed_meaning, spread
from core.store import words
from core.store.pieces import BITS
from core.store.vault import Vault
from core.store.vectors import Vectors

Floats = NDArray[np.float32]

EVERY_ROW_UP_TO = 50
"""So few allowed rows are all candidates; of more, the best by words, by meaning and by date."""
POOL = 50
"""Candidates a channel brings: z-scores over the good ones tell more than over everything (recall@10 .834, .819)."""
MOST_POSTINGS = 15_000
"""Scores read for one question, the rarest words first: in a large store "really" costs 45 ms and tells little."""
_NAME_SHARE = 0.3
_DAY_S = 86_400.0
_DATE_DAYS = 7.0
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
        """Posting by word, in the order of `terms`; the commonest words of a large store are left out.

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
                self._counts |= {term: words.count(db, words.expression([term])) for term in missing}
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
        return {term: _posting(columns, self._kept[term]) for term in chosen}

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


def _scored(db: Database, term: str, old: _Kept | None, newest: int) -> _Kept:
    expression = words.expression([term])
    upto = (newest + 1) << BITS
    if old is not None and old.newest < newest:
        keys, scores = words.scores(db, expression, after=old.newest)
        here = keys < upto
        all_keys = np.concatenate((old.keys, keys[here]))
        if len(all_keys) <= old.first * (1 + _DRIFT):
            return _Kept(all_keys, np.concatenate((old.scores, scores[here])), newest, old.first)
    keys, scores = words.scores(db, expression)
    here = keys < upto
    return _Kept(keys[here], scores[here], newest, int(here.sum()))


def _posting(columns: Columns, kept: _Kept) -> Posting:
    seqs, scores = kept.keys >> BITS, kept.scores
    if len(seqs):
        firsts = np.flatnonzero(np.diff(seqs, prepend=-1))
        if len(firsts) < len(seqs):
            seqs, scores = seqs[firsts], np.maximum.reduceat(scores, firsts)
    rows = columns.rows_of_seqs(seqs)
    known = np.flatnonzero(rows >= 0)
    order = known[np.argsort(rows[known])]
    return Posting(rows[order], scores[order], kept.keys, kept.scores)


def literal_rows(vault: Vault, columns: Columns, query: Query) -> Flags:
    """Rows that hold every phrase and none of the words that must not occur."""
    fitting = np.ones(len(columns), dtype=np.bool_)

    def holding(phrase: str) -> Flags:
        with vault.read() as db:
            matches = words.match(db, words.expression((), phrases=[phrase]))
        rows = columns.rows_of_seqs(np.array([seq for seq, _ in matches], dtype=np.int64))
        flags = np.zeros(len(columns), dtype=np.bool_)
        flags[rows[rows >= 0]] = True
        return flags

    for phrase in query.phrases:
        fitting &= holding(phrase)
    for word in query.without:
        fitting &= ~holding(word)
    return fitting


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathered:
    """The region, its features, and the rows of each word."""

    region: Ints
    features: Features
    word_rows: dict[str, Ints]


def gathered(
    columns: Columns,
    query: Query,
    allowed: Flags,
    postings: dict[str, Posting],
    vectors: Vectors | None,
    question: Floats | None,
    weights: Weights,
    k: int,
) -> Gathered:
    """Candidates by every channel with their neighbours, and what ranking needs to know of them.

    `allowed`: one flag a row; `question`: the unit vector (d,) or None when there is no meaning-search; `k`: how many
    hits are wanted.
    """
    pool = max(POOL, 2 * k)
    own, context = _word_channels(columns, query, postings, weights)
    date = _nearness(columns, query)
    shown = allowed
    if not query.filters.asks_kind:
        shown = allowed & (columns.observed | columns.edited | _orphans(columns))
    if int(shown.sum()) <= EVERY_ROW_UP_TO:
        candidate = shown
        reached = allowed
    else:
        reached = np.zeros(len(columns), dtype=np.bool_)
        reached[_best(own + context, allowed, pool)] = True
        if vectors is not None and question is not None:
            reached[_nearest(columns, vectors, question, allowed, pool)] = True
        if query.span:
            reached[_best((own + context + 1e-6) * (date >= 1.0), allowed, pool)] = True
        if not reached.any():
            reached[np.flatnonzero(shown)[np.argsort(-columns.at[shown], kind="stable")[:pool]]] = True
        reached[columns.source[reached[columns.derived]]] = True
        reached &= allowed
        candidate = reached & shown
    region = np.flatnonzero(_with_neighbours(columns, candidate) | (reached & ~columns.observed))
    return Gathered(
        region=region,
        features=_features(columns, query, region, candidate, own, context, date, vectors, question, weights),
        word_rows={word: posting.rows for word, posting in postings.items()},
    )


def _word_channels(
    columns: Columns, query: Query, postings: dict[str, Posting], weights: Weights
) -> tuple[Reals, Reals]:
    """BM25 of the turn and of previous + turn, both over all rows, composed word by word."""
    linked = (columns.linked(1), columns.linked(2))
    own, context = np.zeros(len(columns)), np.zeros(len(columns))
    for word, posting in postings.items():
        score = np.zeros(len(columns))
        score[posting.rows] = posting.scores
        if word in query.name_words:
            own += np.where(columns.speaker == NOBODY, score, _NAME_SHARE * score)
            continue
        own += spread(score, linked, weights.own_spread)
        context += spread(score, linked, weights.context_spread)
    return own, context


def _nearness(columns: Columns, query: Query) -> Reals:
    """exp(-days to the time asked for / 7); 1 within it, 0 everywhere when none was asked for."""
    span = query.span
    if span is None:
        return np.zeros(len(columns))
    away = np.zeros(len(columns))
    if span.begins:
        away = np.maximum(away, span.begins.timestamp() - columns.at)
    if span.ends:
        away = np.maximum(away, columns.at - span.ends.timestamp())
    return np.asarray(np.exp(-away / (_DATE_DAYS * _DAY_S)))


def _orphans(columns: Columns) -> Flags:
    """Derived memories none of whose sources is here: they speak for themselves."""
    alone = ~columns.observed
    alone[columns.derived] = False
    return alone


def _best(score: Reals, among: Flags, most: int) -> Ints:
    rows = np.flatnonzero(among & (score > 0))
    if len(rows) > most:
        rows = rows[np.argpartition(-score[rows], most)[:most]]
    return rows


def _nearest(columns: Columns, vectors: Vectors, question: Floats, allowed: Flags, most: int) -> Ints:
    rows = np.flatnonzero(allowed)
    within = None if len(rows) > 0.9 * len(columns) else columns.ids(rows)
    found = vectors.search(question, most, within)
    rows = columns.rows_of_ids([id for id, likeness in found if likeness > 0])
    rows = rows[rows >= 0]
    return rows[allowed[rows]]


def _with_neighbours(columns: Columns, candidate: Flags) -> Flags:
    region = candidate.copy()
    for distance in (1, 2):
        linked = columns.linked(distance)[distance:]
        region[:-distance] |= candidate[distance:] & linked
        if distance == 1:
            region[1:] |= candidate[:-1] & linked
    return region


def _features(
    columns: Columns,
    query: Query,
    region: Ints,
    candidate: Flags,
    own: Reals,
    context: Reals,
    date: Reals,
    vectors: Vectors | None,
    question: Floats | None,
    weights: Weights,
) -> Features:
    before, after = _beside(columns, region)
    embedded = np.zeros(len(region), dtype=np.bool_)
    meaning = meaning_context = np.zeros(len(region))
    if vectors is not None and question is not None:
        unit, _ = vectors.nearest_of(columns.ids(region), question)
        embedded = np.asarray(unit.any(axis=1), dtype=np.bool_)
        meaning = (unit @ question).astype(np.float64)
        meaning_context = composed_meaning(unit, question, before, weights.context_vector)
    places = np.full(len(columns), -1, dtype=np.int64)
    places[region] = np.arange(len(region))
    derived, source = places[columns.derived], places[columns.source]
    both = (derived >= 0) & (source >= 0)
    return Features(
        words=own[region],
        words_context=context[region],
        meaning=meaning,
        meaning_context=meaning_context,
        embedded=embedded,
        before=before,
        after=after,
        session=columns.session[region],
        candidate=candidate[region],
        person=speaks(columns, query)[region],
        date=date[region],
        asks=columns.asks[region],
        own_turn=columns.own_turn[region] & (not query.asks_assistant),
        superseded=columns.superseded[region] & (not query.past_asked),
        repeated=columns.repeated[region],
        edge=_edge(columns.at[region], candidate[region], query.edge),
        derived=derived[both],
        source=source[both],
    )


def _beside(columns: Columns, region: Ints) -> tuple[Ints, Ints]:
    """Index of the previous and the next row of the same session within the region, -1 for none."""
    before = np.full(len(region), -1, dtype=np.int64)
    after = before.copy()
    if len(region) > 1:
        next_to = (np.diff(region) == 1) & columns.linked(1)[region[1:]]
        places = np.flatnonzero(next_to)
        before[places + 1] = places
        after[places] = places + 1
    return before, after


def _edge(at: Reals, among: Flags, edge: str) -> Reals:
    """0..1 by rank in time among the candidates, towards the end that was asked for."""
    ranks = np.zeros(len(at))
    rows = np.flatnonzero(among)
    if edge and len(rows) > 1:
        order = rows[np.argsort(at[rows], kind="stable")]
        ranks[order] = np.linspace(0, 1, len(order)) if edge == "last" else np.linspace(1, 0, len(order))
    return ranks
