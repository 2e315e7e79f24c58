"""Pixels of what was left out that stand on the screen still: kept black until something else is drawn there.

A window that is gone leaves its picture where the program behind it hangs or is slow to draw; one that takes another
title shows the page before for a moment. What stood there is remembered as keyed sums of small tiles, never as pixels.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.region import Area
from core.capture.rules import Rule
from core.capture.screen.grab import Frame

_TILE = 8
"""Pixels a side: three words of 64 bits a row."""
_LONGEST_S = 600.0
"""What was last left out longer ago is taken to be a page that only looks the same."""
_MIX = np.uint64(29)
Sums = NDArray[np.uint64]


@dataclass(slots=True)
class _Stood:
    """What stood on one monitor."""

    sums: Sums
    """(rows, columns) of tiles."""
    last: NDArray[np.float64]
    """When each was last left out, in seconds; minus infinity where nothing was."""


class Lingering:
    """Belongs to the recorder's thread."""

    def __init__(self) -> None:
        words = [secrets.randbits(64) | 1 for _ in range(3 * _TILE)]
        self._key = np.array(words, dtype=np.uint64).reshape(_TILE, 1, 3)
        self._stood: dict[str, _Stood] = {}
        self._last: Sequence[Rule] = ()
        self._now: frozenset[Rule] = frozenset()

    def forget(self) -> None:
        """Nothing lingers: the person has locked, or takes something back that was left out."""
        self._stood.clear()

    def under(self, rules: Sequence[Rule]) -> None:
        """The rules of this look; where one of those before is gone, nothing lingers."""
        now = self._now if rules is self._last else frozenset(rules)
        if not self._now <= now:
            self.forget()
        self._last, self._now = rules, now

    def places(self, frame: Frame, out: Sequence[Rect]) -> Area:
        """Screen pixels of an untouched `frame` that show what was left out before, without those of `out`.

        `out` are the places of what is left out now and can be seen: what stands there is remembered.
        """
        high, wide = (side // _TILE for side in frame.pixels.shape[:2])
        stood = self._stood.get(frame.monitor)
        if stood is not None and stood.sums.shape != (high, wide):
            del self._stood[frame.monitor]
            stood = None
        now = frame.at.timestamp()
        left_out = _tiles(out, frame.geometry, high, wide)
        if stood is not None:
            stood.last[now - stood.last > _LONGEST_S] = -np.inf
        if not left_out.any() and (stood is None or not np.isfinite(stood.last).any()):
            self._stood.pop(frame.monitor, None)
            return ()
        if stood is None:
            stood = self._stood[frame.monitor] = _Stood(
                sums=np.zeros((high, wide), dtype=np.uint64), last=np.full((high, wide), -np.inf)
            )
        rows = np.flatnonzero((left_out | np.isfinite(stood.last)).any(axis=1))
        first, end = int(rows[0]), int(rows[-1]) + 1
        sums = stood.sums.copy()
        sums[first:end] = self._sums(frame.pixels[first * _TILE : end * _TILE, : wide * _TILE])
        known = np.isfinite(stood.last) & ~left_out
        same = known & (sums == stood.sums)
        stood.last[known & ~same] = -np.inf
        stood.last[left_out] = now
        stood.sums[left_out] = sums[left_out]
        return _around(_drawn(frame.pixels, same), frame.geometry)

    def _sums(self, pixels: NDArray[np.uint8]) -> Sums:
        """Of each tile of (rows, columns, 3)."""
        high, wide = pixels.shape[0] // _TILE, pixels.shape[1] // _TILE
        words = np.ascontiguousarray(pixels).view(np.uint8).reshape(high, _TILE, wide, 3 * _TILE).view(np.uint64)
        mixed = (words ^ (words >> _MIX)) * self._key
        return np.asarray((mixed ^ (mixed >> _MIX)).sum(axis=(1, 3), dtype=np.uint64), dtype=np.uint64)


def _tiles(places: Sequence[Rect], monitor: Rect, high: int, wide: int) -> NDArray[np.bool_]:
    """The tiles that lie wholly in these places."""
    found = np.zeros((high, wide), dtype=np.bool_)
    for place in places:
        at = place.meet(monitor).moved(-monitor.left, -monitor.top)
        if not at.empty:
            found[-(-at.top // _TILE) : at.bottom // _TILE, -(-at.left // _TILE) : at.right // _TILE] = True
    return found


def _drawn(pixels: NDArray[np.uint8], tiles: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those of more than one colour: a plain ground says nothing, and the next window may well have the same."""
    found = np.zeros_like(tiles)
    rows, columns = np.nonzero(tiles)
    if rows.size:
        high, wide = tiles.shape
        cut = pixels[: high * _TILE, : wide * _TILE].reshape(high, _TILE, wide, _TILE, 3)[rows, :, columns]
        found[rows, columns] = (cut != cut[:, :1, :1]).any(axis=(1, 2, 3))
    return found


def _around(tiles: NDArray[np.bool_], monitor: Rect) -> Area:
    """Tiles as places on the screen, a tile wider on each side: letters stand over their edges."""
    high, wide = tiles.shape
    padded = np.pad(tiles, 1)
    near = np.zeros_like(tiles)
    for down in range(3):
        for across in range(3):
            near |= padded[down : down + high, across : across + wide]
    found = []
    for row in np.flatnonzero(near.any(axis=1)).tolist():
        edges = np.flatnonzero(np.diff(np.concatenate(([0], near[row].astype(np.int8), [0])))).tolist()
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            run = Rect(_TILE * begin, _TILE * row, _TILE * (end - begin), _TILE)
            found.append(run.moved(monitor.left, monitor.top))
    return tuple(found)
