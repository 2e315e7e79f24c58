"""Dates in questions are read against the moment of asking."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.dates.calendar import NoSuchDate
from core.recall.dates import find_dates, read_date

NOW = datetime(2023, 10, 23, 10, 30, tzinfo=timezone(timedelta(hours=2)))
"""A Monday."""


def days(text: str, now: datetime = NOW) -> tuple[date | None, date | None]:
    span = find_dates(text, now).span
    assert span is not None, text
    last = span.ends - timedelta(seconds=1) if span.ends else None
    return span.begins and span.begins.date(), last and last.date()


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("yesterday", date(2023, 10, 22), date(2023, 10, 22)),
        ("the day before yesterday", date(2023, 10, 21), date(2023, 10, 21)),
        ("last Friday", date(2023, 10, 20), date(2023, 10, 20)),
        ("on Monday", date(2023, 10, 16), date(2023, 10, 16)),
        ("this Monday", date(2023, 10, 23), date(2023, 10, 23)),
        ("next Monday", date(2023, 10, 30), date(2023, 10, 30)),
        ("last week", date(2023, 10, 16), date(2023, 10, 22)),
        ("last weekend", date(2023, 10, 21), date(2023, 10, 22)),
        ("last month", date(2023, 9, 1), date(2023, 9, 30)),
        ("last year", date(2022, 1, 1), date(2022, 12, 31)),
        ("three days ago", date(2023, 10, 20), date(2023, 10, 20)),
        ("a month ago", date(2023, 9, 1), date(2023, 9, 30)),
        ("in March", date(2023, 3, 1), date(2023, 3, 31)),
        ("in December", date(2022, 12, 1), date(2022, 12, 31)),
        ("in late June 2022", date(2022, 6, 21), date(2022, 6, 30)),
        ("on May 7, 2023", date(2023, 5, 7), date(2023, 5, 7)),
        ("on 7 May", date(2023, 5, 7), date(2023, 5, 7)),
        ("on 29 February", date(2020, 2, 29), date(2020, 2, 29)),
        ("on 2023-05-07", date(2023, 5, 7), date(2023, 5, 7)),
        ("in 2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("last summer", date(2023, 6, 1), date(2023, 8, 31)),
        ("in the winter of 2021", date(2021, 12, 1), date(2022, 2, 28)),
        ("between August 11 and August 15 2023", date(2023, 8, 11), date(2023, 8, 15)),
        ("from 3 May to 9 June", date(2023, 5, 3), date(2023, 6, 9)),
        ("between November and February", date(2022, 11, 1), date(2023, 2, 28)),
        ("before 15 July 2023", None, date(2023, 7, 14)),
        ("since June", date(2023, 6, 1), None),
        ("after May 7, 2023", date(2023, 5, 8), None),
        ("vor 3 Tagen", date(2023, 10, 20), date(2023, 10, 20)),
        ("am 15. Januar 2023", date(2023, 1, 15), date(2023, 1, 15)),
        ("am 12.03.2023", date(2023, 3, 12), date(2023, 3, 12)),
    ],
)
def test_a_question_speaks_of_this_time(words: str, first: date | None, last: date | None) -> None:
    assert days(f"What did Dana do {words}?") == (first, last)


def test_dates_are_in_the_zone_of_the_one_who_asks() -> None:
    span = find_dates("what happened yesterday", NOW).span
    assert span is not None
    assert span.begins == datetime(2023, 10, 21, 22, 0, tzinfo=UTC)


def test_the_most_exact_of_several_dates_counts() -> None:
    assert days("What trouble was there last week, as said on November 6, 2022?")[0] == date(2022, 11, 6)


@pytest.mark.parametrize("words", ["30 February 2023", "2023-13-01", "April 31, 2022"])
def test_a_day_that_is_not_in_the_calendar_is_said(words: str) -> None:
    found = find_dates(f"What did I do on {words}?", NOW)
    assert found.span is None
    assert "calendar" in found.wrong


def test_a_time_that_ends_before_it_begins_is_said() -> None:
    found = find_dates("What was there between 15 July 2023 and 3 March 2023?", NOW)
    assert found.span is None
    assert "ends before it begins" in found.wrong


@pytest.mark.parametrize(
    "question",
    [
        "Who may march with us?",
        "May 45 people come?",
        "What is the second plan?",
        "How old is she?",
        "",
        "Was she fine?",
    ],
)
def test_a_question_without_a_date_has_none(question: str) -> None:
    found = find_dates(question, NOW)
    assert (found.span, found.wrong) == (None, "")


def test_a_filter_value_must_be_a_date_as_a_whole() -> None:
    assert read_date("March 2023", NOW) is not None
    assert read_date("nonsense", NOW) is None
    with pytest.raises(NoSuchDate):
        read_date("2023-02-31", NOW)


@pytest.mark.parametrize(
    ("now", "begins", "ends"),
    [
        (datetime(2023, 10, 30, 9), datetime(2023, 10, 28, 22, tzinfo=UTC), datetime(2023, 10, 29, 23, tzinfo=UTC)),
        (datetime(2023, 3, 27, 9), datetime(2023, 3, 25, 23, tzinfo=UTC), datetime(2023, 3, 26, 22, tzinfo=UTC)),
    ],
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(now: datetime, begins: datetime, ends: datetime) -> None:
    span = find_dates("what happened yesterday", now.replace(tzinfo=ZoneInfo("Europe/Berlin"))).span
    assert span is not None
    assert (span.begins, span.ends) == (begins, ends)


@pytest.mark.parametrize(
    "question", ["yesterday", "since June", "between November and February", "vor 3 Tagen", "am 31.12.2022"]
)
def test_a_moment_without_a_zone_gives_the_same_days(question: str) -> None:
    assert days(question, NOW.replace(tzinfo=None)) == days(question, NOW)


def test_the_week_after_the_last_day_of_a_year_is_in_the_next() -> None:
    new_year = datetime(2024, 1, 1, 0, 5, tzinfo=UTC)
    assert days("What was last week?", new_year) == (date(2023, 12, 25), date(2023, 12, 31))
    assert days("What was last night?", new_year) == (date(2023, 12, 31), date(2023, 12, 31))
    assert days("What was in December?", new_year) == (date(2023, 12, 1), date(2023, 12, 31))


def test_a_span_without_years_that_runs_backwards_began_the_year_before() -> None:
    assert days("from 20 December to 5 January") == (date(2022, 12, 20), date(2023, 1, 5))


@given(st.text(max_size=300))
@example("Q4")
def test_no_text_upsets_the_reader_of_dates(text: str) -> None:
    for now in (NOW, NOW.replace(tzinfo=None), NOW.replace(year=1), NOW.replace(year=9999, month=12, day=31)):
        found = find_dates(text, now)
        assert found.span is None or found.span.meaning()


@given(st.integers(0, 9999), st.sampled_from(["day", "week", "month", "year"]))
def test_no_count_of_units_ago_upsets_it(count: int, unit: str) -> None:
    found = find_dates(f"what was {count} {unit}s ago", NOW)
    assert (found.span is None) == bool(found.wrong)
