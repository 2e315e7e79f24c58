"""The even ground behind words, as far as it goes: bubbles, cards, fields, panes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect

Pixels = NDArray[np.uint8]

_EDGE = 12
"""Steps of tone (of 2550) from one pixel to the next that are an edge: two greys that differ by two of 256."""
_GROUND = 30
"""Within which a pixel is of the ground."""
_SAME = 6
"""Pixels by which two looks at one patch may differ: rounded corners."""
_HIGH = 0.55
"""Of the rows of a window: an edge that goes down so many of them parts panes."""
_BAR = 7
"""Pixels that a bar at the left of what is quoted is wide at the most."""
_STEP = 2
_NEAR = 5
"""Pixels on either side of where an edge should be: corners are round."""
_CORNER, _ALONG, _ACROSS = 0.3, 0.7, 0.9
"""Of a side: what is left off at its ends, and how much of the rest, or of a whole row, is an edge."""


@dataclass(frozen=True, slots=True)
class Patch:
    """An even stretch of ground, in the window's pixels; `tone` 0 to 2550, of black and white."""

    left: int
    top: int
    right: int
    bottom: int
    tone: int
    bar: Rect | None = None
    """The thin line at its left, as beside what is quoted."""

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    def same(self, other: "Patch") -> bool:
        """Whether both are looks at one patch."""
        apart = (self.left - other.left, self.right - other.right, self.top - other.top, self.bottom - other.bottom)
        return abs(self.tone - other.tone) < _GROUND and max(map(abs, apart)) <= _SAME

    def beside(self, other: "Patch") -> bool:
        """Whether both are of one box, though words above or below hid how far it goes."""
        level = abs(self.left - other.left) <= _SAME and abs(self.right - other.right) <= _SAME
        both = min(self.bottom, other.bottom) - max(self.top, other.top)
        return level and abs(self.tone - other.tone) < _GROUND and both > 0.5 * min(self.height, other.height)

    def holds(self, box: Rect) -> bool:
        """Whether all of a box lies in it."""
        return self.left <= box.left and box.right <= self.right and self.top <= box.top and box.bottom <= self.bottom

    def within(self, other: "Patch") -> bool:
        """Whether it lies in another that is larger."""
        inside = other.left - _STEP <= self.left and self.right <= other.right + _STEP
        inside = inside and other.top - _STEP <= self.top and self.bottom <= other.bottom + _STEP
        return inside and self.width * self.height < other.width * other.height


@dataclass(slots=True)
class Grounds:
    """The grounds of one window's picture. Holds its tones while the window is read, no longer."""

    _tones: NDArray[np.int16]
    _known: list[Patch] = field(default_factory=list)
    _borders: list[int] | None = None

    @classmethod
    def of(cls, pixels: Pixels) -> "Grounds":
        """Of (h, w, 3) RGB."""
        wide = pixels.astype(np.int16)
        return cls(3 * wide[..., 0] + 6 * wide[..., 1] + wide[..., 2])

    def behind(self, box: Rect) -> Patch | None:
        """The patch that words in `box` stand on; None where it cannot be told."""
        tones = self._tones
        height, width = tones.shape
        left, right = max(0, box.left), min(width, box.right)
        top, bottom = max(0, box.top), min(height, box.bottom)
        if right - left < 1 or bottom - top < 1:
            return None
        tone = int(np.bincount(tones[top:bottom:2, left:right].ravel()).argmax())
        rows = sorted({y for y in (top - 2, top - 1, (top + bottom) // 2, bottom, bottom + 1) if 0 <= y < height})
        begin, end = left, right
        for y in rows:
            begin = min(begin, left - self._even(tones[y, : max(1, left - 1)][::-1], tone) - 1)
            end = max(end, right + self._even(tones[y, min(width - 1, right + 1) :], tone) + 1)
        upper, lower = top, bottom
        for x in (left - 4, left - 2, right + 1, right + 3):
            if 0 <= x < width:
                upper = min(upper, top - self._even(tones[: top + 1, x][::-1], tone) + 1)
                lower = max(lower, bottom + self._even(tones[bottom - 1 :, x], tone) - 1)
        begin, end = max(0, begin), min(width, end)
        found = Patch(begin, max(0, upper), end, min(height, lower), tone, self._bar(begin, top, bottom, tone))
        for known in self._known:
            if known.same(found) and known.bar == found.bar:
                return known
        self._known.append(found)
        return found

    def usual(self, left: int, right: int) -> int:
        """The tone that most of the middle of the window between two columns has."""
        height = self._tones.shape[0]
        part = self._tones[height // 6 : max(1, height - height // 6) : 4, max(0, left) : max(left + 1, right) : 4]
        return int(np.bincount(part.ravel()).argmax()) if part.size else 0

    def framed(self, patch: Patch, beside: Rect, *, cut: bool = False) -> bool:
        """Whether an edge goes along a patch: along most of its height on both sides, over it and under it.

        `cut`: left and right of the words `beside` in it, and only one of over and under, are enough, since what
        scrolls is cut off and may meet a ground of its colour.
        """
        tones = self._tones
        height, width = tones.shape
        across = int(_CORNER * patch.width)
        down = int(_CORNER * patch.height)
        rows = slice(max(0, beside.top), min(height, beside.bottom))
        if not cut:
            rows = slice(patch.top + down, max(patch.top + down + 1, patch.bottom - down))
        columns = slice(patch.left + across, max(patch.left + across + 1, patch.right - across))
        if any(_edged(tones[rows, _around(x, width)]) < _ALONG for x in (patch.left, patch.right)):
            return False
        ends = [_edged(tones[_around(y, height), columns].T) >= _ALONG for y in (patch.top, patch.bottom)]
        return any(ends) if cut else all(ends)

    def divided(self, left: int, right: int, row: int) -> bool:
        """Whether an edge goes across nearly all columns at a row."""
        side = self._tones[_around(row, self._tones.shape[0]), left:right].T
        return side.shape[1] > 1 and _edged(side) >= _ACROSS

    def parted(self, left: int, right: int, row: int) -> bool:
        """Whether the ground changes between two columns of a row."""
        part = self._tones[min(max(0, row), self._tones.shape[0] - 1), max(0, left) : right]
        return part.size > 1 and int(part.max()) - int(part.min()) > _EDGE

    def borders(self) -> list[int]:
        """Columns at which an edge goes down most of the window: where panes end."""
        if self._borders is not None:
            return self._borders
        some = self._tones[::4]
        found = np.abs(np.diff(some, axis=1)) > _EDGE
        share = found.mean(axis=0)
        self._borders = list(_middles(np.flatnonzero(share > _HIGH)))
        return self._borders

    @staticmethod
    def _even(line: NDArray[np.int16], tone: int) -> int:
        """How many pixels of a line from its beginning on are of the ground, none far from the one before."""
        if not line.size or abs(int(line[0]) - tone) > _GROUND:
            return 0
        steps = np.abs(np.diff(line)) > _EDGE
        first = int(steps.argmax()) if steps.size else 0
        return first + 1 if steps.size and steps[first] else line.size

    def _bar(self, begin: int, top: int, bottom: int, tone: int) -> Rect | None:
        """The thin line that ends where a patch begins, if there is one: what is on its other side is even too."""
        row = (top + bottom) // 2
        before = self._tones[row, max(0, begin - _BAR - 3) : max(0, begin)][::-1]
        if before.size < _STEP or abs(int(before[0]) - tone) <= _EDGE:
            return None
        wide = self._even(before, int(before[0]))
        if not 1 <= wide <= _BAR or wide == before.size:
            return None
        column = begin - 1 - wide // 2
        ink = int(self._tones[row, column])
        upper = self._even(self._tones[: row + 1, column][::-1], ink)
        lower = self._even(self._tones[row:, column], ink)
        return Rect(begin - wide, row - upper + 1, wide, upper + lower - 1)


def _around(at: int, size: int) -> slice:
    return slice(max(0, at - _NEAR), min(size, at + _NEAR))


def _edged(side: NDArray[np.int16]) -> float:
    """The share of rows (across an edge, a few pixels long) in which there is one."""
    return float((np.abs(np.diff(side, axis=1)) > _EDGE).any(axis=1).mean()) if side.size else 0.0


def _middles(columns: NDArray[np.intp]) -> Iterator[int]:
    """One for each group of neighbouring columns."""
    group: list[int] = []
    for column in columns.tolist():
        if group and column - group[-1] > _BAR:
            yield group[-1] + 1
            group = []
        group.append(column)
    if group:
        yield group[-1] + 1
