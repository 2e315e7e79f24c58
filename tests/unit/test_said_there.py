"""Which words of a screen are those of a turn, and which only look like some of them."""

import pytest

from core.store.said_there import enough, runs_of, standing, words_of

SAID = "The key to the cellar lies under the third flower pot, don't tell Robin."


def cut(there: str, said: str = SAID) -> str:
    words = there.split()
    gone = standing(words_of(there), words_of(said))
    return " ".join("_" if at in gone else word for at, word in enumerate(words))


@pytest.mark.parametrize(
    ("there", "left"),
    [
        (f"Dana {SAID} 12:03", "Dana " + "_ " * 14 + "12:03"),
        (f"Dana {SAID.upper()} 12:03", "Dana " + "_ " * 14 + "12:03"),
        (
            "Chats The key to the cellar lies Ada: lunch? under the third flower pot, don't tell Kit Robin. 12:03",
            "Chats " + "_ " * 6 + "Ada: lunch? " + "_ " * 7 + "Kit _ 12:03",
        ),
        ("Dana The key to the cellar lies unden the thírd flower pot, don't tell Robin.", "Dana" + " _" * 14),
        (f"Dana The key to the cellar lies… 12:03 {SAID}", "Dana " + "_ " * 6 + "12:03" + " _" * 14),
    ],
    ids=[
        "as it was said",
        "in other case",
        "in two lines beside a list",
        "misread in between",
        "and cut short in a list",
    ],
)
def test_a_turn_is_found_however_a_screen_shows_it(there: str, left: str) -> None:
    assert cut(there) == left


@pytest.mark.parametrize(
    "there",
    [
        "The key to the map stands below it.",
        "Robin lies under the weather, don't tell Dana the third time.",
        "flower pot cellar key Robin third",
        "",
    ],
)
def test_what_only_shares_some_words_stays(there: str) -> None:
    assert cut(there) == there


def test_a_turn_of_signs_alone_is_found_nowhere() -> None:
    assert standing(words_of("ok 👍 !"), words_of("👍 !")) == set()


def test_a_short_turn_is_found_as_a_whole() -> None:
    assert cut("Dana: see you 12:03", "See you!") == "Dana: _ _ 12:03"
    assert cut("Dana: see him, you said", "See you!") == "Dana: see him, you said"


def test_one_word_said_thousands_of_times_is_found_at_once() -> None:
    laughed = ["ha"] * 5000
    assert standing(["Dana", *laughed, "12:03"], laughed) == set(range(1, 5001))


def test_what_stands_there_shares_a_run_of_words() -> None:
    there, said = words_of(f"Dana {SAID} 12:03"), words_of(SAID)
    assert runs_of(there) & runs_of(said)
    assert not runs_of(words_of("The map of the cellar")) & runs_of(said)
    assert [enough(words_of(text)) for text in ("", "👍", "ok 👍", "see you", SAID)] == [0, 0, 1, 2, 3]
