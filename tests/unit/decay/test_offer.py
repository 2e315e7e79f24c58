"""What is offered: likely to be needed, never what faded, never at random."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.decay.offer import odds, offered
from core.memory import Channel, MemoryId, Provenance
from tests.unit.decay.test_curve import BEGIN, SETTINGS, memory

DAY = timedelta(days=1)
NOW = BEGIN + 60 * DAY


@given(uses=st.integers(0, 500), last=st.floats(0, 60), more=st.integers(1, 50))
def test_more_uses_never_make_it_less_likely(uses: int, last: float, more: int) -> None:
    one = memory(uses=uses, last_used=NOW - timedelta(days=last))
    assert odds(replace(one, uses=uses + more), NOW, SETTINGS) > odds(one, NOW, SETTINGS)


@given(uses=st.integers(0, 500), waited=st.floats(0, 500), longer=st.floats(0.1, 500))
def test_waiting_never_makes_it_more_likely(uses: int, waited: float, longer: float) -> None:
    one = memory(uses=uses)
    sooner, later = NOW + timedelta(days=waited), NOW + timedelta(days=waited + longer)
    assert odds(one, later, SETTINGS) < odds(one, sooner, SETTINGS)


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0, 400), st.floats(1, 900)), max_size=30), st.integers(1, 10))
def test_nothing_faded_is_offered_and_the_order_is_the_same_whatever_came_first(
    facts: list[tuple[int, float, float]], limit: int
) -> None:
    kept = [
        memory(id=MemoryId(f"M{at}"), seq=at, uses=uses, at=NOW - timedelta(days=age), stability_days=stability)
        for at, (uses, age, stability) in enumerate(facts)
    ]
    found = offered(kept, NOW, SETTINGS, limit)
    assert found == offered(list(reversed(kept)), NOW, SETTINGS, limit)
    assert len(found) <= limit
    for one in found:
        assert (NOW - one.at) / DAY <= 1.61 * one.stability_days


def test_what_is_used_every_week_goes_before_what_was_used_once_yesterday() -> None:
    weekly = memory(id=MemoryId("W"), uses=8, last_used=NOW - 4 * DAY, stability_days=300.0)
    once = memory(id=MemoryId("O"), uses=1, last_used=NOW - DAY, stability_days=90.0)
    assert [one.id for one in offered([once, weekly], NOW, SETTINGS, 2)] == ["W", "O"]


def test_what_was_used_daily_long_ago_goes_behind_what_is_used_now() -> None:
    old = memory(id=MemoryId("old"), uses=20, at=NOW - 400 * DAY, last_used=NOW - 370 * DAY, stability_days=900.0)
    now = memory(id=MemoryId("now"), uses=3, at=NOW - 20 * DAY, last_used=NOW - 2 * DAY, stability_days=90.0)
    assert [one.id for one in offered([old, now], NOW, SETTINGS, 2)] == ["now", "old"]


def test_what_was_on_the_screen_within_the_hour_is_not_offered_and_what_was_said_is() -> None:
    screen = Provenance(channel=Channel.SCREEN)
    kept = [
        memory(id=MemoryId(f"{name}-{minutes}"), at=NOW - timedelta(minutes=minutes), provenance=where)
        for name, where in (("seen", screen), ("said", Provenance(channel=Channel.CONVERSATION)))
        for minutes in (1, 59, 61)
    ]
    found = {one.id for one in offered(kept, NOW, SETTINGS, 9)}
    assert found == {"seen-61", "said-1", "said-59", "said-61"}
