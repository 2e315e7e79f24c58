"""Boxes of words to the pixel: where ink begins and ends, near where a recogniser believes the words to be. Pure."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.engine import Crop, Pixels
from core.capture.screen.page import Line
from core.memory import WordBox

Stretch = tuple[int, int]
"""Columns `begin <= x < end`."""

_INK = 24
"""Least difference of brightness between letters and ground."""
_NARROW = 0.4
"""Heights of a line."""
_BESIDE = 3
"""Empty columns left at the ends of a line."""


def inked_columns(crop: Pixels) -> NDArray[np.bool_]:
    """Which columns of (h, w, 3) hold something that is not the ground, (w,); rules across all of it do not count."""
    ground = np.median(crop.reshape(-1, 3), axis=0)
    plain = np.ptp(crop, axis=1).max(axis=1) < _INK
    rule = plain & (np.abs(crop.mean(axis=1) - ground).max(axis=1) >= _INK)
    rows = crop[~rule] if not rule.all() else crop
    return np.asarray(np.ptp(rows, axis=0).max(axis=1) >= _INK, dtype=np.bool_)


def trimmed(crop: Crop) -> Crop | None:
    """A line without the empty ends of its box; None when it is empty.

    Beside a long blank a recogniser runs words together.
    """
    box, pixels = crop
    inked = np.flatnonzero(inked_columns(pixels)) if pixels.size else np.zeros(0, dtype=np.intp)
    if not inked.size:
        return None
    left, right = max(0, int(inked[0]) - _BESIDE), min(box.width, int(inked[-1]) + 1 + _BESIDE)
    return Rect(box.left + left, box.top, right - left, box.height), np.ascontiguousarray(pixels[:, left:right])


def placed(words: Sequence[str], about: Sequence[Stretch], crop: Crop) -> Line:
    """Words with boxes: `about` is where each is believed to be, in columns of the crop.

    Between two words the widest empty stretch near their border parts them; where there is none, as over an
    underline, what is believed stays.
    """
    box, pixels = crop
    ink = inked_columns(pixels)
    gaps = _gaps(ink)
    lefts, rights = [max(0, begin) for begin, _ in about], [min(box.width, end) for _, end in about]
    if words:
        first, last = _ends(ink, gaps, about[0][0], about[-1][1], box.height)
        lefts[0], rights[-1] = min(first, rights[0] - 1), max(last, lefts[-1] + 1)
    for n in range(len(words) - 1):
        low, high = sum(about[n]) // 2, sum(about[n + 1]) // 2
        border = (about[n][1] + about[n + 1][0]) / 2
        near = [gap for gap in gaps if low <= gap[0] and gap[1] <= high and _near(gap, border, box.height)]
        if near:
            rights[n], lefts[n + 1] = max(near, key=lambda gap: gap[1] - gap[0])
    return tuple(
        WordBox(text=word, left=box.left + left, top=box.top, width=max(1, right - left), height=box.height)
        for word, left, right in zip(words, lefts, rights, strict=True)
    )


def _ends(ink: NDArray[np.bool_], gaps: Sequence[Stretch], left: int, right: int, height: int) -> Stretch:
    """The first and the last ink of the words, without a narrow piece outside them: the corner of a bubble, a rule."""
    inked = np.flatnonzero(ink)
    first, last = (int(inked[0]), int(inked[-1]) + 1) if inked.size else (0, len(ink))
    if gaps and gaps[0][0] - first <= _NARROW * height and left > gaps[0][0] and gaps[0][1] - gaps[0][0] > 1:
        first = gaps[0][1]
    if gaps and last - gaps[-1][1] <= _NARROW * height and right < gaps[-1][1] and gaps[-1][1] - gaps[-1][0] > 1:
        last = gaps[-1][0]
    return first, last


def _near(gap: Stretch, border: float, height: int) -> bool:
    return gap[0] - height * 0.6 <= border <= gap[1] + height * 0.6


def _gaps(ink: NDArray[np.bool_]) -> list[Stretch]:
    """The empty stretches between the first and the last ink."""
    edges = np.flatnonzero(np.diff(ink.astype(np.int8))) + 1
    bounds = [0, *edges.tolist(), len(ink)]
    return [
        (begin, end) for begin, end in pairwise(bounds) if end > begin and not ink[begin] and begin and end < len(ink)
    ]
