"""Promises and appointments by rule: something that will be done or held, with a day that was named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.consolidate.days import When, whens
from core.memory import Facet
from core.pattern import Pattern

EVENTS = (
    "appointment|meeting|kick-?off|flight|train|interview|dinner|lunch|breakfast|brunch|rehearsal|concert|deadline"
    "|exam"
    "|test|party|wedding|call|conference|workshop|class|course|show|match|game|trip|visit|check-?up|surgery|operation"
    "|ceremony|presentation|review|demo|launch|hearing|viewing|delivery|reservation|session|race|tournament|gig"
    "|recital"
    "|festival|funeral|graduation|audition|photo shoot|inspection|handover|standup|stand-up|retro|webinar|seminar"
    "|lecture|ferry|bus|barbecue|bbq|picnic|reunion|parade|exhibition|opening|premiere|move-in|due date"
)
_PROMISE = Pattern(
    r"^(?P<lead>.*?(?:^|,\s|:\s|\band\s|!\s)\s*)(?:I'll|I’ll|I will|I promise (?:to|I'll"
    r"|that I'll)|I'm going to|I’m going to|we'll|We'll|We will)"
    r"\s+(?P<what>(?:(?:also|definitely|gladly|happily)\s+)?"
    r"(?!(?:be|a|an|the|my|try|see|miss|think|never|always|remember|love|hate|need|have to"
    r"|regret|die|enjoy|still|like|know|feel|end|start|win|lose|want|just|kill|eat my|call you [A-Z]\w*)\b)\w.*)$",
    re.DOTALL,
)
_EVENT = (
    rf"(?P<what>(?:[\w'’-]+\s+){{0,3}}?(?i:{EVENTS})(?:\s+(?:with|for|of|at|in)\s+(?:(?:the"
    rf"|my|our|a)\s+)?(?!noon|midnight|\d)[\w'’&.-]+(?:\s+[A-Z][\w'’-]+){{0,2}})?)"
)
_IS_ON = Pattern(
    rf"^(?P<own>(?:[Mm]y|[Oo]ur|[Tt]he|[Tt]his|[Yy]our)\s+){_EVENT}\s+(?:is|are|leaves"
    rf"|starts|begins|takes place|departs|is due|is set|is scheduled)\s*(?:for\s+)?$"
)
_HAVE = Pattern(
    rf"^(?:I|[Ww]e)(?:\s+have|'ve\s+got|\s+have\s+got|\s+got|\s+booked)\s+(?:an?|the|my|our|another)\s+{_EVENT}$"
)
_MEET = Pattern(
    r"^(?:[Ll]et's|[Ll]et us|[Ww]e're|[Ww]e are|I'm|I am|[Ww]e'll|[Ww]e will)"
    r"\s+(?P<what>(?:meet(?:ing)?|having\s+(?:lunch|dinner|breakfast|coffee)|have"
    r"\s+(?:lunch|dinner|breakfast|coffee))(?:\s+(?:with\s+)?(?:up|[A-Z][\w'’-]+|for\s+\w+"
    r"|at\s+(?:the\s+)?[A-Z]\w+))*)$"
)
_SEEING = Pattern(
    r"^(?:I'm|I am|[Ww]e're|[Ww]e are)\s+(?:seeing|visiting|flying to|travelling to"
    r"|traveling to)\s+(?:the\s+|my\s+)?(?P<what>[\w'’ -]{2,30}?)$"
)
_BARE = Pattern(rf"^(?:[Tt]he\s+)?{_EVENT}$")
_OPENING = Pattern(
    r"^(?:(?:reminder|ok|okay|yes|great|so|also|sure|fyi|hi|hey|by the way|btw|don't forget)\b[,:!]*\s+)+",
    re.IGNORECASE,
)
_OVER = Pattern(r"\b(?:was|were|had|went|left|met|yesterday|ago)\b", re.IGNORECASE)
_LATER = Pattern(r"\b(?:every|each|usually|always|on \w+days)\b", re.IGNORECASE)
_CALLED_OFF = Pattern(
    rf"\b(?:the|our|my|your|this|that)\s+(?:[\w'-]+\s+){{0,3}}?(?P<event>{EVENTS})\b.{{0,60}}?"
    r"\b(?:is|are|has been|was|got|has to be|must be)\s+(?:now\s+)?(?:cancelled|canceled|called off)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Something to come: what, and from when to when."""

    facet: Facet
    what: str
    begins: datetime
    ends: datetime
    clock: bool
    instead_of: str = ""
    """Not empty: it was moved here from another time."""


def called_off(sentence: str, at: datetime) -> tuple[str, When | None] | None:
    """The event that a sentence calls off, and its day where one is named; None when it calls off nothing."""
    text = sentence.replace("’", "'")
    match = _CALLED_OFF.search(text)
    if match is None:
        return None
    return match["event"].lower(), next(whens(text, at), None)


_EVENT_WORD = Pattern(rf"\b({EVENTS})\b", re.IGNORECASE)


def event_of(what: str) -> str:
    """The word for what takes place, of a longer name for it: "appointment" of "dentist appointment with Dr. Wu"."""
    found = _EVENT_WORD.search(what)
    return (found[1] if found else what).lower()


def dated(sentence: str, at: datetime) -> Iterator[Dated]:
    """The promise or appointment in a sentence that was believed, if it names a day that has not passed."""
    text = sentence.replace("’", "'").rstrip(".!; ")
    found = [when for when in whens(text, at) if when.ends >= at]
    if not found or _LATER.search(text):
        return
    when = found[0]
    promise = _PROMISE.match(text)
    if promise and not _OVER.search(text):
        what = _without(text, found, promise.start("what"))
        if 1 < len(what.split()) <= 14:
            yield Dated(facet=Facet.PROMISE, what=what, begins=at, ends=when.ends, clock=when.clock)
        return
    if _OVER.search(text):
        return
    opened = _OPENING.sub("", text)
    shift = len(text) - len(opened)
    before = opened[: max(when.start - shift, 0)].strip(" ,:")
    after = text[when.end :].strip(" ,:")
    if len(after.split()) > 6:
        return
    for pattern in (_IS_ON, _HAVE, _MEET, _SEEING, _BARE):
        match = pattern.match(before)
        if match:
            what = " ".join(match["what"].split())
            yield Dated(facet=Facet.APPOINTMENT, what=what, begins=when.begins, ends=when.ends, clock=when.clock)
            return


def _without(text: str, spans: list[When], start: int) -> str:
    """What is to be done, with the days cut out of the words."""
    for when in reversed(spans):
        if when.start >= start:
            text = text[: when.start] + " " + text[when.end :]
    text = re.split(r",\s+(?:so|because|since|as|and|but|which)\b|\s+at the latest\b", text[start:])[0]
    return " ".join(text.split()).strip(" ,;:.")
