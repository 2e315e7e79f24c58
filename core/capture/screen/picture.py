"""Pictures made ready to be kept: secrets filled, the smaller of lossless and lossy WebP, a thumbnail."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.capture.rect import Rect
from core.memory import MediaId
from core.store.media import webp

Pixels = NDArray[np.uint8]

THUMBNAIL_SIDE = webp.THUMBNAIL_SIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An encoded picture (WebP) with its thumbnail (WebP); sizes in pixels of the picture."""

    data: bytes
    thumbnail: bytes
    """Empty: made when it is asked for."""
    width: int
    height: int
    form: str
    base: MediaId | None = None
    """The picture that `data` is a patch on."""
    laid: str = ""
    """Where on it."""


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


def png(pixels: Pixels) -> bytes:
    """(h, w, 3) RGB as PNG, for showing what is not kept."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def encoded(pixels: Pixels) -> Picture:
    """(h, w, 3) RGB as WebP, lossless or lossy, whichever is smaller, with its thumbnail."""
    data, form = webp.encoded(pixels)
    height, width = pixels.shape[:2]
    return Picture(data=data, thumbnail=webp.thumbnail(pixels), width=width, height=height, form=form)
