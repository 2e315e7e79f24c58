"""What holds now stands above what held before, when the question is after what holds now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.recall.query import understand
from core.recall.standing import Asked, standing_of
from core.store.pieces import LONG
from tests.integration.recall.conftest import NOW, Kept
from tests.made import turn


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Where does Nadia live?", Asked.NOW),
        ("What is Marlow's job now?", Asked.NOW),
        ("Who is her boss these days?", Asked.NOW),
        ("For when was the appointment fixed in the end?", Asked.NOW),
        ("Who lives in the little room?", Asked.NOW),
        ("Where did Nadia live?", Asked.ANY),
        ("Where does she live since the old flat was sold?", Asked.ANY),
        ("Where did she live before?", Asked.BEFORE),
        ("Where did she use to live, in the old flat?", Asked.BEFORE),
        ("What was her first car?", Asked.ANY),
        ("Where is the meeting on Friday?", Asked.ANY),
        ("Where did Nadia live in March 2026?", Asked.THEN),
        ("Who was Marlow's boss last year?", Asked.THEN),
        ("When did Nadia move in 2025?", Asked.ANY),
        ("What did Nadia say in March 2026?", Asked.ANY),
    ],
)
def test_the_time_of_the_value_asked_for_is_read_from_the_question(question: str, asked: Asked) -> None:
    assert standing_of(understand(question, NOW, ("nadia", "marlow")), NOW).asked is asked


@pytest.mark.parametrize(
    ("question", "state"),
    [
        ("Where does Nadia live?", True),
        ("How much rent does Marlow pay?", True),
        ("Which hobbies does Nadia have?", False),
        ("What is Nadia going to do?", False),
        ("What does Nadia say about the party?", False),
    ],
)
def test_what_has_one_value_at_a_time_is_told_from_what_has_many(question: str, state: bool) -> None:
    assert standing_of(understand(question, NOW, ("nadia", "marlow")), NOW).state is state


def test_the_newer_turn_that_tells_of_a_change_stands_above_the_older(kept: Kept) -> None:
    old = replace(turn("I live in a flat in Quarry Lane, I live there with my cat.", 1), at=NOW - timedelta(days=300))
    new = replace(turn("We moved to a small house, Tanner's Yard.", 2), at=NOW - timedelta(days=30))
    filler = [turn(f"The weather report number {n} speaks of rain.", 10 + n) for n in range(30)]
    kept.keep([old, new, *filler])
    assert kept.texts("Where do I live?", k=2) == [new.text, old.text]
    assert kept.texts("Where did I live before?", k=2)[0] == old.text


def test_a_newer_turn_on_something_else_does_not_move(kept: Kept) -> None:
    old = replace(turn("I live in a flat in Quarry Lane.", 1), at=NOW - timedelta(days=300))
    other = replace(turn("The live concert is a new date now.", 2), at=NOW - timedelta(days=30))
    kept.keep([old, other, *(turn(f"The weather report number {n} speaks of rain.", 10 + n) for n in range(30))])
    assert kept.texts("Where do I live?", k=2)[0] == old.text


def test_a_page_that_merely_has_the_word_new_stays_where_it_was(kept: Kept) -> None:
    old = replace(turn("I live in a flat in Quarry Lane, I live there with my cat.", 1), at=NOW - timedelta(days=300))
    page = (
        "We moved to a small house, Tanner's Yard, a flat in a lane with my cat. " * 5
        + "New stairs, small rooms. " * 40
    )
    new = replace(turn(page, 2), at=NOW - timedelta(days=30))
    kept.keep([old, new, *(turn(f"The weather report number {n} speaks of rain.", 10 + n) for n in range(30))])
    short = replace(new, text=page[:72], provenance=replace(new.provenance, external_id="short"))
    before = kept.texts("Where do I live?", k=3)
    assert len(page) > LONG
    assert before.index(old.text) < before.index(page)
    kept.keep([short])
    after = kept.texts("Where do I live?", k=3)
    assert after.index(short.text) < after.index(old.text)
