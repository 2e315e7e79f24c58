"""What is made of macOS's window descriptions, as Quartz documents them: tried here, though never on macOS."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from core.capture.gate import GateState, judge
from core.capture.rect import Rect
from core.capture.rules import seeds
from core.capture.screen.quartz import Described, QuartzWindows, arranged
from core.capture.screen.windows import focused_of
from core.errors import CaptureProblem
from core.settings import Capture

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DISPLAYS = (Rect(0, 0, 1512, 982), Rect(-1920, -98, 1920, 1080))


def window(owner: str, title: str | None, x: float, y: float, width: float, height: float, **more: object) -> Described:
    """As CGWindowListCopyWindowInfo gives one: with a title only where there is one."""
    about: dict[str, object] = {
        "kCGWindowNumber": 41,
        "kCGWindowOwnerPID": 612,
        "kCGWindowOwnerName": owner,
        "kCGWindowBounds": {"X": x, "Y": y, "Width": width, "Height": height},
        "kCGWindowLayer": 0,
        "kCGWindowAlpha": 1.0,
        "kCGWindowSharingState": 1,
        "kCGWindowStoreType": 1,
        "kCGWindowMemoryUsage": 2288,
        "kCGWindowIsOnscreen": True,
    }
    if title is not None:
        about["kCGWindowName"] = title
    return about | more


MENU_BAR = window("Window Server", "Menubar", 0, 0, 1512, 37, kCGWindowLayer=24, kCGWindowOwnerPID=300)
DOCK = window("Dock", "Dock", 0, 0, 1512, 982, kCGWindowLayer=20, kCGWindowOwnerPID=301)
LETTER = window("TextEdit", "Letter.txt", 120.5, 80.25, 600.5, 400.5, kCGWindowNumber=77)
VAULT = window("1Password", "Vault", -1800, -90, 900, 600, kCGWindowOwnerPID=950)
DESKTOP = window("Finder", "", 0, 0, 1512, 982, kCGWindowLayer=-2147483603, kCGWindowOwnerPID=302)
FRONT_TO_BACK = (MENU_BAR, DOCK, LETTER, VAULT, DESKTOP)


class Played:
    """A macOS that answers as it is told to."""

    def __init__(self, *listed: Described) -> None:
        self.listed: Sequence[Described] | None = listed
        self.permitted, self.is_locked = True, False
        self.asked = 0

    def allowed(self) -> bool:
        return self.permitted

    def ask(self) -> None:
        self.asked += 1

    def locked(self) -> bool:
        return self.is_locked

    def windows(self) -> Sequence[Described] | None:
        return self.listed

    def displays(self) -> Sequence[Rect]:
        return DISPLAYS

    def input_age_s(self) -> float | None:
        return 3.25

    def pointer(self) -> tuple[int, int] | None:
        return -5, 9


def test_windows_come_lowest_first_and_the_first_normal_one_has_the_focus() -> None:
    seen = QuartzWindows(calls=Played(*FRONT_TO_BACK)).visible()
    assert [one.app for one in seen] == ["Finder", "1Password", "TextEdit", "Dock", "Window Server"]
    assert [one.stacking for one in seen] == [0, 1, 2, 3, 4]
    assert [one.app for one in seen if one.focused] == ["TextEdit"]
    assert [one.app for one in seen if one.popup] == ["Dock", "Window Server"]
    assert QuartzWindows(calls=Played(*FRONT_TO_BACK)).front() == (77, "Letter.txt")
    assert QuartzWindows(calls=Played(MENU_BAR, DOCK)).front() == (0, "")


def test_points_are_rounded_outwards_and_may_be_negative() -> None:
    letter, vault = arranged((VAULT, LETTER), displays=DISPLAYS)
    assert letter.geometry == Rect(120, 80, 601, 401)
    assert vault.geometry == Rect(-1800, -90, 900, 600)


def test_what_no_display_shows_is_left_out_and_what_has_no_bounds_has_no_place() -> None:
    away = window("A", "a", 1512, 0, 100, 100)
    clear = window("B", "b", 0, 0, 100, 100, kCGWindowAlpha=0.0)
    flat = window("C", "c", 10, 10, 0, 0)
    assert arranged((away, clear, flat), displays=DISPLAYS) == ()
    for broken in (None, "junk", {"X": 1.0}, {"X": float("nan"), "Y": 0.0, "Width": 1.0, "Height": 1.0}):
        (one,) = arranged((window("D", "d", 0, 0, 9, 9, kCGWindowBounds=broken),), displays=DISPLAYS)
        assert one.geometry is None


def test_a_password_manager_behind_everything_on_the_other_display_is_blacked_out() -> None:
    verdict = judge(arranged(FRONT_TO_BACK, displays=DISPLAYS), seeds().rules, Capture(), NOW, GateState())
    assert verdict.keep
    assert verdict.blackout == (Rect(-1800, -90, 900, 600),)
    assert "1Password" not in [one.app for one in verdict.allowed]


def test_an_excluded_window_without_a_place_drops_the_look() -> None:
    lost = window("1Password", "Vault", 0, 0, 9, 9, kCGWindowBounds=None)
    verdict = judge(arranged((LETTER, lost), displays=DISPLAYS), seeds().rules, Capture(), NOW, GateState())
    assert not verdict.keep


def test_a_window_that_its_program_does_not_share_is_not_named() -> None:
    secret = window("Banking", "Account", 0, 0, 300, 300, kCGWindowSharingState=0)
    verdict = judge(arranged((secret,), displays=DISPLAYS), (), Capture(), NOW, GateState())
    assert verdict.allowed == ()
    assert verdict.blackout == (Rect(0, 0, 300, 300),)


def test_our_own_windows_are_told_by_process_and_by_name() -> None:
    assert arranged((LETTER,), displays=DISPLAYS, own=frozenset({612}))[0].own
    assert arranged((window("Mneme", None, 0, 0, 9, 9),), displays=DISPLAYS)[0].own
    assert not arranged((LETTER,), displays=DISPLAYS)[0].own


def test_missing_and_strange_values_are_told_as_not_known() -> None:
    bare: Described = {"kCGWindowBounds": {"X": 0.0, "Y": 0.0, "Width": 5.0, "Height": 5.0}, "kCGWindowName": 7}
    (one,) = arranged((bare,), displays=DISPLAYS)
    assert (one.app, one.title, one.pid) == ("", "", 0)


def test_without_the_permission_it_is_asked_for_once_and_refused_with_the_way_to_it() -> None:
    played = Played(*FRONT_TO_BACK)
    windows = QuartzWindows(calls=played)
    assert (windows.idle_s(), windows.pointer()) == (3.25, (-5, 9))
    played.permitted = False
    for ask in (windows.visible, windows.front, windows.idle_s, windows.pointer):
        with pytest.raises(CaptureProblem, match="Screen & System Audio Recording"):
            ask()
    assert played.asked == 1


def test_a_locked_screen_and_no_window_server_are_sentences() -> None:
    played = Played()
    windows = QuartzWindows(calls=played)
    played.is_locked = True
    with pytest.raises(CaptureProblem, match="locked"):
        windows.visible()
    played.is_locked, played.listed = False, None
    with pytest.raises(CaptureProblem, match="cannot be listed"):
        windows.visible()
    windows.close()
    with pytest.raises(CaptureProblem, match="has ended"):
        windows.front()


def test_elsewhere_it_is_refused() -> None:
    with pytest.raises(CaptureProblem, match="not macOS"):
        QuartzWindows()


def test_the_desktop_is_no_window_to_name_a_picture_after() -> None:
    behind = window("Finder", None, 0, 0, 900, 600, kCGWindowLayer=-2147483603)
    seen = arranged((LETTER, behind), displays=DISPLAYS)
    assert [one.furniture for one in seen] == [True, False]
    assert focused_of(seen[:1]) is None
