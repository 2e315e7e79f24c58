"""Times in words."""

from datetime import UTC, datetime, timedelta

from core.consolidate.occasions import occasions

MONDAY = datetime(2025, 3, 31, 10, 2, tzinfo=UTC)


def at(*days: int, minutes: int = 0) -> list[datetime]:
    return [MONDAY + timedelta(days=day, minutes=minutes) for day in days]


def test_every_week_on_the_same_day() -> None:
    assert occasions(at(0, 7, 14)) == "Every Monday around 10:00, 3 times so far, last on 14 April 2025"


def test_most_weeks_on_the_same_day() -> None:
    assert occasions(at(0, 7, 21, 28)).startswith("Mostly on Mondays around 10:00, 4 times")
    assert occasions(at(0, 7, 15, 21)).startswith("Mostly on Mondays")


def test_on_weekdays_on_two_days_and_on_many() -> None:
    assert occasions(at(0, 1, 2, 3, 4, 7)).startswith("On weekdays around 10:00, 6 times")
    assert occasions(at(0, 2, 7, 9)).startswith("On Mondays and Wednesdays around")
    assert occasions(at(0, 2, 5, 6)).startswith("On different days around")


def test_at_any_hour() -> None:
    times = [*at(0), *at(7, minutes=240), *at(14, minutes=600)]
    assert occasions(times).startswith("Every Monday at different times, 3 times so far")
