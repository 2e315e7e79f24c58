"""Episodes: where they begin, measured on a stream with known switches."""

from dataclasses import replace
from typing import Any

import numpy as np

from core.consolidate.segment import LONGEST, boundaries, parted, stream_of
from core.memory import Memory, MemoryId
from tests.unit.consolidate.made import frame, said


def starts(stream: list[Memory], vectors: Any = None) -> list[int]:
    return [boundary.index for boundary in boundaries(stream, vectors)]


def test_a_gap_in_time_begins_an_episode() -> None:
    assert starts([said("a", 0), said("b", 5), said("c", 200), said("d", 201)]) == [0, 2]


TOKENS = "def next_token peek string lexer failed test escape index"
TRIP = "night train couchette Lisbon Ghent berth rooms Alfama tram"


def at_work(minute: int, app: str, words: str, window: str) -> Memory:
    seen = frame(" ".join(random_words(minute, words)), minute)
    return replace(seen, provenance=replace(seen.provenance, app=app, window=window))


def random_words(seed: int, words: str) -> list[str]:
    return list(np.random.default_rng(seed).choice(words.split(), 5))


def test_one_task_goes_on_across_applications_and_another_one_begins_an_episode() -> None:
    code = [at_work(n, ("Editor", "Terminal")[n % 2], TOKENS, ("lexer - tarn", "zsh - tarn")[n % 2]) for n in range(8)]
    trip = [at_work(n, "Browser", TRIP, "Night trains") for n in range(8, 16)]
    found = boundaries([*code, *trip])
    assert [boundary.index for boundary in found] == [0, 8]
    assert "another topic" in found[1].reason


def test_a_glance_elsewhere_parts_nothing() -> None:
    code = [at_work(n, "Editor", TOKENS, "lexer - tarn") for n in range(12)]
    code[6] = at_work(6, "Weather", "rain eleven degrees clouds wind", "Now")
    assert starts(code) == [0]


def test_without_vectors_a_topic_is_told_by_its_words() -> None:
    cake = [said(" ".join(random_words(n, "cake flour oven eggs sugar butter icing")), n) for n in range(10)]
    bike = [said(" ".join(random_words(n, "bike chain brake tyre wheel saddle gears")), n) for n in range(10, 20)]
    assert starts([*cake, *bike]) == [0, 10]


def test_a_greeting_after_a_farewell_begins_an_episode_and_the_reason_says_so() -> None:
    cake = [said(" ".join(random_words(n, "cake flour oven eggs sugar butter icing")), n) for n in range(6)]
    bye, hello = said("Thanks, talk to you later!", 6), said("Hey, good morning! The bike chain came off.", 7)
    bike = [said(" ".join(random_words(n, "bike chain brake tyre wheel saddle gears")), n) for n in range(8, 14)]
    found = boundaries([*cake, bye, hello, *bike])
    assert [boundary.index for boundary in found] == [0, 7]
    assert "a greeting" in found[1].reason
    assert "a farewell before it" in found[1].reason


def test_a_reason_never_holds_what_was_said() -> None:
    words = "the first another topic a greeting farewell before it longer pause other people and"
    stream, vectors, _ = made_stream(3)
    told = {word for boundary in boundaries(stream, vectors) for word in boundary.reason.replace(",", "").split()}
    assert told
    assert told <= set(words.split())


def test_a_pause_longer_than_this_stream_is_used_to_begins_an_episode() -> None:
    minutes = [*range(8), *range(40, 48)]
    stream = [said(f"w{n} {'cake flour' if n < 8 else 'bike chain'} x{n}", minute) for n, minute in enumerate(minutes)]
    found = boundaries(stream)
    assert [boundary.index for boundary in found] == [0, 8]
    assert "a longer pause" in found[1].reason


def test_other_people_who_speak_begin_an_episode() -> None:
    first = [said("such a lovely long sunny day again", n, speaker=("Ana", "Ben")[n % 2]) for n in range(8)]
    then = [said("quarterly invoice numbers look fine", n, speaker=("Caz", "Dee")[n % 2]) for n in range(8, 16)]
    found = boundaries([*first, *then])
    assert [boundary.index for boundary in found] == [0, 8]
    assert "other people" in found[1].reason


def test_a_session_holds_together_and_another_one_begins_anew() -> None:
    stream = [said("a", 0, session="1"), said("b", 300, session="1"), said("c", 301, session="2")]
    assert starts(stream) == [0, 2]


def test_no_episode_grows_without_end() -> None:
    stream = [said("ok", minute) for minute in range(LONGEST * 2 + 10)]
    assert starts(stream) == [0, LONGEST, 2 * LONGEST]


def test_an_empty_stream_has_no_episode() -> None:
    assert boundaries([]) == []


def test_tonight_goes_on_with_what_was_said_just_before() -> None:
    assert parted(said("a", 0), said("b", 10)) is None
    assert parted(said("a", 0), said("b", 500)) == "a gap in time"


def test_streams_are_conversations_and_the_screen() -> None:
    assert stream_of(said("a", conversation="x")) != stream_of(said("a", conversation="y"))
    assert stream_of(frame("a", app="Mail")) == stream_of(frame("a", app="Editor"))


def made_stream(seed: int, topics: int = 6, noise: float = 0.6) -> tuple[list[Memory], dict[MemoryId, Any], set[int]]:
    """Turns a minute apart on topics of 8 to 20 turns; a turn's vector is its topic's with noise."""
    random = np.random.default_rng(seed)
    stream: list[Memory] = []
    vectors: dict[MemoryId, Any] = {}
    switches: set[int] = set()
    for _ in range(topics):
        switches.add(len(stream))
        centre = random.normal(size=64)
        centre /= np.linalg.norm(centre)
        for _ in range(int(random.integers(8, 21))):
            memory = said(" ".join("".join(random.choice(list("abcdefgh"), 6)) for _ in range(4)), len(stream))
            vector = centre + noise * random.normal(size=64) / 8
            vectors[memory.id] = (vector / np.linalg.norm(vector)).astype(np.float32)
            stream.append(memory)
    return stream, vectors, switches


def test_turns_of_topic_are_found_by_surprise() -> None:
    right = found = there = 0
    for seed in range(10):
        stream, vectors, switches = made_stream(seed)
        got = set(starts(stream, vectors)) - {0}
        wanted = switches - {0}
        right += sum(any(abs(g - w) <= 1 for w in wanted) for g in got)
        found += len(got)
        there += len(wanted)
    f1 = 2 * right / (found + there)
    assert f1 >= 0.9


def test_one_topic_is_not_parted() -> None:
    parted = 0
    for seed in range(10):
        stream, vectors, _ = made_stream(seed, topics=1)
        parted += len(starts(stream, vectors)) - 1
    assert parted == 0
