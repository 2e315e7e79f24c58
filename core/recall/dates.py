"""Reads dates and spans out of a question, against the moment of asking."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed",
            "thursday thu thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}
_COUNTED = "one two three four five six seven eight nine ten eleven twelve"
NUMBERS = {word: number for number, word in enumerate(_COUNTED.split(), start=1)} | {
    "a": 1,
    "an": 1,
    "couple": 2,
    "few": 3,
    "several": 4,
}
SEASONS = {"spring": (3, 6), "summer": (6, 9), "autumn": (9, 12), "fall": (9, 12), "winter": (12, 15)}

_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_WEEKDAY = r"(?P<weekday>" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_SEASON = r"(?P<season>summer|spring|autumn|fall|winter)"
_COUNT = r"(?P<count>\d{1,4}|" + "|".join(NUMBERS) + r")"
_UNIT = r"(?P<unit>day|night|week|weekend|fortnight|month|year)s?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, `begins` <= t < `ends`; None is open. `words` is what was written."""

    begins: datetime | None
    ends: datetime | None
    words: str

    def meaning(self) -> str:
        """The span in plain ISO dates, for the person."""
        last = self.ends - timedelta(seconds=1) if self.ends else None
        if self.begins and last:
            first, final = self.begins.date().isoformat(), last.date().isoformat()
            return first if first == final else f"{first} to {final}"
        if self.begins:
            return f"from {self.begins.date().isoformat()}"
        return f"until {last.date().isoformat()}" if last else "any time"


class NoSuchDate(ValueError):
    """A date that is not in the calendar, or a span that ends before it begins; str() is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What was found: one span, where in the text it stood, and what was wrong with it."""

    span: Span | None = None
    places: tuple[tuple[int, int], ...] = ()
    wrong: str = ""


def day(year: int, month: int, number: int, zone: tzinfo | None) -> datetime:
    """Midnight of that day. Raises NoSuchDate."""
    try:
        return datetime(year, month, number, tzinfo=zone)
    except ValueError:
        raise NoSuchDate(f"There is no {year:04d}-{month:02d}-{number:02d} in the calendar.") from None


def months_later(begin: datetime, months: int) -> datetime:
    """The first of the month `months` after that of `begin`. Raises NoSuchDate past year 9999."""
    index = begin.year * 12 + begin.month - 1 + months
    year, month = divmod(index, 12)
    return day(year, month + 1, 1, begin.tzinfo)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _days(begin: datetime, count: int, words: str) -> Span:
    return Span(begins=begin, ends=begin + timedelta(days=count), words=words)


def _iso(found: re.Match[str], now: datetime) -> Span:
    return _days(day(int(found["year"]), int(found["m"]), int(found["d"]), now.tzinfo), 1, found[0])


def _full_date(found: re.Match[str], now: datetime) -> Span:
    """A day and a month, with or without a year: without, the last such day that is not to come."""
    month, number, year = MONTHS[found["month"].lower()], int(found["day"]), found["year"]
    if year:
        return _days(day(int(year), month, number, now.tzinfo), 1, found[0])
    for candidate in range(now.year, now.year - 8, -1):
        try:
            begin = day(candidate, month, number, now.tzinfo)
        except NoSuchDate:
            continue
        if begin <= now:
            return _days(begin, 1, found[0])
    raise NoSuchDate(f"There is no day {number} in that month.")


def _month(found: re.Match[str], now: datetime) -> Span:
    month = MONTHS[found["month"].lower()]
    year = int(found["year"]) if found["year"] else now.year - (month > now.month)
    begin = day(year, month, 1, now.tzinfo)
    end = months_later(begin, 1)
    part = (found["part"] or "").lower()
    if part.startswith(("early", "beginning", "the beginning")):
        end = begin + timedelta(days=10)
    elif part.startswith("mid"):
        begin, end = begin + timedelta(days=10), begin + timedelta(days=20)
    elif part.startswith(("late", "end", "the end")):
        begin += timedelta(days=20)
    return Span(begins=begin, ends=end, words=found[0])


def _year(found: re.Match[str], now: datetime) -> Span:
    begin = day(int(found["year"]), 1, 1, now.tzinfo)
    return Span(begins=begin, ends=months_later(begin, 12), words=found[0])


def _season(found: re.Match[str], now: datetime) -> Span:
    first, after = SEASONS[found["season"].lower()]
    begin = day(int(found["year"]) if found["year"] else now.year, first, 1, now.tzinfo)
    if not found["year"] and begin > now:
        begin = months_later(begin, -12)
    return Span(begins=begin, ends=months_later(begin, after - first), words=found[0])


def _named_day(found: re.Match[str], now: datetime) -> Span:
    today, name = _midnight(now), found["named"].lower()
    back = {"today": 0, "tonight": 0, "this": 0, "yesterday": 1, "last": 1, "the": 2, "tomorrow": -1}
    return _days(today - timedelta(days=back[name.split()[0]]), 1, found[0])


def _ago(found: re.Match[str], now: datetime) -> Span:
    word = found["count"].lower()
    count, unit, today = NUMBERS.get(word) or int(word), found["unit"].lower(), _midnight(now)
    try:
        if unit in ("day", "night"):
            return _days(today - timedelta(days=count), 1, found[0])
        if unit in ("week", "weekend", "fortnight"):
            weeks = count * (2 if unit == "fortnight" else 1)
            return _days(today - timedelta(days=7 * weeks + 3), 7, found[0])
        begin = months_later(today, -count * (12 if unit == "year" else 1))
    except OverflowError:
        raise NoSuchDate("That is before the calendar begins.") from None
    return Span(begins=begin, ends=months_later(begin, 12 if unit == "year" else 1), words=found[0])


def _past_stretch(found: re.Match[str], now: datetime) -> Span:
    word = found["count"].lower()
    count, unit, today = NUMBERS.get(word) or int(word), found["unit"].lower(), _midnight(now)
    size = {"day": 1, "night": 1, "week": 7, "weekend": 7, "fortnight": 14, "month": 30.44, "year": 365.25}
    try:
        begin = today - timedelta(days=round(count * size[unit]))
    except OverflowError:
        raise NoSuchDate("That is before the calendar begins.") from None
    return Span(begins=begin, ends=today + timedelta(days=1), words=found[0])


def _relative(found: re.Match[str], now: datetime) -> Span:
    """last | this | next + week, weekend, month, year."""
    step = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1}
    by, unit, today = step[found["which"].lower()], found["unit"].lower(), _midnight(now)
    if unit in ("day", "night"):
        return _days(today + timedelta(days=by), 1, found[0])
    if unit in ("week", "fortnight"):
        monday = today - timedelta(days=today.weekday())
        return _days(monday + timedelta(days=7 * by), 7, found[0])
    if unit == "weekend":
        saturday = today - timedelta(days=(today.weekday() - 5) % 7)
        ongoing = today.weekday() >= 5
        shift = by if ongoing else by + 1
        return _days(saturday + timedelta(days=7 * shift), 2, found[0])
    if unit == "month":
        begin = months_later(today, by)
        return Span(begins=begin, ends=months_later(begin, 1), words=found[0])
    begin = day(today.year + by, 1, 1, today.tzinfo)
    return Span(begins=begin, ends=months_later(begin, 12), words=found[0])


def _weekday(found: re.Match[str], now: datetime) -> Span:
    """The last such day before today, or the next one for "next"."""
    today, wanted = _midnight(now), WEEKDAYS[found["weekday"].lower()]
    if (found["which"] or "").lower() in ("next", "coming"):
        return _days(today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1), 1, found[0])
    back = (today.weekday() - wanted) % 7
    if back == 0 and (found["which"] or "").lower() != "this":
        back = 7
    return _days(today - timedelta(days=back), 1, found[0])


_PART = r"(?:(?P<part>early|mid|late|(?:the )?beginning of|(?:the )?end of)[- ]?(?:in )?)?"
_GRAMMAR: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Span]], ...] = tuple(
    (re.compile(rf"\b{pattern}(?![\w-])", re.IGNORECASE), reader)
    for pattern, reader in (
        (r"(?P<year>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:t[\d:.+z-]*)?", _iso),
        (rf"{_DAY}(?: of)? {_MONTH},?(?: {_YEAR})?", _full_date),
        (rf"{_MONTH} {_DAY},?(?: {_YEAR})?", _full_date),
        (rf"{_PART}{_MONTH},?(?: of)? {_YEAR}", _month),
        (rf"(?:in|during|since|until|before|after|of|last|this|between|and|to) {_PART}{_MONTH}(?P<year>)",
         _month),
        (r"(?P<named>the day before yesterday|yesterday|today|tonight|tomorrow|last night|"
         r"this (?:morning|afternoon|evening))", _named_day),
        (rf"(?:about |around )?{_COUNT}(?: of)? {_UNIT} ago", _ago),
        (rf"(?:the )?(?:last|past|previous) {_COUNT} {_UNIT}", _past_stretch),
        (rf"(?:the )?(?P<which>last|previous|past|this|current|next|coming) {_UNIT}", _relative),
        (rf"(?:on |(?P<which>last|this|next|coming) ){_WEEKDAY}", _weekday),
        (rf"(?:(?:in|during|last|this|the) )?{_SEASON}(?: of)? {_YEAR}", _season),
        (rf"(?:last|this|in|during|over) (?:the )?{_SEASON}(?P<year>)", _season),
        (rf"{_YEAR}", _year),
    )
)  # fmt: skip
_MAYBE = re.compile(
    r"\d|day|night|morning|week|month|year|ago|spring|summer|autumn|fall|winter|tomorrow|"
    + "|".join(name for name in MONTHS if len(name) > 3)
    + r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|gestern|heute|vorgestern|hier|ayer|hoy|ieri|gisteren|"
    r"(?:vor|hace|il y a)\s+\w+\s+(?:tag|woche|monat|jahr|d[ií]a|semana|mes|año|jour|semaine|mois|an)\w*|"
    r"(?:letzten?|letztes)\s+\w+|\d{1,2}\.?\s(?:de\s)?(?:januar|februar|märz|mai|juni|juli|oktober|dezember|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|"
    r"janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre)(?:\s(?:de\s)?\d{4})?)",
    re.IGNORECASE,
)
LONGEST = 2000
"""Characters of a question that are looked through for dates."""


def read_date(text: str, now: datetime) -> Span | None:
    """The one date or span that `text` consists of. Raises NoSuchDate."""
    wanted = text.strip()
    for pattern, reader in _GRAMMAR:
        for form in (wanted, f"in {wanted}", f"on {wanted}"):
            found = pattern.fullmatch(form)
            if found:
                return reader(found, now)
    return _foreign(wanted, now)


def find_dates(text: str, now: datetime) -> Dates:
    """The date or span that a question speaks of. Never raises; `wrong` says what cannot be.

    `now` is aware; all that is returned is in its zone. "between A and B", "from A to B", "before A",
    "since A" and "after A" become one span; of several unconnected dates the most exact counts.
    """
    text = text[:LONGEST]
    if not _MAYBE.search(text) and not _FOREIGN.search(text):
        return Dates()
    try:
        return _joined(text, _readings(text, now))
    except NoSuchDate as wrong:
        return Dates(wrong=str(wrong))


def _readings(text: str, now: datetime) -> list[tuple[int, int, Span]]:
    taken: list[tuple[int, int, Span]] = []
    for pattern, reader in _GRAMMAR:
        for found in pattern.finditer(text):
            if all(found.end() <= begin or found.start() >= end for begin, end, _ in taken):
                taken.append((found.start(), found.end(), reader(found, now)))
    if all(end - begin == 4 for begin, end, _ in taken):
        for found in _FOREIGN.finditer(text):
            span = _foreign(found[0], now)
            if span:
                taken = [(found.start(), found.end(), span)]
    return sorted(taken, key=lambda reading: reading[0])


_OPEN = re.compile(r"\b(before|until|till|by|prior to|after|since|following|from)\s*(?:the )?$", re.IGNORECASE)
_INNER = re.compile(r"^(?:in|during|since|until|before|after|of|last|this|between|and|to)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s*(?:the )?$", re.IGNORECASE)
_TO = re.compile(r"^\s*(?:and|to|until|till|-|–)\s*(?:the )?$", re.IGNORECASE)


def _joined(text: str, readings: list[tuple[int, int, Span]]) -> Dates:
    if not readings:
        return Dates()
    start, end, span = readings[0]
    inner = _INNER.match(text[start:end])
    lead = text[:start] + (inner[0] if inner else "")
    if len(readings) > 1 and _BETWEEN.search(lead):
        begin, finish, other = readings[1]
        inner = _INNER.match(text[begin:finish])
        if _TO.match(text[end:begin] + (inner[0] if inner else "")):
            return _between(span, other, text[start:finish], (start, finish))
    start, end, span = min(readings, key=lambda reading: _vagueness(reading[2]))
    inner = _INNER.match(text[start:end])
    opening = _OPEN.search(text[:start] + (inner[0] if inner else ""))
    word = opening[1].lower() if opening else ""
    if word in ("before", "until", "till", "by", "prior to"):
        edge = span.begins if word in ("before", "prior to") else span.ends
        span = Span(begins=None, ends=edge, words=f"{word} {span.words}")
    elif word in ("after", "since", "following", "from"):
        edge = span.ends if word in ("after", "following") else span.begins
        span = Span(begins=edge, ends=None, words=f"{word} {span.words}")
    return Dates(span=span, places=((start, end),))


def _vagueness(span: Span) -> tuple[bool, float]:
    """Relative dates after absolute ones (those name a digit), then the longer stretch later."""
    length = (span.ends - span.begins).total_seconds() if span.begins and span.ends else float("inf")
    return not re.search(r"\d", span.words), length


def _between(first: Span, second: Span, words: str, place: tuple[int, int]) -> Dates:
    begins, ends = first.begins, second.ends
    if begins and ends and begins >= ends:
        if re.search(r"\d{4}", words):
            raise NoSuchDate(f"That time ends before it begins ({words}).")
        begins = day(begins.year - 1, begins.month, min(begins.day, 28), begins.tzinfo)
    return Dates(span=Span(begins=begins, ends=ends, words=words), places=(place,))


def _foreign(text: str, now: datetime) -> Span | None:
    """Dates in other tongues and forms, through dateparser."""
    import dateparser  # 0.4 s to import: only when something looks like a date that our grammar cannot read

    found = dateparser.parse(
        text[:60],
        settings={
            "RELATIVE_BASE": now.replace(tzinfo=None),
            "PREFER_DATES_FROM": "past",
            "RETURN_AS_TIMEZONE_AWARE": False,
            **({"DATE_ORDER": "DMY"} if re.match(r"\d+\.", text) else {}),
        },
    )
    return _days(_midnight(found.replace(tzinfo=now.tzinfo)), 1, text) if found else None
