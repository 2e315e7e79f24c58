"""What counts as a change of the screen, on rendered pictures."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from core.capture.rect import Rect
from core.capture.screen.change import TILE, Seen, compare, look_at

FONT = ImageFont.load_default(size=14)


def desktop(dark: bool = False, *, lines: int = 12, clock: str = "10:41", size: tuple[int, int] = (1280, 800)):
    ground, ink = ("#1e1e1e", "#dddddd") if dark else ("white", "black")
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    for number in range(lines):
        draw.text((60, 40 + 24 * number), f"Line {number}: what was said in the morning", fill=ink, font=FONT)
    draw.text((1200, 6), clock, fill=ink, font=FONT)
    return image


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image)


@pytest.mark.parametrize("dark", [False, True])
def test_one_new_line_of_chat_is_a_change_and_a_minute_is_not(dark: bool) -> None:
    before = look_at(pixels(desktop(dark)))
    line = compare(before, look_at(pixels(desktop(dark, lines=13))))
    assert line.real
    assert line.tiles >= 15
    assert len(line.regions) == 1
    assert line.regions[0].meet(Rect(60, 328, 300, 20)).area > 0.6 * line.regions[0].area
    minute = compare(before, look_at(pixels(desktop(dark, clock="10:42"))))
    assert 0 < minute.tiles <= 4
    assert not minute.real


@pytest.mark.parametrize("word", ["yes", "done", "Friday", "4,200 EUR"])
def test_a_short_answer_is_a_change(word: str) -> None:
    after = desktop()
    ImageDraw.Draw(after).text((60, 400), word, fill="black", font=FONT)
    assert compare(look_at(pixels(desktop())), look_at(pixels(after))).real


@pytest.mark.parametrize("caret", [(2, 18), (8, 16), (10, 22)])
def test_a_caret_is_no_change(caret: tuple[int, int]) -> None:
    after = desktop()
    ImageDraw.Draw(after).rectangle((301, 395, 301 + caret[0], 395 + caret[1]), fill="black")
    assert not compare(look_at(pixels(desktop())), look_at(pixels(after))).real


def test_a_pale_grey_answer_on_white_is_a_change() -> None:
    after = desktop()
    ImageDraw.Draw(after).text((60, 400), "seen by Dana a moment ago", fill="#9a9a9a", font=FONT)
    assert compare(look_at(pixels(desktop())), look_at(pixels(after))).real


def test_figures_that_change_all_over_a_table_are_a_change() -> None:
    after = desktop()
    for row in range(6):
        ImageDraw.Draw(after).text((900, 100 + 60 * row), "7", fill="black", font=FONT)
    assert compare(look_at(pixels(desktop())), look_at(pixels(after))).real


def test_a_page_seen_before_in_the_same_window_is_not_new() -> None:
    seen = Seen()
    first, second = look_at(pixels(desktop())), look_at(pixels(desktop(lines=25)))
    assert seen.differs(first, "w").real
    seen.kept(first, "w")
    assert seen.differs(second, "w").real
    seen.kept(second, "w")
    assert not seen.differs(first, "w").real
    assert seen.differs(first, "another window").real


def test_a_clock_with_seconds_in_large_type_comes_to_rest_after_a_few_looks() -> None:
    big = ImageFont.load_default(size=40)
    seen = Seen()
    kept = []
    for second in range(180):
        image = desktop()
        ImageDraw.Draw(image).text((800, 500), f"10:{second // 60:02}:{second % 60:02}", fill="black", font=big)
        look = look_at(pixels(image))
        if seen.differs(look, "w").real:
            seen.kept(look, "w")
            kept.append(second)
    assert kept[0] == 0
    assert len(kept) <= 6
    after = desktop(lines=13)
    assert seen.differs(look_at(pixels(after)), "w").real


def test_another_size_is_another_picture() -> None:
    change = compare(look_at(pixels(desktop())), look_at(pixels(desktop(size=(1024, 768)))))
    assert change.real
    assert change.tiles == (1024 // TILE) * (768 // TILE)


@pytest.mark.parametrize("size", [(1, 1), (17, 3), (1366, 769)])
def test_any_size_can_be_compared(size: tuple[int, int]) -> None:
    black, white = (look_at(pixels(Image.new("RGB", size, colour))) for colour in ("black", "white"))
    change = compare(black, white)
    assert change.regions == (Rect(0, 0, *size),)
    assert compare(black, black).tiles == 0
