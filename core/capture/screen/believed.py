"""What a window tells of its words, held against its pixels: taken only where ink stands as it says. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect, covered
from core.capture.screen.engine import Pixels, cut
from core.capture.screen.page import Line, line_box
from core.capture.screen.word_boxes import Stretch, inked_columns, placed
from core.memory import WordBox
from core.visible import readable

_STEP = 24
"""Difference of brightness that is another picture."""
_GAPS_OF_WINDOW, _GAPS_OF_LINE = 0.8, 0.5
"""Share of the gaps between words that must be empty for the window, and for a line, to be believed."""
_NARROWEST_GAP = 3
_LOWEST, _HIGHEST = 6, 200
"""Pixels of a line."""
_SLACK = 0.5
"""Heights of a line by which ink may begin or end inside a word's box."""
_FEWEST_LETTERS = 4
_NARROW, _WIDE = 0.3, 1.2
"""Widths of a letter, in heights of the ink of its line."""
_BORDER, _LOW_BUTTON = 4, 24
"""Pixels of a button's border and shade, and of the height from which something has one."""
_ICON = 0.9
"""Heights of ink: a wider gap stands beside a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one window tells, in the pixels of a frame."""

    parts: tuple[Rect, ...]
    """Where the window can be seen."""
    lines: tuple[Line, ...] = ()
    names: tuple[WordBox, ...] = ()
    """What stands on a button or a menu, with the place of all of it."""


def believed(told: Told, pixels: Pixels, after: Pixels) -> tuple[Line, ...]:
    """The lines of a window that its pixels bear out, in a frame (h, w, 3) and in one taken after it had told them.

    Letters part where words do: between two words nothing is drawn, under each something is. A window whose words
    mostly stand elsewhere than it says is not believed at all; a line that has changed meanwhile is not either.
    """
    seen = [line for whole in _clean(told.lines) for line in _seen(whole, told.parts)]
    checked = [(line, _Checked.of(line, pixels)) for line in seen if _still(line_box(line), pixels, after)]
    empty, gaps = sum(one.empty for _, one in checked), sum(one.gaps for _, one in checked)
    if sum(one.inked for _, one in checked) < _GAPS_OF_WINDOW * len(checked) or empty < _GAPS_OF_WINDOW * gaps:
        checked = []
    good = [(line, one) for line, one in checked if one.inked and one.empty >= _GAPS_OF_LINE * one.gaps]
    lines = [part for line, one in good for part in _parted(line, one.parted)]
    boxes = [_box(name) for name in told.names]
    named = [
        _named(_inner(name), cut(pixels, _box(_inner(name))))
        for name, box in zip(told.names, boxes, strict=True)
        if covered(box, told.parts) and _still(box, pixels, after)
    ]
    return _each_once([*lines, *(line for line in named if line)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """How a line stands to its ink."""

    inked: bool
    gaps: int
    parted: tuple[int, ...]
    """The words before which something else is drawn."""

    @property
    def empty(self) -> int:
        """Gaps in which nothing is drawn."""
        return self.gaps - len(self.parted)

    @classmethod
    def of(cls, line: Line, pixels: Pixels) -> "_Checked":
        box = line_box(line)
        ink = inked_columns(cut(pixels, box))
        inked = all(_fills(word, ink, box) for word in line)
        gaps = {
            n: ink[one.left + one.width - box.left + 1 : other.left - box.left - 1]
            for n, (one, other) in enumerate(pairwise(line), 1)
            if other.left - one.left - one.width >= _NARROWEST_GAP
        }
        return cls(inked=inked, gaps=len(gaps), parted=tuple(n for n, gap in gaps.items() if gap.any()))


def _fills(word: WordBox, ink: NDArray[np.bool_], box: Rect) -> bool:
    """Whether ink begins and ends about where the word does."""
    columns = np.flatnonzero(ink[word.left - box.left : word.left + word.width - box.left])
    slack = max(3.0, _SLACK * box.height)
    return bool(columns.size) and int(columns[0]) <= slack and word.width - int(columns[-1]) <= slack


def _clean(lines: Iterable[Line]) -> list[Line]:
    """Only what can be seen of a text, and only lines as high as lines are."""
    cleaned = []
    for line in lines:
        words = [(_writable(word.text), word) for word in line if word.width > 0]
        kept = tuple(
            WordBox(text=text, left=word.left, top=word.top, width=word.width, height=word.height)
            for text, word in words
            if text and _LOWEST <= word.height <= _HIGHEST
        )
        cleaned.append(kept)
    return cleaned


def _writable(text: str) -> str:
    return readable(text).encode("utf-8", "ignore").decode().strip()


def _seen(line: Line, parts: Sequence[Rect]) -> list[Line]:
    """The stretches of a line that no other window covers."""
    runs: list[list[WordBox]] = [[]]
    for word in line:
        if covered(_box(word), parts):
            runs[-1].append(word)
        else:
            runs.append([])
    return [tuple(run) for run in runs if run]


def _parted(line: Line, at: Sequence[int]) -> list[Line]:
    """A line cut where something stands in it that was not told with it: a link, a picture."""
    return [line[begin:end] for begin, end in pairwise((0, *at, len(line)))]


def _still(box: Rect, pixels: Pixels, after: Pixels) -> bool:
    """Whether both show the same there."""
    one, other = cut(pixels, box), cut(after, box)
    return one.shape == other.shape and one.size > 0 and int(cv2.absdiff(one, other).max()) < _STEP


def _named(name: WordBox, crop: Pixels) -> Line:
    """The words that stand on a button, each with its place; none where what is drawn there may be something else."""
    words = _writable(name.text).split()
    ink = inked_columns(crop) if crop.size else np.zeros(0, dtype=np.bool_)
    columns = np.flatnonzero(ink)
    if not words or not columns.size:
        return ()
    first, last = int(columns[0]), int(columns[-1]) + 1
    rows = np.flatnonzero(np.ptp(crop[:, first:last], axis=1).max(axis=1) >= _STEP)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    high, letters = bottom - top, len(" ".join(words))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], ink[first:last].astype(np.int8), [0]))))
    widest = max((int(begin - end) for end, begin in zip(edges[1:-1:2], edges[2::2], strict=True)), default=0)
    if (
        letters < _FEWEST_LETTERS
        or not _LOWEST <= high <= _HIGHEST
        or not _NARROW * letters * high <= last - first <= _WIDE * letters * high
        or widest > _ICON * high
        or len(edges) // 2 < max(2, letters // 4)
    ):
        return ()
    box = Rect(name.left + first, name.top + top, last - first, high)
    part = np.ascontiguousarray(crop[top:bottom, first:last])
    line = placed(words, _about(words, last - first), (box, part))
    check = inked_columns(part)
    gaps = [(one.left + one.width - box.left, other.left - box.left) for one, other in pairwise(line)]
    return line if all(end - begin >= _NARROWEST_GAP and not check[begin:end].any() for begin, end in gaps) else ()


def _inner(name: WordBox) -> WordBox:
    """Without the border of a button."""
    in_by = _BORDER if name.height > _LOW_BUTTON else 0
    return WordBox(
        text=name.text,
        left=name.left + in_by,
        top=name.top + in_by,
        width=max(0, name.width - 2 * in_by),
        height=max(0, name.height - 2 * in_by),
    )


def _about(words: Sequence[str], width: int) -> list[Stretch]:
    """Where each word of a line probably is, by its letters."""
    letter = width / len(" ".join(words))
    stretches, at = [], 0
    for word in words:
        stretches.append((int(at * letter), int((at + len(word)) * letter)))
        at += len(word) + 1
    return stretches


def _each_once(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Without words that stand where another one does: some programs tell a text twice."""
    kept: list[Line] = []
    boxes: list[Rect] = []
    for line in lines:
        box = line_box(line)
        near = [_box(word) for n, other in enumerate(boxes) if not other.meet(box).empty for word in kept[n]]
        new = tuple(word for word in line if not any(_over(_box(word), taken) for taken in near))
        if new:
            kept.append(new)
            boxes.append(line_box(new))
    return tuple(kept)


def _over(one: Rect, other: Rect) -> bool:
    return 2 * one.meet(other).area > one.area


def _box(word: WordBox) -> Rect:
    return Rect(word.left, word.top, word.width, word.height)
