"""The memories' share of a prompt: what is read in eight seconds, never more than usual, never nothing; as foretold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.stream.costs import BATCH_TOKENS, Work, prompt_s, token_s
from core.inference.stream.early import AROUND, FIRST_WORD_S, LEAST, USUAL, first_word_s, memory_budget, planned_rate
from core.inference.stream.speeds import CpuSpeed, DiskSpeed, Speeds
from core.settings import Settings

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


WORKS = st.builds(
    Work,
    active_bytes=st.integers(10**6, 10**10),
    read_bytes=st.integers(0, 10**10),
    sweep_bytes=st.integers(0, 10**10),
    piece_bytes=st.sampled_from((0, 2**16)),
    repacked=st.booleans(),
    sparse=st.booleans(),
)
SPEEDS = st.builds(
    lambda disk, one, batch, repacked: Speeds(
        disk=DiskSpeed(long_bytes_s=disk),
        cpu=CpuSpeed(one_bytes_s=one, batch_bytes_s=batch, repacked_bytes_s=repacked),
    ),
    *[st.floats(1e7, 1e12)] * 4,
)


@given(WORKS, SPEEDS)
def test_the_first_word_comes_as_foretold_with_the_memories_that_the_model_is_then_given(
    work: Work, speeds: Speeds
) -> None:
    rate = planned_rate(work, speeds, BATCH_TOKENS)
    prompt = AROUND + memory_budget(rate, around=AROUND, usual=USUAL)
    takes = prompt_s(work, speeds, prompt, BATCH_TOKENS) + token_s(work, speeds)
    assert takes <= first_word_s(work, speeds, BATCH_TOKENS) * (1 + 1e-9)
    assert takes <= FIRST_WORD_S or prompt == AROUND + LEAST


@given(WORKS, SPEEDS, st.integers(0, 600))
def test_what_the_first_prompt_has_to_read_besides_leaves_less_for_memories(
    work: Work, speeds: Speeds, unread: int
) -> None:
    rate = planned_rate(work, speeds, BATCH_TOKENS, unread)
    prompt = unread + AROUND + memory_budget(rate, around=AROUND, usual=USUAL)
    takes = prompt_s(work, speeds, prompt, BATCH_TOKENS) + token_s(work, speeds)
    assert takes <= FIRST_WORD_S or prompt == unread + AROUND + LEAST


@given(WORKS, SPEEDS)
def test_no_fewer_memories_are_given_than_there_is_time_for(work: Work, speeds: Speeds) -> None:
    given_tokens = memory_budget(planned_rate(work, speeds, BATCH_TOKENS), around=AROUND, usual=USUAL)
    longer = round((AROUND + given_tokens) / 0.9) + 2  # a tenth is kept back
    takes = prompt_s(work, speeds, longer, BATCH_TOKENS) + token_s(work, speeds)
    assert given_tokens == USUAL or takes > FIRST_WORD_S


def test_a_slow_disk_shows_the_model_less_of_memory() -> None:
    work = Work(active_bytes=10**9, read_bytes=5 * 10**8, sweep_bytes=5 * 10**8, piece_bytes=0, repacked=False)
    cpu = CpuSpeed(one_bytes_s=5e10, batch_bytes_s=1e12, repacked_bytes_s=1e12)
    shares = [
        memory_budget(
            planned_rate(work, Speeds(disk=DiskSpeed(long_bytes_s=rate), cpu=cpu), BATCH_TOKENS),
            around=AROUND,
            usual=USUAL,
        )
        for rate in (5e7, 2e8, 1e10)
    ]
    assert shares[0] == LEAST < shares[1] < shares[2] == USUAL


def test_the_usual_share_is_the_one_of_the_settings() -> None:
    assert Settings().recall.context_tokens == USUAL
