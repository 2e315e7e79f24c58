"""What an answer took is told in figures and as a sentence, whatever way its weights were held."""

import dataclasses
import json

import pytest

from core.inference.frames import Header
from core.inference.spent import Spent, spent_of
from core.inference.stream.plan import Way

MB = 2**20
HELD: Header = {"way": "dense", "weights": 1700 * MB, "stays": 800 * MB, "locked": 8 * MB, "most": 900 * MB}
WRITING: Header = {"read_bytes": 480.0 * MB, "reads": 120.0, "wait_s": 1.5, "writing_sweeps": 5.0}
TOLD: Header = {"held": HELD, "writing": WRITING}


def told(**writing: float) -> Spent:
    found = spent_of(TOLD | {"writing": WRITING | writing}, tokens=10, seconds=5.0)
    assert found is not None
    return found


def test_a_streamed_answer_says_what_stayed_what_was_read_and_what_was_waited() -> None:
    assert told().sentence == (
        "Streamed: 0.8 of 1.7 GB stayed in memory (8.0 MB of it kept out of the swap), 48 MB were read for each token, "
        "30% of the time was waiting for the disk. The engine held 900 MB at most."
    )
    assert (told().mean_read_bytes, told().tokens_per_sweep) == (4 * MB, 2.0)


def test_reading_through_the_systems_cache_is_said() -> None:
    found = spent_of(TOLD | {"held": {**HELD, "direct": False}}, tokens=10, seconds=5.0)
    assert found is not None
    assert "48 MB were read for each token through the system's cache" in found.sentence
    assert "cache" not in told().sentence


def test_of_what_was_chosen_it_says_how_much_was_there_or_on_its_way() -> None:
    some = told(hits=60.0, misses=40.0, early=15.0)
    assert some.there == pytest.approx(0.75)
    assert "75% of what a token chose was there or on its way." in some.sentence
    assert told().there is None


def test_more_waiting_than_there_was_time_is_all_of_it() -> None:
    assert told(wait_s=9.0).waited == 1.0


@pytest.mark.parametrize(("way", "words"), [(Way.FITS, "All 1.7 GB of it"), (Way.MAPPED, "The system kept")])
def test_a_model_that_is_not_streamed_says_where_it_was(way: Way, words: str) -> None:
    found = dataclasses.replace(told(), way=way, most_bytes=0)
    assert found.sentence.startswith(words)
    assert "held" not in found.sentence


@pytest.mark.parametrize("said", [{}, {"held": HELD}, {"writing": WRITING}, {"held": 3, "writing": WRITING}])
def test_an_engine_that_told_nothing_has_taken_nothing_known(said: Header) -> None:
    assert spent_of(said, tokens=100, seconds=9.0) is None


def test_an_answer_of_a_few_tokens_tells_nothing() -> None:
    assert spent_of(TOLD, tokens=7, seconds=9.0) is None
    assert spent_of(TOLD, tokens=10, seconds=0.0) is None


def test_it_is_kept_as_json_and_what_another_version_kept_is_passed_over() -> None:
    kept = json.loads(json.dumps(told().as_json()))
    assert Spent.from_json(kept) == told()
    assert Spent.from_json(kept | {"way": "by mail"}) is None
    assert Spent.from_json({"way": "dense"}) is None
