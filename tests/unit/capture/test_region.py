"""Areas of rectangles, held against a grid of pixels that is counted one by one."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.capture.rect import Rect
from core.capture.region import area, eroded, within, without

SIDE = 24
RECTS = st.lists(
    st.builds(Rect, st.integers(-3, SIDE), st.integers(-3, SIDE), st.integers(0, 14), st.integers(0, 14)), max_size=7
)


def grid(rects: Sequence[Rect]) -> np.ndarray:
    """How often each pixel is in them, from -20 to 60 each way."""
    pixels = np.zeros((80, 80), dtype=int)
    for rect in rects:
        if not rect.empty:
            pixels[rect.top + 20 : rect.bottom + 20, rect.left + 20 : rect.right + 20] += 1
    return pixels


@given(RECTS)
def test_an_area_has_each_pixel_of_its_rectangles_once(rects: list[Rect]) -> None:
    assert np.array_equal(grid(area(rects)), np.minimum(grid(rects), 1))
    assert not any(rect.empty for rect in area(rects))


@given(RECTS, RECTS)
def test_what_is_left_and_what_is_within_are_exactly_those_pixels(rects: list[Rect], others: list[Rect]) -> None:
    whole, taken = grid(area(rects)) > 0, grid(others) > 0
    assert np.array_equal(grid(without(area(rects), others)), (whole & ~taken).astype(int))
    assert np.array_equal(grid(within(area(rects), others)), (whole & taken).astype(int))


@given(RECTS, st.integers(0, 5))
def test_an_eroded_area_keeps_the_pixels_that_are_far_enough_from_its_edge(rects: list[Rect], by: int) -> None:
    inside = grid(rects) > 0
    expected = inside.copy()
    for down in range(-by, by + 1):
        for across in range(-by, by + 1):
            expected &= np.roll(inside, (down, across), axis=(0, 1))
    assert np.array_equal(grid(eroded(rects, by)), expected.astype(int))


def test_two_windows_side_by_side_hide_what_lies_behind_their_seam() -> None:
    halves = (Rect(0, 0, 50, 40), Rect(50, 0, 50, 40))
    assert grid(eroded(halves, 4))[20 + 4 : 20 + 36, 20 + 4 : 20 + 57].all()
