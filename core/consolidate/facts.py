"""Facts by rule: (subject, attribute, value) from what people say of themselves and of those they name.

Precision before recall: a rule reads only the beginning of a clause of a sentence that was not refused
(`sentences`), and its value must look like one. What is not sure is left to a language model or to nobody.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.consolidate.days import day_in_year
from core.consolidate.phrases import (
    BIRTHDAY_OF,
    COSTS,
    DISLIKES,
    DOES_NOT,
    FAVOURITE,
    MONTH_OR_DAY,
    NAME,
    NAMED,
    NO_NAME,
    NOBODY,
    NUMBER,
    OTHER,
    OWES,
    ROLE,
    ROLE_NAMED,
    RULES,
    TAIL,
    THING,
    WORKPLACE,
    liked,
    place,
    thing,
    words,
)
from core.consolidate.promises import Dated, dated
from core.consolidate.sentences import Said, denies, said
from core.memory import Facet, Fact
from core.pattern import Pattern

ME = "me"
"""The subject of what the person said of themself."""
MULTIPLE = words(
    "likes|dislikes|prefers|allergic to|speaks|does not eat|does not drink|plays|brother|"
    "sister|son|daughter|friend|dog|cat|studies|drives|diet|colleague|cousin|aunt|uncle|"
    "neighbour|kid|child|nephew|niece|comes from|grew up in|promise|appointment|size",
    "|",
)
"""Attributes of which one can have several at once: a newer value supersedes none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule read, with the evidence as characters `start`..`end` of the text."""

    facet: Facet
    fact: Fact
    start: int
    end: int
    text: str
    """The memory in words, standing alone."""
    valid_from: datetime
    valid_to: datetime | None = None


def multiple(attribute: str) -> bool:
    """Whether several values of an attribute hold side by side."""
    return attribute in MULTIPLE or attribute.startswith("owes ")


def same_value(one: str, other: str) -> bool:
    """Whether two values say the same, whatever case, articles and punctuation."""
    return _bare(one) == _bare(other)


def find(
    text: str, *, speaker: str, addressee: str, mine: bool, at: datetime, names: Collection[str] = ()
) -> list[Found]:
    """Everything the rules can read surely in one message. `at` must be aware; unknown speakers give nothing.

    `names`: what the person is called beside "me"; nobody else's word makes a fact about them.
    """
    if not (mine or speaker):
        return []
    subject = ME if mine else _norm(speaker)
    if not mine and (subject == ME or subject.split()[0] in NOBODY):
        return []
    other = ME if _norm(addressee) == ME else _norm(addressee)
    found: list[Found] = []
    for sentence in said(text):
        found += _in_sentence(sentence, subject, other, speaker, at)
    seen: set[tuple[str, str, str]] = set()
    once = []
    person = {ME, *map(_norm, names)}
    for one in found:
        if one.fact.subject in person and not mine:
            continue
        key = (one.fact.subject, one.fact.attribute, _bare(one.fact.value))
        if key not in seen:
            seen.add(key)
            once.append(one)
    return once


def _in_sentence(sentence: Said, subject: str, other: str, speaker: str, at: datetime) -> Iterator[Found]:
    if sentence.refused and not sentence.denies_only:
        return
    if not sentence.refused:
        for dated_one in dated(sentence.text, at):
            yield _of_dated(dated_one, subject, sentence)
    for clause, start in _clauses(sentence.text, _PARTS if sentence.refused else _SPLIT):
        read = _read_denied if denies(clause) else _read
        for attribute, who, value in read(clause, subject, other, speaker):
            yield _found(who, attribute, value, sentence.start + start, sentence, at, len(clause))


def _found(
    subject: str, attribute: str, value: str, start: int, sentence: Said, at: datetime, length: int | None = None
) -> Found:
    value = " ".join(value.split()).strip(" ,;:")
    end = start + (len(sentence.text) if length is None else length)
    return Found(
        facet=Facet.FACT,
        fact=Fact(subject=subject, attribute=attribute, value=value),
        start=start,
        end=end,
        text=in_words(subject, attribute, value),
        valid_from=at,
    )


def _of_dated(one: Dated, subject: str, sentence: Said) -> Found:
    who = "I" if subject == ME else subject.title()
    day = f"{one.begins:%A} {one.begins.day} {one.begins:%B %Y}"
    due = f"{one.ends:%A} {one.ends.day} {one.ends:%B %Y}"
    clock = f" at {one.begins:%H:%M}" if one.clock else ""
    if one.facet is Facet.PROMISE:
        words = f"{who} promised to {one.what} by {due}."
    else:
        words = f"{one.what[:1].upper()}{one.what[1:]} on {day}{clock}."
    return Found(
        facet=one.facet,
        fact=Fact(subject=subject, attribute=one.facet.value, value=one.what),
        start=sentence.start,
        end=sentence.start + len(sentence.text),
        text=words,
        valid_from=one.begins,
        valid_to=one.ends,
    )


_VERBAL = Pattern(
    r"^(?:lives|works|likes|dislikes|prefers|speaks|does|comes|grew|owes|plays|studies"
    r"|drives|born|allergic|engaged|married)\b"
)


_FIRST = {
    "works at": "work at",
    "works as": "work as",
    "likes": "like",
    "dislikes": "dislike",
    "prefers": "prefer",
    "speaks": "speak",
    "does not eat": "do not eat",
    "does not drink": "do not drink",
    "born in": "was born in",
    "comes from": "come from",
    "plays": "play",
    "studies": "study",
    "drives": "drive",
}


def in_words(subject: str, attribute: str, value: str) -> str:
    """A fact as a sentence that can stand alone."""
    if subject == ME:
        if attribute == "lives in":
            return f"I live in {value}."
        if not _VERBAL.match(attribute):
            return f"My {attribute} is {value}."
        be = "am " if attribute.split()[0] in ("allergic", "engaged", "married") else ""
        return f"I {be}{_FIRST.get(attribute, attribute.replace('owes ', 'owe '))} {value}."
    who = " ".join(word if word == "of" else word.capitalize() for word in subject.split())
    if not _VERBAL.match(attribute):
        return f"{who}'s {attribute} is {value}."
    be = (
        "is "
        if attribute.split()[0] in ("allergic", "engaged", "married")
        else "was "
        if attribute.startswith("born")
        else ""
    )
    return f"{who} {be}{attribute} {value}."


# --- clauses

_OPENER = Pattern(
    r"^(?:(?:hi|hey|hello|yes|yeah|yep|no|oh|ah|well|so|ok|okay|sure|thanks|thank you|actually|anyway|btw|by the way"
    r"|fyi|also|and|but|just so you know|you know(?: that)?"
    r"|(?:big (?:news|change|update)|good news|great news|news|update|change of plans?|correction|reminder)"
    r"(?: (?:for|on|about) (?:[\w-]+ ){0,2}[\w-]+(?=\s*:))?|guess what|honestly|wow|yay|haha"
    r"|of course|absolutely|definitely|as you know|to be honest|for the record|hi all|hey all|hi everyone)\b"
    r"(?:\s+(?!(?:i|my|we|our|you)\b)[A-Z]\w+)?\s*[,:!–—-]*\s+)+",
    re.IGNORECASE,
)
_SPLIT = Pattern(
    r"(?:,?\s+(?:and|but|so)\s+|;\s+|\s+[–—-]\s+|,\s+)(?=(?:I|I'm|I’m|I've|I’ve|my|we|our)\b)|,\s*not\s+(?=[A-Z])"
)

_PARTS = Pattern(
    r"(?:,?\s+(?:and|but|so)\s+|;\s+|\s+[–—-]\s+|,\s+)"
    r"(?=(?:I|I'm|I’m|I've|I’ve|my|we|our|it|it's|there|he|she|they|that)\b)|,\s*not\s+(?=[A-Z])"
)
"""Where a sentence that denies something is parted: only the clause that denies is refused."""


def _opened(text: str) -> tuple[str, int]:
    match = _OPENER.match(text)
    start = match.end() if match else 0
    return text[start:], start


def _clauses(sentence: str, split: Pattern) -> Iterator[tuple[str, int]]:
    text = sentence.replace("’", "'")
    begin = 0
    for match in [*split.finditer(text), None]:
        end = match.start() if match else len(text)
        clause, offset = _opened(text[begin:end])
        if clause.strip():
            yield clause.strip(), begin + offset
        if match is None:
            return
        begin = match.end()


def _read_denied(clause: str, subject: str, other: str, speaker: str) -> Iterator[tuple[str, str, str]]:
    """What can be learnt from what someone does not do."""
    if match := DOES_NOT.match(clause):
        yield f"does not {match['verb'].lower()}", subject, match["value"]
    if (match := DISLIKES.match(clause)) and liked(match["value"]):
        yield "dislikes", subject, match["value"]


def _read(clause: str, subject: str, other: str, speaker: str) -> Iterator[tuple[str, str, str]]:
    """(attribute, subject, value) for each rule that fits the clause."""
    clause = re.sub(r"\s+by the way$", "", clause)
    for rule in RULES:
        match = rule.pattern.match(clause)
        if match and rule.fits(match["value"].strip()):
            yield from ((rule.attribute, subject, value) for value in _values(rule.attribute, match["value"]))
    yield from _belongings(clause, subject)
    if (match := COSTS.match(clause)) and not NUMBER.match(clause):
        yield match["what"].lower(), subject, match["value"]
    if speaker and re.match(rf"^I'm\s+{re.escape(speaker)}(?=\s*(?:$|[,.!]|and\b))", clause):
        yield "name", subject, speaker
    yield from _others(clause, subject)
    match = OWES.match(clause)
    if match and match["to"]:
        to = other if match["to"].lower() == "you" else _norm(match["to"])
        if to:
            yield f"owes {to}", subject, match["value"]
    elif match:
        who = other if match["who"].lower() == "you" else _norm(match["who"])
        if who and who not in NOBODY:
            yield f"owes {subject}", who, match["value"]


_NO_ALLERGEN = words(
    "work mondays you him her them bullshit stupidity idiots fun effort me it this people drama everything "
    "nonsense that"
)


def _values(attribute: str, value: str) -> list[str]:
    value = value.strip()
    if attribute == "birthday":
        day = day_in_year(value)
        return [day] if day else []
    if attribute in ("allergic to", "speaks"):
        parts = re.split(r",\s*(?:and\s+)?|\s+and\s+", value)
        bad = _NO_ALLERGEN
        return [p.removeprefix("some ") for p in parts if p and p.lower().split()[0] not in bad and len(p.split()) <= 3]
    if attribute == "studies" and value.endswith("ly"):
        return []
    return [re.sub(r"^(?:the|a|an)\s+(?=[a-z])", "", value)] if attribute.startswith("works") else [value]


def _belongings(clause: str, subject: str) -> Iterator[tuple[str, str, str]]:
    if match := FAVOURITE.match(clause):
        if thing(match["value"]):
            value = re.sub(r"(?<=\w)\s+(?:on|in|at|near)\s+.*$", "", match["value"])
            yield match["what"].lower().replace("favorite", "favourite"), subject, value
    elif match := ROLE.match(clause) or ROLE_NAMED.match(clause):
        if match["value"].split()[0].lower() not in NOBODY | NO_NAME and not MONTH_OR_DAY.match(match["value"]):
            what = match["what"].lower().replace("neighbor", "neighbour")
            yield what, subject, match["value"].removesuffix(" now")
    elif match := NUMBER.match(clause) or THING.match(clause) or NAMED.match(clause):
        yield match["what"].lower(), subject, match["value"]


def _others(clause: str, subject: str) -> Iterator[tuple[str, str, str]]:
    match = OTHER.match(clause)
    if match:
        name = match["name"]
        kin = (match["kin"] or "").split(" ", 1)[-1].lower()
        who = f"{kin} of {subject}" if kin else _norm(name)
        if name and (set(_norm(name).split()) & NOBODY or MONTH_OR_DAY.match(name)):
            return
        rest = clause[match.end() :]
        pattern = rf"(?P<value>{NAME}){TAIL}" if match["lives"] else rf"{WORKPLACE}{TAIL}"
        if match["as"]:
            pattern = r"(?P<value>(?:[a-z-]+\s){0,2}?[a-z-]+)(?=\s*(?:$|[,.;!]|\b(?:at|for|in|and|with)\b))"
        value = re.match(pattern, rest)
        attribute = "lives in" if match["lives"] else "works as" if match["as"] else "works at"
        if value and (match["as"] or place(value["value"])):
            yield attribute, who, value["value"]
    if (match := BIRTHDAY_OF.match(clause)) and (day := day_in_year(match["value"])):
        yield "birthday", _norm(match["name"]), day


def _norm(name: str) -> str:
    return " ".join(name.casefold().split())


def _bare(value: str) -> str:
    words = re.findall(r"\w+", value.casefold())
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)
