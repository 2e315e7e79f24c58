"""How-tos that someone wrote: a purpose and its steps in their own words; no lists of things, of tasks or of news."""

import re
from dataclasses import dataclass

from core.consolidate.imperatives import imperative
from core.sentences import pieces

FEWEST, MOST = 3, 40
"""Steps."""
_LEAST_SHARE = 0.6
"""Of the steps that have to tell someone what to do."""
_LONGEST_TITLE, _LONGEST_STEP = 200, 500
_NUMBERS = (
    re.compile(r"^[ \t]*\(?(?:step )?(\d{1,2})(?:[.):]+\s*|\s+[-–]\s+)(?=\S)", re.IGNORECASE | re.MULTILINE),
    re.compile(r"(?:(?<=\s)|(?<=^)|(?<=\())(?:step )?(\d{1,2})[.):]+\s*(?=[^\s\d])", re.IGNORECASE),
    re.compile(r"(?<=\s)(\d{1,2})\s+(?=[^\W\d])"),
)
"""At the beginning of lines; else within one, with a mark behind the number; else without."""
_BULLET = re.compile(r"^\s*(?:[-*•–]|\[[ x]?\])\s+(?P<step>\S.*)$", re.MULTILINE)
_FOR = re.compile(
    r"\b(?:how to|how do (?:i|you|we)|how\b.{3,80}\bworks?|here['’]?s how|instructions?|recipe|guide|steps? (?:to|for)"
    r"|so geht|anleitung|rezept)\b|^(?:to \w+|for (?:\w+ing|the|an?|my|your|our))\b|^\w+ing\b(?! else)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:list|things|ideas|songs?|lyrics|chapters?|contents|to[ -]?dos?|tasks?|shopping|groceries|agenda|minutes"
    r"|actions?(?: items?)?|reminders?|wish ?list|packing|today|tomorrow|tonight"
    r"|this (?:week|weekend|morning|evening|year)|next week"
    r"|by (?:mon|tues|wednes|thurs|fri|satur|sun)day|plans?|goals?|resolutions?|bucket list|news|headlines|top \d+"
    r"|rank\w*|results?|scores?|setlist|playlist|menu|rules?"
    r"|reasons?|questions?|errands|backlog|einkaufsliste|aufgaben|tagesordnung)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|hallo|liebe|moin|thanks|ok|so|also|and|but)\b[\w ]{0,20}$", re.IGNORECASE
)
_INTENT = re.compile(r"^(?:i|we|you|they|he|she)(?:['’](?:ll|d|ve|re|m))?\b(?!.*\bhow\b)", re.IGNORECASE)
"""Somebody's doings or plans, not what anyone is to do."""
_PAST = re.compile(r"\b(?:I|we|he|she|they) (?:\w+ed|went|came|did|got|took|put|made|was|were|had)\b")
_PURPOSE = re.compile(r"\bhow to\b|^to (?!do\b)\w+", re.IGNORECASE)
_THERE = re.compile(r"[,;.]\s+(?:and\s+)?|\s+and\s+(?=then\b)|\s+(?=then\b)|\n")
_THEN = re.compile(r"(?:and )?then\b", re.IGNORECASE)
_WHEN = re.compile(r"\b(?:first|then|next|after that|afterwards|finally|last(?:ly)?|repeat)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HowTo:
    """What it is for, and what to do, verbatim."""

    title: str
    steps: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it is kept."""
        return "\n".join([self.title, *(f"{number}. {step}" for number, step in enumerate(self.steps, 1))])


def how_to(text: str, heading: str = "", language: str = "") -> HowTo | None:
    """The how-to in a text; `heading`: what stands above it, such as a page's title; `language`: ISO 639-1."""
    for found in (_numbered(text, heading), _bulleted(text, heading), _running(text), _told(text)):
        if found is not None and _convinces(found, language):
            return found
    return None


def _numbered(text: str, heading: str) -> HowTo | None:
    """1. ... 2. ... 3. ..., in a line or in several."""
    marks: list[re.Match[str]] = []
    for number in _NUMBERS:
        marks = []
        for mark in number.finditer(text):
            if int(mark[1]) == len(marks) + 1:
                marks.append(mark)
        if len(marks) >= FEWEST:
            break
    if len(marks) < FEWEST:
        return None
    ends = [*(mark.start() for mark in marks[1:]), _end(text, marks[-1].end())]
    steps = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    return _made(text[: marks[0].start()] or heading, steps)


def _end(text: str, begin: int) -> int:
    """The last step ends with its sentence or its line."""
    found = re.compile(r"[.!?](?=\s)|\n").search(text, begin)
    return len(text) if found is None else found.end()


def _bulleted(text: str, heading: str) -> HowTo | None:
    marks = list(_BULLET.finditer(text))
    if len(marks) < FEWEST:
        return None
    return _made(text[: marks[0].start()] or heading, [mark["step"] for mark in marks])


def _running(text: str) -> HowTo | None:
    """To do this: do that, then that, then that."""
    title, colon, rest = text.partition(":")
    if not colon or "\n" in title or len(title) > _LONGEST_TITLE or not _FOR.search(title.strip()):
        return None
    return _made(title, _THERE.split(rest))


def _told(text: str) -> HowTo | None:
    """A title, and sentences one of which says first, then or repeat."""
    said = list(pieces(text))
    if len(said) < FEWEST + 1 or len(said[0].text.split()) > 12 or len(_WHEN.findall(text)) < 2:
        return None
    return _made(said[0].text, [one.text for one in said[1:]])


def _made(title: str, steps: list[str]) -> HowTo | None:
    told = [" ".join(step.split()).strip(" ,;").removesuffix(".") for step in steps]
    kept = tuple(step[:_LONGEST_STEP] for step in told if step)
    # what stands right above the steps says what they are for
    lines = [line.strip() for line in title.splitlines() if line.strip()]
    named = " ".join((lines[-1] if lines else "").split()).strip(" :.-–*#")
    if not FEWEST <= len(kept) <= MOST or not named:
        return None
    return HowTo(title=named[-_LONGEST_TITLE:], steps=kept)


def _convinces(found: HowTo, language: str) -> bool:
    if _LIST.search(found.title) and not _PURPOSE.search(found.title):
        return False
    if _GREETING.match(found.title.rstrip(",")) or _INTENT.match(found.title):
        return False
    if found.title.endswith("?") and not re.search(r"\bhow\b", found.title, re.IGNORECASE):
        return False
    if any(_PAST.search(step) for step in found.steps):
        return False
    if 2 * sum(" " in step for step in found.steps) < len(found.steps):
        return False
    told = sum(imperative(step, language) or _THEN.match(step) is not None for step in found.steps)
    return told >= FEWEST - 1 and told >= _LEAST_SHARE * len(found.steps)
