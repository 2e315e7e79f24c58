"""Folding: what repeats itself, and what only seems to."""

import pytest

from core.consolidate.alike import core_of, misread, normal
from core.consolidate.duplicates import FLOOD, folds
from core.memory import Memory
from tests.unit.consolidate.made import frame, said

LONG = "The harbour festival starts at noon with a parade of old ships"


def pairs(*new: Memory, known: tuple[Memory, ...] = ()) -> list[tuple[str, str]]:
    return [(fold.memory, fold.into) for fold in folds(list(new), known)]


def test_the_same_long_words_by_the_same_person_fold_into_the_first() -> None:
    a, b, c = said(LONG, 0), said(LONG.upper() + "!", 5), said(LONG, 9)
    assert pairs(a, b, c) == [(b.id, a.id), (c.id, a.id)]


def test_a_message_seen_on_the_screen_folds_into_the_message() -> None:
    a, b = said(LONG, 0), frame(LONG, 1)
    assert pairs(a, b) == [(b.id, a.id)]


def test_it_folds_into_what_was_known_before() -> None:
    old, new = said(LONG, 0), said(LONG, 30)
    assert pairs(new, known=(old,)) == [(new.id, old.id)]


def test_the_same_long_words_on_another_day_are_another_event() -> None:
    assert pairs(said(LONG, 0), said(LONG, 60 * 24 * 7)) == []


def test_a_short_message_that_two_exports_have_at_one_instant_is_one() -> None:
    a, b = said("ok", 0, conversation="Signal"), said("ok", 0, conversation="export", seq=9)
    assert pairs(a, b) == [(b.id, a.id)]
    later = said("ok", 3, conversation="export", seq=9)
    assert pairs(a, later) == []


def test_an_export_without_its_pictures_is_the_same_message() -> None:
    a, b = said("on the train 🌙", 0), said("on the train [emoji]", 0, conversation="export", seq=9)
    assert pairs(a, b) == [(b.id, a.id)]


@pytest.mark.parametrize(
    "shown",
    [
        f"Ana 10:00\n{LONG}",
        f"{LONG} ✓✓ 10:00",
        f"Ana: {LONG}",
        LONG.replace("at noon", "atnoon").replace("i", "l"),
    ],
)
def test_what_a_screen_puts_around_a_message_or_misreads_of_it_is_still_the_message(shown: str) -> None:
    a, b = said(LONG, 0), frame(shown, 12)
    assert pairs(a, b) == [(b.id, a.id)]


def test_what_is_passed_on_folds_whoever_passes_it_on() -> None:
    a, b = said(LONG, 0), said(f"Fwd: {LONG}", 600, speaker="Ben", conversation="group")
    assert pairs(a, b) == [(b.id, a.id)]


def test_the_same_words_in_another_order_are_another_thing() -> None:
    assert (
        pairs(
            said("The train from Ghent to Lisbon takes all day", 0),
            said("The train from Lisbon to Ghent takes all day", 1),
        )
        == []
    )


def test_a_misread_text_comes_down_to_the_same() -> None:
    assert misread("confirm") == misread("confirrn")
    assert misread("please") == misread("PIease")
    assert misread("Anna") != misread("Anne")
    assert core_of("You 12:53\nbooked") == "booked"


def test_two_people_saying_the_same_are_two() -> None:
    assert pairs(said(LONG, 0, speaker="Ana"), said(LONG, 1, speaker="Ben")) == []


def test_a_short_answer_given_twice_is_two_answers() -> None:
    assert pairs(said("yes", 0), said("yes", 1)) == []


def test_a_flood_of_short_words_folds() -> None:
    stream = [said("ok", minute) for minute in range(100)]
    assert len(pairs(*stream)) == 100 - FLOOD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG + " in 2025", LONG + " in 2026"),
        (
            "We will meet Rosa at the old harbour today",
            "We will not meet Rosa at the old harbour today",
        ),
        (
            "Please send the long report about ships to Rosa",
            "Please send the long report about ships to Clara",
        ),
        (LONG, "The harbour festival ends at noon with a concert of old sailors"),
    ],
)
def test_another_number_negation_or_name_is_another_thing(one: str, other: str) -> None:
    assert pairs(said(one, 0), said(other, 1)) == []


def test_nearly_the_same_words_fold_only_when_close_in_time() -> None:
    text = " ".join(f"word{chr(97 + n)}" for n in range(24))
    near = said(text + " indeed", 1)
    far = said(text + " indeed", 60 * 24 * 7)
    assert pairs(said(text, 0), near) == [(near.id, said(text, 0).id)]
    assert pairs(said(text, 0), far) == []


def test_nothing_folds_into_what_is_folded() -> None:
    stream = [said(LONG, minute) for minute in range(5)]
    into = {fold.into for fold in folds(stream)}
    assert not into & {fold.memory for fold in folds(stream)}


def test_texts_are_compared_without_case_width_and_marks() -> None:
    assert normal("Don’t  PANIC — “ok”!") == normal("dont panic ok")
    assert normal("") == ""
