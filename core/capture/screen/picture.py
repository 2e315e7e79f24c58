"""Pictures made ready to be kept: secrets filled, the smaller of lossless and lossy WebP, a thumbnail."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.capture.rect import Rect
from core.errors import BadInput

Pixels = NDArray[np.uint8]

THUMBNAIL_SIDE = 320
_LOSSY_QUALITY = 60
"""Measured as the least at which 12-pixel letters stay free of rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An encoded picture (WebP) with its thumbnail (WebP); sizes in pixels of the picture."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int
    form: Literal["lossless", "lossy"]


def filled(pixels: Pixels, rects: Iterable[Rect]) -> Pixels:
    """A copy of (h, w, 3) RGB with `rects` black; what lies outside the picture is ignored."""
    out = pixels.copy()
    fill(out, rects)
    return out


def fill(pixels: Pixels, rects: Iterable[Rect]) -> None:
    """Blacken `rects` in place."""
    bounds = Rect(0, 0, pixels.shape[1], pixels.shape[0])
    for rect in rects:
        inside = rect.meet(bounds)
        pixels[inside.top : inside.bottom, inside.left : inside.right] = 0


def halved(webp: bytes) -> Picture:
    """A kept picture at half its sides, for thinning. Raises BadInput when it is no picture."""
    try:
        with Image.open(io.BytesIO(webp), formats=["WEBP"]) as image:
            half = image.convert("RGB").resize((max(1, image.width // 2), max(1, image.height // 2)))
    except (OSError, ValueError) as error:
        raise BadInput("A kept picture cannot be read.", "`mneme doctor` checks the store.") from error
    return encoded(np.asarray(half))


def png(pixels: Pixels) -> bytes:
    """(h, w, 3) RGB as PNG, for showing what is not kept."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def encoded(pixels: Pixels) -> Picture:
    """(h, w, 3) RGB as WebP, lossless or lossy, whichever is smaller, with its thumbnail."""
    image = Image.fromarray(pixels)
    lossless, lossy = io.BytesIO(), io.BytesIO()
    image.save(lossless, "WEBP", lossless=True, quality=40, method=1)
    image.save(lossy, "WEBP", quality=_LOSSY_QUALITY, method=2)
    smaller: Literal["lossless", "lossy"] = "lossless" if lossless.tell() <= lossy.tell() else "lossy"
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BOX)
    thumbnail = io.BytesIO()
    small.save(thumbnail, "WEBP", quality=_LOSSY_QUALITY, method=2)
    return Picture(
        data=(lossless if smaller == "lossless" else lossy).getvalue(),
        thumbnail=thumbnail.getvalue(),
        width=image.width,
        height=image.height,
        form=smaller,
    )
