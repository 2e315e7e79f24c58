"""A picture as what differs from another of its size: what was moved, and a see-through WebP laid over it. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import DamagedVault
from core.store.media.webp import Pixels, decoded_with_alpha, encoded

Tiles = NDArray[np.bool_]
Move = tuple[int, int, int, int, int]
"""Left, top, width, height of a place in the picture, and how many rows higher its pixels lie in the base."""

SIDE = 16
"""Pixels of a tile: a patch holds whole tiles, so that what it leaves out is quickly said."""
_MOST_MOVES = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What is laid over a base."""

    data: bytes
    """WebP; opaque where the picture differs, see-through elsewhere."""
    form: str
    left: int
    top: int
    moves: tuple[Move, ...] = ()
    """What is taken from elsewhere in the base first."""

    @property
    def laid(self) -> str:
        """Where it is laid, and what was moved, for the vault and the archive: JSON."""
        return json.dumps([self.left, self.top, *self.moves], separators=(",", ":"))


def differing(base: Pixels, pixels: Pixels) -> Tiles:
    """Which tiles of two pictures of one size, (h, w, 3), are not the same to the pixel: (rows, columns)."""
    apart = (base != pixels).reshape(pixels.shape[0], -1)
    rows = np.logical_or.reduceat(apart, np.arange(0, apart.shape[0], SIDE), axis=0)
    return np.asarray(np.logical_or.reduceat(rows, np.arange(0, rows.shape[1], 3 * SIDE), axis=1))


def difference(base: Pixels, pixels: Pixels, tiles: Tiles, shifts: Iterable[int] = ()) -> Patch:
    """`pixels` as a patch of those `tiles` on `base`, both (h, w, 3) RGB of one size.

    `shifts`: by how many rows parts of the base may have moved down; only what is the same to the pixel is moved.
    """
    moves: list[Move] = []
    for by in shifts:
        moves += _moves(base, pixels, tiles, by)
        tiles = differing(_moved(base, moves), pixels)
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
    return Patch(data=data, form=form, left=left, top=top, moves=tuple(moves))


def applied(base: Pixels, data: bytes, laid: str) -> Pixels:
    """The picture that a patch makes of its base. Raises DamagedVault when it does not fit there."""
    patch = decoded_with_alpha(data)
    left, top, moves = _place(laid)
    high, wide = patch.shape[:2]
    if not _inside(base, left, top, wide, high) or not all(_may_move(base, move) for move in moves):
        raise _misfit()
    out = _moved(base, moves)
    opaque = patch[..., 3] >= 128
    out[top : top + high, left : left + wide][opaque] = patch[opaque, :3]
    return out


def _moved(base: Pixels, moves: Sequence[Move]) -> Pixels:
    out = base.copy()
    for left, top, wide, high, by in moves:
        out[top : top + high, left : left + wide] = base[top - by : top - by + high, left : left + wide]
    return out


def _moves(base: Pixels, pixels: Pixels, tiles: Tiles, by: int) -> list[Move]:
    """The largest rectangles of tiles that hold some of `tiles` and are in the base `by` rows higher to the pixel."""
    high, wide = pixels.shape[:2]
    top, bottom = max(0, by), min(high, high + by)
    if top >= bottom:
        return []
    there = base.copy()
    there[top:bottom] = base[top - by : bottom - by]
    same = ~differing(there, pixels)
    same[: -(-top // SIDE)] = False
    if bottom < high:
        same[bottom // SIDE :] = False
    found = sorted(_rectangles(same, tiles), reverse=True)[:_MOST_MOVES]
    return [
        (c * SIDE, r * SIDE, min(wide, last_c * SIDE) - c * SIDE, min(high, last_r * SIDE) - r * SIDE, by)
        for _, r, c, last_r, last_c in found
    ]


def _rectangles(same: Tiles, wanted: Tiles) -> list[tuple[int, int, int, int, int]]:
    """Runs of `same` tiles with `wanted` ones in them, equal ones below one another as one.

    (wanted tiles, first row, first column, row behind, column behind) of each.
    """
    done: list[tuple[int, int, int, int, int]] = []
    open_: dict[tuple[int, int], tuple[int, int]] = {}
    for r in range(same.shape[0] + 1):
        runs: dict[tuple[int, int], int] = {}
        if r < same.shape[0]:
            edges = np.flatnonzero(np.diff(same[r].astype(np.int8), prepend=0, append=0)).tolist()
            for begin, end in zip(edges[::2], edges[1::2], strict=True):
                if count := int(wanted[r, begin:end].sum()):
                    runs[begin, end] = count
        for run, (first, count) in list(open_.items()):
            if run not in runs:
                done.append((count, first, run[0], r, run[1]))
                del open_[run]
        for run, count in runs.items():
            first, before = open_.get(run, (r, 0))
            open_[run] = first, before + count
    return done


def _place(laid: str) -> tuple[int, int, list[Move]]:
    try:
        left, top, *said = json.loads(laid)
        moves = [(x, y, wide, high, by) for x, y, wide, high, by in said]
    except (ValueError, TypeError, RecursionError):
        raise _misfit() from None
    if any(type(number) is not int for number in (left, top, *(number for move in moves for number in move))):
        raise _misfit()
    return left, top, moves


def _inside(base: Pixels, left: int, top: int, wide: int, high: int) -> bool:
    rows, columns = base.shape[:2]
    return bool(0 <= left <= left + wide <= columns and 0 <= top <= top + high <= rows)


def _may_move(base: Pixels, move: Move) -> bool:
    left, top, wide, high, by = move
    return min(wide, high) > 0 and _inside(base, left, top, wide, high) and _inside(base, left, top - by, wide, high)


def _misfit() -> DamagedVault:
    return DamagedVault(
        "A kept picture does not fit what it was kept against.", "The text read from it is not affected."
    )
