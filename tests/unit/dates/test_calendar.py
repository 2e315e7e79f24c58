"""Steps in the calendar, at its corners."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import calendar
from core.dates.calendar import NoSuchDate

WITHIN = st.dates(date(2, 1, 1), date(9998, 12, 31))


@given(WITHIN)
def test_a_week_runs_from_monday_to_sunday_around_its_day(day: date) -> None:
    week = calendar.week_of(day)
    assert (week.first.weekday(), week.last.weekday()) == (0, 6)
    assert week.first <= day <= week.last == week.first + timedelta(days=6)
    assert calendar.week_of(day, 1).first == week.last + timedelta(days=1)
    assert calendar.weekend_of(day).last == week.last


@given(WITHIN, st.integers(0, 6))
def test_the_weekday_before_and_the_one_after_are_within_a_week_and_never_today(day: date, wanted: int) -> None:
    before, after = calendar.weekday_before(day, wanted), calendar.weekday_after(day, wanted)
    assert before.weekday() == after.weekday() == wanted
    assert 1 <= (day - before).days <= 7
    assert 1 <= (after - day).days <= 7


@given(st.dates(date(1000, 1, 1), date(3000, 12, 31)), st.integers(-5000, 5000))
def test_so_many_months_later_is_in_that_month_and_never_past_its_end(day: date, months: int) -> None:
    later = calendar.months_moved(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == min(day.day, calendar.month_of(later).last.day)


@pytest.mark.parametrize(
    ("begin", "months", "end"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 12, 15), 1, date(2024, 1, 15)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
    ],
)
def test_months_of_unlike_length(begin: date, months: int, end: date) -> None:
    assert calendar.months_moved(begin, months) == end


def test_winter_reaches_into_the_next_year() -> None:
    winter = calendar.season_of(2023, 12)
    assert (winter.first, winter.last) == (date(2023, 12, 1), date(2024, 2, 29))


def test_a_day_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(NoSuchDate, match=r"^There is no 2023-02-31 in the calendar\.$"):
        calendar.day(2023, 2, 31)


def test_past_the_ends_of_the_calendar_is_a_sentence_too() -> None:
    for step in (
        lambda: calendar.moved(date.max, 1),
        lambda: calendar.moved(date.min, -(10**12)),
        lambda: calendar.months_moved(date(1, 1, 1), -1),
        lambda: calendar.year_of(0),
        lambda: calendar.week_of(date.max, 1),
        lambda: calendar.season_of(9999, 12),
    ):
        with pytest.raises(NoSuchDate, match=r"\.$"):
            step()
