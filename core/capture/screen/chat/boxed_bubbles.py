"""What the grounds of a log in bubbles tell of them: their sides, and what stands beside them and is none. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from core.capture.screen.chat.bubble_parts import Bubble, Log
from core.capture.screen.chat.runs import INITIALS
from core.capture.screen.chat.shapes import name_like

_MOST = 0.6
"""Of what is written: in boxes, so that what stands beside them is no message."""
_LEAST = 2
_OFF = 1.0
"""Heights of a line by which a box may begin or end elsewhere than those of its side."""

_IN, _LEVEL = 1.6, 0.4
"""The same from which a box is further in, and within which boxes are level."""
_SQUARE = 1.3
_OUTSIDE = 2.0
"""The same beyond which what is left of all boxes is of another pane."""
_OVER, _FAR = 1.2, 14.0
"""The same between a name and the box below it, and where a picture may be between them."""


def give_boxes(log: Log, tall: float) -> None:
    """Where most of what is said stands in boxes: which box each bubble is, and between which columns they stand.

    A name over a box stays for now, words beside boxes too; see `odd_beside_boxes`.
    """
    said = [bubble for bubble in log.bubbles if bubble.header is None]
    boxed = [bubble for bubble in said if bubble.lines[0].patch is not None]
    letters = sum(len(line.text) for bubble in said for line in bubble.lines)
    inside = sum(len(line.text) for bubble in boxed for line in bubble.lines)
    if len(boxed) < _LEAST or inside < _MOST * letters:
        return
    for bubble in boxed:
        bubble.box = bubble.lines[0].patch
    boxes = list({bubble.box for bubble in boxed if bubble.box is not None})
    begin = _column([box.left for box in boxes], tall, first=True)
    further = [box.right for box in boxes if box.left - begin > _IN * tall]
    log.sides = begin, _column(further, tall, first=False) if further else max(box.right for box in boxes)


def _column(edges: Sequence[int], tall: float, *, first: bool) -> int:
    """Where most of them are; of equal ones the first or the last."""
    near = {edge: sum(abs(edge - other) < _LEVEL * tall for other in edges) for edge in edges}
    most = [edge for edge in edges if near[edge] == max(near.values())]
    return min(most) if first else max(most)


def names_over_boxes(log: Log, tall: float) -> frozenset[int]:
    """The bubbles (by their id) that are no box and stand right over one of the others' boxes, and can be a name."""
    if log.sides is None:
        return frozenset()
    return frozenset(
        id(upper)
        for upper, lower in pairwise(log.bubbles)
        if upper.box is None
        and upper.header is None
        and lower.box is not None
        and not lower.mine
        and len(upper.lines) == 1
        and lower.box.top - upper.bottom < (_OVER if upper.left < lower.box.left - 0.5 * tall else _FAR) * tall
        and -_OVER * tall < upper.left - lower.box.left < 2 * _OVER * tall
        and name_like(upper.lines[0].text, recurs=True)
        and not INITIALS.compiled.fullmatch(upper.lines[0].text)
    )


def odd_beside_boxes(log: Log, tall: float) -> None:
    """What stands in no box where messages do, and a box that stands at neither side, are no messages."""
    if log.sides is None:
        return
    begin, end = log.sides
    for bubble in log.bubbles:
        if bubble.header is not None:
            continue
        bubble.odd = bubble.box is None or not _at_a_side(bubble, begin, end, tall) or _picture(bubble, log)
        bubble.aside = bubble.odd and bubble.left > begin - _OUTSIDE * tall


def _picture(bubble: Bubble, log: Log) -> bool:
    """Whether it is the picture of somebody with their initials: a square without a time, or in the bar."""
    box = bubble.box
    if box is None or len(bubble.lines) > 1 or not INITIALS.compiled.fullmatch(bubble.lines[0].text):
        return False
    first = bubble is log.bubbles[0]
    return box.width < _SQUARE * box.height and (first or bubble.stamp is None) and any(b.stamp for b in log.bubbles)


def _at_a_side(bubble: Bubble, begin: int, end: int, tall: float) -> bool:
    box = bubble.box
    return box is not None and (abs(box.left - begin) < _OFF * tall or abs(box.right - end) < _OFF * tall)


def two_colours(log: Log) -> bool:
    """Whether the boxes of each side have a ground of their own."""
    mine = {b.box.tone for b in log.bubbles if b.mine and b.box is not None and not b.odd}
    theirs = {b.box.tone for b in log.bubbles if not b.mine and b.box is not None and not b.odd}
    return len(mine) == len(theirs) == 1 and mine != theirs
