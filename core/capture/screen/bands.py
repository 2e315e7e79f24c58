"""Large pictures looked at in bands: a detector's memory grows with the pixels it is given at once. Pure."""

from collections.abc import Sequence

from core.capture.rect import Rect

MOST_PIXELS = 550_000
"""In one band: 1080p is four of them."""
OVERLAP = 48
"""Rows that two neighbours share: more than a line is high, so that each line is whole in one of them."""
_LEAST_STEP = 192
_SAME = 0.5
"""Of the smaller box: from there on two boxes are the same line."""
_AT_EDGE = 2


def bands(width: int, height: int) -> list[Rect]:
    """The bands of a picture from the top down, each with its share of the overlap; one where it is small."""
    count = max(1, min(-(-width * height // MOST_PIXELS), height // _LEAST_STEP))
    if count == 1:
        return [Rect(0, 0, width, height)]
    step = -(-height // count)
    tops = [max(0, begin - OVERLAP) for begin in range(0, height, step)]
    return [Rect(0, top, width, min(height, top + step + OVERLAP) - top) for top in tops]


def joined(found: Sequence[tuple[Rect, Sequence[Rect]]]) -> list[Rect]:
    """Boxes of each band, in the picture's pixels, as those of the whole picture.

    A line in what two bands share is taken from the one that shows more of what is around it. One that no band shows
    whole, since it is higher than the overlap, is put together of its parts.
    """
    kept: list[Rect] = []
    above: Rect | None = None
    for band, boxes in found:
        if above is None:
            kept += boxes
        else:
            shared = [box for box in kept if box.bottom > band.top]
            kept = [box for box in kept if box.bottom <= band.top] + _across(shared, boxes, above.bottom, band.top)
        above = band
    return kept


def _across(upper: Sequence[Rect], lower: Sequence[Rect], end: int, begin: int) -> list[Rect]:
    """The boxes at a border: `upper` of the band that ends at row `end`, `lower` of the next, which has begun above."""
    middle = (begin + end) / 2
    cut_off = [box for box in upper if box.bottom >= end - _AT_EDGE]
    begun = [box for box in lower if box.top <= begin + _AT_EDGE]
    above = [box for box in upper if box not in cut_off]
    below = [box for box in lower if box not in begun]
    kept = [box for box in above if _middle(box) < middle] + [box for box in below if _middle(box) >= middle]
    high = [
        half.join(rest)
        for half in cut_off
        for rest in begun
        if half.top < begin and rest.bottom > end and _under(half, rest)
    ]
    for box in (*high, *above, *below, *cut_off, *begun):
        if not any(_same(box, other) for other in kept):
            kept.append(box)
    return kept


def _middle(box: Rect) -> float:
    return (box.top + box.bottom) / 2


def _under(half: Rect, rest: Rect) -> bool:
    """Whether one stands below the other."""
    shared = min(half.right, rest.right) - max(half.left, rest.left)
    return shared >= _SAME * min(half.width, rest.width)


def _same(box: Rect, other: Rect) -> bool:
    return box.meet(other).area >= _SAME * min(box.area, other.area)
