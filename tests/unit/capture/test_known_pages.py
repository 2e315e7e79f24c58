"""What is read again of a frame after other frames: merged, it is what a reader of the whole frame tells."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bench.ocr.paper import Paper, Word, face
from core.capture.rect import Rect
from core.capture.screen.engine import cut, flat
from core.capture.screen.known import KnownPages
from core.capture.screen.page import Line, ReadPage
from core.capture.screen.rereading import read_page
from core.capture.screen.shifts import shifts
from core.memory import WordBox

WIDTH, HEIGHT = 640, 400
CUT = "✂"
"""What is read of a word of which only a part was shown."""


@dataclass(slots=True)
class PerfectEyes:
    """Reads what was written on the paper, where it is asked to, and counts how much it was given to read."""

    paper: Paper
    area: int = 0
    pixels: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.pixels = self.paper.pixels

    def recognise(self, places: Sequence[Rect]) -> list[Line]:
        self.area += sum(place.area for place in places)
        return [tuple(self._in(place, place.top, place.height)) for place in places]

    def detect(self, places: Sequence[Rect]) -> list[Line]:
        self.area += sum(place.area for place in places)
        return [line for place in places for line in self._lines(place)]

    def blank(self, place: Rect) -> bool:
        return flat(cut(self.pixels, place))

    def _lines(self, place: Rect) -> list[Line]:
        rows: dict[int, list[Word]] = {}
        for word in self.paper.words:
            if not word.box.meet(place).empty:
                rows.setdefault(word.row, []).append(word)
        lines = []
        for words in rows.values():
            box = words[0].box
            for word in words[1:]:
                box = box.join(word.box)
            lines.append(tuple(self._in(place.meet(box.grown(1)), box.top, box.height)))
        return lines

    def _in(self, place: Rect, top: int, height: int) -> list[WordBox]:
        found = []
        for word in sorted(self.paper.words, key=lambda word: word.box.left):
            shown = word.box.meet(place)
            if shown.area * 3 > word.box.area:
                whole = shown.width >= word.box.width - 1 and shown.height * 10 >= word.box.height * 8
                found.append(
                    WordBox(
                        text=word.text if whole else CUT, left=shown.left, top=top, width=shown.width, height=height
                    )
                )
        return found


def words_of(page: ReadPage) -> list[str]:
    return sorted(box.text for box in page.boxes)


def written(paper: Paper) -> list[str]:
    return sorted(word.text for word in paper.words)


@dataclass(slots=True)
class Screen:
    """Two documents that can be typed into and scrolled; one of them is shown."""

    shown: int = 0
    texts: list[list[str]] = field(default_factory=lambda: [["one two", "three"], []])
    downs: list[int] = field(default_factory=lambda: [0, 0])

    def do(self, what: str, number: int) -> None:
        text = self.texts[self.shown]
        if what == "type":
            text[-1:] = [f"{text[-1] if text else ''} w{number}".strip()]
        elif what == "line":
            text.append(f"line {number} says")
        elif what == "insert":
            text.insert(number % (len(text) + 1), f"new {number} here")
        elif what == "change" and text:
            at = number % len(text)
            text[at] = " ".join([*text[at].split()[:1], f"c{number}", *text[at].split()[2:]])
        elif what == "delete" and text:
            del text[number % len(text)]
        elif what == "scroll":
            self.downs[self.shown] = max(0, self.downs[self.shown] + (number % 90) - 30)
        elif what == "switch":
            self.shown = 1 - self.shown

    def paper(self) -> Paper:
        font, ground = face("sans", 14), ("#ffffff", "#1e1e1e")[self.shown]
        ink = ("#111111", "#dddddd")[self.shown]
        long = Paper(WIDTH - 140, HEIGHT * 4, ground)
        for n, line in enumerate(self.texts[self.shown][:60]):
            long.write(10, 8 + 24 * n, line, font, ink)
        paper = Paper(WIDTH, HEIGHT, "#c0c8d0")
        paper.write(12, 6, ("Letter", "Terminal")[self.shown], font, "#000000")
        paper.write(12, 60, "Folder", font, "#000000")
        paper.paste(long, 120, 30, HEIGHT - 40, self.downs[self.shown])
        return paper


deeds = st.tuples(
    st.sampled_from(["type", "type", "line", "line", "insert", "change", "delete", "scroll", "scroll", "switch"]),
    st.integers(0, 999),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(deeds, min_size=1, max_size=4), min_size=1, max_size=9))
def test_a_page_merged_of_what_changed_is_the_page_read_whole(steps: list[list[tuple[str, int]]]) -> None:
    screen, known = Screen(), KnownPages()
    for step in [[], *steps]:
        for what, number in step:
            screen.do(what, number)
        paper = screen.paper()
        expected = known.expect("m", paper.pixels)
        page = read_page(PerfectEyes(paper), WIDTH, HEIGHT, expected.page, expected.changed)
        known.keep("m", paper.pixels, page)
        whole = read_page(PerfectEyes(paper), WIDTH, HEIGHT)
        assert words_of(page) == words_of(whole)
        for box in page.boxes:
            assert any(
                word.text == box.text
                and abs(word.box.left - box.left) <= 2
                and box.top <= word.box.top + 3
                and box.top + box.height >= word.box.bottom - 3
                for word in paper.words
            )


def read_after(known: KnownPages, paper: Paper) -> tuple[ReadPage, int]:
    """The page, and the pixels that were given to the eyes."""
    eyes = PerfectEyes(paper)
    expected = known.expect("m", paper.pixels)
    page = read_page(eyes, WIDTH, HEIGHT, expected.page, expected.changed)
    known.keep("m", paper.pixels, page)
    return page, eyes.area


def full(count: int = 40) -> Screen:
    return Screen(texts=[[f"line {n} of many words {n * n}" for n in range(count)], [f"other {n}" for n in range(9)]])


def test_a_page_that_comes_back_is_not_read_again() -> None:
    screen, known = full(), KnownPages()
    first, whole = read_after(known, screen.paper())
    assert whole == WIDTH * HEIGHT
    screen.do("switch", 0)
    read_after(known, screen.paper())
    screen.do("switch", 0)
    again, area = read_after(known, screen.paper())
    assert (words_of(again), area) == (words_of(first), 0)


@pytest.mark.parametrize("by", [31, 48, 55, 75])
def test_scrolled_lines_are_moved_and_only_new_ones_are_read(by: int) -> None:
    screen, known = full(), KnownPages()
    read_after(known, screen.paper())
    screen.downs[0] = by
    page, area = read_after(known, screen.paper())
    assert set(written(screen.paper())) <= set(words_of(page))
    assert area < WIDTH * HEIGHT * 0.35


def test_a_word_typed_at_the_end_of_a_long_line_is_read_with_its_neighbour_alone() -> None:
    screen, known = Screen(texts=[["a line that has a good many words in it already"], []]), KnownPages()
    read_after(known, screen.paper())
    screen.do("type", 7)
    page, area = read_after(known, screen.paper())
    assert words_of(page) == written(screen.paper())
    assert area < 120 * 24


def test_a_locked_screen_leaves_no_page_behind() -> None:
    known = KnownPages()
    read_after(known, full().paper())
    known.forget()
    assert known.expect("m", full().paper().pixels).page is None


@given(st.integers(-150, 150), st.integers(0, 3))
def test_how_far_a_text_was_scrolled_is_seen(by: int, seed: int) -> None:
    rows = np.random.default_rng(seed).integers(0, 255, (700, 320), dtype=np.uint8)
    before, after = rows[200:500].copy(), rows[200 - by : 500 - by].copy()
    before[:, 300:], after[:, 300:] = 255, 255
    found = shifts(before, after, [Rect(0, 0, 320, 300)])
    assert found[:1] == ((by,) if by else ())


def test_nothing_scrolled_is_no_shift() -> None:
    rows = np.random.default_rng(5).integers(0, 255, (2, 300, 320), dtype=np.uint8)
    assert shifts(rows[0], rows[1], [Rect(0, 0, 320, 300)]) == ()
    assert shifts(np.zeros((300, 320), np.uint8), np.zeros((300, 320), np.uint8), [Rect(0, 0, 320, 300)]) == ()
