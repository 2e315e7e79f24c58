"""The made year that the bench of fading lives through."""

from itertools import islice

from app.bench.sleep.decay import _Year
from app.bench.sleep.reuse import LONGEST_DAYS, Day, Said, year


def test_the_year_is_the_same_each_time_and_nobody_needs_what_was_not_said_before() -> None:
    first, again = list(year(40)), list(year(40))
    assert first == again
    said: set[int] = set()
    for day in first:
        assert set(day.needed) <= said
        assert len(set(day.needed)) == len(day.needed)
        said |= {one.number for one in day.said}


def test_every_text_and_question_of_the_longest_year_is_its_own() -> None:
    every = [one for day in year(LONGEST_DAYS) for one in day.said]
    assert len({one.text for one in every}) == len({one.question for one in every}) == len(every)


def test_few_are_needed_often_and_most_never() -> None:
    needed = [number for day in year(200) for number in day.needed]
    counts = sorted((needed.count(number) for number in set(needed)), reverse=True)
    assert len(counts) < 0.3 * 200 * 5
    assert sum(counts[:20]) > 0.5 * len(needed)


def test_the_orders_without_fading_are_what_they_are_called() -> None:
    lived = _Year()
    for day in islice(year(10), 10):
        lived.said.extend(day.said)
    lived.uses.update({3: 5, 7: 2, 9: 2})
    lived.last.update({3: 1, 7: 8, 9: 6})
    orders = lived.orders()
    newest = [one.number for one in lived.said][::-1]
    assert orders["newest first"] == newest[:5]
    assert orders["last used first"][:3] == [7, 9, 3]
    assert orders["most used first"][:3] == [3, 9, 7]
    lived.count("offered", [3, 9], Day(number=11, said=(Said(number=1, day=0, text="", question=""),), needed=(9, 4)))
    assert lived.hits["offered"] == [0.2]
