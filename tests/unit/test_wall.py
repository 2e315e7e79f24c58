"""Which moment an hour on the wall names, in summer time too, and in another zone than the one at the start."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.wall import at_wall, seen_here, zone_again

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
