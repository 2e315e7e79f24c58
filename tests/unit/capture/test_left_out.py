"""What the gate leaves out for reasons that no rule names, when it opens, and where the rules look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.capture.gate import GateState, Verdict, judge, within_hours
from core.capture.rect import Rect
from core.capture.rules import Rule, checked, is_browser, matches, seeds
from core.capture.screen.windows import VisibleWindow
from core.errors import BadInput
from core.settings import Capture

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLACE = Rect(10, 20, 300, 200)
ASIDE = Rect(400, 0, 50, 60)
LETTER = VisibleWindow(app="gedit", title="letter.txt", geometry=PLACE)
MANAGER = VisibleWindow(app="keepassxc", title="db", geometry=PLACE, pid=77)
BROWSER = VisibleWindow(app="firefox", title="News", geometry=PLACE, handle=9)


def verdict(*windows: VisibleWindow, rules: tuple[Rule, ...] | None = None) -> Verdict:
    return judge(windows, seeds().rules if rules is None else rules, Capture(), NOW, GateState())


def test_a_program_that_asks_to_be_in_no_picture_is_left_out_whatever_the_rules() -> None:
    found = verdict(replace(LETTER, protected=True), rules=())
    assert (found.blackout, found.allowed) == ((PLACE,), ())
    assert verdict(LETTER, rules=()).blackout == ()


def test_a_window_without_a_title_goes_with_the_program_that_is_left_out() -> None:
    nameless = VisibleWindow(app="", title="", geometry=ASIDE, pid=77)
    assert verdict(MANAGER, nameless).blackout == (PLACE, ASIDE)
    assert verdict(MANAGER, replace(nameless, pid=78)).blackout == (PLACE,)


def test_programs_of_which_nobody_knows_the_number_are_not_one_program() -> None:
    unnumbered = replace(MANAGER, pid=0)
    assert verdict(unnumbered, VisibleWindow(app="panel", title="", geometry=ASIDE)).blackout == (PLACE,)
    tip = VisibleWindow(app="gedit", title="Save the letter", geometry=ASIDE, popup=True)
    assert verdict(unnumbered, tip).blackout == (PLACE,)


def test_what_a_rule_leaves_out_lingers_and_what_is_only_not_known_does_not() -> None:
    assert verdict(MANAGER).lingers == (PLACE,)
    unknown = verdict(BROWSER)
    assert (unknown.blackout, unknown.lingers, unknown.untold) == ((PLACE,), (), (BROWSER,))


def test_the_whole_place_of_what_is_left_out_is_told_though_a_window_hides_it() -> None:
    cover = Rect(0, 0, 500, 500)
    found = verdict(replace(MANAGER, stacking=1), replace(LETTER, geometry=cover, opaque=(cover,), stacking=2))
    assert (found.blackout, found.whole) == ((), (PLACE,))


def test_a_browser_that_told_what_it_shows_is_asked_again_and_one_known_by_its_title_is_not() -> None:
    told = replace(BROWSER, private=True, by_word=True)
    assert verdict(told).untold == (told,)
    assert verdict(replace(told, by_word=False)).untold == ()
    assert verdict(replace(told, title="News - Private Browsing")).untold == (), "a rule about its title leaves it out"


def test_the_edge_of_what_may_shine_through_is_no_doubt_but_black() -> None:
    secret = replace(MANAGER, geometry=Rect(0, 0, 100, 100), stacking=1)
    over = Rect(50, 0, 200, 100)
    (doubt,) = verdict(secret, replace(LETTER, geometry=over, likely=(over,), stacking=2, handle=5)).doubts
    assert min(place.left for place in doubt.places) == 54
    assert (min(place.top for place in doubt.places), max(place.bottom for place in doubt.places)) == (4, 96)


def test_recording_hours_end_with_their_last_minute_and_are_those_of_the_persons_clock() -> None:
    assert not within_hours("08:00-09:00", NOW)
    assert within_hours("08:00-09:00", NOW - timedelta(seconds=1))
    india = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert (india.hour, india.minute) == (14, 30)
    assert within_hours("14:00-15:00", india)
    assert not within_hours("08:30-09:30", india)


@pytest.mark.parametrize("field", ["title", "regex"])
def test_words_at_the_end_of_a_very_long_title_are_found(field: str) -> None:
    rule = checked(Rule(field=field, pattern="Private Browsing"))  # type: ignore[arg-type]
    assert matches(rule, replace(LETTER, title="a word and " * 2_000 + "- Private Browsing"))
    assert not matches(rule, replace(LETTER, title="a word and " * 2_000))


def test_a_rules_word_begins_where_a_word_does() -> None:
    rule = checked(Rule(field="title", pattern="bank"))
    assert matches(rule, replace(LETTER, title="my bank"))
    assert not matches(rule, replace(LETTER, title="embankment, sandbank"))


def test_a_regular_expression_sees_a_title_without_signs_that_cannot_be_seen_and_in_plain_letters() -> None:
    rule = checked(Rule(field="regex", pattern=r"^my vault 12$"))
    assert matches(rule, replace(LETTER, title="my va\u200bult 12"))
    assert matches(rule, replace(LETTER, title="ｍｙ ｖａｕｌｔ １２"))
    assert not matches(rule, replace(LETTER, title="my vaults"))


def test_a_browser_is_known_by_its_program_its_class_or_its_own_word() -> None:
    plain = VisibleWindow(app="", title="News", geometry=PLACE)
    assert is_browser(replace(plain, app="firefox"), seeds().browsers)
    assert is_browser(replace(plain, cls="Navigator firefox"), seeds().browsers)
    assert is_browser(replace(plain, app="a kiosk", browser=True), seeds().browsers)
    assert not is_browser(replace(plain, app="gedit", cls="Gedit"), seeds().browsers)


@pytest.mark.parametrize("pattern", ["x" * 301, "a?" * 7 + "b"])
def test_a_rule_that_is_too_long_or_could_take_very_long_is_refused(pattern: str) -> None:
    with pytest.raises(BadInput):
        checked(Rule(field="regex", pattern=pattern))
    checked(Rule(field="regex", pattern=pattern[:12]))
