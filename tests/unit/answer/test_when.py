"""Times in words, read against the day they were said."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.answer.when import resolved, times
from core.dates.clock import clocks

MONDAY = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("I went there yesterday.", "7 May 2023"),
        ("The day before yesterday it rained.", "6 May 2023"),
        ("I was there last night.", "7 May 2023"),
        ("See you tomorrow.", "9 May 2023"),
        ("I signed it this morning.", "8 May 2023"),
        ("We met last Friday.", "5 May 2023"),
        ("We met last Monday.", "1 May 2023"),
        ("It is next Friday.", "19 May 2023"),
        ("It is next Monday.", "15 May 2023"),
        ("I will send it on Friday.", "12 May 2023"),
        ("I finished it on Friday.", "5 May 2023"),
        ("I won it on Friday!", "5 May 2023"),
        ("We met last Fri.", "5 May 2023"),
        ("I joined them last Tues.", "2 May 2023"),
        ("Three days ago it broke.", "5 May 2023"),
        ("A week ago it broke.", "about 1 May 2023"),
        ("It broke a few days ago.", "a few days before 8 May 2023"),
        ("In two weeks we leave.", "about 22 May 2023"),
        ("I start in 10 days.", "18 May 2023"),
        ("We moved two years ago.", "2021"),
        ("We moved about a year ago.", "about May 2022"),
        ("We moved two months ago.", "March 2023"),
        ("It was last week.", "the week before 8 May 2023"),
        ("It is next week.", "the week after 8 May 2023"),
        ("I am busy this week.", "the week of 8 May 2023"),
        ("We painted last weekend.", "the weekend before 8 May 2023"),
        ("It was last month.", "April 2023"),
        ("It was last year.", "2022"),
        ("It was last summer.", "summer 2022"),
        ("It happened in June.", "June 2022"),
        ("I will go in June.", "June 2023"),
        ("Last March we met.", "March 2023"),
        ("It is on 22 September.", "22 September 2023"),
        ("It was on December 31st.", "31 December 2022"),
        ("The opening is on the 26th.", "26 May 2023"),
    ],
)
def test_a_relative_time_means_a_day_of_the_calendar(told: str, meant: str) -> None:
    assert [when.said for when in times(told, MONDAY)] == [meant]
    text, spans = resolved(told, MONDAY)
    assert meant.removeprefix("(")[-4:] in text[slice(*spans[0])]


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("It was on 2021-03-04.", "4 March 2021"),
        ("It was on 4 March 2021.", "4 March 2021"),
        ("It was on March 4th, 2021.", "4 March 2021"),
        ("It was in March 2021.", "March 2021"),
    ],
)
def test_a_whole_date_is_left_as_it_was_said(told: str, meant: str) -> None:
    assert [when.said for when in times(told, MONDAY)] == [meant]
    assert resolved(told, MONDAY)[0] == told


def test_the_meaning_stands_behind_the_words_and_its_place_is_known() -> None:
    text, spans = resolved("The kiln broke yesterday, in a firing.", MONDAY)
    assert text == "The kiln broke yesterday (7 May 2023), in a firing."
    assert [text[start:end] for start, end in spans] == ["7 May 2023"]


def test_a_time_knows_the_days_it_can_be() -> None:
    (week,) = times("It was last week.", MONDAY)
    assert (week.first.isoformat(), week.last.isoformat()) == ("2023-05-01", "2023-05-07")
    (day,) = times("I was there yesterday.", MONDAY)
    assert day.first == day.last == day.day


@pytest.mark.parametrize(
    "told",
    [
        "May I come in?",
        "I may go.",
        "He is a second lieutenant.",
        "We march on.",
        "30 of February",
        "We sat on sun loungers.",
    ],
)
def test_what_only_looks_like_a_time_is_left_alone(told: str) -> None:
    assert times(told, MONDAY) == ()


def test_an_impossible_day_is_no_time() -> None:
    assert [when.day for when in times("on 31 February or 2023-13-40", MONDAY)] == []


def test_the_last_day_of_a_month_moves_to_the_end_of_a_shorter_one() -> None:
    said = datetime(2024, 3, 31, tzinfo=UTC)
    assert times("a month ago", said)[0].said == "February 2024"


@pytest.mark.parametrize("told", ["at 14:30 sharp", "at 6 pm", "at half past two", "at noon", "at 9 o'clock"])
def test_times_of_day_are_found(told: str) -> None:
    assert len(list(clocks(told))) == 1


@settings(deadline=None)
@given(st.text(max_size=200), st.datetimes(timezones=st.none() | st.timezones()))
def test_any_text_at_any_time_is_read_without_harm(told: str, said: datetime) -> None:
    text, spans = resolved(told, said)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    found = times(told, said)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_day_of_the_month_is_given_its_year_alone() -> None:
    text, spans = resolved("It is on 22 September at six.", MONDAY)
    assert text == "It is on 22 September (2023) at six."
    assert text[slice(*spans[0])] == "22 September (2023)"


def test_the_day_of_saying_can_be_left_unsaid() -> None:
    told = "I moved today, not yesterday."
    assert resolved(told, MONDAY, same_day=False)[0] == "I moved today, not yesterday (7 May 2023)."


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("We moved in late June.", "We moved in late June (June 2022)."),
        ("It was in June. Then we left.", "It was in June (June 2022). Then we left."),
        ("I am free this Friday.", "I am free this Friday (12 May 2023)."),
        ("We go this coming weekend.", "We go this coming weekend (the weekend of 13 May 2023)."),
        ("It was in the summer of 2021.", "It was in the summer of 2021."),
        ("A couple of years ago we met.", "A couple of years ago (2021) we met."),
    ],
)
def test_the_meaning_stands_right_behind_its_words(told: str, read: str) -> None:
    assert resolved(told, MONDAY)[0] == read
