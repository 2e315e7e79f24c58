"""The whole curve of a memory, and what is said of it."""

from dataclasses import replace
from datetime import timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decay.curve import strength, used
from core.decay.life import life
from core.decay.told import because, fate
from core.memory import Facet, Kind, Memory, State, Use
from core.settings import Decay
from tests.unit.decay.test_curve import BEGIN, SETTINGS, memory

DAY = timedelta(days=1)


def lived(days: list[float]) -> tuple[Memory, list[Use]]:
    """A memory that was of use on these days, as the store would write it down."""
    one, uses = memory(), list[Use]()
    for day in sorted(days):
        now = BEGIN + timedelta(days=day)
        found = used(one, now, SETTINGS)
        if found is not None:
            uses.append(Use(at=now, stability_days=one.stability_days))
            one = replace(one, stability_days=found[0], last_used=found[1], uses=one.uses + 1)
    return one, uses


@given(days=st.lists(st.floats(0.1, 700), max_size=6), ahead=st.floats(0, 200))
def test_the_past_of_the_curve_is_what_the_strength_was_then(days: list[float], ahead: float) -> None:
    one, uses = lived(days)
    now = BEGIN + timedelta(days=max(days, default=0.0) + ahead)
    drawn = life(one, uses, now, SETTINGS)
    moments = [at for at, _ in drawn.points]
    assert moments == sorted(moments)
    assert len(drawn.uses) == len(uses)
    for at, held in drawn.points[::16]:
        before = [day for day in days if BEGIN + timedelta(days=day) <= at]
        then, _ = lived(before)
        if at not in drawn.uses:
            assert held == pytest.approx(strength(then, at, SETTINGS), abs=1e-6)


@given(days=st.lists(st.floats(0.1, 700), max_size=12))
def test_between_two_uses_the_curve_only_falls_and_a_use_lifts_it_to_the_top(days: list[float]) -> None:
    one, uses = lived(days)
    drawn = life(one, uses, BEGIN + timedelta(days=max(days, default=0.0) + 1), SETTINGS)
    for (at, held), (after, later) in pairwise(drawn.points):
        if at == after:
            assert later == 1.0
        else:
            assert later <= held + 1e-9


def test_a_curve_reaches_past_the_day_of_fading_and_its_dates_are_of_the_zone_of_now() -> None:
    zone = timezone(timedelta(hours=5))
    now = (BEGIN + 10 * DAY).astimezone(zone)
    drawn = life(memory(), [], now, SETTINGS)
    assert drawn.fades_on is not None
    assert drawn.points[-1][0] > drawn.fades_on
    assert {at.utcoffset() for at, _ in drawn.points} == {timedelta(hours=5)}


def test_uses_that_nobody_wrote_down_are_not_made_up() -> None:
    old = memory(uses=7, last_used=BEGIN + 100 * DAY, stability_days=400.0)
    drawn = life(old, [], BEGIN + 150 * DAY, SETTINGS)
    assert drawn.points[0][0] == BEGIN + 100 * DAY
    assert drawn.uses == ()


def test_what_never_fades_is_a_line_at_the_top() -> None:
    drawn = life(memory(pinned=True), [], BEGIN + 900 * DAY, SETTINGS)
    assert {held for _, held in drawn.points} == {1.0}
    assert drawn.fades_on is None


def test_its_fate_names_the_day_and_that_it_is_still_found() -> None:
    now = BEGIN + 10 * DAY
    assert fate(memory(), now, SETTINGS).startswith("Will fade on 12 April 2026.")
    assert "still found" in fate(memory(), BEGIN + 300 * DAY, SETTINGS)
    assert fate(memory(pinned=True), now, SETTINGS) == "Will not fade: you pinned it."
    assert "newer value" in fate(memory(state=State.SUPERSEDED), now, SETTINGS)
    assert "keep it" in fate(memory(state=State.TO_BE_FORGOTTEN), now, SETTINGS)


def test_the_reason_names_what_it_started_from_its_weight_and_its_uses() -> None:
    said = because(memory(importance=1.5, stability_days=90.0), BEGIN, SETTINGS)
    assert "what was said starts with 60 days, this one is rated as important (1.5)" in said
    assert "never of use since" in said
    used_twice = memory(uses=2, last_used=BEGIN + DAY, facet=Facet.FRAME, importance=0.6)
    told = because(used_twice, BEGIN + 2 * DAY, SETTINGS)
    assert "screen text starts with 14 days" in told
    assert "of use twice, last on 6 January 2026" in told
    assert because(memory(kind=Kind.CORE), BEGIN, SETTINGS) == ""


def test_parameters_reach_the_words() -> None:
    assert "starts with 90 days" in because(memory(), BEGIN, Decay(turn_days=90))
