"""The words dates are made of: months, weekdays, counts, units, seasons, and the patterns that find them."""

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""In the order of `date.weekday()`."""
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month each begins with; each lasts three."""
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
DECADES = {"fifties": 1950, "sixties": 1960, "seventies": 1970, "eighties": 1980, "nineties": 1990, "noughties": 2000}
CALENDAR = frozenset(name.casefold() for name in (*MONTHS, *WEEKDAYS))
_VAGUE = {"few": 3, "several": 4, "some": 3}
_SHORT_WEEKDAYS = ("mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun")

_SHORT_MONTHS = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec")

MONTH = rf"(?P<month>(?:{'|'.join(MONTHS)})\b|(?:{'|'.join(_SHORT_MONTHS)})\b\.?)"
ANY_WEEKDAY = "(?:" + "|".join(WEEKDAYS) + ")"
WEEKDAY = f"(?P<weekday>{ANY_WEEKDAY})"
SHORT_WEEKDAY = "(?P<weekday>" + "|".join(sorted(_SHORT_WEEKDAYS, key=len, reverse=True)) + ")"
SEASON = "(?P<season>" + "|".join(SEASONS) + ")"
YEAR = r"(?P<year>(?:19|20)\d\d|['’]\d\d)"
DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
COUNT = r"(?P<count>(?:a\s+)?(?:couple(?:\s+of)?|few|several|some)(?:\s+of)?|an?|\d{1,4}|" + "|".join(NUMBERS) + r")"
ORDINAL = "(?P<ordinal>last|final|" + "|".join(ORDINALS) + r"|[1-9](?:st|nd|rd|th))"
UNIT = r"(?P<unit>day|night|weekend|week|fortnight|month|year)s?"

_FOLDED = str.maketrans("ıİ", "ii")


def fold(word: str) -> str:
    """The word as the tables have it, also where `re.IGNORECASE` took a sign of another alphabet for a letter."""
    return word.translate(_FOLDED).casefold()


def month(word: str) -> int:
    """1..12 of a month's name or its first letters."""
    return next(number for number, name in enumerate(MONTHS, 1) if name.casefold().startswith(fold(word)[:3]))


def weekday(word: str) -> int:
    """0..6 from Monday of a weekday's name or its first letters."""
    return next(number for number, name in enumerate(WEEKDAYS) if name.casefold().startswith(fold(word)[:3]))


def ordinal(word: str) -> int:
    """1 for "first" or "1st", -1 for "last"."""
    told = fold(word)
    if told in ("last", "final"):
        return -1
    return ORDINALS.index(told) + 1 if told in ORDINALS else int(told[0])


def count(words: str) -> tuple[int, bool]:
    """The number of "three", "a couple of", "12", and whether it is a vague one ("a few")."""
    told = fold(words).removesuffix("of").split()[-1]
    if told in _VAGUE:
        return _VAGUE[told], True
    if told in ("a", "an", "couple"):
        return 2 if told == "couple" else 1, False
    return (NUMBERS.index(told) + 1 if told in NUMBERS else int(told)), False
