"""By how much the content of a window was scrolled between two frames. Pure."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect

Pixels = NDArray[np.uint8]

_SMALLEST = 48
"""Pixels a side below which a change is not looked at."""
_STRIP = 128
_MOST_STRIPS = 16
_MOST_SHIFTS = 2
_FEWEST = 10
"""Rows of pixels that must be found again at the same distance."""
_INK = 24


def shifts(before: Pixels, after: Pixels, changed: Iterable[Rect]) -> tuple[int, ...]:
    """Rows by which parts of `before` (h, w) seem to have moved down to make `after`; the likeliest first.

    Rows of pixels are matched by a code of their values, in strips, so that a scroll bar beside the text does
    not hide it. Only a guess: whoever uses it compares the pixels.
    """
    votes: Counter[int] = Counter()
    around = _around(changed)
    for strip in _strips(around) if min(around.width, around.height) >= _SMALLEST else ():
        votes.update(_distances(_strip(before, strip), _strip(after, strip)))
    return tuple(by for by, count in votes.most_common(_MOST_SHIFTS + 1) if by and count >= _FEWEST)[:_MOST_SHIFTS]


def _around(changed: Iterable[Rect]) -> Rect:
    """One rectangle: a text that was scrolled differs in many small pieces."""
    rects = list(changed)
    around = rects[0] if rects else Rect(0, 0, 0, 0)
    for rect in rects[1:]:
        around = around.join(rect)
    return around


def _strips(rect: Rect) -> list[Rect]:
    count = min(_MOST_STRIPS, max(1, rect.width // _STRIP))
    width = rect.width // count
    return [Rect(rect.left + n * width, rect.top, width, rect.height) for n in range(count)]


def _strip(pixels: Pixels, rect: Rect) -> Pixels:
    return pixels[rect.top : rect.bottom, rect.left : rect.right]


def _distances(before: Pixels, after: Pixels) -> Counter[int]:
    """How often a row that is there once in either lies so much lower in `after`."""
    old, new = _once(before), _once(after)
    return Counter(new[code] - old[code] for code in old.keys() & new.keys())


def _once(strip: Pixels) -> dict[int, int]:
    """Where each row of pixels lies that holds ink and is there only once, by a code of its values."""
    inked = np.flatnonzero(np.ptp(strip, axis=1) >= _INK)
    if not inked.size:
        return {}
    weights = np.random.default_rng(1).integers(1, 2**63, strip.shape[1], dtype=np.uint64) | np.uint64(1)
    codes = strip[inked].astype(np.uint64) @ weights
    found, first, count = np.unique(codes, return_index=True, return_counts=True)
    rows = inked[first]
    return {int(code): int(row) for code, row, times in zip(found, rows, count, strict=True) if times == 1}
