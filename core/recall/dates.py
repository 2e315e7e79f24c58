"""The time a question speaks of, against the moment of asking: one span, from midnight to midnight of who asks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from core.dates import calendar
from core.dates.calendar import NoSuchDate
from core.dates.foreign import foreign_day
from core.dates.grammar import Mention, wholly
from core.dates.region import Region
from core.dates.spans import Lean, days_of
from core.dates.tongues import Source, in_english, tongue_of
from core.dates.vocabulary import TONGUES
from core.recall.readings import FORMS, TO, Reading, readings_of
from core.recall.span import Dates, FindEvents, Happening, Impossible, Span, midnight, span_of

LONGEST = 2000
"""Characters of a question that are looked through for dates."""
_REGION = Region()


def read_date(text: str, now: datetime, region: Region = _REGION, *, other_tongues: bool = True) -> Span | None:
    """The one date, span or range ("2026-03..2026-04") that `text` consists of. Raises NoSuchDate."""
    wanted = text.strip()
    if ".." in wanted:
        return _range(wanted, now, region)
    day = "" if re.search(r"\d", wanted) else f"on {wanted}"
    for form in (wanted, f"in {wanted}", f"on {wanted}"):
        for mention in wholly(form, FORMS):
            return _read(mention, now, region)
    for form in (wanted, f"in {wanted}", day):
        readings = readings_of(Source(text=form, written=form), now, region) if form else []
        if len(readings) == 1 and readings[0].start <= len(form) - len(wanted) and readings[0].end == len(form):
            return replace(readings[0].span, words=wanted)
    for tongue in TONGUES if other_tongues else ():
        told = in_english(wanted, tongue)
        if told.text != wanted:
            span = read_date(told.text, now, region, other_tongues=False)
            if span is not None:
                return replace(span, words=wanted)
    found = foreign_day(wanted, now) if other_tongues and not re.fullmatch(r"[\d\s./:-]+", wanted) else None
    return span_of(calendar.one(found), wanted, now.tzinfo) if found else None


def find_dates(
    text: str,
    now: datetime,
    region: Region = _REGION,
    *,
    events: FindEvents | None = None,
    ignore: Callable[[str], bool] = lambda words: False,
) -> Dates:
    """The date or span that a question speaks of. Never raises; `wrong` says what cannot be.

    All that is returned is in the zone of `now`. "between A and B", "from A to B", "before A", "since A" and
    "after A" become one span; of several unconnected dates the most exact counts. What is counted from an event
    ("two days after the wedding") is, when `events` knows it. A time whose words are to be ignored is no time.
    """
    text = text[:LONGEST]
    tongue = tongue_of(text)
    source = Source(text=text, written=text) if tongue is None else in_english(text, tongue)
    try:
        return _joined(source, readings_of(source, now, region, events, ignore), ignore)
    except Impossible as wrong:
        return Dates(wrong=str(wrong), wrong_words=wrong.words)
    except NoSuchDate as wrong:  # counted from an event, past the calendar's end
        return Dates(wrong=str(wrong))


def _range(text: str, now: datetime, region: Region) -> Span:
    first, _, last = text.partition("..")
    begins = read_date(first, now, region) if first.strip(". ") else None
    ends = read_date(last.lstrip("."), now, region) if last.strip(". ") else None
    if (first.strip(". ") and begins is None) or (last.strip(". ") and ends is None) or not (begins or ends):
        raise NoSuchDate(f"“{text}” is not a range of dates; write it like 2026-03..2026-04.")
    span = Span(begins=begins.begins if begins else None, ends=ends.ends if ends else None, words=text)
    if span.begins and span.ends and span.begins >= span.ends:
        raise NoSuchDate(f"That time ends before it begins ({text}).")
    return span


def _read(mention: Mention, now: datetime, region: Region) -> Span:
    return span_of(days_of(mention, now.date(), Lean.PAST, region), mention.words, now.tzinfo)


_EARLIER = (
    "before",
    "prior to",
    "until",
    "till",
    "til",
    "by",
    "up to",
    "up until",
    "no later than",
    "not later than",
    "on or before",
    "up to and including",
)
_OPEN = re.compile(
    r"\b(before|until|till|til|by|up\s+to|up\s+until|prior\s+to|after|since|following|from|ever\s+since|"
    r"no[t]?\s+(?:later|earlier)\s+than|on\s+or\s+(?:before|after)|up\s+to\s+and\s+including|starting(?:\s+(?:from|in|on))?)\s+"
    r"(?:the\s+|my\s+|our\s+)?$",
    re.IGNORECASE,
)
_ONWARDS = re.compile(r"\s+(?:on|onwards?|until\s+now|till\s+now|to\s+now)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s+(?:the\s+|my\s+|our\s+)?$", re.IGNORECASE)
_DASH = re.compile(r"^\s*(?:-|–|to|until|till|through)\s*$", re.IGNORECASE)


_AND = re.compile(r"\s+and\s+(?:in\s+|on\s+)?", re.IGNORECASE)
_BOTH = re.compile(r"\s*(?:,|and|but|,\s*and)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Time:
    """One of the times asked for, of one reading or two."""

    span: Span
    exact: bool
    happenings: tuple[Happening, ...]


def _joined(source: Source, readings: list[Reading], ignored: Callable[[str], bool]) -> Dates:
    """The most exact of the times. Raises Impossible for one that cannot be and is not ignored."""
    times = [
        one
        for one in _times(source, readings, ignored)
        if not any(ignored(words) for words in (one.span.words, *(happening.name for happening in one.happenings)))
    ]
    if not times:
        return Dates()
    best = min(times, key=lambda one: _vagueness(one.span, one.exact))
    return Dates(span=best.span, happenings=best.happenings)


def _times(source: Source, readings: list[Reading], ignored: Callable[[str], bool]) -> Iterator[_Time]:
    """Every time, two readings made one where the words between them say so."""
    skip = False
    for place, one in enumerate(readings):
        if skip:
            skip = False
            continue
        after = readings[place + 1] if place + 1 < len(readings) else None
        happenings = (one.happening,) if one.happening else ()
        if after is not None:
            both = (*happenings, after.happening) if after.happening else happenings
            try:
                span = _of_two(source, one, after)
            except Impossible as wrong:
                if not ignored(wrong.words):
                    raise
                skip = True
                continue
            if span is not None:
                skip = True
                yield _Time(span=span, exact=one.exact, happenings=both)
                continue
        yield _Time(span=_opened(source, one), exact=one.exact, happenings=happenings)


def _of_two(source: Source, one: Reading, after: Reading) -> Span | None:
    """From one to the other, or after the one and before the other. Raises Impossible."""
    if _joins(source.text, one, after):
        between = _BETWEEN.search(source.text, 0, one.start)
        start = between.start() if between else one.start
        return _between(one.span, after.span, source.words(start, after.end).strip())
    return _within_both(source, one, after)


def _joins(text: str, one: Reading, after: Reading) -> bool:
    gap = text[one.end : after.start]
    opened = _BETWEEN.search(text, 0, one.start)
    side_by_side = _AND.fullmatch(gap) is not None and one.span.ends == after.span.begins
    return bool((opened and TO.match(gap)) or _DASH.match(gap) or side_by_side)


def _within_both(source: Source, first: Reading, second: Reading) -> Span | None:
    """ "After June and before September" is the time between them. Raises Impossible when there is none."""
    opening, closing = (_OPEN.search(source.text, 0, one.start) for one in (first, second))
    if opening is None or closing is None or not _BOTH.fullmatch(source.text, first.end, closing.start()):
        return None
    one, other = _opened(source, first), _opened(source, second)
    begins, ends = one.begins or other.begins, one.ends or other.ends
    if (one.begins is None) == (other.begins is None) or (one.ends is None) == (other.ends is None):
        return None
    words = source.words(opening.start(), second.end)
    if begins and ends and begins >= ends:
        raise Impossible(words, f"That time ends before it begins ({words}).")
    return Span(begins=begins, ends=ends, words=words)


def _opened(source: Source, one: Reading) -> Span:
    """With "before", "since" and their like the time is open on one side."""
    text = source.text
    opening, span = _OPEN.search(text, 0, one.start), one.span
    word = " ".join(opening[1].lower().split()) if opening else ""
    if word == "from" and not _ONWARDS.match(text, one.end):
        return span
    words = source.words(opening.start(), one.end) if opening else span.words
    if word in _EARLIER:
        edge = span.begins if word in ("before", "prior to") else span.ends
        return Span(begins=None, ends=edge, words=words)
    if word:
        edge = span.ends if word in ("after", "following") else span.begins
        return Span(begins=edge, ends=None, words=words)
    return span


def _vagueness(span: Span, exact: bool) -> tuple[bool, float]:
    """Relative dates after absolute ones (those name a digit), then the longer stretch later."""
    length = (span.ends - span.begins).total_seconds() if span.begins and span.ends else float("inf")
    return not exact, length


def _between(first: Span, second: Span, words: str) -> Span:
    begins, ends = first.begins, second.ends
    if begins and ends and begins >= ends:
        if re.search(r"\d{4}", words):
            raise Impossible(words, f"That time ends before it begins ({words}).")
        begins = midnight(calendar.months_moved(begins.date(), -12), begins.tzinfo)
    return Span(begins=begins, ends=ends, words=words)
