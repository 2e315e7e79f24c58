"""What is due, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.memory import RunId, SleepRun
from core.settings import Sleep
from core.upkeep import (
    Due,
    Power,
    Presence,
    backup_due,
    check_due,
    clock_jumped,
    disturbed,
    next_night,
    night_of,
    sleep_due,
)

BERLIN = ZoneInfo("Europe/Berlin")
SETTINGS = Sleep()
AWAY = timedelta(minutes=30)
GONE, MAINS = Presence(away=AWAY), Power()


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def run(night: str, state: str = "done") -> SleepRun:
    return SleepRun(id=RunId(night), night=night, begins=datetime(2026, 1, 1, tzinfo=UTC), state=state)


def verdict(
    runs: list[SleepRun],
    now: datetime,
    *,
    presence: Presence = GONE,
    power: Power = MAINS,
    settings: Sleep = SETTINGS,
) -> Due:
    found = sleep_due(runs, now, presence=presence, power=power, settings=settings)
    assert (found.night is None) == bool(found.why)
    return found


def due(
    runs: list[SleepRun],
    now: datetime,
    *,
    idle: timedelta = AWAY,
    power: Power = MAINS,
    settings: Sleep = SETTINGS,
) -> str | None:
    return verdict(runs, now, presence=Presence(away=idle), power=power, settings=settings).night


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        ("2026-03-10T21:59", "2026-03-09"),
        ("2026-03-10T22:00", "2026-03-10"),
        ("2026-03-11T00:00", "2026-03-10"),
        ("2026-03-11T21:59", "2026-03-10"),
    ],
)
def test_a_night_has_the_date_on_which_it_began(moment: str, night: str) -> None:
    assert night_of(at(moment), SETTINGS) == night


def test_a_sleep_is_due_when_the_person_is_away_on_mains() -> None:
    now = at("2026-03-10T23:00")
    assert due([], now) == "2026-03-10"
    assert due([], now, idle=timedelta(minutes=9)) is None
    assert due([], now, power=Power(mains=False)) is None
    assert due([], now, power=Power(mains=False), settings=Sleep(on_battery=True)) == "2026-03-10"
    assert due([], now, power=Power(mains=False, low=True), settings=Sleep(on_battery=True)) is None
    assert due([], now, settings=Sleep(enabled=False)) is None


def test_a_night_that_took_effect_is_not_due_again_and_one_that_was_cut_off_is() -> None:
    now = at("2026-03-11T03:00")
    assert due([run("2026-03-10")], now) is None
    assert due([run("2026-03-10", "reverted")], now) is None
    assert due([run("2026-03-10", "running")], now) == "2026-03-10"
    assert due([run("2026-03-10", "cancelled")], now) == "2026-03-10"


def test_a_missed_night_is_made_up_in_the_day() -> None:
    assert due([run("2026-03-08")], at("2026-03-11T13:00")) == "2026-03-10"


def test_after_nine_hours_of_suspend_the_night_is_slept_once() -> None:
    assert due([run("2026-03-09")], at("2026-03-11T08:30")) == "2026-03-10"
    assert due([run("2026-03-09"), run("2026-03-10")], at("2026-03-11T09:30")) is None


def nights_slept(moments: list[datetime]) -> list[str]:
    runs: list[SleepRun] = []
    for now in moments:
        night = due(runs, now)
        if night is not None:
            runs.append(run(night))
    return [one.night for one in runs]


@pytest.mark.parametrize("change", ["2026-03-28T12:00", "2026-10-24T12:00"])
def test_daylight_saving_makes_no_night_double_or_missing(change: str) -> None:
    begin = at(change).astimezone(UTC)
    moments = [(begin + timedelta(minutes=5 * i)).astimezone(BERLIN) for i in range(12 * 24 * 3)]
    slept = nights_slept(moments)
    assert len(slept) == len(set(slept)) == 4


@given(jump=st.sampled_from([-1, 1]), when=st.integers(1, 200), back=st.integers(1, 60))
def test_a_clock_that_jumps_a_day_and_back_gives_no_night_two_sleeps(jump: int, when: int, back: int) -> None:
    begin = datetime(2026, 5, 1, 12, tzinfo=UTC)
    moments = []
    for hour in range(24 * 12):
        shift = timedelta(days=jump) if when <= hour < when + back else timedelta()
        moments.append((begin + timedelta(hours=hour) + shift).astimezone(BERLIN))
    slept = nights_slept(moments)
    assert len(slept) == len(set(slept))
    assert slept == sorted(slept)
    assert night_of(moments[-1], SETTINGS) in slept
    assert len(slept) >= 11


@given(st.lists(st.integers(-5, 300), min_size=1, max_size=60))
def test_whatever_order_the_clock_shows_no_night_is_slept_twice(hours: list[int]) -> None:
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    slept = nights_slept([(begin + timedelta(hours=h)).astimezone(BERLIN) for h in hours if h < 48])
    assert len(slept) == len(set(slept))


def test_a_clock_that_once_stood_years_ahead_does_not_put_sleep_off_for_years() -> None:
    assert due([run("2035-01-01")], at("2026-03-10T23:00")) == "2026-03-10"
    assert due([run("2035-01-01"), run("2026-03-10")], at("2026-03-11T03:00")) is None


def test_why_no_sleep_is_due_is_said() -> None:
    now = at("2026-03-10T23:00")
    assert verdict([run("2026-03-10")], now).why == "The night of 2026-03-10 has had its sleep."
    assert "battery" in verdict([], now, power=Power(mains=False)).why
    assert "nearly empty" in verdict([], now, power=Power(mains=False, low=True)).why
    assert "last 10 minutes" in verdict([], now, presence=Presence(away=timedelta(minutes=2))).why
    assert "switched off" in verdict([], now, settings=Sleep(enabled=False)).why
    assert "import or export" in verdict([], now, presence=Presence(away=AWAY, busy=True)).why
    assert "screen" in verdict([], now, presence=Presence(away=AWAY, presenting=True)).why


def test_a_screen_that_was_left_full_for_hours_is_no_presentation() -> None:
    now = at("2026-03-10T23:00")
    for away, slept in ((timedelta(hours=1), False), (timedelta(hours=4), True)):
        found = verdict([], now, presence=Presence(away=away, presenting=True))
        assert (found.night is not None) is slept


@pytest.mark.parametrize(
    ("moment", "unused", "slept"),
    [
        ("2026-03-10T21:59", 120, False),
        ("2026-03-10T22:00", 120, True),
        ("2026-03-10T22:00", 59, False),
        ("2026-03-11T05:59", 120, True),
        ("2026-03-11T06:00", 120, False),
        ("2026-03-11T13:00", 999, False),
    ],
)
def test_where_nothing_tells_who_is_there_a_sleep_begins_at_night_when_mneme_was_not_used(
    moment: str, unused: int, slept: bool
) -> None:
    found = verdict([], at(moment), presence=Presence(away=None, unused=timedelta(minutes=unused)))
    assert (found.night is not None) is slept


def test_a_sleep_at_work_stops_when_the_person_is_back_or_the_plug_is_pulled() -> None:
    away = Presence(away=timedelta(minutes=12))
    assert not disturbed(away, Power(), SETTINGS)
    assert not disturbed(Presence(away=None), Power(), SETTINGS)
    assert disturbed(Presence(away=timedelta(seconds=5)), Power(), SETTINGS)
    assert disturbed(away, Power(mains=False), SETTINGS)
    assert disturbed(Presence(away=timedelta(minutes=12), presenting=True), Power(), SETTINGS)


def test_a_clock_that_is_set_or_a_suspend_is_noticed_and_a_slow_minute_is_not() -> None:
    half = timedelta(seconds=30)
    assert not clock_jumped(half, half)
    assert not clock_jumped(timedelta(seconds=75), half)
    assert clock_jumped(timedelta(hours=9), half)
    assert clock_jumped(-timedelta(days=365), half)


def test_the_next_night_begins_this_evening_or_tomorrow() -> None:
    assert next_night(at("2026-03-10T10:00"), SETTINGS) == at("2026-03-10T22:00")
    assert next_night(at("2026-03-10T22:00"), SETTINGS) == at("2026-03-11T22:00")


def test_a_backup_is_due_once_a_day_and_only_when_something_changed() -> None:
    now = at("2026-03-10T23:00")
    assert backup_due(None, now)
    assert not backup_due(now - timedelta(hours=23), now)
    assert backup_due(now - timedelta(hours=24), now)
    assert not backup_due(now - timedelta(days=9), now, changed=False)
    assert backup_due(now + timedelta(days=900), now)


def test_a_check_is_due_weekly_or_at_once_after_an_unclean_end() -> None:
    now = at("2026-03-10T23:00")
    assert not check_due(now - timedelta(days=6), now)
    assert check_due(now - timedelta(days=7), now)
    assert check_due(now, now, clean=False)
