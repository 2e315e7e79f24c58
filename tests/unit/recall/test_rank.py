"""Ranking is pure: the same evidence gives the same order, whatever else lies around."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recall.rank import (
    Features,
    Weights,
    fused,
    reciprocal_ranks,
    spread,
    standardised,
)

NONE = np.array([], dtype=np.int64)
COUNT = 40


def features(count: int = COUNT, seed: int = 1, **changed: object) -> Features:
    """Rows that stand alone, each in its own session."""
    random = np.random.default_rng(seed)
    zeros, false = np.zeros(count), np.zeros(count, dtype=np.bool_)
    alone = np.full(count, -1, dtype=np.int64)
    values: dict[str, object] = {
        "words": random.random(count),
        "meaning": random.random(count),
        "embedded": np.ones(count, dtype=np.bool_),
        "before": alone,
        "after": alone.copy(),
        "session": np.arange(count),
        "candidate": np.ones(count, dtype=np.bool_),
        "pooled": np.ones(count, dtype=np.bool_),
        "person": false,
        "date": zeros,
        "asks": false,
        "own_turn": false,
        "superseded": false,
        "repeated": false,
        "edge": zeros,
        "derived": NONE,
        "source": NONE,
    }
    return Features(**(values | changed))  # type: ignore[arg-type]


def flag(*places: int, count: int = COUNT) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    flags = np.zeros(count, dtype=np.bool_)
    flags[list(places)] = True
    return flags


@given(st.permutations(range(COUNT)))
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    plain = features(person=flag(3, 9), date=np.linspace(0, 1, COUNT))
    shuffled = features(
        words=plain.words[order],
        meaning=plain.meaning[order],
        person=plain.person[order],
        date=plain.date[order],
        session=plain.session[order],
    )
    assert fused(shuffled, Weights()).total == pytest.approx(fused(plain, Weights()).total[order])


@pytest.mark.parametrize("name", ["person", "own_turn"])
def test_what_speaks_for_a_row_lifts_it(name: str) -> None:
    gain = fused(features(**{name: flag(5)}), Weights()).total - fused(features(), Weights()).total
    assert gain[5] > 0
    assert np.delete(gain, 5) == pytest.approx(0)


def test_who_names_another_does_not_ask_for_their_own_turns() -> None:
    own, both = features(own_turn=flag(5)), features(own_turn=flag(5), person=flag(9))
    assert fused(own, Weights()).total[5] > fused(features(), Weights()).total[5]
    assert fused(both, Weights()).total[5] == fused(features(person=flag(9)), Weights()).total[5]


@pytest.mark.parametrize("name", ["asks", "superseded", "repeated"])
def test_what_speaks_against_a_row_lowers_it(name: str) -> None:
    loss = fused(features(**{name: flag(5)}), Weights()).total - fused(features(), Weights()).total
    assert loss[5] < 0
    assert np.delete(loss, 5) == pytest.approx(0)


@pytest.mark.parametrize("name", ["words", "meaning"])
def test_more_evidence_never_ranks_lower(name: str) -> None:
    plain = features()
    values = getattr(plain, name).copy()
    values[7] += 0.5
    order = np.argsort(-fused(plain, Weights()).total).tolist()
    after = np.argsort(-fused(features(**{name: values}), Weights()).total).tolist()
    assert after.index(7) <= order.index(7)


def test_a_turn_is_lifted_by_the_one_before_it_and_more_so_by_a_question() -> None:
    words = np.zeros(COUNT)
    words[4] = 5.0
    before = np.full(COUNT, -1, dtype=np.int64)
    alone = fused(features(words=words), Weights()).total[5]
    before[5] = 4
    beside = fused(features(words=words, before=before), Weights()).total[5]
    answering = fused(features(words=words, before=before, asks=flag(4)), Weights()).total[5]
    assert alone < beside < answering


def test_the_source_of_a_fact_is_lifted_and_that_of_a_replaced_fact_lowered() -> None:
    words = features().words.copy()
    words[[10, 11]] = 5.0
    pairs = {"derived": np.array([10, 11]), "source": np.array([20, 21])}
    candidate = ~flag(10, 11)
    plain = fused(features(words=words, candidate=candidate), Weights()).total
    lent = fused(features(words=words, candidate=candidate, superseded=flag(11), **pairs), Weights()).total
    assert lent[20] > plain[20]
    assert lent[21] < plain[21]


def test_a_summary_of_many_lends_less_to_each_than_a_fact_to_its_one_source() -> None:
    words = features().words.copy()
    words[[10, 11]] = 5.0
    pairs = {"derived": np.array([10, 11, 11, 11]), "source": np.array([20, 21, 22, 23])}
    plain = fused(features(words=words, candidate=~flag(10, 11)), Weights())
    lent = fused(features(words=words, candidate=~flag(10, 11), **pairs), Weights())
    gained = (lent.base - plain.base)[[20, 21]]
    assert gained[0] > gained[1] > 0


def test_few_candidates_are_ranked_by_reciprocal_ranks() -> None:
    few = features(3, words=np.array([9.0, 1.0, 0.0]), embedded=np.zeros(3, dtype=np.bool_))
    assert np.argsort(-fused(few, Weights()).total).tolist() == [0, 1, 2]
    one = features(1, words=np.array([2.0]))
    assert np.isfinite(fused(one, Weights()).total).all()
    assert len(fused(features(0), Weights()).total) == 0


def test_reciprocal_ranks_leave_out_what_was_not_found_and_give_the_second_its_share() -> None:
    ranks = reciprocal_ranks(np.array([0.0, 3.0, 1.0]), np.ones(3, dtype=np.bool_), 5)
    assert ranks.tolist() == [0.0, 1.0, pytest.approx(6 / 7 / 3)]


def test_equal_values_say_nothing() -> None:
    assert standardised(np.full(9, 3.0), np.ones(9, dtype=np.bool_)).tolist() == [0.0] * 9


def test_a_words_score_goes_to_its_neighbours_and_no_further_than_the_session() -> None:
    score = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    one = np.array([False, True, True, True, False, True])
    two = np.array([False, False, True, True, False, False])
    assert spread(score, (one, two), (0.8, 0.6, 0.5)).tolist() == [0.0, 0.6, 1.0, 0.8, 0.0, 0.0]


def test_a_word_said_twice_counts_once_in_its_context() -> None:
    linked = (np.array([False, True]), np.array([False, False]))
    assert spread(np.array([2.0, 2.0]), linked, (0.8, 0.6, 0.6)).tolist() == [2.0, 2.0]


def test_z_scores_are_taken_over_what_the_channels_brought_alone() -> None:
    words = features().words.copy()
    beside = ~flag(0, 1, 2)
    plain = fused(features(words=words, pooled=beside), Weights()).total
    words[[0, 1, 2]] = 50.0
    louder = fused(features(words=words, pooled=beside), Weights()).total
    assert louder[3:] == pytest.approx(plain[3:])
    assert (louder[:3] > plain[:3]).all()
