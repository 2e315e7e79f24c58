"""Time that nobody saw because nothing ran is a gap of its own, with why."""

from datetime import UTC, datetime, timedelta

import pytest

from core.capture.screen.unseen import SLEPT, TOO_BUSY, Unseen
from core.memory import Gap

BEGAN = datetime(2026, 9, 20, 9, tzinfo=UTC)


class Loop:
    """Its two clocks, and what it told."""

    def __init__(self) -> None:
        self.gaps: list[Gap] = []
        self.ended: list[datetime] = []
        self.steady_s = 1000.0
        self.unseen = Unseen(self.gaps.append, lambda: self.steady_s)


def after(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


@pytest.mark.parametrize(("steady_s", "why"), [(900.0, SLEPT), (7200.0, TOO_BUSY)])
def test_a_pause_that_was_slept_through_ends_when_it_was_to_end(steady_s: float, why: str) -> None:
    loop = Loop()
    loop.unseen.closed_until(after(15))
    loop.steady_s += steady_s
    loop.unseen.overslept(after(120), loop.ended.append)
    assert loop.ended == [after(15)]
    assert loop.gaps == [Gap(begins=after(15), ends=after(120), reason=why)]
    loop.unseen.overslept(after(240), loop.ended.append)
    assert len(loop.gaps) == 1, "it is told once"


def test_a_pause_that_ends_while_the_loop_runs_leaves_nothing_unseen() -> None:
    loop = Loop()
    loop.unseen.closed_until(after(15))
    loop.unseen.overslept(after(15) + timedelta(seconds=1), loop.ended.append)
    loop.unseen.closed_until(None)
    loop.unseen.overslept(after(500), loop.ended.append)
    assert (loop.ended, loop.gaps) == ([], []), "private mode has no end of its own"


def test_a_loop_that_was_kept_waiting_tells_how_long() -> None:
    loop = Loop()
    loop.unseen.at_work()
    loop.steady_s += 50
    loop.unseen.kept_waiting(after(1), 50.0)
    loop.unseen.kept_waiting(after(2), 34.0)
    assert loop.gaps == [Gap(begins=after(1) - timedelta(seconds=50), ends=after(1), reason=TOO_BUSY)]
