"""Reads the days that a gold answer or an answer names: "7 May 2023", "The week before 9 June 2023", "2022"."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_IN_ORDER = "january february march april may june july august september october november december"
_IN_A_WEEK = "monday tuesday wednesday thursday friday saturday sunday"
MONTHS, _WEEKDAYS = _IN_ORDER.split(), _IN_A_WEEK.split()
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "few": 3, "couple": 2}
_NO_YEAR = 4
"""A leap year nobody speaks of: stands where no year was named."""

_YEAR = r"(?P<year>(?:19|20)\d\d)"
MONTH = rf"(?P<month>{'|'.join(f'{name[:3]}(?:[a-z]*{name[-1]})?' for name in MONTHS)}|sept)(?![a-z])\.?"
"""A month's name, also shortened or with a letter missing, as gold answers have it."""
_GAP = r"[\s,.`'(]*"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_ANCHORS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",
        rf"\b{_DAY}(?: of)?{_GAP}{MONTH}{_GAP}{_YEAR}\b",
        rf"\b{MONTH}{_GAP}{_DAY}{_GAP}{_YEAR}\b",
        rf"\b(?P<season>{'|'.join(_SEASONS)})(?: of)?{_GAP}{_YEAR}\b",
        rf"\b{MONTH}{_GAP}{_YEAR}\b",
        rf"\b{_DAY}(?: of)? {MONTH}\b",
        rf"\b{MONTH} {_DAY}\b",
        rf"\b{_YEAR}\b",
    )
)
_COUNT = rf"(?P<count>\d+|(?:a )?(?:{'|'.join(_COUNTS)})(?: of)?)"
_BESIDE = re.compile(
    rf"(?:{_COUNT} )?(?:(?P<unit>day|week|weekend|month|year)s?|(?P<weekday>{'|'.join(_WEEKDAYS)})s?)"
    r" (?P<way>before|after|of|prior to|following) (?:the )?$"
)
_ORDER = re.compile(r"(?P<order>first|second|third|fourth|last) (?P<unit>week|weekend) (?:of|in) $")
_PART = re.compile(r"(?P<part>early|beginning of|start of|mid|middle of|late|end of)[ -](?:in )?(?:the )?$")
_ABOUT = re.compile(r"(?:about|around|circa|approximately) $")
_WORDS = (
    "the in on since around about last first second third before after of week weekend weekends weeks day days month"
    " months year years early late mid end beginning st nd rd th"
)
_OF_TIMES = frozenset((*_WORDS.split(), *_COUNTS, *_WEEKDAYS, *_SEASONS))


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends within it."""

    first: date
    last: date

    def right(self, said: "Days") -> bool:
        """Whether what was said is at least as exact as this and lies within it; years only where this names one."""
        if self.first.year == _NO_YEAR:
            said = Days(said.first.replace(year=_NO_YEAR), said.last.replace(year=_NO_YEAR))
        return self.first <= said.first and said.last <= self.last


def month_number(name: str) -> int:
    """1 .. 12 of a month's first letters."""
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def days(text: str) -> Days | None:
    """The first time that a text names by the calendar, with what stands before it ("the week before"), or None."""
    told = " ".join(text.casefold().split())
    found = [match for pattern in _ANCHORS if (match := pattern.search(told))]
    if not found:
        return None
    anchor = min(found, key=lambda match: (match.start(), -match.end()))
    try:
        return _beside(told[: anchor.start()], _anchor(anchor))
    except ValueError:
        return None


def only_days(text: str) -> Days | None:
    """The same for a text that is a time and hardly anything else, as a gold answer is."""
    words = re.findall(r"[a-z]+", text.casefold())
    if any(word not in _OF_TIMES and not any(word.startswith(month[:3]) for month in MONTHS) for word in words):
        return None
    return days(text)


def _anchor(found: re.Match[str]) -> Days:
    named = found.groupdict()
    year = int(named["year"]) if named.get("year") else _NO_YEAR
    if named.get("season"):
        return _months(date(year, _SEASONS[named["season"]], 1), 3)
    if not named.get("month"):
        return Days(date(year, 1, 1), date(year, 12, 31))
    month = int(named["month"]) if named["month"].isdecimal() else month_number(named["month"])
    if named.get("day"):
        day = date(year, month, int(named["day"]))
        return Days(day, day)
    return _months(date(year, month, 1), 1)


def _months(first: date, count: int) -> Days:
    year, month = divmod(first.year * 12 + first.month - 2 + count, 12)
    return Days(first, date(year, month + 1, monthrange(year, month + 1)[1]))


def _beside(before: str, at: Days) -> Days:
    """What the words before a time make of it."""
    for pattern, read in _READERS:
        if match := pattern.search(before):
            return read(match, at)
    return at


def _moved(at: Days, by: int) -> Days:
    return Days(at.first + timedelta(by), at.last + timedelta(by))


def _around(day: date, by: int) -> Days:
    return Days(day - timedelta(by), day + timedelta(by))


def _week_of(day: date) -> Days:
    monday = day - timedelta(day.weekday())
    return Days(monday, monday + timedelta(6))


def _weekend_of(day: date) -> Days:
    """The nearest one: from Monday and Tuesday the one before."""
    sunday = _week_of(day - timedelta(7 if day.weekday() < 2 else 0)).last
    return Days(sunday - timedelta(1), sunday)


def _counted(match: re.Match[str], at: Days) -> Days:
    told = (match["count"] or "").removesuffix(" of").split()
    word = told[-1] if told else ""
    count = int(word) if word.isdecimal() else _COUNTS.get(word, 1)
    back = match["way"] in ("before", "prior to")
    step = -count if back else count
    day = at.first if back else at.last
    if match["way"] == "of":
        return {"week": _week_of(day), "weekend": _weekend_of(day)}.get(match["unit"] or "", at)
    if match["weekday"]:
        return _weekday(day, _WEEKDAYS.index(match["weekday"]), step)
    if match["unit"] == "weekend":
        saturday = _weekday(day, 5, step).first
        saturday -= timedelta(7 if back and (day - saturday).days == 1 else 0)
        return Days(saturday, saturday + timedelta(1))
    if word == "few":
        return (
            Days(day + timedelta(min(step, 0) * 2), day + timedelta(max(step, 0) * 2)) if match["unit"] == "day" else at
        )
    if match["unit"] == "day":
        return _moved(Days(day, day), step)
    if match["unit"] == "week":
        if count == 1:
            return (
                Days(day - timedelta(7), day - timedelta(1)) if back else Days(day + timedelta(1), day + timedelta(7))
            )
        return _around(day + timedelta(7 * step), 3)
    months = step * (12 if match["unit"] == "year" else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return (
        Days(date(year, 1, 1), date(year, 12, 31)) if match["unit"] == "year" else _months(date(year, month + 1, 1), 1)
    )


def _weekday(day: date, wanted: int, step: int) -> Days:
    if step < 0:
        found = day - timedelta((day.weekday() - wanted - 1) % 7 + 1 + 7 * (-step - 1))
    else:
        found = day + timedelta((wanted - day.weekday() - 1) % 7 + 1 + 7 * (step - 1))
    return Days(found, found)


def _ordered(match: re.Match[str], at: Days) -> Days:
    number = ("first", "second", "third", "fourth", "last").index(match["order"])
    if match["unit"] == "week":
        first = at.last - timedelta(6) if number == 4 else at.first + timedelta(7 * number)
        return Days(first, first + timedelta(6))
    saturday = (
        _weekday(at.last + timedelta(1), 5, -1).first if number == 4 else _weekday(at.first - timedelta(1), 5, 1).first
    )
    saturday += timedelta(7 * number if number < 4 else 0)
    return Days(saturday, saturday + timedelta(1))


def _part(match: re.Match[str], at: Days) -> Days:
    third = ((at.last - at.first).days + 1) // 3
    if match["part"] in ("early", "beginning of", "start of"):
        return Days(at.first, at.first + timedelta(third))
    if match["part"] in ("late", "end of"):
        return Days(at.last - timedelta(third), at.last)
    return Days(at.first + timedelta(third), at.last - timedelta(third))


def _roughly(match: re.Match[str], at: Days) -> Days:
    return _around(at.first, 3) if at.first == at.last else at


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Days], Days]], ...] = (
    (_ORDER, _ordered),
    (_BESIDE, _counted),
    (_PART, _part),
    (_ABOUT, _roughly),
)
