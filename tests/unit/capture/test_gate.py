"""The gate: every visible window judged, nothing of an excluded one let through."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.capture.gate import (
    LONGEST_TEXT,
    Admitted,
    GateState,
    Refusal,
    admit,
    explain,
    judge,
    opens,
    preview,
    within_hours,
)
from core.capture.rect import Rect, covered
from core.capture.region import area
from core.capture.rules import Rule, checked, first_match, matches, seeds
from core.capture.screen.windows import (
    NEVER_RUN,
    Desktop,
    VisibleWindow,
    desktop,
    local_display,
    open_windows,
    uncovered,
    usable,
)
from core.errors import BadInput, CaptureProblem
from core.memory import Channel, Facet, Observation, Provenance
from core.settings import Capture

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLACE = Rect(10, 20, 300, 200)
LETTER = VisibleWindow(app="gedit", title="letter.txt", cls="gedit Gedit", geometry=PLACE, focused=True)


def verdict(*windows: VisibleWindow, settings: Capture | None = None, state: GateState | None = None, rules=None):
    return judge(windows, seeds().rules if rules is None else rules, settings or Capture(), NOW, state or GateState())


@pytest.mark.parametrize(
    "title",
    [
        "Mozilla Firefox Private Browsing",
        "New Tab - [InPrivate] - Microsoft Edge",
        "Neuer Tab – Mozilla Firefox (Privater Modus)",
        "Navigation privée",
        "Privates Fenster",
        "プライベートブラウジング — Firefox",
        "無痕模式",
        "Режим инкогнито",
        "시크릿 모드 - Chrome",
        "مستعرض خفي",
        "Navegación privada",
        "Incognito",
        "KeePassXC",
        "vault – Bitwarden",
        "Ledger Live",
        "Google Authenticator",
    ],
)
def test_seeded_rules_know_private_and_secret_windows_in_many_languages(title: str) -> None:
    assert explain(title, seeds().rules) is not None


@pytest.mark.parametrize(
    "title",
    ["letter.txt", "Secretary's notes", "Keepers of the light", "Authors", "Minutes", "Enpassant chess", "privat"],
)
def test_ordinary_titles_match_no_seeded_rule(title: str) -> None:
    assert explain(title, seeds().rules) is None


@pytest.mark.parametrize("field", ["app", "cls", "title"])
def test_a_password_manager_is_blacked_out_by_app_class_or_title(field: str) -> None:
    hidden = replace(LETTER, title="", app="", cls="", focused=False, geometry=Rect(400, 0, 50, 60))
    found = verdict(LETTER, replace(hidden, **{field: "KeePassXC"}))
    assert found.keep
    assert found.blackout == (Rect(400, 0, 50, 60),)
    assert found.allowed == (LETTER,)


SECRET = VisibleWindow(app="keepassxc", title="db", geometry=Rect(100, 100, 200, 150), stacking=3, handle=3)


def over(place: Rect, **how: Any) -> VisibleWindow:
    """A letter that lies higher, opaque unless told otherwise."""
    facts = {"opaque": (place,), "stacking": 5, "handle": 5, **how}
    return replace(LETTER, geometry=place, **facts)


def black(*windows: VisibleWindow) -> np.ndarray:
    """How often each pixel of 600 x 400 is blackened."""
    pixels = np.zeros((400, 600), dtype=int)
    for rect in verdict(*windows).blackout:
        pixels[rect.top : rect.bottom, rect.left : rect.right] += 1
    return pixels


def test_words_in_a_window_over_what_is_left_out_are_not_blackened_but_for_its_edge() -> None:
    pixels = black(SECRET, over(Rect(200, 60, 300, 120)))
    assert not pixels[100:176, 204:300].any()
    pixels[100:176, 204:300] = 1
    assert pixels[100:250, 100:300].all()
    assert pixels.sum() == 150 * 200


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"opaque": ()}, id="glass, or not known"),
        pytest.param({"stacking": 1}, id="lower"),
        pytest.param({"stacking": 3}, id="as high"),
        pytest.param({"app": "bitwarden"}, id="left out itself"),
        pytest.param({"own": True}, id="our own"),
        pytest.param({"title": "", "popup": True, "pid": 0}, id="perhaps its menu"),
        pytest.param({"opaque": (), "likely": (Rect(0, 0, 600, 400),)}, id="perhaps shining through"),
    ],
)
def test_what_does_not_surely_hide_what_is_left_out_leaves_all_of_it_black(how: dict[str, Any]) -> None:
    assert black(SECRET, over(Rect(90, 90, 300, 300), **how))[100:250, 100:300].all()


def test_a_menu_of_what_is_left_out_is_black_also_over_the_letter_that_covers_it() -> None:
    secret, letter = replace(SECRET, pid=77), over(Rect(90, 90, 300, 300))
    menu = VisibleWindow(app="", title="", geometry=Rect(120, 120, 30, 40), pid=77, popup=True, stacking=9)
    pixels = black(secret, letter, menu)
    assert pixels[120:160, 120:150].all()
    assert pixels.sum() == 30 * 40


def test_what_may_shine_through_is_a_doubt_about_the_pixels_of_which_that_window_is_the_highest() -> None:
    place = Rect(90, 90, 300, 300)
    letter = over(place, opaque=(), likely=(place,), stacking=5)
    higher = replace(LETTER, geometry=Rect(150, 0, 50, 400), stacking=6, handle=6)
    found = verdict(SECRET, letter, higher)
    (doubt,) = found.doubts
    assert doubt.handle == 5
    assert area(doubt.places) == doubt.places
    assert sum(rect.area for rect in doubt.places) == 150 * (200 - 50)
    assert all(rect.meet(Rect(150, 0, 50, 400)).empty for rect in doubt.places)
    assert verdict(letter, higher).doubts == ()


def test_a_window_that_is_most_likely_hidden_is_not_named() -> None:
    low = replace(LETTER, title="behind", geometry=Rect(50, 50, 60, 60), stacking=1, opaque=(), likely=())
    high = over(Rect(0, 0, 300, 300), opaque=(), likely=(Rect(0, 0, 300, 300),))
    assert verdict(low, high).allowed == (high,)


def test_very_many_windows_over_what_is_left_out_only_blacken_more() -> None:
    small = [over(Rect(100 + 9 * (n % 20), 100 + 9 * (n // 20), 9, 9), stacking=4 + n) for n in range(300)]
    pixels = black(replace(SECRET, stacking=1), *small)
    assert pixels.max() == 1
    assert pixels[100:250, 100:300].sum() >= 150 * 200 - 300


def test_an_excluded_window_without_a_place_drops_the_whole_look() -> None:
    found = verdict(LETTER, VisibleWindow(app="bitwarden", title="vault", geometry=None))
    assert not found.keep
    assert found.reasons


def test_a_menu_of_an_excluded_window_goes_with_it() -> None:
    manager = VisibleWindow(app="keepassxc", title="db", geometry=PLACE, pid=77)
    menu = VisibleWindow(app="", title="", geometry=Rect(1, 2, 30, 40), pid=77, popup=True)
    nameless = VisibleWindow(app="", title="", geometry=Rect(5, 6, 30, 40), popup=True)
    assert verdict(manager, menu, nameless).blackout == (PLACE, Rect(1, 2, 30, 40), Rect(5, 6, 30, 40))
    assert verdict(LETTER, replace(menu, pid=78), nameless).blackout == ()


def test_own_windows_are_blacked_out_whatever_the_rules() -> None:
    assert verdict(replace(LETTER, own=True), rules=()).blackout == (PLACE,)


def test_a_browser_is_kept_only_where_it_is_known_not_to_be_private() -> None:
    browser = replace(LETTER, app="firefox", cls="Navigator firefox", title="News")
    assert verdict(browser).allowed == ()
    assert verdict(replace(browser, private=True)).allowed == ()
    assert verdict(replace(browser, private=False)).allowed != ()
    assert verdict(browser, settings=Capture(unknown_browsers=True)).allowed == (browser,)
    private = replace(browser, title="News - Private Browsing")
    assert verdict(private, settings=Capture(unknown_browsers=True)).allowed == ()


def test_rules_about_addresses_keep_out_browsers_that_tell_none() -> None:
    browser = replace(LETTER, app="firefox", cls="firefox", private=False)
    rules = (Rule(field="url", pattern="bank.example"),)
    assert verdict(browser, rules=rules).allowed == ()
    assert verdict(replace(browser, url="https://news.example"), rules=rules).allowed != ()
    assert verdict(replace(browser, url="https://www.BANK.example/x"), rules=rules).allowed == ()
    assert verdict(LETTER, rules=rules).allowed == (LETTER,)


@pytest.mark.parametrize(
    ("state", "hours", "reason"),
    [
        (GateState(locked=True), "", "locked"),
        (GateState(private=True), "", "private mode"),
        (GateState(paused_until=NOW + timedelta(minutes=1)), "", "paused"),
        (GateState(), "10:00-18:00", "outside the recording hours"),
    ],
)
def test_a_closed_gate_says_why(state: GateState, hours: str, reason: str) -> None:
    found = verdict(LETTER, state=state, settings=Capture(hours=hours))
    assert (found.keep, found.reasons, found.allowed) == (False, (reason,), ())


def test_a_pause_ends_at_its_time_and_hours_may_go_over_midnight() -> None:
    assert verdict(LETTER, state=GateState(paused_until=NOW)).keep
    assert within_hours("22:00-06:00", NOW.replace(hour=23))
    assert within_hours("22:00-06:00", NOW.replace(hour=5))
    assert not within_hours("22:00-06:00", NOW.replace(hour=6))
    assert within_hours("", NOW)


@pytest.mark.parametrize("hours", ["00:00-24:00", "00:00-00:00", "08:30-08:30"])
def test_hours_that_end_when_they_begin_are_the_whole_day(hours: str) -> None:
    assert all(within_hours(hours, NOW + timedelta(minutes=15 * n)) for n in range(96))


@pytest.mark.parametrize(
    ("hours", "state", "hour"),
    [
        ("", GateState(), None),
        ("", GateState(paused_until=NOW + timedelta(hours=3)), 12),
        ("", GateState(private=True, paused_until=NOW + timedelta(hours=3)), None),
        ("", GateState(locked=True), None),
        ("22:00-02:00", GateState(), 22),
        ("08:00-09:00", GateState(), 32),
        ("08:00-12:00", GateState(), None),
        ("08:00-12:00", GateState(paused_until=NOW + timedelta(hours=2)), 11),
        ("08:00-12:00", GateState(paused_until=NOW + timedelta(hours=4)), 32),
        ("22:00-02:00", GateState(paused_until=NOW + timedelta(hours=15)), 24),
    ],
)
def test_it_tells_when_a_closed_gate_opens_by_itself(hours: str, state: GateState, hour: int | None) -> None:
    midnight = NOW.replace(hour=0)
    assert opens(Capture(hours=hours), NOW, state) == (None if hour is None else midnight + timedelta(hours=hour))


def test_the_preview_names_applications_and_no_titles() -> None:
    said = " ".join(preview(verdict(LETTER, replace(LETTER, app="x", title="my KeePassXC", cls="x"))))
    assert "gedit" in said
    assert "password manager" in said
    assert "letter.txt" not in said
    assert "my KeePassXC" not in said


@pytest.mark.parametrize("pattern", ["(a+)+$", "(x|x)*y", r"(.)\1", ".*.*.*b", "[", "(a{1,})*", ""])
def test_a_regular_expression_that_could_hang_or_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(BadInput):
        checked(Rule(field="regex", pattern=pattern))


def test_rules_match_whole_words_in_any_case() -> None:
    rule = Rule(field="title", pattern="Enpass")
    assert matches(rule, replace(LETTER, title="my ENPASS vault"))
    assert not matches(rule, replace(LETTER, title="Enpassant"))
    assert matches(Rule(field="regex", pattern=r"^invoice \d+$"), replace(LETTER, title="Invoice 12"))
    assert first_match((rule, Rule(field="app", pattern="gedit")), LETTER) == Rule(field="app", pattern="gedit")


def _seen(text: str, **where: str) -> Observation:
    return Observation(
        text=text, at=NOW, facet=Facet.TURN, provenance=Provenance(channel=Channel.CONVERSATION, **where)
    )


def test_an_observation_is_cleaned_of_what_cannot_be_written() -> None:
    found = admit(_seen("a\x00b\ud800c", window="w\x00"))
    assert isinstance(found, Admitted)
    assert (found.observation.text, found.observation.provenance.window, found.cleaned) == ("abc", "w", 2)


@pytest.mark.parametrize("text", ["", "  \n\t", "\x00", "x" * (LONGEST_TEXT + 1)])
def test_an_observation_without_words_or_far_too_long_is_refused_with_a_reason(text: str) -> None:
    found = admit(_seen(text))
    assert isinstance(found, Refusal)
    assert found.reason.endswith(".")


def test_a_window_wholly_behind_opaque_ones_is_not_visible_but_one_behind_glass_is() -> None:
    low = VisibleWindow(app="a", title="a", geometry=Rect(10, 10, 50, 50), stacking=0)
    left = VisibleWindow(app="b", title="b", geometry=Rect(0, 0, 40, 100), stacking=1, opaque=(Rect(0, 0, 40, 100),))
    right = VisibleWindow(app="c", title="c", geometry=Rect(40, 0, 60, 100), stacking=2, opaque=(Rect(40, 0, 60, 100),))
    assert uncovered((low, left, right)) == (left, right)
    assert uncovered((low, left, replace(right, opaque=()))) == (low, left, replace(right, opaque=()))
    assert covered(Rect(0, 0, 0, 0), ())


def test_a_display_is_only_ever_this_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert local_display(":3.0") == "unix/:3"
    assert local_display("unix:0") == "unix/:0"
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(CaptureProblem, match="no display"):
        local_display()


def test_a_wayland_session_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(CaptureProblem, match="Wayland"):
        open_windows(frozenset(), {})


@pytest.mark.parametrize(
    ("system", "environment", "kind"),
    [
        ("linux", {"DISPLAY": ":0"}, "x11"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, "x11"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "wayland"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "tty"}, "wayland"),
        ("win32", {"DISPLAY": ":0"}, "windows"),
        ("darwin", {"DISPLAY": "/private/tmp/quartz:0"}, "macos"),
        ("freebsd14", {"DISPLAY": ":0"}, ""),
    ],
)
def test_x11_is_chosen_only_where_no_wayland_session_is(system: str, environment: dict[str, str], kind: str) -> None:
    assert desktop(system, environment) == kind


@pytest.mark.parametrize("kind", ["wayland", "windows", "macos"])
def test_a_desktop_that_was_never_tried_is_off_and_says_how_to_try_it(kind: Desktop) -> None:
    with pytest.raises(
        CaptureProblem, match=r"written and never run on a desktop in use: it is off.*capture\.untried_systems"
    ):
        usable(kind)
    usable(kind, untried=True)
    usable("x11")
    with pytest.raises(CaptureProblem, match="has not been built"):
        usable("", untried=True)


def test_the_list_of_what_was_never_run_is_the_readmes() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    (told,) = [line for line in readme.splitlines() if line.startswith("* **Screens written, never run:")]
    assert all(name in told for name in NEVER_RUN.values())


@pytest.mark.parametrize(
    ("pattern", "title"),
    [
        ("Müller Bank", "Mu\u0308ller\u00a0Bank – Konto"),
        ("Müller Bank", "MÜLLER BANK"),
        ("Straße 7", "STRASSE 7"),
        ("Private Browsing", "\u200ePrivate\u00ad Brow\u200bsing\u200f"),
        ("Caisse d'Épargne", "Caisse d’Epargne"),
        ("a - b", "a – b"),
        ("KeePass", "KeePass2"),
        ("bitwarden", "com_bitwarden"),
        ("İnternet Şubesi", "internet şubesi"),
        ("銀行", "三井住友銀行"),
    ],
)
def test_a_rule_finds_its_words_in_whatever_form_a_program_writes_them(pattern: str, title: str) -> None:
    assert matches(checked(Rule(field="title", pattern=pattern)), replace(LETTER, title=title))


def test_a_rule_about_an_address_finds_it_escaped_and_in_other_letters() -> None:
    rule = Rule(field="url", pattern="müller.example/löhne")
    assert matches(rule, replace(LETTER, url="https://müller.example/l%C3%B6hne"))
    assert matches(Rule(field="url", pattern="bücher.example"), replace(LETTER, url="https://xn--bcher-kva.example/a"))
    assert not matches(rule, replace(LETTER, url="https://meyer.example/"))


MINE = Rule(field="app", pattern="signal")


def test_what_pops_up_over_the_window_one_works_in_goes_with_it_whoever_made_it() -> None:
    manager = VisibleWindow(app="keepassxc", title="db", geometry=PLACE, pid=77, focused=True)
    candidates = VisibleWindow(app="ibus-ui", title="words", geometry=Rect(1, 2, 30, 40), pid=78, popup=True)
    assert verdict(manager, candidates).blackout == (PLACE, Rect(1, 2, 30, 40))
    assert verdict(replace(manager, focused=False), LETTER, candidates).blackout == (PLACE,)


def test_what_tells_of_a_window_that_is_left_out_is_left_out_though_that_one_is_not_shown() -> None:
    hidden = VisibleWindow(app="keepassxc", title="db", geometry=None, pid=77)
    panel = VisibleWindow(app="panel", title="", geometry=PLACE, pid=5, furniture=True, tells_of=(LETTER, hidden))
    assert verdict(panel).blackout == (PLACE,)
    assert verdict(replace(panel, tells_of=(LETTER,))).blackout == ()
    assert "keepassxc" not in " ".join(preview(verdict(panel))).casefold()


def test_a_notice_of_who_knows_whom_is_left_out_only_while_the_person_leaves_something_out() -> None:
    notice = VisibleWindow(app="dunst", title="", geometry=PLACE, pid=5, popup=True, notice=True)
    assert verdict(notice).blackout == ()
    assert verdict(notice, rules=(*seeds().rules, MINE)).blackout == (PLACE,)


@pytest.mark.parametrize(
    "title",
    [
        "Sparkasse Online-Banking", "KeePass2", "Okta Verify", "CopyQ", "Gespeicherte Passwörter",
        "Navegació privada - Firefox",
        "— Прыватнае агляданне Mozilla Firefox", "Приватно прелистување", "網路銀行", "Banque en ligne - Accueil",
    ],
)  # fmt: skip
def test_more_of_what_nobody_wants_kept_is_known(title: str) -> None:
    assert explain(title, seeds().rules) is not None
