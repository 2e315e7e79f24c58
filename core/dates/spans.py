"""Says which days words mean, against the day they are said on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from core.dates import calendar, words
from core.dates.calendar import Days, NoSuchDate
from core.dates.grammar import Form, Mention
from core.dates.lean import Lean
from core.dates.named import (
    BACK,
    HABIT,
    ON,
    decade_days,
    half_days,
    holiday_days,
    iso_month_days,
    iso_week_days,
    no_day_days,
    other_day_days,
    quarter_from,
    this_time_days,
)
from core.dates.region import Region

__all__ = ["Lean", "days_of"]

_TURN_SIZES = {"day": 1.0, "night": 1.0, "week": 7.0, "weekend": 7.0, "fortnight": 14.0, "month": 30.44, "year": 365.25}
_LEAP = 8
"""Years within which every day of the calendar comes again, also where a leap year is left out."""


_REGION = Region()


def days_of(mention: Mention, today: date, lean: Lean, region: Region = _REGION) -> Days:
    """The days that the mention means when it is said on `today`. Raises NoSuchDate.

    Weeks begin as the region has it. Told of the past, "a week ago" is the week around that day; asked for it, it is
    that week of the calendar, like "last week", since who asks is vaguer than who tells. "A month ago" is that month,
    "a year ago" that year; "in a week" and its like are the day itself. "Last Friday" is before today;
    "next Friday" is that of the next week, since the nearest is called "Friday", "this" or "the coming" one.
    """
    return _READERS[mention.form](mention, today, lean, region)


def _day(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
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
    bias = {Lean.RATHER_PAST: -HABIT, Lean.RATHER_COMING: HABIT}.get(lean, 0)
    return min(found, key=lambda one: abs((one - today).days - bias))


def _nth(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """The next day of that number, also today; the last one where none comes soon."""
    first, number = today.replace(day=1), mention.day or 1
    months = [calendar.month_of(calendar.months_moved(first, step)) for step in (-1, 0, 1)]
    near = [month.first.replace(day=number) for month in months if number <= month.last.day]
    return calendar.one(next((day for day in near if day >= today), near[-1]))


def _month(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    month, which = mention.month or 1, mention.which
    if mention.year is not None:
        year = mention.year
    elif which == "this":
        year = today.year
    elif which == "next":
        year = today.year + (month <= today.month)
    elif which == "last":
        year = today.year - (month >= today.month)
    elif lean.ahead and which != "back in":
        year = today.year + (month < today.month)
    else:
        year = today.year - (month > today.month)
    return calendar.part_of(calendar.month_of(calendar.day(year, month, 1)), mention.part.partition(" ")[0])


def _near(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    told = words.fold(mention.words)
    steps = (("before", -2), ("after ", 2), ("yesterday", -1), ("last", -1), ("tomorrow", 1))
    return calendar.one(calendar.moved(today, next((step for word, step in steps if word in told), 0)))


def _ago(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    count, unit = mention.count, mention.unit
    if unit in ("day", "night") or mention.today:
        return _days_ago(mention, today, lean)
    if unit == "weekend":
        return calendar.weekend_of(today, -count)
    if unit in ("week", "fortnight"):
        if lean is Lean.PAST:
            return calendar.week_of(today, -count * (2 if unit == "fortnight" else 1), 1, region.week_begins)
        middle = calendar.moved(today, -count * (14 if unit == "fortnight" else 7))
        return Days(first=calendar.moved(middle, -3), last=calendar.moved(middle, 3))
    if unit == "year":
        return calendar.year_of(today.year - count)
    return calendar.month_of(calendar.months_moved(today, -count))


def _days_ago(mention: Mention, today: date, lean: Lean) -> Days:
    """One day; asked for with a vague count, the days on either side of it too."""
    if mention.unit in ("month", "year"):
        return calendar.one(calendar.months_moved(today, -mention.count * (12 if mention.unit == "year" else 1)))
    day = calendar.moved(today, -mention.count * round(_TURN_SIZES[mention.unit]))
    if mention.vague and lean is Lean.PAST:
        return Days(first=calendar.moved(day, -2), last=calendar.moved(day, 1))
    return calendar.one(day)


def _hence(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    count, unit = mention.count, mention.unit
    if unit in ("month", "year"):
        return calendar.one(calendar.months_moved(today, count * (12 if unit == "year" else 1)))
    return calendar.one(calendar.moved(today, count * {"week": 7, "fortnight": 14}.get(unit, 1)))


def _past(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    return Days(first=calendar.moved(today, -round(mention.count * _TURN_SIZES[mention.unit])), last=today)


def _turn(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    step = -1 if mention.which in BACK else 1 if mention.which in ON else 0
    match mention.unit:
        case "day" | "night":
            return calendar.one(calendar.moved(today, step))
        case "week":
            return calendar.week_of(today, step, 1, region.week_begins)
        case "fortnight":
            return calendar.week_of(today, 2 * step if step < 0 else step, 2, region.week_begins)
        case "weekend":
            coming = step > 0 and mention.which != "next" and today.weekday() < 5
            return calendar.weekend_of(today, 0 if coming else step)
        case "month":
            return calendar.month_of(calendar.months_moved(today, step))
        case "quarter":
            return quarter_from(today, step)
        case _:
            return calendar.year_of(today.year + step)


def _weekday(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    wanted, which = mention.weekday or 0, mention.which
    if which == "this" and today.weekday() == wanted:
        return calendar.one(today)
    if which == "next":
        return calendar.one(calendar.moved(calendar.week_of(today, 1).first, wanted))
    ahead = which in ON or (which not in BACK and lean.ahead) or (which == "this" and lean is not Lean.PAST)
    step = calendar.weekday_after if ahead else calendar.weekday_before
    return calendar.one(step(today, wanted))


def _season(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    begins = (words.SEASONS[mention.season] + (5 if region.south else -1)) % 12 + 1
    if mention.year is not None:
        return calendar.season_of(mention.year, begins)
    year = today.year - (today.month < begins)
    begun = calendar.season_of(year, begins)
    if mention.which == "last":
        return begun if begun.last < today else calendar.season_of(year - 1, begins)
    if mention.which == "this" and begun.last < today and lean is not Lean.PAST:
        return calendar.season_of(today.year, begins)
    return calendar.season_of(year + 1, begins) if mention.which == "next" else begun


def _end(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    step = int(mention.which == "next")
    if mention.unit == "week":
        return Days(first=today, last=calendar.week_of(today, step, 1, region.week_begins).last)
    if mention.unit == "month":
        return Days(first=today, last=calendar.month_of(calendar.months_moved(today, step)).last)
    return Days(first=today, last=calendar.moved(today, step))


def _year(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    return calendar.year_of(mention.year or today.year)


def _numeric(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """Dots put the day first; with slashes the region decides, unless only one of the two can be the month."""
    first, second = mention.numbers or (1, 1)
    month_first = region.month_first and not mention.dotted
    if first > 12 or second > 12:
        month_first = first <= 12
    month, number = (first, second) if month_first else (second, first)
    if month > 12:
        raise NoSuchDate(f"There is no {mention.words} in the calendar.")
    if mention.year is None:
        return calendar.one(_without_year(month, number, today, lean))
    return calendar.one(calendar.day(mention.year, month, number))


def _days(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """Both days in the year of the last, which keeps to the lean. Raises NoSuchDate."""
    first, second = mention.numbers or (1, 1)
    last = _day(replace(mention, day=second), today, lean, region).last
    if first > second:
        raise NoSuchDate(f"That time ends before it begins ({mention.words}).")
    return Days(first=last.replace(day=first), last=last)


def _quarter(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    if mention.unit:
        return _turn(mention, today, lean, region)
    number = mention.ordinal if mention.ordinal > 0 else 4
    if mention.year is not None or mention.which:
        step = {"last": -1, "next": 1}.get(mention.which, 0)
        return calendar.quarter_of(mention.year or today.year + step, number)
    begun = calendar.quarter_of(today.year, number)
    return begun if begun.first <= today or lean.ahead else calendar.quarter_of(today.year - 1, number)


def _before_last(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """Last or next, and once more from there."""
    ahead = mention.which == "next"
    if mention.unit:
        day = {"night": "day"}.get(mention.unit, mention.unit)
        near = _turn(replace(mention, unit=day), today, lean, region)
        return _turn(replace(mention, unit=day), near.first, lean, region)
    form = (
        Form.HOLIDAY if mention.holiday else Form.SEASON if mention.season else Form.MONTH if mention.month
        else Form.WEEKDAY
    )  # fmt: skip
    near = days_of(replace(mention, form=form), today, lean, region)
    once_more = near.last if ahead else near.first
    return days_of(replace(mention, form=form), once_more, lean, region)


def _weekdays_ago(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    last = calendar.weekday_before(today, mention.weekday or 0)
    return calendar.one(calendar.moved(last, -7 * (mention.count - 1)))


def _coming(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    return Days(first=today, last=calendar.moved(today, round(mention.count * _TURN_SIZES[mention.unit])))


def _edge(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    whole = _turn(replace(mention, which=mention.which or "this", part=""), today, lean, region)
    return calendar.part_of(whole, mention.part)


def _earlier(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    if not mention.unit:
        return calendar.one(today)
    whole = _turn(replace(mention, which="this"), today, lean, region)
    if words.fold(mention.words).startswith("later"):
        return Days(first=today, last=whole.last)
    return Days(first=whole.first, last=today)


def _loose_weekend(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """The weekend that has begun, or the last; the coming one where it looks ahead."""
    if lean.ahead or today.weekday() >= 5:
        return calendar.weekend_of(today)
    return calendar.weekend_of(today, -1)


def _loose_nth(mention: Mention, today: date, lean: Lean, region: Region) -> Days:
    """The last day of that number, today included. Raises NoSuchDate."""
    number = mention.day or 1
    for step in range(0, -3, -1):
        month = calendar.month_of(calendar.months_moved(today.replace(day=1), step))
        if number <= month.last.day and month.first.replace(day=number) <= today:
            return calendar.one(month.first.replace(day=number))
    raise NoSuchDate(f"There is no {number} in these months.")


_READERS: dict[Form, Callable[[Mention, date, Lean, Region], Days]] = {
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
    Form.DAYS: _days,
    Form.NUMERIC: _numeric,
    Form.ISO_MONTH: iso_month_days,
    Form.HOLIDAY: holiday_days,
    Form.QUARTER: _quarter,
    Form.HALF: half_days,
    Form.DECADE: decade_days,
    Form.BEFORE_LAST: _before_last,
    Form.THIS_TIME: this_time_days,
    Form.OTHER_DAY: other_day_days,
    Form.EARLIER: _earlier,
    Form.LOOSE_WEEKEND: _loose_weekend,
    Form.LOOSE_WEEKDAY: _weekday,
    Form.LOOSE_NTH: _loose_nth,
    Form.WEEKDAYS_AGO: _weekdays_ago,
    Form.ISO_WEEK: iso_week_days,
    Form.COMING: _coming,
    Form.EDGE: _edge,
    Form.NO_DAY: no_day_days,
}
