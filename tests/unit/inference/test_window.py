"""Which experts stay: never more bytes than allowed, those that are chosen often and those that come again soon."""

from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.stream.window import Window

EXPERTS = 12
Steps: TypeAlias = list[tuple[int, list[list[int]], list[int]]]
CHOICE = st.lists(st.integers(0, EXPERTS - 1), min_size=2, max_size=2, unique=True)
STEPS: st.SearchStrategy[Steps] = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.lists(CHOICE, min_size=1, max_size=3),
        st.lists(st.integers(0, EXPERTS - 1), max_size=4, unique=True),
    ),
    max_size=60,
)


def ids(*choices: list[int]) -> NDArray[np.int32]:
    return np.array(choices, np.int32)


@given(STEPS, st.integers(60, 400), st.booleans(), st.integers(0, 50))
@settings(max_examples=300, deadline=None)
def test_never_more_bytes_are_kept_than_allowed_and_what_was_chosen_is_there(
    steps: Steps, budget: int, keeps: bool, reserve: int
) -> None:
    sizes = [10, 7, 9]
    window = Window(sizes, EXPERTS, budget, keeps=keeps)
    kept: set[tuple[int, int]] = set()
    for layer, choices, likely in steps:
        change = window.want(layer, ids(*choices), reserve)
        assert kept >= set(change.gone)
        kept -= set(change.gone)
        assert not kept & {(layer, expert) for expert in change.come}
        kept |= {(layer, expert) for expert in change.come}
        chosen = {(layer, expert) for expert in {one for choice in choices for one in choice}}
        assert chosen <= kept
        assert keeps or kept == chosen
        following = (layer + 1) % 3
        begun = window.expect(following, np.array(likely, np.int32))
        assert set(begun) <= set(likely)
        assert not kept & {(following, expert) for expert in begun}
        kept |= {(following, expert) for expert in begun}
        assert window.used == sum(sizes[one] for one, _ in kept) <= budget


@given(st.lists(CHOICE, min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_with_a_short_memory_the_longest_unused_goes(choices: list[list[int]]) -> None:
    window = Window([1], EXPERTS, 5, memories=((0.4, 1.0),))
    used: dict[int, int] = {}
    for step, choice in enumerate(choices):
        change = window.want(0, ids(choice))
        used |= dict.fromkeys(choice, step)
        gone = [used.pop(expert) for _, expert in change.gone]
        assert max(gone, default=-1) <= min(used.values())


def test_what_is_chosen_often_outlives_what_was_chosen_last() -> None:
    window = Window([1], EXPERTS, 3)
    for other in (4, 5, 6, 7, 8):
        window.want(0, ids([0, 1]))
        window.want(0, ids([0, other]))
    assert window.want(0, ids([0, 9])).gone == ((0, 8),)


def test_a_prompt_that_wants_every_expert_in_turn_does_not_flush_the_window() -> None:
    everything = np.arange(EXPERTS, dtype=np.int32).reshape(-1, 2)
    layers, sweeps = 8, 6
    window = Window([1] * layers, EXPERTS, layers * EXPERTS // 2)
    found = [len(window.want(layer, everything).there) for _ in range(sweeps) for layer in range(layers)]
    share = sum(found[layers:]) / ((sweeps - 1) * layers * EXPERTS)
    assert share > 0.25  # the longest unused would be those that come next: nothing would ever be found


def test_what_was_begun_in_vain_goes_before_anything_that_was_used() -> None:
    window = Window([1, 1], EXPERTS, 6)
    window.want(0, ids([0, 1]), reserve=2)
    assert window.expect(1, np.array([5, 6], np.int32)) == (5, 6)
    change = window.want(1, ids([5, 7]), reserve=2)
    assert (change.there, change.come, change.early, change.gone) == ((5,), (7,), (5,), ((1, 6),))


def test_beginning_early_takes_only_what_is_free() -> None:
    window = Window([1, 1], EXPERTS, 4)
    window.want(0, ids([0, 1]))
    assert window.expect(1, np.array([2, 3, 4], np.int32)) == (2, 3)
    assert window.expect(1, np.array([5], np.int32)) == ()
    assert window.want(0, ids([0, 1])).there == (0, 1)


def test_room_is_left_for_what_may_be_begun_early() -> None:
    window = Window([1, 1], EXPERTS, 4)
    window.want(0, ids([0, 1]))
    window.want(0, ids([2, 3]))
    change = window.want(0, ids([2, 3]), reserve=2)
    assert set(change.gone) == {(0, 0), (0, 1)}


def test_more_than_the_window_holds_at_once_is_refused() -> None:
    window = Window([10], EXPERTS, 30)
    with pytest.raises(ModelProblem, match="more experts at once"):
        window.want(0, ids([0, 1], [2, 3]))
    assert window.used == 0
