"""The reader's process: pixels in, words with boxes out; picture files are decoded here, never in the host."""

import io
import warnings
from collections.abc import Callable, Generator

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.capture.rect import Rect
from core.capture.screen.engine import Pixels, TextEngine
from core.capture.screen.page import Line
from core.capture.screen.rapid_ocr import RapidOcr
from core.capture.screen.reader import KEPT_SIDE, LARGEST_AREA, LARGEST_SIDE
from core.capture.screen.tesseract import Tesseract
from core.errors import BadInput
from core.inference.child import Header, Json, Reply, serve

Parts = Generator[Reply, None, None]

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")


_ENGINES: dict[str, Callable[[], TextEngine]] = {"rapidocr": RapidOcr, "tesseract": Tesseract}
_BEST = "rapidocr"
"""Of two engines measured on drawn screens (docs/decisions/034)."""
_AT_ONCE = 6


class _Reading:
    def __init__(self) -> None:
        self._engine: TextEngine | None = None

    def load(self, hello: Header) -> Header:
        """Load the engine that the host's hello names."""
        name = str(hello.get("engine", "auto"))
        self._engine = _ENGINES[_BEST if name == "auto" else name]()
        return {}

    def detect(self, header: Header, blob: bytes) -> Parts:
        """{"places": [[l, t, w, h], ...]} and their pixels -> parts {"lines": [[[text, l, t, w, h], ...], ...]}."""
        engine = self._ready()
        for rect, crop in _crops(header, blob):
            for lines in engine.read(rect, crop):
                yield _said(lines), b""

    def recognise(self, header: Header, blob: bytes) -> Parts:
        """The same for single lines, without looking for them: one line for each place, perhaps empty."""
        crops = _crops(header, blob)
        for at in range(0, len(crops), _AT_ONCE):
            yield _said(self._ready().recognise(crops[at : at + _AT_ONCE])), b""

    def picture(self, _: Header, blob: bytes) -> Parts:
        """A picture's file -> its lines in parts, at last its size and its pixels."""
        pixels = decoded(blob)
        height, width = pixels.shape[:2]
        for lines in self._ready().read(Rect(0, 0, width, height), pixels):
            yield _said(lines), b""
        yield {"width": width, "height": height}, pixels.tobytes()

    def _ready(self) -> TextEngine:
        if self._engine is None:
            raise TypeError("asked before it was ready")
        return self._engine


def decoded(file: bytes) -> Pixels:
    """The first image of a file as (h, w, 3) RGB, turned as its camera says. Raises BadInput."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(file), formats=_FORMATS) as image:
                _check_size(*image.size)
                image.load()
                turned = ImageOps.exif_transpose(image)
                while max(turned.size) > KEPT_SIDE:
                    turned = turned.reduce(2)
                white = Image.new("RGBA", turned.size, "white")
                return np.array(Image.alpha_composite(white, turned.convert("RGBA")).convert("RGB"))
    except UnidentifiedImageError as error:
        raise BadInput("This is not a picture that can be read.", "PNG, JPEG, WebP, BMP, GIF and TIFF can.") from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise _too_large() from error
    except (OSError, SyntaxError, ValueError, EOFError, ZeroDivisionError) as error:
        raise BadInput("This picture is damaged or cut off.", "Fetch or save it again.") from error


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise BadInput("This picture is empty.", "It has no pixels.")
    if width > LARGEST_SIDE or height > LARGEST_SIDE or width * height > LARGEST_AREA:
        raise _too_large()


def _too_large() -> BadInput:
    return BadInput(
        "This picture has too many pixels.",
        f"The most are {LARGEST_SIDE:,} a side and {LARGEST_AREA // 1_000_000} million in all; make it smaller.",
    )


def _crops(header: Header, blob: bytes) -> list[tuple[Rect, Pixels]]:
    places = header.get("places")
    crops = []
    at = 0
    for place in places if isinstance(places, list) else ():
        if not isinstance(place, list) or len(place) != 4:
            raise ValueError("place")
        rect = Rect(*(int(str(n)) for n in place))
        size = rect.width * rect.height * 3
        crop = np.frombuffer(blob[at : at + size], dtype=np.uint8).reshape(rect.height, rect.width, 3)
        crops.append((rect, crop))
        at += size
    return crops


def _said(lines: list[Line]) -> Header:
    said: list[Json] = [[[w.text, w.left, w.top, w.width, w.height] for w in line] for line in lines]
    return {"lines": said}


def main() -> None:
    """Be the reader until the host closes the pipe."""
    reading = _Reading()
    serve({"detect": reading.detect, "recognise": reading.recognise, "picture": reading.picture}, ready=reading.load)


if __name__ == "__main__":
    main()
