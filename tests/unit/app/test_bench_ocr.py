"""`mneme bench ocr`: what it counts as right, and the screens that it draws."""

from itertools import islice, pairwise

import numpy as np
import pytest

from app.bench.ocr import run
from app.bench.ocr.paper import Paper, face
from app.bench.ocr.score import Score, scored
from app.bench.ocr.screens import screens
from app.bench.ocr.session import session
from app.cli.session import Common, Session
from core.capture.screen.page import ReadPage, merged
from core.errors import BadInput
from core.memory import WordBox


def drawn() -> Paper:
    paper = Paper(400, 60, "white")
    paper.write(20, 20, "Dana pays Dana", face("sans", 16), "black")
    return paper


def read(*words: tuple[str, int]) -> ReadPage:
    boxes = [WordBox(text=text, left=left, top=22, width=40, height=14) for text, left in words]
    return merged((), ((box,) for box in boxes), 400, 60)


def test_a_word_is_right_with_every_letter_and_where_it_was_drawn() -> None:
    first, second, third = (word.box.left for word in drawn().words)
    score = scored(drawn().words, read(("Dana", first), ("pays", second), ("Dana", third)))
    assert (score.drawn, score.right, score.read) == (3, 3, 3)
    assert scored(drawn().words, read(("Dana", first), ("pay5", second))).right == 1
    assert scored(drawn().words, read(("Dana", 300), ("pays", second))).right == 1
    assert scored(drawn().words, read(("Dana", first + 3))).errors[0] == 3
    assert Score(2, 1, 2, (1,)) + Score(3, 2, 3, (4,)) == Score(5, 3, 5, (1, 4))


def test_screens_are_the_same_each_time_and_their_words_lie_in_them() -> None:
    for (name, one), (again, other) in zip(screens((800, 500)), screens((800, 500)), strict=True):
        assert name == again
        assert np.array_equal(one.pixels, other.pixels)
        assert one.words
        assert all(word.box.right <= 800 and word.box.bottom <= 500 for word in one.words)


def test_a_session_types_scrolls_chats_switches_and_comes_back() -> None:
    frames = list(session((800, 500)))
    assert {"typing", "scrolling", "chat lines", "switching", "coming back"} <= {kind for kind, _ in frames}
    assert all(not np.array_equal(a[1].pixels, b[1].pixels) for a, b in pairwise(frames))
    typed = [len(paper.words) for kind, paper in islice(frames, 9)]
    assert typed == sorted(typed)


@pytest.mark.parametrize("asked", [["--size", "12"], ["--engines", "other"], ["--parts", "all"], ["--most", "few"]])
def test_what_it_does_not_know_is_a_sentence(asked: list[str]) -> None:
    with pytest.raises(BadInput):
        run(asked, Session(Common()))
