"""What has changed on the screen, in tiles small enough to see one line of text. Pure."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.letters import Letters, in_place, letters, may_turn, only_marks, settled

cv2.setNumThreads(1)  # several are no sooner done with a screen, and cost half as much again
Pixels = NDArray[np.uint8]
Tiles = NDArray[np.bool_]

TILE = 16
"""Screen pixels a side; compared at half resolution, so 8 by 8 values."""
FEWEST_TILES = 3
"""A small clock or a caret changes at most 2, a new line of text at least 15 (measured on 16 rendered cases)."""
_HIGHEST_SMALL = 40
_TWO_LETTERS = 1.62
_LOWEST_LETTER = 8
_LINE = 4
"""Pixels of height in which nothing can be read."""
_MOST_SMALL_PIECES = 4
"""More pieces as small as a clock are a change: figures in a table."""
_LITTLE = 12
"""Tiles between two looks up to which a change may be a clock's."""
_MARKED = 24
"""Tiles that a caret of the largest letters takes where it was and where it is."""
_OFTEN = 3
"""Out of the last 64 looks."""
_TICKED = np.uint64(0b111)
"""As if it had changed at the last three."""
_REMEMBERED = 8
"""Looks back to which it is known whether a few letters came once and stayed."""
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
    real: bool = False
    """Whether something that can be read has changed, rather than a clock, a caret or a spinner."""
    regions: tuple[Rect, ...] = ()
    """In frame pixels, merged where they touch."""
    letters: tuple[Letters, ...] = ()
    """Of a change that is not real by its size: what of it may be a letter or two, if it stays."""
    pending: bool = False
    """It may turn out to be real at the next looks."""


def look_at(pixels: Pixels) -> Look:
    """The comparable form of a frame, (h, w, 3) RGB uint8."""
    height, width = pixels.shape[:2]
    half = cv2.resize(pixels, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
    return Look(grey=np.asarray(cv2.cvtColor(half, cv2.COLOR_RGB2GRAY), dtype=np.uint8), width=width, height=height)


def _values_apart(before: Look, after: Look) -> Pixels:
    """1 where the brightness differs by more than `_STEP`, at half resolution; all 1 for another size."""
    if before.grey.shape != after.grey.shape:
        return np.ones(after.grey.shape, dtype=np.uint8)
    apart = cv2.threshold(cv2.absdiff(before.grey, after.grey), _STEP, 1, cv2.THRESH_BINARY)[1]
    return np.asarray(apart, dtype=np.uint8)


def tiles_of(apart: Pixels, side: int = TILE // 2) -> Tiles:
    """Which tiles of `side` by `side` values hold one that is not 0: (h, w) of 0 and 1 -> (rows, columns)."""
    rows, columns = -(-apart.shape[0] // side), -(-apart.shape[1] // side)
    down, across = rows * side - apart.shape[0], columns * side - apart.shape[1]
    if down or across:
        apart = np.asarray(cv2.copyMakeBorder(apart, 0, down, 0, across, cv2.BORDER_CONSTANT, value=0))
    blocks = cv2.resize(apart.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(blocks > 0, dtype=np.bool_)


def changed_tiles(before: Look, after: Look) -> Tiles:
    """Which tiles differ, (rows, columns); all of them when the size is another."""
    return tiles_of(_values_apart(before, after))


def compare(before: Look, after: Look, restless: Tiles | None = None, quiet: Sequence[Rect] = ()) -> Change:
    """How `after` differs from `before`; `restless` tiles are read again with the others, but do not count.

    In `quiet` places (a panel) neither a letter counts nor a word that gives way to another.
    """
    apart = _values_apart(before, after)
    if not apart.any():
        return Change(tiles=0)
    tiles = tiles_of(apart)
    counted = tiles if restless is None or restless.shape != tiles.shape else tiles & ~restless
    count = int(counted.sum())
    everything = _pieces(tiles, apart)
    pieces = everything if counted is tiles else _pieces(counted, apart)
    known = [piece for piece in everything if _known(piece, tiles & ~counted)]
    words, few = 0, []
    for piece in pieces:
        if _as_small_as_a_clock(piece):
            continue
        halved, looks = _halved(piece), (before.grey, after.grey)
        if int(tiles.sum()) <= _MARKED and only_marks(*looks, halved, _STEP):
            continue
        if int(tiles.sum()) > _LITTLE or not (in_place(*looks, halved, _STEP) or may_turn(*looks, halved, _STEP)):
            words += 1
        elif not any(_within(piece, one) for one in (*known, *quiet)):
            few.append(Letters(box=halved, piece=halved))
    real = count >= FEWEST_TILES and (words > 0 or len(pieces) > _MOST_SMALL_PIECES)
    if not real:
        open_ = [piece for piece in everything if not any(_within(piece, one) for one in quiet)]
        few += [one for piece in open_ for one in letters(before.grey, after.grey, _halved(piece), _STEP)]
    return Change(tiles=count, real=real, regions=_joined(everything, after), letters=() if real else tuple(few))


def _known(piece: Rect, restless: Tiles) -> bool:
    """Whether some of it is known to change again and again."""
    return bool(restless[_tiles_in(piece)].any())


def _tiles_in(piece: Rect) -> tuple[slice, slice]:
    """The tiles that a piece lies in, as they are indexed."""
    rows = slice(piece.top // TILE, -(-piece.bottom // TILE))
    return rows, slice(piece.left // TILE, -(-piece.right // TILE))


def _within(piece: Rect, other: Rect) -> bool:
    return piece.meet(other) == piece


def _halved(piece: Rect) -> Rect:
    return Rect(piece.left // 2, piece.top // 2, piece.width // 2, piece.height // 2)


def _as_small_as_a_clock(piece: Rect) -> bool:
    """No wider than two letters of its height, or a mere line: a caret, the seconds of a clock, a spinner, a badge."""
    wide = piece.width > _TWO_LETTERS * max(piece.height, _LOWEST_LETTER) and piece.height > _LINE
    return piece.height <= _HIGHEST_SMALL and not wide


def _pieces(tiles: Tiles, apart: Pixels) -> list[Rect]:
    """Tight rectangles around tiles that touch or have one or two between them on a line."""
    touching = tiles.astype(np.uint8)
    joined = np.maximum(cv2.morphologyEx(touching, cv2.MORPH_CLOSE, np.ones((1, 5), dtype=np.uint8)), touching)
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    half = TILE // 2
    rects = []
    for left, top, wide, high in stats[1:count, :4].tolist():
        part = apart[top * half : (top + high) * half, left * half : (left + wide) * half]
        x, y, width, height = cv2.boundingRect(part)
        rects.append(Rect(2 * (left * half + x), 2 * (top * half + y), 2 * width, 2 * height))
    return rects


def _joined(pieces: Sequence[Rect], look: Look) -> tuple[Rect, ...]:
    """A pixel wider, none overlapping, top to bottom."""
    bounds = Rect(0, 0, look.width, look.height)
    apart = _apart([piece.grown(1).meet(bounds) for piece in pieces])
    return tuple(sorted(apart, key=lambda rect: (rect.top, rect.left)))


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
    """The last kept look of a monitor and recent ones of the same window, so that A-B-A is one page.

    Tiles that change by a little again and again (a clock, a caret, a spinner) are restless:
    however far they have come since the last kept look, they alone are no change. A letter or two
    that came where nothing stood are one as soon as two more looks have shown that they stay.
    """

    keep: int = 4
    _last: Look | None = None
    _recent: dict[str, deque[Look]] = field(default_factory=dict)
    _previous: Look | None = None
    _history: NDArray[np.uint64] | None = None
    _earlier: deque[Pixels] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    """The newest first."""
    _at: datetime | None = None

    def differs(self, look: Look, window: str, quiet: Sequence[Rect] = (), at: datetime | None = None) -> Change:
        """How `look` differs from what it is most like; `regions` are against the last kept one.

        `window` is any stable name of what is in front; looks of other windows are not compared with,
        but for the last kept one. `quiet`: see compare. `at`: the person's time; what gives way when an hour ends,
        where something has ticked before, is a clock. Call it once for each look, in order.
        """
        ended = at is not None and self._at is not None and _hour(at) != _hour(self._at)
        self._at = at
        change = self._differs(look, window, self._restless(look, ended), quiet)
        self._earlier.appendleft(look.grey)
        return change

    def _differs(self, look: Look, window: str, restless: Tiles, quiet: Sequence[Rect]) -> Change:
        if self._last is None:
            tiles = -(-look.width // TILE) * -(-look.height // TILE)
            return Change(tiles=tiles, real=True, regions=(Rect(0, 0, look.width, look.height),))
        change = self._weighed(compare(self._last, look, restless, quiet), look)
        if not change.real:
            return change
        for other in self._recent.get(window, ()):
            again = change if other is self._last else self._weighed(compare(other, look, restless, quiet), look)
            if not again.real:
                return again
        return change

    def _weighed(self, change: Change, look: Look) -> Change:
        """A change of a few letters is real once they have stayed."""
        if not change.letters:
            return change
        stay = [settled(one, look.grey, tuple(self._earlier), _STEP) for one in change.letters]
        return replace(change, real=any(stay), pending=not any(stay) and None in stay)

    def _restless(self, look: Look, hour_ended: bool) -> Tiles:
        before, self._previous = self._previous, look
        moved = changed_tiles(before, look) if before is not None else None
        if moved is None or self._history is None or self._history.shape != moved.shape:
            shape = (-(-look.grey.shape[0] // (TILE // 2)), -(-look.grey.shape[1] // (TILE // 2)))
            self._history = np.zeros(shape, dtype=np.uint64)
            return np.zeros(shape, dtype=np.bool_)
        little = moved if int(moved.sum()) <= _LITTLE else np.zeros_like(moved)
        history = np.asarray((self._history << np.uint64(1)) | little.astype(np.uint64), dtype=np.uint64)
        if hour_ended and before is not None:
            for piece in _pieces(little, _values_apart(before, look)):
                if in_place(before.grey, look.grey, _halved(piece), _STEP):
                    place = _tiles_in(piece)
                    history[place] |= np.where((self._history[place] > 0).any(), _TICKED, np.uint64(0))
        self._history = history
        return np.asarray(np.bitwise_count(history) >= _OFTEN, dtype=np.bool_)

    def kept(self, look: Look, window: str) -> None:
        """Remember a look that was kept (at most 16 windows, `keep` looks each)."""
        self._last = look
        looks = self._recent.pop(window, deque(maxlen=self.keep))
        looks.append(look)
        self._recent[window] = looks
        while len(self._recent) > 16:
            del self._recent[next(iter(self._recent))]


def _hour(at: datetime) -> datetime:
    """As the clock of this screen shows it, without its minutes."""
    return at.replace(minute=0, second=0, microsecond=0, tzinfo=None)
