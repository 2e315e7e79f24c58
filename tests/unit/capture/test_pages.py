"""Which parts of a frame are read again, pictures made ready, titles in compound text."""

from io import BytesIO

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.capture.rect import Rect, covered
from core.capture.screen.compound_text import decode
from core.capture.screen.page import Part, ReadPage, merged, plan, stitched
from core.capture.screen.picture import encoded, filled
from core.memory import WordBox


def line(text: str, left: int, top: int) -> tuple[WordBox, ...]:
    return (WordBox(text=text, left=left, top=top, width=200, height=18),)


PAGE = merged((), (line("one", 40, 20), line("two", 40, 50), line("side", 400, 50), line("three", 40, 80)), 800, 600)


def test_a_page_reads_from_the_top_and_along_a_row() -> None:
    assert PAGE.text == "one\ntwo\nside\nthree"
    assert [box.text for box in PAGE.boxes] == ["one", "two", "side", "three"]


def test_a_first_page_and_another_size_are_read_whole() -> None:
    assert plan(None, (), 800, 600).detect == (Rect(0, 0, 800, 600),)
    assert plan(PAGE, (), 640, 480).detect == (Rect(0, 0, 640, 480),)


def test_a_changed_known_line_is_recognised_alone_and_the_others_stay() -> None:
    todo = plan(PAGE, (Rect(100, 52, 60, 12),), 800, 600)
    assert todo.detect == ()
    assert todo.recognise == (Part(rect=Rect(37, 50, 206, 18)),)
    assert [words[0].text for words in todo.kept] == ["one", "side", "three"]


def test_a_known_line_that_grew_is_read_in_its_new_width() -> None:
    todo = plan(PAGE, (Rect(200, 82, 120, 12),), 800, 600)
    assert todo.recognise == (Part(rect=Rect(37, 80, 286, 18)),)


def words(*texts: str, left: int = 40, top: int = 20) -> tuple[WordBox, ...]:
    """A line of words 50 pixels wide, 10 apart."""
    return tuple(WordBox(text=text, left=left + 60 * n, top=top, width=50, height=18) for n, text in enumerate(texts))


def test_of_a_long_line_only_the_changed_word_and_its_neighbours_are_read() -> None:
    page = merged((), (words(*"abcdefghi"),), 800, 600)
    (part,) = plan(page, (Rect(225, 22, 30, 12),), 800, 600).recognise
    assert part == Part(rect=Rect(155, 20, 180, 18), before=words(*"ab"), after=words(*"fghi", left=340))
    assert stitched(part, words("c", "D", "e", left=160)) == words(*"abcDefghi")
    assert stitched(part, ()) == (*part.before, *part.after)


def test_what_is_written_behind_a_line_goes_on_with_it() -> None:
    page = merged((), (words(*"abcdefghi"),), 800, 600)
    todo = plan(page, (Rect(590, 22, 80, 14),), 800, 600)
    assert todo.detect == ()
    assert todo.recognise == (Part(rect=Rect(515, 20, 158, 18), before=words(*"abcdefgh")),)


def test_what_is_written_far_behind_a_line_or_into_another_one_is_looked_for() -> None:
    far = plan(merged((), (words("a", "b"),), 800, 600), (Rect(300, 22, 80, 14),), 800, 600)
    assert (far.recognise, len(far.detect), len(far.kept)) == ((), 1, 1)
    beside = merged((), (words("a", "b"), words("z", left=200)), 800, 600)
    both = plan(beside, (Rect(100, 22, 120, 14),), 800, 600)
    assert (both.recognise, len(both.detect), both.kept) == ((), 1, ())


def test_a_new_line_is_looked_for() -> None:
    todo = plan(PAGE, (Rect(40, 300, 150, 14),), 800, 600)
    assert todo.recognise == ()
    assert len(todo.detect) == 1
    assert len(todo.kept) == 4


def test_nothing_changed_means_nothing_is_read() -> None:
    todo = plan(PAGE, (), 800, 600)
    assert (todo.asked, len(todo.kept)) == ((), 4)


rects = st.builds(Rect, st.integers(0, 700), st.integers(0, 500), st.integers(1, 100), st.integers(1, 100))


@given(st.lists(rects, max_size=6))
def test_every_changed_pixel_is_read_again_and_no_line_is_both_kept_and_read(changed: list[Rect]) -> None:
    todo = plan(PAGE, changed, 800, 600)
    for region in changed:
        assert covered(region, [rect.grown(8) for rect in todo.asked])
    for words in todo.kept:
        box = Rect(words[0].left, words[0].top, words[0].width, words[0].height)
        assert all(box.meet(rect).empty for rect in (*changed, *todo.detect))


def test_filled_rectangles_are_gone_from_picture_and_thumbnail() -> None:
    pixels = np.full((300, 400, 3), 255, dtype=np.uint8)
    picture = encoded(filled(pixels, (Rect(100, 100, 120, 90), Rect(-5, 390, 20, 50), Rect(390, 0, 900, 10))))
    shown = np.asarray(Image.open(BytesIO(picture.data)).convert("RGB"))
    assert shown[100:190, 100:220].max() < 16
    assert shown[0:90, 0:380].min() > 240
    small = np.asarray(Image.open(BytesIO(picture.thumbnail)).convert("L"))
    assert small.shape == (240, 320)
    assert small[90:140, 90:165].max() < 40
    assert pixels.min() == 255


def test_the_smaller_of_lossless_and_lossy_is_kept() -> None:
    drawn = np.zeros((200, 300, 3), dtype=np.uint8)
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    assert encoded(drawn).form == "lossless"
    assert encoded(noise).form == "lossy"
    assert encoded(np.zeros((1, 1, 3), dtype=np.uint8)).width == 1


def test_titles_in_compound_text_are_read() -> None:
    assert decode(b"\xdcbersicht") == "Übersicht"
    assert decode(b"\x1b$(BF|K\\8l\x1b(B!") == "日本語!"
    assert decode(b"\x1b%G\xd7\xa9\x1b%@ \x1b-L\xbf\xe0") == "ש Пр"


@given(st.binary(max_size=60))
def test_any_bytes_make_some_title(raw: bytes) -> None:
    assert isinstance(decode(raw), str)


def test_a_page_of_nothing_is_empty() -> None:
    assert ReadPage(lines=(), width=1, height=1).text == ""
