"""Small screens drawn by the second: letters that come; clocks, carets, spinners and signs that go on by themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app.bench.capture.going_on import CARETS, SIGNS, SPINNERS, Hand
from app.bench.ocr.paper import Font, face

SIZE = (640, 400)
_THEMES = (
    ("#ffffff", "#000000"),
    ("#1e1e1e", "#dddddd"),
    ("#fdf6e3", "#657b83"),
    ("#002b36", "#93a1a1"),
    ("#ece5dd", "#303030"),
    ("#ffffff", "#8a8a8a"),
    ("#0b141a", "#e9edef"),
)
_FACES = ("", "sans", "narrow", "mono", "serif", "round")
TWO = ("ok", "ja", "no", "hi", "OK", "Ja", "nö", "да", "k.", "ty", "10", ":)", "jo", "il", "I!")
ONE = ("k", "a", "y", "J", "5", "?", "x", "M")
BEGINS = datetime(2026, 11, 21, 9, 0)
Paint = Callable[[Image.Image, ImageDraw.ImageDraw, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A screen of some rows of text, and what is painted on it at a second."""

    ground: Image.Image
    paint: Paint
    ends_s: float
    comes_s: float | None = None
    """When something that must be kept comes; None: nothing may be."""
    begins: datetime = BEGINS
    """The moment of second 0."""

    def at(self, second: float) -> Image.Image:
        """What stands on the screen."""
        image = self.ground.copy()
        self.paint(image, ImageDraw.Draw(image), second)
        return image


def font_of(number: int, size: int) -> Font:
    """One of the faces, an empty name being the one that Pillow brings along."""
    name = _FACES[number]
    if name:
        return face(name, size)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


class _Rows:
    """Rows of text in a random look."""

    def __init__(self, random: np.random.Generator, least: int = 10, most: int = 28) -> None:
        self.random = random
        self.ground, self.ink = _THEMES[random.integers(len(_THEMES))]
        self.size = int(random.integers(least, most + 1))
        self.font = font_of(int(random.integers(len(_FACES))), self.size)
        self.row = int(self.size * random.uniform(1.3, 1.7))
        self.left, self.top = int(random.integers(5, 60)), int(random.integers(40, 60))
        self.rows = int(random.integers(1, max(2, (SIZE[1] - 120) // self.row - 1)))
        self.image = Image.new("RGB", SIZE, self.ground)
        self.pen = ImageDraw.Draw(self.image)
        for number in range(self.rows):
            where = self.left, self.top + number * self.row
            self.pen.text(where, f"Line {number}: said in the morning", fill=self.ink, font=self.font)

    @property
    def next(self) -> int:
        """Where the row begins that comes next."""
        return self.top + self.rows * self.row

    def hand(self, left: int, top: int) -> Hand:
        """What draws with this look at a place."""
        return Hand(left=left, top=top, size=self.size, row=self.row, ink=self.ink, ground=self.ground, font=self.font)


def _pick(random: np.random.Generator, of: tuple[str, ...]) -> str:
    return of[int(random.integers(len(of)))]


def letters(random: np.random.Generator, words: tuple[str, ...]) -> Scene:
    """A word comes alone, in most scenes beside a clock and a caret, in some behind a name or anywhere."""
    rows = _Rows(random)
    word, where, noise = _pick(random, words), int(random.integers(3)), bool(random.random() < 0.7)
    left, top = rows.left, rows.next
    if where == 1:
        rows.pen.text((left, top), "Dana: ", fill=rows.ink, font=rows.font)
        left += int(rows.pen.textlength("Dana: ", font=rows.font))
    if where == 2:
        left, top = int(random.integers(5, 500)), top + int(random.integers(0, 9))
    phase, comes = float(random.random()), float(random.uniform(12, 18))
    caret = int(random.integers(20, 600)), int(random.integers(top + 2 * rows.row, top + 3 * rows.row))
    small = font_of(0, 13)

    def paint(image: Image.Image, pen: ImageDraw.ImageDraw, second: float) -> None:
        if noise:
            pen.text((560, 6), f"10:{10 + int(second // 60)}:{int(second) % 60:02}", fill=rows.ink, font=small)
            if int((second + phase) / 0.53) % 2:
                pen.rectangle((*caret, caret[0] + 1, caret[1] + rows.size), fill=rows.ink)
        if second >= comes:
            pen.text((left, top), word, fill=rows.ink, font=rows.font)

    return Scene(ground=rows.image, paint=paint, ends_s=45, comes_s=comes)


def typed(random: np.random.Generator) -> Scene:
    """Two letters are typed where a caret blinked, and it blinks behind them."""
    rows = _Rows(random)
    word, comes, wide = _pick(random, TWO), float(random.uniform(12, 40)), int(random.integers(0, 3))
    length = rows.pen.textlength(word, font=rows.font)

    def paint(image: Image.Image, pen: ImageDraw.ImageDraw, second: float) -> None:
        left = float(rows.left)
        if second >= comes:
            pen.text((left, rows.next), word, fill=rows.ink, font=rows.font)
            left += length + 1
        if (second / 0.53) % 2 < 1:
            pen.rectangle((left, rows.next - 1, left + wide, rows.next + rows.size * 1.15), fill=rows.ink)

    return Scene(ground=rows.image, paint=paint, ends_s=comes + 60, comes_s=comes)


def clock(random: np.random.Generator) -> Scene:
    """A clock in no panel, by the minute or the second, for ten minutes."""
    rows = _Rows(random, 9, 22)
    seconds, twelve, zero, date = (bool(random.random() < share) for share in (0.5, 0.3, 0.7, 0.3))
    begins = BEGINS.replace(hour=0) + timedelta(seconds=float(random.integers(0, 86_400)))
    anchor = ("la", "ra", "ma")[int(random.integers(3))]
    left = int(random.integers(5, 520)) if anchor == "la" else int(random.integers(120, 520))
    top = int(random.integers(4, 12)) if random.random() < 0.5 else SIZE[1] - 60

    def paint(image: Image.Image, pen: ImageDraw.ImageDraw, second: float) -> None:
        now = begins + timedelta(seconds=second)
        hour = (now.hour % 12 or 12) if twelve else now.hour
        said = f"{hour:02}" if zero else f"{hour}"
        said = (f"{now:%a %d %b}  " if date else "") + said + (f"{now::%M:%S}" if seconds else f"{now::%M}")
        pen.text((left, top), f"{said} {now:%p}" if twelve else said, fill=rows.ink, font=rows.font, anchor=anchor)

    return Scene(ground=rows.image, paint=paint, ends_s=600, begins=begins)


def caret(random: np.random.Generator) -> Scene:
    """A caret of any kind that blinks; in half of the scenes it is somewhere else every twenty seconds."""
    rows = _Rows(random)
    kind, moves = _pick(random, tuple(CARETS)), bool(random.random() < 0.5)
    period, wide = float(random.uniform(0.4, 1.2)), int(random.integers(0, 3))
    anywhere = [(int(random.integers(5, 600)), int(random.integers(40, 370))) for _ in range(40)]
    cell = int(rows.size * 0.6)
    cells = [(rows.left + n % 30 * cell, rows.next + n // 30 * rows.row) for n in random.integers(0, 90, 40).tolist()]

    def paint(image: Image.Image, pen: ImageDraw.ImageDraw, second: float) -> None:
        at = int(second // 20) if moves else 0
        if (second / period) % 2 < 1 or kind == "frame":
            CARETS[kind](pen, rows.hand(*(anywhere if kind == "bar" else cells)[at]), wide)

    return Scene(ground=rows.image, paint=paint, ends_s=300)


def spinner(random: np.random.Generator) -> Scene:
    """Something turns for some seconds."""
    rows = _Rows(random)
    kind, side = _pick(random, tuple(SPINNERS)), int(random.integers(12, 33))
    place = int(random.integers(20, 580)), int(random.integers(60, 350))
    period, begins = float(random.uniform(0.6, 1.6)), float(random.uniform(4, 20))
    ends, steps = begins + float(random.uniform(3, 120)), (8, 12)[int(random.integers(2))]
    hand = rows.hand(*place)

    def paint(image: Image.Image, pen: ImageDraw.ImageDraw, second: float) -> None:
        if begins <= second < ends:
            SPINNERS[kind](pen, hand, side, second / period % 1, steps)

    return Scene(ground=rows.image, paint=paint, ends_s=160)


def sign(random: np.random.Generator) -> Scene:
    """A load, a rate, a battery, a signal or a volume, in no panel."""
    rows = _Rows(random, 9, 18)
    kind, seed = _pick(random, tuple(SIGNS)), int(random.integers(1 << 30))
    place = int(random.integers(150, 560)), (6, SIZE[1] - 60)[int(random.integers(2))]
    hand, level = rows.hand(*place), int(random.integers(12, 101))

    def paint(image: Image.Image, pen: ImageDraw.ImageDraw, second: float) -> None:
        SIGNS[kind](pen, hand, second, seed, level)

    return Scene(ground=rows.image, paint=paint, ends_s=300)


MUST: Mapping[str, Callable[[np.random.Generator], Scene]] = {
    "two letters": lambda random: letters(random, TWO),
    "two letters typed where a caret blinks": typed,
    "one letter": lambda random: letters(random, ONE),
}
"""What is to be kept."""
MUST_NOT: Mapping[str, Callable[[np.random.Generator], Scene]] = {
    "clocks": clock,
    "carets": caret,
    "spinners": spinner,
    "load, network, battery, volume, signal": sign,
}
"""What goes on by itself."""
