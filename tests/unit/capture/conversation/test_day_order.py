"""Which number of a date is its day, and whether words were met before."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.capture.conversation.day_order import DAY_FIRST, MONTH_FIRST, DayOrder, Numbers, day_of
from core.capture.conversation.said_before import SaidBefore

TODAY = date(2026, 9, 1)
SPANS = st.lists(st.integers(0, 9), min_size=30, max_size=80)


def days(begins: date, spans: list[int]) -> list[date]:
    found = [begins]
    for span in spans:
        found.append(found[-1] + timedelta(days=span))
    return [day for day in found if day <= TODAY]


@pytest.mark.parametrize("order", [DAY_FIRST, MONTH_FIRST])
@given(begins=st.dates(date(2015, 1, 1), date(2025, 12, 1)), spans=SPANS)
def test_the_dates_of_a_chat_tell_their_order(order: str, begins: date, spans: list[int]) -> None:
    told = days(begins, [1, *spans])
    numbers: list[Numbers] = [
        (day.day, day.month, day.year) if order == DAY_FIRST else (day.month, day.day, day.year) for day in told
    ]
    judge = DayOrder(TODAY)
    for one in numbers:
        judge.see(one)
    found, _ = judge.decided(numbers, american=order == DAY_FIRST)  # the habit stands against it
    if any(day.day > 12 for day in told):
        assert found == order
        assert [day_of(one, found) for one in numbers] == told


def test_dates_after_today_speak_against_an_order() -> None:
    judge = DayOrder(TODAY)
    assert judge.decided([(2, 10, 26)], american=False) == (MONTH_FIRST, True)


def test_one_wrong_date_does_not_turn_a_file_around() -> None:
    judge = DayOrder(TODAY)
    for one in [(13, 4, 24), (4, 17, 24), (18, 4, 24), (19, 4, 24), (20, 4, 24)]:
        judge.see(one)
    assert judge.order == DAY_FIRST


def test_years_of_the_buddhist_era_and_of_two_digits_are_told() -> None:
    assert day_of((15, 3, 2567), DAY_FIRST) == day_of((15, 3, 24), DAY_FIRST) == date(2024, 3, 15)
    assert day_of((2024, 3, 15), DAY_FIRST) == date(2024, 3, 15)
    assert day_of((31, 2, 24), DAY_FIRST) is None
    assert day_of((1, 1, 1403), DAY_FIRST) is None


def test_words_are_known_when_they_were_met_in_this_order() -> None:
    before = SaidBefore()
    before.add("The offer from Halden is eleven thousand euros, and stands until the twentieth of March.")
    assert before.knows("> The offer from Halden is eleven thousand euros,\n> and stands until the twentieth of March")
    assert not before.knows("March of twentieth the until stands and euros thousand eleven is Halden from offer the")
    assert not before.knows("The offer from Halden was not what we hoped for when we wrote to them in May.")
    assert not before.knows("")
    assert not before.knows("Yes.")
    before.add("Yes.")
    assert before.knows("yes")
