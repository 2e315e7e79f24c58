"""Words are looked up once, and in a large store the commonest do not hold up a question."""

from core.recall.columns import Snapshot
from core.recall.search import WordScores
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
    assert list(WordScores(kept.vault, most=40).of(terms, columns, 1)) == ["walrus", "fine", "absent"]
    assert list(WordScores(kept.vault, most=10).of(("really", "fine"), columns, 1)) == ["fine"]
    assert list(WordScores(kept.vault).of(terms, columns, 1)) == list(terms)
    snapshot.close()


def test_the_rows_of_a_word_are_those_that_hold_it_in_rising_order(kept: Kept) -> None:
    kept.keep(list(reversed(TURNS)))
    snapshot = Snapshot(kept.vault, kept.events)
    columns = snapshot.current()
    posting = WordScores(kept.vault).of(("really",), columns, 1)["really"]
    assert posting.rows.tolist() == list(range(31))
    assert posting.scores.argmax() == 30
    snapshot.close()


def test_new_columns_bring_new_scores(kept: Kept) -> None:
    kept.keep(TURNS)
    snapshot, scores = Snapshot(kept.vault, kept.events), WordScores(kept.vault)
    assert len(scores.of(("walrus",), snapshot.current(), snapshot.generation)["walrus"].rows) == 1
    kept.keep([turn("Another walrus.", 50)])
    assert len(scores.of(("walrus",), snapshot.current(), snapshot.generation)["walrus"].rows) == 2
    snapshot.close()
