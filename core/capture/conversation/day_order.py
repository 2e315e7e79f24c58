"""Which number of a date is its day: judged from all dates of a file, since one alone may not tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

_ENOUGH = 3
"""So many more dates must speak for one order than for the other before the rest is not waited for."""
DAY_FIRST, MONTH_FIRST = "day/month", "month/day"
_THAI = 543
"""Years of the Buddhist era are so many more."""

Numbers = tuple[int, int, int]
"""A date's numbers as they stand in the file; with the year first where the first has four digits."""


@dataclass(slots=True)
class DayOrder:
    """Gathers what dates in time order tell of their order. `order` stands once enough of them spoke."""

    today: date
    day_first: int = 0
    month_first: int = 0

    def see(self, numbers: Numbers) -> None:
        """Take a date's numbers into account."""
        first, second, _ = numbers
        if first > 31:
            return  # a year: nothing to be told apart
        self.day_first += 12 < first <= 31 and second <= 12
        self.month_first += 12 < second <= 31 and first <= 12

    @property
    def order(self) -> str | None:
        """The order, once it is beyond doubt."""
        if abs(self.day_first - self.month_first) < _ENOUGH:
            return None
        return DAY_FIRST if self.day_first > self.month_first else MONTH_FIRST

    def decided(self, dates: Iterable[Numbers], *, american: bool) -> tuple[str, bool]:
        """(the order, whether it was told by anything) once all dates there are were seen.

        Where no number is above twelve, dates that run forward and not past today tell; else `american` (the
        person's country, or a clock with AM and PM beside slashes) stands for the month first.
        """
        if self.day_first != self.month_first:
            return (DAY_FIRST if self.day_first > self.month_first else MONTH_FIRST), True
        seen = list(dict.fromkeys(dates))
        if all(first > 31 or first == second for first, second, _ in seen):
            return DAY_FIRST, True  # it makes no difference
        back = {order: self._disorder(seen, order) for order in (DAY_FIRST, MONTH_FIRST)}
        if back[DAY_FIRST] != back[MONTH_FIRST]:
            return min(back, key=lambda order: back[order]), True
        return (MONTH_FIRST if american else DAY_FIRST), False

    def _disorder(self, dates: list[Numbers], order: str) -> int:
        """How often the dates run backward, or lie after today, when read in this order."""
        days = [found for one in dates if (found := day_of(one, order))]
        backward = sum(later < earlier for earlier, later in pairwise(days))
        return backward + sum(day > self.today for day in days)


def day_of(numbers: Numbers, order: str) -> date | None:
    """The day in this order; two-digit years are of this century, Thai ones are converted. None when there is none."""
    first, second, third = numbers
    if first > 31:
        year, month, day = first, second, third
    else:
        day, month = (first, second) if order == DAY_FIRST else (second, first)
        year = third + 2000 if third < 100 else third
    if 2400 < year < 2700:
        year -= _THAI
    try:
        return date(year, month, day) if 1990 <= year < 2200 else None
    except ValueError:
        return None
