"""Days with a name: fixed ones, those that go with Easter, and those on such and such a weekday of a month."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter

from core.dates import calendar
from core.dates.calendar import Days, NoSuchDate


def _fixed(month: int, number: int, lasting: int = 1) -> Callable[[int], Days]:
    def days(year: int) -> Days:
        first = calendar.day(year, month, number)
        return Days(first=first, last=calendar.moved(first, lasting - 1))

    return days


def _easter(away: int, lasting: int = 1) -> Callable[[int], Days]:
    def days(year: int) -> Days:
        first = calendar.moved(_easter_sunday(year), away)
        return Days(first=first, last=calendar.moved(first, lasting - 1))

    return days


def _easter_sunday(year: int) -> date:
    try:
        found = easter(year)
    except ValueError as error:
        raise NoSuchDate(f"There is no Easter {year} in this calendar.") from error
    return date(found.year, found.month, found.day)


def _nth(number: int, weekday: int, month: int) -> Callable[[int], Days]:
    return lambda year: calendar.one(calendar.nth_weekday(year, month, number, weekday))


def _black_friday(year: int) -> Days:
    return calendar.one(calendar.nth_weekday(year, 11, 4, 3) + timedelta(days=1))


def _advent(year: int) -> Days:
    """The first Sunday of Advent to Christmas Eve."""
    christmas = calendar.day(year, 12, 25)
    return Days(first=calendar.moved(christmas, -22 - christmas.weekday()), last=calendar.day(year, 12, 24))


def _mothering_sunday(year: int) -> Days:
    return _easter(-21)(year)


_HOLIDAYS: dict[str, Callable[[int], Days]] = {
    "christmas eve": _fixed(12, 24),
    "christmas day": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
    "st stephens day": _fixed(12, 26),
    "christmas": _fixed(12, 25),
    "xmas": _fixed(12, 25),
    "advent": _advent,
    "new years eve": _fixed(12, 31),
    "new year eve": _fixed(12, 31),
    "new years day": _fixed(1, 1),
    "new years": _fixed(1, 1),
    "new year": _fixed(1, 1),
    "three kings day": _fixed(1, 6),
    "candlemas": _fixed(2, 2),
    "groundhog day": _fixed(2, 2),
    "valentines day": _fixed(2, 14),
    "valentines": _fixed(2, 14),
    "st patricks day": _fixed(3, 17),
    "april fools day": _fixed(4, 1),
    "april fools": _fixed(4, 1),
    "may day": _fixed(5, 1),
    "labour day": _fixed(5, 1),
    "cinco de mayo": _fixed(5, 5),
    "juneteenth": _fixed(6, 19),
    "midsummer": _fixed(6, 24),
    "independence day": _fixed(7, 4),
    "fourth of july": _fixed(7, 4),
    "4th of july": _fixed(7, 4),
    "july 4th": _fixed(7, 4),
    "bastille day": _fixed(7, 14),
    "assumption day": _fixed(8, 15),
    "halloween": _fixed(10, 31),
    "all saints day": _fixed(11, 1),
    "all souls day": _fixed(11, 2),
    "guy fawkes night": _fixed(11, 5),
    "bonfire night": _fixed(11, 5),
    "veterans day": _fixed(11, 11),
    "armistice day": _fixed(11, 11),
    "st nicholas day": _fixed(12, 6),
    "shrove tuesday": _easter(-47),
    "pancake day": _easter(-47),
    "mardi gras": _easter(-47),
    "ash wednesday": _easter(-46),
    "mothering sunday": _mothering_sunday,
    "palm sunday": _easter(-7),
    "holy week": _easter(-7, 7),
    "maundy thursday": _easter(-3),
    "good friday": _easter(-2),
    "easter sunday": _easter(0),
    "easter monday": _easter(1),
    "easter weekend": _easter(-2, 4),
    "easter": _easter(0),
    "ascension day": _easter(39),
    "ascension": _easter(39),
    "pentecost": _easter(49),
    "whitsun": _easter(49),
    "whit monday": _easter(50),
    "corpus christi": _easter(60),
    "martin luther king day": _nth(3, 0, 1),
    "mlk day": _nth(3, 0, 1),
    "presidents day": _nth(3, 0, 2),
    "mothers day": _nth(2, 6, 5),
    "memorial day": _nth(-1, 0, 5),
    "fathers day": _nth(3, 6, 6),
    "labor day": _nth(1, 0, 9),
    "columbus day": _nth(2, 0, 10),
    "indigenous peoples day": _nth(2, 0, 10),
    "epiphany": _fixed(1, 6),
    "lent": _easter(-46, 46),
    "german unity day": _fixed(10, 3),
    "kings day": _fixed(4, 27),
    "st andrews day": _fixed(11, 30),
    "st georges day": _fixed(4, 23),
    "st davids day": _fixed(3, 1),
    "australia day": _fixed(1, 26),
    "burns night": _fixed(1, 25),
    "earth day": _fixed(4, 22),
    "anzac day": _fixed(4, 25),
    "canada day": _fixed(7, 1),
    "remembrance day": _fixed(11, 11),
    "day of the dead": _fixed(11, 1, 2),
    "thanksgiving day": _nth(4, 3, 11),
    "thanksgiving": _nth(4, 3, 11),
    "black friday": _black_friday,
}
"""By their name without apostrophes and full stops, in small letters."""


_ELSEWHERE: dict[tuple[str, str], Callable[[int], Days]] = {
    ("GB", "mothers day"): _mothering_sunday,
    ("IE", "mothers day"): _mothering_sunday,
    ("CA", "thanksgiving"): _nth(2, 0, 10),
    ("CA", "thanksgiving day"): _nth(2, 0, 10),
    ("AU", "fathers day"): _nth(1, 6, 9),
    ("NZ", "fathers day"): _nth(1, 6, 9),
    ("DE", "fathers day"): _easter(39),
    ("ES", "mothers day"): _nth(1, 6, 5),
    ("ES", "fathers day"): _fixed(3, 19),
    ("IT", "fathers day"): _fixed(3, 19),
    ("FR", "mothers day"): _nth(-1, 6, 5),
    ("CA", "labour day"): _nth(1, 0, 9),
}
"""Where a country has another day under the name."""


def _pattern(name: str) -> str:
    words = name.split()
    if words[0] == "st":
        words[0] = r"(?:st\.?|saint)"
    return r"\s+".join(re.sub(r"(?<=[a-z])s\b", "['’]?s['’]?", word) if word[-1] == "s" else word for word in words)


HOLIDAY = "(?P<holiday>" + "|".join(_pattern(name) for name in sorted(_HOLIDAYS, key=len, reverse=True)) + ")"
"""One of their names, the longest first."""


def name_of(words: str) -> str:
    """The name as the table has it."""
    plain = re.sub(r"['’.]", "", words.casefold())
    return " ".join(re.sub(r"\bsaint\b", "st", plain).split())


def holiday(name: str, year: int, country: str = "") -> Days:
    """When the day of this name is in a year, in a country (ISO 3166) if that matters. Raises NoSuchDate."""
    return _ELSEWHERE.get((country, name), _HOLIDAYS[name])(year)
