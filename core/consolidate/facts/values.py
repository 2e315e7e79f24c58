"""What a value must look like to be believed."""

import re

from core.consolidate.facts.vocabulary import JOB_WORDS, MONTH_OR_DAY, NO_NAME, NO_PLACE, NOBODY, STREET, words
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
_DREARY = Pattern(
    r"\b(?:wait(?:ing)?|queu\w+|traffic|paperwork|tax(?:es)?|forms?|bureaucracy|deadlines?|hold music|delays?"
    r"|overtime"
    r"|meetings|spam|invoices?|ironing|being|losing|paying)\b",
    re.IGNORECASE,
)
_JOB = Pattern(
    rf"\b(?:{JOB_WORDS}|\w+(?:er|or|ist|ian|ant|eer|man|woman|person|ess|smith|wright|herd|ee|monger))$", re.I
)
_NO_JOB = Pattern(
    r"\b(?:human|professional|royal|pillow|loser|winner|sleeper|napper|monster|disaster|hamster|lover)\b", re.I
)
_BAD_THING = words(
    "when that how to the it this what not still always so too very my your being getting going in on at"
)
_ALLERGEN = Pattern(
    r"\b(?:\w*nuts?|almonds?|pecans?|cashews?|pistachios?|sesame|soy|soya|lupins?|mustard|celery|eggs?|milk|dairy"
    r"|lactose"
    r"|cheese|gluten|wheat|rye|barley|oats|fish|\w*fish|prawns?|shrimps?|crab|lobster|mussels?|oysters?|squid"
    r"|\w*berr(?:y|ies)"
    r"|apples?|pears?|peach(?:es)?|cherr(?:y|ies)|kiwis?|mangos?|mangoes|bananas?|avocados?|citrus|oranges?|lemons?"
    r"|melons?"
    r"|tomato(?:es)?|carrots?|peppers?|paprika|garlic|onions?|beans?|peas|lentils|chickpeas|chocolate|honey|chicken"
    r"|beef"
    r"|pork|meat|yeast|mushrooms?|corn|spelt|pollen|birch|hazel|alder|ragweed|grass(?:es)?|mould|mold|dust|mites?"
    r"|cats?"
    r"|dogs?|horses?|rabbits?|hamsters?|feathers?|down|fur|wool|bees?|wasps?|hornets?|ants?|mosquito(?:es)?|stings?"
    r"|latex"
    r"|nickel|perfumes?|fragrances?|penicillin|\w+cillin|antibiotics?|aspirin|ibuprofen|codeine|morphine|iodine|sulfa"
    r"|sulphites?|sulfites?|plasters?|sunscreen|parabens?|chlorine|detergents?|seafood|strawberries|coriander"
    r"|cumin)\b",
    re.IGNORECASE,
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
    if _DREARY.search(value):
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


def job(value: str) -> bool:
    """Whether it is something one can be for a living."""
    return _JOB.search(value) is not None and not _NO_JOB.search(value)


def allergen(value: str) -> bool:
    """Whether one can be allergic to it in earnest."""
    return _ALLERGEN.search(value) is not None and len(value.split()) <= 3
