"""Successive looks at one chat: every message once, in order, whichever way one scrolls."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from core.capture.screen.chat.scrolled import Known, joined
from core.capture.screen.chat.shapes import ScreenTurn
from tests.drawn.chats import LAYOUTS, Make
from tests.drawn.scrolling import walked
from tests.drawn.talk import NOW


@pytest.mark.parametrize("make", LAYOUTS, ids=[make.__name__.strip("_") for make in LAYOUTS])
def test_scrolling_up_and_down_finds_every_message_once_and_in_order(make: Make) -> None:
    window = make(201)
    walk, talk = walked(window, 1)
    assert window.furthest > 0
    assert walk.found >= 0.9 * walk.told
    assert walk.right >= 0.9 * walk.told
    assert walk.twice == 0
    assert walk.ordered
    assert len({one.id for one in talk}) == len(talk)
    assert all(one.at <= NOW for one in talk)


def said(speaker: str, text: str, clock: time | None = None) -> ScreenTurn:
    return ScreenTurn(speaker=speaker, mine=speaker == "me", text=text, clock=clock)


FIRST = (
    said("Dana Kim", "The invoice is still open", time(17, 1)),
    said("me", "ok", time(17, 2)),
    said("Dana Kim", "ok", time(17, 2)),
    said("Dana Kim", "see you at 10:30", time(17, 20)),
)


def looked(*looks: tuple[ScreenTurn, ...]) -> tuple[Known, ...]:
    talk: tuple[Known, ...] = ()
    for turns in looks:
        talk = joined(talk, turns, NOW, "Dana Kim").talk
    return talk


def test_the_same_look_again_adds_nothing() -> None:
    once = joined((), FIRST, NOW, "Dana Kim")
    again = joined(once.talk, FIRST, NOW + timedelta(minutes=1), "Dana Kim")
    assert [one.text for one in once.new] == [turn.text for turn in FIRST]
    assert not again.new
    assert not again.changed
    assert again.talk == once.talk


def test_an_equal_message_that_was_said_again_is_another() -> None:
    more = (*FIRST, said("Dana Kim", "ok", time(17, 25)), said("Dana Kim", "ok", time(17, 25)))
    talk = looked(FIRST, more)
    assert [one.text for one in talk][-3:] == ["see you at 10:30", "ok", "ok"]
    assert len({one.id for one in talk}) == 6


def test_an_equal_message_without_a_time_is_another_where_the_window_moved_on() -> None:
    bare = tuple(replace(turn, clock=None) for turn in FIRST)
    talk = looked(bare, (*bare[2:], said("Dana Kim", "ok")))
    assert [one.text for one in talk] == [*(turn.text for turn in FIRST), "ok"]


def test_what_stands_further_up_goes_before() -> None:
    older = (said("me", "Good morning", time(16, 50)), *FIRST[:2])
    added = joined(looked(FIRST), older, NOW, "Dana Kim")
    assert [one.text for one in added.new] == ["Good morning"]
    assert added.talk[0].text == "Good morning"
    assert [one.at for one in added.talk] == sorted(one.at for one in added.talk)


def test_a_message_cut_by_the_edge_grows_when_it_is_seen_whole() -> None:
    whole = said("Dana Kim", "The train from Ghent takes three hours, so we book the early one", time(17, 30))
    cut = replace(whole, text="The train from Ghent takes three")
    grown = joined(looked((*FIRST, cut)), (*FIRST[2:], whole), NOW, "Dana Kim")
    assert not grown.new
    assert [one.text for one in grown.changed] == [whole.text]
    assert grown.changed[0].id == looked((*FIRST, cut))[-1].id
    again = joined(grown.talk, (*FIRST, cut), NOW, "Dana Kim")
    assert not again.new
    assert not again.changed


def test_an_edited_message_is_another_version_of_the_same() -> None:
    other = (FIRST[0], FIRST[1], FIRST[2], replace(FIRST[3], text="see you at 10:45"))
    tail = said("me", "fine", time(17, 22))
    edited = joined(looked((*FIRST, tail)), (*other, tail), NOW, "Dana Kim")
    assert not edited.new
    assert [one.text for one in edited.changed] == ["see you at 10:45"]


def test_letters_read_otherwise_are_the_same_message_but_other_digits_are_not() -> None:
    misread = tuple(replace(turn, text=turn.text.replace("invoice", "invojce")) for turn in FIRST)
    assert not joined(looked(FIRST), misread, NOW, "Dana Kim").new
    sums = (said("Dana Kim", "It costs 4,200 for the whole roof", time(17, 30)),)
    other = (said("Dana Kim", "It costs 4,700 for the whole roof", time(17, 31)),)
    assert len(looked(sums, other)) == 2


def test_whose_name_is_out_of_view_is_found_again_but_never_added() -> None:
    nameless = ScreenTurn(speaker="", mine=False, text="The invoice is still open")
    assert not joined((), (nameless,), NOW, "Dana Kim").new
    assert len(looked(FIRST, (nameless, *FIRST[1:]))) == len(FIRST)


def test_a_clock_later_than_now_was_of_the_day_before() -> None:
    talk = looked((said("Dana Kim", "late", time(23, 10)), *FIRST))
    assert (NOW.date() - talk[0].at.date()).days == 1
    assert talk[-1].at.date() == NOW.date()


def test_a_shown_day_holds_for_what_stands_below_it() -> None:
    day = NOW.date() - timedelta(days=9)
    talk = looked(tuple(replace(turn, day=day) for turn in FIRST))
    assert {one.at.date() for one in talk} == {day}
    assert all(one.at_given for one in talk)


def test_a_line_taken_for_a_name_makes_no_second_copy_of_what_is_known() -> None:
    """The end of a message that the edge cuts off stood where a name may stand."""
    cut = tuple(replace(turn, speaker="bread") if not turn.mine else turn for turn in FIRST)
    more = (*cut, said("bread", "the 14:30 train then", time(17, 30)))
    talk = looked(FIRST, more)
    assert [(one.speaker, one.text) for one in talk[4:]] == [("Dana Kim", "the 14:30 train then")]
    assert len(talk) == 5


def test_one_equal_message_makes_nobody_another() -> None:
    talk = looked(FIRST, (*FIRST, said("Noor", "see you at 10:30", time(17, 20))))
    assert [one.speaker for one in talk if one.text == "see you at 10:30"] == ["Dana Kim", "Noor"]


def test_a_name_that_the_conversation_has_is_believed() -> None:
    wrong = tuple(replace(turn, speaker="bread") if not turn.mine else turn for turn in FIRST)
    talk = looked(wrong, FIRST)
    assert "Dana Kim" in {one.speaker for one in talk}
