"""A day of last summer begins at midnight of summer time, also when it is asked for in winter."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.dates.zone import with_summer_time
from core.recall.dates import find_dates

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
def test_a_moment_of_the_systems_zone_knows_its_summer_time() -> None:
    winter = datetime(2026, 11, 21, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    span = find_dates("what was on 1 July 2026?", with_summer_time(winter)).span
    assert span is not None
    assert span.begins == datetime(2026, 6, 30, 22, 0, tzinfo=UTC)
    assert span.ends == datetime(2026, 7, 1, 22, 0, tzinfo=UTC)
    assert with_summer_time(winter) == winter


@pytest.mark.usefixtures("berlin")
def test_a_moment_of_another_zone_is_left_as_it_is() -> None:
    elsewhere = datetime(2026, 11, 21, 10, 0, tzinfo=timezone(timedelta(hours=9)))
    assert with_summer_time(elsewhere).tzinfo is elsewhere.tzinfo
