"""The screen recorded for real: Xvfb, openbox, xterm, the reader's process."""

import gc
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from core.capture.rect import Rect
from core.capture.screen.grab import Grabber
from core.capture.screen.x11 import X11Windows
from core.errors import CaptureProblem
from core.events import FrameKept, RecorderChanged
from core.memory import Facet
from core.settings import Capture
from tests.integration.capture.conftest import Watch
from tests.xserver import Desk, desk

pytestmark = pytest.mark.display

CANARY = "quetzalcoatl feathers"


def settle(screen: Desk) -> None:
    """Let a window paint what it was told."""
    screen.run("xdotool", "getmouselocation")
    time.sleep(0.7)


def said(text: str, then: str = "exec cat") -> str:
    return f"printf '%s\\n' {text!r}; {then}"


def place(screen: Desk, window: int) -> Rect:
    """Where a window's frame lies."""
    with_frame = X11Windows(frozenset(), screen.display)
    try:
        title = screen.run("xdotool", "getwindowname", str(window)).strip()
        return next(one.geometry for one in with_frame.visible() if one.title == title and one.geometry)
    finally:
        with_frame.close()


def test_a_line_typed_into_a_window_is_kept_and_can_be_read(screen: Desk, watch: Watch) -> None:
    window = screen.xterm("notes", shell=said("The agenda for Monday morning"))
    settle(screen)
    watching = watch()
    assert watching.look() == 1
    (first,) = watching.read()
    assert "agenda for Monday" in first.observation.text
    assert first.observation.facet is Facet.FRAME
    assert (first.observation.provenance.app, first.observation.provenance.window) == ("xterm", "notes")
    screen.run("xdotool", "type", "--window", str(window), "Dana owes the invoice")
    settle(screen)
    assert watching.look() == 1
    (second,) = watching.read()
    assert "Dana owes the invoice" in second.observation.text
    assert "agenda for Monday" in second.observation.text
    assert any(isinstance(event, FrameKept) for event in watching.events)
    box = next(box for box in second.observation.boxes if box.text == "Dana")
    frame = place(screen, window)
    assert frame.left <= box.left <= frame.right
    assert frame.top <= box.top <= frame.bottom


def test_a_blinking_caret_and_a_ticking_clock_are_no_change(screen: Desk, watch: Watch) -> None:
    screen.xterm("caret", options=("-bc", "-bcf", "200", "-bcn", "200"), geometry="40x5+20+20")
    ticking = "while :; do printf '\\r%s' \"$(date +%T)\"; sleep 1; done"
    screen.xterm("clock", shell=ticking, geometry="40x5+20+400")
    settle(screen)
    watching = watch()
    assert watching.look() == 1
    frames = 0
    for _ in range(8):
        time.sleep(0.55)
        frames += watching.look()
    assert frames == 0


def test_a_screen_that_does_not_change_makes_no_frame_and_stays_recording(screen: Desk, watch: Watch) -> None:
    screen.xterm("still", shell=said("nothing moves"))
    settle(screen)
    watching = watch()
    assert [watching.look() for _ in range(5)] == [1, 0, 0, 0, 0]
    account = watching.recorder.account()
    assert (account.state, account.looks, account.expected) == ("recording", 5, 5)
    assert account.heartbeat == watching.now


def test_a_window_seen_again_is_the_same_page(screen: Desk, watch: Watch) -> None:
    first = screen.xterm("first", shell=said("the first page"), geometry="90x30+20+20")
    second = screen.xterm("second", shell=said("another page altogether"), geometry="90x30+20+20")
    settle(screen)
    watching = watch()
    frames = []
    for window in (first, second, first, second):
        screen.run("xdotool", "windowactivate", "--sync", str(window))
        settle(screen)
        frames.append(watching.look())
    assert frames == [1, 1, 0, 0]


@pytest.mark.parametrize("excluded_in_front", [True, False], ids=["in front", "behind and beside"])
def test_an_excluded_window_leaves_no_pixel_no_text_and_no_title(
    screen: Desk, watch: Watch, excluded_in_front: bool
) -> None:
    secret = screen.xterm("vault - KeePassXC", shell=said(CANARY), geometry="50x12+400+60")
    plain = screen.xterm("letter", shell=said("Dear neighbour"), geometry="50x12+60+200")
    screen.run("xdotool", "windowactivate", "--sync", str(secret if excluded_in_front else plain))
    settle(screen)
    hidden, letter = place(screen, secret), place(screen, plain)
    watching = watch()
    assert watching.look() == 1
    (kept,) = watching.read()
    seen = (hidden,) if excluded_in_front else hidden.minus(letter)
    assert seen
    for part in seen:
        assert not kept.pixels[part.top : part.bottom, part.left : part.right].any()
    assert sum(part.area for part in seen) < hidden.area or excluded_in_front
    assert "Dear neighbour" in kept.observation.text
    for word in (*CANARY.split(), "KeePassXC", "vault"):
        assert word not in repr(kept.observation)
    assert kept.observation.provenance.window == "letter"


def test_a_wholly_covered_excluded_window_blackens_nothing(screen: Desk, watch: Watch) -> None:
    screen.xterm("vault - KeePassXC", shell=said(CANARY), geometry="30x6+200+150")
    screen.xterm("letter", shell=said("Dear neighbour"), geometry="100x30+20+20")
    settle(screen)
    watching = watch()
    watching.look()
    (kept,) = watching.read()
    letter = X11Windows(frozenset(), screen.display)
    (window,) = letter.visible()
    letter.close()
    assert window.title == "letter"
    assert window.geometry is not None
    middle = kept.pixels[160:250, 220:400]
    assert middle.min() > 200
    assert "neighbour" in kept.observation.text


def test_our_own_windows_are_never_in_a_frame(screen: Desk, watch: Watch) -> None:
    window = screen.xterm("ours", shell=said(CANARY))
    settle(screen)
    process = int(screen.run("xdotool", "getwindowpid", str(window)))
    watching = watch(own=frozenset({process}))
    watching.look()
    assert watching.read() == []


def test_a_browser_that_may_be_private_is_kept_only_by_setting(screen: Desk, watch: Watch) -> None:
    screen.xterm("News of the day", cls="firefox", shell=said(CANARY))
    settle(screen)
    watching = watch()
    watching.look()
    assert watching.read() == []
    watching.settings = Capture(unknown_browsers=True)
    assert watching.look() == 1
    (kept,) = watching.read()
    assert "quetzalcoatl" in kept.observation.text


def test_a_card_number_on_the_screen_reaches_neither_text_nor_picture(screen: Desk, watch: Watch) -> None:
    screen.xterm("shop", shell=said("pay with 4111 1111 1111 1111 today"))
    settle(screen)
    watching = watch()
    watching.look()
    (kept,) = watching.read()
    assert kept.masked == 1
    assert "1111" not in repr(kept.observation)
    assert "[masked: card]" in kept.observation.text
    assert "pay with" in kept.observation.text
    again = watching.reader.read(kept.pixels)
    assert "1111" not in again.text
    assert "pay with" in again.text


def test_titles_in_any_script_are_told(screen: Desk) -> None:
    titles = ["Übersicht", "日本語のメモ", "שלום עולם", "Привет мир", "한국어 창", "ελληνικά"]
    for number, title in enumerate(titles):
        screen.xterm(title, geometry=f"20x2+{20 + 200 * number}+{40 + 60 * number}", size=8)
    windows = X11Windows(frozenset(), screen.display)
    assert {window.title for window in windows.visible()} == set(titles)
    windows.close()


def test_windows_are_told_without_a_window_manager(tmp_path: Path) -> None:
    with desk(tmp_path, manager=False) as bare:
        bare.xterm("alone", geometry="30x4+40+30")
        windows = X11Windows(frozenset(), bare.display)
        (only,) = windows.visible()
        assert (only.title, only.app, only.cls) == ("alone", "xterm", "xterm XTerm")
        assert only.geometry is not None
        assert (only.geometry.left, only.geometry.top) == (40, 30)
        assert only.pid > 0
        windows.close()


def test_another_title_or_window_in_front_is_looked_at_before_the_greatest_gap(screen: Desk, watch: Watch) -> None:
    first = screen.xterm("first", shell=said("the first page"), geometry="90x30+20+20")
    screen.xterm("second", shell=said("another page altogether"), geometry="90x30+20+20")
    settle(screen)
    watching = watch()
    watching.look()
    watching.now += timedelta(seconds=1.6)
    watching.recorder.tick()
    screen.run("xdotool", "windowactivate", "--sync", str(first))
    settle(screen)
    looks = watching.recorder.account().looks
    watching.now += timedelta(seconds=1.6)
    watching.recorder.tick()
    assert watching.recorder.account().looks == looks + 1
    assert {kept.observation.provenance.window for kept in watching.read()} == {"first", "second"}


def test_the_focus_and_the_order_of_windows_are_told(screen: Desk) -> None:
    low = screen.xterm("low", geometry="30x6+20+20")
    screen.xterm("high", geometry="30x6+60+60")
    windows = X11Windows(frozenset(), screen.display)
    assert [(w.title, w.focused) for w in windows.visible()] == [("low", False), ("high", True)]
    screen.run("xdotool", "windowactivate", "--sync", str(low))
    assert [(w.title, w.focused) for w in windows.visible()] == [("high", False), ("low", True)]
    windows.close()


def test_each_monitor_is_a_frame_of_its_own_the_active_one_first(screen: Desk, watch: Watch) -> None:
    screen.split(640, 640)
    screen.xterm("on the right", shell=said("right side"), geometry="40x8+700+100")
    settle(screen)
    watching = watch()
    assert watching.look() == 2
    texts = [(kept.observation.text, kept.picture.width if kept.picture else 0) for kept in watching.read()]
    assert len(texts) == 1
    assert "right side" in texts[0][0]
    assert texts[0][1] == 640
    grabbed, windows = watching.open_screen()
    windows.close()
    frames = list(grabbed.grab(watching.now, Rect(700, 100, 300, 200)))
    grabbed.close()
    assert [frame.geometry.left for frame in frames] == [640, 0]


def test_monitors_that_change_their_size_are_followed(screen: Desk, watch: Watch) -> None:
    screen.xterm("page", shell=said("before and after"))
    settle(screen)
    watching = watch()
    grabber, windows = watching.open_screen()
    windows.close()
    assert [frame.pixels.shape[1] for frame in grabber.grab(watching.now)] == [1280]
    screen.split(960, 320)
    assert [frame.pixels.shape[1] for frame in grabber.grab(watching.now)] == [960, 320]
    screen.split(500, 780)
    assert [frame.pixels.shape[1] for frame in grabber.grab(watching.now)] == [500, 780]
    grabber.close()
    assert watching.look() == 2


@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_a_display_that_goes_away_is_a_gap_with_its_reason(screen: Desk, watch: Watch) -> None:
    screen.xterm("page", shell=said("soon gone"))
    settle(screen)
    watching = watch()
    watching.look()
    screen.close()
    assert watching.look() == 0
    assert watching.recorder.account().state == "problem"
    assert watching.look() == 0
    watching.recorder.close()
    assert [gap.reason for gap in watching.gaps]
    assert all(gap.begins < gap.ends for gap in watching.gaps)
    gc.collect()  # python-xlib leaves the socket that was refused to it


def test_a_full_queue_is_a_gap_and_said_until_there_is_room(screen: Desk, watch: Watch) -> None:
    window = screen.xterm("page", shell=said("one"))
    settle(screen)
    watching = watch(most_frames=1)
    assert watching.look() == 1
    screen.run("xdotool", "type", "--window", str(window), "a whole new line of text")
    settle(screen)
    assert watching.look() == 0
    assert RecorderChanged("problem", "Too many pictures wait to be read. It catches up when the machine is idle.") in (
        watching.events
    )
    watching.read()
    assert watching.look() == 1
    assert [gap.reason for gap in watching.gaps] == ["Too many pictures wait to be read."]
    assert watching.recorder.account().state == "recording"


def test_a_pause_is_a_gap_and_lets_nothing_through(screen: Desk, watch: Watch) -> None:
    screen.xterm("page", shell=said("not for keeping"))
    settle(screen)
    watching = watch()
    watching.recorder.pause(watching.now + timedelta(minutes=5))
    assert [watching.look() for _ in range(3)] == [0, 0, 0]
    assert watching.recorder.account().state == "paused"
    watching.recorder.resume()
    assert watching.look() == 1
    assert [gap.reason for gap in watching.gaps] == ["paused"]


def test_a_lock_stops_recording_and_drops_what_was_seen(screen: Desk, watch: Watch) -> None:
    screen.xterm("page", shell=said("seen before the lock"))
    settle(screen)
    watching = watch()
    assert watching.look() == 1
    watching.recorder.lock()
    assert watching.look() == 0
    assert RecorderChanged("locked", "locked") in watching.events
    watching.recorder.unlock()
    assert watching.look() == 1


@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_a_display_that_is_not_there_is_a_sentence() -> None:
    # python-xlib leaves the socket that was refused to the garbage collector
    with pytest.raises(CaptureProblem, match="cannot be listed"):
        X11Windows(frozenset(), ":4093")
    with pytest.raises(CaptureProblem, match="cannot be read"):
        Grabber(":4093")
    gc.collect()


@pytest.mark.parametrize("display", ["localhost:10.0", "tcp/example.org:0", "10.0.0.7:0"])
def test_a_display_over_a_network_is_refused(display: str) -> None:
    with pytest.raises(CaptureProblem, match="network"):
        X11Windows(frozenset(), display)
    with pytest.raises(CaptureProblem, match="network"):
        Grabber(display)


def test_the_stored_picture_is_what_was_on_the_screen(screen: Desk, watch: Watch) -> None:
    screen.xterm("page", shell=said("pixel for pixel"))
    settle(screen)
    watching = watch()
    watching.look()
    (kept,) = watching.read()
    grabber, windows = watching.open_screen()
    (frame,) = grabber.grab(watching.now)
    grabber.close()
    windows.close()
    assert kept.picture is not None
    assert kept.picture.form == "lossless"
    assert np.mean(kept.pixels != frame.pixels) < 0.001
