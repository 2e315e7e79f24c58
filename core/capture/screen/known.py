"""What remembered pages explain of a frame: what stayed, was scrolled or came back is not read again."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import cv2
import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.change import tiles_of
from core.capture.screen.page import Line, ReadPage, line_box
from core.capture.screen.shifts import shifts
from core.memory import WordBox

Pixels = NDArray[np.uint8]
Tiles = NDArray[np.bool_]

_SIDE = 8
"""Screen pixels of a tile."""
_STEP = 24
"""Difference of brightness that counts for one pixel."""
_MOST_PAGES = 16
_OF_ONE_TEXT = 3
"""Pages that were scrolled out of one another, so that a long text does not drive out other windows."""
_MOST_BYTES = 32 * 2**20
_NEW_PAGE = 0.08
"""Share of tiles that must differ for a page to stand beside the one it came from, rather than in its place."""
_BESIDE = 2
_LEANING = 0.3
"""Share of a line's height that another one may reach into it."""
_CUT_OFF = 4
"""Tiles: as high as a line that an edge may cut."""
_WITHIN = 0.7
"""Share of a line under another one from which it is a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """A page that was read: its brightness (h, w) uint8, and its words."""

    grey: Pixels
    page: ReadPage
    text: int = 0
    """The same number for pages that were scrolled out of one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is known of a frame before it is read: a page, and where it does not hold. No page: nothing is known."""

    page: ReadPage | None = None
    changed: tuple[Rect, ...] = ()
    scrolled: int | None = None
    """The text of the page whose lines it shows somewhere else."""


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """A known page laid over the frame, perhaps moved: its lines, and the tiles where it is another picture."""

    lines: tuple[Line, ...]
    wrong: Tiles
    apart: Pixels


@dataclass(slots=True)
class KnownPages:
    """Recent pages of each monitor."""

    _pages: dict[str, deque[Known]] = field(default_factory=dict)
    _scrolled: dict[str, int | None] = field(default_factory=dict)
    _texts: Iterator[int] = field(default_factory=count)

    def expect(self, monitor: str, pixels: Pixels) -> Expected:
        """What is known of a frame, (h, w, 3) RGB uint8."""
        found = expected(_grey(pixels), tuple(self._pages.get(monitor, ())))
        self._scrolled[monitor] = found.scrolled
        return found

    def keep(self, monitor: str, pixels: Pixels, page: ReadPage) -> None:
        """Remember what was read of the frame that was expected last.

        It takes the place of a page that it differs little from; of one text the last few pages stay.
        """
        grey = _grey(pixels)
        pages = self._pages.setdefault(monitor, deque())
        text = self._scrolled.get(monitor)
        alike = [(int(_tiles(known.grey, grey).sum()), n) for n, known in enumerate(pages) if _same(known, grey)]
        few, n = min(alike, default=(0, -1))
        if n >= 0 and few < _NEW_PAGE * tiles_of(grey, _SIDE).size:
            text = pages[n].text
            del pages[n]
        text = next(self._texts) if text is None else text
        of_text = [known for known in pages if known.text == text]
        if len(of_text) >= _OF_ONE_TEXT:
            pages.remove(of_text[0])
        pages.append(Known(grey=grey, page=page, text=text))
        while len(pages) > 1 and (len(pages) > _MOST_PAGES or sum(known.grey.nbytes for known in pages) > _MOST_BYTES):
            pages.popleft()

    def forget(self) -> None:
        """Drop all of them, as at a lock: they are pictures of the screen."""
        self._pages.clear()


def expected(grey: Pixels, known: Sequence[Known]) -> Expected:
    """The page that `known` ones make of a frame (h, w), and the regions that none of them explains.

    The nearest page is the ground. Where it is wrong another one, or the same one scrolled, may be right to the
    pixel; its lines are taken where all of a line is right.
    """
    layers = [(one, _layer(grey, one)) for one in known if _same(one, grey)]
    if not layers:
        return Expected()
    last = layers[-1][0]
    layers.sort(key=lambda pair: int(pair[1].wrong.sum()))
    nearest, ground = layers[0]
    height, width = grey.shape
    if not ground.wrong.any():
        return Expected(page=ReadPage(lines=ground.lines, width=width, height=height))
    found = _Found(ground, tiles_of(_inked(grey), _SIDE))
    scrolled = None
    changed = _regions(ground.wrong, ground.apart)
    for one in (nearest, last) if last is not nearest else (nearest,):
        for by in shifts(one.grey, grey, changed):
            if found.add(_scrolled(grey, one, by)):
                scrolled = one.text
    for _, layer in layers[1:]:
        found.add(layer)
    lines, left = found.settled()
    return Expected(page=ReadPage(lines=lines, width=width, height=height), changed=left, scrolled=scrolled)


class _Found:
    """Layers put one over the other."""

    def __init__(self, ground: _Layer, ink: Tiles) -> None:
        self._ground, self._ink = ground, ink
        self._todo = ground.wrong.copy()
        self._anew = np.zeros_like(ink)
        self._taken = [line for line in ground.lines if _right(line, ground.wrong)]
        self._spoilt = [line for line in ground.lines if line and not _right(line, ground.wrong)]

    def add(self, layer: _Layer) -> int:
        """Take what this layer explains of what is left; how many lines."""
        unsure = _under((line for line in layer.lines if not _right(line, layer.wrong)), self._todo.shape)
        explained = self._todo & ~layer.wrong & ~(unsure & self._ink)
        if not explained.any():
            return 0
        self._todo &= ~explained
        taken = 0
        for line in layer.lines:
            if _right(line, layer.wrong) and _tiles_under(line_box(line), explained).any():
                self._take(line)
                taken += 1
        return taken

    def _take(self, line: Line) -> None:
        """One more line that is right; of two that overlap the one that holds the other, else both are read."""
        box = line_box(line)
        over = [other for other in self._taken if _overlap(line_box(other), box)]
        if any(_share(box, line_box(other)) >= _WITHIN for other in over):
            return
        if all(_share(line_box(other), box) >= _WITHIN for other in over):
            self._taken = [other for other in self._taken if other not in over]
            self._taken.append(line)
        else:
            _tiles_under(box, self._anew, 0)[...] = True

    def settled(self) -> tuple[tuple[Line, ...], tuple[Rect, ...]]:
        """The lines of the page, and what is to be read.

        A line of the ground that something has changed stays, to be read in its place, unless other layers
        explain a part of it: then what is left of it is read as something new.
        """
        lines = list(self._taken)
        left = self._ink & ~_under(self._taken, self._todo.shape, 0)
        explained = self._ground.wrong & ~self._todo
        for line in self._spoilt:
            box = line_box(line)
            if _tiles_under(box, explained).any() or any(_overlap(line_box(other), box) for other in self._taken):
                _tiles_under(box, self._anew, 0)[...] |= _tiles_under(box, left & ~explained, 0)
            else:
                lines.append(line)
        self._anew |= _flood(self._todo | self._anew, self._ink & ~_under(lines, self._todo.shape, 0))
        whole = cv2.resize(self._anew.astype(np.uint8), None, fx=_SIDE, fy=_SIDE, interpolation=cv2.INTER_NEAREST)
        height, width = self._ground.apart.shape
        apart = np.maximum(self._ground.apart, np.asarray(whole, dtype=np.uint8)[:height, :width])
        return tuple(lines), tuple(_regions(self._todo | self._anew, apart))


def _flood(tiles: Tiles, ink: Tiles) -> Tiles:
    """Ink of no line that goes on from these tiles: the rest of letters that were cut off at an edge before."""
    reached = tiles.astype(np.uint8)
    for _ in range(_CUT_OFF):
        reached |= cv2.dilate(reached, np.ones((3, 3), dtype=np.uint8)) & ink.astype(np.uint8)
    return np.asarray(reached.astype(np.bool_) & ~tiles, dtype=np.bool_)


def _grey(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _same(known: Known, grey: Pixels) -> bool:
    return known.grey.shape == grey.shape and (known.page.height, known.page.width) == grey.shape


def _apart(one: Pixels, other: Pixels) -> Pixels:
    """1 where the brightness differs."""
    return np.asarray(cv2.threshold(cv2.absdiff(one, other), _STEP, 1, cv2.THRESH_BINARY)[1], dtype=np.uint8)


def _tiles(one: Pixels, other: Pixels) -> Tiles:
    return tiles_of(_apart(one, other), _SIDE)


def _layer(grey: Pixels, known: Known) -> _Layer:
    apart = _apart(known.grey, grey)
    return _Layer(known.page.lines, tiles_of(apart, _SIDE), apart)


def _scrolled(grey: Pixels, known: Known, by: int) -> _Layer:
    """A page whose content lies `by` rows lower."""
    height, width = grey.shape
    apart = np.ones_like(grey)
    top, bottom = max(0, by), min(height, height + by)
    if top < bottom:
        apart[top:bottom] = _apart(known.grey[top - by : bottom - by], grey[top:bottom])
    bounds = Rect(0, 0, width, height)
    lines = [_lower(line, by) for line in known.page.lines if line]
    inside = tuple(line for line in lines if line_box(line).meet(bounds) == line_box(line))
    return _Layer(inside, tiles_of(apart, _SIDE), apart)


def _lower(line: Line, by: int) -> Line:
    return tuple(
        WordBox(text=word.text, left=word.left, top=word.top + by, width=word.width, height=word.height)
        for word in line
    )


def _inked(grey: Pixels) -> Pixels:
    """1 beside edges: where something is drawn on its ground."""
    across, down = cv2.absdiff(grey[:, 1:], grey[:, :-1]), cv2.absdiff(grey[1:], grey[:-1])
    ink = np.zeros_like(grey)
    ink[:, 1:] |= np.asarray(across >= _STEP, dtype=np.uint8)
    ink[1:] |= np.asarray(down >= _STEP, dtype=np.uint8)
    return ink


def _tiles_under(box: Rect, tiles: Tiles, beside: int = _BESIDE) -> Tiles:
    """The part of `tiles` under a rectangle and some pixels beside it: a view."""
    around = box.grown(beside)
    return tiles[
        max(0, around.top // _SIDE) : max(0, -(-around.bottom // _SIDE)),
        max(0, around.left // _SIDE) : max(0, -(-around.right // _SIDE)),
    ]


def _right(line: Line, wrong: Tiles) -> bool:
    return bool(line) and not _tiles_under(line_box(line), wrong).any()


def _under(lines: Iterable[Line], shape: tuple[int, ...], beside: int = _BESIDE) -> Tiles:
    tiles = np.zeros(shape, dtype=np.bool_)
    for line in lines:
        if line:
            _tiles_under(line_box(line), tiles, beside)[...] = True
    return tiles


def _share(box: Rect, other: Rect) -> float:
    """How much of `box` lies in the other."""
    return box.meet(other).area / max(1, box.area)


def _overlap(one: Rect, other: Rect) -> bool:
    """Whether two lines hold the same ink; boxes of lines below one another may share a pixel or two."""
    both = one.meet(other)
    return not both.empty and both.height > _LEANING * min(one.height, other.height)


def _regions(tiles: Tiles, apart: Pixels) -> list[Rect]:
    """Tight rectangles around what differs in these tiles, those close on a line as one, top to bottom."""
    close = cv2.morphologyEx(tiles.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 5), dtype=np.uint8))
    joined = np.maximum(close, tiles)
    pieces, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    mask = cv2.resize(tiles.astype(np.uint8), None, fx=_SIDE, fy=_SIDE, interpolation=cv2.INTER_NEAREST)
    height, width = apart.shape
    differing = apart & np.asarray(mask, dtype=np.uint8)[:height, :width]
    rects = []
    for left, top, wide, high in stats[1:pieces, :4].tolist():
        part = differing[top * _SIDE : (top + high) * _SIDE, left * _SIDE : (left + wide) * _SIDE]
        x, y, across, down = cv2.boundingRect(part)
        if across and down:
            rects.append(Rect(left * _SIDE + x - 1, top * _SIDE + y - 1, across + 2, down + 2))
    bounds = Rect(0, 0, width, height)
    return sorted((rect.meet(bounds) for rect in rects), key=lambda rect: (rect.top, rect.left))
