"""What is done again and again is found whole, once, and nothing that chance brings about."""

import random
from collections.abc import Sequence

from core.consolidate.routines import Doing, routines

DAY = 86_400.0
SHEET = ("sheet", "export", "mail")


def day_of(day: int, windows: Sequence[str], hour: float = 9.0, step: float = 60.0) -> list[Doing]:
    """Windows one after the other, from `hour` on; a name with a ! is glanced at for an instant."""
    begin = day * DAY + hour * 3600
    return [
        Doing(
            what=window.strip("!"),
            at=begin + number * step,
            ends=begin + number * step + (0 if window.endswith("!") else step * 0.8),
            seqs=(day * 1000 + int(hour * 10) * 50 + number,),
            day=day,
        )
        for number, window in enumerate(windows)
    ]


def steps(doings: Sequence[Doing]) -> list[tuple[str, ...]]:
    return [found.steps for found in routines(sorted(doings, key=lambda one: one.at))]


def noise(days: int, seed: int = 7) -> list[Doing]:
    chance = random.Random(seed)
    pages = [f"page {number}" for number in range(12)]
    return [
        doing
        for day in range(days)
        for doing in day_of(day, [chance.choice(pages) for _ in range(12)], hour=14)
        if doing is not None
    ]


def test_what_was_done_three_times_is_a_routine_and_twice_is_none() -> None:
    assert steps([d for day in (1, 8, 15) for d in day_of(day, SHEET)] + noise(20)) == [SHEET]
    assert steps([d for day in (1, 8) for d in day_of(day, SHEET)] + noise(20)) == []


def test_three_times_on_one_day_is_none() -> None:
    assert steps([d for hour in (8, 10, 12) for d in day_of(1, SHEET, hour)] + noise(9)) == []


def test_a_glance_between_two_steps_does_not_break_it() -> None:
    chat = [d for day in range(20) for d in day_of(day, ["page 1", "chat!", "page 2"], hour=18)]
    done = [*day_of(1, SHEET), *day_of(8, ["sheet", "chat!", *SHEET[1:]]), *day_of(15, ["sheet", "chat!", *SHEET])]
    found = [one for one in routines(sorted(done + chat + noise(20), key=lambda one: one.at)) if "sheet" in one.steps]
    assert [one.steps for one in found] == [SHEET]
    assert len(found[0].occasions) == 3


def test_only_the_whole_is_told_and_no_step_that_came_behind_it_by_chance() -> None:
    done = [d for day in range(1, 8) for d in day_of(day, (*SHEET, "news") if day < 5 else SHEET)]
    found = steps(done + noise(9))
    assert len(found) == 1
    assert found[0][:3] == SHEET


def test_the_same_windows_in_another_order_each_time_are_no_routine() -> None:
    orders = ["abcd", "badc", "cadb", "dbca", "acbd"]
    assert steps([d for day, order in enumerate(orders) for d in day_of(day, list(order))] + noise(9)) == []


def test_chance_alone_makes_none() -> None:
    for seed in range(5):
        assert steps(noise(40, seed)) == []


def test_a_long_pause_ends_what_belongs_together() -> None:
    done = [d for day in (1, 8, 15) for d in (*day_of(day, SHEET[:2]), *day_of(day, SHEET[2:], hour=11))]
    assert steps(done + noise(20)) == []


def test_going_to_and_fro_between_two_windows_is_none() -> None:
    assert steps([d for day in range(9) for d in day_of(day, ["code", "terminal"] * 6)]) == []


def test_nothing_done_is_no_routine() -> None:
    assert routines([]) == []
