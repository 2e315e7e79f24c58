"""Rectangles in screen pixels, as the gate, the tile diff and the pictures use them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Rect:
    """Pixels `left <= x < right`, `top <= y < bottom`; width or height 0 means empty."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column past it."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """First row past it."""
        return self.top + self.height

    @property
    def empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.width <= 0 or self.height <= 0

    @property
    def area(self) -> int:
        """Pixels in it."""
        return 0 if self.empty else self.width * self.height

    def meet(self, other: "Rect") -> "Rect":
        """The part in both; empty when they do not touch."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Rect(left, top, max(0, right - left), max(0, bottom - top))

    def join(self, other: "Rect") -> "Rect":
        """The smallest rectangle around both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Rect(left, top, right - left, bottom - top)

    def moved(self, across: int, down: int) -> Self:
        """The same size somewhere else."""
        return type(self)(self.left + across, self.top + down, self.width, self.height)

    def grown(self, by: int) -> Self:
        """`by` pixels larger on every side."""
        return type(self)(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def minus(self, other: "Rect") -> tuple["Rect", ...]:
        """What of it is left outside `other`: up to four pieces."""
        cut = self.meet(other)
        if cut.empty:
            return () if self.empty else (self,)
        pieces = (
            Rect(self.left, self.top, self.width, cut.top - self.top),
            Rect(self.left, cut.bottom, self.width, self.bottom - cut.bottom),
            Rect(self.left, cut.top, cut.left - self.left, cut.height),
            Rect(cut.right, cut.top, self.right - cut.right, cut.height),
        )
        return tuple(piece for piece in pieces if not piece.empty)


def covered(rect: Rect, by: Iterable[Rect]) -> bool:
    """Whether no pixel of `rect` lies outside all of `by`."""
    left = [rect] if not rect.empty else []
    for other in by:
        left = [piece for part in left for piece in part.minus(other)]
        if not left:
            return True
    return not left
