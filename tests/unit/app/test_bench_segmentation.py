"""The arithmetic of boundaries: what is matched, and what even cuts come to."""

import pytest

from app.bench.sleep.segmentation import Parted, matched, scores


def value(found: set[int], name: str) -> float:
    parted = Parted(count=30, right=frozenset({10, 20}), found=frozenset(found))
    return next(row.value for row in scores("x", [parted], None) if row.name == f"x: {name}")


def test_the_right_places_are_all_of_it() -> None:
    assert value({10, 20}, "boundary F1, exact") == 1
    assert value({10, 20}, "Pk") == value({10, 20}, "WindowDiff") == 0


def test_one_turn_beside_counts_within_one_turn_only() -> None:
    assert value({11, 19}, "boundary F1, exact") == 0
    assert value({11, 19}, "boundary F1, within 1") == 1


def test_one_place_is_matched_once_and_by_the_nearest() -> None:
    assert matched(frozenset({10}), frozenset({9, 10, 11}), 2) == 1
    assert value({9, 10, 11, 20}, "precision, within 1") == pytest.approx(0.5)


def test_nothing_found_is_no_error_of_arithmetic() -> None:
    assert value(set(), "boundary F1, within 1") == 0
    assert value(set(), "Pk") > 0


def test_even_cuts_stand_beside_as_the_baseline() -> None:
    parted = Parted(count=30, right=frozenset({10, 20}), found=frozenset({3}))
    first = next(iter(scores("x", [parted], 0.8)))
    assert first.baseline == 1
