"""Days and hours named in a sentence that speaks of what is to come, with their clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.dates.calendar import NoSuchDate, months_moved
from core.dates.clock import AFTER_A_DAY, BEFORE_A_DAY, clock
from core.dates.grammar import Form, Mention, mentions, wholly
from core.dates.spans import Lean, days_of
from core.dates.words import ANY_WEEKDAY, MONTHS, NUMBERS, weekday

_FORMS = frozenset(
    {
        Form.ISO,
        Form.DAY,
        Form.DAYS,
        Form.NEAR,
        Form.HENCE,
        Form.TURN,
        Form.WEEKDAY,
        Form.BARE_WEEKDAY,
        Form.END,
    }
)
"""An appointment has a day, a week or a month; a promise at most the end of one."""
_SURE = frozenset({Form.ISO, Form.DAY, Form.DAYS})
"""Where two ways to name a day stand side by side, the one that says which it is."""
_LEAD = re.compile(r"\b(?:on|by|until|before|for|from|at)\s+$", re.IGNORECASE)
_SHORT_WEEKDAY = re.compile(r"\b(?:mon|tues?|wed|thurs?|fri|sat|sun)\.?,?\s+$", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"\s+(?:morning|afternoon|evening|night)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,]*(?:(?:on|the)\s+)*", re.IGNORECASE)
_NTH = re.compile(
    r"\b(?:the\s+)?(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)\b(?:\s*(?:to|-|–|until)\s*(?:the\s+)?(?P<last>[12]?\d|3[01])"
    r"(?:st|nd|rd|th)\b)?(?!\s+(?:of|time|floor|century|street|birthday|anniversary|place|grade|january|february"
    r"|march"
    r"|april|may|june|july|august|september|october|november|december)\b)(?<!\d)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?<![\d.])(?P<day>[12]?\d|3[01])\.\s?(?P<month>1[0-2]|0?[1-9])\.(?!\d)")
_WEEKDAY_ALONE = re.compile(rf"\b(?P<weekday>{ANY_WEEKDAY}|mon|tue|wed|thu|fri|sat|sun)\b\.?", re.IGNORECASE)
_HOUR = "|".join(NUMBERS)
_BEHIND = re.compile(
    rf"[\s,]*(?:(?:at|from|kick-?off(?:\s+at)?)\s+)?(?:(?P<exact>(?:[01]?\d|2[0-3])[:.][0-5]\d(?:\s?[ap]\.?m\b\.?)?"
    rf"|(?:1[0-2]|[1-9])\s?[ap]\.?m\b\.?|noon|midnight)|(?P<half>half past (?:{_HOUR}))"
    rf"|(?P<first>\d{{1,2}})\s*(?:to|-|–)\s*(?P<last>\d{{1,2}})(?=\s*(?:$|[,.;!]))"
    rf"|(?P<told>(?:\d{{1,2}}|{_HOUR}))\s+(?:o'clock|in the (?P<part>morning|afternoon|evening))"
    rf"|(?<=at\s)(?P<bare>\d{{1,2}}|{_HOUR})(?=\s*(?:$|[,.;!)]|\b(?:at|in|for|with|and|sharp|near|by|then|as|so"
    rf"|if)\b)))",
    re.IGNORECASE,
)
_EARLY = 7
"""A bare hour up to here is one of the afternoon or evening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A span of time named in a text at `start`..`end`; without a clock it is whole days."""

    start: int
    end: int
    begins: datetime
    ends: datetime
    clock: bool


def whens(text: str, at: datetime) -> Iterator[When]:
    """Every day or hour named in `text`, in order. Days without a year are the next such day from `at` on."""
    for start, end, first, last, part in _joined(text, [*_named(text, at.date()), *_numbered(text, at.date())]):
        try:
            yield _clocked(text, start, end, first, last, part, at)
        except OverflowError:
            continue


_Days = tuple[int, int, date, date, bool, str]
"""Where it stands, the first and the last day, whether it says which day it is, and the part of the day."""


def _named(text: str, today: date) -> Iterator[_Days]:
    for mention in mentions(text, _FORMS):
        if mention.unit == "year" or mention.vague:
            continue
        try:
            days = days_of(mention, today, Lean.COMING)
        except (NoSuchDate, OverflowError):
            continue
        part = _PART_OF_DAY.match(text, mention.end)
        told = _part(mention, part)
        end = part.end() if part and told else mention.end
        yield mention.start, end, days.first, days.last, mention.form in _SURE, told


def _part(mention: Mention, part: re.Match[str] | None) -> str:
    if part and mention.form in (Form.NEAR, Form.WEEKDAY, Form.BARE_WEEKDAY):
        return part[0].strip().lower()
    return "night" if mention.words.lower() == "tonight" else ""


def _numbered(text: str, today: date) -> Iterator[_Days]:
    """The 27th, the 20th to the 27th, 16.6."""
    for match in _NTH.finditer(text):
        first = _next(today, int(match["day"]), None)
        last = _next(first, int(match["last"]), None) if first and match["last"] else first
        if first and last:
            yield match.start(), match.end(), first, last, True, ""
    for match in _WEEKDAY_ALONE.finditer(text):
        if _BEHIND.match(text, match.end()):
            ahead = (weekday(match["weekday"]) - today.weekday() - 1) % 7 + 1
            one = today + timedelta(days=ahead)
            yield match.start(), match.end(), one, one, False, ""
    for match in _DOTTED.finditer(text):
        day = _next(today, int(match["day"]), int(match["month"]))
        if day:
            yield match.start(), match.end(), day, day, True, ""


def _next(today: date, day: int, month: int | None) -> date | None:
    """The next such day from `today` on, within a year."""
    for step in range(13):
        try:
            first = months_moved(today.replace(day=1), step)
            found = first.replace(day=day)
        except (ValueError, OverflowError, NoSuchDate):
            continue
        if found >= today and (month is None or found.month == month):
            return found
    return None


def _joined(text: str, found: list[_Days]) -> Iterator[tuple[int, int, date, date, str]]:
    """In order; "Wednesday, 11 June" is one day, told twice."""
    known: list[_Days] = []
    for one in sorted(found, key=lambda one: (one[0], -one[1])):
        before = known[-1] if known else None
        if before is not None and one[0] < before[1]:
            continue
        if before is not None and _BETWEEN.fullmatch(text[before[1] : one[0]]) and (before[4] != one[4]):
            sure = one if one[4] else before
            known[-1] = (before[0], one[1], sure[2], sure[3], True, before[5] or one[5])
        else:
            known.append(one)
    for start, end, first, last, _, part in known:
        yield start, end, first, last, part


def _clocked(text: str, start: int, end: int, first: date, last: date, part: str, at: datetime) -> When:
    short = _SHORT_WEEKDAY.search(text[:start])
    start = short.start() if short else start
    hour: time | None = None
    until: time | None = None
    before = BEFORE_A_DAY.search(text[:start])
    if before:
        start, hour = before.start(), clock(before["clock"])
    leading = _LEAD.search(text[:start])
    start = leading.start() if leading else start
    if hour is None and (behind := _BEHIND.match(text, end)):
        hour, until = _hours(behind, part)
        end = behind.end() if hour else end
    if hour is None and (after := AFTER_A_DAY.match(text, end)):
        end, hour = after.end(), clock(after["clock"])
    begins = datetime.combine(first, hour or time(), tzinfo=at.tzinfo)
    ends = datetime.combine(last, time(23, 59, 59), tzinfo=at.tzinfo)
    if hour and until and until > hour:
        ends = datetime.combine(last, until, tzinfo=at.tzinfo)
    elif hour:
        ends = begins + timedelta(hours=1)
    return When(start=start, end=end, begins=begins, ends=ends, clock=hour is not None)


def _hours(match: re.Match[str], part: str) -> tuple[time | None, time | None]:
    """The hour that was told, and until when."""
    if match["exact"]:
        told = match["exact"].lower()
        return clock(told if ":" in told or "m" in told or not told[0].isdigit() else told.replace(".", ":")), None
    if match["half"]:
        hour = _number(match["half"].split()[-1])
        return time(_guessed(hour, part), 30), None
    if match["first"]:
        first, last = int(match["first"]), int(match["last"])
        return (time(first), time(last)) if first < last < 24 else (None, None)
    hour = _number(match["told"] or match["bare"])
    if hour > 23:
        return None, None
    return time(_guessed(hour, match["part"] or part)), None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.index(word.lower()) + 1


def _guessed(hour: int, part: str) -> int:
    """Which half of the day an hour without one is in."""
    if part == "morning":
        return hour % 24
    late = part in ("afternoon", "evening", "night") or hour <= _EARLY
    return hour + 12 if late and 0 < hour < 12 else hour


def day_in_year(text: str) -> str | None:
    """A birthday as "12 March" or "4 May 1988", from any of the ways to write it; None when it is none."""
    told = re.sub(r"^on\s+", "", text.strip(), flags=re.IGNORECASE)
    named = next(wholly(told, {Form.DAY}), None)
    if named is None or named.month is None:
        return None
    return f"{named.day} {MONTHS[named.month - 1]}" + (f" {named.year}" if named.year else "")
