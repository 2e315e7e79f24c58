"""A gap that is open is told as it grows, once for each begin and reason."""

from datetime import UTC, datetime, timedelta

from core.capture.screen.absence import TOLD_AFTER_S, TOLD_AGAIN_S, Absence
from core.memory import Gap

BEGAN = datetime(2026, 9, 20, 9, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def test_a_gap_is_told_after_a_quarter_of_a_minute_then_every_minute_then_at_its_end() -> None:
    told: list[Gap] = []
    absence = Absence(told.append)
    for second in range(150):
        absence.goes_on("paused", after(second))
    absence.end(after(150))
    absence.end(after(200))
    lasted = [(gap.ends - gap.begins).total_seconds() for gap in told]
    assert lasted == [TOLD_AFTER_S, TOLD_AFTER_S + TOLD_AGAIN_S, TOLD_AFTER_S + 2 * TOLD_AGAIN_S, 150]
    assert {(gap.begins, gap.reason) for gap in told} == {(BEGAN, "paused")}


def test_another_reason_is_another_gap_without_a_hole_or_an_overlap() -> None:
    told: list[Gap] = []
    absence = Absence(told.append)
    absence.goes_on("paused", after(0))
    absence.goes_on("locked", after(5), since=after(-100))
    absence.end(after(9))
    assert [(gap.begins, gap.ends, gap.reason) for gap in told] == [
        (after(0), after(5), "paused"),
        (after(5), after(9), "locked"),
    ]


def test_a_gap_may_have_begun_before_it_was_noticed_and_is_told_at_once_then() -> None:
    told: list[Gap] = []
    Absence(told.append).goes_on("stuck", after(30), since=after(0))
    assert told == [Gap(begins=after(0), ends=after(30), reason="stuck")]


def test_a_gap_of_no_length_and_a_clock_that_goes_back_are_no_gaps() -> None:
    told: list[Gap] = []
    absence = Absence(told.append)
    absence.goes_on("paused", after(0))
    absence.end(after(0))
    absence.goes_on("paused", after(0))
    absence.goes_on("paused", after(-3600))
    absence.end(after(-3600))
    assert told == []


def test_a_clock_that_is_set_back_ends_the_gap_where_it_was_and_another_grows_from_there() -> None:
    told: list[Gap] = []
    absence = Absence(told.append)
    for second in range(0, 41, 10):
        absence.goes_on("paused", after(second))
    for second in range(-3600, -3539, 10):
        absence.goes_on("paused", after(second))
    whole = {gap.begins: gap.ends for gap in told}
    assert whole == {BEGAN: after(40), after(-3600): after(-3600 + TOLD_AFTER_S + 5)}
    absence.end(after(-3530))
    assert told[-1] == Gap(begins=after(-3600), ends=after(-3530), reason="paused")


def test_a_gap_that_was_told_is_not_cut_short_by_a_clock_that_goes_back_before_its_end() -> None:
    told: list[Gap] = []
    absence = Absence(told.append)
    absence.goes_on("paused", after(0))
    absence.goes_on("paused", after(10))
    absence.end(after(4))
    assert told == [Gap(begins=after(0), ends=after(10), reason="paused")]
