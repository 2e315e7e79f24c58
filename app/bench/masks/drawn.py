"""The corpus on drawn screens: read by the reader, masked, its boxes filled, and read again."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.bench.masks.corpus import Item
from core.capture.redact import redact_page
from core.capture.screen.picture import filled
from core.capture.screen.reader import Reader

_WIDTH, _LINE, _MARGIN, _SIZE = 1600, 30, 20, 18
_ITEMS = 12
"""On one screen; a blank line between two keeps them apart."""
_LONGEST = 130


def drawable(item: Item) -> bool:
    """Whether the font has its letters and its lines fit on a screen."""
    return all(ord(c) < 0x250 for c in item.text) and all(len(line) <= _LONGEST for line in item.text.splitlines())


def screens(items: Sequence[Item]) -> Iterator[tuple[tuple[Item, ...], NDArray[np.uint8]]]:
    """Pages of (items, (h, w, 3) RGB)."""
    font = ImageFont.load_default(size=_SIZE)
    for at in range(0, len(items), _ITEMS):
        some = tuple(items[at : at + _ITEMS])
        lines = [line for item in some for line in (*item.text.expandtabs(4).splitlines(), "")]
        image = Image.new("RGB", (_WIDTH, 2 * _MARGIN + _LINE * len(lines)), "white")
        drawing = ImageDraw.Draw(image)
        for number, line in enumerate(lines):
            drawing.text((_MARGIN, _MARGIN + _LINE * number), line, fill="black", font=font)
        yield some, np.asarray(image)


def read_back(reader: Reader, pixels: NDArray[np.uint8]) -> tuple[str, str, str, int]:
    """What was read, what of it is kept, what can be read in the filled picture, how many boxes were filled."""
    page = reader.read(pixels)
    masked = redact_page(page.lines)
    again = reader.read(np.asarray(filled(pixels, masked.fill)))
    return page.text, masked.text, again.text, len(masked.fill)
