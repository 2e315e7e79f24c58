"""Words that stand together on a line. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from core.capture.rect import Rect
from core.capture.screen.chat.patches import Grounds, Patch
from core.capture.screen.page import Line, line_box
from core.memory import WordBox
from core.pattern import Pattern

INITIALS = Pattern(r"[A-ZÀ-ÞĆČĎĐĘĚĞİĽŁŃŇŐŘŚŞŠŤŮŰŹŻŽΑ-ΩА-ЯЁІЇЄҐ]{1,2}")
"""In an avatar."""
CLOCK = Pattern(
    r"(?:[AP]M\s)?\[?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\]?(?:\s?[AP]\.?M\.?)?(?:\s(?:\W|[✓✔√vVwW/\\]){1,3})?|\d{1,3}",
    re.IGNORECASE,
)
"""A time, or a count: no pane consists of these."""
_GLUED = Pattern(r"([^\W\d_][\w'’.\-]*[^\W\d_])(\d{1,2}[:.]\d{2}(?:\s?[AP]M)?)$", re.IGNORECASE)
_SHORT, _HIGH, _MOST_SPARE = 2, 1.9, 0.4
"""Letters are about this much higher than wide, with what reaches above and below."""
_APART = 1.5
"""Heights of a line from which a gap within it parts two runs."""
_CHANGES = 0.8
"""The same where the ground changes within the gap."""


@dataclass(frozen=True)
class Run:
    """Words of one line without a wide gap between them."""

    words: Line
    trim: int = 0
    """Pixels above and below its letters that its boxes have too many."""
    patch: Patch | None = None
    """The ground behind it, where the picture was at hand."""

    @cached_property
    def text(self) -> str:
        """With a blank between words."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def box(self) -> Rect:
        """Around all words, as high as its letters."""
        whole = line_box(self.words)
        return Rect(whole.left, whole.top + self.trim, whole.width, whole.height - 2 * self.trim)

    @cached_property
    def left(self) -> int:
        """First column."""
        return self.box.left

    @cached_property
    def right(self) -> int:
        """First column past it."""
        return self.box.right

    @cached_property
    def top(self) -> int:
        """First row."""
        return self.box.top

    @cached_property
    def bottom(self) -> int:
        """First row past it."""
        return self.box.bottom

    @cached_property
    def height(self) -> int:
        """Of its letters and the room a reader leaves around them."""
        return self.box.height

    @cached_property
    def middle(self) -> float:
        """Row halfway down."""
        return self.top + self.height / 2

    def level(self, other: "Run") -> bool:
        """Whether both stand on one line."""
        return abs(self.middle - other.middle) < 0.45 * max(self.height, other.height)


def runs(lines: Sequence[Line], grounds: Grounds | None = None) -> list[Run]:
    """The runs of a page, from the top, those of a row from the left; with `grounds` each knows its own."""
    share = _spare(lines)
    found = []
    for line in lines:
        part: list[WordBox] = []
        for word in (half for whole in line for half in _halves(whole)):
            if part and _parted(part[-1], word, grounds):
                found.append(_run(part, share))
                part = []
            part.append(word)
        if part:
            found.append(_run(part, share))
    if grounds is not None:
        found = [replace(run, patch=grounds.behind(run.box)) for run in found]
    return sorted(found, key=lambda run: (run.top, run.left))


def _parted(word: WordBox, after: WordBox, grounds: Grounds | None) -> bool:
    """Whether a wide gap is between two words of a line, or one that is less wide and no even ground."""
    end = word.left + word.width
    if after.left - end > _APART * after.height:
        return True
    if grounds is None or after.left - end <= _CHANGES * after.height:
        return False
    return grounds.parted(end + 1, after.left - 1, after.top + after.height // 2)


def _halves(word: WordBox) -> tuple[WordBox, ...]:
    """A word that a time was read together with: `Patel5:37`."""
    match = _GLUED.match(word.text)
    if match is None:
        return (word,)
    at = word.left + round(word.width * match.end(1) / len(word.text))
    name = replace(word, text=match[1], width=max(1, at - word.left))
    return name, replace(word, text=match[2], left=at, width=max(1, word.left + word.width - at))


def _run(words: Sequence[WordBox], share: float) -> Run:
    return Run(tuple(words), trim=int(share * words[0].height / 2 + 0.3))


def _spare(lines: Sequence[Line]) -> float:
    """Share of a line's height that is room around its letters: it shows beside their width."""
    words = [word for line in lines for word in line if len(word.text) > _SHORT]
    if not words:
        return 0.0
    wide = sorted(word.width / len(word.text) for word in words)[len(words) // 2]
    high = sorted(word.height for word in words)[len(words) // 2]
    return min(_MOST_SPARE, max(0.0, 1.0 - _HIGH * wide / max(1, high)))


def rows(found: Sequence[Run]) -> list[list[Run]]:
    """The runs that stand on one line together, from the top, each row from the left."""
    done: list[list[Run]] = []
    for run in sorted(found, key=lambda run: run.middle):
        row = done[-1] if done else []
        if row and any(run.level(other) for other in row):
            row.append(run)
        else:
            done.append([run])
    return [sorted(row, key=lambda run: run.left) for row in done]


def letters(found: Sequence[Run]) -> float:
    """The usual height of a line, by how much is written in it."""
    weighed = sorted((run.height, len(run.text)) for run in found)
    half = sum(weight for _, weight in weighed) / 2
    for height, weight in weighed:
        half -= weight
        if half <= 0:
            return float(height)
    return 16.0
