"""How firmly a memory is held, and the mistakes of other implementations kept out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import exp, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decay.curve import (
    curve,
    elapsed_days,
    fades_on,
    first_stability,
    retention,
    strength,
    strengthened,
    used,
)
from core.memory import Channel, Draft, Facet, Kind, Memory, MemoryId, Provenance, State
from core.settings import Decay

BEGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)
SETTINGS = Decay()
days = st.floats(0, 4000)
stabilities = st.floats(1, 3650)


def memory(**fields: object) -> Memory:
    plain = Memory(
        text="The lamp is green.",
        at=BEGIN,
        facet=Facet.TURN,
        provenance=Provenance(channel=Channel.CONVERSATION),
        id=MemoryId("M1"),
        seq=1,
        state=State.ACTIVE,
        created=BEGIN,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def test_retention_is_ebbinghaus_with_the_days_and_stability_the_right_way_round() -> None:
    assert isclose(retention(60, 30), exp(-0.5))
    assert retention(60, 0) == 1.0


@given(a=stabilities, b=stabilities, t=days)
def test_the_stabler_never_fades_faster(a: float, b: float, t: float) -> None:
    low, high = sorted((a, b))
    assert retention(low, t) <= retention(high, t)


@given(s=stabilities, t=days, more=days)
def test_strength_never_rises_by_waiting(s: float, t: float, more: float) -> None:
    assert retention(s, t + more) <= retention(s, t)


@given(t=days)
def test_it_is_read_at_the_moment_of_asking_and_does_not_depend_on_how_often_it_was_read(t: float) -> None:
    at = BEGIN + timedelta(days=t)
    once = strength(memory(), at, SETTINGS)
    for step in range(1, 8):
        strength(memory(), BEGIN + timedelta(days=t * step / 8), SETTINGS)
    assert strength(memory(), at, SETTINGS) == once
    assert isclose(once, retention(60, t), abs_tol=1e-9)


def test_ninety_days_of_stability_hold_more_than_half_on_day_nine_and_still_a_third_on_day_ninety() -> None:
    held = memory(stability_days=90.0)
    assert strength(held, BEGIN + timedelta(days=9), SETTINGS) > 0.9
    assert isclose(strength(held, BEGIN + timedelta(days=90), SETTINGS), exp(-1), rel_tol=1e-6)


def test_what_is_never_visited_cools_all_the_same() -> None:
    late = BEGIN + timedelta(days=400)
    assert strength(memory(), late, SETTINGS) < 0.01


@given(t=st.floats(-5000, -0.001))
def test_age_is_never_negative_whatever_the_clock_says(t: float) -> None:
    before = BEGIN + timedelta(days=t)
    assert elapsed_days(memory(), before) == 0.0
    assert strength(memory(), before, SETTINGS) == 1.0


def test_age_counts_from_when_it_happened_not_from_when_it_was_imported() -> None:
    imported = memory(created=BEGIN + timedelta(days=300))
    assert isclose(elapsed_days(imported, BEGIN + timedelta(days=301)), 301)


def test_mere_reading_rewards_nothing_but_a_confirmed_use_does() -> None:
    now = BEGIN + timedelta(days=50)
    plain = memory()
    strength(plain, now, SETTINGS)
    assert plain.stability_days == 60.0
    found = used(plain, now, SETTINGS)
    assert found is not None
    stability, last = found
    assert stability > 60.0
    assert last == now


def test_a_use_that_comes_late_strengthens_more_than_one_that_comes_early() -> None:
    early = used(memory(), BEGIN + timedelta(days=1), SETTINGS)
    late = used(memory(), BEGIN + timedelta(days=80), SETTINGS)
    assert early is not None
    assert late is not None
    assert 60.0 < early[0] < late[0]


@given(s=stabilities, r=st.floats(-1, 2))
def test_strengthening_is_bounded_and_never_weakens(s: float, r: float) -> None:
    grown = strengthened(s, r, SETTINGS)
    assert s <= grown <= max(s, SETTINGS.longest_days)


def test_a_use_while_the_clock_was_put_back_takes_nothing_away() -> None:
    later = memory(last_used=BEGIN + timedelta(days=10))
    assert used(later, BEGIN, SETTINGS) is None
    assert strength(later, BEGIN, SETTINGS) == 1.0


def test_uses_within_an_hour_are_one_use() -> None:
    opened = memory(last_used=BEGIN + timedelta(days=10), uses=1)
    kept = BEGIN + timedelta(days=10, minutes=59)
    assert used(opened, kept, SETTINGS) is None
    assert used(opened, kept + timedelta(minutes=1), SETTINGS) is not None


@given(times=st.lists(st.floats(0, 59.9), max_size=30))
def test_no_hammering_within_an_hour_strengthens_more_than_one_use(times: list[float]) -> None:
    now = BEGIN + timedelta(days=30)
    one = memory()
    for minutes in [0.0, *sorted(times)]:
        found = used(one, now + timedelta(minutes=minutes), SETTINGS)
        if found is not None:
            one = replace(one, stability_days=found[0], last_used=found[1], uses=one.uses + 1)
    assert one.uses == 1


@pytest.mark.parametrize(
    "fields", [{"pinned": True}, {"kind": Kind.CORE}, {"facet": Facet.PROFILE}, {"kind": Kind.SECRET}]
)
def test_core_pinned_and_secret_memories_never_fade(fields: dict[str, object]) -> None:
    kept = memory(**fields)
    assert strength(kept, BEGIN + timedelta(days=20_000), SETTINGS) == 1.0
    assert fades_on(kept, SETTINGS) is None


@given(s=stabilities, threshold=st.floats(0.01, 0.99))
def test_the_day_it_fades_is_the_day_its_strength_crosses_the_threshold(s: float, threshold: float) -> None:
    settings = Decay(fades_below=threshold)
    one = memory(stability_days=s)
    on = fades_on(one, settings)
    assert on is not None
    assert strength(one, on - timedelta(minutes=5), settings) >= threshold
    assert strength(one, on + timedelta(minutes=5), settings) <= threshold


def test_the_curve_starts_now_falls_and_has_a_point_a_day() -> None:
    points = curve(memory(), BEGIN + timedelta(days=3), SETTINGS, days=90)
    assert len(points) == 91
    assert points[0] == (0.0, strength(memory(), BEGIN + timedelta(days=3), SETTINGS))
    assert all(b[1] < a[1] for a, b in pairwise(points))


def draft(facet: Facet, kind: Kind, importance: float) -> Draft:
    return Draft(
        text="x",
        at=BEGIN,
        facet=facet,
        kind=kind,
        provenance=Provenance(channel=Channel.SCREEN),
        importance=importance,
    )


def test_stability_starts_by_kind_and_is_scaled_by_importance() -> None:
    assert first_stability(draft(Facet.FRAME, Kind.EPISODIC, 1.0), SETTINGS) == 14
    assert first_stability(draft(Facet.TURN, Kind.EPISODIC, 1.0), SETTINGS) == 60
    assert first_stability(draft(Facet.FACT, Kind.SEMANTIC, 1.0), SETTINGS) == 120
    assert first_stability(draft(Facet.NOTE, Kind.PROCEDURAL, 1.0), SETTINGS) == 180
    assert first_stability(draft(Facet.TURN, Kind.EPISODIC, 2.0), SETTINGS) == 120
    assert first_stability(draft(Facet.TURN, Kind.EPISODIC, 99.0), SETTINGS) == 120
    assert first_stability(draft(Facet.TURN, Kind.EPISODIC, 0.0), SETTINGS) == 30
