"""Moments as services write them for people, in their languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.capture.conversation.report import ImportContext
from core.capture.conversation.worded_time import worded

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
BERLIN = ImportContext(now=NOW, zone=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("May 19, 2026, 7:07:02\u202fPM GMT-03:00", "2026-05-19T19:07:02-03:00"),
        ("Jan 5, 2026, 12:04:05 AM UTC", "2026-01-05T00:04:05+00:00"),
        ("Jan 5, 2026, 12:04:05 PM PST", "2026-01-05T12:04:05-08:00"),
        ("18 Sept 2025, 12:01:52 CET", "2025-09-18T12:01:52+01:00"),
        ("5. Jan. 2026, 13:02:11 MEZ", "2026-01-05T13:02:11+01:00"),
        ("05.01.2026, 13:02:11 MEZ", "2026-01-05T13:02:11+01:00"),
        ("4 juli 2026 09:15:00 CEST", "2026-07-04T09:15:00+02:00"),
        ("10 de mai. de 2026, 03:46:09 BRT", "2026-05-10T03:46:09-03:00"),
        ("5 janv. 2026, 13:02:11 CET", "2026-01-05T13:02:11+01:00"),
        ("5 ene 2026, 13:02:11 CET", "2026-01-05T13:02:11+01:00"),
        ("4 lug 2026, 09.15.00 CEST", "2026-07-04T09:15:00+02:00"),
        ("5 sty 2026, 13:02:11 CET", "2026-01-05T13:02:11+01:00"),
        ("5 янв. 2026 г., 13:02:11 MSK", "2026-01-05T13:02:11+03:00"),
        ("2026年6月19日 12:23:08 CST", "2026-06-19T12:23:08+08:00"),
        ("2026/01/05 13:02:11 JST", "2026-01-05T13:02:11+09:00"),
        ("2024. 10. 19. 오전 9:15:07 KST", "2024-10-19T09:15:07+09:00"),
        ("2024. 10. 19. 오후 9:15:07 KST", "2024-10-19T21:15:07+09:00"),
    ],
)
def test_a_moment_is_read_in_the_languages_of_takeout(words: str, at: str) -> None:
    found = worded(words, BERLIN)
    assert found is not None
    assert (found[0].isoformat(), found[1]) == (at, True)


def test_letters_that_several_zones_share_mean_the_profiles_where_they_fit() -> None:
    shanghai = ImportContext(now=NOW, zone=ZoneInfo("Asia/Shanghai"))
    for context, offset in ((shanghai, "+08:00"), (BERLIN, "-06:00")):
        found = worded("Jan 5, 2026, 1:04:05 PM CST", context)
        assert found is not None
        assert found[0].isoformat() == f"2026-01-05T13:04:05{offset}"


def test_an_unknown_zone_is_the_profiles_and_is_told() -> None:
    found = worded("Jan 5, 2026, 1:04:05 PM XQT", BERLIN)
    assert found is not None
    assert (found[0].isoformat(), found[1]) == ("2026-01-05T13:04:05+01:00", False)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "hello 2026 at 5:30",
        "Jan 5, 2026",
        "13:02:11",
        "Jan 35, 2026, 13:02:11 UTC",
        "Jan 5, 2026, 25:02:11 UTC",
        "Jan 5, 2026, 13:02:11 PM UTC",
        "The train of Jan 5, 2026 leaves at 13:02 and the next one an hour after, so we take the later one of them",
        "2026 " * 30,
    ],
)
def test_other_words_are_no_moment(words: str) -> None:
    assert worded(words, BERLIN) is None
