"""What holds now stands above what held before, when the question is after what holds now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.memory import Draft
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


def filler(count: int = 30) -> list[Draft]:
    return [turn(f"The weather report number {n} speaks of rain.", 10 + n) for n in range(count)]


def ago(days: int, text: str, number: int) -> Draft:
    return replace(turn(text, number), at=NOW - timedelta(days=days))


def test_what_ends_the_thing_a_hit_names_follows_on_it_though_it_shares_no_word_with_the_question(kept: Kept) -> None:
    old = ago(300, "Our supplier for the sensors is Brightwell.", 1)
    new = ago(30, "Brightwell is bankrupt. I signed with Ozora yesterday", 2)
    kept.keep([old, new, *filler()])
    hits = kept.ask("Who is the supplier for the sensors?", k=2).hits
    assert [hit.memory.text for hit in hits] == [new.text, old.text]
    assert kept.texts("Who was the supplier for the sensors before?", k=1) == [old.text]


def test_what_merely_shares_a_common_word_with_a_hit_does_not_follow_on_it(kept: Kept) -> None:
    old = ago(300, "Our supplier for the sensors is new, we found it last week.", 1)
    other = ago(30, "A new week begins now, and nothing else does.", 2)
    kept.keep([old, other, *filler()])
    assert kept.texts("Who is the supplier for the sensors?", k=1) == [old.text]


def test_one_value_said_instead_of_the_other_marks_it_and_takes_it_out_of_the_context(kept: Kept) -> None:
    values = [ago(300 - n, f"My locker code is {1000 + 7 * n} now.", 100 + n) for n in range(64)]
    kept.keep([*values, *filler(60)])
    recalled = kept.ask("What is my locker code?", k=10)
    assert recalled.hits[0].memory.text == values[-1].text
    assert not recalled.hits[0].outdated
    assert [line for line in recalled.context.text.splitlines() if "locker" in line] == [
        f"[{values[-1].at:%Y-%m-%d %H:%M}] Dana: {values[-1].text}"
    ]
    then = kept.ask(f"What was my locker code on {values[20].at.date().isoformat()}?", k=5)
    assert then.hits[0].memory.text == values[20].text


def test_several_things_told_in_one_breath_do_not_replace_one_another(kept: Kept) -> None:
    rooms = [turn(f"Room number {n} is painted in {colour}.", n) for n, colour in enumerate(("blue", "white", "red"))]
    kept.keep([*rooms, *filler(60)])
    assert not any(hit.outdated for hit in kept.ask("Which room is painted?", k=5).hits)
