"""A letter or two that came where nothing stood, told from a caret, a clock's digits and a spinner. Pure.

All in values of two looks, half as many as pixels each way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_AROUND = 4
"""Values around a change by which its ground is told."""
_THIN = 2
"""A line no wider than that is a caret, however it lies."""
_SOLID = 0.9
"""A block of which the inside is so near to its darkest is a caret or a light, no letter."""
_STAYED = 2
"""Looks before this one at which it must have stood already."""
_CARET = 4
"""Values of height from which on a thin line is a caret: what turns beside it differs in less."""
_LARGEST_RING = 20
"""Values a side of what turns while one waits."""
_FEW_STROKES = 2
"""Lines of ink that cross a row or a column of a ring or of a part of it; three letters have more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Ink that came on empty ground, and the changed piece of which it is a part."""

    box: Rect
    piece: Rect
    over: bool = False
    """Something else went from there, as a caret does, or a clock's last digit."""


def letters(before: Pixels, after: Pixels, piece: Rect, step: int) -> Iterator[Letters]:
    """What in a changed `piece` may be new letters: no line, no block, nothing that only moved."""
    box = piece.grown(_AROUND).meet(Rect(0, 0, after.shape[1], after.shape[0]))
    if before.shape != after.shape or box.empty:
        return
    old, new = (look[box.top : box.bottom, box.left : box.right].astype(np.int16) for look in (before, after))
    ground = int(np.median(old))
    stood, strength = np.abs(old - ground) > step, np.abs(new - ground)
    changed = np.abs(new - old) > step
    went = _words(changed & stood)
    for one in _words(changed & (strength > step) & ~stood):
        if min(one.width, one.height) <= _THIN or _block(strength, one, step):
            continue
        if any(_alike(one, other) for other in went):
            continue
        reach = Rect(one.left - one.height, one.top, one.width + 2 * one.height, one.height)
        over = bool(stood[one.top : one.bottom, one.left : one.right].any())
        over |= any(not reach.meet(other).empty for other in went)
        yield Letters(box=one.moved(box.left, box.top), piece=piece, over=over)


def _words(ink: Mask) -> list[Rect]:
    """Around what touches, or has less than three values between it on a row."""
    marked = ink.astype(np.uint8)
    near = cv2.dilate(marked, np.ones((1, 5), dtype=np.uint8))
    count, label = cv2.connectedComponents(near, connectivity=8)
    parts = (((label == number) & ink).astype(np.uint8) for number in range(1, count))
    return [Rect(*cv2.boundingRect(part)) for part in parts if part.any()]


def _block(strength: NDArray[np.int16], box: Rect, step: int) -> bool:
    """A caret of a letter's size, filled or as a frame."""
    whole = strength[box.top : box.bottom, box.left : box.right]
    inside = whole[1:-1, 1:-1]
    edge = np.ones(whole.shape, dtype=np.bool_)
    edge[1:-1, 1:-1] = False
    framed = float((whole[edge] > step).mean()) >= _SOLID and not (inside > step).any()
    return framed or float(inside.mean()) >= _SOLID * float(whole.max())


def only_marks(before: Pixels, after: Pixels, piece: Rect, step: int) -> bool:
    """Whether all that came or went in a changed `piece` are lines, blocks and frames: carets, however large."""
    drawn = _came_and_went(before, after, piece, step)
    found = [(strength, one) for strength, ink in drawn for one in _words(ink)]
    return bool(found) and all(min(one.width, one.height) <= _THIN or _block(how, one, step) for how, one in found)


def may_turn(before: Pixels, after: Pixels, piece: Rect, step: int) -> bool:
    """Whether what came and went in a changed `piece` may be a part of a ring: small, and of few strokes."""
    if max(piece.width, piece.height) > _LARGEST_RING:
        return False
    drawn = [ink for _, ink in _came_and_went(before, after, piece, step) if ink.any()]
    return bool(drawn) and all(max(_strokes(ink), _strokes(ink.T)) <= _FEW_STROKES for ink in drawn)


def _came_and_went(before: Pixels, after: Pixels, piece: Rect, step: int) -> tuple[tuple[NDArray[np.int16], Mask], ...]:
    """Of the look after and of the one before: how far from the ground, and what of that ink the other has not."""
    box = piece.grown(_AROUND).meet(Rect(0, 0, after.shape[1], after.shape[0]))
    if before.shape != after.shape or box.empty:
        return ()
    old, new = (look[box.top : box.bottom, box.left : box.right].astype(np.int16) for look in (before, after))
    ground, changed = int(np.median(old)), np.abs(new - old) > step
    strengths = np.abs(new - ground), np.abs(old - ground)
    return tuple((strength, changed & (strength > step)) for strength in strengths)


def _strokes(ink: Mask) -> int:
    """The most runs of ink in any row."""
    begins = ink[:, 1:] & ~ink[:, :-1]
    return int((begins.sum(axis=1) + ink[:, 0]).max())


def _alike(one: Rect, other: Rect) -> bool:
    return abs(other.width - one.width) <= 1 and abs(other.height - one.height) <= 1


def in_place(before: Pixels, after: Pixels, piece: Rect, step: int) -> bool:
    """Whether in a changed `piece` a word gave way to one as long, as in a clock when its hour ends."""
    box = piece.grown(_AROUND).meet(Rect(0, 0, after.shape[1], after.shape[0]))
    if before.shape != after.shape or box.empty:
        return False
    old, new = (look[box.top : box.bottom, box.left : box.right].astype(np.int16) for look in (before, after))
    ground = int(np.median(old))
    changed = np.abs(new - old) > step
    went, came = (
        Rect(*cv2.boundingRect((changed & (np.abs(look - ground) > step)).astype(np.uint8))) for look in (old, new)
    )
    digit = max(went.height, came.height)
    ends = abs(went.left - came.left), abs(went.right - came.right)
    rows = abs(went.top - came.top), abs(went.bottom - came.bottom)
    return not went.empty and not came.empty and max(ends) <= digit and max(rows) <= _THIN


def settled(found: Letters, now: Pixels, earlier: Sequence[Pixels], step: int) -> bool | None:
    """Whether they came once, on empty ground, and have stayed; None while the next looks may show it.

    `earlier`: the looks before `now`, the newest first.
    """
    there = [_shows(found.piece, now, look, step) for look in earlier]
    gone = there.index(False) if False in there else len(there)
    if any(there[gone:]):
        return False
    if gone < _STAYED:
        was = earlier[gone : gone + 1 + _STAYED]
        at_rest = len(was) > _STAYED and all(_shows(found.piece, was[0], look, step) for look in was[1:])
        return None if at_rest and not found.over else False
    return not found.over or any(_on_empty_ground(found, look, now, step) for look in earlier[gone:])


def _on_empty_ground(found: Letters, before: Pixels, now: Pixels, step: int) -> bool:
    came = letters(before, now, found.piece, step)
    return any(not one.over and 2 * one.box.meet(found.box).area > found.box.area for one in came)


def _shows(box: Rect, now: Pixels, look: Pixels, step: int) -> bool:
    """Whether a look has the same there, but for a caret."""
    if look.shape != now.shape:
        return False
    around = box.grown(1).meet(Rect(0, 0, now.shape[1], now.shape[0]))
    where = np.s_[around.top : around.bottom, around.left : around.right]
    apart = np.abs(look[where].astype(np.int16) - now[where]) > step
    rows, columns = apart.any(axis=1), apart.any(axis=0)
    if not rows.any():
        return True
    return int(columns.sum()) <= _THIN and int(rows.sum()) >= min(_CARET, around.height - 2)
