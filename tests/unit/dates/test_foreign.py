"""Dates in other tongues."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dates.foreign import foreign_day, foreign_days

NOW = datetime(2023, 10, 23, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("was geschah gestern", date(2023, 10, 22)),
        ("hace 3 días", date(2023, 10, 20)),
        ("am 12.03.2023", date(2023, 3, 12)),
        ("le 14 juillet 2022", date(2022, 7, 14)),
    ],
)
def test_a_day_in_another_tongue(text: str, day: date) -> None:
    assert [found for _, _, found in foreign_days(text, NOW)] == [day]


@pytest.mark.parametrize("text", ["31.02.2023", "99/99/9999", "vor 99999999999 Jahren", "letzten Unsinn"])
def test_a_day_that_cannot_be_is_none(text: str) -> None:
    assert list(foreign_days(text, NOW)) == []


@settings(deadline=None, max_examples=30)
@given(st.from_regex(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|vor \w{1,12} (Tagen|Jahren)|hace \d{1,9} años", fullmatch=True))
def test_no_number_upsets_it(text: str) -> None:
    assert isinstance(foreign_day(text, NOW), date | None)
