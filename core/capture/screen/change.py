"""What has changed on the screen, in tiles small enough to see one line of text. Pure."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect

Pixels = NDArray[np.uint8]
Tiles = NDArray[np.bool_]

TILE = 16
"""Screen pixels a side; compared at half resolution, so 8 by 8 values."""
FEWEST_TILES = 3
"""A clock or a caret changes at most 2, a new line of text at least 15 (measured on 16 rendered cases)."""
_STEP = 24
"""Difference of brightness that counts for one value; below lie video noise and fades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A frame made small for comparing: brightness at half resolution, (ceil(h/2), ceil(w/2)) uint8."""

    grey: Pixels
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How two looks differ."""

    tiles: int
    regions: tuple[Rect, ...] = ()
    """In frame pixels, merged where they touch."""

    @property
    def real(self) -> bool:
        """Whether something that can be read has changed."""
        return self.tiles >= FEWEST_TILES


def look_at(pixels: Pixels) -> Look:
    """The comparable form of a frame, (h, w, 3) RGB uint8."""
    height, width = pixels.shape[:2]
    half = cv2.resize(pixels, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
    return Look(grey=np.asarray(cv2.cvtColor(half, cv2.COLOR_RGB2GRAY), dtype=np.uint8), width=width, height=height)


def changed_tiles(before: Look, after: Look) -> Tiles:
    """Which tiles differ, (rows, columns); all of them when the size is another."""
    half = TILE // 2
    rows, columns = -(-after.grey.shape[0] // half), -(-after.grey.shape[1] // half)
    if before.grey.shape != after.grey.shape:
        return np.ones((rows, columns), dtype=np.bool_)
    apart = cv2.threshold(cv2.absdiff(before.grey, after.grey), _STEP, 1, cv2.THRESH_BINARY)[1]
    down, across = rows * half - apart.shape[0], columns * half - apart.shape[1]
    if down or across:
        apart = cv2.copyMakeBorder(apart, 0, down, 0, across, cv2.BORDER_CONSTANT, value=0)
    blocks = cv2.resize(apart.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(blocks > 0, dtype=np.bool_)


def compare(before: Look, after: Look) -> Change:
    """How `after` differs from `before`."""
    tiles = changed_tiles(before, after)
    count = int(tiles.sum())
    return Change(tiles=count, regions=regions_of(tiles, after.width, after.height) if count else ())


def regions_of(tiles: Tiles, width: int, height: int) -> tuple[Rect, ...]:
    """Rectangles around tiles that touch or have one tile between them on a line, top to bottom."""
    joined = cv2.morphologyEx(tiles.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 5), dtype=np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.maximum(joined, tiles.astype(np.uint8)), connectivity=8)
    bounds = Rect(0, 0, width, height)
    rects = [
        Rect(int(left) * TILE, int(top) * TILE, int(wide) * TILE, int(high) * TILE).meet(bounds)
        for left, top, wide, high, _ in stats[1:count]
    ]
    return tuple(sorted(_apart(rects), key=lambda rect: (rect.top, rect.left)))


def _apart(rects: Sequence[Rect]) -> list[Rect]:
    left = sorted(rects, key=lambda rect: rect.area, reverse=True)
    done: list[Rect] = []
    while left:
        one = left.pop(0)
        met = next((n for n, other in enumerate(done) if not other.meet(one).empty), None)
        if met is None:
            done.append(one)
        else:
            left.insert(0, done.pop(met).join(one))
    return done


@dataclass(slots=True)
class Seen:
    """The last kept look of a monitor and recent ones of the same window, so that A-B-A is one page."""

    keep: int = 4
    _last: Look | None = None
    _recent: dict[str, deque[Look]] = field(default_factory=dict)

    def differs(self, look: Look, window: str) -> Change:
        """How `look` differs from what it is most like; `regions` are against that one.

        `window` is any stable name of what is in front; looks of other windows are not compared with,
        but for the last kept one.
        """
        known = [*([self._last] if self._last is not None else []), *self._recent.get(window, ())]
        if not known:
            everything = Rect(0, 0, look.width, look.height)
            tiles = -(-look.width // TILE) * -(-look.height // TILE)
            return Change(tiles=tiles, regions=(everything,))
        best = Change(tiles=1 << 30)
        for other in known:
            change = compare(other, look)
            if change.tiles < best.tiles:
                best = change
            if not best.real:
                break
        return best

    def kept(self, look: Look, window: str) -> None:
        """Remember a look that was kept (at most 16 windows, `keep` looks each)."""
        self._last = look
        looks = self._recent.pop(window, deque(maxlen=self.keep))
        looks.append(look)
        self._recent[window] = looks
        while len(self._recent) > 16:
            del self._recent[next(iter(self._recent))]

    def forget(self) -> None:
        """Drop all looks, as at a lock: they are pictures of the screen."""
        self._last = None
        self._recent.clear()
