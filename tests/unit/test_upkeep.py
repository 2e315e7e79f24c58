"""What is due, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.memory import RunId, SleepRun
from core.settings import Sleep
from core.upkeep import Power, backup_due, check_due, next_night, night_of, sleep_due

BERLIN = ZoneInfo("Europe/Berlin")
SETTINGS = Sleep()
AWAY = timedelta(minutes=30)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def run(night: str, state: str = "done") -> SleepRun:
    return SleepRun(id=RunId(night), night=night, begins=datetime(2026, 1, 1, tzinfo=UTC), state=state)


def due(runs: list[SleepRun], now: datetime, **fields: object) -> str | None:
    idle = fields.get("idle", AWAY)
    power = fields.get("power", Power())
    settings = fields.get("settings", SETTINGS)
    return sleep_due(runs, now, idle=idle, power=power, settings=settings)  # type: ignore[arg-type]


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
