"""Finds the words in a text that name a time, without saying yet which time that is."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from core.dates import words


class Form(Enum):
    """The ways to name a time, each taken by those stages that can trust it."""

    ISO = auto()
    DAY = auto()
    """A day of a month, with or without its year."""
    MONTH = auto()
    """After a word that only goes before times (in, since, last), or with its year."""
    JOINED_MONTH = auto()
    """After a word that goes before much else too: "and May", "of March"."""
    NEAR = auto()
    """Yesterday, today, tomorrow and around them."""
    AGO = auto()
    HENCE = auto()
    """In two weeks."""
    PAST = auto()
    """The last two weeks, up to today."""
    TURN = auto()
    """Last, this or next week, weekend, month, year."""
    LOOSE_TURN = auto()
    """The same with words that as often count from another time: the next day, the previous month."""
    WEEKDAY = auto()
    BARE_WEEKDAY = auto()
    SHORT_WEEKDAY = auto()
    SEASON = auto()
    LOOSE_SEASON = auto()
    """In the summer."""
    END = auto()
    """The end of the week, from today on."""
    NTH = auto()
    """The 26th."""
    YEAR = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Words that name a time, at characters [start, end) of a text; what they do not name is None or empty."""

    form: Form
    start: int
    end: int
    words: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    count: int = 1
    vague: bool = False
    """The count is a guess at "a few"."""
    which: str = ""
    """Last, this, next, coming or the like, in small letters."""
    unit: str = ""
    season: str = ""
    part: str = ""
    """Of a month: early, mid, late, or the beginning or end of it."""


_PART = r"(?:(?P<part>early|mid|late|(?:the\s+)?beginning\s+of|(?:the\s+)?end\s+of)(?:-|\s+)?(?:in\s+)?)?"
_WEEK = rf"(?:{words.ANY_WEEKDAY},?\s+)?"
_RULES = tuple(
    (form, re.compile(rf"(?<![\w-]){pattern}(?![\w-])", re.IGNORECASE))
    for form, pattern in (
        (Form.ISO, r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:t[\d:.+z-]*)?"),
        (Form.DAY, rf"{_WEEK}(?:the\s+)?{words.DAY}(?:\s+of)?\s+{words.MONTH}(?:,?\s+{words.YEAR})?"),
        (Form.DAY, rf"{_WEEK}{words.MONTH}\s+(?:the\s+)?{words.DAY}(?![:\d])(?:,?\s+{words.YEAR})?"),
        (Form.MONTH, rf"{_PART}{words.MONTH},?(?:\s+of)?\s+{words.YEAR}"),
        (Form.MONTH, rf"(?P<which>last|this|next|back\s+in|in|during|since|by|until)\s+{_PART}{words.MONTH}"),
        (Form.JOINED_MONTH, rf"(?:before|after|of|between|and|to)\s+{_PART}{words.MONTH}"),
        (Form.END, r"the\s+end\s+of\s+(?P<which>the|this|next)\s+(?P<unit>day|week|month)"),
        (
            Form.NEAR,
            r"(?:the\s+)?day\s+before\s+yesterday|(?:the\s+)?day\s+after\s+tomorrow|yesterday|today|tonight|tomorrow"
            r"|last\s+night|this\s+(?:morning|afternoon|evening)",
        ),
        (Form.AGO, rf"(?:(?:about|around)\s+)?{words.COUNT}\s+{words.UNIT}\s+(?:ago|back|earlier)"),
        (Form.HENCE, rf"in\s+{words.COUNT}\s+(?P<unit>day|week|fortnight|month|year)s?(?!\s+of\b)"),
        (Form.PAST, rf"(?:the\s+)?(?:last|past|previous)\s+{words.COUNT}\s+{words.UNIT}"),
        (
            Form.TURN,
            r"(?P<which>last|this\s+past|past|this\s+coming|this|next|coming)\s+(?P<unit>weekend|week|month|year)",
        ),
        (Form.LOOSE_TURN, rf"(?P<which>last|previous|past|this|current|next|coming)\s+{words.UNIT}"),
        (
            Form.WEEKDAY,
            rf"(?:on|(?P<which>last|this\s+past|past|this\s+coming|this|next|coming))\s+{words.WEEKDAY}",
        ),
        (Form.BARE_WEEKDAY, words.WEEKDAY),
        (Form.SHORT_WEEKDAY, rf"(?:on|(?P<which>last|this|next|coming))\s+{words.SHORT_WEEKDAY}"),
        (Form.SEASON, rf"(?:(?:in|during|over|last|this|the)\s+)?(?:the\s+)?{words.SEASON}(?:\s+of)?\s+{words.YEAR}"),
        (Form.SEASON, rf"(?P<which>last|this|next)\s+{words.SEASON}"),
        (Form.LOOSE_SEASON, rf"(?:in|during|over)\s+(?:the\s+)?{words.SEASON}"),
        (
            Form.NTH,
            r"the\s+(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)(?!\s+(?:of|floor|century|time|birthday|grade))",
        ),
        (Form.YEAR, words.YEAR),
    )
)
_MAYBE = re.compile(
    r"\d|day|night|morning|noon|evening|week|fort|month|year|spring|summer|autumn|fall|winter|tomorrow"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|on\s|last\s|this\s|next\s|coming\s)",
    re.IGNORECASE,
)


def mentions(text: str, forms: Collection[Form]) -> tuple[Mention, ...]:
    """The times that `text` names in one of the forms, in order and without overlap."""
    found: list[Mention] = []
    if not _MAYBE.search(text):
        return ()
    for form, pattern in _RULES:
        if form not in forms:
            continue
        for match in pattern.finditer(text):
            if all(match.end() <= one.start or one.end <= match.start() for one in found):
                found.append(_mention(form, match))
    return tuple(sorted(found, key=lambda one: one.start))


def wholly(text: str, forms: Collection[Form]) -> Iterator[Mention]:
    """The ways to read `text` as one time and nothing else, the surest first."""
    for form, pattern in _RULES:
        match = pattern.fullmatch(text) if form in forms else None
        if match:
            yield _mention(form, match)


def _mention(form: Form, match: re.Match[str]) -> Mention:
    named = {name: value for name, value in match.groupdict().items() if value}
    month = named.get("month", "")
    count, vague = words.count(named["count"]) if "count" in named else (1, False)
    return Mention(
        form=form,
        start=match.start(),
        end=match.end(),
        words=match[0],
        year=int(named["year"]) if "year" in named else None,
        month=(int(month) if month.isdecimal() else words.month(month)) if month else None,
        day=int(named["day"]) if "day" in named else None,
        weekday=words.weekday(named["weekday"]) if "weekday" in named else None,
        count=count,
        vague=vague,
        which=" ".join(words.fold(named.get("which", "")).split()),
        unit=words.fold(named.get("unit", "")),
        season=words.fold(named.get("season", "")),
        part=" ".join(words.fold(named.get("part", "")).split()).removeprefix("the "),
    )
