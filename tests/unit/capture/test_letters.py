"""Two letters that come alone, on drawn screens, and all that comes and goes by itself beside them."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from core.capture.rect import Rect
from core.capture.screen.change import Seen, look_at

SIZE = (640, 400)
THEMES = [
    ("#ffffff", "#000000"),
    ("#1e1e1e", "#dddddd"),
    ("#fdf6e3", "#657b83"),
    ("#ffffff", "#8a8a8a"),
    ("#0b141a", "#e9edef"),
]
TIMES = [0.0, 5.0, 10.0, 15.0, 16.5, 18.0, 23.0, 28.0]
"""Seconds of the looks: what comes at 12 is first seen at 15, and looked at again soon."""
COMES = 12.0
Paint = Callable[["Drawn", ImageDraw.ImageDraw, float], None]


class Drawn:
    """A screen with some rows of text, its look chosen by a number."""

    def __init__(self, number: int) -> None:
        random = np.random.default_rng(number)
        self.number = number
        self.ground, self.ink = THEMES[number % len(THEMES)]
        self.size = int(random.integers(10, 29))
        self.font = ImageFont.load_default(size=self.size)
        self.row = int(self.size * random.uniform(1.3, 1.7))
        self.left, self.top = int(random.integers(5, 60)), int(random.integers(40, 60))
        self.spot, self.phase = int(random.integers(30, 500)), float(random.uniform(0.7, 1.5))
        self.rows = int(random.integers(1, max(2, (SIZE[1] - 120) // self.row - 1)))

    @property
    def next(self) -> int:
        """Where the next row begins."""
        return self.top + self.rows * self.row

    def kept(
        self,
        paint: Paint,
        times: Sequence[float] = TIMES,
        quiet: Sequence[Rect] = (),
        begins: datetime | None = None,
    ) -> list[float]:
        """When a look was let through, the first one left out; `begins`: the moment of second 0."""
        seen, found = Seen(), []
        for second in times:
            image = Image.new("RGB", SIZE, self.ground)
            pen = ImageDraw.Draw(image)
            for number in range(self.rows):
                words = f"Line {number}: said in the morning"
                pen.text((self.left, self.top + number * self.row), words, fill=self.ink, font=self.font)
            paint(self, pen, second)
            look = look_at(np.asarray(image))
            if seen.differs(look, "w", quiet, begins and begins + timedelta(seconds=second)).real:
                seen.kept(look, "w")
                found.append(second)
        assert found[0] == times[0]
        return found[1:]

    def ticking(self, pen: ImageDraw.ImageDraw, second: float) -> None:
        """A clock with seconds above and a caret that blinks below."""
        pen.text((560, 6), f"10:41:{int(second):02}", fill=self.ink, font=ImageFont.load_default(size=13))
        if int(second / 0.53) % 2:
            pen.rectangle((400, 380 - self.size, 401, 380), fill=self.ink)


@pytest.mark.parametrize("word", ["ok", "ja", "no", "hi", "OK", "nö", "10", "jo"])
def test_two_letters_alone_are_a_change_at_once_or_once_they_have_stayed(word: str) -> None:
    def paint(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        if drawn.number % 3:
            drawn.ticking(pen, second)
        if second >= COMES:
            pen.text((drawn.spot, drawn.next), word, fill=drawn.ink, font=drawn.font)

    for number in range(40):
        assert Drawn(number).kept(paint) in ([15.0], [18.0]), f"{word!r} on screen {number}"


def test_two_letters_behind_a_name_that_stood_there_are_a_change() -> None:
    def paint(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        said = "Dana: ok" if second >= COMES else "Dana: "
        pen.text((drawn.left, drawn.next), said, fill=drawn.ink, font=drawn.font)

    for number in range(40):
        assert Drawn(number).kept(paint) in ([15.0], [18.0]), f"screen {number}"


@pytest.mark.parametrize("caret", ["bar", "block", "frame", "line"])
def test_a_caret_that_comes_and_blinks_is_no_change(caret: str) -> None:
    def paint(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        left, top, wide, high = drawn.spot, drawn.next, int(drawn.size * 0.6), min(drawn.row, 36)
        if second < 5 or (caret != "frame" and int(second / 0.6) % 2):
            return
        if caret == "bar":
            pen.rectangle((left, top, left + drawn.number % 3, top + high), fill=drawn.ink)
        elif caret == "block":
            pen.rectangle((left, top, left + wide, top + high), fill=drawn.ink)
        elif caret == "frame":
            pen.rectangle((left, top, left + wide, top + high), outline=drawn.ink)
        else:
            pen.rectangle((left, top + high - 2, left + wide, top + high), fill=drawn.ink)

    for number in range(16):
        assert Drawn(number).kept(paint, [1.3 * n for n in range(40)]) == [], f"screen {number}"


@pytest.mark.parametrize("anchor", ["la", "ma", "ra"])
@pytest.mark.parametrize("form", ["{h:02}:{m:02}", "{h}:{m:02}", "{h:02}:{m:02}:{s:02}", "Sat 21 Nov  {h:02}:{m:02}"])
def test_a_clock_is_no_change_by_the_minute_or_by_the_second(form: str, anchor: str) -> None:
    def paint(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        at = 3600 * (drawn.number % 24) + int(60 * drawn.phase + second)
        said = form.format(h=at // 3600, m=at // 60 % 60, s=at % 60)
        font = ImageFont.load_default(size=9 + drawn.number)
        pen.text((150 + drawn.spot // 2, 350), said, fill=drawn.ink, font=font, anchor=anchor)

    for number in range(5):
        assert Drawn(number).kept(paint, [5.03 * n for n in range(60)]) == [], f"screen {number}"


def test_in_a_panel_a_clock_is_no_change_when_the_hour_ends_nor_is_an_icon_that_comes() -> None:
    def paint(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        at = 10 * 3600 + 59 * 60 + 50 + int(second)
        font = ImageFont.load_default(size=12 + drawn.number % 8)
        pen.text((600, 360), f"{at // 3600}:{at // 60 % 60:02}", fill=drawn.ink, font=font, anchor="ra")
        if second >= COMES:
            pen.ellipse((400, 360, 416, 376), outline=drawn.ink, width=3)

    for number in range(20):
        drawn = Drawn(number)
        drawn.rows = 1
        assert drawn.kept(paint, quiet=(Rect(0, 340, 640, 60),)) == [], f"screen {number}"
        assert drawn.kept(paint) != [], "elsewhere a sign that comes and stays can be read"


def test_a_spinner_of_a_letters_size_is_no_change() -> None:
    def paint(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        if not COMES <= second < 60:
            return
        radius, first = 3 + drawn.number % 2, second / drawn.phase % 1 * 8
        for dot in range(3):
            angle = 2 * math.pi * (first + dot) / 8
            x, y = drawn.spot + radius * math.cos(angle), drawn.next + 20 + radius * math.sin(angle)
            pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=drawn.ink)

    for number in range(40):
        times = [0.0, 5.0, 10.0, 15.0, 16.5, 18.5, 23.5, 25.0, 27.0, 32.0, 33.5, 35.5, 40.5]
        assert Drawn(number).kept(paint, times) == [], f"screen {number}"


def test_a_word_that_gives_way_to_another_in_its_place_is_a_change_at_once_or_once_it_stays() -> None:
    def paint(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        said = "Pending" if second < COMES else "Settled"
        pen.text((drawn.left, drawn.next), said, fill=drawn.ink, font=drawn.font)

    for number in range(20):
        assert Drawn(number).kept(paint) in ([15.0], [18.0]), f"screen {number}"


@pytest.mark.parametrize("caret", ["block", "frame"])
def test_a_caret_of_large_letters_that_jumps_to_another_line_is_no_change(caret: str) -> None:
    def paint(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        jump = int(second // 20)
        wide, high = 14 + drawn.number % 5, 36 + drawn.number
        left, top = 40 + 97 * jump % 500, 300 - 53 * (jump % 4)
        how = {"fill": drawn.ink} if caret == "block" else {"outline": drawn.ink}
        pen.rectangle((left, top, left + wide, top + high), **how)

    for number in range(14):
        drawn = Drawn(number)
        drawn.rows = 1
        assert drawn.kept(paint, [5.03 * n for n in range(40)]) == [], f"screen {number}"


@pytest.mark.parametrize("side", [16, 20, 24, 28, 32])
def test_an_arc_that_turns_is_no_change_however_large(side: int) -> None:
    def paint(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        if COMES <= second < 60:
            x, y, turn = drawn.spot, 340, second / (drawn.phase * 0.9) * 360
            pen.arc((x, y, x + side, y + side), turn, turn + 100, fill=drawn.ink, width=2)

    for number in range(20):
        drawn = Drawn(number)
        drawn.rows = 4
        times = [0.0, 5.0, 10.0, 15.0, 16.5, 18.5, 23.5, 25.0, 27.0, 32.0, 33.5, 35.5, 40.5]
        assert drawn.kept(paint, times) == [], f"screen {number}"


def test_where_something_ticks_what_gives_way_as_an_hour_ends_is_a_clock_and_a_word_is_not() -> None:
    begins = datetime(2026, 11, 21, 10, 57, 30)

    def clock(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        now = begins + timedelta(seconds=second)
        pen.text((150 + drawn.spot // 2, 350), f"{now:%H:%M}", fill=drawn.ink, font=drawn.font, anchor="la")

    def word(drawn: Drawn, pen: ImageDraw.ImageDraw, second: float) -> None:
        said = "Pending" if second < 150 else "Settled"
        pen.text((drawn.left, drawn.next), said, fill=drawn.ink, font=drawn.font)

    times = [*(5.03 * n for n in range(30)), 151.0, 152.5, 154.5, *(160 + 5.03 * n for n in range(30))]
    for number in range(20):
        assert Drawn(number).kept(clock, times, begins=begins) == [], f"screen {number}"
        assert Drawn(number).kept(word, times, begins=begins) in ([151.0], [154.5]), f"screen {number}"
