"""When two observations bear on each other: near in meaning alone is seldom enough."""

import pytest

from core.consolidate.linking import NEAR, NEAR_BY_ONE, SURELY_NEAR, bears_on, same_hand
from tests.unit.consolidate.made import frame, said


@pytest.mark.parametrize(
    ("cosine", "shared", "by_one", "wanted"),
    [
        (SURELY_NEAR, 0, False, True),
        (NEAR, 0, True, False),
        (NEAR, 1, False, True),
        (NEAR_BY_ONE, 1, False, False),
        (NEAR_BY_ONE, 1, True, True),
        (NEAR_BY_ONE - 0.01, 5, True, False),
    ],
)
def test_the_less_near_the_more_must_speak_for_it(cosine: float, shared: int, by_one: bool, wanted: bool) -> None:
    assert bears_on(cosine, shared, by_one) is wanted


def test_one_person_said_both_only_when_that_is_known() -> None:
    assert same_hand(said("a", speaker="Ana"), said("b", 1, speaker="ANA"))
    assert same_hand(said("a", mine=True), said("b", 1, mine=True))
    assert not same_hand(said("a", speaker="Ana"), said("b", 1, speaker="Ben"))
    assert not same_hand(said("a", speaker=""), said("b", 1, speaker=""))
    assert not same_hand(frame("a"), frame("b", 1))
