"""What is made of Windows' answers, as its documentation describes them: tried here, though never on Windows."""

import struct
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.capture.gate import GateState, judge
from core.capture.rect import Rect
from core.capture.rules import seeds
from core.capture.screen.win32 import (
    Edges,
    LastInput,
    Place,
    Told,
    Win32Windows,
    arranged,
    program_name,
    ticks_between,
    whole,
)
from core.capture.screen.windows import focused_of
from core.errors import CaptureProblem
from core.settings import Capture

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SCREEN = Rect(-2560, -360, 2560 + 1920, 1440)
"""A second monitor of 2560 x 1440 left of the first one (1920 x 1080) and a little higher."""
EDITOR = Told(
    handle=0x10A3C,
    title="notes.txt - Notepad",
    cls="Notepad",
    pid=4120,
    program="Notepad",
    shown=True,
    minimised=False,
    cloaked=0,
    outer=Rect(93, 100, 816, 607),
    frame=Rect(100, 100, 802, 600),
    style=0x14CF0000,
    extended=0x00000110,
)


class Played:
    """A Windows that answers as it is told to."""

    def __init__(self, *told: Told, foreground: int = 0) -> None:
        self.told: Iterable[Told] = told
        self.in_front = foreground, "its title"
        self.desktop_is_ours = True
        self.fails = False

    def reachable(self) -> bool:
        return self.desktop_is_ours

    def windows(self) -> Iterable[Told]:
        if self.fails:
            raise OSError(1400, "Invalid window handle")
        return self.told

    def screen(self) -> Rect:
        return SCREEN

    def foreground(self) -> tuple[int, str]:
        return self.in_front

    def input_age_s(self) -> float | None:
        return 4.5

    def pointer(self) -> tuple[int, int] | None:
        return -12, 40


def test_the_structures_are_laid_out_as_in_windows_headers() -> None:
    raw = struct.pack("<iiii", -2568, -368, 8, 1088)
    assert Edges.from_buffer_copy(raw).rect() == Rect(-2568, -368, 2576, 1456)
    assert Edges.from_buffer_copy(struct.pack("<iiii", 5, 5, 3, 2)).rect().empty
    info = LastInput.from_buffer_copy(struct.pack("<II", 8, 4_294_967_290))
    assert (info.size, info.tick) == (8, 4_294_967_290)
    place = Place.from_buffer_copy(struct.pack("<ii", -1, 70))
    assert (place.x, place.y) == (-1, 70)


def test_windows_come_lowest_first_with_their_places_and_the_one_with_the_keys() -> None:
    browser = replace(EDITOR, handle=2, title="News", cls="MozillaWindowClass", program="firefox", pid=77)
    seen = Win32Windows(calls=Played(EDITOR, browser, foreground=EDITOR.handle)).visible()
    assert [(one.app, one.title, one.stacking, one.focused) for one in seen] == [
        ("firefox", "News", 0, False),
        ("Notepad", "notes.txt - Notepad", 1, True),
    ]
    assert not any(one.focused for one in Win32Windows(calls=Played(replace(EDITOR, handle=0))).visible())


def test_what_is_hidden_minimised_or_cloaked_is_not_on_the_screen() -> None:
    others = [
        replace(EDITOR, shown=False),
        replace(EDITOR, minimised=True, outer=Rect(-32000, -32000, 160, 28), frame=Rect(-32000, -32000, 160, 28)),
        *(replace(EDITOR, cloaked=why) for why in (1, 2, 4)),
        replace(EDITOR, outer=Rect(9000, 0, 100, 100), frame=Rect(9000, 0, 100, 100)),
        replace(EDITOR, outer=Rect(10, 10, 0, 0), frame=Rect(10, 10, 0, 0)),
    ]
    assert arranged(others, screen=SCREEN, foreground=0) == ()


@pytest.mark.parametrize(
    ("outer", "frame", "expected"),
    [
        pytest.param(Rect(93, 100, 816, 607), Rect(100, 100, 802, 600), Rect(100, 100, 802, 600), id="without borders"),
        pytest.param(Rect(-8, -8, 1936, 1056), Rect(0, 0, 1920, 1040), Rect(0, 0, 1920, 1040), id="maximised"),
        pytest.param(
            Rect(-2568, -368, 2576, 1456), Rect(-2560, -360, 2560, 1440), Rect(-2560, -360, 2560, 1440), id="negative"
        ),
        pytest.param(Rect(-20, 0, 40, 30), Rect(-20, 0, 40, 30), Rect(-20, 0, 40, 30), id="on two monitors"),
        pytest.param(Rect(1900, 1000, 500, 500), Rect(0, 0, 0, 0), Rect(1900, 1000, 20, 80), id="no frame told"),
        pytest.param(Rect(50, 60, 70, 80), Rect(5000, 5000, 7, 8), Rect(50, 60, 70, 80), id="nonsense told"),
    ],
)
def test_a_window_lies_where_it_is_drawn_in_physical_pixels(outer: Rect, frame: Rect, expected: Rect) -> None:
    (one,) = arranged([replace(EDITOR, outer=outer, frame=frame)], screen=SCREEN, foreground=0)
    assert one.geometry == expected


def test_at_150_percent_the_places_are_those_of_the_pixels_not_of_the_scaled_programs() -> None:
    """An unaware program thinks it is 800 x 600; a caller aware of each monitor is told 1200 x 900."""
    scaled = replace(EDITOR, outer=Rect(139, 150, 1222, 910), frame=Rect(150, 150, 1200, 900))
    (one,) = arranged([scaled], screen=Rect(0, 0, 2880, 1800), foreground=0)
    assert one.geometry == Rect(150, 150, 1200, 900)


def test_nothing_hides_an_excluded_window_so_it_is_blacked_out_even_behind_others() -> None:
    vault = replace(EDITOR, handle=3, title="Database - KeePassXC", program="KeePassXC", cls="Qt651QWindow", pid=9)
    seen = arranged([EDITOR, vault], screen=SCREEN, foreground=0)
    verdict = judge(seen, seeds().rules, Capture(), NOW, GateState())
    assert verdict.keep
    assert verdict.blackout == (Rect(100, 100, 802, 600),)
    assert [one.app for one in verdict.allowed] == ["Notepad"]


@pytest.mark.parametrize("affinity", [1, 17], ids=["WDA_MONITOR", "WDA_EXCLUDEFROMCAPTURE"])
def test_a_window_that_asks_to_be_left_out_of_pictures_is_not_named_either(affinity: int) -> None:
    seen = arranged([replace(EDITOR, affinity=affinity)], screen=SCREEN, foreground=0)
    verdict = judge(seen, (), Capture(), NOW, GateState())
    assert verdict.allowed == ()
    assert [one.reason for one in verdict.excluded] == ["its program asks to be left out of pictures"]


def test_our_own_windows_are_told_by_process_and_by_name() -> None:
    by_pid = arranged([EDITOR], screen=SCREEN, foreground=0, own=frozenset({4120}))
    by_name = arranged([replace(EDITOR, program="Mneme")], screen=SCREEN, foreground=0)
    assert by_pid[0].own
    assert by_name[0].own
    assert not arranged([EDITOR], screen=SCREEN, foreground=0, own=frozenset({1}))[0].own


def test_menus_and_tips_are_not_taken_for_windows_of_their_own() -> None:
    menu = replace(EDITOR, cls="#32768", title="", style=0x96800000)
    tip = replace(EDITOR, cls="tooltips_class32", title="", style=0x94800001, extended=0x00080088)
    dialog = replace(EDITOR, title="Save as", style=0x96C80000, extended=0x00010101)
    assert [one.popup for one in arranged([menu, tip, dialog, EDITOR], screen=SCREEN, foreground=0)] == [
        False,
        False,
        True,
        True,
    ]


def test_half_characters_in_a_title_are_replaced_and_any_script_is_kept() -> None:
    assert whole("a\ud83d b") == "a\ufffd b"
    for title in ("日本語のメモ", "שלום עולם", "𝄞 clef", "\u202egnp.exe"):
        assert whole(title) == title
    (one,) = arranged([replace(EDITOR, title="x\udc00")], screen=SCREEN, foreground=0)
    assert one.title == "x\ufffd"


def test_a_program_is_known_by_its_file_without_its_ending() -> None:
    assert [program_name(name) for name in ("KeePassXC.exe", "1PASSWORD.EXE", "a.exe.scr", "")] == [
        "KeePassXC",
        "1PASSWORD",
        "a.exe.scr",
        "",
    ]


def test_the_clock_of_the_last_input_wraps_after_49_days() -> None:
    assert ticks_between(1_000, 5_500) == 4.5
    assert ticks_between(4_294_967_290, 1_494) == 1.5


def test_the_lock_screen_and_the_question_for_an_administrator_are_not_recorded() -> None:
    played = Played(EDITOR)
    windows = Win32Windows(calls=played)
    assert (windows.front(), windows.idle_s(), windows.pointer()) == ((0, "its title"), 4.5, (-12, 40))
    played.desktop_is_ours = False
    for ask in (windows.visible, windows.front, windows.idle_s, windows.pointer):
        with pytest.raises(CaptureProblem, match="screen of its own"):
            ask()


def test_a_list_that_fails_and_a_closed_connection_are_sentences() -> None:
    played = Played(EDITOR)
    windows = Win32Windows(calls=played)
    played.fails = True
    with pytest.raises(CaptureProblem, match="does not list"):
        windows.visible()
    windows.close()
    with pytest.raises(CaptureProblem, match="has ended"):
        windows.visible()


def test_elsewhere_it_is_refused() -> None:
    with pytest.raises(CaptureProblem, match="not Windows"):
        Win32Windows()


@pytest.mark.parametrize("cls", ["Shell_TrayWnd", "Shell_SecondaryTrayWnd", "Progman", "WorkerW"])
def test_taskbars_and_the_desktop_are_no_windows_to_name_a_picture_after(cls: str) -> None:
    seen = arranged([replace(EDITOR, cls=cls), EDITOR], screen=SCREEN, foreground=0)
    assert [one.furniture for one in seen] == [False, True]
    assert focused_of(seen) == seen[0]
