"""Paper for drawn screens: what is written on it is kept as words with boxes, as a perfect reader would tell them."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.capture.screen.page import Line, ReadPage, line_box, merged
from core.memory import WordBox

Font = ImageFont.FreeTypeFont
Colour = str

_FOLDERS = (Path("/usr/share/fonts/truetype/dejavu"), Path("/usr/share/fonts/opentype/urw-base35"))
_FACES = {
    "sans": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "narrow": ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"),
    "nimbus": ("NimbusSans-Regular.otf", "NimbusSans-Bold.otf"),
    "gothic": ("URWGothic-Book.otf", "URWGothic-Demi.otf"),
    "mono": ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"),
    "serif": ("DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"),
}
_APART = 1.0
"""Heights of a line from which two runs beside each other are two lines to a reader."""


@cache
def face(name: str, size: int, bold: bool = False) -> Font:
    """A font of this system, or the one that Pillow brings along."""
    file = _FACES[name][bold] if name in _FACES else ""
    for folder in _FOLDERS:
        if file and (folder / file).exists():
            return ImageFont.truetype(str(folder / file), size)
    font = ImageFont.load_default(size=size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


@dataclass(slots=True)
class Sheet:
    """A picture and the runs of words on it."""

    width: int
    height: int
    ground: Colour
    image: Image.Image = field(init=False)
    pen: ImageDraw.ImageDraw = field(init=False)
    runs: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width, self.height), self.ground)
        self.pen = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, words: str, font: Font, fill: Colour, *, right: bool = False) -> int:
        """Write one run with its top left (or top right) corner there; where it ends."""
        left = x - font.getlength(words) if right else x
        self.pen.text((left, y), words, font=font, fill=fill)
        up, down = font.getmetrics()
        top, height = int(y + up * 0.16), int((up + down) * 0.86)
        run = []
        at = 0
        for word in words.split():
            at = words.index(word, at)
            begin, end = font.getlength(words[:at]), font.getlength(words[: at + len(word)])
            run.append(
                WordBox(text=word, left=int(left + begin), top=top, width=max(1, int(end - begin)), height=height)
            )
            at += len(word)
        if run:
            self.runs.append(tuple(run))
        return int(left + font.getlength(words))

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: int = 0) -> None:
        """A filled rectangle, behind what is written later."""
        self.pen.rounded_rectangle((left, top, right, bottom), radius, fill=fill)

    def disc(self, left: float, top: float, size: int, fill: Colour) -> None:
        """An avatar, a mark of who is there."""
        self.pen.ellipse((left, top, left + size, top + size), fill=fill)

    def show(self, other: "Sheet", left: int, top: int, height: int, down: int) -> None:
        """Put `height` rows of another sheet here, those from `down` on; what is cut through is not readable."""
        self.image.paste(other.image.crop((0, down, other.width, down + height)), (left, top))
        for run in other.runs:
            box = line_box(run)
            if box.top >= down - box.height * 0.2 and box.bottom <= down + height + box.height * 0.2:
                self.runs.append(tuple(_moved(word, left, top - down) for word in run))

    @property
    def lines(self) -> tuple[Line, ...]:
        """As a reader tells them: runs that nearly touch are one line, rows from the top."""
        rows: list[list[Line]] = []
        for run in sorted(self.runs, key=lambda run: (run[0].left, run[0].top)):
            box = line_box(run)
            for row in rows:
                last = line_box(row[-1])
                level = min(last.bottom, box.bottom) - max(last.top, box.top)
                near = -2 <= box.left - last.right < _APART * min(box.height, last.height)
                if near and level > 0.6 * min(box.height, last.height):
                    row.append(run)
                    break
            else:
                rows.append([run])
        return merged((), (_levelled(row) for row in rows), self.width, self.height).lines

    @property
    def page(self) -> ReadPage:
        """What a perfect reader makes of it."""
        return ReadPage(lines=self.lines, width=self.width, height=self.height)

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """(h, w, 3) RGB."""
        return np.asarray(self.image)


def _moved(word: WordBox, right: int, down: int) -> WordBox:
    return WordBox(
        text=word.text, left=word.left + right, top=word.top + down, width=word.width, height=word.height
    )  # fmt: skip


def _levelled(row: list[Line]) -> Line:
    words = [word for run in row for word in run]
    box = line_box(words)
    return tuple(
        WordBox(text=word.text, left=word.left, top=box.top, width=word.width, height=box.height) for word in words
    )


def wrapped(words: str, font: Font, width: float) -> list[str]:
    """Lines of at most this width."""
    lines: list[str] = []
    for part in words.split("\n"):
        line = ""
        for word in part.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines
