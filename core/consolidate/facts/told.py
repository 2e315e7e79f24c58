"""What a rule hands on: a statement about somebody, and the memory in words that is made of it."""

from dataclasses import dataclass
from datetime import datetime

from core.memory import Facet, Fact

ME = "me"
"""The subject of what the person said of themself."""


@dataclass(frozen=True, slots=True)
class Told:
    """That something is so of `subject`, or, with `ends`, that it is so no longer."""

    attribute: str
    subject: str
    value: str
    ends: bool = False


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
    ends: bool = False
    """It says that this holds no longer; an empty attribute or value stands for any."""
    instead_of: str = ""
    """The value that it says was given up for this one."""
    changed: bool = False
    """Its words say that it was otherwise before: moved, now, new, from May on."""
    several: bool = False
    """Its attribute is not known to have one value at a time: it closes nothing and contradicts nothing."""
    reader: str = ""
    """The language model that read it; empty: the rules did."""
