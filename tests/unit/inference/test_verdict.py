"""What is said of a model before it is chosen: fits, streams, too slow, cannot; for files and for offers alike."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.stream.early import FIRST_WORD_S
from core.inference.stream.speeds import USUAL, CpuSpeed, DiskSpeed, Speeds
from core.inference.stream.verdict import LATEST_WORD_S, SLOWEST_TOKENS_S, Fit, Need, verdict, verdict_of
from tests.unit.inference.test_plan import MB, a_layout, planned

GB = 2**30
FOUR = Need(bytes=int(2.4 * GB), parameters=4_000, active=4_000, layers=36, cache_bytes_per_token=147_456)
THIRTY = Need(bytes=18 * GB, parameters=30_500, active=3_300, layers=48, cache_bytes_per_token=98_304)
QUICK = Speeds(
    disk=DiskSpeed(long_bytes_s=3e9), cpu=CpuSpeed(one_bytes_s=3e10, batch_bytes_s=2e11, repacked_bytes_s=4e11)
)


def said(need: Need, gigabytes: float, speeds: Speeds = USUAL) -> str:
    return verdict(need, budget_bytes=int(gigabytes * GB), context_tokens=4096, speeds=speeds).sentence


def test_each_kind_of_verdict_is_one_plain_sentence() -> None:
    assert said(FOUR, 4) == "fits: about 3.9 tokens/s, first word after 12 s"
    assert said(FOUR, 2, QUICK).startswith("streams at about ")
    assert said(FOUR, 1.2).startswith("too slow here: about 0.")
    assert said(FOUR, 0.5).startswith("needs at least ")
    assert said(FOUR, 0.5).endswith(", and 512 MB are given")


def test_a_system_that_cannot_stream_calls_what_does_not_fit_too_slow() -> None:
    found = verdict(FOUR, budget_bytes=2 * GB, context_tokens=4096, speeds=USUAL, can_stream=False)
    assert found.fit is Fit.SLOW
    assert found.sentence == "needs 2.9 GB, and 2.0 GB are given: too slow here, as this system cannot stream it"


def test_of_a_mixture_far_larger_than_its_memory_only_the_chosen_experts_count() -> None:
    dense = Need(bytes=18 * GB, parameters=30_500, active=30_500, layers=48, cache_bytes_per_token=98_304)
    sparse, whole = (verdict(need, budget_bytes=6 * GB, context_tokens=4096, speeds=QUICK) for need in (THIRTY, dense))
    assert sparse.tokens_per_s > 5 * whole.tokens_per_s
    assert sparse.fit is Fit.STREAMS
    assert whole.fit is Fit.SLOW


@given(st.floats(0.3, 40), st.floats(0.3, 40))
def test_more_memory_is_never_worse(first: float, second: float) -> None:
    less, more = sorted((first, second))
    order = [Fit.CANNOT, Fit.SLOW, Fit.STREAMS, Fit.FITS]
    for need in (FOUR, THIRTY):
        one, other = (
            verdict(need, budget_bytes=int(size * GB), context_tokens=4096, speeds=QUICK) for size in (less, more)
        )
        assert order.index(one.fit) <= order.index(other.fit)
        assert one.tokens_per_s <= other.tokens_per_s
        assert one.first_word_s >= other.first_word_s


@given(st.floats(0.3, 40), st.sampled_from((USUAL, QUICK)))
def test_too_slow_is_what_the_limits_say(size: float, speeds: Speeds) -> None:
    for need in (FOUR, THIRTY):
        found = verdict(need, budget_bytes=int(size * GB), context_tokens=4096, speeds=speeds)
        slow = found.tokens_per_s < SLOWEST_TOKENS_S or found.first_word_s > LATEST_WORD_S
        assert slow == (found.fit in (Fit.SLOW, Fit.CANNOT))
        assert (found.fit is Fit.CANNOT) == math.isinf(found.first_word_s)


def test_where_the_machine_is_quick_enough_the_first_word_comes_in_time() -> None:
    assert verdict(FOUR, budget_bytes=4 * GB, context_tokens=4096, speeds=QUICK).first_word_s <= FIRST_WORD_S


@pytest.mark.parametrize("budget", [600, 800, 1000, 1200])
def test_an_offers_figures_are_near_those_of_its_file(budget: int) -> None:
    layout = a_layout(layers=28, sizes=(5 * MB, 2 * MB, 2 * MB, 5 * MB, 14 * MB, 14 * MB, 14 * MB), words=50 * MB)
    of_file = verdict_of(planned(layout, budget * MB), USUAL)
    need = Need(bytes=layout.facts.bytes, parameters=1, active=1, layers=28, cache_bytes_per_token=4096)
    offered = verdict(need, budget_bytes=budget * MB, context_tokens=1024, speeds=USUAL)
    assert offered.tokens_per_s == pytest.approx(of_file.tokens_per_s, rel=0.35)
    assert offered.first_word_s == pytest.approx(of_file.first_word_s, rel=0.35)
