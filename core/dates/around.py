"""Times counted from other times: the week before Easter, two days after the 5th, the first week of June."""

import re
from dataclasses import dataclass, replace
from datetime import date

from core.dates import calendar, words
from core.dates.calendar import Days, NoSuchDate
from core.dates.region import Region

_BEFORE = r"before|prior\s+to|preceding|leading\s+up\s+to|ahead\s+of"
_AFTER = r"after|following|from|past"
_DAY_NAME = f"{words.ANY_WEEKDAY}|{'|'.join(words.SEASONS)}"
_UNIT = rf"(?P<unit>day|night|evening|morning|weekend|week|fortnight|month|year|{_DAY_NAME})"
_COUNTED = r"(?P<unit>day|night|weekend|week|fortnight|month|year)s?"
_THE = r"(?:the\s+|my\s+|our\s+)?"
_MANY = r"(?:(?P<number>\d|two|three|four|few|couple\s+of)\s+)?"
_JUST = r"(?:right\s+|just\s+|immediately\s+)?"
_RULES = tuple(
    (name, re.compile(rf"(?<![\w-]){pattern}\s*$", re.IGNORECASE))
    for name, pattern in (
        (
            "counted",
            rf"(?P<all>the\s+(?:last\s+|first\s+)?)?{words.COUNT}\s+{_COUNTED}\s+(?P<way>{_BEFORE}|{_AFTER})\s+{_THE}",
        ),
        (
            "next_to",
            rf"{_THE}(?:last\s+|first\s+|very\s+)?{_UNIT}\s+{_JUST}(?P<way>{_BEFORE}|after|following)\s+{_THE}",
        ),
        (
            "nth",
            rf"{_THE}{words.ORDINAL}\s+{_MANY}(?P<unit>day|weekend|week|half|{words.ANY_WEEKDAY})s?\s+(?:of|in)\s+{_THE}",
        ),
        (
            "part",
            rf"(?:{_THE}(?P<part>beginning|start|end|middle)\s+of\s+{_THE}|(?P<early>early|mid|late)(?:-|\s+)(?:in\s+)?{_THE})",
        ),
        ("of", rf"{_THE}{_UNIT}\s+(?:of|around)\s+{_THE}"),
        ("close", rf"(?:shortly|just|right|soon|immediately|not\s+long)\s+(?P<side>before|after)\s+{_THE}"),
        ("about", rf"(?:some(?:where|\s*time)\s+)?(?:around|near|close\s+to)\s+{_THE}(?:time\s+of\s+)?"),
    )
)
_CLOSE_DAYS = 14
_BEHIND_HOLIDAY = re.compile(r"(?:'s|’s)?\s+(?P<what>weekend|week|holidays?|break|season)\b", re.IGNORECASE)
_SIZES = {"week": 7, "fortnight": 14}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Words of a text at [start, end) and the days they mean."""

    start: int
    end: int
    days: Days
    holiday: bool = False


def widened(text: str, piece: Piece, region: Region, *, event: bool = False) -> Piece:
    """The piece with all the words around it that count from it, from the inside out. Raises NoSuchDate.

    `event`: it is one in a life and not in the calendar, so "the end of" and "the first week of" are not cut from it.
    """
    if piece.holiday:
        piece = _with_what_follows(text, piece, region)
    while True:
        found = _one_more(text, piece, region, event)
        if found is None:
            return piece
        piece = found


def _with_what_follows(text: str, piece: Piece, region: Region) -> Piece:
    """Easter week, the Christmas holidays."""
    match = _BEHIND_HOLIDAY.match(text, piece.end)
    if match is None:
        return piece
    first, last = piece.days.first, piece.days.last
    what = match["what"].lower()
    if what == "week":
        days = calendar.week_of(first, 0, 1, region.week_begins)
    elif what == "weekend":
        middle = calendar.moved(first, 3) if first.weekday() < 2 else first
        days = calendar.weekend_of(calendar.moved(middle, -7) if first.weekday() < 2 else first)
    else:
        days = Days(first=calendar.moved(first, -7), last=calendar.moved(last, 7))
    return replace(piece, end=match.end(), days=days, holiday=False)


def _one_more(text: str, piece: Piece, region: Region, event: bool) -> Piece | None:
    for name, rule in _RULES:
        if event and name in ("nth", "part"):
            continue
        match = rule.search(text, 0, piece.start)
        if match is None:
            continue
        days = _READERS[name](match, piece.days, region)
        if days is not None:
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            return Piece(start=start, end=piece.end, days=days)
    return None


def _counted(match: re.Match[str], days: Days, region: Region) -> Days | None:
    """Two weeks before: that week; two days after: that day; vague counts with the days on either side."""
    count, vague = words.count(match["count"])
    unit = words.fold(match["unit"])
    back = re.fullmatch(_BEFORE, match["way"], re.IGNORECASE) is not None
    if not back and words.fold(match["way"]) == "past":
        return None
    step = -count if back else count
    edge = days.first if back else days.last
    if match["all"] and unit != "weekend":
        size = count * _SIZES.get(unit, 1) if unit not in ("month", "year") else 0
        far = calendar.moved(edge, -size if back else size)
        if not size:
            far = calendar.months_moved(edge, step * (12 if unit == "year" else 1))
        beside = calendar.moved(edge, -1 if back else 1)
        return Days(first=min(far, beside), last=max(far, beside))
    if unit in ("day", "night"):
        day = calendar.moved(edge, step)
        return Days(first=calendar.moved(day, -2), last=calendar.moved(day, 1)) if vague else calendar.one(day)
    if unit in ("week", "fortnight", "weekend"):
        there = calendar.moved(edge, step * _SIZES.get(unit, 7))
        return calendar.weekend_of(there) if unit == "weekend" else _around(there, 3)
    there = calendar.months_moved(edge, step * (12 if unit == "year" else 1))
    return calendar.year_of(there.year) if unit == "year" else calendar.month_of(there)


def _next_to(match: re.Match[str], days: Days, region: Region) -> Days | None:
    unit, back = words.fold(match["unit"]), re.fullmatch(_BEFORE, match["way"], re.IGNORECASE) is not None
    edge = calendar.moved(days.first, -1) if back else calendar.moved(days.last, 1)
    if unit in ("day", "night", "evening", "morning"):
        return calendar.one(edge)
    if unit in _SIZES:
        far = calendar.moved(edge, (-1 if back else 1) * (_SIZES[unit] - 1))
        return Days(first=min(edge, far), last=max(edge, far))
    if unit == "weekend":
        saturday = calendar.weekday_before(edge, 5) if back else calendar.weekday_after(calendar.moved(edge, -1), 5)
        if back and calendar.moved(saturday, 1) > edge:
            saturday = calendar.moved(saturday, -7)
        return Days(first=saturday, last=calendar.moved(saturday, 1))
    if unit == "month":
        return _month_beside(days, edge, back)
    if unit == "year":
        whole = days.first.day == days.first.month == 1 and (days.last.month, days.last.day) == (12, 31)
        return calendar.year_of(edge.year if whole else edge.year - 1 if back else edge.year + 1)
    if unit in words.SEASONS:
        return _season_beside(unit, edge, back, region)
    weekday = words.weekday(unit)
    outside = calendar.moved(edge, 1 if back else -1)
    return calendar.one((calendar.weekday_before if back else calendar.weekday_after)(outside, weekday))


def _month_beside(days: Days, edge: date, back: bool) -> Days:
    """The calendar's month beside whole months, else a month's length up to or from the edge."""
    if days.first.day == 1 and days.last == calendar.month_of(days.last).last:
        return calendar.month_of(edge)
    far = calendar.months_moved(edge, -1 if back else 1)
    return Days(first=min(edge, far), last=max(edge, far))


def _season_beside(name: str, edge: date, back: bool, region: Region) -> Days:
    begins = (words.SEASONS[name] + (5 if region.south else -1)) % 12 + 1
    years = range(max(1, edge.year - 2), min(9998, edge.year + 2) + 1)
    seasons = [calendar.season_of(year, begins) for year in years]
    if back:
        return max((one for one in seasons if one.first <= edge), key=lambda one: one.first)
    return min((one for one in seasons if one.last >= edge), key=lambda one: one.first)


def _nth(match: re.Match[str], days: Days, region: Region) -> Days | None:
    """The first week of June are its first seven days, the second half what is left."""
    unit, number = words.fold(match["unit"]), words.ordinal(match["ordinal"])
    many = words.count(match["number"])[0] if match["number"] else 1
    lasting = (days.last - days.first).days + 1
    if unit == "half":
        middle = _half(days, lasting)
        return (
            Days(first=days.first, last=calendar.moved(middle, -1))
            if number == 1
            else Days(first=middle, last=days.last)
        )
    if unit == "weekend":
        saturday = calendar.nth_weekday_in(days, number, 5)
        return Days(first=saturday, last=calendar.moved(saturday, 1))
    if unit in ("day", "week"):
        size = (7 if unit == "week" else 1) * many
        if number < 0:
            first = max(days.first, calendar.moved(days.last, 1 - size))
            return Days(first=first, last=days.last)
        first = calendar.moved(days.first, (number - 1) * size)
        if first > days.last:
            raise NoSuchDate(f"There is no such {unit} in that time.")
        return Days(first=first, last=min(days.last, calendar.moved(first, size - 1)))
    return calendar.one(calendar.nth_weekday_in(days, number, words.weekday(unit)))


def _half(days: Days, lasting: int) -> date:
    """Where the second half begins: on the first of a month where the halves are whole months."""
    months = round(lasting / 30.44)
    if days.first.day == 1 and months > 1 and months % 2 == 0:
        return calendar.months_moved(days.first, months // 2)
    return calendar.moved(days.first, lasting // 2)


def _part(match: re.Match[str], days: Days, region: Region) -> Days | None:
    found = calendar.part_of(days, words.fold(match["part"] or match["early"]))
    return None if found == days else found


def _of(match: re.Match[str], days: Days, region: Region) -> Days | None:
    """The week of the 5th, the month of May, the evening of that day; nothing where it would be smaller."""
    unit = words.fold(match["unit"])
    lasting = (days.last - days.first).days + 1
    if unit in ("day", "night", "evening", "morning"):
        return days if lasting <= 3 else None
    if unit in ("week", "weekend") and lasting <= 7:
        if unit == "weekend":
            return calendar.weekend_of(days.first)
        return calendar.week_of(days.first, 0, 1, region.week_begins)
    if unit == "month" and lasting <= 31:
        return calendar.month_of(days.first)
    return calendar.year_of(days.first.year) if unit == "year" and lasting <= 366 else None


def _close(match: re.Match[str], days: Days, region: Region) -> Days | None:
    if words.fold(match["side"]) == "before":
        return Days(first=calendar.moved(days.first, -_CLOSE_DAYS), last=calendar.moved(days.first, -1))
    return Days(first=calendar.moved(days.last, 1), last=calendar.moved(days.last, _CLOSE_DAYS))


def _about(match: re.Match[str], days: Days, region: Region) -> Days | None:
    """Three days more on either side of a day, a week of what lasts longer."""
    lasting = (days.last - days.first).days + 1
    away = 3 if lasting <= 3 else 7
    return Days(first=calendar.moved(days.first, -away), last=calendar.moved(days.last, away))


def _around(middle: date, away: int) -> Days:
    return Days(first=calendar.moved(middle, -away), last=calendar.moved(middle, away))


_READERS = {
    "counted": _counted,
    "next_to": _next_to,
    "nth": _nth,
    "part": _part,
    "of": _of,
    "close": _close,
    "about": _about,
}
