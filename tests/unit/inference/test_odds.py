"""How long a small model's proposals are, and when it begins: where that pays, and not where it does not."""

from hypothesis import given
from hypothesis import strategies as st

from core.inference.stream.draft import Draft, Pace
from core.inference.stream.odds import LIKELY, Odds

MOST = 15


def streamed(tokens: int) -> float:
    """Seconds of a sweep that reads its weights: nearly the same for many tokens."""
    return 0.5 * (1 + 0.05 * (tokens - 1))


def in_memory(tokens: int) -> float:
    return 0.1 * (1 + 0.6 * (tokens - 1))


def seen(odds: Odds, accepted: int, times: int = 30) -> None:
    for _ in range(times):
        odds.came((0.95,) * 4, accepted)


def test_where_a_sweep_costs_little_more_for_many_tokens_several_are_proposed() -> None:
    assert Odds().length(streamed, 0.04, MOST, 10) >= 2


def test_where_each_token_costs_its_share_nothing_is_proposed() -> None:
    assert Odds().length(in_memory, 0.04, MOST, 10) == 0


def test_what_holds_makes_proposals_longer_and_what_does_not_ends_them() -> None:
    good, bad = Odds(), Odds()
    seen(good, 4)
    seen(bad, 0)
    assert good.usual > 0.9
    assert bad.usual < 0.2
    assert good.length(streamed, 0.04, MOST, 10) > Odds().length(streamed, 0.04, MOST, 10)
    assert bad.length(streamed, 0.04, MOST, 10) == 0


def test_only_what_was_decided_is_counted() -> None:
    odds = Odds()
    before = odds.holds(0.5)
    odds.came((0.95, 0.5), 0)  # the second was never looked at
    assert odds.holds(0.5) == before
    assert odds.holds(0.95) < Odds().holds(0.95)


def test_the_surer_a_model_was_the_more_is_expected_of_it() -> None:
    odds = Odds()
    assert odds.holds(0.1) < odds.holds(0.5) < odds.holds(0.8) < odds.holds(0.99)


def test_what_never_held_is_tried_again_after_some_answers_and_not_in_the_next() -> None:
    odds = Odds()
    seen(odds, 0)
    for _ in range(LIKELY):
        odds.without()
    assert odds.length(streamed, 0.04, MOST, 10) == 0
    for _ in range(20 * LIKELY):
        odds.without()
    assert odds.length(streamed, 0.04, MOST, 10) > 0


def test_a_prompt_is_read_only_for_an_answer_long_enough_to_win_it_back() -> None:
    odds = Odds()
    assert odds.worth_reading(1000, 0.002, 64, streamed, 0.04, MOST)
    assert not odds.worth_reading(1000, 0.002, 3, streamed, 0.04, MOST)
    assert not odds.worth_reading(1000, 0.05, 64, streamed, 0.04, MOST)
    assert not odds.worth_reading(1000, 0.002, 64, in_memory, 0.04, MOST)
    assert odds.worth_reading(3, 0.05, 1, in_memory, 0.04, MOST)  # it just goes on


@given(st.floats(0.001, 1), st.floats(0, 1), st.integers(1, MOST), st.floats(0, 2))
def test_no_sweep_takes_longer_than_it_may(one: float, each: float, most: int, most_s: float) -> None:
    def takes(tokens: int) -> float:
        return one * (1 + 0.05 * (tokens - 1))

    length = Odds().length(takes, each, most, most_s)
    assert 0 <= length <= most
    assert not length or takes(length + 1) + length * each <= most_s


def test_what_proposing_costs_is_lost_when_nothing_holds_and_bounds_what_is_tried() -> None:
    pace = Pace(0.05)
    pace.swept(1, 0.5)
    before = pace.most_s
    pace.came(Draft(tokens=(1, 2), matched=0, sure=(0.9, 0.9), cost_s=0.2), 0, 0.55)
    assert pace.most_s < before
    assert pace.takes(3) == 0.55  # what it cost is no part of the sweep
    pace.lost(0.1)
    lower = pace.most_s
    pace.came(Draft(tokens=(1, 2), matched=0, sure=(0.9, 0.9), cost_s=0.2), 2, 0.55)
    assert pace.most_s > lower
