"""What people say has changed: one thing for another, or an end without anything new."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.consolidate.facts.vocabulary import DIETS, NAME, OCCUPATION, PERSON, TAIL
from core.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Change:
    """That `old` gave way to `new` in what is called `attribute`; an empty one is not known, an empty `new` is none."""

    attribute: str
    old: str
    new: str


_STOP = (
    r"(?=\s*(?:$|[,;.!(]|\s-\s"
    r"|\b(?:for|because|since|and|but|in|on|at|last|this|as|now|so|after|from|with|yesterday|today|two|three)\b))"
)
_WHAT = (
    r"(?P<what>(?:[a-z-]+\s){0,2}?(?:banks?|gyms?|doctors?|dentists?|jobs?|schools?|provider|phones?|phone number"
    r"|number"
    r"|name|surname|tariff|plan|cars?|insurance|insurer|electricity|gas|internet|broadband|supplier|operator|carrier"
    r"|network|team|clubs?|hairdresser|email|employer|therapist|vet|bands?|project|company|contract|account|browser"
    r"|instruments?|choir|pharmacy|supermarket|brand|boat|dog food|antivirus|keyboard|editor|course|major|shift))"
)
_FROM_TO = Pattern(
    r"^(?:HAVE\s+)?(?:switched|changed|moved(?= (?:my|our|the)\b)|gone|went|swapped|converted|migrated)\s+"
    rf"(?:(?:my|our|the)\s+{_WHAT}\s+)?(?:over\s+)?from\s+(?P<old>[\w'&. -]{{2,40}}?)\s+to\s+"
    r"(?P<new>(?:[A-Z][\w'&.-]*(?:\s[A-Z0-9][\w'&.-]*){0,3}|[a-z][a-z-]+(?:\s[a-z-]+)?))"
    r"(?:\s+for\s+(?:the|my|our)\s+(?P<for>[a-z]+(?:\s[a-z]+)?))?"
    r"(?=\s*(?:$|[,;.!(]|\s-\s|\b(?:for|because|since|and|but|in|on|last|this|as|now|so|after|from|yesterday"
    r"|today)\b))"
)
_TO = Pattern(
    rf"^(?:HAVE\s+)?(?:switched|changed over)\s+(?:(?:my|our|the)\s+{_WHAT}\s+)?(?:over\s+)?to\s+(?:the\s+)?"
    r"(?P<new>[A-Z][\w'&.-]*(?:\s[A-Z0-9][\w'&.-]*){0,3})(?:\s+for\s+(?:the|my|our)\s+[a-z]+)?"
    r"(?=\s*(?:$|[,;.!(]|\s-\s|\b(?:because|since|and|but|in|last|this|now|so|after|yesterday|today)\b))"
)
_FOR = Pattern(
    r"^(?:HAVE\s+)?(?:swapped|exchanged|traded(?: in)?|replaced)\s+(?:my|our"
    r"|the)?\s*(?P<old>[\w'& -]{2,40}?)\s+(?:for|with|by)\s+"
    r"(?:an?\s+|the\s+)?(?P<new>(?:[a-z]+\s)?[A-Z][\w'&.-]*(?:\s[A-Z0-9][\w'&.-]*){0,3}|[a-z][a-z-]+(?:\s[a-z-]+)?)"
    + _STOP
)
_CHANGED = Pattern(
    r"^(?i:(?:I|we)(?:'ve| have)?\s+(?:(?:just|finally|also|recently)\s+)?)?(?i:changed|switched"
    r"|renamed)\s+(?:(?i:my|our|the)\s+)?"
    rf"{_WHAT}(?:\s+to|,?\s+(?:and\s+)?(?:it's|it is|we're|we are|I'm|I am|now it's|the new one is|now)(?:\s+(?:now"
    rf"|called|with|at))*)"
    r"\s+(?:the\s+)?(?P<new>[A-Z][\w'&.-]*(?:\s[A-Z0-9&][\w'&.-]*){0,3})"
    r"(?=\s*(?:$|[,;.!(]|\s-\s|\b(?:now|because|since|and|but|so|not)\b))"
)
_NOW_NOT = Pattern(rf"^(?:I'm|I am)\s+(?P<new>{PERSON})\s+now,?\s+(?:not|no longer)\s+(?P<old>{PERSON})\s*$")
_LEFT = Pattern(
    rf"^(?:HAVE\s+)?(?:left|quit|resigned from|retired from|handed in my notice at|finished at|stopped working (?:at"
    rf"|for))\s+"
    rf"(?:(?:my|the|his|her|our)\s+(?:old\s+)?job\s+(?:at|with)\s+)?(?:the\s+)?(?P<old>{NAME}){TAIL}"
)
_NO_LONGER_AT = Pattern(
    r"^(?:(?:BE\s+)?no longer\s+(?:BE\s+)?(?:working\s+|works?\s+|employed\s+)?(?:at|for|with|by)|(?:BE|do"
    r"|does)(?:n't| not)\s+"
    rf"(?:working|work|employed)\s+(?:at|for|with|by))\s+(?:the\s+)?(?P<old>{NAME}|[a-z]+)(?=\s*(?:$|[,.;!]"
    rf"|\bany\s?more\b|\bnow\b))"
)
_NO_LONGER_IN = Pattern(
    rf"^(?:no longer\s+(?:living|lives?)|do(?:es)?(?:n't| not)\s+live|BE\s+(?:not"
    rf"|no longer)\s+living)\s+in\s+(?P<old>{NAME})"
    r"(?=\s*(?:$|[,.;!]|\bany\s?more\b|\bnow\b))"
)
_STOPPED = Pattern(
    r"^(?:HAVE\s+)?(?:quit|gave up(?: on)?|given up(?: on)?|stopped(?= \w+ing\b)|cancelled|canceled|BE done with"
    r"|sold(?= (?:my|the|our)\b)"
    r"|got rid of)\s+(?:(?:my|the|our)\s+)?(?:(?:learning|doing|playing|taking|using|eating|drinking)\s+)?(?:the\s+)?"
    rf"(?P<old>(?!(?:on|at|out|up|him|her|it|them|me|us|you|this|that|hope|trying|after"
    rf"|in)\b)[A-Za-z][\w'-]*(?:\s[\w'-]+)?){_STOP}"
)
_NO_MORE = Pattern(rf"^(?:BE\s+)?(?:no longer|not)\s+(?:works?\s+as\s+)?(?:an?\s+)?(?P<old>{DIETS}|{OCCUPATION})\b")


def changes(said: str) -> Iterator[Change]:
    """What the words behind a subject say was given up for something else."""
    if match := _TO.match(said):
        yield Change((match["what"] or "").strip(), "", match["new"])
    elif match := _FROM_TO.match(said):
        yield Change((match["what"] or match["for"] or "").strip(), _bared(match["old"]), _bared(match["new"]))
    elif match := _FOR.match(said):
        yield Change("", _bared(match["old"]), _bared(match["new"]))


def renamed(clause: str) -> Iterator[Change]:
    """Changes told in a whole clause: "changed my bank, it's the Seekasse now", "I'm Per Holm now, not Per Aune"."""
    match = _CHANGED.match(clause)
    if match and match["new"][0].isupper():
        yield Change(match["what"].lower(), "", match["new"])
    elif match := _NOW_NOT.match(clause):
        yield Change("name", match["old"], match["new"])


def endings(said: str) -> Iterator[Change]:
    """What the words behind a subject say is so no longer, with nothing in its place."""
    if match := _NO_LONGER_AT.match(said):
        yield Change("works at", match["old"], "")
    elif match := _NO_LONGER_IN.match(said):
        yield Change("lives in", match["old"], "")
    elif (match := _LEFT.match(said)) or (match := _NO_MORE.match(said)):
        yield Change("", match["old"], "")
    elif match := _STOPPED.match(said):
        yield Change("", _bared(match["old"]), "")


def _bared(value: str) -> str:
    return re.sub(r"^(?:the|a|an|my|our)\s+", "", value.strip())
