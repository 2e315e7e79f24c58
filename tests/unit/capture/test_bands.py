"""Lines that a detector sees in bands of a picture are the lines of the picture."""

import random
from itertools import pairwise

import pytest

from core.capture.rect import Rect
from core.capture.screen.bands import MOST_PIXELS, OVERLAP, bands, joined

SIZES = [(1920, 1080), (1280, 800), (3840, 2160), (1080, 1920), (1366, 768), (300, 12_000)]


def seen(band: Rect, lines: list[Rect], shift: int = 0) -> list[Rect]:
    """What is found of lines in a band: the part that lies in it, a pixel off where `shift` says so."""
    parts = [line.meet(band) for line in lines]
    return [part.moved(0, shift).meet(band) for part in parts if part.height >= 6]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_bands_hold_every_row_share_some_and_are_small(width: int, height: int) -> None:
    found = bands(width, height)
    assert found[0].top == 0
    assert found[-1].bottom == height
    for upper, lower in pairwise(found):
        assert upper.bottom - lower.top >= OVERLAP
        assert lower.top > upper.top
    most = max(MOST_PIXELS, 200 * width) + 2 * OVERLAP * width
    assert all(band.area <= most for band in found)


def test_a_small_picture_is_one_band() -> None:
    assert bands(900, 600) == [Rect(0, 0, 900, 600)]
    assert bands(30_000, 40) == [Rect(0, 0, 30_000, 40)]


@pytest.mark.parametrize("seed", range(40))
def test_lines_come_out_once_and_whole_wherever_the_borders_lie(seed: int) -> None:
    chance = random.Random(seed)
    width, height = chance.choice(SIZES[:5])
    lines, top = [], chance.randrange(0, 20)
    while top < height - 70:
        high = chance.randrange(10, OVERLAP)
        left = 0
        while left < width - 300:
            lines.append(Rect(left + 20, top, chance.randrange(30, 250), high))
            left += 300
        top += high + chance.randrange(0, 30)
    parts = [(band, seen(band, lines)) for band in bands(width, height)]
    assert sorted(joined(parts)) == sorted(lines)


@pytest.mark.parametrize("seed", range(20))
def test_a_line_that_two_bands_see_a_little_differently_comes_out_once(seed: int) -> None:
    chance = random.Random(seed)
    lines = [Rect(50, top, 400, 20) for top in range(3, 1050, 27)]
    parts = [(band, seen(band, lines, chance.choice((-1, 0, 1)))) for band in bands(1920, 1080)]
    found = joined(parts)
    assert len(found) == len(lines)
    for box, line in zip(sorted(found, key=lambda box: box.top), lines, strict=True):
        assert abs(box.top - line.top) <= 1


def test_a_line_higher_than_what_bands_share_is_put_together() -> None:
    border = bands(1920, 1080)[1].top
    heading = Rect(100, border - 40, 900, OVERLAP + 90)
    beside = Rect(1200, border + 10, 300, 24)
    parts = [(band, seen(band, [heading, beside])) for band in bands(1920, 1080)]
    assert sorted(joined(parts)) == [heading, beside]
