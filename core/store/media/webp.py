"""Pixels as WebP and back: the smaller of lossless and lossy, thumbnails, what is see-through."""

import io
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import DamagedVault

Pixels = NDArray[np.uint8]
Form = Literal["lossless", "lossy"]

THUMBNAIL_SIDE = 320
LOSSY_QUALITY = 60
"""Measured as the least at which 12-pixel letters stay free of rings."""
_EFFORT, _METHOD = 60, 3
"""Of lossless WebP: a ninth smaller than 40, 1 on screens of text for a tenth more time; more saves nothing."""
LARGEST = 2**26
"""Pixels: what says that it has more is not decoded."""


def encoded(pixels: Pixels) -> tuple[bytes, Form]:
    """(h, w, 3) RGB or (h, w, 4) RGBA as WebP, lossless or lossy, whichever is smaller."""
    image = Image.fromarray(pixels)
    lossless, lossy = io.BytesIO(), io.BytesIO()
    image.save(lossless, "WEBP", lossless=True, quality=_EFFORT, method=_METHOD)
    image.save(lossy, "WEBP", quality=LOSSY_QUALITY, method=2)
    return (lossless.getvalue(), "lossless") if lossless.tell() <= lossy.tell() else (lossy.getvalue(), "lossy")


def quickly(pixels: Pixels) -> bytes:
    """(h, w, 3) RGB as lossless WebP, in as little time as that takes: for showing, not for keeping."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", lossless=True, quality=0, method=0)
    return out.getvalue()


def thumbnail(pixels: Pixels) -> bytes:
    """(h, w, 3) RGB made small enough for a list, as WebP."""
    small = Image.fromarray(pixels)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BOX)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=LOSSY_QUALITY, method=2)
    return out.getvalue()


def half(pixels: Pixels) -> Pixels:
    """(h, w, 3) RGB at half its sides."""
    image = Image.fromarray(pixels)
    return np.asarray(image.resize((max(1, image.width // 2), max(1, image.height // 2))))


def decoded(webp: bytes) -> Pixels:
    """A WebP picture as (h, w, 3) RGB. Raises DamagedVault when it is none."""
    return _decoded(webp, "RGB")


def decoded_with_alpha(webp: bytes) -> Pixels:
    """A WebP picture as (h, w, 4) RGBA. Raises DamagedVault when it is none."""
    return _decoded(webp, "RGBA")


def _decoded(webp: bytes, mode: str) -> Pixels:
    try:
        with Image.open(io.BytesIO(webp), formats=["WEBP"]) as image:
            if image.width * image.height > LARGEST:
                raise ValueError
            return np.asarray(image.convert(mode))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DamagedVault("A kept picture cannot be read.", "The text read from it is not affected.") from error
