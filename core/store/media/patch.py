"""A picture as what differs from another of the same size: a see-through WebP, and where it is laid. Pure."""

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import DamagedVault
from core.store.media.webp import Pixels, decoded_with_alpha, encoded

Tiles = NDArray[np.bool_]

SIDE = 16
"""Pixels of a tile: a patch holds whole tiles, so that what it leaves out is quickly said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What is laid over a base."""

    data: bytes
    """WebP; opaque where the picture differs, see-through elsewhere."""
    form: str
    left: int
    top: int

    @property
    def laid(self) -> str:
        """Where it is laid, for the vault and the archive: JSON."""
        return json.dumps([self.left, self.top])


def differing(base: Pixels, pixels: Pixels) -> Tiles:
    """Which tiles of two pictures of one size, (h, w, 3), are not the same to the pixel: (rows, columns)."""
    apart = (base != pixels).reshape(pixels.shape[0], -1)
    rows = np.logical_or.reduceat(apart, np.arange(0, apart.shape[0], SIDE), axis=0)
    return np.asarray(np.logical_or.reduceat(rows, np.arange(0, rows.shape[1], 3 * SIDE), axis=1))


def difference(base: Pixels, pixels: Pixels, tiles: Tiles) -> Patch:
    """`pixels` as a patch of those `tiles` on `base`, both (h, w, 3) RGB of one size."""
    rows, columns = np.flatnonzero(tiles.any(axis=1)), np.flatnonzero(tiles.any(axis=0))
    if not rows.size:
        rows = columns = np.zeros(1, dtype=np.intp)
    top, bottom = int(rows[0]) * SIDE, min((int(rows[-1]) + 1) * SIDE, pixels.shape[0])
    left, right = int(columns[0]) * SIDE, min((int(columns[-1]) + 1) * SIDE, pixels.shape[1])
    part = tiles[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    opaque = np.kron(part, np.ones((SIDE, SIDE), dtype=np.bool_))[: bottom - top, : right - left]
    cut = np.zeros((bottom - top, right - left, 4), dtype=np.uint8)
    cut[opaque, :3] = pixels[top:bottom, left:right][opaque]
    cut[..., 3] = opaque * np.uint8(255)
    data, form = encoded(cut)
    return Patch(data=data, form=form, left=left, top=top)


def applied(base: Pixels, data: bytes, laid: str) -> Pixels:
    """The picture that a patch makes of its base. Raises DamagedVault when it does not fit there."""
    patch = decoded_with_alpha(data)
    left, top = _place(laid)
    height, width = patch.shape[:2]
    if left < 0 or top < 0 or top + height > base.shape[0] or left + width > base.shape[1]:
        raise _misfit()
    out = base.copy()
    opaque = patch[..., 3] >= 128
    out[top : top + height, left : left + width][opaque] = patch[opaque, :3]
    return out


def _place(laid: str) -> tuple[int, int]:
    try:
        left, top = json.loads(laid)
    except (ValueError, TypeError, RecursionError):
        raise _misfit() from None
    if type(left) is not int or type(top) is not int:
        raise _misfit()
    return left, top


def _misfit() -> DamagedVault:
    return DamagedVault(
        "A kept picture does not fit what it was kept against.", "The text read from it is not affected."
    )
