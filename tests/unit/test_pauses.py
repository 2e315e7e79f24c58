"""How long a pause lasts, by what it is called."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from core.errors import BadInput
from core.pauses import pause_ends

HERE = timezone(timedelta(hours=2))
NOON = datetime(2026, 9, 20, 12, tzinfo=HERE)


@pytest.mark.parametrize(
    ("word", "minutes"), [("15", 15), ("60", 60), ("90m", 90), ("2h", 120), ("45 min", 45), (" 1H ", 60)]
)
def test_minutes_and_hours_are_counted_from_now(word: str, minutes: int) -> None:
    assert pause_ends(word, NOON) == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("hour", "minute", "day"),
    [(12, 0, 21), (23, 50, 21), (0, 30, 20), (0, 59, 20), (1, 1, 21), (4, 55, 21), (6, 0, 21)],
)
def test_tomorrow_begins_in_the_morning_after_the_night_and_never_in_ten_minutes(
    hour: int, minute: int, day: int
) -> None:
    now = NOON.replace(hour=hour, minute=minute)
    assert pause_ends("tomorrow", now) == datetime(2026, 9, day, 5, tzinfo=HERE)


@pytest.mark.parametrize(("evening", "offset"), [("2026-03-28T22:10:40+01:00", 2), ("2026-10-24T22:10:40+02:00", 1)])
def test_tomorrow_begins_at_five_by_the_clock_in_the_nights_in_which_it_is_put_on_or_back(
    zone: Callable[[str], None], evening: str, offset: int
) -> None:
    zone("Europe/Berlin")
    ends = pause_ends("tomorrow", datetime.fromisoformat(evening))
    assert ends is not None
    assert (ends.hour, ends.minute, ends.utcoffset()) == (5, 0, timedelta(hours=offset))


def test_private_mode_has_no_end_of_its_own() -> None:
    assert pause_ends("private", NOON) is None


@pytest.mark.parametrize("word", ["", "0", "-5", "soon", "5 days", "999999", "1e3", "99999h"])
def test_anything_else_is_refused_with_the_words_there_are(word: str) -> None:
    with pytest.raises(BadInput, match="not a length") as refused:
        pause_ends(word, NOON)
    assert "tomorrow" in refused.value.remedy
