"""Facts that a screen shows of people one talks with, in a profile or a list: hearsay, and never of oneself."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime

from core.consolidate.facts import Found, find
from core.memory import Facet, Fact
from core.pattern import Pattern

_LONGEST = 140
"""Characters of a line that states one thing of one person."""
_TELLS = Pattern(
    r"^(?P<who>[A-Z][\w-]+)(?:\s+(?P<more>(?-i:[A-Z])\.|(?-i:[A-Z])[\w'-]+))?(?:\s+(?=(?:lives|works|is|studies"
    r"|speaks|plays"
    r"|moved|has)\b)"
    r"|'s\s+|(?:,\s+[a-z ]{3,40})?,?\s+(?=(?:shoe size|size|birthday|mobile|phone|email|e-mail|address|surname"
    r"|salary|rent|hourly rate"
    r"|age)\b))"
    r"(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_DAY_FIRST = Pattern(
    r"^(?P<day>\d{1,2}\.?\s+[A-Z][a-z]{2,8}\.?|[A-Z][a-z]{2,8}\s+\d{1,2})[:,]?\s+[Bb]irthday\s+(?:of\s+)?"
    r"(?P<who>[A-Z][\w'-]+)$"
)
_LABEL = Pattern(
    r"^(?P<what>shoe size|size|birthday|mobile|phone|email|e-mail|address|surname|hourly rate)\b:?\s+(?!is\b)",
    re.IGNORECASE,
)


_OWNED = Pattern(r"^(?:shoe size|size|birthday|mobile|phone|email|address|surname|hourly rate)\s+is\b", re.IGNORECASE)


def shown(text: str, at: datetime, mine: Collection[str], known: Callable[[], Collection[str]]) -> Iterator[Found]:
    """What the lines of a screen say of those in `known`, by their names in small letters; never of one in `mine`."""
    begin = 0
    people: Collection[str] | None = None
    for line in text.splitlines(keepends=True):
        told = line.strip()
        told = _DAY_FIRST.sub(r"\g<who>'s birthday is \g<day>", told) if len(told) <= _LONGEST else told
        match = _TELLS.match(told) if 0 < len(told) <= _LONGEST else None
        if match and match["who"][0].isupper():
            people = known() if people is None else people
            who = _whom(match["who"], match["more"] or "", people)
            if who and who not in mine:
                yield from _read(match["rest"], who, at, begin, begin + len(line))
        begin += len(line)


def _whom(first: str, more: str, people: Collection[str]) -> str:
    """The one in `people` who is meant, by the whole name or by the only first name there is."""
    whole = f"{first} {more}".strip().casefold()
    if whole in people:
        return whole
    alone = first.casefold()
    return alone if alone in people and (not more or more.endswith(".")) else ""


def _read(rest: str, who: str, at: datetime, begin: int, end: int) -> Iterator[Found]:
    """The rules for what somebody says of themself, on the same said of them."""
    label = _LABEL.match(rest)
    owns = "'s" if _OWNED.match(rest) else ""
    told = f"My {label['what']} is {rest[label.end() :]}" if label else f"{who.title()}{owns} {rest}"
    for found in find(told, speaker=who, addressee="", mine=False, at=at):
        if found.facet is Facet.FACT and not found.ends and found.fact.subject == who:
            fact = Fact(subject=who, attribute=found.fact.attribute, value=found.fact.value)
            yield replace(found, fact=fact, start=begin, end=end)
