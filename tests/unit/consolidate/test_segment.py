"""Episodes: where they begin, measured on a stream with known switches."""

from typing import Any

import numpy as np

from core.consolidate.segment import LONGEST, boundaries, continues, stream_of
from core.memory import Memory, MemoryId
from tests.unit.consolidate.made import frame, said


def starts(stream: list[Memory], vectors: Any = None) -> list[int]:
    return [boundary.index for boundary in boundaries(stream, vectors)]


def test_a_gap_in_time_begins_an_episode() -> None:
    assert starts([said("a", 0), said("b", 5), said("c", 200), said("d", 201)]) == [0, 2]


def test_another_application_begins_an_episode() -> None:
    found = boundaries([frame("a", 0), frame("b", 1), frame("c", 2, "Mail"), frame("d", 3, "Mail")])
    assert [(b.index, b.reason) for b in found] == [(0, "the first"), (2, "another application")]


def test_a_session_holds_together_and_another_one_begins_anew() -> None:
    stream = [said("a", 0, session="1"), said("b", 300, session="1"), said("c", 301, session="2")]
    assert starts(stream) == [0, 2]


def test_no_episode_grows_without_end() -> None:
    stream = [said("ok", minute) for minute in range(LONGEST * 2 + 10)]
    assert starts(stream) == [0, LONGEST, 2 * LONGEST]


def test_an_empty_stream_has_no_episode() -> None:
    assert boundaries([]) == []


def test_tonight_goes_on_with_what_was_said_just_before() -> None:
    assert continues(said("a", 0), said("b", 10))
    assert not continues(said("a", 0), said("b", 500))


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
            memory = said("x", len(stream))
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
