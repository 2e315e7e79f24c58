"""Recent whole pictures of each monitor: what differs little from one is kept as its patch on it."""

import zlib
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.picture import Picture, encoded
from core.capture.screen.shifts import shifts
from core.memory import MediaId
from core.store.media.patch import SIDE, Patch, Tiles, difference, differing
from core.store.media.webp import LARGEST

Pixels = NDArray[np.uint8]

_MOST = 4
"""Of one monitor: the windows that somebody goes back and forth between."""
_MOST_PATCHES = 32
"""On one picture: when it is forgotten they are all encoded anew."""
_WORTH = 0.6
"""Share of the bytes of a whole picture up to which a patch is kept rather than a new whole one."""
_TRIED, _SURELY = 2, 0.1
"""Pictures of which the smaller patch is taken; a share of the bytes at which no other is tried."""
_MOST_CHANGED = 0.7
"""Share of tiles from which on nobody tries, where nothing was scrolled."""
_SCROLLED = 0.03
"""Share of tiles from which on something may have been scrolled."""
_EVERY = 4
"""Pixels from one that is looked at to the next, for choosing among pictures."""


@dataclass(slots=True, kw_only=True)
class _Ground:
    """A whole picture that was kept: its pixels packed, as they were before they were encoded."""

    id: MediaId
    packed: bytes
    coarse: Pixels
    shape: tuple[int, ...]
    bytes: int
    patches: int = 0


@dataclass(slots=True)
class Grounds:
    """Makes pictures ready to be kept, in the order in which they are. For one thread."""

    _grounds: dict[str, deque[_Ground]] = field(default_factory=dict)

    def prepared(self, monitor: str, pixels: Pixels) -> Picture:
        """(h, w, 3) RGB as a patch on one of the monitor's recent pictures, or whole."""
        least: tuple[Patch, _Ground] | None = None
        for ground in self._nearest(monitor, pixels)[:_TRIED]:
            patch = _patch(ground, pixels)
            if patch is not None and (least is None or len(patch.data) < len(least[0].data)):
                least = patch, ground
            if least is not None and len(least[0].data) <= _SURELY * least[1].bytes:
                break
        if least is None or len(least[0].data) > _WORTH * least[1].bytes:
            return encoded(pixels)
        patch, ground = least
        height, width = pixels.shape[:2]
        return Picture(
            data=patch.data, thumbnail=b"", width=width, height=height, form=patch.form, base=ground.id, laid=patch.laid
        )

    def kept(self, monitor: str, pixels: Pixels, picture: Picture, id: MediaId) -> None:
        """Remember that a prepared picture is kept, and as what."""
        grounds = self._grounds.setdefault(monitor, deque(maxlen=_MOST))
        if picture.base is None:
            if pixels.shape[0] * pixels.shape[1] > LARGEST:
                return
            packed = zlib.compress(pixels.tobytes(), 1)
            coarse = np.ascontiguousarray(pixels[::_EVERY, ::_EVERY])
            grounds.append(_Ground(id=id, packed=packed, coarse=coarse, shape=pixels.shape, bytes=len(picture.data)))
            return
        for ground in [one for one in grounds if one.id == picture.base]:
            ground.patches += 1
            grounds.remove(ground)
            if ground.patches < _MOST_PATCHES:
                grounds.append(ground)

    def gone(self, monitor: str, base: MediaId | None) -> None:
        """Let go of a picture that is no longer kept as it was."""
        grounds = self._grounds.get(monitor, deque())
        for ground in [one for one in grounds if one.id == base]:
            grounds.remove(ground)

    def forget(self) -> None:
        """Drop all of them, as at a lock: they are pictures of the screen."""
        self._grounds.clear()

    def _nearest(self, monitor: str, pixels: Pixels) -> list[_Ground]:
        coarse = pixels[::_EVERY, ::_EVERY]
        alike = [one for one in self._grounds.get(monitor, ()) if one.shape == pixels.shape]
        return sorted(alike, key=lambda one: int(np.count_nonzero(one.coarse != coarse)))


def _patch(ground: _Ground, pixels: Pixels) -> Patch | None:
    """What differs; None where nearly everything does."""
    below = np.frombuffer(zlib.decompress(ground.packed), dtype=np.uint8).reshape(ground.shape)
    tiles = differing(below, pixels)
    scrolled = _scrolled(below, pixels, tiles)
    if tiles.mean() > _MOST_CHANGED and not scrolled:
        return None
    return difference(below, pixels, tiles, scrolled)


def _scrolled(below: Pixels, pixels: Pixels, tiles: Tiles) -> tuple[int, ...]:
    """By how many rows parts of what differs seem to have moved down."""
    if tiles.mean() < _SCROLLED:
        return ()
    rows, columns = np.flatnonzero(tiles.any(axis=1)), np.flatnonzero(tiles.any(axis=0))
    top, left = int(rows[0]) * SIDE, int(columns[0]) * SIDE
    around = Rect(left, top, (int(columns[-1]) + 1) * SIDE - left, (int(rows[-1]) + 1) * SIDE - top)
    around = around.meet(Rect(0, 0, pixels.shape[1], pixels.shape[0]))
    return shifts(np.ascontiguousarray(below[..., 1]), np.ascontiguousarray(pixels[..., 1]), (around,))
