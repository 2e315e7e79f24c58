"""A text cut into its sentences and lines, each with its place and the mark it ends with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_END = re.compile(r"[.!?…]+[\"”’)]*(?=\s|$)|[。！？]+[」』”’)）]*|\n+")
_SHORTENED = re.compile(r"\b(?:Mrs?|Ms|Dr|Prof|St|vs|approx|e\.g|i\.e)\.$", re.IGNORECASE)
_MAYBE_SHORTENED = re.compile(r"\b(?:etc|[ap]\.m)\.$", re.IGNORECASE)
_NUMBER = re.compile(r"\bNo\.$")
_ORDINAL = re.compile(r"(?<!\d)\d{1,2}\.$")
_AFTER_ORDINAL = re.compile(r"\s+(?:[a-zß-öø-ÿ]|Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)")
"""Behind a day of the month with a dot, as German and others write it: a small letter, or a German month."""
_LONGEST_SHORTENED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One sentence or line: `text` without its end `mark`, at characters [start, end) with it."""

    text: str
    mark: str
    start: int
    end: int

    @property
    def whole(self) -> str:
        """The sentence with its mark."""
        return f"{self.text}{self.mark}"


def pieces(text: str) -> Iterator[Piece]:
    """The sentences of `text` in order, none empty. A dot behind "Dr", "e.g", a number's "No" or "22" ends none."""
    begin = 0
    for match in _END.finditer(text):
        if not _goes_on(text, match.end()):
            yield from _piece(text, begin, match.start(), match.end())
            begin = match.end()
    yield from _piece(text, begin, len(text), len(text))


def _goes_on(text: str, end: int) -> bool:
    before = text[max(0, end - _LONGEST_SHORTENED) : end]
    if _SHORTENED.search(before):
        return True
    after = text[end : end + 2].lstrip()
    if _NUMBER.search(before):
        return after[:1].isdigit()
    if _ORDINAL.search(before) and _AFTER_ORDINAL.match(text, end):
        return True
    return bool(_MAYBE_SHORTENED.search(before)) and not after[:1].isupper()


def _piece(text: str, begin: int, mark: int, end: int) -> Iterator[Piece]:
    told = text[begin:mark].strip()
    if told:
        start = begin + text[begin:mark].index(told[0])
        yield Piece(text=told, mark=text[mark:end].strip(), start=start, end=end)
