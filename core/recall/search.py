"""Gathers what may bear on a question: by words and by meaning, with what stands around it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.memory import Facet
from core.recall.allowed import speaks
from core.recall.columns import NOBODY, Columns, Flags, Ints, Reals, facet_number
from core.recall.query import Query
from core.recall.rank import Features, Weights, spread
from core.recall.standing import Asked, Standing
from core.recall.word_scores import Posting
from core.store.vectors import Vectors

Floats = NDArray[np.float32]

EVERY_ROW_UP_TO = 50
"""So few allowed rows are all candidates; of more, the best by words, by meaning and by date."""
DERIVED_POOL = 10
"""Derived memories a channel brings beside these: in one pool with them they took the places of what was said."""
POOL = 50
"""Candidates a channel brings: z-scores over the good ones tell more than over everything (recall@10 .834, .819)."""
NEARLY_ALL = 0.9
"""Share of the rows from which on nothing is limited: what is not allowed is left out afterwards."""
_NEARLY_AS_GOOD = 0.5
_NEWEST = 10
_NAME_SHARE = 0.3
_DAY_S = 86_400.0
_DATE_DAYS = 7.0
_EARLIER = 0.75
"""Of what was said before the time at which a value held: .5 to 1 put more of them first, 1 costs recall@5 .003."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathered:
    """The region, its features, and the rows of each word."""

    region: Ints
    features: Features
    word_rows: dict[str, Ints]


def gathered(
    columns: Columns,
    query: Query,
    standing: Standing,
    allowed: Flags,
    postings: dict[str, Posting],
    vectors: Vectors | None,
    question: Floats | None,
    legible: Flags,
    weights: Weights,
    k: int,
) -> Gathered:
    """Candidates by every channel with their neighbours, and what ranking needs to know of them.

    `allowed`: one flag a row; `question`: the unit vector (d,) or None when there is no meaning-search; `legible`: one
    flag a row, whether the embedder knows its language; `k`: how many hits are wanted.
    """
    pool = max(POOL, 2 * k)
    own = _by_words(columns, query, postings, weights)
    date = _nearness(columns, query, standing)
    shown = allowed
    if not query.filters.asks_kind:
        shown = allowed & (columns.observed | columns.edited | _orphans(columns))
    if int(shown.sum()) <= EVERY_ROW_UP_TO:
        candidate = pooled = shown
        reached = allowed
    else:
        reached = np.zeros(len(columns), dtype=np.bool_)
        told, drawn = allowed & shown, allowed & ~shown
        reached[_best(own, told, pool)] = True
        reached[_best(own, drawn, DERIVED_POOL)] = True
        if vectors is not None and question is not None:
            near = _nearest(columns, vectors, question, allowed & legible, pool + DERIVED_POOL)
            reached[near[told[near]][:pool]] = True
            reached[near[drawn[near]][:DERIVED_POOL]] = True
        if query.span:
            reached[_best((own + 1e-6) * (date >= 1.0), told, pool)] = True
        if standing.asked is Asked.NOW and standing.state:
            reached[newest_of(own, columns.at, told & ~columns.superseded)] = True
        if not reached.any():
            reached[np.flatnonzero(shown)[np.argsort(-columns.at[shown], kind="stable")[:pool]]] = True
        reached[columns.source[reached[columns.derived]]] = True
        reached &= allowed
        pooled = reached & shown
        candidate = _with_neighbours(columns, pooled) & shown
    region = np.flatnonzero(_with_neighbours(columns, candidate) | (reached & ~columns.observed))
    return Gathered(
        region=region,
        features=_features(columns, query, standing, region, candidate, pooled, own, date, vectors, question, legible),
        word_rows={word: posting.rows for word, posting in postings.items()},
    )


def _by_words(columns: Columns, query: Query, postings: dict[str, Posting], weights: Weights) -> Reals:
    """BM25 over all rows, composed word by word of the turn and those around it."""
    linked = (columns.linked(1), columns.linked(2))
    own = np.zeros(len(columns))
    for word, posting in postings.items():
        score = np.zeros(len(columns))
        score[posting.rows] = posting.scores
        if word in query.name_words:
            own += np.where(columns.speaker == NOBODY, score, _NAME_SHARE * score)
            continue
        own += spread(score, linked, weights.own_spread)
    return own


def _nearness(columns: Columns, query: Query, standing: Standing) -> Reals:
    """exp(-days to the time asked for / 7); 1 within it, 0 everywhere when none was asked for.

    What held at a time was often said long before it: then half as much for all that was said earlier.
    """
    span = query.span
    if span is None:
        return np.zeros(len(columns))
    away = np.zeros(len(columns))
    if span.begins:
        away = np.maximum(away, span.begins.timestamp() - columns.at)
    if span.ends:
        away = np.maximum(away, columns.at - span.ends.timestamp())
    near = np.asarray(np.exp(-away / (_DATE_DAYS * _DAY_S)))
    if standing.asked is Asked.THEN and standing.state:
        near = np.maximum(near, _EARLIER * (columns.at <= standing.moment.timestamp()))
    return near


def _orphans(columns: Columns) -> Flags:
    """Derived memories none of whose sources is here: they speak for themselves, but for a heading of a topic."""
    alone: Flags = ~columns.observed & (columns.facet != facet_number(Facet.TOPIC))
    alone[columns.derived] = False
    return alone


def _best(score: Reals, among: Flags, most: int) -> Ints:
    rows = np.flatnonzero(among & (score > 0))
    if len(rows) > most:
        rows = rows[np.argpartition(-score[rows], most)[:most]]
    return rows


def newest_of(score: Reals, at: Reals, among: Flags) -> Ints:
    """The newest of those that fit nearly as well as the best: of a hundred like values the last one counts."""
    rows = np.flatnonzero(among & (score > 0))
    rows = rows[score[rows] >= _NEARLY_AS_GOOD * score[rows].max(initial=0.0)]
    newest: Ints = rows[np.argsort(-at[rows], kind="stable")[:_NEWEST]]
    return newest


def _nearest(columns: Columns, vectors: Vectors, question: Floats, allowed: Flags, most: int) -> Ints:
    rows = np.flatnonzero(allowed)
    within = None if len(rows) > NEARLY_ALL * len(columns) else columns.ids(rows)
    found = vectors.search(question, most, within)
    rows = columns.rows_of_ids([id for id, likeness in found if likeness > 0])
    rows = rows[rows >= 0]
    return rows[allowed[rows]]


def _with_neighbours(columns: Columns, candidate: Flags) -> Flags:
    region, linked = candidate.copy(), columns.linked(1)[1:]
    region[:-1] |= candidate[1:] & linked
    region[1:] |= candidate[:-1] & linked
    return region


def _features(
    columns: Columns,
    query: Query,
    standing: Standing,
    region: Ints,
    candidate: Flags,
    pooled: Flags,
    own: Reals,
    date: Reals,
    vectors: Vectors | None,
    question: Floats | None,
    legible: Flags,
) -> Features:
    before, after = _beside(columns, region)
    embedded = np.zeros(len(region), dtype=np.bool_)
    meaning = np.zeros(len(region))
    if vectors is not None and question is not None:
        unit, _ = vectors.nearest_of(columns.ids(region), question)
        embedded = np.asarray(unit.any(axis=1) & legible[region], dtype=np.bool_)
        meaning = (unit @ question).astype(np.float64)
    places = np.full(len(columns), -1, dtype=np.int64)
    places[region] = np.arange(len(region))
    derived, source = places[columns.derived], places[columns.source]
    both = (derived >= 0) & (source >= 0)
    return Features(
        words=own[region],
        meaning=meaning,
        embedded=embedded,
        before=before,
        after=after,
        session=columns.session[region],
        candidate=candidate[region],
        pooled=pooled[region],
        person=speaks(columns, query)[region],
        date=date[region],
        asks=columns.asks[region],
        own_turn=columns.own_turn[region] & (not query.asks_assistant),
        superseded=columns.superseded[region] & (standing.asked not in (Asked.BEFORE, Asked.THEN)),
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
