"""Reads times out of a sentence against the day it was said: "yesterday" said on 8 May is 7 May."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

MONTHS = tuple(calendar.month_name)
DAYS = tuple(name.lower() for name in calendar.day_name)
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: value for value, word in enumerate(_WORDS)} | {
    "a": 1,
    "an": 1,
    "couple of": 2,
    "a couple of": 2,
}
_VAGUE = ("few", "several", "some", "a few")
_SEASONS = {"spring": "spring", "summer": "summer", "autumn": "autumn", "fall": "autumn", "winter": "winter"}
_SEASON_BEGINS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}

_DAY = "(?:" + "|".join(DAYS) + ")"
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_COUNT = r"(?:a couple of|couple of|a few|few|several|some|an?|\d{1,3}|" + "|".join(_WORDS) + ")"
_SEASON = "(?:" + "|".join(_SEASONS) + ")"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A time named in a text, at characters [start, end). `said` is how to say it without the context."""

    start: int
    end: int
    said: str
    day: date | None = None
    """The day, where it is one day."""
    relative: bool = True
    """Whether it can only be understood with the day it was said on."""


def shown(day: date) -> str:
    """Like 7 May 2023."""
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def times(text: str, said: datetime) -> tuple[When, ...]:
    """The times in `text`, in order and without overlap, for someone who speaks at `said`."""
    found: list[When] = []
    for pattern, read in _RULES:
        for match in pattern.finditer(text):
            if any(match.start() < one.end and one.start < match.end() for one in found):
                continue
            try:
                when = read(match, said.date(), text)
            except (ValueError, OverflowError):
                continue
            if when is not None:
                found.append(when)
    return tuple(sorted(found, key=lambda one: one.start))


def resolved(text: str, said: datetime, *, same_day: bool = True) -> tuple[str, tuple[tuple[int, int], ...]]:
    """`text` with each relative time followed by what it means, and where those meanings stand.

    A day of the month is followed by its year alone. Not `same_day`: what is the day of saying itself is left out.
    """
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    at = length = 0
    for when in times(text, said):
        before = text[at : when.end]
        pieces.append(before)
        length += len(before)
        at = when.end
        own = (length - (when.end - when.start), length)
        named = when.day is not None and re.search(rf"\b{when.day.day}(?:st|nd|rd|th)?\b", text[when.start : when.end])
        if not when.relative or (not same_day and when.day == said.date()):
            spans.append(own)
            continue
        meant = (
            str(when.day.year) if when.day and named and _MONTH_NAME.search(text[when.start : when.end]) else when.said
        )
        pieces.append(f" ({meant})")
        length += len(meant) + 3
        spans.append((own[0], length) if meant != when.said else (length - len(meant) - 1, length - 1))
    pieces.append(text[at:])
    return "".join(pieces), tuple(spans)


_MONTH_NAME = re.compile(rf"\b{_MONTH}\b", re.I)
_FUTURE = re.compile(
    r"\b(?:will|'ll|’ll|going to|gonna|plan(?:s|ning)?|next|booked|is on|are on|by|let's|shall|can't wait|due|until"
    r"|appointment)\b",
    re.I,
)


def _ahead(text: str) -> bool:
    """Whether the sentence speaks of what is to come."""
    return bool(_FUTURE.search(text))


def _one(match: re.Match[str], day: date) -> When:
    return When(start=match.start(), end=match.end(), said=shown(day), day=day)


def _span(match: re.Match[str], said: str) -> When:
    return When(start=match.start(), end=match.end(), said=said)


def _month_of(word: str) -> int:
    return next(at for at, name in enumerate(MONTHS) if at and name.lower().startswith(word.lower()[:3]))


def _number_of(word: str) -> int | None:
    """The number, or None for a vague one."""
    word = word.lower()
    if word in _VAGUE:
        return None
    return int(word) if word.isdigit() else _NUMBERS[word]


def _moved(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _iso(match: re.Match[str], day: date, text: str) -> When:
    found = date.fromisoformat(match.group())
    return When(start=match.start(), end=match.end(), said=shown(found), day=found, relative=False)


def _calendar_day(match: re.Match[str], day: date, text: str) -> When:
    """'22 September', 'September 22nd, 2026', 'Tuesday the 22nd of September'."""
    number = int(re.sub(r"\D", "", match["day"]))
    month = _month_of(match["month"])
    if match["year"]:
        found = date(int(match["year"]), month, number)
        return When(start=match.start(), end=match.end(), said=shown(found), day=found, relative=False)
    near = [
        date(year, month, number) for year in (day.year - 1, day.year, day.year + 1) if _exists(year, month, number)
    ]
    return _one(match, min(near, key=lambda one: abs((one - day).days - (30 if _ahead(text) else -30))))


def _exists(year: int, month: int, number: int) -> bool:
    return 1 <= number <= calendar.monthrange(year, month)[1]


def _nth(match: re.Match[str], day: date, text: str) -> When:
    """'the 26th': the nearest day of that number, to come unless the past is spoken of."""
    number = int(re.sub(r"\D", "", match["day"]))
    months = [_moved(day.replace(day=1), step) for step in (-1, 0, 1)]
    near = [month.replace(day=number) for month in months if _exists(month.year, month.month, number)]
    coming = [one for one in near if one >= day]
    return _one(match, min(coming) if coming else max(near))


def _month_year(match: re.Match[str], day: date, text: str) -> When:
    said = f"{MONTHS[_month_of(match['month'])]} {match['year']}"
    return When(start=match.start(), end=match.end(), said=said, relative=False)


def _month_alone(match: re.Match[str], day: date, text: str) -> When:
    month, which = _month_of(match["month"]), (match["which"] or "").lower()
    if which == "next" or (which not in ("last", "back in") and _ahead(text)):
        year = day.year + (month < day.month or (which == "next" and month == day.month))
    else:
        year = day.year - (month > day.month or (which == "last" and month == day.month))
    return _span(match, f"{MONTHS[month]} {year}")


def _near_day(match: re.Match[str], day: date, text: str) -> When:
    word = match.group().lower()
    steps = (
        ("before yesterday", -2), ("after tomorrow", 2), ("yesterday", -1), ("last night", -1), ("tomorrow", 1)
    )  # fmt: skip
    return _one(match, day + timedelta(days=next((step for name, step in steps if name in word), 0)))


def _weekday(match: re.Match[str], day: date, text: str) -> When | None:
    which, wanted = (match["which"] or "").lower(), DAYS.index(match["day"].lower())
    back = (day.weekday() - wanted) % 7
    if which in ("last", "this past", "past"):
        return _one(match, day - timedelta(days=back or 7))
    if which in ("next", "this", "coming", "this coming") or _ahead(text):
        return _one(match, day + timedelta(days=(-back) % 7 or (7 if which == "next" else 0)))
    if re.search(r"\b\w+ed\b|\b(?:was|were|went|had|did|got|met|saw|took|made|came|bought|ran|ate)\b", text, re.I):
        return _one(match, day - timedelta(days=back or 7))
    return None


def _ago(match: re.Match[str], day: date, text: str) -> When:
    count, unit = _number_of(match["count"]), match["unit"].lower()
    if count is None:
        return _span(match, f"a few {unit}s before {shown(day)}")
    if unit == "day":
        return _one(match, day - timedelta(days=count))
    if unit == "week":
        return _span(match, f"about {shown(day - timedelta(weeks=count))}")
    if unit == "weekend":
        return _span(match, f"the weekend before {shown(day - timedelta(weeks=count - 1))}")
    if unit == "month":
        before = _moved(day, -count)
        return _span(match, f"{MONTHS[before.month]} {before.year}")
    return _span(match, str(day.year - count))


def _hence(match: re.Match[str], day: date, text: str) -> When:
    count, unit = _number_of(match["count"]), match["unit"].lower()
    if count is None:
        return _span(match, f"a few {unit}s after {shown(day)}")
    if unit == "day":
        return _one(match, day + timedelta(days=count))
    if unit == "week":
        return _span(match, f"about {shown(day + timedelta(weeks=count))}")
    if unit == "month":
        after = _moved(day, count)
        return _span(match, f"{MONTHS[after.month]} {after.year}")
    return _span(match, str(day.year + count))


def _stretch(match: re.Match[str], day: date, text: str) -> When:
    which, unit = match["which"].lower(), match["unit"].lower()
    step = {"last": -1, "past": -1, "this past": -1, "this": 0, "next": 1, "this coming": 1}[which]
    if unit == "year":
        return _span(match, str(day.year + step))
    if unit == "month":
        month = _moved(day, step)
        return _span(match, f"{MONTHS[month.month]} {month.year}")
    if step == 0 and unit == "week":
        return _span(match, f"the week of {shown(day - timedelta(days=day.weekday()))}")
    if step == 0:
        return _span(match, f"the weekend of {shown(day + timedelta(days=(5 - day.weekday()) % 7))}")
    return _span(match, f"the {unit} {'before' if step < 0 else 'after'} {shown(day)}")


def _season(match: re.Match[str], day: date, text: str) -> When:
    season, which = _SEASONS[match["season"].lower()], match["which"].lower()
    begins = _SEASON_BEGINS[season]
    begun = day.month >= begins
    year = day.year
    if which == "last":
        year -= not (begun and day.month >= begins + 3)
    elif which == "next":
        year += begun
    return _span(match, f"{season} {year}")


def _clocked(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b{pattern}\b", re.I)


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date, str], When | None]]
_RULES: tuple[Rule, ...] = (
    (_clocked(r"\d{4}-\d{2}-\d{2}"), _iso),
    (
        _clocked(
            rf"(?:{_DAY},? )?(?:the )?(?P<day>{_NTH}) (?:of )?(?P<month>{_MONTH})\.?(?:,? (?P<year>(?:19|20)\d\d))?"
        ),
        _calendar_day,
    ),
    (
        _clocked(
            rf"(?:{_DAY},? )?(?P<month>{_MONTH})\.? (?:the )?(?P<day>{_NTH})(?!\d|:)(?:,? (?P<year>(?:19|20)\d\d))?"
        ),
        _calendar_day,
    ),
    (_clocked(rf"(?P<month>{_MONTH}),? (?P<year>(?:19|20)\d\d)"), _month_year),
    (
        _clocked(
            r"(?:the )?day before yesterday|(?:the )?day after tomorrow|yesterday|tomorrow|last night|tonight|today"
            r"|this (?:morning|afternoon|evening)"
        ),
        _near_day,
    ),
    (_clocked(rf"(?P<count>{_COUNT}) (?P<unit>day|week|weekend|month|year)s? (?:ago|back|earlier)"), _ago),
    (_clocked(rf"in (?P<count>{_COUNT}) (?P<unit>day|week|month|year)s?(?! of\b)"), _hence),
    (_clocked(r"(?P<which>last|this past|past|this coming|this|next) (?P<unit>weekend|week|month|year)"), _stretch),
    (_clocked(rf"(?P<which>last|this|next) (?P<season>{_SEASON})"), _season),
    (_clocked(rf"(?:(?P<which>last|this past|past|this coming|this|next|coming|on) )?(?P<day>{_DAY})"), _weekday),
    (_clocked(r"the (?P<day>\d{1,2}(?:st|nd|rd|th))(?! (?:of|floor|century|time|birthday|grade))"), _nth),
    (_clocked(rf"(?P<which>last|next|this|back in|in|since|by|until|during) (?P<month>{_MONTH})"), _month_alone),
)


def clocks(text: str) -> Iterator[tuple[int, int]]:
    """Where times of day stand: 14:30, 6 pm, half past two."""
    for match in _CLOCK.finditer(text):
        yield match.span()


_HOUR = "(?:" + "|".join(_WORDS[1:]) + ")"
_CLOCK = re.compile(
    rf"\b(?:\d{{1,2}}|{_HOUR}) (?:in the (?:morning|afternoon|evening)|at night)\b|"
    r"\b(?:[01]?\d|2[0-3])[:.][0-5]\d(?: ?[ap]\.?m\b\.?)?|\b(?:1[0-2]|[1-9]) ?(?:[ap]\.?m\b\.?|o[’']clock\b)"
    r"|\b(?:half past|quarter (?:past|to)) \w+|\b(?:noon|midnight)\b",
    re.I,
)
