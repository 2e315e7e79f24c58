"""What an engine that reads pixels must be able to do. Each engine is a module beside this one."""

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.page import Line

Pixels = NDArray[np.uint8]
Crop = tuple[Rect, Pixels]
"""A place in a frame, and its (h, w, 3) RGB pixels."""
EngineName = Literal["rapidocr", "tesseract"]


class TextEngine(Protocol):
    """Reads text, in the reader's process alone and on one thread."""

    def recognise(self, crops: Sequence[Crop]) -> list[Line]:
        """The words of single lines, one answer for each crop in its order; empty where nothing can be read."""
        ...

    def read(self, region: Rect, pixels: Pixels) -> Iterator[list[Line]]:
        """The lines of a region that lies at `region` in its frame, a few at a time, each a sign of life."""
        ...


def cut(pixels: Pixels, rect: Rect) -> Pixels:
    """The part of a picture that lies in `rect`."""
    return pixels[rect.top : rect.bottom, rect.left : rect.right]


def flat(pixels: Pixels) -> bool:
    """Whether there is nothing in it that could be a letter."""
    return pixels.size == 0 or int(pixels.max()) - int(pixels.min()) < _FAINTEST


_FAINTEST = 16
