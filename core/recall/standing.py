"""Which of several values in time a question is after: what holds now, what held before, what held at a named time."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.recall.query import LONGEST, Query


class Asked(StrEnum):
    """The time of the value that is asked for."""

    NOW = "now"
    THEN = "then"
    """At a time that the question names."""
    BEFORE = "before"
    """What was so until something newer replaced it."""
    ANY = "any"
    """It is after what happened, or does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a question stands to values that change. `moment`: when the value asked for held; aware."""

    asked: Asked
    state: bool
    """It asks for something that has one value at a time: an address, a job, a price, a number."""
    moment: datetime


_NOW = re.compile(
    r"\b(?:now|nowadays|these days|currently|current|still|at the moment|today|at present|present|by now|"
    r"in the end|up being|any ?more|jetzt|derzeit|aktuell|zurzeit|heute|inzwischen|mittlerweile|"
    r"ahora|actualmente|hoy|maintenant|actuellement)\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"^(?:[\w'’,]+\s+){0,6}?(?:is|are|am|does|do|'s)\b|^(?:who|what|which\s+\w+)(?:'s\b|\s+(?!was\b|has\b(?!\s+(?:the|my|our|a|an|his|her|their|\w+['’]s)\b))\w+s\b)",
    re.IGNORECASE,
)
_NOT_PRESENT = re.compile(
    r"\b(?:did|was|were|had|used to|before|old|previous|former|earlier|ago|last|first|originally|once|ever|been)\b",
    re.IGNORECASE,
)
_SETTLED = re.compile(r"\b(?:in the end|(?:end(?:ed)?|wind|wound) up (?:being|with|in|at))\b", re.IGNORECASE)
_NOUNS = (
    "address home job profession occupation employer company boss manager supervisor position role salary wage rent"
    " mortgage phone number telephone e-?mail password code pin passcode plan provider bank account doctor gp dentist"
    " therapist vet lawyer accountant school kindergarten university college gym car bike bicycle vehicle laptop"
    " computer camera browser editor favou?rite diet dose dosage medication name surname nickname username size weight"
    " age price fee budget deadline schedule hours status partner girlfriend boyfriend fianc[eé]e? coach trainer"
    " teacher tutor instructor instrument seat room flat apartment landlord landlady neighbou?r roommate flatmate"
    " lodger housemate goal target record rank version cost allergic title shift day time date living language"
    " class called named"
)
_VERBS = (
    "live work stay reside drive ride own use play study prefer pay earn cost weigh wear learn belong attend speak"
    " manage lead run teach rent train"
)
_STATE = re.compile(
    r"^(?:(?:so|and|but|hey|tell me),?\s+)?(?:"
    r"(?:where|when|how\s+(?:much|many|often|old|long|far|tall|big|heavy|high))\b.*\b(?:is|are|am|do|does|'s|was|were|did)\b"
    r"|(?:(?:on|at|in|for|to|with|by)\s+)?(?:what|which|who|whose|whom)\b.*"
    rf"\b(?:{'|'.join(_NOUNS.split())}|(?:{'|'.join(_VERBS.split())})(?:s|ing|ed)?)\b"
    r"|who\s+(?:is|are|was|were|\w+s)\b"
    r"|(?:(?:on|at|in|for|to|with|by)\s+)?which\s+(?!\w+s\b)\w+\s+(?:is|does|do|am|are|was|did)\b"
    r"|(?:does|do|is|are|am)\b)",
    re.IGNORECASE,
)
_HELD = re.compile(
    rf"\b(?:{'|'.join(_NOUNS.split())}|(?:{'|'.join(_VERBS.split())}|liv|resid|driv|rid|us|prefer|leas|manag)"
    r"(?:s|ing|ed)?|go to|have|eat|drink|keep|like|called|based)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:does|do|is|are)\b.*\bsince\b", re.IGNORECASE)
_OWNED = re.compile(
    r"^(?:what|who|which)\s+(?:was|were|is|are)\s+(?:my|our|his|her|their|\w+['’]s)\b|^who\s+(?:was|is)\s+\w+\s+\w+ing\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\b(?:did|was|were|had|used to)\b", re.IGNORECASE)
_AN_EVENT = re.compile(r"^(?:when|how\s+long)\b", re.IGNORECASE)
_AHEAD = re.compile(r"\b(?:going to|planning|plans? (?:on|to)|hosting|will|would|might|likely)\b", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:what|which)\s+(?:\w+\s+){0,2}?(?!is\b|was\b|does\b|has\b|days?\b|hours\b)\w{2,}[^\Wsu]s\b(?!['’])"
    r"|\b(?:list|kinds? of|types? of|both|in common)\b",
    re.IGNORECASE,
)


def standing_of(query: Query, now: datetime) -> Standing:
    """How the question stands to values that change, asked at `now` (aware)."""
    text = query.question[:LONGEST]
    state = bool(_NOW.search(text) or _STATE.search(text)) and not (_SEVERAL.search(text) or _AHEAD.search(text))
    if query.past_asked and not _SINCE.search(text):
        return Standing(asked=Asked.BEFORE, state=state, moment=now)
    then = _then(query, now)
    if then is not None:
        if _AN_EVENT.search(text) or not _BEHIND.search(text):
            return Standing(asked=Asked.ANY, state=False, moment=then)
        held = bool(_OWNED.search(text) or (_HELD.search(text) and _STATE.search(text)))
        return Standing(asked=Asked.THEN, state=held, moment=then)
    if query.span is None and query.edge != "first" and is_present(text):
        return Standing(asked=Asked.NOW, state=state, moment=now)
    return Standing(asked=Asked.ANY, state=False, moment=now)


def is_present(text: str) -> bool:
    """Whether a question is in the present tense, or says "now" or "in the end", and speaks of no other time."""
    if _SETTLED.search(text):
        return True
    return not _NOT_PRESENT.search(text) and bool(_NOW.search(text) or _PRESENT.search(text))


def _then(query: Query, now: datetime) -> datetime | None:
    """The last moment of the time asked for, where that is over."""
    span = query.span
    if span is None or span.ends is None or span.ends > now:
        return None
    return span.ends
