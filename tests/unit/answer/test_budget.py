"""The memories' share of a prompt: what is read in eight seconds, never more than usual, never nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answer.budget import FIRST_WORD_S, LEAST, memory_budget

RATES = st.floats(min_value=0.1, max_value=10_000)
TOKENS = st.integers(min_value=0, max_value=4000)


def test_what_was_never_measured_is_given_as_much_as_usual() -> None:
    assert memory_budget(None, around=100, usual=850) == 850
    assert memory_budget(0.0, around=100, usual=850) == 850


@pytest.mark.parametrize(("rate", "wanted"), [(500.0, 850), (76.0, 447), (10.0, LEAST)])
def test_a_slow_reader_is_given_less(rate: float, wanted: int) -> None:
    assert memory_budget(rate, around=100, usual=850) == wanted


@given(rate=RATES, around=TOKENS, usual=st.integers(min_value=1, max_value=8000))
def test_it_is_never_more_than_usual_nor_less_than_the_least_of_it(rate: float, around: int, usual: int) -> None:
    assert min(usual, LEAST) <= memory_budget(rate, around=around, usual=usual) <= usual


@given(rate=RATES, around=TOKENS)
def test_what_is_more_than_the_least_is_read_in_time(rate: float, around: int) -> None:
    budget = memory_budget(rate, around=around, usual=100_000)
    assert budget == LEAST or (budget + around) / rate <= FIRST_WORD_S
    assert (budget + around + 1) / rate > 0.85 * FIRST_WORD_S  # and no more is left out than the reserve


@given(rate=RATES, faster=RATES, around=TOKENS)
def test_a_faster_reader_is_never_given_less(rate: float, faster: float, around: int) -> None:
    slow, quick = sorted((rate, faster))
    assert memory_budget(slow, around=around, usual=2000) <= memory_budget(quick, around=around, usual=2000)
