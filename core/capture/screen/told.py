"""What windows tell of themselves beside their pixels: who is asked, and how their words stand in what is read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.engine import Pixels
from core.capture.screen.grab import Frame
from core.capture.screen.known import Expected
from core.capture.screen.page import Line, ReadPage, line_box, merged
from core.capture.screen.windows import VisibleWindow
from core.memory import WordBox

_INK = 24
"""Difference of brightness beside an edge."""
_RULE = 64
"""Pixels: what is drawn straight for so long is a border or a rule."""
_TILE = 8
_WORDS_APART = 0.6
"""Heights of a line within which the next word stands."""
_LOWEST, _NARROWEST = 5, 3
"""Pixels of ink and of what stands beside it: smaller is no letter, but a caret."""
_MOST_PIECES = 24
"""More pieces than these are looked through as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the windows of one frame told just after it was taken, held against its pixels; in its pixels."""

    lines: tuple[Line, ...] = ()
    proven: tuple[Rect, ...] = ()
    """Windows that told the same of themselves as they had before the look."""


def outside(lines: Sequence[Line], places: Sequence[Rect]) -> tuple[Line, ...]:
    """The lines of which nothing stands in these places."""
    return tuple(line for line in lines if all(line_box(line).meet(place).empty for place in places))


class Telling(Protocol):
    """Asks windows what they show, beside the looks: no call but `heard` ever waits, and that one not for long."""

    def known(self, windows: Sequence[VisibleWindow]) -> tuple[VisibleWindow, ...]:
        """The same windows, with the address and whether they are private where they told that lately."""
        ...

    def wonder(self, windows: Sequence[VisibleWindow]) -> None:
        """Ask these soon for their address and whether they are private, for nothing else."""
        ...

    def learnt(self) -> bool:
        """Whether since the last call something came to be known that a look may hang on."""
        ...

    def listen(self, frame: Frame, shown: Sequence[VisibleWindow], windows: Sequence[VisibleWindow]) -> None:
        """Ask the windows that may be named for the words they show; `windows` are all, which may cover them."""
        ...

    def heard(self, monitor: str, at: str) -> Heard:
        """What was told of the frame of that moment; nothing where nobody was asked."""
        ...

    def forget(self) -> None:
        """Drop all that was told, as at a lock."""
        ...


class Silence:
    """Nobody is asked."""

    def known(self, windows: Sequence[VisibleWindow]) -> tuple[VisibleWindow, ...]:
        """See Telling."""
        return tuple(windows)

    def wonder(self, windows: Sequence[VisibleWindow]) -> None:
        """See Telling."""

    def learnt(self) -> bool:
        """See Telling."""
        return False

    def listen(self, frame: Frame, shown: Sequence[VisibleWindow], windows: Sequence[VisibleWindow]) -> None:
        """See Telling."""

    def heard(self, monitor: str, at: str) -> Heard:
        """See Telling."""
        return Heard()

    def forget(self) -> None:
        """See Telling."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rest:
    """What is left to be read beside what was told."""

    pixels: Pixels
    """The frame with what was told painted over."""
    expected: Expected


def rest_of(pixels: Pixels, expected: Expected, lines: Sequence[Line]) -> Rest:
    """What remains of a frame (h, w, 3) when `lines` were told: known lines give way, explained changes are dropped."""
    if not lines:
        return Rest(pixels=pixels, expected=expected)
    height, width = pixels.shape[:2]
    left = pixels.copy()
    boxes = [line_box(line) for line in lines]
    for box in boxes:
        _paint_over(left, box)
    before = expected.page or ReadPage(lines=(), width=width, height=height)
    changed = expected.changed if expected.page is not None else (Rect(0, 0, width, height),)
    kept = tuple(line for known in before.lines if (line := _beside(known, boxes)))
    ink = _ink(left)
    pieces = tuple(piece for region in changed for piece in _pieces(ink, region))
    return Rest(
        pixels=left,
        expected=replace(expected, page=replace(before, lines=kept), changed=_few(pieces)),
    )


def with_told(page: ReadPage, lines: Sequence[Line]) -> ReadPage:
    """A page that was read of the rest, with the lines that were told."""
    if not lines:
        return page
    boxes = [line_box(line) for line in lines]
    read = [line for known in page.lines if (line := _beside(known, boxes))]
    return merged(read, _joined(lines), page.width, page.height)


def _joined(lines: Sequence[Line]) -> list[Line]:
    """Lines that go on in one another at one height, as words and a link among them do."""
    done: list[Line] = []
    for line in sorted(lines, key=lambda line: (line[0].left, line[0].top)):
        box = line_box(line)
        before = next((n for n, other in enumerate(done) if _goes_on(line_box(other), box)), None)
        if before is None:
            done.append(line)
        else:
            done[before] = (*done[before], *line)
    return done


def _goes_on(one: Rect, other: Rect) -> bool:
    low = min(one.height, other.height)
    return abs(one.top - other.top) <= low // 4 and -2 <= other.left - one.right <= _WORDS_APART * low


def _beside(line: Line, boxes: Sequence[Rect]) -> Line:
    """The words of a line that do not stand where a told one does."""
    if not line:
        return ()
    near = [box for box in boxes if not box.meet(line_box(line)).empty]
    return tuple(word for word in line if not any(_stands_in(word, box) for box in near))


def _stands_in(word: WordBox, box: Rect) -> bool:
    rect = Rect(word.left, word.top, word.width, word.height)
    return 2 * rect.meet(box).area >= rect.area


def _paint_over(pixels: Pixels, box: Rect) -> None:
    """Fill a line with its ground: nothing is left to be read there."""
    part = pixels[box.top : box.bottom, box.left : box.right]
    if part.size:
        part[:] = np.median(part.reshape(-1, 3), axis=0)


def _ink(pixels: Pixels) -> NDArray[np.uint8]:
    """1 beside edges, (h, w), without the straight lines of borders and rules."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    ink = np.zeros(grey.shape, dtype=np.uint8)
    ink[:, 1:] |= (cv2.absdiff(grey[:, 1:], grey[:, :-1]) >= _INK).astype(np.uint8)
    ink[1:] |= (cv2.absdiff(grey[1:], grey[:-1]) >= _INK).astype(np.uint8)
    for shape in ((1, _RULE), (_RULE, 1)):
        ink &= 1 - np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, dtype=np.uint8)), dtype=np.uint8)
    return ink


def _pieces(ink: NDArray[np.uint8], region: Rect) -> list[Rect]:
    """What is drawn in a region, as rectangles around what stands close together; none where it can be no letter."""
    part = ink[region.top : region.bottom, region.left : region.right]
    if not part.any():
        return []
    close = cv2.morphologyEx(
        cv2.copyMakeBorder(part, _TILE, _TILE, 2 * _TILE, 2 * _TILE, cv2.BORDER_CONSTANT, value=0),
        cv2.MORPH_CLOSE,
        np.ones((_TILE + 1, 2 * _TILE + 1), dtype=np.uint8),
    )[_TILE:-_TILE, 2 * _TILE : -2 * _TILE]
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(close), connectivity=8)
    bounds = Rect(0, 0, ink.shape[1], ink.shape[0])
    return [
        Rect(region.left + left, region.top + top, wide, high).grown(2).meet(bounds)
        for left, top, wide, high in stats[1:count, :4].tolist()
        if wide >= _NARROWEST and high >= _LOWEST
    ]


def _few(pieces: Sequence[Rect]) -> tuple[Rect, ...]:
    """Not so many that looking through each costs more than looking through what lies between as well."""
    if len(pieces) <= _MOST_PIECES:
        return tuple(pieces)
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole.join(piece)
    return (whole,)
