"""The days of times that have a name or a number: holidays, weeks by number, halves, decades, this time last year."""

from datetime import date

from core.dates import calendar
from core.dates.calendar import Days, NoSuchDate
from core.dates.grammar import Mention
from core.dates.holidays import holiday
from core.dates.lean import Lean
from core.dates.region import Region

BACK = frozenset({"last", "past", "this past", "previous"})
ON = frozenset({"next", "coming", "this coming"})
HABIT = 30
"""Days: people leave the year out of a day that is about a month away."""


def iso_month_days(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """The month of "2026-03". Raises NoSuchDate."""
    return calendar.month_of(calendar.day(mention.year or today.year, mention.month or 1, 1))


def holiday_days(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """When it last was, is next, or was in its year. Raises NoSuchDate."""

    def in_year(year: int) -> Days:
        return holiday(mention.holiday, year, region.country)

    if mention.year is not None:
        return in_year(mention.year)
    near = [in_year(year) for year in range(max(1, today.year - 1), min(9999, today.year + 1) + 1)]
    if mention.which in ON:
        return next((days for days in near if days.first > today), near[-1])
    if mention.which == "this":
        return in_year(today.year)
    if mention.which in BACK:
        return next((days for days in reversed(near) if days.last < today), near[0])
    if lean is Lean.PAST:
        return next((days for days in reversed(near) if days.first <= today), near[0])
    if lean is Lean.COMING:
        return next((days for days in near if days.last >= today), near[-1])
    bias = HABIT if lean is Lean.RATHER_COMING else -HABIT
    return min(near, key=lambda days: abs((days.first - today).days - bias))


def half_days(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """The half of a year. Raises NoSuchDate."""
    number = (mention.numbers or (1, 0))[0]
    first = calendar.day(mention.year or today.year - (mention.which == "last"), 6 * number - 5, 1)
    if first > today and mention.year is None and not mention.which and not lean.ahead:
        first = calendar.months_moved(first, -12)
    return calendar.month_of(first, 6)


def decade_days(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """Ten years, or some of them. Raises NoSuchDate."""
    begins = mention.year or today.year
    first, last = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}.get(mention.part, (0, 9))
    return Days(first=calendar.year_of(begins + first).first, last=calendar.year_of(begins + last).last)


def iso_week_days(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """Weeks as ISO 8601 numbers them; without a year the last such one. Raises NoSuchDate."""
    number = (mention.numbers or (1, 0))[0]
    year = mention.year or today.year - (mention.which == "last")
    try:
        monday = date.fromisocalendar(year, number, 1)
        if monday > today and mention.year is None and not mention.which and not lean.ahead:
            monday = date.fromisocalendar(year - 1, number, 1)
    except ValueError:
        raise NoSuchDate(f"The year {year} has no week {number}.") from None
    return Days(first=monday, last=calendar.moved(monday, 6))


def this_time_days(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """The same day, week or month a year, a month or a week ago, or the days about it. Raises NoSuchDate."""
    if mention.unit == "week":
        there = calendar.moved(today, -7)
    else:
        there = calendar.months_moved(today, -12 if mention.unit == "year" else -1)
    match mention.part:
        case "day":
            return calendar.one(there)
        case "week":
            return calendar.week_of(there, 0, 1, region.week_begins)
        case "month":
            return calendar.month_of(there)
    away = {"year": 7, "month": 3}.get(mention.unit, 0)
    return Days(first=calendar.moved(there, -away), last=calendar.moved(there, away))


def other_day_days(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """A little while ago: a week, or a few of what is named."""
    longest = {"week": 28, "month": 92}.get(mention.unit, 7)
    return Days(first=calendar.moved(today, -longest), last=calendar.moved(today, -1))


def no_day_days(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """Raises NoSuchDate always."""
    raise NoSuchDate(f"There is no {mention.words} in the calendar.")


def quarter_from(today: date, step: int) -> Days:
    """The quarter `step` from that of a day. Raises NoSuchDate."""
    first = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    return calendar.month_of(calendar.months_moved(first, 3 * step), 3)
