"""Says which days words mean, against the day they are said on."""

from collections.abc import Callable
from datetime import date
from enum import Enum, auto

from core.dates import calendar, words
from core.dates.calendar import Days, NoSuchDate
from core.dates.grammar import Form, Mention

_BACK = frozenset({"last", "past", "this past", "previous"})
_ON = frozenset({"next", "coming", "this coming"})
_TURN_SIZES = {"day": 1.0, "night": 1.0, "week": 7.0, "weekend": 7.0, "fortnight": 14.0, "month": 30.44, "year": 365.25}
_LEAP = 8
"""Years within which every day of the calendar comes again, also where a leap year is left out."""
_HABIT = 30
"""Days: people leave the year out of a day that is about a month away."""


class Lean(Enum):
    """Where a time lies that could be behind or ahead of the one who speaks."""

    PAST = auto()
    """Never ahead."""
    RATHER_PAST = auto()
    """Behind, unless the other way is much nearer."""
    RATHER_COMING = auto()
    COMING = auto()
    """Never behind."""

    @property
    def ahead(self) -> bool:
        """Whether it looks to what is to come."""
        return self in (Lean.RATHER_COMING, Lean.COMING)


def days_of(mention: Mention, today: date, lean: Lean) -> Days:
    """The days that the mention means when it is said on `today`. Raises NoSuchDate.

    Weeks run from Monday. "A week ago" is the week around that day and "a year ago" the twelve months, "a month ago"
    that month; "in a week" and its like are the day itself. "Last Friday" is before today, "next Friday" the first
    after it.
    """
    return _READERS[mention.form](mention, today, lean)


def _day(mention: Mention, today: date, lean: Lean) -> Days:
    month, number = mention.month or 1, mention.day or 1
    if mention.year is not None:
        return calendar.one(calendar.day(mention.year, month, number))
    return calendar.one(_without_year(month, number, today, lean))


def _without_year(month: int, number: int, today: date, lean: Lean) -> date:
    found: list[date] = []
    for year in range(max(1, today.year - _LEAP), min(9999, today.year + _LEAP) + 1):
        try:
            found.append(calendar.day(year, month, number))
        except NoSuchDate:
            continue
    if lean is Lean.PAST:
        found = [one for one in found if one <= today]
    elif lean is Lean.COMING:
        found = [one for one in found if one >= today]
    if not found:
        raise NoSuchDate(f"There is no {number} {words.MONTHS[month - 1]} in the calendar.")
    bias = {Lean.RATHER_PAST: -_HABIT, Lean.RATHER_COMING: _HABIT}.get(lean, 0)
    return min(found, key=lambda one: abs((one - today).days - bias))


def _nth(mention: Mention, today: date, lean: Lean) -> Days:
    """The next day of that number, also today; the last one where none comes soon."""
    first, number = today.replace(day=1), mention.day or 1
    months = [calendar.month_of(calendar.months_moved(first, step)) for step in (-1, 0, 1)]
    near = [month.first.replace(day=number) for month in months if number <= month.last.day]
    return calendar.one(next((day for day in near if day >= today), near[-1]))


def _month(mention: Mention, today: date, lean: Lean) -> Days:
    month, which = mention.month or 1, mention.which
    if mention.year is not None:
        year = mention.year
    elif which == "next":
        year = today.year + (month <= today.month)
    elif which == "last":
        year = today.year - (month >= today.month)
    elif lean.ahead and which != "back in":
        year = today.year + (month < today.month)
    else:
        year = today.year - (month > today.month)
    whole = calendar.month_of(calendar.day(year, month, 1))
    if mention.part.startswith(("early", "beginning")):
        return Days(first=whole.first, last=whole.first.replace(day=10))
    if mention.part == "mid":
        return Days(first=whole.first.replace(day=11), last=whole.first.replace(day=20))
    return Days(first=whole.first.replace(day=21), last=whole.last) if mention.part else whole


def _near(mention: Mention, today: date, lean: Lean) -> Days:
    told = words.fold(mention.words)
    steps = (("before", -2), ("after ", 2), ("yesterday", -1), ("last", -1), ("tomorrow", 1))
    return calendar.one(calendar.moved(today, next((step for word, step in steps if word in told), 0)))


def _ago(mention: Mention, today: date, lean: Lean) -> Days:
    count, unit = mention.count, mention.unit
    if unit in ("day", "night"):
        return calendar.one(calendar.moved(today, -count))
    if unit in ("week", "weekend", "fortnight"):
        middle = calendar.moved(today, -count * (14 if unit == "fortnight" else 7))
        return Days(first=calendar.moved(middle, -3), last=calendar.moved(middle, 3))
    if unit == "year":
        return calendar.month_of(calendar.months_moved(today, -12 * count - 6), 12)
    return calendar.month_of(calendar.months_moved(today, -count))


def _hence(mention: Mention, today: date, lean: Lean) -> Days:
    count, unit = mention.count, mention.unit
    if unit in ("month", "year"):
        return calendar.one(calendar.months_moved(today, count * (12 if unit == "year" else 1)))
    return calendar.one(calendar.moved(today, count * {"week": 7, "fortnight": 14}.get(unit, 1)))


def _past(mention: Mention, today: date, lean: Lean) -> Days:
    return Days(first=calendar.moved(today, -round(mention.count * _TURN_SIZES[mention.unit])), last=today)


def _turn(mention: Mention, today: date, lean: Lean) -> Days:
    step = -1 if mention.which in _BACK else 1 if mention.which in _ON else 0
    match mention.unit:
        case "day" | "night":
            return calendar.one(calendar.moved(today, step))
        case "week":
            return calendar.week_of(today, step)
        case "fortnight":
            return calendar.week_of(today, 2 * step if step < 0 else step, 2)
        case "weekend":
            coming = step > 0 and mention.which != "next" and today.weekday() < 5
            return calendar.weekend_of(today, 0 if coming else step)
        case "month":
            return calendar.month_of(calendar.months_moved(today, step))
        case _:
            return calendar.year_of(today.year + step)


def _weekday(mention: Mention, today: date, lean: Lean) -> Days:
    wanted, which = mention.weekday or 0, mention.which
    if which == "this" and today.weekday() == wanted:
        return calendar.one(today)
    ahead = which in _ON or (which not in _BACK and lean.ahead) or (which == "this" and lean is not Lean.PAST)
    step = calendar.weekday_after if ahead else calendar.weekday_before
    return calendar.one(step(today, wanted))


def _season(mention: Mention, today: date, lean: Lean) -> Days:
    begins = words.SEASONS[mention.season]
    if mention.year is not None:
        return calendar.season_of(mention.year, begins)
    year = today.year - (today.month < begins)
    begun = calendar.season_of(year, begins)
    if mention.which == "last":
        return begun if begun.last < today else calendar.season_of(year - 1, begins)
    if mention.which == "this" and begun.last < today and lean is not Lean.PAST:
        return calendar.season_of(today.year, begins)
    return calendar.season_of(year + 1, begins) if mention.which == "next" else begun


def _end(mention: Mention, today: date, lean: Lean) -> Days:
    step = int(mention.which == "next")
    if mention.unit == "week":
        return Days(first=today, last=calendar.week_of(today, step).last)
    if mention.unit == "month":
        return Days(first=today, last=calendar.month_of(calendar.months_moved(today, step)).last)
    return Days(first=today, last=calendar.moved(today, step))


def _year(mention: Mention, today: date, lean: Lean) -> Days:
    return calendar.year_of(mention.year or today.year)


_READERS: dict[Form, Callable[[Mention, date, Lean], Days]] = {
    Form.ISO: _day,
    Form.DAY: _day,
    Form.MONTH: _month,
    Form.JOINED_MONTH: _month,
    Form.NEAR: _near,
    Form.AGO: _ago,
    Form.HENCE: _hence,
    Form.PAST: _past,
    Form.TURN: _turn,
    Form.LOOSE_TURN: _turn,
    Form.WEEKDAY: _weekday,
    Form.BARE_WEEKDAY: _weekday,
    Form.SHORT_WEEKDAY: _weekday,
    Form.SEASON: _season,
    Form.LOOSE_SEASON: _season,
    Form.END: _end,
    Form.NTH: _nth,
    Form.YEAR: _year,
}
