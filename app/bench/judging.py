"""How an answer is judged against what should have been said; shares no code with what it judges.

Words as SQuAD compares them (lower case, no articles, no punctuation); numbers in figures, dates like "7 may 2023".
"""

import re
from collections import Counter
from collections.abc import Sequence

from app.bench.days import MONTH, MONTHS, month_number

_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety hundred"
_NUMBERS = {word: str(number) for number, word in enumerate(_TO_TWENTY.split())}
_NUMBERS |= {word: str(number) for number, word in zip(range(30, 101, 10), _TENS.split(), strict=True)}
_MONTH_FIRST = re.compile(rf"\b{MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b")
_DAY_FIRST = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ?{MONTH}")
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_SPACELESS = re.compile("[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")
"""Kana, Han, Thai and Lao: no spaces tell words apart, so letters are compared one by one."""
_SMALL = (
    "and or of in on at to for with by from as is was are were be been it its he she they his her their him them that"
    " this these those i my me you your we our"
)
_NOTHING = frozenset(_SMALL.split())
"""Words that a gold answer may hold without saying anything by them."""


def tokens(text: str) -> list[str]:
    """The words to compare."""
    told = text.casefold().replace("’", "'")
    told = _ISO.sub(_whole_date, told)
    told = _MONTH_FIRST.sub(_day_month, told)
    told = _DAY_FIRST.sub(_day_month, told)
    words = _SPACELESS.sub(r" \g<0> ", re.sub(r"[^\w\s]", " ", told.replace("'", ""))).split()
    return [_NUMBERS.get(word, word) for word in words if word not in ("a", "an", "the")]


def _whole_date(found: re.Match[str]) -> str:
    month = int(found["month"])
    return f"{int(found['day'])} {MONTHS[month - 1]} {found['year']}" if 1 <= month <= 12 else found[0]


def _day_month(found: re.Match[str]) -> str:
    return f"{int(found['day'])} {MONTHS[month_number(found['month']) - 1]} "


def f1(gold: str, said: str) -> float:
    """Harmonic mean of precision and recall over shared tokens, 0 .. 1 (SQuAD's token F1)."""
    wanted, given = Counter(tokens(gold)), Counter(tokens(said))
    both = sum((wanted & given).values())
    return 2 * both / (wanted.total() + given.total()) if both else 0.0


def contained(gold: str, said: str) -> bool:
    """Whether the gold's tokens stand in the text in one piece."""
    wanted, given = tokens(gold), tokens(said)
    return bool(wanted) and any(given[at : at + len(wanted)] == wanted for at in range(len(given) - len(wanted) + 1))


def held(gold: str, said: str) -> float:
    """Which share of the gold's words stands anywhere in the text, words that say nothing left out."""
    wanted = set(tokens(gold)) - _NOTHING or set(tokens(gold))
    return len(wanted & set(tokens(said))) / len(wanted) if wanted else 0.0


def best(question: str, text: str) -> str:
    """The baseline's sentence: of a text's sentences the one with most of the question's words, the first of equals."""
    asked = set(tokens(question)) - _NOTHING
    found = sentences(text)
    return max(found, key=lambda one: len(asked & set(tokens(one)))) if found else ""


def sentences(text: str) -> Sequence[str]:
    """A text cut after . ! ? and at line ends."""
    return [one.strip() for one in re.split(r"(?<=[.!?])\s+|\n+", text) if one.strip()]
