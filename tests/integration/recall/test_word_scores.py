"""Words are looked up once, and in a large store the commonest do not hold up a question."""

import numpy as np

from core.recall.columns import Snapshot
from core.recall.word_scores import Posting, WordScores
from tests.integration.recall.conftest import Kept
from tests.made import turn

TURNS = [
    *(turn(f"Really, the weather of day {n} was fine.", n) for n in range(30)),
    turn("Really, a walrus!", 40),
]


def test_common_words_give_way_to_rarer_ones_beyond_the_limit(kept: Kept) -> None:
    kept.keep(TURNS)
    snapshot = Snapshot(kept.vault, kept.events)
    columns = snapshot.current()
    terms = ("really", "walrus", "fine", "absent")
    assert list(WordScores(kept.vault, most=40).of(terms, columns, 1, snapshot.newest)) == ["walrus", "fine", "absent"]
    assert list(WordScores(kept.vault, most=10).of(("really", "fine"), columns, 1, snapshot.newest)) == ["fine"]
    assert list(WordScores(kept.vault).of(terms, columns, 1, snapshot.newest)) == list(terms)
    snapshot.close()


def test_the_rows_of_a_word_are_those_that_hold_it_in_rising_order(kept: Kept) -> None:
    kept.keep(list(reversed(TURNS)))
    snapshot = Snapshot(kept.vault, kept.events)
    columns = snapshot.current()
    posting = WordScores(kept.vault).of(("really",), columns, 1, snapshot.newest)["really"]
    assert posting.rows.tolist() == list(range(31))
    assert posting.scores.argmax() == 30
    snapshot.close()


def _asked(scores: WordScores, snapshot: Snapshot, *terms: str) -> dict[str, Posting]:
    return scores.of(terms, snapshot.current(), snapshot.edition, snapshot.newest)


def test_what_is_saved_later_is_scored_too_each_once(kept: Kept) -> None:
    kept.keep(TURNS)
    snapshot, scores = Snapshot(kept.vault, kept.events), WordScores(kept.vault)
    assert len(_asked(scores, snapshot, "walrus")["walrus"].rows) == 1
    for number in range(3):
        kept.keep([turn(f"Another walrus, really {number}.", 50 + number)])
        found = _asked(scores, snapshot, "walrus", "really")
        assert len(found["walrus"].rows) == 2 + number
        assert len(set(found["really"].rows.tolist())) == 32 + number
    snapshot.close()


def test_after_one_more_memory_among_many_the_older_scores_hold(kept: Kept) -> None:
    many = [turn(f"Really, the weather of day {n} was fine.", n) for n in range(120)]
    kept.keep(many)
    snapshot, scores = Snapshot(kept.vault, kept.events), WordScores(kept.vault)
    before = _asked(scores, snapshot, "fine")["fine"]
    kept.keep([turn("Fine by me.", 500)])
    after, anew = _asked(scores, snapshot, "fine")["fine"], _asked(WordScores(kept.vault), snapshot, "fine")["fine"]
    assert after.rows.tolist() == anew.rows.tolist()
    assert after.scores[:-1].tolist() == before.scores.tolist()
    assert np.allclose(after.scores, anew.scores, rtol=0.05)
    assert len(after.rows) == 121
    snapshot.close()


def test_a_forgotten_memory_has_no_score(kept: Kept) -> None:
    ids = kept.keep(TURNS)
    snapshot, scores = Snapshot(kept.vault, kept.events), WordScores(kept.vault)
    assert len(_asked(scores, snapshot, "walrus")["walrus"].rows) == 1
    kept.drop(ids[-1:])
    assert len(_asked(scores, snapshot, "walrus")["walrus"].rows) == 0
    snapshot.close()
