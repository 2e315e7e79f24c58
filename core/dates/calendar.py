"""Pure steps in the calendar: weeks, months, seasons and the days around a day."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


class NoSuchDate(ValueError):
    """A date that is not in the calendar, or a span that ends before it begins; str() is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A stretch of whole days, both ends within it."""

    first: date
    last: date


def day(year: int, month: int, number: int) -> date:
    """That day. Raises NoSuchDate."""
    try:
        return date(year, month, number)
    except ValueError:
        raise NoSuchDate(f"There is no {year:04d}-{month:02d}-{number:02d} in the calendar.") from None


def moved(begin: date, days: int) -> date:
    """The day `days` later. Raises NoSuchDate past either end of the calendar."""
    try:
        return begin + timedelta(days=days)
    except OverflowError:
        raise NoSuchDate("That is before the calendar begins or after it ends.") from None


def months_moved(begin: date, months: int) -> date:
    """The same day of the month `months` later, or the last of it where it is shorter. Raises NoSuchDate."""
    year, index = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    first = day(year, index + 1, 1)
    return first.replace(day=min(begin.day, monthrange(year, index + 1)[1]))


def one(only: date) -> Days:
    """That day alone."""
    return Days(first=only, last=only)


def month_of(within: date, months: int = 1) -> Days:
    """The month of a day, or that many months from it on. Raises NoSuchDate."""
    end = months_moved(within.replace(day=1), months - 1)
    return Days(first=within.replace(day=1), last=end.replace(day=monthrange(end.year, end.month)[1]))


def year_of(year: int) -> Days:
    """A whole year. Raises NoSuchDate."""
    return Days(first=day(year, 1, 1), last=day(year, 12, 31))


def week_of(within: date, weeks: int = 0, lasting: int = 1, begins: int = 0) -> Days:
    """The week `weeks` from that of a day, and `lasting` so many; it `begins` on Monday (0) .. Sunday (6).

    Raises NoSuchDate.
    """
    first = moved(within, 7 * weeks - (within.weekday() - begins) % 7)
    return Days(first=first, last=moved(first, 7 * lasting - 1))


def weekend_of(within: date, weeks: int = 0) -> Days:
    """The Saturday and Sunday of that week. Raises NoSuchDate."""
    return Days(first=moved(week_of(within, weeks).first, 5), last=week_of(within, weeks).last)


def quarter_of(year: int, number: int) -> Days:
    """The quarter 1..4 of a year. Raises NoSuchDate."""
    return month_of(day(year, 3 * number - 2, 1), 3)


def nth_weekday(year: int, month: int, number: int, wanted: int) -> date:
    """The first (1), second, .. or last (-1) such weekday of a month. Raises NoSuchDate."""
    return nth_weekday_in(month_of(day(year, month, 1)), number, wanted)


def nth_weekday_in(within: Days, number: int, wanted: int) -> date:
    """The first (1), second, .. or last (-1) such weekday in a stretch of days. Raises NoSuchDate."""
    if number < 0:
        found = weekday_before(moved(within.last, 1), wanted)
    else:
        found = moved(weekday_after(moved(within.first, -1), wanted), 7 * (number - 1))
    if not within.first <= found <= within.last:
        raise NoSuchDate("There are not so many of that weekday in that time.")
    return found


_THIRDS = {"early": 0, "mid": 1, "middle": 1, "late": 2}
_EDGES = {"beginning": 0, "start": 0, "end": -1}


def part_of(whole: Days, part: str) -> Days:
    """Early, mid or late: a third, of a month ten days. Any other word: all of it.

    The beginning or end: a week of a month, a month of what is longer, two days of a week.
    """
    lasting = (whole.last - whole.first).days + 1
    months = round(lasting / 30.44)
    by_month = whole.first.day == 1 and months >= 2
    if part in _EDGES and lasting > 2:
        if by_month:
            first = whole.first if _EDGES[part] == 0 else months_moved(whole.first, months - 1)
            return month_of(first)
        size = 2 if lasting <= 7 else 7
        if _EDGES[part] == 0:
            return Days(first=whole.first, last=moved(whole.first, size - 1))
        return Days(first=moved(whole.last, 1 - size), last=whole.last)
    number = _THIRDS.get(part)
    if number is None or lasting < 3:
        return whole
    if by_month:
        third = max(1, months // 3)
        first = months_moved(whole.first, number * third)
        return Days(first=first, last=whole.last if number == 2 else moved(months_moved(first, third), -1))
    third = 10 if months == 1 else lasting // 3
    first = moved(whole.first, number * third)
    return Days(first=first, last=whole.last if number == 2 else moved(first, third - 1))


def season_of(year: int, begins: int) -> Days:
    """Three months from a month on. Raises NoSuchDate."""
    return month_of(day(year, begins, 1), 3)


def weekday_before(today: date, wanted: int) -> date:
    """The last such weekday before today. Raises NoSuchDate."""
    return moved(today, -((today.weekday() - wanted - 1) % 7 + 1))


def weekday_after(today: date, wanted: int) -> date:
    """The first such weekday after today. Raises NoSuchDate."""
    return moved(today, (wanted - today.weekday() - 1) % 7 + 1)
