"""Boxes of words, packed: whatever goes in comes out, and far fewer bytes lie between."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DamagedVault
from core.store.boxes import NONE, Box, as_json, packed, unpacked

sides = st.integers(-(2**31) + 1, 2**31 - 1)
boxes = st.lists(st.tuples(st.text(max_size=12), sides, sides, sides, sides), max_size=40)


@given(boxes=boxes)
def test_what_is_packed_comes_back(boxes: list[Box]) -> None:
    assert unpacked(packed(boxes)) == boxes
    assert json.loads(as_json(packed(boxes))) == [list(box) for box in boxes]


def test_a_page_of_words_takes_a_quarter_of_what_json_takes() -> None:
    words = ("the", "kettle", "stands", "beside", "a", "window", "that", "nobody", "has", "opened", "since", "March")
    page = [
        (word, 40 + 71 * n, 60 + 22 * line, 9 * len(word), 15) for line in range(40) for n, word in enumerate(words)
    ]
    column = packed(page)
    assert isinstance(column, bytes)
    assert len(column) < len(json.dumps(page)) / 4


def test_no_boxes_and_what_an_earlier_mneme_wrote_are_read_as_they_are() -> None:
    assert packed([]) == NONE
    assert unpacked(NONE) == []
    assert unpacked('[["Tea", 1, 2, 3, 4]]') == [("Tea", 1, 2, 3, 4)]
    assert as_json('[["Tea", 1, 2, 3, 4]]') == '[["Tea", 1, 2, 3, 4]]'


@given(st.binary(max_size=60), st.integers(0, 400))
def test_what_was_never_packed_is_a_sentence(junk: bytes, cut: int) -> None:
    whole = packed([("Tea", 1, 2, 3, 4), ("time", 50, 2, 30, 4)])
    assert isinstance(whole, bytes)
    for column in (junk, b"\x01" + junk, whole[: min(cut, len(whole) - 1)]):
        with pytest.raises(DamagedVault):
            unpacked(column)
