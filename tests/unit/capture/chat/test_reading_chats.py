"""Twenty drawn chat programs read into turns; fifteen drawn screens that are none give none."""

from datetime import date, time
from functools import cache

import pytest

from core.capture.screen.chat.read import read_chat
from core.capture.screen.chat.times import Now, Stamp, leading, month_comes_first, stamp, trailing
from tests.drawn.chats import LAYOUTS, Make
from tests.drawn.pages import PAGES
from tests.drawn.score import Score, read, score
from tests.drawn.talk import NOW

SEEDS = (101, 102)
"""Windows of other words, letters and sizes than those that the reading was written with (0 to 2)."""


@cache
def drawn(make: Make, *, hint: bool = True) -> Score:
    total = Score()
    for seed in SEEDS:
        window = make(seed)
        for back in (0, window.furthest // 3):
            shot = window.at(back)
            total += score(shot.told, read(shot, hint=hint))
    return total


@pytest.mark.parametrize("make", LAYOUTS, ids=[make.__name__.strip("_") for make in LAYOUTS])
def test_a_drawn_chat_is_read_into_turns_with_their_speakers(make: Make) -> None:
    total = drawn(make)
    assert total.told >= 20
    assert total.found >= 0.8 * total.told
    assert total.right >= 0.9 * total.found
    assert total.clock >= 0.9 * total.timed


def test_over_all_layouts_few_turns_are_missed_or_given_to_another() -> None:
    total = sum((drawn(make) for make in LAYOUTS), Score())
    assert total.found >= 0.97 * total.told
    assert total.right >= 0.98 * total.found
    assert total.extra <= 0.06 * total.told


def test_a_chat_is_known_without_the_name_of_its_program() -> None:
    total = sum((drawn(make, hint=False) for make in LAYOUTS[::3]), Score())
    assert total.found >= 0.9 * total.told


@pytest.mark.parametrize("make", PAGES, ids=[make.__name__.strip("_") for make in PAGES])
def test_a_screen_that_is_no_chat_gives_no_turns(make: object) -> None:
    assert callable(make)
    for seed in range(3):
        page = make(seed)
        sheet = page.sheet
        assert read_chat(sheet.lines, sheet.width, sheet.height, now=NOW, app=page.app, title=page.title) is None


def test_an_empty_screen_gives_no_turns() -> None:
    assert read_chat((), 800, 600, now=NOW) is None
    assert read_chat(((),), 0, 0, now=NOW) is None


@pytest.mark.parametrize(
    ("words", "day", "clock"),
    [
        ("10:42", None, time(10, 42)),
        ("10:42 PM", None, time(22, 42)),
        ("12:05 am", None, time(0, 5)),
        ("9.15", None, time(9, 15)),
        ("[12:03:11]", None, time(12, 3, 11)),
        ("Today at 10:42 AM", date(2026, 11, 20), time(10, 42)),
        ("Yesterday", date(2026, 11, 19), None),
        ("gestern um 17:30", date(2026, 11, 19), time(17, 30)),
        ("Mon 9:15 AM", date(2026, 11, 16), time(9, 15)),
        ("Friday", date(2026, 11, 13), None),
        ("Thursday, November 19", date(2026, 11, 19), None),
        ("November 16th, 2026", date(2026, 11, 16), None),
        ("20.11.2026 17:30", date(2026, 11, 20), time(17, 30)),
        ("11/12/26", date(2026, 11, 12), None),
        ("2026-11-16 08:00:01", date(2026, 11, 16), time(8, 0, 1)),
        ("5m", date(2026, 11, 20), time(17, 40)),
    ],
)
def test_a_time_is_understood_as_it_is_shown(words: str, day: date | None, clock: time | None) -> None:
    assert stamp(words, Now(at=NOW)) == Stamp(day=day, clock=clock)


@pytest.mark.parametrize(
    "words", ["", "ok", "42", "10:75", "25:00", "13:00 PM", "3.10.7.1", "May I?", "31.02.2026", "at"]
)
def test_what_is_no_time_is_none(words: str) -> None:
    assert stamp(words, Now(at=NOW)) is None


@pytest.mark.parametrize(
    ("words", "told", "day"),
    [
        (("3/4/2026", "14:02"), True, date(2026, 3, 4)),
        (("3/4/2026", "14:02"), False, date(2026, 4, 3)),
        (("3/4/2026", "14:02"), None, date(2026, 4, 3)),
        (("3/4/2026", "2:02 PM"), None, date(2026, 3, 4)),
        (("3/4/2026", "25/3/2026"), True, date(2026, 4, 3)),
        (("3/4/2026", "3/25/2026"), False, date(2026, 3, 4)),
        (("1/12/2026",), False, date(2026, 1, 12)),
    ],
    ids=[
        "where_they_live",
        "elsewhere",
        "nothing_said",
        "american_clock",
        "day_first_seen",
        "month_first_seen",
        "past",
    ],
)
def test_a_date_with_slashes_is_read_as_the_window_or_the_country_has_it(
    words: tuple[str, ...], told: bool | None, day: date
) -> None:
    assert stamp(words[0], Now(at=NOW, month_first=month_comes_first(words, told))) == Stamp(day=day)


@pytest.mark.parametrize(
    ("words", "day", "clock"),
    [
        ("Hier 14:05", date(2026, 11, 19), time(14, 5)),
        ("Aujourd’hui à 9:12", date(2026, 11, 20), time(9, 12)),
        ("ayer a las 17:30", date(2026, 11, 19), time(17, 30)),
        ("17 nov. 2026, 8h15", date(2026, 11, 17), time(8, 15)),
        ("mercoledì 18 novembre", date(2026, 11, 18), None),
        ("Do 10:15", date(2026, 11, 19), time(10, 15)),
        ("17. November 2026 um 14:06", date(2026, 11, 17), time(14, 6)),
        ("vor 5 Min.", date(2026, 11, 20), time(17, 40)),
    ],
)
def test_a_time_is_understood_in_other_languages(words: str, day: date, clock: time | None) -> None:
    assert stamp(words, Now(at=NOW)) == Stamp(day=day, clock=clock)


def test_a_time_is_found_at_either_end_of_a_line() -> None:
    assert trailing(["Dana", "Kim", "Today", "at", "10:42", "AM"], Now(at=NOW))[0] == 4
    assert leading(["[12:03]", "mia:", "see", "you", "at", "10:30"], Now(at=NOW)) == (1, Stamp(clock=time(12, 3)))
    assert trailing(["see", "you"], Now(at=NOW)) == (0, None)
