"""Times of day."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates.clock import clock, clocks
from core.dates.shown import month_shown, shown


@pytest.mark.parametrize(
    ("words", "hour"),
    [
        ("14:30", time(14, 30)),
        ("3pm", time(15)),
        ("3 p.m.", time(15)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("noon", time(12)),
        ("midnight", time(23, 59)),
        ("six in the evening", time(18)),
        ("twelve", time(0)),
        ("25", None),
        ("soon", None),
    ],
)
def test_an_hour_in_words(words: str, hour: time | None) -> None:
    assert clock(words) == hour


@given(st.text(max_size=60) | st.from_regex(r"\d{1,2}([:.]\d\d)? ?([ap]\.?m)?", fullmatch=True))
def test_no_text_upsets_the_reader_of_clocks(text: str) -> None:
    assert all(text[start:end] for start, end in clocks(text))
    clock(text)


def test_a_day_is_written_without_the_locale() -> None:
    assert (shown(date(2023, 5, 7)), month_shown(date(2023, 5, 7))) == ("7 May 2023", "May 2023")
