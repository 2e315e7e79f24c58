"""The time a question speaks of, against the moment of asking: one span, from midnight to midnight of who asks."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from core.dates import calendar
from core.dates.calendar import Days, NoSuchDate
from core.dates.foreign import foreign_day, foreign_days
from core.dates.grammar import Form, Mention, mentions, wholly
from core.dates.spans import Lean, days_of

_FORMS = frozenset(Form) - {Form.BARE_WEEKDAY, Form.NTH, Form.HENCE, Form.END}
"""A question is short and about the past: words that a told sentence needs are taken for names here."""
LONGEST = 2000
"""Characters of a question that are looked through for dates."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What was found: one span, or what was wrong with it."""

    span: Span | None = None
    wrong: str = ""


_Reading = tuple[int, int, Span]
"""Where in the text, and what it means."""


def read_date(text: str, now: datetime) -> Span | None:
    """The one date or span that `text` consists of. Raises NoSuchDate."""
    wanted = text.strip()
    for form in (wanted, f"in {wanted}", f"on {wanted}"):
        for mention in wholly(form, _FORMS):
            return _read(mention, now)
    day = foreign_day(wanted, now)
    return _span(calendar.one(day), wanted, now.tzinfo) if day else None


def find_dates(text: str, now: datetime) -> Dates:
    """The date or span that a question speaks of. Never raises; `wrong` says what cannot be.

    All that is returned is in the zone of `now`. "between A and B", "from A to B", "before A", "since A" and
    "after A" become one span; of several unconnected dates the most exact counts.
    """
    text = text[:LONGEST]
    try:
        return _joined(text, _readings(text, now))
    except NoSuchDate as wrong:
        return Dates(wrong=str(wrong))


def _read(mention: Mention, now: datetime) -> Span:
    return _span(days_of(mention, now.date(), Lean.PAST), mention.words, now.tzinfo)


def _span(days: Days, words: str, zone: tzinfo | None) -> Span:
    return Span(begins=_midnight(days.first, zone), ends=_midnight(calendar.moved(days.last, 1), zone), words=words)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _readings(text: str, now: datetime) -> list[_Reading]:
    found = mentions(text, _FORMS)
    taken = [(mention.start, mention.end, _read(mention, now)) for mention in found]
    if all(mention.form is Form.YEAR for mention in found):
        for begin, end, day in foreign_days(text, now):
            taken = [(begin, end, _span(calendar.one(day), text[begin:end], now.tzinfo))]
    return taken


_OPEN = re.compile(r"\b(before|until|till|by|prior to|after|since|following|from)\s*(?:the )?$", re.IGNORECASE)
_INNER = re.compile(r"^(?:in|during|since|until|by|before|after|of|last|this|between|and|to)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s*(?:the )?$", re.IGNORECASE)
_TO = re.compile(r"^\s*(?:and|to|until|till|-|–)\s*(?:the )?$", re.IGNORECASE)


def _joined(text: str, readings: list[_Reading]) -> Dates:
    if not readings:
        return Dates()
    first = readings[0]
    if len(readings) > 1 and _BETWEEN.search(_lead(text, 0, first)):
        second = readings[1]
        if _TO.match(_lead(text, first[1], second)):
            return _between(first[2], second[2], text[first[0] : second[1]])
    found = min(readings, key=lambda reading: _vagueness(reading[2]))
    opening, span = _OPEN.search(_lead(text, 0, found)), found[2]
    word = opening[1].lower() if opening else ""
    if word in ("before", "until", "till", "by", "prior to"):
        edge = span.begins if word in ("before", "prior to") else span.ends
        span = Span(begins=None, ends=edge, words=f"{word} {span.words}")
    elif word in ("after", "since", "following", "from"):
        edge = span.ends if word in ("after", "following") else span.begins
        span = Span(begins=edge, ends=None, words=f"{word} {span.words}")
    return Dates(span=span)


def _lead(text: str, begin: int, reading: _Reading) -> str:
    """What stands before a time, with the word that belongs to it itself, as in "since June"."""
    start, end, _ = reading
    inner = _INNER.match(text[start:end])
    return text[begin:start] + (inner[0] if inner else "")


def _vagueness(span: Span) -> tuple[bool, float]:
    """Relative dates after absolute ones (those name a digit), then the longer stretch later."""
    length = (span.ends - span.begins).total_seconds() if span.begins and span.ends else float("inf")
    return not re.search(r"\d", span.words), length


def _between(first: Span, second: Span, words: str) -> Dates:
    begins, ends = first.begins, second.ends
    if begins and ends and begins >= ends:
        if re.search(r"\d{4}", words):
            raise NoSuchDate(f"That time ends before it begins ({words}).")
        begins = _midnight(calendar.months_moved(begins.date(), -12), begins.tzinfo)
    return Dates(span=Span(begins=begins, ends=ends, words=words))
