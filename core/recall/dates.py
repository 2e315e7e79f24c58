"""The time a question speaks of, against the moment of asking: one span, from midnight to midnight of who asks."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from core.dates import calendar, words
from core.dates.around import Piece, widened
from core.dates.calendar import Days, NoSuchDate
from core.dates.foreign import foreign_day, foreign_days
from core.dates.grammar import Form, Mention, mentions, wholly
from core.dates.region import Region
from core.dates.shown import month_shown, shown
from core.dates.spans import Lean, days_of
from core.dates.tongues import Source, in_english, tongue_of
from core.dates.vocabulary import TONGUES
from core.memory import MemoryId
from core.recall.telling import is_time

_FORMS = frozenset(Form) - {Form.BARE_WEEKDAY, Form.NTH, Form.HENCE, Form.END}
"""A question is short and about the past: words that a told sentence needs are taken for names here."""
LONGEST = 2000
"""Characters of a question that are looked through for dates."""
_REGION = Region()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, `begins` <= t < `ends`; None is open. `words` is what was written."""

    begins: datetime | None
    ends: datetime | None
    words: str

    def meaning(self) -> str:
        """The span in plain ISO dates, with hours where it is not of whole days, for the person."""
        last = self.ends - timedelta(seconds=1) if self.ends else None
        if any(edge and edge.time() != time() for edge in (self.begins, self.ends)):
            return _hours(self.begins, self.ends)
        if self.begins and last:
            first, final = self.begins.date().isoformat(), last.date().isoformat()
            return first if first == final else f"{first} to {final}"
        if self.begins:
            return f"from {self.begins.date().isoformat()}"
        return f"until {last.date().isoformat()}" if last else "any time"

    def until(self, ends: datetime | None) -> "Span":
        """All the time up to then."""
        return Span(begins=None, ends=ends, words=self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event in the person's life that a memory dates."""

    name: str
    days: Days
    memory: MemoryId

    def shown(self) -> str:
        """When it was, like 7 May 2023."""
        first, last = self.days.first, self.days.last
        if first == last:
            return shown(first)
        month = calendar.month_of(first)
        return month_shown(first) if self.days == month else f"{shown(first)} to {shown(last)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What was found: one span, or what was wrong with it; the events that it was counted from."""

    span: Span | None = None
    wrong: str = ""
    wrong_words: str = ""
    happenings: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Words at [start, end) that may name an event; `core` is where the event's own name begins."""

    start: int
    end: int
    happening: Happening


FindEvents = Callable[[str, Collection[tuple[int, int]]], Iterator[Event]]
"""Given a text and the places of its dates, the events it counts from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A time in the text: where, and what it means."""

    start: int
    end: int
    span: Span
    exact: bool
    happening: Happening | None = None


def read_date(text: str, now: datetime, region: Region = _REGION, *, other_tongues: bool = True) -> Span | None:
    """The one date, span or range ("2026-03..2026-04") that `text` consists of. Raises NoSuchDate."""
    wanted = text.strip()
    if ".." in wanted:
        return _range(wanted, now, region)
    day = "" if re.search(r"\d", wanted) else f"on {wanted}"
    for form in (wanted, f"in {wanted}", f"on {wanted}"):
        for mention in wholly(form, _FORMS):
            return _read(mention, now, region)
    for form in (wanted, f"in {wanted}", day):
        readings = _readings(Source(text=form, written=form), now, region) if form else []
        if len(readings) == 1 and readings[0].start <= len(form) - len(wanted) and readings[0].end == len(form):
            return replace(readings[0].span, words=wanted)
    for tongue in TONGUES if other_tongues else ():
        told = in_english(wanted, tongue)
        if told.text != wanted:
            span = read_date(told.text, now, region, other_tongues=False)
            if span is not None:
                return replace(span, words=wanted)
    found = foreign_day(wanted, now) if other_tongues and not re.fullmatch(r"[\d\s./:-]+", wanted) else None
    return _span(calendar.one(found), wanted, now.tzinfo) if found else None


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
        return _joined(source, _readings(source, now, region, events, ignore), ignore)
    except _Impossible as wrong:
        return Dates(wrong=str(wrong), wrong_words=wrong.words)


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
    return _span(days_of(mention, now.date(), Lean.PAST, region), mention.words, now.tzinfo)


def _span(days: Days, words: str, zone: tzinfo | None) -> Span:
    return Span(begins=_midnight(days.first, zone), ends=_midnight(calendar.moved(days.last, 1), zone), words=words)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _hours(begins: datetime | None, ends: datetime | None) -> str:
    first = f"{begins:%Y-%m-%d %H:%M}" if begins else "any time"
    if ends is None:
        return f"from {first}"
    same = begins is not None and begins.date() == ends.date()
    return f"{first} to {ends:%H:%M}" if same else f"{first} to {ends:%Y-%m-%d %H:%M}"


# -- every time in the text

_LEADING = re.compile(
    r"(?:(?:in|during|since|until|till|by|before|after|of|between|and|to|on|from|at|over|throughout|for|around|"
    r"back|through)\s+)+(?:the\s+month\s+of\s+)?(?:the\s+(?=weekend|\d))?",
    re.IGNORECASE,
)
_YEAR_GAP = re.compile(r"\s*(?:,|of|in|back in)?\s*", re.IGNORECASE)
_IN_YEAR = frozenset(
    {Form.DAY, Form.MONTH, Form.JOINED_MONTH, Form.HOLIDAY, Form.SEASON, Form.LOOSE_SEASON, Form.QUARTER}
)
_DAY_PART = re.compile(r"\s+(?:in\s+the\s+|at\s+)?(?P<part>morning|afternoon|evening|night)\b", re.IGNORECASE)
_OWN_PART = re.compile(r"(?P<part>morning|afternoon|evening|night|tonight)$", re.IGNORECASE)
_HOURS_OF = {"morning": (0, 12), "afternoon": (12, 18), "evening": (17, 24), "night": (18, 24), "tonight": (18, 24)}
_RECENT = re.compile(
    rf"\b(?:{words.COUNT}\s+(?P<unit>minute|hour)s?\s+ago|half\s+an\s+(?P<half>hour)\s+ago"
    rf"|(?:in\s+|over\s+|during\s+|within\s+)?the\s+(?:last|past)\s+(?:{words.COUNT.replace('count', 'trailing')}\s+)?"
    r"(?P<unit_2>minute|hour)s?)\b",
    re.IGNORECASE,
)


class _Impossible(NoSuchDate):
    """A date that cannot be, with the words it was written in."""

    def __init__(self, words: str, sentence: str) -> None:
        super().__init__(sentence)
        self.words = words


def _readings(
    source: Source,
    now: datetime,
    region: Region,
    events: FindEvents | None = None,
    ignored: Callable[[str], bool] = lambda words: False,
) -> list[_Reading]:
    text = source.text
    found = list(_merged(tuple(one for one in mentions(text, _FORMS) if is_time(text, one)), text, now.date()))
    readings: list[_Reading] = []
    for mention in found:
        try:
            piece = widened(text, _piece(mention, text, now, region), region)
        except NoSuchDate as wrong:
            own = source.words(mention.end - len(_own_words(mention)), mention.end)
            if not ignored(own):
                raise _Impossible(own, str(wrong)) from wrong
            continue
        readings.append(_reading(source, piece, now))
    readings += _recent(text, now)
    taken = [(one.start, one.end) for one in readings]
    if not readings or all(mention.form is Form.YEAR for mention in found):
        for begin, end, day in foreign_days(text, now):
            readings = [one for one in readings if one.end <= begin or end <= one.start]
            span = _span(calendar.one(day), text[begin:end], now.tzinfo)
            readings.append(_Reading(start=begin, end=end, span=span, exact=True))
    if events is not None:
        for event in events(text, taken):
            piece = Piece(start=event.start, end=event.end, days=event.happening.days)
            wide = widened(text, piece, region, event=True)
            readings.append(replace(_reading(source, wide, now), happening=event.happening))
    return _apart(readings)


def _apart(readings: list[_Reading]) -> list[_Reading]:
    """In order and without overlap: the longer one, which was widened over the other, is the one that was meant."""
    kept: list[_Reading] = []
    for one in sorted(readings, key=lambda one: one.start - one.end):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _merged(found: tuple[Mention, ...], text: str, today: date) -> Iterator[Mention]:
    """A year told beside a time without one belongs to it: "in March last year", "last year at Christmas"."""
    skip = False
    for place, mention in enumerate(found):
        if skip:
            skip = False
            continue
        after = found[place + 1] if place + 1 < len(found) else None
        if after is not None and _YEAR_GAP.fullmatch(text, mention.end, after.start):
            first, second = _told_year(mention, today), _told_year(after, today)
            if second is not None and mention.form in _IN_YEAR and mention.year is None and mention.which != "last":
                yield replace(mention, year=second, end=after.end)
                skip = True
                continue
            if first is not None and after.form in _IN_YEAR and after.year is None and after.which != "last":
                yield replace(after, year=first, start=mention.start)
                skip = True
                continue
        yield mention


def _told_year(mention: Mention, today: date) -> int | None:
    if mention.form is Form.YEAR:
        return mention.year
    if mention.form in (Form.TURN, Form.LOOSE_TURN, Form.AGO) and mention.unit == "year":
        try:
            return days_of(mention, today, Lean.PAST).first.year
        except NoSuchDate:
            return None
    return None


def _own_words(mention: Mention) -> str:
    """Without the words that lead to it: "since June" is June."""
    leading = _LEADING.match(mention.words)
    return mention.words[leading.end() :] if leading and leading.end() < len(mention.words) else mention.words


def _piece(mention: Mention, text: str, now: datetime, region: Region) -> Piece:
    """The days of a mention, from its own first word on: "since June" begins at June."""
    days = days_of(mention, now.date(), Lean.PAST, region)
    start = mention.end - len(_own_words(mention))
    return Piece(start=start, end=mention.end, days=days, holiday=mention.form is Form.HOLIDAY)


def _reading(source: Source, piece: Piece, now: datetime) -> _Reading:
    """Its span, narrowed where a part of one day is named."""
    text = source.text
    span = _span(piece.days, source.words(piece.start, piece.end), now.tzinfo)
    end = piece.end
    if piece.days.first == piece.days.last:
        behind, own = _DAY_PART.match(text, end), _OWN_PART.search(text, piece.start, end)
        part = behind or own
        if part is not None:
            end = part.end()
            first, last = _HOURS_OF[part["part"].lower()]
            begins = datetime.combine(piece.days.first, time(first), tzinfo=now.tzinfo)
            ends = datetime.combine(piece.days.first, time(last), tzinfo=now.tzinfo) if last < 24 else span.ends
            span = Span(begins=begins, ends=ends, words=source.words(piece.start, end))
    return _Reading(start=piece.start, end=end, span=span, exact=bool(re.search(r"\d", span.words)))


def _recent(text: str, now: datetime) -> Iterator[_Reading]:
    """Minutes and hours ago, give or take a quarter; and the last so many."""
    for match in _RECENT.finditer(text):
        told = match["count"] or match["trailing"]
        count = words.count(told)[0] if told else 1
        minutes = 30 if match["half"] else count * (60 if "hour" in words.fold(match[0]) else 1)
        ago = match["half"] or match["count"]
        begins = now - timedelta(minutes=minutes * (1.25 if ago else 1) + (2 if ago else 0))
        ends = now - timedelta(minutes=minutes * 0.75 - 2) if ago else now
        span = Span(begins=begins.replace(microsecond=0), ends=ends.replace(microsecond=0), words=match[0])
        yield _Reading(start=match.start(), end=match.end(), span=span, exact=True)


# -- one span of them

_EARLIER = ("before", "prior to", "until", "till", "til", "by", "up to", "up until")
_OPEN = re.compile(
    r"\b(before|until|till|til|by|up\s+to|up\s+until|prior\s+to|after|since|following|from|ever\s+since)\s+"
    r"(?:the\s+|my\s+|our\s+)?$",
    re.IGNORECASE,
)
_ONWARDS = re.compile(r"\s+(?:on|onwards?|until\s+now|till\s+now|to\s+now)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s+(?:the\s+|my\s+|our\s+)?$", re.IGNORECASE)
_TO = re.compile(r"^\s*(?:and|to|until|till|up\s+to|through|-|–)\s*(?:the\s+|my\s+|our\s+)?$", re.IGNORECASE)
_DASH = re.compile(r"^\s*(?:-|–|to|until|till|through)\s*$", re.IGNORECASE)


def _joined(source: Source, readings: list[_Reading], ignored: Callable[[str], bool]) -> Dates:
    text = source.text
    spans: list[tuple[Span, bool, tuple[Happening, ...]]] = []
    skip = False
    for place, one in enumerate(readings):
        if skip:
            skip = False
            continue
        after = readings[place + 1] if place + 1 < len(readings) else None
        if after is not None and _joins(text, one, after):
            between = _BETWEEN.search(text, 0, one.start)
            start = between.start() if between else one.start
            span, skip = _between(one.span, after.span, source.words(start, after.end).strip()), True
            happenings = tuple(each.happening for each in (one, after) if each.happening)
        else:
            span = _opened(source, one)
            happenings = (one.happening,) if one.happening else ()
        if not ignored(span.words) and not any(ignored(happening.name) for happening in happenings):
            spans.append((span, one.exact, happenings))
    if not spans:
        return Dates()
    span, _, happenings = min(spans, key=lambda found: _vagueness(found[0], found[1]))
    return Dates(span=span, happenings=happenings)


def _joins(text: str, one: _Reading, after: _Reading) -> bool:
    gap = text[one.end : after.start]
    opened = _BETWEEN.search(text, 0, one.start)
    return bool((opened and _TO.match(gap)) or _DASH.match(gap))


def _opened(source: Source, one: _Reading) -> Span:
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
            raise _Impossible(words, f"That time ends before it begins ({words}).")
        begins = _midnight(calendar.months_moved(begins.date(), -12), begins.tzinfo)
    return Span(begins=begins, ends=ends, words=words)
