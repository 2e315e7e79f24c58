"""Times as chats show them: clocks beside messages, days between them. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from core.capture.screen.chat.day_words import (
    MONTHS,
    SHORT_WEEKDAYS,
    TODAY,
    WEEKDAYS,
    WHOLE_WEEKDAYS,
    YESTERDAY,
)
from core.capture.screen.chat.tongues import western
from core.pattern import Pattern

_ENGLISH = frozenset(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
_DAY_WORDS = frozenset({*WHOLE_WEEKDAYS, *_ENGLISH, *TODAY, *YESTERDAY, "now", "just now"})
_CLOCK = Pattern(
    r"(?:\b([ap])\.?m\.?\s+)?"
    r"([01]?\d|2[0-3])(?:[:.]|\s?h\s?)([0-5]\d)(?:[:.]([0-5]\d))?\s*(?:([ap])\.?\s?m\.?)?(?:\s*uhr)?",
    re.IGNORECASE,
)
_AGO = Pattern(
    r"(?:(just now|now)|(?:(?:vor|il y a|hace|há)\s)?(\d{1,2})\s?"
    r"(m|min\.?|mins|minut\w*|h|hr|hrs|hours?|std\.?|stunden?|d|days?|tagen?)(?:\s+(?:ago|fa))?)",
    re.IGNORECASE,
)
_NUMBERS = Pattern(r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})")
_AT = r"(?:at|um|on|à|às|alle|om|kl\.?|a las?|o|в|v|saat)"
_JOINED = Pattern(rf"^{_AT}\s+|[\s,]+{_AT}$|^[,\s]+|[,\s]+$", re.IGNORECASE)
_SLASHED = Pattern(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(?:\d{2}|\d{4})(?![\d/])")
_HALF = Pattern(r"\d\s?[ap]\.?\s?m\b", re.IGNORECASE)
_DAY_OF_MONTH = Pattern(r"(\d{1,2})(?:st|nd|rd|th|\.)?", re.IGNORECASE)
_SMALL = frozenset(("", "of", "the", "de", "del", "den", "le", "d.", "e"))
_MOST_WORDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a time says: of the day, of the hour, or both."""

    day: date | None = None
    clock: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """When a window is looked at, and how days are written there. It remembers what it read, for one look."""

    at: datetime
    """Aware."""
    month_first: bool = True
    """`3/4` is the fourth of March."""
    known: dict[str, Stamp | None] = field(default_factory=dict, repr=False, compare=False)


def month_comes_first(texts: Iterable[str], told: bool | None) -> bool:
    """Whether `3/4` is the fourth of March in a window of these words.

    A date there that can only be one of both tells; else where the person lives (`told`); else a clock with "AM" or
    "PM", as with exports of chats.
    """
    first = second = half = 0
    for text in texts:
        for match in _SLASHED.finditer(text):
            first += 12 < int(match[1]) <= 31 and int(match[2]) <= 12
            second += 12 < int(match[2]) <= 31 and int(match[1]) <= 12
        half += _HALF.search(text) is not None
    if first != second:
        return second > first
    return half > 0 if told is None else told


def stamp(words: str, now: Now) -> Stamp | None:
    """The time that these words are and nothing else; relative ones are of `now`.

    `Today at 10:42 AM`, `Mon 9:15`, `20.11.2026 17:30`, `[12:03:11]`, `Yesterday`, `November 16, 2026`, `5m`.
    """
    if words not in now.known:
        now.known[words] = _stamp(words, now)
    return now.known[words]


def _stamp(words: str, now: Now) -> Stamp | None:
    text = western(words.strip()).strip("[]()—–-•·").strip()
    if not text or len(text) > 40 or not any(c.isalnum() for c in text):
        return None
    if not any(c.isdigit() for c in text) and text.casefold().rstrip(".") not in _DAY_WORDS:
        return None
    if ago := _AGO.compiled.fullmatch(text):
        return _ago(ago, now.at)
    clock: time | None = None
    match = next((found for found in _CLOCK.finditer(text) if _alone(text, found)), None)
    if match is not None:
        clock = _time(match)
        if clock is None:
            return None
        text = _bare(f"{text[: match.start()]} {text[match.end() :]}".strip())
        if not text:
            return Stamp(clock=clock)
    day = _day(text.casefold(), now, timed=clock is not None)
    return None if day is None else Stamp(day=day, clock=clock)


def leading(words: Sequence[str], now: Now) -> tuple[int, Stamp | None]:
    """How many words at the beginning are a time with a clock, and which; (0, None) without one."""
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        found = stamp(" ".join(words[:count]), now)
        if found is not None and found.clock is not None:
            return count, found
    return 0, None


def trailing(words: Sequence[str], now: Now) -> tuple[int, Stamp | None]:
    """The same at the end."""
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        found = stamp(" ".join(words[-count:]), now)
        if found is not None and found.clock is not None:
            return count, found
    return 0, None


def between(first: Stamp, second: Stamp) -> timedelta:
    """How long after the first the second is, within a day; a day where it cannot be told."""
    if first.clock is None or second.clock is None:
        return timedelta(days=1)
    minutes = 60 * (second.clock.hour - first.clock.hour) + second.clock.minute - first.clock.minute
    return timedelta(minutes=minutes % (24 * 60))


def in_order(times: Sequence[Stamp]) -> bool:
    """Whether later ones stand below earlier ones, as messages do; lists of chats and mails begin with the latest."""
    up = down = 0
    for above, below in pairwise(times):
        days = (above.day, below.day) if above.day and below.day else (None, None)
        if days[0] != days[1] and days[0] is not None and days[1] is not None:
            up, down = up + (days[0] < days[1]), down + (days[0] > days[1])
        elif above.clock is not None and below.clock is not None and above.clock != below.clock:
            up, down = up + (above.clock < below.clock), down + (above.clock > below.clock)
    return up > max(1, 2 * down)


def _ago(match: re.Match[str], now: datetime) -> Stamp:
    if match[1]:
        then = now
    else:
        unit = {"m": "minutes", "h": "hours", "s": "hours", "d": "days", "t": "days"}[match[3][0].casefold()]
        then = now - timedelta(**{unit: int(match[2])})
    return Stamp(day=then.date(), clock=then.time().replace(second=0, microsecond=0))


def _alone(text: str, match: re.Match[str]) -> bool:
    """Whether the clock is no part of a longer number."""
    around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
    return not re.search(r"[\d.:/]", around)


def _time(match: re.Match[str]) -> time | None:
    hour, minute, second = int(match[2]), int(match[3]), int(match[4] or 0)
    half = (match[1] or match[5] or "").casefold()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute, second)


def _bare(text: str) -> str:
    while (shorter := _JOINED.compiled.sub("", text).strip("[]()—–-•· ")) != text:
        text = shorter
    return text


def _day(text: str, now: Now, *, timed: bool) -> date | None:
    today = now.at.date()
    if text in TODAY:
        return today
    if text in YESTERDAY:
        return today - timedelta(days=1)
    if match := _NUMBERS.compiled.fullmatch(text):
        return _of_numbers(match, today, now.month_first)
    parts = [part.strip(".,") for part in re.split(r"[\s,]+", text) if part not in _SMALL]
    if not any(parts) or len(parts) > 4:
        return None
    weekday = WEEKDAYS.get(parts[0]) or (SHORT_WEEKDAYS.get(parts[0]) if timed or len(parts) > 1 else None)
    if weekday:
        if len(parts) == 1:
            return today - timedelta(days=(today.weekday() - weekday + 1) % 7 or 7)
        parts = parts[1:]
    if len(parts) == 1 and (match := _NUMBERS.compiled.fullmatch(parts[0])):
        return _of_numbers(match, today, now.month_first)
    return _of_words(parts, today)


def _of_words(parts: Sequence[str], today: date) -> date | None:
    month = day = 0
    year = None
    for part in parts:
        if number := MONTHS.get(part, 0):
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


def _of_numbers(match: re.Match[str], today: date, month_first: bool) -> date | None:
    first, middle, last = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        return _date(first, middle, last)
    year = last if last > 99 else 2000 + last
    numbers = [(first, middle), (middle, first)]
    ways = numbers if month_first and match[2] != "." else numbers[::-1]
    found = [day for month, number in ways if (day := _date(year, month, number)) is not None and day <= today]
    return found[0] if found else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
