"""Areas of the screen as rectangles that do not overlap: exactly what is left of some when others are taken away."""

from collections.abc import Iterable, Sequence
from functools import reduce

from core.capture.rect import Rect

Area = tuple[Rect, ...]
"""No two of its rectangles have a pixel in common; none is empty."""


def area(rects: Iterable[Rect]) -> Area:
    """The pixels of any rectangles, each once."""
    found: list[Rect] = []
    for rect in rects:
        found += without((rect,), found)
    return tuple(found)


def without(rects: Sequence[Rect], taken: Iterable[Rect]) -> Area:
    """What of an area lies in none of `taken`."""
    left = tuple(rect for rect in rects if not rect.empty)
    for rect in taken:
        if not left:
            break
        left = tuple(piece for part in left for piece in part.minus(rect))
    return left


def within(rects: Sequence[Rect], bounds: Iterable[Rect]) -> Area:
    """What of an area lies in any of `bounds`."""
    return without(rects, without(rects, bounds))


def eroded(rects: Sequence[Rect], by: int) -> Area:
    """The pixels that lie further than `by` from every pixel outside: an area with its edges taken off.

    Rectangles that touch are one area here, so that no strip is lost between them.
    """
    whole = [rect for rect in rects if not rect.empty]
    if not whole:
        return ()
    around = reduce(Rect.join, whole)
    outside = without((around,), whole)
    return without((around.grown(-by),), (hole.grown(by) for hole in outside))
