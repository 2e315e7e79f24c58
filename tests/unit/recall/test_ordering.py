"""The order of what is remembered, kept while more comes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recall.ordering import FEW, Ordered, arranged, with_new

_ENTRY = np.dtype([("seq", "i8"), ("id", "S26"), ("at", "f8"), ("group", "i8"), ("mark", "i4")])


def entries(rows: list[tuple[int, int]], first: int = 0) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """(group, at) of each; ids stand in another order than they were saved in."""
    ids = [f"{(7919 * (first + n)) % 100_003:06d}".encode() for n in range(len(rows))]
    made = [(first + n, id, at, group, n) for n, (id, (group, at)) in enumerate(zip(ids, rows, strict=True))]
    return np.array(made, dtype=_ENTRY)


def same(one: Ordered, other: Ordered) -> bool:
    pairs = ((one.table, other.table), (one.by_seq, other.by_seq), (one.by_id, other.by_id), (one.id, other.id))
    return all(np.array_equal(a, b) for a, b in pairs) and np.array_equal(one.seq, other.seq)


PLACES = st.lists(st.tuples(st.integers(-3, 5), st.integers(0, 6)), max_size=40)


@given(old=PLACES, new=PLACES)
def test_what_is_new_comes_where_sorting_all_anew_would_put_it(
    old: list[tuple[int, int]], new: list[tuple[int, int]]
) -> None:
    before, later = entries(old), entries(new, first=len(old))
    assert same(with_new(arranged(before), later), arranged(np.concatenate((before, later))))


@pytest.mark.parametrize("count", [FEW, FEW + 1])
def test_few_and_many_new_ones_end_in_the_same_order(count: int) -> None:
    random = np.random.default_rng(5)
    before = entries([(int(g), int(a)) for g, a in random.integers(0, 30, (2000, 2))])
    later = entries([(int(g), int(a)) for g, a in random.integers(0, 30, (count, 2))], first=2000)
    assert same(with_new(arranged(before), later), arranged(np.concatenate((before, later))))
