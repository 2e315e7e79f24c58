"""Blocks of a screen are told by the gaps between its lines, and only while the text is what was read."""

from hypothesis import given
from hypothesis import strategies as st

from core.store.blocks import Box, blocks
from core.store.pieces import split


def page(tops: list[int], words: int = 3) -> tuple[str, list[Box]]:
    """Lines of words 20 pixels high at these heights."""
    boxes: list[Box] = [(f"word{line}.{n}", 90 * n, top, 80, 20) for line, top in enumerate(tops) for n in range(words)]
    lines = [" ".join(f"word{line}.{n}" for n in range(words)) for line in range(len(tops))]
    return "\n".join(lines), boxes


def test_a_wide_gap_begins_a_block_and_a_narrow_one_does_not() -> None:
    text, boxes = page([0, 28, 56, 120, 148, 400])
    assert [text[place:].split()[0] for place in blocks(text, boxes)] == ["word3.0", "word5.0"]


def test_columns_side_by_side_are_one_row() -> None:
    text, boxes = page([0, 4, 28, 32, 56, 60])
    assert blocks(text, boxes) == ()


def test_a_text_that_was_edited_since_has_no_blocks() -> None:
    text, boxes = page([0, 200, 400])
    assert blocks("Edited. " + text, boxes) == ()
    assert blocks(text + " And more of it.", boxes) == ()
    assert blocks(text, []) == ()


def test_a_long_screen_is_split_where_its_blocks_begin() -> None:
    tops = [150 * block + 25 * line + 400 * block for block in range(4) for line in range(20)]
    text, boxes = page(tops)
    begins = [text[begin:].split()[0] for begin, _ in split(text, blocks(text, boxes))]
    assert {"word0.0", "word20.0", "word40.0", "word60.0"} <= set(begins)


@given(
    st.text(max_size=80),
    st.lists(st.tuples(st.text(max_size=8), *[st.floats(-1e6, 1e6, allow_nan=False) for _ in range(4)]), max_size=12),
)
def test_any_text_and_boxes_give_places_in_the_text(text: str, boxes: list[Box]) -> None:
    assert all(0 < place <= len(text) for place in blocks(text, boxes))
