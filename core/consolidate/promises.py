"""Promises and appointments by rule: something that will be done or held, with a day that was named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.consolidate.days import When, whens
from core.consolidate.facts.clauses import opened, spelt
from core.memory import Facet
from core.pattern import Pattern

EVENTS = (
    "appointment|meeting|kick-?off|flight|train|interview|dinner|lunch|breakfast|brunch|rehearsal|concert|deadline"
    "|exam"
    "|test|party|wedding|call|conference|workshop|class|course|show|match|game|trip|visit|check-?up|surgery|operation"
    "|ceremony|presentation|review|demo|launch|hearing|viewing|delivery|reservation|session|race|tournament|gig"
    "|recital"
    "|festival|funeral|graduation|audition|photo shoot|inspection|handover|standup|stand-up|retro|webinar|seminar"
    "|lecture|ferry|bus|barbecue|bbq|picnic|reunion|parade|exhibition|opening|premiere|move-in|due date|vaccination"
    "|dentist|doctor|physio|eye doctor|hairdresser|vet|screening|tasting|sauna|film night|movie night|game night"
    "|quiz night|pub quiz|book club|choir|training|practice|yoga|swimming|lesson|sleepover|playdate|christening"
    "|baptism"
    "|holiday|vacation|housewarming|open day|parents' evening|school|semester|term|fitting|rehearsal dinner"
    "|car service|mot|hike|tour"
    "|haircut|blood test|scan|x-ray|consultation|audit|sprint|planning|debrief|drinks|coffee|hand-in|submission|vote"
)
_NOT_DONE = (
    r"(?!(?:be(?! (?:back with|done with|finished with))|a|an|the|my|try|see|miss|think|never|always|remember|love"
    r"|hate|need"
    r"|have to|regret|die|enjoy|still|like|know|feel|end|start|win|lose|want|just|kill|eat my|call you [A-Z]\w*|wait"
    r"|live"
    r"|turn|probably|not|have been|have had|hear|find out|get my|receive|land|arrive|rest|relax|celebrate"
    r"|get (?:married|old|sick|tired|there)|sleep|cry|work till|work until|come back as)\b)"
)
_PROMISE = Pattern(
    r"^(?P<lead>.*?(?:^|,\s|:\s|\band\s|!\s|\.\s)\s*)(?:I'll|I will|I promise (?:to|I'll|that I'll)|I'm going to"
    r"|we'll"
    rf"|We'll|we will|We will)\s+(?P<what>(?:(?:also|definitely|gladly|happily)\s+)?{_NOT_DONE}\w.*)$",
    re.DOTALL,
)
_ELIDED = Pattern(
    rf"^[Ww]ill\s+(?P<what>{_NOT_DONE}(?!you\b|it\b|they\b|he\b|she\b|there\b|this\b|that\b)[a-z]\w*\s+\w.*)$"
)
_NO_NAME = (
    r"(?!(?i:i|we|you|he|she|they|it|was|were|had|went|did|is|are|am|been|not|no|never|if|when|said|see|got|let|lets"
    r"|let's"
    r"|bring|come|please|can|could|don't|because|so|there|this|that|what|where|who|why|how|until|since|before|after"
    r"|by|every"
    r"|each|open|opens|closed|close|closes|sale|offer|only|off|discount|free|deal|ends|i'm|i'll|we'll|maybe|perhaps"
    r"|good|happy"
    r"|thank|thanks|my birthday|birthday|ask|tell|send|call me|pick|take|make|get|buy|remind|anyone|anybody|everyone"
    r"|nobody"
    r"|have|has|having|do|does|will|would|should|must|might|may|via|about|than|like|just|again|and then|sometime"
    r"|back|from)\b)"
)
_WORD = rf"{_NO_NAME}[\w'&/.-]+"
_NAMED = rf"(?P<what>{_WORD}(?:\s+{_WORD}){{0,5}}?)"
_EVENT = (
    rf"(?P<what>(?:{_WORD}\s+){{0,3}}?(?i:{EVENTS})(?:\s+(?:with|for|of|at|in|to)\s+(?:(?:the"
    rf"|my|our|a)\s+)?(?!noon|midnight|\d)[\w'&.-]+(?:\s+(?:[A-Z][\w'-]+|menu))*)?)"
)
_IS = (
    r"(?:is|are|leaves|starts|begins|takes place|departs|lands|arrives|happens|opens|is due|is set|is scheduled"
    r"|is planned"
    r"|is fixed|is booked|will be held|will be|will take place|is now|is confirmed)"
)
_IS_ON = Pattern(rf"^(?:(?i:my|our|the|this|your|[A-Z]\w+'s|noor's)\s+)?{_EVENT}\s+{_IS}\s*(?:for\s+)?$")
_WILL_BE = Pattern(
    rf"^(?:the|our|your)\s+(?P<what>(?:{_WORD}\s+){{1,4}}?will be [a-z]+(?:ed|en|ut|lt|d)(?:\s(?:up|down|in|out))?)$",
    re.I,
)
_MOVED = Pattern(
    rf"^(?:(?i:my|our|the|this|your)\s+)?(?P<what>(?:{_WORD}\s+){{1,5}}?)(?:(?:is|has been|have been|was|got"
    rf"|had to be)\s+)?(?:now\s+)?"
    r"(?:moved|rescheduled|postponed|pushed(?: back)?|shifted|brought forward"
    r"|changed)\s+(?:back\s+)?(?:from\s.+\s)?to$"
)
_WE_MOVED = Pattern(
    r"^(?:we|I|they)(?:'ve| have| had to)?\s+(?:moved|push(?:ed)?|shift(?:ed)?|postponed?|rescheduled?"
    r"|move)\s+(?:the|our|my)\s+"
    rf"(?P<what>(?:{_WORD}\s+){{1,4}}?)(?:back\s+|forward\s+)?to$"
)
_COMES = Pattern(rf"^(?:the|our|my)\s+(?P<what>(?:{_WORD}\s+){{1,3}}?(?:is|are) coming)$", re.IGNORECASE)
_NOW_ON = Pattern(rf"^(?:(?i:my|our|the|this|your)\s+)?{_EVENT}\s+(?:is|are)\s+now$")
_HAVE = Pattern(
    rf"^(?:I|[Ww]e)(?:\s+have|'ve\s+got|\s+have\s+got|\s+got|\s+booked|'ve\s+booked)\s+(?:an?|the|my|our"
    rf"|another)\s+{_EVENT}$"
)
_MEET = Pattern(
    r"^(?:[Ll]et'?s|[Ll]et us|[Ww]e're|[Ww]e are|I'm|I am|[Ww]e'll|[Ww]e will)"
    r"\s+(?P<what>(?:meet(?:ing)?|having\s+(?:lunch|dinner|breakfast|coffee)|have"
    r"\s+(?:lunch|dinner|breakfast|coffee))(?:\s+(?:with\s+)?(?:up|[A-Z][\w'’-]+|for\s+\w+"
    r"|at\s+(?:the\s+)?[A-Z]\w+))*)$"
)
_SEEING = Pattern(
    r"^(?:I'm|I am|[Ww]e're|[Ww]e are)\s+(?:seeing|visiting|flying to|travelling to"
    r"|traveling to)\s+(?:the\s+|my\s+)?(?P<what>[\w'’ -]{2,30}?)$"
)
_CONFIRM = Pattern(
    r"^(?:I|[Ww]e)\s+(?:hereby\s+)?(?:confirm|remind you of|look forward to)\s+(?:the|our|your|my)\s+" + _EVENT + "$"
)
_BARE = Pattern(rf"^(?:[Tt]he\s+)?{_EVENT}$")
_NOTED = Pattern(rf"^(?:[Tt]he\s+|[Mm]y\s+|[Oo]ur\s+)?{_NAMED}[:,]?$")
_STILL = Pattern(r"^(?:is going|will|is|starts|begins|takes)\b", re.IGNORECASE)
"""What may stand behind a day that no hour makes sure."""
_ASKED = Pattern(
    r"^(?:wake|meet (?:me|us)|remember|collect|fetch|water|feed|return|answer|reply|drop|check|book (?!club)|confirm"
    r"|order|print|clean"
    r"|finish|write|read|watch|look|give|lend|keep|leave|turn|wait|start|stop|join|hand|submit|deliver|fix|help"
    r"|new episode|season)\b",
    re.IGNORECASE,
)
_MOVED_TO = Pattern(r"\b(?:moved|rescheduled|postponed|pushed(?: back)?|shifted|brought forward) (?:back )?to\b", re.I)
_OVER = Pattern(
    r"\b(?:was|were|had|went|left|met|saw|yesterday|ago|ended|lasted|finished|said|told|called|last night|earlier"
    r"|[a-z]+nated)\b",
    re.IGNORECASE,
)
_LATER = Pattern(
    r"\b(?:every|each|usually|always|mostly|normally|on \w+days|in this town|the day the pigs|some royal|sign up"
    r"|book now|register now|don't miss|save up to|tickets from|subscribe)\b"
    r"|%",
    re.IGNORECASE,
)
_CALLED_OFF = Pattern(
    rf"\b(?:the|our|my|your|this|that)\s+(?:[\w'-]+\s+){{0,3}}?(?P<event>{EVENTS})\b.{{0,60}}?"
    r"\b(?:is|are|has been|was|got|has to be|must be|had to be)\s+(?:now\s+)?(?:cancelled|canceled|called off)\b"
    rf"|\b(?:called off|cancelled|canceled|had to cancel|have to cancel|must cancel)\s+(?:the|our|my"
    rf"|your)\s+(?:[\w'-]+\s+){{0,3}}?"
    rf"(?P<off>{EVENTS})\b|^[Nn]o\s+(?P<none>{EVENTS})\b",
    re.IGNORECASE,
)
_LONGEST = 500
"""Characters of a sentence that makes an appointment; a longer one is a list of other things."""
_EVENT_WORD = Pattern(rf"\b({EVENTS})\b", re.IGNORECASE)


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
    text = spelt(sentence[:_LONGEST])
    match = _CALLED_OFF.search(text)
    if match is None:
        return None
    event = match["event"] or match["off"] or match["none"]
    return event_of(event), next(whens(text, at), None)


def event_of(what: str) -> str:
    """The word for what takes place, of a longer name for it: "appointment" of "dentist appointment with Dr. Wu"."""
    found = _EVENT_WORD.search(what)
    return (found[1] if found else what).lower()


def dated(sentence: str, at: datetime) -> Iterator[Dated]:
    """The promise or appointment in a sentence that was believed, if it names a day that has not passed."""
    if len(sentence) > _LONGEST:
        return
    text = spelt(sentence).rstrip(".!; ")
    found = [when for when in whens(text, at) if when.ends >= at]
    if not found or _LATER.search(text) or _CALLED_OFF.search(text):
        return
    when = found[0]
    promise = _PROMISE.match(text) or _ELIDED.match(text)
    if promise and not _OVER.search(text[promise.start("what") :]):
        what = _without(text, found, promise.start("what"))
        if 1 < len(what.split()) <= 14 or what in ("reply", "answer", "call", "pay"):
            yield Dated(facet=Facet.PROMISE, what=what, begins=at, ends=when.ends, clock=when.clock)
        return
    if not _OVER.search(text) or _MOVED_TO.search(text):
        yield from _appointment(text, when)


def _appointment(text: str, when: When) -> Iterator[Dated]:
    begun = opened(text)
    shift = len(text) - len(begun) if text.endswith(begun) else 0
    before = text[shift : max(when.start, shift)].strip(" ,:(")
    after = re.split(r"[,;.!)]|\s+(?:and|so|but|because|please|at|in|with|for|room)\b", text[when.end :].strip(" :"))[0]
    if len(after.split()) > 6:
        return
    patterns: tuple[Pattern, ...] = (_IS_ON, _NOW_ON, _HAVE, _MEET, _SEEING, _CONFIRM, _BARE)
    if when.clock:
        patterns = (*patterns, _WILL_BE, _COMES, _NOTED)
    moved = _MOVED.match(before) or _WE_MOVED.match(before)
    plain = not when.clock and after and not _STILL.match(after)
    for match in (moved, *(pattern.match(before) for pattern in patterns)):
        if match is None or (match.re is _BARE.compiled and plain) or _ASKED.match(match["what"]):
            continue
        what = re.sub(r"^(?:an?|the|my|our)\s+", "", " ".join(match["what"].split()))
        now = moved is not None or _NOW_ON.match(before) is not None
        yield Dated(
            facet=Facet.APPOINTMENT,
            what=what,
            begins=when.begins,
            ends=when.ends,
            clock=when.clock,
            instead_of=event_of(what) if now else "",
        )
        return


def _without(text: str, spans: list[When], start: int) -> str:
    """What is to be done, with the days cut out of the words."""
    for when in reversed(spans):
        if when.start >= start:
            text = text[: when.start] + " " + text[when.end :]
    text = re.split(r",\s+(?:so|because|since|as|and|but|which|i|I)\b|\s+at the latest\b|,\s*$|,\s+\w+$", text[start:])[
        0
    ]
    return " ".join(text.split()).strip(" ,;:.")
