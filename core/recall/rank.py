"""The order of what was found: z-scores of words and meaning, of neighbours too, session, person and date. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts how much, set by hand to round numbers in the middle of plateaus.

    What each part is worth stands in docs/decisions/014-what-each-part-of-recall-is-worth.md;
    `mneme bench recall --ablate` measures it again.
    """

    words: float = 0.5
    """BM25 of the turn: exact names and things."""
    meaning: float = 0.5
    """Cosine of the turn: the same said otherwise."""
    left: float = 0.25
    """Of the previous turn's words and meaning: an answer is often short and its topic in the turn before."""
    right: float = 0.1
    """Of the next turn's score."""
    asked: float = 0.15
    """Of the previous turn's score when that was a question: what follows it answers."""
    session: float = 0.3
    """Of the session's three best turns: what was talked about that day."""
    person: float = 1.0
    """The person named in the question speaks."""
    date: float = 2.0
    """exp(-days from the time asked for / 7)."""
    question: float = 0.5
    """Taken off a turn that asks: it seldom holds the answer."""
    own_turn: float = 1.0
    """The person's own turn in a chat with an assistant: they ask for what they said, unless they name another."""
    derived: float = 0.3
    """Of the best fact or summary resting on it."""
    superseded: float = 1.0
    """Taken off what a newer value has replaced, unless the past is asked for."""
    repeated: float = 0.5
    """Taken off near-duplicates and boilerplate; the first of them stands for all."""
    edge: float = 0.3
    """The earliest or latest of the candidates, when the question says first or last."""
    strength: float = 0.02
    """Breaks ties only: a multiplied half-life took recall@10 from .70 to .30."""

    own_spread: tuple[float, float, float] = (0.3, 0.2, 0.2)
    """How much of a word's score the previous, next and second previous turn lend to a turn."""
    fewest: int = 12
    """Under this many candidates z-scores say nothing: reciprocal ranks instead."""
    reciprocal: float = 5.0
    """k of reciprocal rank fusion (60 is worse: .57 against .71)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """One entry a row of the region: the candidates and what stands around them, in order of conversation and time.

    `embedded`: has a vector; what has none (yet, or there is no embedder) is judged by its words alone.
    `before`, `after`: index of the previous and next row of the same session, -1 for none. BM25 and cosines as they
    come; `date` 0..1; `edge` 0..1; the rest flags. `derived` and `source` run in parallel: a derived memory of the
    region and an observation it rests on.
    """

    words: Reals
    meaning: Reals
    embedded: Flags
    before: Ints
    after: Ints
    session: Ints
    candidate: Flags
    """May be shown: what a channel brought, and the turns beside it."""
    pooled: Flags
    """What a channel brought: z-scores are taken over these alone."""
    person: Flags
    date: Reals
    asks: Flags
    own_turn: Flags
    superseded: Flags
    repeated: Flags
    edge: Reals
    derived: Ints
    source: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """Totals over the region and the parts that `why` tells of."""

    total: Reals
    base: Reals
    meaning: Reals
    neighbour: Reals


def spread(score: Reals, linked: tuple[Flags, Flags], shares: tuple[float, float, float]) -> Reals:
    """A word's BM25 over all rows, each row given the best of its own and its neighbours' shares.

    `linked[0]`: the row before is of the same session, `linked[1]`: the one two before. Taking the greatest, word by
    word, is what composes the BM25 of "previous + turn": a word counts once, however often both say it.
    """
    previous, following, second = shares
    best = score.copy()
    if len(score) > 1:
        np.maximum(best[1:], np.where(linked[0][1:], previous * score[:-1], 0.0), out=best[1:])
        np.maximum(best[:-1], np.where(linked[0][1:], following * score[1:], 0.0), out=best[:-1])
    if len(score) > 2:
        np.maximum(best[2:], np.where(linked[1][2:], second * score[:-2], 0.0), out=best[2:])
    return best


def standardised(values: Reals, among: Flags) -> Reals:
    """z-scores by the mean and deviation of `among`; all 0 where these do not differ."""
    part = values[among]
    if not len(part) or part.std() < 1e-9:
        return np.zeros_like(values)
    return np.asarray((values - part.mean()) / part.std())


def reciprocal_ranks(values: Reals, among: Flags, k: float) -> Reals:
    """1 / (k + rank) among the rows that have a value at all, scaled so that the first has 1.

    Times the value's share of the greatest: of three rows the second may have next to nothing.
    """
    found = np.flatnonzero(among & (values > 0))
    order = found[np.argsort(-values[found], kind="stable")]
    ranks = np.zeros_like(values)
    if len(order):
        ranks[order] = (k + 1) / (k + 1 + np.arange(len(order))) * values[order] / values[order[0]]
    return ranks


def fused(features: Features, weights: Weights) -> Scores:
    """The score of every row of the region; only candidates are to be shown."""
    among = features.candidate
    few = int(among.sum()) < weights.fewest

    def channel(values: Reals, known: Flags) -> Reals:
        if few:
            return reciprocal_ranks(values, among & known, weights.reciprocal)
        return standardised(values, features.pooled & known)

    every = np.ones(len(among), dtype=np.bool_)
    words = weights.words * channel(features.words, every)
    near = weights.meaning * channel(features.meaning, features.embedded)
    meaning = np.where(features.embedded, near, 0.0)
    base = words + np.where(features.embedded, near, words)
    lent, replaced = _lent(base, features)
    base = np.where(among, base, np.minimum(base, 0.0)) + weights.derived * lent
    left = _from(base, features.before)
    asked = _from(np.where(features.asks, base, 0.0), features.before)
    neighbour = weights.left * left + weights.right * _from(base, features.after) + weights.asked * asked
    total = base + neighbour + weights.session * _session_best(base, features.session, among)
    total += weights.person * features.person + weights.date * features.date + weights.edge * features.edge
    total -= weights.question * features.asks
    if not features.person.any():
        total += weights.own_turn * features.own_turn
    total -= weights.superseded * np.maximum(features.superseded, replaced) + weights.repeated * features.repeated
    return Scores(total=total, base=base, meaning=meaning, neighbour=neighbour)


def _lent(base: Reals, features: Features) -> tuple[Reals, Reals]:
    """What derived memories give to their sources: the best one's score; 0..1 how surely a replaced one is meant.

    Divided by the root of how many sources share it: a summary of a day says less about each of its turns.
    """
    lent, replaced = np.zeros_like(base), np.zeros_like(base)
    sharing = np.bincount(features.derived, minlength=len(base))[features.derived]
    scores = np.maximum(base[features.derived], 0.0) / np.sqrt(sharing)
    gone = features.superseded[features.derived].astype(bool)
    np.maximum.at(lent, features.source[~gone], scores[~gone])
    np.maximum.at(replaced, features.source[gone], np.minimum(scores[gone] / 2, 1.0))
    return lent, replaced


def _from(values: Reals, where: Ints) -> Reals:
    return np.where(where >= 0, values[where], 0.0)


def _session_best(base: Reals, session: Ints, among: Flags) -> Reals:
    """Mean of each session's three best candidates, given to all its rows."""
    rows = np.flatnonzero(among)
    best = np.zeros_like(base)
    if not len(rows):
        return best
    order = rows[np.lexsort((-base[rows], session[rows]))]
    sessions = session[order]
    starts = np.flatnonzero(np.concatenate(([True], sessions[1:] != sessions[:-1])))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    top = place < 3
    names, inverse = np.unique(sessions, return_inverse=True)
    totals = np.bincount(inverse[top], weights=base[order][top], minlength=len(names))
    means = totals / np.bincount(inverse[top], minlength=len(names))
    places = np.minimum(np.searchsorted(names, session), len(names) - 1)
    return np.where(names[places] == session, means[places], 0.0)
