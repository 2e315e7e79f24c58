"""Traces looked for in pages: many at once are found as each by itself would be."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store.pages import count

LETTERS = st.binary(max_size=12).map(lambda made: bytes(byte % 3 for byte in made))


def one_by_one(needles: Sequence[bytes], pages: Sequence[bytes]) -> int:
    return sum(any(needle in page for page in pages) for needle in set(needles))


@given(st.lists(LETTERS, min_size=25, max_size=60), st.lists(LETTERS, max_size=6))
def test_as_many_are_found_at_once_as_one_by_one(needles: list[bytes], pages: list[bytes]) -> None:
    assert count(needles, iter(pages)) == one_by_one(needles, pages)


@pytest.mark.parametrize("at", [0, 1, 2007, 4016 - 64])
def test_a_needle_at_any_place_of_a_page_is_found_among_a_thousand(at: int) -> None:
    random = np.random.default_rng(7)
    needles = [random.bytes(64) for _ in range(1000)]
    page = bytearray(random.bytes(4016))
    assert count(needles, iter([bytes(page)])) == 0
    page[at : at + 64] = needles[500]
    assert count(needles, iter([random.bytes(4016), bytes(page)])) == 1


def test_needles_that_begin_alike_are_told_apart() -> None:
    needles = [b"same" + bytes([number]) * 8 for number in range(100)]
    assert count(needles, iter([b"".join(needles[:40]), needles[70]])) == 41
    assert count(needles, iter([b"same" * 50])) == 0
