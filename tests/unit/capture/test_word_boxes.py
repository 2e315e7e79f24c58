"""Boxes of words: to the ink."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.ocr.paper import Paper, face
from core.capture.rect import Rect
from core.capture.screen.word_boxes import placed, trimmed

TEXT = "Dana pays 4,711 EUR before Friday"


def crop(ground: str = "white", ink: str = "black", underline: bool = False) -> tuple[Paper, tuple[Rect, np.ndarray]]:
    paper = Paper(420, 30, ground)
    paper.write(30, 5, TEXT, face("sans", 16), ink)
    if underline:
        paper.pen.line((28, 26, 400, 26), fill=ink)
    return paper, (Rect(100, 200, 420, 30), paper.pixels)


@given(st.lists(st.integers(-5, 5), min_size=12, max_size=12))
def test_boxes_that_are_some_pixels_off_are_set_to_the_ink(off: list[int]) -> None:
    paper, line = crop()
    about = [(w.box.left + off[2 * n], w.box.right + off[2 * n + 1]) for n, w in enumerate(paper.words)]
    for box, word in zip(placed(TEXT.split(), about, line), paper.words, strict=True):
        assert abs(box.left - 100 - word.box.left) <= 1
        assert abs(box.left + box.width - 100 - word.box.right) <= 1
        assert (box.text, box.top, box.height) == (word.text, 200, 30)


@pytest.mark.parametrize(("ground", "ink"), [("#1e1e1e", "#9cdcfe"), ("white", "#ffee00"), ("#003366", "#cc3300")])
def test_coloured_letters_on_any_ground_are_ink(ground: str, ink: str) -> None:
    _, line = crop(ground, ink)
    found = trimmed(line)
    assert found is not None
    assert abs(found[0].left - 127) <= 2
    assert found[0].height == 30


def test_the_corner_of_a_bubble_beside_a_word_is_no_part_of_it() -> None:
    paper, line = crop("#d6f5cf")
    line[1][:4, 20:23], line[1][:4, 395:398] = 0, 0
    about = [(w.box.left + 1, w.box.right) for w in paper.words]
    boxes = placed(TEXT.split(), about, line)
    assert abs(boxes[0].left - 130) <= 2
    assert abs(boxes[-1].left + boxes[-1].width - 100 - paper.words[-1].box.right) <= 1


def test_the_rules_of_a_table_are_no_ink() -> None:
    paper, line = crop()
    line[1][[0, 29]] = 200
    about = [(w.box.left - 2, w.box.right + 2) for w in paper.words]
    for box, word in zip(placed(TEXT.split(), about, line), paper.words, strict=True):
        assert abs(box.left - 100 - word.box.left) <= 1
        assert abs(box.left + box.width - 100 - word.box.right) <= 1
    assert (
        trimmed((Rect(0, 0, 420, 30), np.where(np.arange(30)[:, None, None] < 2, 90, paper.pixels * 0 + 255))) is None
    )


def test_a_narrow_word_at_the_beginning_is_kept() -> None:
    paper = Paper(420, 30, "white")
    paper.write(30, 5, "I am here", face("sans", 16), "black")
    boxes = placed(
        ["I", "am", "here"],
        [(w.box.left - 1, w.box.right + 1) for w in paper.words],
        (Rect(0, 0, 420, 30), paper.pixels),
    )
    assert [abs(box.left - word.box.left) <= 1 for box, word in zip(boxes, paper.words, strict=True)] == [True] * 3


def test_an_underlined_line_keeps_what_the_recogniser_believes() -> None:
    paper, line = crop(underline=True)
    about = [(w.box.left + 2, w.box.right - 2) for w in paper.words]
    boxes = placed(TEXT.split(), about, line)
    assert [b.left - 100 for b in boxes][1:] == [begin for begin, _ in about][1:]


def test_nothing_drawn_is_no_line() -> None:
    assert trimmed((Rect(0, 0, 9, 9), np.full((9, 9, 3), 80, dtype=np.uint8))) is None
    assert trimmed((Rect(0, 0, 0, 0), np.zeros((0, 0, 3), dtype=np.uint8))) is None
    assert placed((), (), (Rect(0, 0, 9, 9), np.zeros((9, 9, 3), dtype=np.uint8))) == ()
