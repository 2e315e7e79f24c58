"""What a value must look like to be believed."""

import re

from core.consolidate.facts.vocabulary import MONTH_OR_DAY, NO_NAME, NO_PLACE, NOBODY, STREET, words
from core.dates.words import MONTHS
from core.pattern import Pattern

_DAY_NAME = Pattern(r"\b(?:today|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b", re.IGNORECASE)
_STREET = Pattern(STREET)
_POSTAL = Pattern(
    r"^(?:[A-Z][\w'’.-]*\s+){0,3}[A-Z]?[\w'’.-]+\s+\d+\w?\b|^\d+\w?(?:[/-]\d+)?,?\s+[A-Z]|\b\d{4,5}\s+[A-Z]"
)
_MONTH = Pattern(rf"^\d{{1,2}}\s+(?:{'|'.join(MONTHS)})\b")
_BAD_LIKE = words(
    "it this that these those "
    "myself yourself himself herself themselves ourselves them him her you your yours his hers my mine "
    "our ours their how "
    "what when where why who to the a an being having going getting seeing hearing knowing "
    "not no one ones everything anything something nothing everyone all both so very more "
    "most much lots working doing making using trying helping talking every each some any "
    "thinking learning spending taking finding giving sharing looking"
)
_LATE = words("you your it this that me my his her their them him our us one")
_BAD_THING = words(
    "when that how to the it this what not still always so too very my your being getting going in on at"
)
_NO_ALLERGEN = words(
    "work mondays you him her them bullshit stupidity idiots fun effort me it this people drama everything "
    "nonsense that meetings mornings exercise responsibility commitment"
)


def anything(value: str) -> bool:
    """Every value."""
    return bool(value)


def place(value: str) -> bool:
    """Whether it can be a place one lives in."""
    return value.split()[0].lower() not in NO_PLACE and not MONTH_OR_DAY.match(value)


def employer(value: str) -> bool:
    """Whether it can be where someone works."""
    return not MONTH_OR_DAY.match(value) and value.lower() not in {"i", "home", "night", "work"}


def liked(value: str) -> bool:
    """Whether it is a thing or an activity one can like, rather than a part of a longer thought."""
    parts = value.lower().split()
    if not 0 < len(parts) <= 4 or _DAY_NAME.search(value) or parts[0].endswith("ly"):
        return False
    return parts[0].strip(",") not in _BAD_LIKE and not _LATE & set(parts)


def thing(value: str) -> bool:
    """Whether it names a thing rather than beginning a clause."""
    parts = value.lower().split()
    return 0 < len(parts) <= 6 and (parts[0] not in _BAD_THING or (parts[0] == "the" and len(parts) < 5))


def contact(value: str) -> bool:
    """Whether it has the digits of a telephone number."""
    digits = re.sub(r"\D", "", value)
    return 7 <= len(digits) <= 15 and len(set(digits)) > 2


def postal(value: str) -> bool:
    """Whether it has a number and a name, as an address does."""
    if _MONTH.search(value):
        return False
    named = bool(re.search(r"\d", value)) and bool(re.search(r"[A-Z][a-z]{2,}", value)) and len(value) <= 90
    return named and bool(_POSTAL.search(value) or _STREET.search(value))


def street(value: str) -> bool:
    """Whether it is the name of a street."""
    return _STREET.search(value) is not None


def person(value: str) -> bool:
    """Whether it can be somebody's name."""
    first = value.split()[0].lower()
    return first not in NOBODY | NO_NAME and not MONTH_OR_DAY.match(value)


def allergen(value: str) -> bool:
    """Whether one can be allergic to it in earnest."""
    return bool(value) and value.lower().split()[0] not in _NO_ALLERGEN and len(value.split()) <= 3
