"""A sentence parted into clauses, each without the words it opens with, and spelt out as rules expect it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.dates.words import ANY_WEEKDAY, MONTHS
from core.pattern import Pattern

_SINCE = (
    r"(?:since|as of|from|in|on)\s+(?:the\s+)?(?:(?:\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?)?"
    rf"(?:{'|'.join(MONTHS)}|{ANY_WEEKDAY})(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?(?:,?\s+\d{{4}})?|now|tomorrow"
    r"|today|yesterday|(?:last|this|next)\s+\w+|(?:(?:a|one|two|three|four|five|six|ten|\d+|many|some)\s+)?"
    r"(?:days?|weeks?|months?|years?)(?:\s+(?:ago|now))?|the (?:\d{1,2}(?:st|nd|rd|th)|first|summer|winter|spring"
    r"|autumn"
    r"|new year|beginning)|new year)(?:\s+(?:on|onwards?|now))?"
    r"|(?:last|this|next)\s+(?:week|month|year|summer|winter|spring|autumn|"
    + ANY_WEEKDAY
    + "|"
    + "|".join(MONTHS)
    + r")"
    r"|these days|nowadays|at the moment|today|yesterday|tonight|meanwhile|for now|right now|at present"
    r"|for the record"
)
_FOR_WHAT = (
    r"(?:for|small thing|quick|just|please|note|one more thing|important|fyi|update"
    r"|info)\b[^:;.,!?]{0,60}(?=:\s+my\b)"
)
_OPENER = Pattern(
    rf"^(?:(?:{_SINCE}|{_FOR_WHAT}|(?:hi|hey|hello|yes|yeah|yep|yup|no|nope|oh|ah|well|so|ok|okay|sure|thanks"
    rf"|thank you|actually"
    rf"|anyway|btw"
    r"|by the way|fyi|also|and|but|ps|p\.s\.|just so you know|you know(?: that)?|fun fact|long story short"
    r"|turns out(?: that)?|quick one|quick thing|small thing|anyway|that said|little update|small update"
    r"|quick update|status update|heads[- ]up|just a heads[- ]up|quick note|psst|omg|yay+|hooray|finally|sorry|right"
    r"|(?:big (?:news|change|update)|good news|great news|news|update|change of plans?|correction|reminder)"
    r"(?: (?:for|on|about) (?:[\w-]+ ){0,2}[\w-]+(?=\s*:))?|guess what|honestly|wow|haha|because|since"
    r"|of course|absolutely|definitely|as you know|to be honest|for the record|hi all|hey all|hi everyone"
    r"|it's official"
    r"|please note(?: that)?|note(?: to self)?|remember(?: that)?|for your (?:records|files|information)"
    r"|as i(?: may have)? (?:mentioned|said)|as mentioned|in fact|unfortunately|luckily|sadly|happily"
    r"|i think i told you"
    r"|good morning|good evening|morning|evening|dear all|done|great|perfect|lovely|welcome)\b)"
    r"(?:\s+(?!(?:i|my|we|our|you)\b)[A-Z]\w+(?=\s*[,!:]))?\s*[,:!;–—-]*\s+)+",
    re.IGNORECASE,
)
_SUBJECT = r"(?:i|i'm|im|i've|ive|i’m|i’ve|i'll|my|we|we're|we've|our|you can|call me|reach me)\b"
_SPLIT = Pattern(
    rf"(?:,?\s+(?:and|but|so|anyway|because)\s+(?:yes,?\s+|anyway,?\s+|now\s+)?|;\s+|\s+[–—-]+\s+"
    rf"|,\s+)(?={_SUBJECT})|,\s*(?:not|no longer)\s+(?=[A-Z]|for|at|in)"
    rf"|;\s+"
    r"|(?:,|\s+and)\s+(?=(?:mum|mom|dad|birthday|surname|wife|husband|rent)\s+is\b)"
    r"|,\s+(?:please|so that|which|who|where|because|since(?!\s+\d)|but|same as)\b",
    re.IGNORECASE,
)
_PARTS = Pattern(
    r"(?:,?\s+(?:and|but|so)\s+|;\s+|\s+[–—-]\s+|,\s+)"
    rf"(?=(?:{_SUBJECT}|(?:it|it's|its|there|he|she|they|that|please|not|you|don't|nobody|no)\b))"
    r"|,\s*(?:not|no longer|no more)\s+(?=\w)|[;,]\s+",
    re.IGNORECASE,
)
"""Where a sentence that denies something is parted: only the clause that denies is refused."""
_SPELT = tuple(
    (re.compile(rf"\b{pattern}\b", re.IGNORECASE), by)
    for pattern, by in (
        (r"im(?=\s)", "I'm"),
        (r"ive(?=\s)", "I've"),
        (r"(dont|doesnt|didnt|isnt|wasnt|cant|wont|arent|havent|hasnt|couldnt|wouldnt|shouldnt)", ""),
        (r"thats(?=\s)", "that's"),
        (r"whats(?=\s)", "what's"),
        (r"hes(?=\s)", "he's"),
        (r"shes(?=\s)", "she's"),
        (r"(?<!of )(?<!on )its(?=\s(?:now|my|the|a|called|at|in|on|not|\d))", "it's"),
        (r"u(?=\s)", "you"),
        (r"ur(?=\s)", "your"),
        (r"b-?day", "birthday"),
        (r"fav(?:e|ourite|orite)?(?=\s)", "favourite"),
        (r"favorite(?=\s)", "favourite"),
    )
)
_CAPITAL_I = re.compile(r"\bi(?=['\s])")
_ILL = re.compile(r"^ill(?=\s+[a-z]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause as rules read it, and where it stands in its sentence."""

    text: str
    start: int
    end: int


def clauses(sentence: str, *, parted: bool) -> Iterator[Clause]:
    """The clauses of a sentence; `parted` also before "it" and "she", for a sentence that denies something."""
    begin = 0
    for match in [*(_PARTS if parted else _SPLIT).finditer(sentence), None]:
        end = match.start() if match else len(sentence)
        rest = sentence[begin:end]
        opened = _OPENER.match(rest)
        start = begin + (opened.end() if opened else 0)
        told = sentence[start:end].strip()
        if told:
            yield Clause(text=spelt(told), start=start, end=end)
        if match is None:
            return
        begin = match.end()


def opened(sentence: str) -> str:
    """A sentence without the words it opens with, spelt out."""
    match = _OPENER.match(sentence)
    return spelt(sentence[match.end() :] if match else sentence).strip()


def spelt(text: str) -> str:
    """A clause with what chats leave out: "im" is "I'm", "dont" is "don't"."""
    text = _CAPITAL_I.sub("I", text.replace("’", "'"))
    text = _ILL.sub("I'll", text)
    for pattern, by in _SPELT:
        text = pattern.sub(by, text) if by else pattern.sub(lambda match: f"{match[0][:-1]}'t", text)
    return text
