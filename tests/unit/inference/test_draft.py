"""Drafts by lookup: what stood behind the same tokens before, made only where they pay."""

import random
from collections.abc import Callable, Sequence

import pytest

from core.inference.stream.draft import MOST, SLOPE, SLOPE_STREAMED, Draft, Lookup, Pace

IN_MEMORY = {1: 1.0, 2: 1.57, 3: 1.84, 4: 2.17, 5: 3.0, 6: 3.3, 7: 3.5, 8: 3.7} | {n: 0.4 * n for n in range(9, 17)}
"""Seconds of a sweep of n tokens, as measured with all weights in memory."""


def test_what_followed_the_last_tokens_is_drafted() -> None:
    assert Lookup([1, 2, 3, 4, 5, 9, 2, 3]).draft(3) == Draft(tokens=(4, 5, 9), matched=2)


def test_the_longest_match_counts_and_of_equals_the_latest() -> None:
    assert Lookup([7, 1, 2, 30, 9, 1, 2, 40, 7, 1, 2]).draft(1) == Draft(tokens=(30,), matched=3)
    assert Lookup([8, 1, 2, 30, 9, 1, 2, 40, 7, 1, 2]).draft(1) == Draft(tokens=(40,), matched=2)


def test_nothing_is_drafted_without_a_match_or_room() -> None:
    assert Lookup([1, 2, 3, 4]).draft(5).tokens == ()
    assert Lookup([1]).draft(5).tokens == ()
    assert Lookup([]).draft(5).tokens == ()
    assert Lookup([1, 2, 1, 2]).draft(0).tokens == ()


def test_what_is_written_is_searched_too() -> None:
    lookup = Lookup([1, 2, 3])
    lookup.add([5, 6, 7, 8, 5, 6])
    assert lookup.draft(2).tokens == (7, 8)


def test_a_draft_is_what_a_search_of_every_place_would_find() -> None:
    chance = random.Random(5)
    for _ in range(300):
        tokens = [chance.randrange(4) for _ in range(chance.randrange(2, 30))]
        draft = Lookup(tokens).draft(4)
        matches = [n for n in range(2, 17) if any(tokens[at - n : at] == tokens[-n:] for at in range(n, len(tokens)))]
        assert draft.matched == max(matches, default=0)
        if draft.matched:
            at = max(
                at
                for at in range(draft.matched, len(tokens))
                if tokens[at - draft.matched : at] == tokens[-draft.matched :]
            )
            assert draft.tokens == tuple(tokens[at : at + 4])


def test_no_draft_before_it_is_known_how_long_one_token_takes() -> None:
    pace = Pace()
    assert pace.worth(16) == 0
    pace.swept(1, 1.0)
    assert pace.worth(16) > 0


def write(takes: Callable[[int], float], holds: Callable[[int], int], tokens: int) -> tuple[float, int, int]:
    """Seconds to write so many tokens when of a draft of n `holds(n)` are right, tokens drafted, and accepted."""
    pace, seconds, written, tried, held = Pace(), 0.0, 0, 0, 0
    while written < tokens:
        drafted = pace.worth(16)
        spent = takes(drafted + 1)
        seconds += spent
        if drafted:
            accepted = min(holds(drafted), drafted)
            pace.came(Draft(tokens=tuple(range(drafted)), matched=16), accepted, spent)
            written += 1 + accepted
            tried, held = tried + drafted, held + accepted
        else:
            pace.swept(1, spent)
            written += 1
    return seconds, tried, held


@pytest.mark.parametrize("tokens", [30, 100, 1000])
def test_drafts_that_never_hold_cost_little(tokens: int) -> None:
    seconds, tried, _ = write(IN_MEMORY.__getitem__, lambda drafted: 0, tokens)
    assert tried > 0
    assert seconds <= 1.05 * tokens + 1.2


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
def test_drafts_that_sometimes_hold_are_never_a_loss(share: float) -> None:
    chance = random.Random(3)

    def holds(drafted: int) -> int:
        return next((n for n in range(drafted) if chance.random() > share), drafted)

    seconds, _, _ = write(IN_MEMORY.__getitem__, holds, 500)
    assert seconds <= 1.05 * 500 + 1.2


def test_a_quote_is_written_faster_also_from_memory() -> None:
    seconds, tried, held = write(IN_MEMORY.__getitem__, lambda drafted: drafted, 100)
    assert seconds < 0.6 * 100
    assert held == tried > 0


def test_where_a_sweep_costs_the_same_for_many_tokens_drafts_grow_to_the_most() -> None:
    sizes: list[int] = []

    def holds(drafted: int) -> int:
        sizes.append(drafted)
        return drafted

    seconds, _, _ = write(lambda tokens: 1.0, holds, 100)
    assert max(sizes) == MOST
    assert seconds < 20


def test_where_weights_are_read_for_each_sweep_the_first_drafts_are_long_already() -> None:
    sizes = []
    for slope in (SLOPE, SLOPE_STREAMED):
        pace = Pace(slope)
        pace.swept(1, 1.0)
        sizes.append(pace.worth(16))
    assert sizes[0] < 3
    assert sizes[1] > 10


def test_drafting_begins_again_when_it_pays_again() -> None:
    pace = Pace()
    outcomes: Sequence[bool] = [False] * 200 + [True] * 200
    written = [0, 0]
    for right in outcomes:
        pace.swept(1, 1.0)
        drafted = pace.worth(16)
        if drafted:
            pace.came(Draft(tokens=(0,) * drafted, matched=16), drafted if right else 0, IN_MEMORY[drafted + 1])
            written[right] += drafted
    assert written[True] > 10 * written[False]
