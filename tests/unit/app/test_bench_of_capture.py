"""What the bench of capture counts: sentences that were read, canaries that came through, seconds until a frame."""

import pytest

from app.bench.capture.found import Frame, kept, never_shown
from app.bench.capture.session import Planted
from app.bench.capture.setting import at_most
from app.bench.capture.table import markdown
from app.bench.capture.words import CANARIES, pairs, sentences, stands_in, traces, vocabulary


def test_a_sentence_was_read_when_half_of_its_neighbouring_words_were() -> None:
    seen = pairs("09:41 Dana: Garden ladder wicket shed morning.")
    assert stands_in("Garden ladder wicked shed morning.", seen)
    assert not stands_in("Garden lantern wicked stone evening.", seen)


def test_all_words_of_a_sentence_in_another_order_are_not_the_sentence() -> None:
    """A screen full of text holds nearly all words of the vocabulary."""
    words = vocabulary()
    screen = Frame(at=0.0, text="", pairs=pairs(" ".join([*words, *reversed(words)])))
    assert not stands_in("Winter beneath apples.", pairs("apples never beneath the winter"))
    assert never_shown(200, 7, [screen]) == 0
    shown = next(sentences(1, 53, 7))
    assert never_shown(1, 7, [screen, Frame(at=1.0, text="", pairs=pairs(f"Sam: {shown}"))]) == 1, "it can fail"


@pytest.mark.parametrize("canary", CANARIES)
def test_a_piece_of_a_canary_is_a_leak_and_no_word_of_the_session_is(canary: str) -> None:
    assert traces(f"saw {canary[1:]} there") == {canary}
    assert traces(f"[masked] {canary[:4]} {canary[4:]}") == {canary}
    assert traces(" ".join([*vocabulary(), "KeePassXC Mozilla Firefox Private Browsing"])) == set()


def test_the_sentences_of_a_seed_are_always_the_same_and_no_two_alike() -> None:
    once, again = list(sentences(400, 3, 7)), list(sentences(400, 3, 7))
    assert once == again
    for number, sentence in enumerate(once):
        others = [other for at, other in enumerate(once) if at != number]
        assert not any(stands_in(sentence, pairs(other)) for other in others[:50])


def test_a_planted_change_counts_from_when_it_was_whole_to_the_first_frame_with_it() -> None:
    planted = [
        Planted(text="Apples beneath winter.", how="typed", at=10),
        Planted(text="Never seen anywhere.", how="typed", at=20),
    ]
    seen = [
        Frame(at=1005.0, text="", pairs=pairs("apples beneath winter")),
        Frame(at=1013.0, text="", pairs=pairs("apples beneath winter and more")),
    ]
    assert kept(planted, 1000.0, seen) == [3.0, None]


def test_nothing_holds_of_what_was_not_measured() -> None:
    """No leak in no picture, no unchanged frame of none."""
    lines = markdown([at_most("leaks", 0.0, "pictures", n, 0.0) for n in (0, 3)]).splitlines()[2:]
    assert [line.split("|")[-2].strip() for line in lines] == ["not measured", "holds"]
    (missed,) = markdown([at_most("leaks", 1.0, "pictures", 3, 0.0)]).splitlines()[2:]
    assert missed.split("|")[-2].strip() == "missed"
