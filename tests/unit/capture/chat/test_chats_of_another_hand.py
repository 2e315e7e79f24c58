"""Chats drawn by somebody who never saw the reading: 27 layouts, and 14 screens that are no chats."""

import pytest

from tests.drawn.strange import half, heard, pictures


@pytest.mark.parametrize("look", [True, False], ids=["development", "unseen"])
def test_the_speaker_of_what_is_read_is_right(look: bool) -> None:
    found = half(look=look).chats
    assert found["named"] >= 100
    assert found["right"] >= 0.9 * found["named"]
    assert found["clock"] >= 0.9 * found["timed"]
    assert found["own"] >= 0.95 * found["found"]


@pytest.mark.parametrize("look", [True, False], ids=["development", "unseen"])
def test_no_message_is_kept_twice_while_scrolling(look: bool) -> None:
    found = half(look=look).chats
    assert found["kept"] >= 0.9 * found["seen"]
    assert found["twice"] == 0


@pytest.mark.parametrize("look", [True, False], ids=["development", "unseen"])
def test_a_screen_without_a_conversation_gives_none(look: bool) -> None:
    assert half(look=look).taken == 0


def test_most_messages_of_the_layouts_that_were_looked_at_are_found() -> None:
    found = half(look=True).chats
    assert found["found"] >= 0.93 * found["told"]
    assert found["extra"] <= 0.05 * found["given"]


def test_a_thread_beside_a_log_is_a_conversation_of_its_own_without_what_the_log_shows() -> None:
    (look,) = (one for one in pictures("chats") if one["name"] == "27")
    kept = heard([look, look]).values()
    assert len({turn.provenance.conversation for turn in kept}) == 2
    assert len(kept) == len({turn.text for turn in kept}) == 10
