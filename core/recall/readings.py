"""Every time that a text names: where it stands, and what it means on the day of asking."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from core.dates import calendar, words
from core.dates.around import Piece, widened
from core.dates.calendar import NoSuchDate
from core.dates.foreign import foreign_days
from core.dates.grammar import Form, Mention, mentions
from core.dates.region import Region
from core.dates.spans import Lean, days_of
from core.dates.tongues import Source
from core.recall.span import FindEvents, Happening, Impossible, Span, span_of
from core.recall.telling import is_numbered, is_time

FORMS = frozenset(Form) - {Form.BARE_WEEKDAY, Form.NTH, Form.HENCE, Form.END}
"""A question is short and about the past: words that a told sentence needs are taken for names here."""
TO = re.compile(r"^\s*(?:and|to|until|till|up\s+to|through|-|–)\s*(?:the\s+|my\s+|our\s+)?$", re.IGNORECASE)
"""Between the two ends of a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A time in the text: where, and what it means."""

    start: int
    end: int
    span: Span
    exact: bool
    happening: Happening | None = None


_AHEAD = re.compile(
    r"\b(?:will|shall|going\s+to|upcoming|coming\s+up|happening|planned|plans?\s+for|do\s+(?:i|we)\s+have|due|scheduled|"
    r"have\s+to|am\s+i|are\s+we|is\s+there|what['’]s|what\s+is)\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\b(?:did|was|were|had|have\s+(?:i|we)|happened|said|told|went|when)\b|\w{2,}ed\b", re.IGNORECASE)


def _lean(text: str) -> Lean:
    """Questions are about the past, but for those that plainly look ahead."""
    return Lean.COMING if _AHEAD.search(text) and not _BEHIND.search(text) else Lean.PAST


_LEADING = re.compile(
    r"(?:(?:in|during|since|until|till|by|before|after|of|between|and|to|on|from|at|over|throughout|for|around|"
    r"back|through)\s+)+(?:the\s+month\s+of\s+)?(?:the\s+(?=weekend|\d))?",
    re.IGNORECASE,
)
_NEXT_TO = re.compile(r"\s*(?:,|of|in|on|at|back in)?\s*", re.IGNORECASE)
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


def readings_of(
    source: Source,
    now: datetime,
    region: Region,
    events: FindEvents | None = None,
    ignored: Callable[[str], bool] = lambda words: False,
) -> list[Reading]:
    """Every time in the text in order, none within another, with the events that times are counted from.

    Raises Impossible for one that cannot be, unless its words are `ignored`.
    """
    text = source.text
    meant = tuple(one for one in mentions(text, FORMS) if is_time(text, one, english=not source.pieces))
    found = list(_merged(meant, text, now.date()))
    readings: list[Reading] = []
    for mention in found:
        try:
            piece = widened(text, _piece(mention, text, now, region), region)
            readings.append(_reading(source, piece, now))
        except NoSuchDate as wrong:
            own = source.words(_own_start(mention), mention.end)
            if not ignored(own):
                raise Impossible(own, str(wrong)) from wrong
    readings += _recent(text, now)
    taken = [(one.start, one.end) for one in readings]
    if not readings or all(mention.form is Form.YEAR for mention in found):
        for begin, end, day in foreign_days(text, now):
            if is_numbered(text, begin):
                continue
            readings = [one for one in readings if one.end <= begin or end <= one.start]
            span = span_of(calendar.one(day), text[begin:end], now.tzinfo)
            readings.append(Reading(start=begin, end=end, span=span, exact=True))
    if events is not None:
        for event in events(text, taken):
            piece = Piece(start=event.start, end=event.end, days=event.happening.days)
            wide = widened(text, piece, region, event=True)
            readings.append(replace(_reading(source, wide, now), happening=event.happening))
    return _apart(readings)


def _apart(readings: list[Reading]) -> list[Reading]:
    """In order and without overlap: the longer one, which was widened over the other, is the one that was meant."""
    kept: list[Reading] = []
    for one in sorted(readings, key=lambda one: one.start - one.end):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _merged(found: tuple[Mention, ...], text: str, today: date) -> Iterator[Mention]:
    """A year or week told beside a time belongs to it: "in March last year", "Monday to Friday last week"."""
    left: list[Mention] = []
    for mention in reversed(found):
        after = left[-1] if left else None
        if after is None:
            left.append(mention)
            continue
        gap = text[mention.end : after.start]
        near = _NEXT_TO.fullmatch(gap) is not None
        week = _told_week(after, today)
        if near and week is not None and mention.weekday is not None:
            left[-1] = _spanning(text, _in_week(mention, week), _own_start(mention), after.end)
        elif after.form is Form.ISO and after.weekday is not None and mention.weekday is not None and TO.match(gap):
            week = date(after.year or 1, after.month or 1, after.day or 1)
            left.append(_spanning(text, _in_week(mention, week), _own_start(mention), mention.end))
        elif near and _takes_year(mention) and (year := _told_year(after, today)) is not None:
            left[-1] = _spanning(text, replace(mention, year=year), mention.start, after.end)
        elif near and _takes_year(after) and (year := _told_year(mention, today)) is not None:
            left[-1] = _spanning(text, replace(after, year=year), mention.start, after.end)
        else:
            left.append(mention)
    yield from reversed(left)


def _spanning(text: str, mention: Mention, start: int, end: int) -> Mention:
    return replace(mention, start=start, end=end, words=text[start:end])


def _own_start(mention: Mention) -> int:
    return mention.end - len(_own_words(mention))


def _takes_year(mention: Mention) -> bool:
    return mention.form in _IN_YEAR and mention.year is None and mention.which != "last"


def _told_year(mention: Mention, today: date) -> int | None:
    if mention.form is Form.YEAR:
        return mention.year
    if mention.form in (Form.TURN, Form.LOOSE_TURN, Form.AGO) and mention.unit == "year":
        try:
            return days_of(mention, today, Lean.PAST).first.year
        except NoSuchDate:
            return None
    return None


def _told_week(mention: Mention, today: date) -> date | None:
    """A day of the week that is told."""
    if mention.form in (Form.TURN, Form.LOOSE_TURN, Form.AGO) and mention.unit == "week":
        try:
            return days_of(mention, today, Lean.PAST).first
        except NoSuchDate:
            return None
    return None


def _in_week(mention: Mention, week: date) -> Mention:
    day = calendar.moved(calendar.week_of(week).first, mention.weekday or 0)
    return replace(mention, form=Form.ISO, year=day.year, month=day.month, day=day.day)


def _own_words(mention: Mention) -> str:
    """Without the words that lead to it: "since June" is June."""
    leading = _LEADING.match(mention.words)
    return mention.words[leading.end() :] if leading and leading.end() < len(mention.words) else mention.words


def _piece(mention: Mention, text: str, now: datetime, region: Region) -> Piece:
    """The days of a mention, from its own first word on: "since June" begins at June."""
    days = days_of(mention, now.date(), _lean(text), region)
    return Piece(start=_own_start(mention), end=mention.end, days=days, holiday=mention.form is Form.HOLIDAY)


def _reading(source: Source, piece: Piece, now: datetime) -> Reading:
    """Its span, narrowed where a part of one day is named."""
    text = source.text
    span = span_of(piece.days, source.words(piece.start, piece.end), now.tzinfo)
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
    return Reading(start=piece.start, end=end, span=span, exact=bool(re.search(r"\d", span.words)))


def _recent(text: str, now: datetime) -> Iterator[Reading]:
    """Minutes and hours ago, give or take a quarter; and the last so many."""
    for match in _RECENT.finditer(text):
        told = match["count"] or match["trailing"]
        count = words.count(told)[0] if told else 1
        minutes = 30 if match["half"] else count * (60 if "hour" in words.fold(match[0]) else 1)
        ago = match["half"] or match["count"]
        begins = now - timedelta(minutes=minutes * (1.25 if ago else 1) + (2 if ago else 0))
        ends = now - timedelta(minutes=minutes * 0.75 - 2) if ago else now
        span = Span(begins=begins.replace(microsecond=0), ends=ends.replace(microsecond=0), words=match[0])
        yield Reading(start=match.start(), end=match.end(), span=span, exact=True)
