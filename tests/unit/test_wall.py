"""Which moment an hour on the wall names, in summer time too, and in another zone than the one at the start."""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from core.wall import at_wall, bounds, seen_here, zone_again

FIVE = datetime(2026, 3, 29, 5)
EVENING = datetime(2026, 3, 28, 22, tzinfo=timezone(timedelta(hours=1)))
"""In Berlin, the evening before the clocks are put on."""


def test_what_is_told_in_the_systems_zone_follows_its_summer_time(zone: Callable[[str], None]) -> None:
    zone("Europe/Berlin")
    five = at_wall(FIVE, EVENING)
    assert five.astimezone(UTC) == datetime(2026, 3, 29, 3, tzinfo=UTC)
    assert seen_here(datetime(2026, 3, 29, 3, tzinfo=UTC), EVENING).hour == 5


def test_what_is_told_elsewhere_keeps_its_offset(zone: Callable[[str], None]) -> None:
    zone("Asia/Tokyo")
    assert at_wall(FIVE, EVENING).utcoffset() == timedelta(hours=1)
    assert seen_here(datetime(2026, 3, 29, 3, tzinfo=UTC), EVENING).hour == 4


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system's processes learn it by themselves or not at all")
def test_a_zone_that_was_changed_since_the_start_is_noticed(
    zone: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    zone("Europe/Berlin")
    monkeypatch.setitem(os.environ, "TZ", "Asia/Tokyo")
    at = datetime(2026, 3, 28, 21, tzinfo=UTC)
    assert at.astimezone().hour == 22, "a process does not look by itself"
    zone_again()
    assert at.astimezone().hour == 6


def test_a_day_begins_and_ends_by_the_clocks_of_that_day(zone: Callable[[str], None]) -> None:
    zone("Europe/Berlin")
    summer = datetime(2027, 3, 28, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    begins, ends = bounds(date(2027, 3, 28), summer)
    assert begins == datetime(2027, 3, 27, 23, 0, tzinfo=UTC), "that night was still of winter"
    assert ends - begins == timedelta(hours=23)
    before, _ = bounds(date(2027, 3, 27), summer)
    assert begins - before == timedelta(hours=24)
    long, after = bounds(date(2026, 10, 25), summer)
    assert after - long == timedelta(hours=25)


def test_a_day_elsewhere_has_the_offset_of_its_moment() -> None:
    elsewhere = datetime(2026, 11, 21, 10, 0, tzinfo=timezone(timedelta(hours=9)))
    assert bounds(date(2026, 7, 1), elsewhere)[0] == datetime(2026, 6, 30, 15, 0, tzinfo=UTC)
