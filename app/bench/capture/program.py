"""One made program: rows of text in a window of its own, what of it changed last, and the process that shows it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFont

from app.bench.capture.xvfb import Server
from core.capture.rect import Rect
from core.errors import Problem

_DRAWN = Path(__file__).resolve().with_name("drawn_program.py")
"""Started as a file: a window must not wait for all benches to be imported."""
_BAR = 26
"""Pixels of the line that shows the title."""
_MARGIN = 12
MARKS = ((255, 0, 170), (0, 255, 85))
"""Colours that nothing else on the screen has: what is left out is painted with them."""
_MARK = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a program is drawn. Colours as PIL knows them; `size` in pixels of its letters."""

    ground: str = "#ffffff"
    ink: str = "#202020"
    size: int = 16

    @property
    def row(self) -> int:
        """Pixels from one row to the next."""
        return self.size * 8 // 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of text on the screen; `place` in screen pixels."""

    text: str
    place: Rect


@dataclass(slots=True, kw_only=True)
class Program:
    """A window and its rows. `left_out`: the gate must keep it out, so it is painted with MARKS as well."""

    server: Server
    name: str
    title: str
    place: Rect
    cls: str = ""
    look: Look = field(default_factory=Look)
    left_out: bool = False
    rows: list[str] = field(default_factory=list)
    first: int = 0
    """The first row that is seen."""
    visible: bool = False
    _process: "subprocess.Popen[bytes] | None" = None
    _image: Image.Image | None = None
    _over: tuple[Rect, Image.Image] | None = None
    _caret: bool = False

    @property
    def seen(self) -> int:
        """How many rows the window shows at once."""
        return (self.place.height - _BAR - _MARGIN) // self.look.row

    def shown(self) -> list[Row]:
        """The title and the rows that lie in the window."""
        bar = Rect(self.place.left, self.place.top, self.place.width, _BAR)
        found = [Row(text=self.title, place=bar)]
        for number, text in enumerate(self.rows[self.first : self.first + self.seen]):
            if text:
                top = self.place.top + _BAR + number * self.look.row
                found.append(Row(text=text, place=Rect(self.place.left, top, self.place.width, self.look.row)))
        if self._over is not None:
            painted = self._over[0].moved(self.place.left, self.place.top)
            found = [row for row in found if row.place.meet(painted).empty]
        return found

    def open(self) -> None:
        """Show it for the first time. Raises Problem."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_DRAWN)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, **self.server.environment()},
        )  # fmt: skip
        self._say(
            {"do": "open", "name": self.name, "cls": self.cls or self.name.capitalize(), "title": self.title,
             "left": self.place.left, "top": self.place.top, "width": self.place.width, "height": self.place.height}
        )  # fmt: skip
        self.draw()
        self.lift()

    def lift(self, focus: bool = True) -> None:
        """To the front."""
        self.visible = True
        self._say({"do": "lift", "focus": focus})

    def hide(self) -> None:
        """Off the screen."""
        self.visible = False
        self._say({"do": "hide"})

    def move(self, left: int, top: int) -> None:
        """Somewhere else."""
        self.place = Rect(left, top, self.place.width, self.place.height)
        self._say({"do": "move", "left": left, "top": top})

    def name_it(self, title: str) -> None:
        """Another title."""
        self.title = title
        self._say({"do": "title", "title": title})
        self.draw()

    def add(self, text: str) -> None:
        """A row at the end; what is seen follows it."""
        self.rows.append(text)
        self.first = max(0, len(self.rows) - self.seen)
        self.draw()

    def type(self, words: str) -> None:
        """Words at the end of the last row."""
        self.rows[-1] = f"{self.rows[-1]} {words}".strip()
        self.draw()

    def scroll(self, rows: int) -> None:
        """So many rows on, at most to the end."""
        self.first = max(0, min(self.first + rows, len(self.rows) - self.seen))
        self.draw()

    def blink(self) -> None:
        """The caret behind the last row comes or goes."""
        self._caret = not self._caret
        self.draw()

    def paint(self, place: Rect, pixels: NDArray[np.uint8]) -> None:
        """Pixels (h, w, 3) over a part of the window (in its own pixels), such as a picture of a video."""
        self._over = (place, Image.fromarray(pixels))
        self.draw()

    def draw(self) -> None:
        """Send what differs from what is shown."""
        image = self._drawn()
        before, self._image = self._image, image
        box = image.getbbox() if before is None else ImageChops.difference(before, image).getbbox()
        if before is None:
            box = (0, 0, *image.size)
        if box is not None:
            left, top, right, bottom = box
            said = {"do": "draw", "left": left, "top": top, "width": right - left, "height": bottom - top}
            self._say(said, image.crop(box).tobytes("raw", "BGRX"))

    def _drawn(self) -> Image.Image:
        look = self.look
        image = Image.new("RGB", (self.place.width, self.place.height), look.ground)
        pen = ImageDraw.Draw(image)
        pen.rectangle((0, 0, self.place.width, _BAR - 2), fill="#d9dde3")
        pen.text((_MARGIN, 4), self.title, fill="#303030", font=_font(15))
        for number, text in enumerate(self.rows[self.first : self.first + self.seen]):
            pen.text((_MARGIN, _BAR + number * look.row), text, fill=look.ink, font=_font(look.size))
        if self._caret and self.rows:
            left = _MARGIN + 3 + _font(look.size).getlength(self.rows[-1])
            top = _BAR + (min(len(self.rows), self.seen) - 1) * look.row
            pen.rectangle((left, top, left + 1, top + look.size), fill=look.ink)
        if self.left_out:
            for number, left in enumerate(range(0, self.place.width - _MARK, _MARK)):
                pen.rectangle(
                    (left, self.place.height - _MARK, left + _MARK, self.place.height), fill=MARKS[number % 2]
                )
            for number, top in enumerate(range(_BAR, self.place.height - _MARK, _MARK)):
                side = self.place.width
                pen.rectangle((side - _MARK, top, side, top + _MARK), fill=MARKS[number % 2])
                pen.rectangle((0, top, 8, top + _MARK), fill=MARKS[number % 2])
        if self._over is not None:
            image.paste(self._over[1], (self._over[0].left, self._over[0].top))
        return image

    def _say(self, said: dict[str, Any], pixels: bytes = b"") -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise Problem("A made program was not opened.", "Run the bench again.")
        try:
            process.stdin.write(json.dumps(said).encode() + b"\n" + pixels)
            process.stdin.flush()
            answered = process.stdout.readline()
        except OSError:
            answered = b""
        if not answered:
            raise Problem("A made program on the bench's screen has ended.", "Run the bench again.")

    def close(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None and process.stdout is not None:
            process.stdin.close()
            process.wait()
            process.stdout.close()


_FONTS: dict[int, ImageFont.FreeTypeFont] = {}


def _font(size: int) -> ImageFont.FreeTypeFont:
    """The font that comes with Pillow, so that every machine draws the same."""
    if size not in _FONTS:
        font = ImageFont.load_default(size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise Problem("This Pillow cannot draw letters of any size.", "Set Mneme up again: ./mneme --setup.")
        _FONTS[size] = font
    return _FONTS[size]
