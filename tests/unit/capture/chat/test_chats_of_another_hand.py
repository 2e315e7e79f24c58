"""Chats drawn by three who never saw the reading: 27, 38 and 34 layouts, and 42 screens that are no chats."""

import pytest

from tests.drawn.strange import Half, counted, half, heard, pictures

HALVES = {
    "first_development": lambda: half(look=True),
    "first_unseen": lambda: half(look=False),
    "second_development": lambda: half(look=True, number=2),
    "second_once_held": lambda: half(look=False, number=2),
    "third_development": lambda: half(look=True, number=3, grounds=True),
}


@pytest.fixture(params=HALVES)
def found(request: pytest.FixtureRequest) -> Half:
    return HALVES[request.param]()


def test_the_speaker_of_what_is_read_is_right(found: Half) -> None:
    chats = found.chats
    assert chats["named"] >= 100
    assert chats["right"] >= 0.9 * chats["named"]
    assert chats["clock"] >= 0.9 * chats["timed"]
    assert chats["own"] >= 0.95 * chats["found"]


def test_no_message_is_kept_twice_while_scrolling(found: Half) -> None:
    chats = found.chats
    assert chats["kept"] >= 0.8 * chats["seen"]
    assert chats["twice"] == 0


@pytest.mark.parametrize("look", [True, False], ids=["development", "unseen"])
def test_nearly_all_messages_of_the_first_set_are_kept_while_scrolling(look: bool) -> None:
    chats = half(look=look).chats
    assert chats["kept"] >= 0.9 * chats["seen"]


def test_a_screen_without_a_conversation_gives_none(found: Half) -> None:
    assert found.taken == 0


@pytest.mark.parametrize(
    ("look", "number", "least"),
    [(True, 1, 0.97), (False, 1, 0.93), (True, 2, 0.92), (False, 2, 0.9)],
    ids=["first_development", "first_unseen", "second_development", "second_once_held"],
)
def test_most_messages_are_found_and_few_turns_are_none(look: bool, number: int, least: float) -> None:
    chats = half(look=look, number=number).chats
    assert chats["found"] >= least * chats["told"]
    assert chats["extra"] <= 0.05 * chats["given"]


def test_most_of_the_third_set_is_read_from_its_words_and_grounds() -> None:
    chats = half(look=True, number=3, grounds=True).chats
    assert chats["found"] >= 0.96 * chats["told"]
    assert chats["extra"] <= 0.02 * chats["given"]
    assert chats["true"] >= 0.97 * chats["given"]


def test_the_half_of_the_third_set_that_nobody_has_looked_at_is_read_as_well_as_it_was_counted() -> None:
    found = half(look=False, number=3, grounds=True)
    chats = found.chats
    assert chats["told"] == 190
    assert chats["found"] >= 0.79 * chats["told"]
    assert chats["right"] >= 0.98 * chats["named"]
    assert chats["extra"] <= 0.115 * chats["given"]
    assert chats["kept"] >= 0.95 * chats["seen"]
    assert chats["twice"] <= 2
    assert found.taken == 0


def test_without_the_grounds_less_of_the_third_set_is_read_and_no_screen_is_taken_for_a_chat() -> None:
    for look in (True, False):
        bare, seen = half(look=look, number=3), half(look=look, number=3, grounds=True)
        assert bare.chats["found"] >= 0.7 * bare.chats["told"]
        assert seen.chats["found"] > bare.chats["found"]
        assert seen.chats["extra"] < bare.chats["extra"]
        assert bare.taken == 0


@pytest.mark.parametrize("name", ["28_a", "34_a"], ids=["in_a_page", "in_a_terminal"])
def test_talk_with_an_assistant_is_read_though_no_names_stand_there(name: str) -> None:
    (look,) = (one for one in pictures("chats", 2) if one["name"] == name)
    count = counted(look)
    assert count["found"] == count["told"] == count["own"] == 4
    assert count["extra"] == 0


def test_lines_of_names_and_words_without_times_are_a_chat_only_above_a_field() -> None:
    (look,) = (one for one in pictures("chats", 2) if one["name"] == "30")
    assert counted(look)["right"] == len(look["turns"]) == 13
    look["boxes"] = [box for box in look["boxes"] if box[0] != "Send a message"]
    assert counted(look)["given"] == 0


def test_a_thread_beside_a_log_is_a_conversation_of_its_own_without_what_the_log_shows() -> None:
    (look,) = (one for one in pictures("chats") if one["name"] == "27")
    kept = heard([look, look]).values()
    assert len({turn.provenance.conversation for turn in kept}) == 2
    assert len(kept) == len({turn.text for turn in kept}) == 10
