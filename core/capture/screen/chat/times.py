"""Times as chats show them: clocks beside messages, days between them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.dates.words import MONTHS
from core.pattern import Pattern

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GERMAN_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_TODAY, _YESTERDAY = ("today", "heute"), ("yesterday", "gestern")
_DAY_WORDS = frozenset(
    {*_WEEKDAYS, *_GERMAN_DAYS, *(day[:3] for day in _WEEKDAYS), *_TODAY, *_YESTERDAY, "now", "just now"}
)
_CLOCK = Pattern(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.]([0-5]\d))?\s*(?:([ap])\.?\s?m\.?)?(?:\s*uhr)?", re.IGNORECASE)
_AGO = Pattern(
    r"(?:(just now|now)|(\d{1,2})\s?(m|min|mins|minutes?|h|hr|hrs|hours?|d|days?)(?:\s+ago)?)", re.IGNORECASE
)
_NUMBERS = Pattern(r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})")
_JOINED = Pattern(r"^(?:at|um|,|on)\s+|[\s,]+(?:at|um)$|^[,\s]+|[,\s]+$", re.IGNORECASE)
_DAY_OF_MONTH = Pattern(r"(\d{1,2})(?:st|nd|rd|th|\.)?", re.IGNORECASE)
_MOST_WORDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a time says: of the day, of the hour, or both."""

    day: date | None = None
    clock: time | None = None


def stamp(words: str, now: datetime) -> Stamp | None:
    """The time that these words are and nothing else; relative ones are of `now`.

    `Today at 10:42 AM`, `Mon 9:15`, `20.11.2026 17:30`, `[12:03:11]`, `Yesterday`, `November 16, 2026`, `5m`.
    """
    text = words.strip().strip("[]()—–-•·").strip()
    if not text or len(text) > 40 or not any(c.isalnum() for c in text):
        return None
    if not any(c.isdigit() for c in text) and text.casefold().rstrip(".") not in _DAY_WORDS:
        return None
    if ago := _AGO.compiled.fullmatch(text):
        return _ago(ago, now)
    clock: time | None = None
    match = next((found for found in _CLOCK.finditer(text) if _alone(text, found)), None)
    if match is not None:
        clock = _time(match)
        if clock is None:
            return None
        text = _bare(f"{text[: match.start()]} {text[match.end() :]}".strip())
        if not text:
            return Stamp(clock=clock)
    day = _day(text.casefold(), now.date())
    return None if day is None else Stamp(day=day, clock=clock)


def leading(words: Sequence[str], now: datetime) -> tuple[int, Stamp | None]:
    """How many words at the beginning are a time with a clock, and which; (0, None) without one."""
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        found = stamp(" ".join(words[:count]), now)
        if found is not None and found.clock is not None:
            return count, found
    return 0, None


def trailing(words: Sequence[str], now: datetime) -> tuple[int, Stamp | None]:
    """The same at the end."""
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        found = stamp(" ".join(words[-count:]), now)
        if found is not None and found.clock is not None:
            return count, found
    return 0, None


def _ago(match: re.Match[str], now: datetime) -> Stamp:
    if match[1]:
        then = now
    else:
        unit = {"m": "minutes", "h": "hours", "d": "days"}[match[3][0].casefold()]
        then = now - timedelta(**{unit: int(match[2])})
    return Stamp(day=then.date(), clock=then.time().replace(second=0, microsecond=0))


def _alone(text: str, match: re.Match[str]) -> bool:
    """Whether the clock is no part of a longer number."""
    around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
    return not re.search(r"[\d.:/]", around)


def _time(match: re.Match[str]) -> time | None:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    half = (match[4] or "").casefold()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute, second)


def _bare(text: str) -> str:
    while (shorter := _JOINED.compiled.sub("", text).strip("[]()—–-•· ")) != text:
        text = shorter
    return text


def _day(text: str, today: date) -> date | None:
    if text in _TODAY:
        return today
    if text in _YESTERDAY:
        return today - timedelta(days=1)
    if match := _NUMBERS.compiled.fullmatch(text):
        return _of_numbers(match, today)
    parts = [part for part in re.split(r"[\s,]+", text) if part and part not in ("of", "the")]
    if not parts or len(parts) > 4:
        return None
    if weekday := _named(parts[0].rstrip("."), _WEEKDAYS, _GERMAN_DAYS):
        if len(parts) == 1:
            return today - timedelta(days=(today.weekday() - weekday + 1) % 7 or 7)
        parts = parts[1:]
    if len(parts) == 1 and (match := _NUMBERS.compiled.fullmatch(parts[0])):
        return _of_numbers(match, today)
    return _of_words(parts, today)


def _named(word: str, *lists: Sequence[str]) -> int:
    """Which of a list a word names, from 1, whole or shortened to three letters or more; 0 for none."""
    for names in lists:
        for number, name in enumerate(names, start=1):
            if word == name.casefold() or (2 < len(word) <= 4 and name.casefold().startswith(word)):
                return number
    return 0


def _of_words(parts: Sequence[str], today: date) -> date | None:
    month = day = 0
    year = None
    for part in parts:
        if number := _named(part.rstrip("."), MONTHS):
            month = number
        elif re.fullmatch(r"(?:19|20)\d\d", part):
            year = int(part)
        elif (match := _DAY_OF_MONTH.compiled.fullmatch(part)) and not day:
            day = int(match[1])
        else:
            return None
    if not month or not day:
        return None
    found = _date(year or today.year, month, day)
    return found.replace(year=found.year - 1) if found and year is None and found > today and day < 29 else found


def _of_numbers(match: re.Match[str], today: date) -> date | None:
    first, middle, last = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        return _date(first, middle, last)
    year = last if last > 99 else 2000 + last
    ways = [(middle, first), (first, middle)] if match[2] == "." else [(first, middle), (middle, first)]
    found = [day for month, number in ways if (day := _date(year, month, number)) is not None and day <= today]
    return found[0] if found else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
