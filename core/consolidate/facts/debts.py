"""Who owes whom how much."""

from collections.abc import Iterator

from core.consolidate.facts.subjects import normal
from core.consolidate.facts.told import Told
from core.consolidate.facts.vocabulary import NOBODY, PERSON
from core.pattern import Pattern

_OWES = Pattern(
    rf"^(?:(?:I)\s+(?:still\s+)?owe\s+(?P<to>you|{PERSON})|(?P<who>[Yy]ou|{PERSON})"
    r"\s+(?:still\s+)?owes?\s+me)\s+(?P<value>(?:[€$£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:€|£|\$|euros?|dollars?|pounds?"
    r"|bucks"
    r"|EUR|USD|GBP|CHF|francs?|quid|kr(?:onor|oner)?))(?![\w])(?!\s+worth))"
)


def debts(clause: str, subject: str, other: str) -> Iterator[Told]:
    """What a clause says that somebody owes; `other` is the one spoken to, empty when that is not known."""
    match = _OWES.match(clause)
    if match and match["to"]:
        to = other if match["to"].lower() == "you" else normal(match["to"])
        if to:
            yield Told(f"owes {to}", subject, match["value"])
    elif match:
        who = other if match["who"].lower() == "you" else normal(match["who"])
        if who and who not in NOBODY:
            yield Told(f"owes {subject}", who, match["value"])
