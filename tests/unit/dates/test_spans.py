"""What words for days mean, whichever stage asks."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.dates import words
from core.dates.calendar import NoSuchDate
from core.dates.grammar import Form, mentions, wholly
from core.dates.spans import Lean, days_of

MONDAY = date(2023, 5, 8)
SUNDAY = date(2023, 10, 22)
LEAP_DAY = date(2024, 2, 29)
LAST_DAY = date(2023, 12, 31)
EVERY = frozenset(Form)
WORDS = (
    "on last next this coming past the day before after yesterday tomorrow today night week weekend month year ago in"
    " a an couple few of three 12 45 0 2023 9999 1900-02-29 0000-00-00 Monday fri sun May Sept. 31 29th 31st February"
    " late early mid-June end beginning summer winter fall between and to - , . : / 3pm noon at"
)
SPOKEN = st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)
LOOK_ALIKES = st.text(st.sampled_from("aprılſundayKweekﬁIİ 12³٣٤-/"), max_size=40)


def meant(text: str, today: date, lean: Lean) -> tuple[date, date]:
    (mention,) = mentions(text, EVERY)
    days = days_of(mention, today, lean)
    return days.first, days.last


@pytest.mark.parametrize(
    ("text", "today", "lean", "first", "last"),
    [
        ("last week", SUNDAY, Lean.PAST, "2023-10-09", "2023-10-15"),
        ("next week", SUNDAY, Lean.COMING, "2023-10-23", "2023-10-29"),
        ("this weekend", SUNDAY, Lean.COMING, "2023-10-21", "2023-10-22"),
        ("last weekend", SUNDAY, Lean.PAST, "2023-10-14", "2023-10-15"),
        ("this coming weekend", SUNDAY, Lean.COMING, "2023-10-28", "2023-10-29"),
        ("this coming weekend", MONDAY, Lean.COMING, "2023-05-13", "2023-05-14"),
        ("next weekend", MONDAY, Lean.COMING, "2023-05-20", "2023-05-21"),
        ("next week", LAST_DAY, Lean.COMING, "2024-01-01", "2024-01-07"),
        ("tomorrow", LAST_DAY, Lean.COMING, "2024-01-01", "2024-01-01"),
        ("the day after tomorrow", LAST_DAY, Lean.PAST, "2024-01-02", "2024-01-02"),
        ("yesterday", date(2024, 3, 1), Lean.PAST, "2024-02-29", "2024-02-29"),
        ("last month", date(2024, 3, 31), Lean.PAST, "2024-02-01", "2024-02-29"),
        ("last year", LEAP_DAY, Lean.PAST, "2023-01-01", "2023-12-31"),
        ("in a year", LEAP_DAY, Lean.COMING, "2025-02-28", "2025-02-28"),
        ("in a month", date(2024, 1, 31), Lean.COMING, "2024-02-29", "2024-02-29"),
        ("29 February", MONDAY, Lean.PAST, "2020-02-29", "2020-02-29"),
        ("29 February", MONDAY, Lean.COMING, "2024-02-29", "2024-02-29"),
        ("29 February", date(1901, 1, 1), Lean.PAST, "1896-02-29", "1896-02-29"),
        ("8 May", MONDAY, Lean.PAST, "2023-05-08", "2023-05-08"),
        ("8 May", MONDAY, Lean.COMING, "2023-05-08", "2023-05-08"),
        ("31 December", date(2024, 1, 1), Lean.PAST, "2023-12-31", "2023-12-31"),
        ("31 December", MONDAY, Lean.RATHER_PAST, "2022-12-31", "2022-12-31"),
        ("10 May", MONDAY, Lean.RATHER_PAST, "2023-05-10", "2023-05-10"),
        ("last May", MONDAY, Lean.PAST, "2022-05-01", "2022-05-31"),
        ("next May", MONDAY, Lean.COMING, "2024-05-01", "2024-05-31"),
        ("in May", MONDAY, Lean.COMING, "2023-05-01", "2023-05-31"),
        ("last summer", date(2023, 7, 15), Lean.PAST, "2022-06-01", "2022-08-31"),
        ("last winter", date(2024, 3, 1), Lean.PAST, "2023-12-01", "2024-02-29"),
        ("this winter", date(2024, 1, 15), Lean.RATHER_COMING, "2023-12-01", "2024-02-29"),
        ("this summer", MONDAY, Lean.RATHER_COMING, "2023-06-01", "2023-08-31"),
        ("two years ago", SUNDAY, Lean.PAST, "2021-01-01", "2021-12-31"),
        ("a fortnight ago", MONDAY, Lean.PAST, "2023-04-24", "2023-04-30"),
        ("a fortnight ago", MONDAY, Lean.RATHER_PAST, "2023-04-21", "2023-04-27"),
        ("last fortnight", SUNDAY, Lean.PAST, "2023-10-02", "2023-10-15"),
        ("the end of next month", LAST_DAY, Lean.COMING, "2023-12-31", "2024-01-31"),
        ("the 31st", date(2024, 1, 31), Lean.COMING, "2024-01-31", "2024-01-31"),
        ("the 31st", date(2024, 2, 1), Lean.COMING, "2024-03-31", "2024-03-31"),
        ("the 30th", date(2024, 1, 31), Lean.COMING, "2024-01-30", "2024-01-30"),
        ("Tuesday,  the 22nd\nof September 2026", MONDAY, Lean.PAST, "2026-09-22", "2026-09-22"),
    ],
)
def test_words_mean_these_days(text: str, today: date, lean: Lean, first: str, last: str) -> None:
    assert meant(text, today, lean) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    ["31 February", "30 February 2024", "29 February 2023", "April 31st", "2023-02-31", "9999 years ago", "0000-01-01"],
)
def test_a_day_that_is_not_in_the_calendar_is_a_sentence(text: str) -> None:
    (mention,) = mentions(text, EVERY)
    for lean in Lean:
        with pytest.raises(NoSuchDate, match=r"^(There|That) .*\.$"):
            days_of(mention, MONDAY, lean)


@given(st.sampled_from(words.WEEKDAYS), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_weekday_alone_is_behind_or_ahead_by_the_lean(name: str, today: date) -> None:
    behind, ahead = meant(f"on {name}", today, Lean.PAST)[0], meant(f"on {name}", today, Lean.COMING)[0]
    assert behind < today < ahead
    assert (ahead - behind).days == (14 if today.weekday() == ahead.weekday() else 7)


@example(date(2099, 12, 31), date(1900, 1, 1))
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_whole_date_means_itself_in_every_writing(day: date, today: date) -> None:
    month = words.MONTHS[day.month - 1]
    for text in (day.isoformat(), f"{day.day} {month} {day.year}", f"{month[:3]} {day.day}, {day.year}"):
        assert meant(text, today, Lean.PAST) == (day, day)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_day_without_its_year_keeps_to_the_lean(day: date, today: date) -> None:
    text = f"{day.day} {words.MONTHS[day.month - 1]}"
    assert meant(text, today, Lean.PAST)[0] <= today <= meant(text, today, Lean.COMING)[0]


@settings(deadline=None)
@given(st.text(max_size=200) | SPOKEN | LOOK_ALIKES, st.dates(), st.sampled_from(Lean))
def test_no_text_on_any_day_upsets_the_reading(text: str, today: date, lean: Lean) -> None:
    found = mentions(text, EVERY)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for mention in (*found, *wholly(text, EVERY)):
        assert text[mention.start : mention.end] == mention.words
        try:
            days = days_of(mention, today, lean)
        except NoSuchDate:
            continue
        assert days.first <= days.last


@pytest.mark.parametrize("text", ["in aprıl", "on ſunday", "laſt week", "next weeK", "two weeKs ago"])
def test_letters_that_only_look_like_others_are_read_or_left(text: str) -> None:
    found = [days_of(mention, MONDAY, Lean.PAST) for mention in mentions(text, EVERY)]
    assert all(days.first <= days.last for days in found)


@pytest.mark.parametrize("text", ["May I come?", "we march on", "12 marching men", "sunday-school2", "v2021-beta"])
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert mentions(text, EVERY - {Form.BARE_WEEKDAY}) == ()
