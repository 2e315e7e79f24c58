"""What the bench of capture counts: sentences that were read, canaries that came through, seconds until a frame."""

import pytest

from app.bench.capture.found import Frame, kept
from app.bench.capture.session import Planted
from app.bench.capture.words import CANARIES, sentences, stands_in, traces, vocabulary, words_of


def test_a_sentence_was_read_when_most_of_its_words_were() -> None:
    words = frozenset(words_of("09:41 Dana: Garden ladder wicket shed morning."))
    assert stands_in("Garden ladder wicked shed morning.", words)
    assert not stands_in("Garden lantern wicked stone evening.", words)


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
        assert not any(stands_in(sentence, frozenset(words_of(other))) for other in others[:50])


def test_a_planted_change_counts_from_when_it_was_whole_to_the_first_frame_with_it() -> None:
    planted = [
        Planted(text="Apples beneath winter.", how="typed", at=10),
        Planted(text="Never seen anywhere.", how="typed", at=20),
    ]
    seen = [
        Frame(at=1005.0, text="", words=frozenset(words_of("apples beneath winter"))),
        Frame(at=1013.0, text="", words=frozenset(words_of("apples beneath winter and more"))),
    ]
    assert kept(planted, 1000.0, seen) == [3.0, None]
