"""How the entries of Gemini's activity begin that hold a question: known of some languages, else learnt."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_KNOWN = re.compile(
    r"(?:Prompted|Branched|Answered|Asked(?: (?:Gemini|Bard):)?|Gav instruktionen|Eingegebener Prompt):?"
    r"[ \xa0]+(?P<words>.+)",
    re.DOTALL,
)
_DONE = re.compile(r"(?:Created|Added|Used|Selected|Gave|Viewed|Shared|Deleted|Visited|Turned|Prompted|Asked)\b")
_PARTED = re.compile(r"(?P<begin>[^\s:\xa0][^\n\xa0]{1,40}?(?:\xa0?:[ \xa0]|\xa0))(?=[^\s:])")
_MOST_WORDS = 5
_AT_LEAST = 3
"""So many questions must begin alike, and half of all that were answered, before their beginning is believed."""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """What stands before the questions of one export."""

    learnt: str = ""
    told: bool = False
    """Whether its questions have a beginning at all: an unanswered entry without one then tells of something else."""

    @classmethod
    def of(cls, titles: Iterable[tuple[str, bool]]) -> "Beginnings":
        """Of an export's first entries: each title, and whether an answer stands below it."""
        answered = [title.strip() for title, answer in titles if answer]
        known = sum(_KNOWN.match(title) is not None for title in answered)
        shapes = Counter(found["begin"] for title in answered if (found := _PARTED.match(title)))
        begin, often = next(iter(shapes.most_common(1)), ("", 0))
        believed = often >= _AT_LEAST and 2 * often >= len(answered) and len(begin.split()) <= _MOST_WORDS
        return cls(begin if believed else "", told=believed or known > 0)

    def question(self, title: str, *, answered: bool) -> str:
        """What the person asked, by an entry's title; empty where it tells of something else that was done."""
        title = title.strip()
        if found := _KNOWN.match(title):
            return found["words"].strip()
        if self.learnt and title.startswith(self.learnt):
            return title.removeprefix(self.learnt).strip()
        return "" if _DONE.match(title) or (self.told and not answered) else title
