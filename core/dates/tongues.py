"""Times in German, Spanish and French put into English words, so that one grammar reads them all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.dates.vocabulary import ENGLISH_MARKS, TONGUES, Tongue
from core.dates.words import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Characters of the English text at [start, end) and where they come from."""

    start: int
    end: int
    begins: int
    ends: int
    same: bool
    """Taken over letter by letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text for the grammar, and the text that it was made from."""

    text: str
    written: str
    pieces: tuple[Piece, ...] = ()

    def words(self, start: int, end: int) -> str:
        """What was written for the characters [start, end) of `text`."""
        begins, ends = self.place(start, end)
        return self.written[begins:ends]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where it was written."""
        touched = [piece for piece in self.pieces if piece.start < end and start < piece.end]
        if not touched:
            return start, end
        first, last = touched[0], touched[-1]
        begins = first.begins + (max(0, start - first.start) if first.same else 0)
        return begins, (last.begins + end - last.start if last.same and end < last.end else last.ends)


def tongue_of(text: str) -> Tongue | None:
    """The tongue most of whose small words are in the text, if there are more of them than English ones."""
    found = [fold(word) for word in re.findall(r"[^\W\d_]+", text)]
    english = sum(word in ENGLISH_MARKS for word in found)
    most, tongue = max(((sum(word in one.marks for word in found), one) for one in TONGUES), key=lambda pair: pair[0])
    return tongue if most > english else None


def in_english(text: str, tongue: Tongue) -> Source:
    """The text with its times in English words; all else stays as it is."""
    pieces: list[Piece] = []
    made: list[str] = []
    length = at = 0
    for begins, ends, english in _times(text, tongue):
        for words, start, end, same in ((text[at:begins], at, begins, True), (english, begins, ends, False)):
            made.append(words)
            pieces.append(Piece(start=length, end=length + len(words), begins=start, ends=end, same=same))
            length += len(words)
        at = ends
    made.append(text[at:])
    pieces.append(Piece(start=length, end=length + len(text) - at, begins=at, ends=len(text), same=True))
    kept = tuple(piece for piece in pieces if piece.end > piece.start)
    return Source(text="".join(made), written=text, pieces=kept)


def _times(text: str, tongue: Tongue) -> Iterator[tuple[int, int, str]]:
    """Where a rule fits, the leftmost first and of those the first one, with its English."""
    rules = _compiled(tongue)
    found = [rule.search(text) for rule, _ in rules]
    at = 0
    while True:
        for place, match in enumerate(found):
            if match is not None and match.start() < at:
                found[place] = rules[place][0].search(text, at)
        starts = [(match.start(), place) for place, match in enumerate(found) if match is not None]
        if not starts:
            return
        _, place = min(starts)
        match = found[place]
        if match is None or match.end() <= at:
            return
        yield match.start(), match.end(), _told(rules[place][1], match.groups(), tongue.words)
        at = match.end()


def _told(template: str, groups: Sequence[str | None], words: Mapping[str, str]) -> str:
    return template.format(*(words.get(" ".join(fold(group or "").split()), group or "") for group in groups))


_COMPILED: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {}


def _compiled(tongue: Tongue) -> tuple[tuple[re.Pattern[str], str], ...]:
    if tongue.code not in _COMPILED:
        _COMPILED[tongue.code] = tuple(
            (re.compile(rf"(?<!\w){pattern}" + ("" if told.endswith(" ") else r"(?!\w)"), re.IGNORECASE), told)
            for pattern, told in tongue.rules
        )
    return _COMPILED[tongue.code]
