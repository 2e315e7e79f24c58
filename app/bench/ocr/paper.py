"""Paper for drawn screens: whatever is written on it is known, word by word, with its box."""

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.capture.rect import Rect

Font = ImageFont.FreeTypeFont

_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"), Path("C:/Windows/Fonts"))
_FACES = {
    "sans": ("DejaVuSans.ttf", "arial.ttf", "Arial.ttf"),
    "narrow": ("NimbusSansNarrow-Regular.otf", "DejaVuSansCondensed.ttf", "arialn.ttf"),
    "mono": ("DejaVuSansMono.ttf", "consola.ttf", "Courier New.ttf"),
    "serif": ("NimbusRoman-Regular.otf", "DejaVuSerif.ttf", "times.ttf", "Times New Roman.ttf"),
    "round": ("URWGothic-Book.otf", "verdana.ttf", "Verdana.ttf"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word that was written, and the rectangle of its ink."""

    text: str
    box: Rect
    row: int
    """Which line it is of, by the number in which they were written."""


@cache
def _files() -> dict[str, Path]:
    return {file.name: file for folder in _FOLDERS if folder.is_dir() for file in folder.rglob("*.[to]tf")}


@cache
def face(name: str, size: int) -> Font:
    """A font of this system, or the one that Pillow brings along."""
    for file in _FACES[name]:
        if file in _files():
            return ImageFont.truetype(str(_files()[file]), size)
    font = ImageFont.load_default(size=size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


@dataclass(slots=True)
class Paper:
    """A picture and the words on it."""

    width: int
    height: int
    ground: str
    words: list[Word] = field(default_factory=list)
    image: Image.Image = field(init=False)
    pen: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width, self.height), self.ground)
        self.pen = ImageDraw.Draw(self.image)

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """(h, w, 3) RGB."""
        return np.array(self.image)

    def write(self, x: int, y: int, line: str, font: Font, fill: str) -> None:
        """One line with its top left corner there; what would not fit is not written."""
        at, row = 0, self._next_row()
        for word in line.split():
            at = line.index(word, at)
            left = x + round(font.getlength(line[:at]))
            ink = font.getbbox(word)
            box = Rect(left + int(ink[0]), y + int(ink[1]), max(1, int(ink[2] - ink[0])), max(1, int(ink[3] - ink[1])))
            if box.right > self.width - 2:
                return
            self.pen.text((left, y), word, font=font, fill=fill)
            if box.bottom <= self.height:
                self.words.append(Word(text=word, box=box, row=row))
            at += len(word)

    def paste(self, other: "Paper", left: int, top: int, height: int, down: int = 0) -> None:
        """`height` rows of another paper, those from `down` on; words that are cut through are not counted."""
        self.cover(Rect(left, top, other.width, height))
        self.image.paste(other.image.crop((0, down, other.width, down + height)), (left, top))
        row = self._next_row()
        for word in other.words:
            if word.box.top >= down and word.box.bottom <= down + height:
                self.words.append(replace(word, box=word.box.moved(left, top - down), row=row + word.row))

    def _next_row(self) -> int:
        return 1 + max((word.row for word in self.words), default=0)

    def cover(self, rect: Rect) -> None:
        """Whatever is written there is not to be seen any more."""
        self.words = [word for word in self.words if word.box.meet(rect).empty]


def wrapped(text: str, font: Font, width: float) -> list[str]:
    """A text as lines of at most this width."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines
