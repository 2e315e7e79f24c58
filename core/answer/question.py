"""What a question asks for: the sort of answer, the words that matter, whom it is about, whether it is past."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.answer.english import ASKING, IRREGULAR, NEAR, SAME, STOP
from core.answer.when import When, times


class Wanted(StrEnum):
    """The sort of answer."""

    TIME = "time"
    CLOCK = "clock"
    PLACE = "place"
    PERSON = "person"
    AMOUNT = "amount"
    NUMBER = "number"
    DURATION = "duration"
    NAME = "name"
    REASON = "reason"
    WAY = "way"
    ANYTHING = "anything"


_SORTS: tuple[tuple[str, Wanted], ...] = (
    (r"\bwhat time\b|\bat what hour\b", Wanted.CLOCK),
    (r"\bhow long\b|\bhow many (?:years|months|weeks|days|hours|minutes)\b", Wanted.DURATION),
    (r"\bwhen\b|\b(?:what|which) (?:date|day|month|year|week|weekend)\b|\bhow long ago\b", Wanted.TIME),
    (
        r"\bhow much\b|\b(?:what|which) (?:is|was|are|were)?.*\b(?:price|total|cost|budget|rent|fee|sum|amount)\b",
        Wanted.AMOUNT,
    ),
    (r"\bhow (?:do|does|did|to|can|should|could) ", Wanted.WAY),
    (r"\bhow (?:many|old|often|far|tall|big|high)\b|\bwhat number\b|\bphone number\b", Wanted.NUMBER),
    (r"\bwhere\b|\b(?:what|which) (?:city|town|country|place|state|address|street|region)\b", Wanted.PLACE),
    (r"\bname of\b|\bcalled\b|\bnames? (?:is|are|of)\b|'s names?\b|’s names?\b|\bwhat name\b", Wanted.NAME),
    (r"\bwho(?:se|m)?\b", Wanted.PERSON),
    (r"\bwhy\b|\bwhat (?:reason|made|motivated|inspired)\b|\bhow come\b", Wanted.REASON),
)

_PAST = re.compile(
    r"\b(?:used to|previously|formerly|originally|before|earlier|previous|former|old|at first)\b"
    r"|\bdid\b.*\b(?:live|work|own|have|prefer|like|think|believe|want|use)\b|\bhistory\b|\bwas\b.*\b(?:until|first)\b",
    re.I,
)
_NOW = re.compile(r"\b(?:now|currently|today|these days|at the moment|still|nowadays|current)\b", re.I)

_AHEAD = re.compile(r"\b(?:will|going to|plan(?:s|ned|ning)?|upcoming|intend(?:s|ed|ing)?|about to)\b", re.I)
_BEHIND = re.compile(r"\b(?:did|was|were|had|has|have|ago)\b", re.I)
_SEVERAL = re.compile(
    r"\b(?:what|which)\s+(?:[a-z'’-]+\s+){0,3}?(?!is\b|was\b|does\b|has\b|his\b|this\b|its\b)[a-z]{2,}[a-rt-z]s\s+"
    r"(?:has|have|do|does|did|are|were|can|could|would|will|should)\b|\b(?:list|both)\b",
    re.I,
)
_ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|[1-9]\d?(?:st|nd|rd|th))\b", re.I
)

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?|[£$€]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as it was understood for answering."""

    text: str
    wanted: Wanted
    terms: frozenset[str]
    """Stems of the words that matter, without names."""
    names: frozenset[str]
    """Names in it, folded."""
    about_me: bool
    past: bool
    """Asks what was so before."""
    state: bool
    """Asks how something is, so that the latest word counts."""
    current: bool = False
    """Says 'now' or the like."""
    language: str = "en"
    strangers: frozenset[str] = frozenset()
    """Whom it is about, where nobody of that name takes part in what was found."""
    without_names: str = ""
    """Its text without the names: what they are called says nothing of what is meant."""
    ahead: bool | None = None
    """Whether it asks about what is to come (True), about what has been (False), or does not say."""
    several: bool = False
    """Asks for more than one thing: 'which hobbies does ...'."""
    ordinals: frozenset[str] = frozenset()
    """First, second and so on, where it counts."""
    days: tuple[When, ...] = ()
    """The times it names; their words are not among the terms."""
    then: bool = False
    """It names a time that is over, and asks what was so at that time rather than before today."""


def words(text: str) -> list[str]:
    """The words, folded, without possessive endings."""
    return [re.sub(r"[’']s$|[’']$", "", word.casefold()) for word in _WORD.findall(text)]


_ENDINGS = (("sses", "ss", 2), ("ches", "ch", 2), ("shes", "sh", 2), ("xes", "x", 2))
_CHANGES = (("ies", "y", 3), ("ied", "y", 3), ("ing", "", 3), ("ed", "", 3))


def stem(word: str) -> str:
    """A light English stem: enough to meet 'moved' with 'move', never a dictionary."""
    base = IRREGULAR.get(word, word)
    if base != word:
        return stem(base)
    if len(word) <= 3 or not word.isascii():
        return word
    for end, put, least in (*_ENDINGS, *_CHANGES):
        if word.endswith(end) and len(word) - len(end) >= least:
            base = word[: len(word) - len(end)] + put
            doubled = end in ("ing", "ed") and len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz"
            return base[:-1] if doubled else base.rstrip("e")
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word.rstrip("e") if len(word) > 3 else word


def stems(text: str) -> frozenset[str]:
    """The stems of the words in a text that matter."""
    return frozenset(stem(word) for word in words(text) if word not in STOP)


def same(term: str) -> frozenset[str]:
    """Stems that say the same as a question's term."""
    return _SAME.get(term, frozenset())


def near(term: str) -> frozenset[str]:
    """Stems that speak of the same thing as a question's term, worth less than the term itself."""
    return _NEAR.get(term, frozenset())


def _stemmed(table: dict[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {stem(word): frozenset(stem(other) for other in others) for word, others in table.items()}


_SAME, _NEAR = _stemmed(SAME), _stemmed(NEAR)


def understood(text: str, now: datetime) -> Question:
    """What the question asks for, when it is asked at `now`."""
    folded = text.casefold()
    days = times(text, now)
    rest = "".join(sign for at, sign in enumerate(text) if not any(day.start <= at < day.end for day in days))
    wanted = next((sort for pattern, sort in _SORTS if re.search(pattern, folded)), Wanted.ANYTHING)
    names = frozenset(_names(rest))
    mine = bool(re.search(r"\b(?:i|me|my|mine|we|our)\b", folded))
    past = bool(_PAST.search(text)) and not _NOW.search(text)
    terms = frozenset(one for one in stems(rest) if one not in names and one not in {stem(name) for name in names})
    present = bool(re.search(r"\b(?:is|are|does|do|am|has|have|can)\b", folded)) or bool(_NOW.search(text))
    return Question(
        text=text,
        wanted=wanted,
        terms=terms,
        names=names,
        about_me=mine,
        past=past,
        state=present and not past and wanted is not Wanted.TIME,
        current=bool(_NOW.search(text)),
        ahead=True if _AHEAD.search(text) else False if _BEHIND.search(text) else None,
        several=bool(_SEVERAL.search(text)),
        ordinals=ordinals(rest),
        without_names=_without(text, names),
        days=days,
    )


def ordinals(text: str) -> frozenset[str]:
    """The words for first, second and so on in a text, folded."""
    return frozenset(word.casefold() for word in _ORDINAL.findall(text))


def _without(text: str, names: frozenset[str]) -> str:
    return " ".join(word for word in text.split() if not names & set(words(word)))


def _names(text: str) -> list[str]:
    found: list[str] = []
    for at, word in enumerate(re.findall(r"[^\W_][\w’'-]*", text)):
        plain = re.sub(r"[’']s$|[’']$", "", word)
        if plain[:1].isupper() and plain.casefold() not in ASKING and (at > 0 or plain.casefold() not in STOP):
            found.append(plain.casefold())
    return found
