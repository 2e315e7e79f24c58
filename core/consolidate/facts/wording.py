"""A fact in words: a sentence that can stand alone."""

from core.consolidate.facts.told import ME
from core.pattern import Pattern

_VERBAL = Pattern(
    r"^(?:lives|works|likes|dislikes|prefers|speaks|does|comes|grew|owes|plays|studies"
    r"|drives|born|allergic|engaged|married|learning|uses)\b"
)
_BEING = ("allergic", "engaged", "married", "learning")
_FIRST = {
    "lives in": "live in",
    "works at": "work at",
    "works as": "work as",
    "works in": "work in",
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
    "studies at": "study at",
    "drives": "drive",
    "uses": "use",
}


def in_words(subject: str, attribute: str, value: str) -> str:
    """A fact as a sentence that can stand alone."""
    verbal = _VERBAL.match(attribute) is not None
    being = attribute.split()[0] in _BEING
    if subject == ME:
        if not verbal:
            return f"My {attribute} is {value}."
        return f"I {'am ' if being else ''}{_FIRST.get(attribute, attribute.replace('owes ', 'owe '))} {value}."
    who = " ".join(word if word == "of" else word.capitalize() for word in subject.split())
    if not verbal:
        return f"{who}'s {attribute} is {value}."
    be = "is " if being else "was " if attribute.startswith("born") else ""
    return f"{who} {be}{attribute} {value}."
