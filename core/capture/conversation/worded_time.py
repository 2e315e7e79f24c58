"""A moment as a service writes it for people, in their language: "May 19, 2026, 7:07:02 PM GMT-03:00"."""

import re
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.capture.conversation.report import ImportContext
from core.dates.foreign import foreign_day

LONGEST = 80
"""Characters; a longer line holds more than a moment."""
_PM = r"p\.?\s?m\.?|午後|下午|오후|م"
_AM = r"a\.?\s?m\.?|午前|上午|오전|ص"
_HALVES = rf"(?:{_PM}|{_AM})"
_CLOCKS = tuple(
    re.compile(
        rf"(?P<before>{_HALVES})?\s*(?<![\d.:])(?P<hour>\d{{1,2}}){parts}(?![\d.:]\d)\s*(?P<after>{_HALVES}(?!\w))?",
        re.IGNORECASE,
    )
    for parts in (r":(?P<minute>\d\d)(?::(?P<second>\d\d))?", r"\.(?P<minute>\d\d)\.(?P<second>\d\d)")
)
"""Apart by colons; where there are none, by dots, with seconds."""
_IS_PM = re.compile(_PM, re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC)?\s*(?P<sign>[+\u2212-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ENGLISH = re.compile(
    r"(?:(?P<first>\d{1,2}) )?(?P<month>[A-Z][a-z]{2})[a-z]*\.? ?(?P<second>\d{1,2})?,? (?P<year>\d{4})"
)
_IN_ORDER = re.compile(r"(?P<year>\d{4})\s?[-/.年]\s?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})\s?[日.]?")
_KOREAN = re.compile(r"(?P<year>\d{4})년\s?(?P<month>\d{1,2})월\s?(?P<day>\d{1,2})일")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EAST = (
    (0, ("UTC", "GMT", "Z", "WET")),
    (1, ("CET", "MEZ", "BST", "WEST", "WAT")),
    (2, ("CEST", "MESZ", "EET", "SAST")),
    (3, ("EEST", "MSK", "TRT", "EAT")),
    (5.5, ("IST",)),
    (7, ("ICT", "WIB")),
    (8, ("SGT", "HKT", "AWST")),
    (9, ("JST", "KST")),
    (9.5, ("ACST",)),
    (10, ("AEST",)),
    (11, ("AEDT",)),
    (12, ("NZST",)),
    (13, ("NZDT",)),
)
_WEST = (
    (3, ("BRT", "ART", "CLST")),
    (4, ("EDT", "CLT", "AST")),
    (5, ("EST", "CDT", "COT", "PET")),
    (6, ("CST", "MDT")),
    (7, ("MST", "PDT")),
    (8, ("PST", "AKDT")),
    (9, ("AKST",)),
    (10, ("HST",)),
)
_HOURS = {letters: hours for hours, zones in _EAST for letters in zones}
_HOURS |= {letters: -hours for hours, zones in _WEST for letters in zones}
"""Hours from UTC of the zones by their letters. One that several zones share is the profile's where that fits."""


def worded(text: str, context: ImportContext) -> tuple[datetime, bool] | None:
    """The moment that these words are as a whole, and whether its zone was known; None when they are none.

    Day, month, year and time of day must be there. A zone that is not known is taken for the profile's.
    """
    text = " ".join(text.replace("\u200e", "").replace("\u200f", "").split())
    year = _YEAR.search(text) if len(text) <= LONGEST else None
    clock = next((found for one in _CLOCKS if year and (found := one.search(text, year.end()))), None)
    if clock is None:
        return None
    at = _time(clock)
    day = _day(text[: clock.start()].strip(" ,،"), context.now.date()) if at else None
    if at is None or day is None:
        return None
    plain = datetime.combine(day, at)
    named = text[clock.end() :].strip(" ,()")
    zone = _zone("UTC+8" if named == "CST" and "年" in text else named, plain, context.zone)
    try:
        return context.aware(plain.replace(tzinfo=zone)), zone is not None or not named
    except (ValueError, OverflowError):
        return None


def _time(clock: re.Match[str]) -> time | None:
    hour, half = int(clock["hour"]), clock["before"] or clock["after"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if _IS_PM.fullmatch(half) else 0)
    try:
        return time(hour, int(clock["minute"]), int(clock["second"] or 0))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _day(words: str, today: date) -> date | None:
    """The day; months in words of other languages by dateparser."""
    try:
        if found := _IN_ORDER.fullmatch(words) or _KOREAN.fullmatch(words):
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
        found = _ENGLISH.fullmatch(words)
        if found and found["month"] in _MONTHS and bool(found["first"]) != bool(found["second"]):
            day = int(found["first"] or found["second"])
            return date(int(found["year"]), _MONTHS.index(found["month"]) + 1, day)
    except ValueError:
        return None
    if not _YEAR.search(words) or not re.search(r"\d", _YEAR.sub("", words)):
        return None
    return foreign_day(words, datetime.combine(today, time()))


def _zone(named: str, at: datetime, own: ZoneInfo | None) -> timezone | ZoneInfo | None:
    if own is not None and at.replace(tzinfo=own).tzname() == named:
        return own
    if found := _OFFSET.fullmatch(named):
        minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
        if minutes >= 24 * 60:
            return None
        return timezone(timedelta(minutes=minutes if found["sign"] == "+" else -minutes))
    hours = _HOURS.get(named.upper())
    return None if hours is None else timezone(timedelta(hours=hours))
