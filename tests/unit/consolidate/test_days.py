"""Days and hours in words, against the moment they were said."""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.consolidate.days import day_in_year, whens

TUESDAY = datetime(2026, 3, 10, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("tomorrow", "2026-03-11", "2026-03-11"),
        ("the day after tomorrow", "2026-03-12", "2026-03-12"),
        ("on Friday", "2026-03-13", "2026-03-13"),
        ("on Tuesday", "2026-03-17", "2026-03-17"),
        ("next Friday", "2026-03-20", "2026-03-20"),
        ("last Friday", "2026-03-06", "2026-03-06"),
        ("next week", "2026-03-16", "2026-03-22"),
        ("this weekend", "2026-03-14", "2026-03-15"),
        ("by the end of the month", "2026-03-10", "2026-03-31"),
        ("next month", "2026-04-01", "2026-04-30"),
        ("on 2 April", "2026-04-02", "2026-04-02"),
        ("April 2nd", "2026-04-02", "2026-04-02"),
        ("on 2 January", "2027-01-02", "2027-01-02"),
        ("on the 3rd of June 2028", "2028-06-03", "2028-06-03"),
        ("2026-05-01", "2026-05-01", "2026-05-01"),
        ("in two weeks", "2026-03-24", "2026-03-24"),
        ("in 3 days", "2026-03-13", "2026-03-13"),
    ],
)
def test_words_for_days(words: str, first: str, last: str) -> None:
    (when,) = whens(f"We do it {words}.", TUESDAY)
    assert (when.begins.date().isoformat(), when.ends.date().isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("words", "clock"),
    [
        ("tomorrow at 9", time(9)),
        ("on Friday at 3pm", time(15)),
        ("tomorrow at 12am", time(0)),
        ("on 2 April at 14:00", time(14)),
        ("on Friday at noon", time(12)),
        ("tomorrow", None),
    ],
)
def test_words_for_hours(words: str, clock: time | None) -> None:
    (when,) = whens(f"We meet {words}.", TUESDAY)
    assert when.clock == (clock is not None)
    if clock is not None:
        assert when.begins.time() == clock


def test_hours_are_in_the_zone_of_the_one_who_spoke() -> None:
    zone = timezone(timedelta(hours=9))
    (when,) = whens("tomorrow at 9", datetime(2026, 3, 10, 23, tzinfo=zone))
    assert when.begins == datetime(2026, 3, 11, 9, tzinfo=zone)


@pytest.mark.parametrize("text", ["on 31 February", "room 12", "May I come?", "in 2019", "the 45th of March"])
def test_what_names_no_day(text: str) -> None:
    assert list(whens(text, TUESDAY)) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [("on 12 March", "12 March"), ("March 12th", "12 March"), ("4 May 1988", "4 May 1988"), ("soon", None)],
)
def test_birthdays_are_written_one_way(text: str, day: str | None) -> None:
    assert day_in_year(text) == day


@given(st.text(max_size=200), st.dates(), st.none() | st.timezones())
def test_any_text_gives_spans_that_end_after_they_begin(text: str, day: date, zone: tzinfo | None) -> None:
    for when in whens(text + " next month on Friday at 11pm", datetime.combine(day, time(12), tzinfo=zone)):
        assert when.begins <= when.ends


def test_the_end_of_the_calendar_names_no_day() -> None:
    last = datetime(9999, 12, 31, 12, tzinfo=UTC)
    assert list(whens("tomorrow, next week or today at 11:30pm", last)) == []


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("this evening", "2026-03-10T00:00"),
        ("tomorrow morning at 9", "2026-03-11T09:00"),
        ("at 3pm on Friday", "2026-03-13T15:00"),
        ("14:00 tomorrow", "2026-03-11T14:00"),
        ("on 29 February", "2028-02-29T00:00"),
    ],
)
def test_the_day_and_its_hour_may_stand_either_way(words: str, begins: str) -> None:
    (when,) = whens(f"We do it {words}.", TUESDAY)
    assert when.begins == datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert f"We do it {words}."[when.start : when.end] == words
