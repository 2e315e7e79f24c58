"""Finds the words in a text that name a time, without saying yet which time that is."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from core.dates import words
from core.dates.holidays import HOLIDAY, name_of


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
    DAYS = auto()
    """The 3rd to the 9th of April."""
    NUMERIC = auto()
    """3/4/2026: which number is the month is the region's."""
    ISO_MONTH = auto()
    HOLIDAY = auto()
    QUARTER = auto()
    HALF = auto()
    """H1 2026."""
    DECADE = auto()
    BEFORE_LAST = auto()
    """The summer before last."""
    THIS_TIME = auto()
    """This time last year."""
    OTHER_DAY = auto()
    EARLIER = auto()
    """Earlier this week, so far this year."""
    LOOSE_WEEKEND = auto()
    """Over the weekend."""
    LOOSE_WEEKDAY = auto()
    """A weekday where nothing else can be meant: "Friday evening", "before Monday"."""
    WEEKDAYS_AGO = auto()
    """Two Fridays ago."""
    ISO_WEEK = auto()
    COMING = auto()
    """Over the next ten days."""
    EDGE = auto()
    """The beginning of the year, the end of last month."""
    NO_DAY = auto()
    """45 January."""
    LOOSE_NTH = auto()
    """On the 26th, at the end of what is said."""


OF_QUESTIONS = frozenset(
    {
        Form.DAYS,
        Form.NUMERIC,
        Form.ISO_MONTH,
        Form.HOLIDAY,
        Form.QUARTER,
        Form.HALF,
        Form.DECADE,
        Form.BEFORE_LAST,
        Form.THIS_TIME,
        Form.OTHER_DAY,
        Form.EARLIER,
        Form.LOOSE_WEEKEND,
        Form.LOOSE_WEEKDAY,
        Form.WEEKDAYS_AGO,
        Form.ISO_WEEK,
        Form.COMING,
        Form.EDGE,
        Form.NO_DAY,
        Form.LOOSE_NTH,
    }
)
"""What is read in questions only, where a wrong reading costs a rank and no wrong date is told."""


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
    numbers: tuple[int, int] | None = None
    """Of 3/4/2026 the first two; `dotted` when they are written 3.4.2026."""
    dotted: bool = False
    holiday: str = ""
    ordinal: int = 0
    today: bool = False
    """Counted to the day: "a year ago today"."""


_PART = r"(?:(?P<part>early|mid|late|(?:the\s+)?beginning\s+of|(?:the\s+)?end\s+of)(?:-|\s+)?(?:in\s+)?)?"
_TIME_WORD = "|".join(
    (
        "day",
        "night",
        "week",
        "month",
        "year",
        "quarter",
        "christmas",
        "easter",
        "thanksgiving",
        *words.WEEKDAYS,
        *words.MONTHS,
        *words.SEASONS,
    )
)
_QUARTER = r"(?P<ordinal>first|second|third|fourth|last|1st|2nd|3rd|4th)"
_QUARTER_2 = _QUARTER.replace("ordinal", "ordinal_2")
_NUMBERS = (
    r"(?:the\s+)?(?P<a>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\s*(?:-|–|to|and|until|till|through)\s*"
    r"(?:the\s+)?(?P<b>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
)
_WEEK = rf"(?:{words.ANY_WEEKDAY},?\s+)?"
_RULES = tuple(
    (form, re.compile(rf"(?<![\w-]){pattern}(?![\w-])", re.IGNORECASE))
    for form, pattern in (
        (
            Form.HOLIDAY,
            rf"(?:(?P<which>last|this\s+past|this|past|next|coming)\s+)?{HOLIDAY}(?:(?:,?|\s+of|\s+in)\s+{words.YEAR})?",
        ),
        (Form.ISO, r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:t[\d:.+z-]*)?"),
        (
            Form.NUMERIC,
            r"(?<![.,/])(?:(?P<a>\d\d?)(?:(?P<dot>\.)|/)(?P<b>\d\d?)[./](?P<year>(?:19|20)\d\d)"
            r"|(?P<c>0?[1-9]|[12]\d|3[01])/(?P<d>0?[1-9]|[12]\d|3[01])/(?P<years>\d\d))(?![./]\d)",
        ),
        (
            Form.NUMERIC,
            r"(?:on|dated|from|by|until|since|before|after|for|between|and|to)\s+(?P<a>1[0-2]|0?[1-9]|[12]\d|3[01])/"
            r"(?P<b>1[0-2]|0?[1-9]|[12]\d|3[01])(?![/\d])(?=\s*(?:[?.!,;]|$|and\b|to\b))",
        ),
        (Form.DAYS, rf"{_NUMBERS}\s+(?:of\s+)?{words.MONTH}(?:,?\s+{words.YEAR})?"),
        (Form.DAYS, rf"{words.MONTH}\s+{_NUMBERS}(?:,?\s+{words.YEAR})?"),
        (Form.ISO_MONTH, r"(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])"),
        (
            Form.QUARTER,
            rf"(?:the\s+)?(?:q(?P<quarter>[1-4])|{_QUARTER}\s+quarter\s+of|{_QUARTER_2}\s+quarter(?=\s+(?:19|20)\d\d))"
            rf"(?:\s+(?:of\s+)?(?:{words.YEAR}|(?P<which>last|this|next)\s+year))|"
            rf"(?P<years>(?:19|20)\d\d)['’]s\s+(?P<ordinal_4>first|second|third|fourth|last)\s+quarter|"
            r"(?:in|during|for|since|before|after)\s+the\s+(?P<ordinal_3>first|second|third|fourth|last)\s+quarter(?=\s*(?:[?.!,]|$))|"
            r"q(?P<quarter_2>[1-4])|(?P<which_2>last|past|previous|this|next)\s+(?P<unit>quarter)",
        ),
        (Form.HALF, rf"h(?P<number>[12])(?:\s+(?:of\s+)?(?:{words.YEAR}|(?P<which>last|this)\s+year))?"),
        (
            Form.DECADE,
            r"the\s+(?P<part>early|mid|late)?(?:\s+|-)?(?:(?P<decade>(?:19|20)\d0|[5-9]0)['’]?s"
            rf"|(?P<spelt>{'|'.join(words.DECADES)}))",
        ),
        (
            Form.BEFORE_LAST,
            rf"(?:the\s+)?(?:(?P<unit>day|night|week|weekend|month|year|quarter)|{words.WEEKDAY}|{words.SEASON}|{words.MONTH}"
            rf"|{HOLIDAY})\s+(?:before\s+(?P<which>last)|after\s+(?P<ahead>next))(?!\s+(?:{_TIME_WORD}))",
        ),
        (
            Form.THIS_TIME,
            r"(?:about\s+|around\s+)?(?:this|the\s+same)\s+(?P<part>time|day|week|month)\s+(?P<which>last)\s+"
            r"(?P<unit>year|month|week)",
        ),
        (Form.WEEKDAYS_AGO, rf"{words.COUNT}\s+{words.WEEKDAY}s?\s+(?:ago|back)"),
        (
            Form.ISO_WEEK,
            r"(?:(?P<year>(?:19|20)\d\d)-?w(?P<number>0?[1-9]|[1-4]\d|5[0-3])|(?:(?:calendar\s+)?week|kw)\s+"
            r"(?P<number_2>0?[1-9]|[1-4]\d|5[0-3])(?:(?:\s+of)?\s+(?:(?P<year_2>(?:19|20)\d\d)|(?P<which>this|last)\s+year))?)"
            r"(?!\s+of\b)",
        ),
        (
            Form.NO_DAY,
            rf"(?P<number>0|00|3[2-9]|[4-9]\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?!may\b|march\b|mar\b){words.MONTH}",
        ),
        (Form.OTHER_DAY, r"the\s+other\s+(?P<unit>day|night|evening|morning|week|month)"),
        (
            Form.EARLIER,
            r"(?:(?:earlier|later|so\s+far)\s+(?:on\s+)?(?:this\s+(?P<unit>week|month|year|quarter)|in\s+the\s+"
            r"(?P<in>week|month|year))|earlier\s+today|(?P<unit_2>year|month|week)\s+to\s+date)",
        ),
        (Form.DAY, rf"{_WEEK}(?:the\s+)?{words.DAY}(?:\s+of)?\s+{words.MONTH}(?:,?\s+{words.YEAR})?"),
        (Form.DAY, rf"{_WEEK}{words.MONTH}\s+(?:the\s+)?{words.DAY}(?![:\d])(?:,?\s+{words.YEAR})?"),
        (Form.MONTH, rf"{_PART}{words.MONTH},?(?:\s+of)?\s+{words.YEAR}"),
        (Form.MONTH, rf"(?P<which>last|this|next|back\s+in|in|during|since|by|until)\s+{_PART}{words.MONTH}"),
        (
            Form.JOINED_MONTH,
            rf"(?:before|after|of|between|and|to|from|till|through|around|throughout|back\s+in)\s+(?:the\s+month\s+of\s+)?{_PART}{words.MONTH}",
        ),
        (
            Form.JOINED_MONTH,
            rf"(?P<part>early|mid|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of)(?:-|\s+)?(?:in\s+)?{words.MONTH}",
        ),
        (Form.JOINED_MONTH, rf"{words.MONTH}(?=,?\s+(?:of\s+)?(?:last|this|next)\s+year)"),
        (Form.END, r"the\s+end\s+of\s+(?P<which>the|this|next)\s+(?P<unit>day|week|month)"),
        (
            Form.EDGE,
            r"(?:the\s+)?(?P<part>beginning|start|end|middle)\s+of\s+(?:the|(?P<which>this|last|next))\s+"
            r"(?P<unit>week|month|quarter|year)",
        ),
        (Form.AGO, r"(?:about\s+|around\s+)?(?:half\s+a\s+(?P<half>year)|a\s+(?P<more>year)\s+and\s+a\s+half)\s+ago"),
        (
            Form.AGO,
            rf"(?:(?:about|around|some|(?P<exactly>exactly|precisely))\s+)?{words.COUNT}\s+{words.UNIT}\s+(?:ago|back|earlier)(?P<today>\s+today|\s+to\s+the\s+day)?",
        ),
        (
            Form.NEAR,
            r"(?:the\s+)?day\s+before\s+yesterday|(?:the\s+)?day\s+after\s+tomorrow|yesterday|today|tonight|tomorrow"
            r"|last\s+(?:night|evening)|this\s+(?:morning|afternoon|evening)",
        ),
        (Form.COMING, rf"(?:the\s+)?(?:next|coming)\s+{words.COUNT}\s+{words.UNIT}"),
        (Form.HENCE, rf"in\s+{words.COUNT}\s+(?P<unit>day|week|fortnight|month|year)s?(?!\s+of\b)"),
        (Form.PAST, rf"(?:the\s+)?(?:last|past|previous)\s+{words.COUNT}\s+{words.UNIT}"),
        (Form.PAST, r"(?:in|over|during|for|within|throughout)\s+the\s+(?:last|past)\s+(?P<unit>week|month|year)"),
        (
            Form.TURN,
            r"(?P<which>last|this\s+past|past|this\s+coming|this|next|coming)\s+(?P<unit>weekend|week|month|year)",
        ),
        (Form.LOOSE_TURN, rf"(?P<which>last|previous|past|this|current|next|coming)\s+{words.UNIT}"),
        (
            Form.WEEKDAY,
            rf"(?:on|(?P<which>last|this\s+past|past|this\s+coming|this|next|coming))\s+{words.WEEKDAY}",
        ),
        (
            Form.LOOSE_NTH,
            rf"(?:(?:on|since|before|after|by|until|from|to|and|of|between|through)\s+|{words.ANY_WEEKDAY},?\s+)the\s+(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)"
            r"(?=\s*(?:[?.!,;]|$|(?:and|to|through|until|till|at|in\s+the|of\s+(?:last|this)\s+month)\b))",
        ),
        (Form.LOOSE_WEEKDAY, rf"{words.WEEKDAY}(?=\s+(?:morning|afternoon|evening|night)\b|\s*[?.!,]*\s*$)"),
        (
            Form.LOOSE_WEEKDAY,
            rf"(?:before|after|since|until|till|by|between|from|and|to)\s+(?:last\s+)?{words.WEEKDAY}",
        ),
        (Form.BARE_WEEKDAY, words.WEEKDAY),
        (Form.SHORT_WEEKDAY, rf"(?:on|(?P<which>last|this|next|coming))\s+{words.SHORT_WEEKDAY}"),
        (Form.SEASON, rf"(?:(?:in|during|over|last|this|the)\s+)?(?:the\s+)?{words.SEASON}(?:\s+of)?\s+{words.YEAR}"),
        (Form.SEASON, rf"(?P<which>last|this|next)\s+{words.SEASON}"),
        (Form.LOOSE_SEASON, rf"(?:in|during|over)\s+(?:the\s+)?{words.SEASON}"),
        (Form.LOOSE_WEEKEND, r"(?:at|over|on|during|for|since|before|after|from|of)\s+the\s+weekend"),
        (
            Form.NTH,
            r"the\s+(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)(?!\s+(?:of|floor|century|time|birthday|grade))",
        ),
        (Form.YEAR, words.YEAR),
    )
)
_MAYBE = re.compile(
    r"\d|day|night|quarter|decade|ies\b|christ|xmas|easter|advent|pentecost|whit|hallow|thanks|valentine|patrick|"
    r"ascension|corpus|burns|unity|epiphany|lent|juneteenth|mardi|april\s+fool|cinco|other|this\s+time|same\s+time|morning|noon|evening|week|fort|month|year|spring|summer|autumn|fall|winter|tomorrow"
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
    named = {name.rstrip("_234"): value for name, value in match.groupdict().items() if value}
    month = named.get("month", "")
    count, vague = words.count(named["count"]) if "count" in named else (1, False)
    if "half" in named or "more" in named:
        count, named["unit"] = 6 if "half" in named else 18, "month"
    first, second = named.get("a") or named.get("c"), named.get("b") or named.get("d")
    ordinal = (
        int(named["quarter"]) if "quarter" in named else words.ordinal(named["ordinal"]) if "ordinal" in named else 0
    )
    return Mention(
        form=form,
        start=match.start(),
        end=match.end(),
        words=match[0],
        year=_year(named),
        month=(int(month) if month.isdecimal() else words.month(month)) if month else None,
        day=int(named["day"]) if "day" in named else None,
        weekday=words.weekday(named["weekday"]) if "weekday" in named else None,
        count=count,
        vague=vague,
        which=" ".join(words.fold(named.get("which", "") or named.get("ahead", "")).split()),
        unit=words.fold(named.get("unit", "") or named.get("in", "")),
        season=words.fold(named.get("season", "")),
        part=" ".join(words.fold(named.get("part", "")).split()).removeprefix("the "),
        numbers=(int(first), int(second))
        if first and second
        else (int(named["number"]), 0)
        if "number" in named
        else None,
        dotted="dot" in named,
        holiday=name_of(named["holiday"]) if "holiday" in named else "",
        ordinal=ordinal,
        today="today" in named or "exactly" in named,
    )


def _year(named: dict[str, str]) -> int | None:
    """The year that is written, four digits of it where only two are; the first of a decade."""
    if "spelt" in named:
        return words.DECADES[words.fold(named["spelt"])]
    written = named.get("year") or named.get("years") or named.get("decade")
    if written is None:
        return None
    written = written.strip("'’")
    return int(written) + (0 if len(written) == 4 else 1900 if int(written) >= 50 else 2000)
