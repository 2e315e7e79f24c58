"""Days and hours named in a sentence, resolved against the moment it was said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<{0}>(?:19|20)\d\d))?"
DAY_AND_MONTH = (
    rf"(?:the\s+)?{_DAY.format('d1')}\s+(?:of\s+)?{_MONTH.format('m1')}\b{_YEAR.format('y1')}"
    rf"|{_MONTH.format('m2')}\s+(?:the\s+)?{_DAY.format('d2')}\b(?!:){_YEAR.format('y2')}"
)
_WEEKDAY = "|".join(_WEEKDAYS)
_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_CLOCK = (
    r"(?:\s*,?\s*(?:at|by|from|around)?\s*(?P<clock>(?<=at\s)(?:"
    + "|".join(_HOURS)
    + r")(?:\s+o'clock)?(?:\s+in\s+the\s+(?:morning|afternoon|evening))?|noon|midnight"
    r"|[0-2]?\d:[0-5]\d(?:\s*[ap]\.?m\b\.?)?|[01]?\d\s*[ap]\.?m\b\.?|(?<=at\s)[0-2]?\d(?=\s*(?:[.,;!]|$))))?"
)
_WHEN = re.compile(
    r"(?P<lead>\b(?:on|by|until|before|for|from|at)\s+)?"
    r"(?:(?P<first>\b(?:at\s+)?(?:[0-2]?\d:[0-5]\d(?:\s*[ap]m)?|[01]?\d\s*[ap]m|noon))\s+(?:on\s+)?)?"
    r"\b(?:"
    r"(?P<iso>20\d\d-[01]\d-[0-3]\d)"
    rf"|(?:(?:{_WEEKDAY}),?\s+(?:the\s+)?)?(?:{DAY_AND_MONTH})"
    r"|(?P<plain>the day after tomorrow|tomorrow|today|tonight|yesterday)(?:\s+(?:morning|afternoon|evening|night))?"
    rf"|(?P<turn>next|this|last|coming)\s+(?P<w1>{_WEEKDAY}|week|weekend|month)"
    r"|the\s+end\s+of\s+(?:the|this|next)\s+(?P<end>day|week|month)"
    rf"|(?P<w2>{_WEEKDAY})(?:\s+(?:morning|afternoon|evening|night))?"
    r"|in\s+(?P<n>\d{1,2}|an?|one|two|three|four|five|six|ten)\s+(?P<unit>day|week|month)s?"
    rf")\b{_CLOCK}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A span of time named in a text at `start`..`end`; without a clock it is whole days."""

    start: int
    end: int
    begins: datetime
    ends: datetime
    clock: bool
    lead: str
    """The word before it: by, on, until, ..."""


def whens(text: str, at: datetime) -> Iterator[When]:
    """Every day or hour named in `text`, in order. Days without a year are the next such day from `at` on."""
    for match in _WHEN.finditer(text):
        span = _days(match, at.date())
        if span is None:
            continue
        first, last = span
        clock = _clock(match["clock"] or match["first"] or "")
        zone = at.tzinfo
        begins = datetime.combine(first, clock or time(), tzinfo=zone)
        ends = begins + timedelta(hours=1) if clock else datetime.combine(last, time(23, 59, 59), tzinfo=zone)
        yield When(
            start=match.start(),
            end=match.end(),
            begins=begins,
            ends=ends,
            clock=clock is not None,
            lead=(match["lead"] or "").strip().lower(),
        )


def day_in_year(text: str) -> str | None:
    """A birthday as "12 March" or "4 May 1988", from any of the ways to write it; None when it is none."""
    match = re.fullmatch(rf"(?:on\s+)?(?:{DAY_AND_MONTH})", text.strip(), re.IGNORECASE)
    if match is None:
        return None
    day, month = int(match["d1"] or match["d2"]), _month(match["m1"] or match["m2"])
    if not 1 <= day <= 31:
        return None
    year = match["y1"] or match["y2"]
    return f"{day} {MONTHS[month - 1].capitalize()}" + (f" {year}" if year else "")


def _month(name: str) -> int:
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(name.lower()[:3]))


def _days(match: re.Match[str], today: date) -> tuple[date, date] | None:
    try:
        if match["iso"]:
            day = date.fromisoformat(match["iso"])
        elif match["d1"] or match["d2"]:
            day = _dated(match, today)
        elif match["plain"]:
            ahead = {"tomorrow": 1, "today": 0, "tonight": 0, "yesterday": -1}
            day = today + timedelta(days=ahead.get(match["plain"].lower(), 2))
        elif match["w2"]:
            day = today + timedelta(days=(_WEEKDAYS.index(match["w2"].lower()) - today.weekday() - 1) % 7 + 1)
        else:
            return _span(match, today)
    except (ValueError, OverflowError):
        return None
    return day, day


def _dated(match: re.Match[str], today: date) -> date:
    day, month = int(match["d1"] or match["d2"]), _month(match["m1"] or match["m2"])
    year = match["y1"] or match["y2"]
    if year:
        return date(int(year), month, day)
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)


def _span(match: re.Match[str], today: date) -> tuple[date, date] | None:
    monday = today - timedelta(days=today.weekday())
    if match["unit"]:
        count = _NUMBERS.get(match["n"].lower()) or int(match["n"])
        days = {"day": 1, "week": 7, "month": 30}[match["unit"].lower()] * count
        day = today + timedelta(days=days)
        return day, day
    if match["end"]:
        return today, _end_of(match["end"].lower(), today, " next " in match[0].lower())
    turn, what = match["turn"].lower(), match["w1"].lower()
    weeks = {"next": 1, "last": -1}.get(turn, 0)
    if what == "week":
        first = monday + timedelta(weeks=weeks)
        return first, first + timedelta(days=6)
    if what == "weekend":
        first = monday + timedelta(weeks=weeks, days=5)
        return first, first + timedelta(days=1)
    if what == "month":
        middle = today.replace(day=15) + timedelta(days=30 * weeks)
        return middle.replace(day=1), _end_of("month", middle, False)
    ahead = (_WEEKDAYS.index(what) - today.weekday()) % 7 or 7
    if turn == "last":
        day = today + timedelta(days=ahead - 7)
        day = day - timedelta(days=7) if day == today else day
    elif turn == "next":
        day = monday + timedelta(weeks=1, days=_WEEKDAYS.index(what))
    else:
        day = today + timedelta(days=ahead)
    return day, day


def _end_of(what: str, today: date, following: bool) -> date:
    if what == "day":
        return today
    if what == "week":
        return today + timedelta(days=6 - today.weekday() + (7 if following else 0))
    first = today.replace(day=28) + timedelta(days=4)
    if following:
        first = first.replace(day=28) + timedelta(days=4)
    return first.replace(day=1) - timedelta(days=1)


def _spelt(text: str) -> time | None:
    """ "six in the evening" and the like."""
    first, _, rest = text.partition(" ")
    if first not in _HOURS:
        return None
    hour = _HOURS.index(first) + 1
    late = "evening" in rest or "afternoon" in rest
    return time((hour % 12) + (12 if late else 0))


def _clock(text: str) -> time | None:
    text = text.lower().replace(".", "").replace("at ", "").strip()
    if not text:
        return None
    if text in ("noon", "midnight"):
        return time(12) if text == "noon" else time(23, 59)
    match = re.fullmatch(r"(\d{1,2})(?::(\d\d))?\s*([ap]m)?", text)
    if match is None:
        return _spelt(text)
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] == "pm" and hour < 12:
        hour += 12
    elif match[3] == "am" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 else None
