"""Screens as nobody would wish them, on a real X server: titles, sizes, managers, storms, changes, ends."""

import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from Xlib import X

from core.capture.gate import GateState, judge
from core.capture.rect import Rect
from core.capture.rules import seeds
from core.capture.screen.grab import Frame, Grabber
from core.capture.screen.label import unpacked
from core.capture.screen.reader import Reader
from core.capture.screen.recorder import Screen
from core.capture.screen.windows import VisibleWindow, Windows, focused_of
from core.capture.screen.x11 import X11Windows
from core.errors import CaptureProblem
from core.settings import Capture
from tests.integration.capture.clients import Client
from tests.integration.capture.conftest import Watch
from tests.integration.capture.watching import Watching
from tests.xserver import Desk, desk

pytestmark = pytest.mark.display

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, manager=False) as made:
        yield made


@pytest.fixture
def client(bare: Desk) -> Iterator[Client]:
    made = Client(bare.display)
    yield made
    made.close()


def visible(on: Desk) -> tuple[VisibleWindow, ...]:
    with closing(X11Windows(frozenset(), on.display)) as windows:
        return windows.visible()


BYTES = [
    pytest.param("日本語のメモ".encode(), "日本語のメモ", id="Japanese"),
    pytest.param("שלום \u202eexe.gnp\u202c".encode(), "שלום \u202eexe.gnp\u202c", id="reversed"),
    pytest.param("a\u200b\u2060b\ufeff".encode(), "a\u200b\u2060b\ufeff", id="without width"),
    pytest.param(("e" + "\u0301" * 500).encode(), "e" + "\u0301" * 500, id="500 accents"),
    pytest.param("\U0001f600\U000e0041".encode(), "\U0001f600\U000e0041", id="tags"),
    pytest.param(b"caf\xe9 \xff\xfe", "caf\xe9 \xff\xfe", id="not UTF-8"),
    pytest.param(b"\xed\xa0\x80 half", "\xed\xa0\x80 half", id="half a character"),
    pytest.param(b"one\x00two", "one\x00two", id="NUL"),
    pytest.param(b"\x1b%/1\x80\x84junk", None, id="compound text that ends early"),
    pytest.param(b"\x1b" * 300, None, id="escapes only"),
    pytest.param(b" \t\r\n ", " \t\r\n ", id="blank"),
]


@pytest.mark.parametrize(("raw", "told"), BYTES)
def test_a_title_of_any_bytes_is_told_and_can_be_kept(bare: Desk, client: Client, raw: bytes, told: str | None) -> None:
    client.window(raw)
    (one,) = visible(bare)
    assert told is None or one.title == told
    one.title.encode("utf-8")
    verdict = judge((one,), (), Capture(), NOW, GateState())
    assert verdict.allowed == (one,)


@pytest.mark.parametrize("kind", ["STRING", "COMPOUND_TEXT", "UTF8_STRING", "CARDINAL"])
def test_an_old_title_of_any_kind_is_told(bare: Desk, client: Client, kind: str) -> None:
    window = client.window()
    client.name(window, b"Inventory 7", atom="WM_NAME", kind=kind)
    (one,) = visible(bare)
    assert one.title == "Inventory 7"


def test_a_title_that_is_a_list_of_numbers_is_no_title(bare: Desk, client: Client) -> None:
    window = client.window()
    for width in (16, 32):
        window.change_property(client.display.intern_atom("_NET_WM_NAME"), 6, width, [1, 2, 3])
        client.display.sync()
        assert [one.title for one in visible(bare)] == [""]


@pytest.mark.parametrize("cls", [b"", b"\x00\x00", b"lone", b"a\x00b\x00c\x00d", b"\xff\xfe\x00\xff", b"x" * 100_000])
def test_a_class_of_any_bytes_is_told_within_bounds(bare: Desk, client: Client, cls: bytes) -> None:
    client.window(b"page", cls=cls)
    (one,) = visible(bare)
    assert len(one.cls) < 10_000
    one.cls.encode("utf-8")


@pytest.mark.parametrize(
    "mark", ["Mozilla Firefox Private Browsing", "KeePassXC"], ids=["a private window", "a password manager"]
)
@pytest.mark.parametrize("length", [700, 5_000, 10_000_000], ids=["700 B", "5 kB", "10 MB"])
@pytest.mark.parametrize("at_the_end", [True, False], ids=["at its end", "at its beginning"])
def test_a_long_title_is_judged_by_both_its_ends_and_kept_short(
    bare: Desk, client: Client, mark: str, length: int, at_the_end: bool
) -> None:
    long = "Seite über alles ".encode() * (length // 17)
    title = long + f"- {mark}".encode() if at_the_end else f"{mark} - ".encode() + long
    client.window(title, place=(10, 10, 300, 200))
    (one,) = visible(bare)
    assert len(one.title) < 10_000
    verdict = judge((one,), seeds().rules, Capture(unknown_browsers=True), NOW, GateState())
    assert verdict.allowed == ()
    assert verdict.blackout == (Rect(10, 10, 300, 200),)


def test_the_front_window_with_a_title_of_10_mb_changes_when_its_end_does(bare: Desk, client: Client) -> None:
    window = client.window(b"x" * 10_000_000 + b" one")
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    client.display.sync()
    with closing(X11Windows(frozenset(), bare.display)) as windows:
        before = windows.front()
        client.name(window, b"x" * 10_000_000 + b" two")
        assert windows.front() != before
        assert windows.front() == windows.front()


def test_a_manager_that_speaks_no_ewmh_is_seen_through_to_the_programs_window(bare: Desk, client: Client) -> None:
    _, inside = client.framed(b"old letter", (100, 60, 300, 200))
    other = client.framed(b"in front", (200, 120, 300, 200))[1]
    seen = visible(bare)
    assert [(one.title, one.cls) for one in seen] == [("old letter", "page Page"), ("in front", "page Page")]
    assert [one.geometry for one in seen] == [Rect(100, 60, 308, 228), Rect(200, 120, 308, 228)]
    assert [one.focused for one in seen] == [False, True]
    inside.set_input_focus(X.RevertToParent, X.CurrentTime)
    client.display.sync()
    assert [one.focused for one in visible(bare)] == [True, False]
    other.destroy()


def test_without_a_manager_the_window_that_has_the_keys_is_in_front(bare: Desk, client: Client) -> None:
    low, high = client.window(b"low"), client.window(b"high", place=(30, 30, 200, 100))
    for window, title in ((low, "low"), (high, "high")):
        window.set_input_focus(X.RevertToParent, X.CurrentTime)
        client.display.sync()
        assert [one.title for one in visible(bare) if one.focused] == [title]


@pytest.mark.parametrize("active", [0, 1, 0xFFFFFFFF, 0x400000], ids=["none", "1", "-1", "a window that is gone"])
def test_an_active_window_that_is_nonsense_is_passed_over(bare: Desk, client: Client, active: int) -> None:
    client.window(b"page")
    atom = client.display.intern_atom("_NET_ACTIVE_WINDOW")
    client.root.change_property(atom, client.display.intern_atom("WINDOW"), 32, [active])
    client.display.sync()
    with closing(X11Windows(frozenset(), bare.display)) as windows:
        assert [one.title for one in windows.visible()] == ["page"]
        windows.front()
        windows.front_state("_NET_WM_STATE_FULLSCREEN")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        pytest.param((5, 6, 1, 1), Rect(5, 6, 1, 1), id="one pixel"),
        pytest.param((0, 0, 32_767, 32_767), Rect(0, 0, 1280, 800), id="as large as X allows"),
        pytest.param((-16_000, -16_000, 16_384, 16_384), Rect(0, 0, 384, 384), id="16k from far left"),
        pytest.param((1279, 799, 16_384, 16_384), Rect(1279, 799, 1, 1), id="a corner"),
        pytest.param((-30, 20, 31, 10), Rect(0, 20, 1, 10), id="one column"),
        pytest.param((1280, 0, 100, 100), None, id="right of the screen"),
        pytest.param((-500, -500, 400, 400), None, id="left of the screen"),
        pytest.param((32_767, 32_767, 1, 1), None, id="as far as X allows"),
    ],
)
def test_windows_of_absurd_sizes_and_places_lie_within_the_screen(
    bare: Desk, client: Client, place: tuple[int, int, int, int], expected: Rect | None
) -> None:
    client.window(b"absurd", place=place)
    assert [one.geometry for one in visible(bare)] == ([] if expected is None else [expected])


def test_an_invisible_window_hides_no_other(bare: Desk, client: Client) -> None:
    """Input-only windows and shaped-away ones lie over the whole screen in some desktops."""
    client.window(b"page", place=(100, 100, 200, 100))
    client.root.create_window(0, 0, 1280, 800, 0, 0, X.InputOnly, override_redirect=True).map()
    client.display.sync()
    assert [one.title for one in visible(bare)] == ["page"]


def test_a_storm_of_menus_that_come_and_go_breaks_no_look(bare: Desk, client: Client, watch: Watch) -> None:
    client.window(b"page", place=(10, 10, 400, 300))
    over = threading.Event()

    def storm() -> None:
        with closing(Client(bare.display)) as stormy:
            while not over.is_set():
                menus = [stormy.window(b"menu", place=(n, n, 60, 30), override=True) for n in range(0, 600, 20)]
                for menu in menus:
                    menu.destroy()
                stormy.display.sync()

    thread = threading.Thread(target=storm)
    thread.start()
    try:
        watching = watch(bare)
        with closing(X11Windows(frozenset(), bare.display)) as windows:
            for _ in range(40):
                assert "page" in [one.title for one in windows.visible()]
        for _ in range(5):
            watching.look()
        assert watching.recorder.account().state == "recording"
        assert watching.gaps == []
    finally:
        over.set()
        thread.join()


def test_a_thousand_windows_are_all_told(bare: Desk, client: Client) -> None:
    for number in range(1000):
        client.window(str(number).encode(), place=(number, 10, 1, 20))
    assert [one.title for one in visible(bare)] == [str(number) for number in range(1000)]


class Meanwhile:
    """A real screen, where something happens between two pictures or after the last."""

    def __init__(self, screen: Screen, happens: Callable[[], None], *, after: int) -> None:
        self._screen, self._happens, self._after = screen, happens, after

    def grab(self, at: datetime, active: Rect | None = None) -> Iterator[Frame]:
        for number, frame in enumerate(self._screen.grab(at, active), 1):
            if number == self._after:
                self._happens()
            yield frame

    def close(self) -> None:
        self._screen.close()


@dataclass
class Interrupted(Watching):
    """A recorder on such a screen."""

    happens: Callable[[], None] = lambda: None
    after: int = 1

    def open_screen(self) -> tuple[Screen, Windows]:
        screen, windows = super().open_screen()
        return Meanwhile(screen, self.happens, after=self.after), windows


@pytest.fixture
def interrupted(bare: Desk, tmp_path: Path, reader: Reader) -> Iterator[Callable[..., Interrupted]]:
    with ExitStack() as stack:

        def start(happens: Callable[[], None], after: int = 1) -> Interrupted:
            made = Interrupted(bare, tmp_path / "profile", reader, happens=happens, after=after)
            stack.callback(made.close)
            return made

        yield start


def test_a_window_that_moves_while_the_picture_is_taken_is_blacked_out_in_both_places(
    bare: Desk, client: Client, interrupted: Callable[..., Interrupted]
) -> None:
    secret = client.window(b"vault - KeePassXC", place=(20, 20, 200, 100), shade=0xFF0000)
    client.window(b"page", place=(20, 400, 900, 300))

    def moves() -> None:
        secret.configure(x=600, y=30)
        client.display.sync()

    watching = interrupted(moves)
    assert watching.look() == 1
    pixels = np.frombuffer(zlib.decompress(watching.spool.take().frame), dtype=np.uint8).reshape(800, 1280, 3)
    assert not pixels[20:120, 20:220].any()
    assert not pixels[30:130, 600:800].any()
    assert pixels[500, 500].min() == 255


def test_a_resolution_that_changes_between_two_monitors_leaves_the_second_out_and_is_followed(
    bare: Desk, client: Client, interrupted: Callable[..., Interrupted]
) -> None:
    bare.split(640, 640)
    client.window(b"page", place=(20, 20, 300, 300))
    changes = iter([lambda: bare.resize(800, 600)])
    watching = interrupted(lambda: next(changes, lambda: None)())
    watching.look()
    assert watching.recorder.account().state == "recording"
    bare.split(800)
    with closing(Grabber(bare.display)) as grabber:
        assert [frame.pixels.shape for frame in grabber.grab(NOW)] == [(600, 800, 3)]
    watching.look()
    assert watching.recorder.account().state == "recording"
    assert watching.gaps == []


def test_a_screen_that_shrinks_under_the_grab_is_a_sentence_and_comes_back(bare: Desk) -> None:
    with closing(Grabber(bare.display)) as grabber:
        bare.split(1280)
        frames = grabber.grab(NOW)
        bare.resize(640, 480)
        with pytest.raises(CaptureProblem, match="No monitor could be read"):
            list(frames)
        bare.split(640)
        assert [frame.pixels.shape for frame in grabber.grab(NOW)] == [(480, 640, 3)]
        bare.resize(1280, 800)
        bare.split(1280)
        assert [frame.pixels.shape for frame in grabber.grab(NOW)] == [(800, 1280, 3)]


def test_a_monitor_that_goes_is_left_out_and_one_that_comes_back_is_seen_anew(
    bare: Desk, client: Client, watch: Watch
) -> None:
    bare.split(640, 640)
    client.window(b"left", place=(20, 20, 300, 300))
    client.window(b"right", place=(700, 20, 300, 300))
    watching = watch(bare)
    assert watching.look() == 2
    bare.split(640)
    assert watching.look() == 0
    assert watching.recorder.account().state == "recording"
    bare.split(640, 640)
    client.window(b"new on the right", place=(800, 400, 300, 300))
    assert watching.look() == 1
    assert watching.gaps == []


def test_a_server_that_is_killed_and_comes_back_is_a_gap_without_holes_and_recorded_again(
    tmp_path: Path, watch: Watch
) -> None:
    with desk(tmp_path, manager=False) as first, closing(Client(first.display)) as client:
        client.window(b"before", place=(10, 10, 400, 300))
        watching = watch(first)
        assert watching.look() == 1
        first.running[0].kill()
        first.running[0].wait()
        for _ in range(3):
            assert watching.look() == 0
            assert watching.recorder.account().state == "problem"
    with desk(tmp_path, manager=False, display=first.display) as second, closing(Client(second.display)) as client:
        client.window(b"after", place=(10, 10, 400, 300))
        assert watching.look() == 1
        assert watching.recorder.account().state == "recording"
        assert all(gap.reason and gap.begins < gap.ends for gap in watching.gaps)
        assert [gap.ends for gap in watching.gaps] == [*(gap.begins for gap in watching.gaps[1:]), watching.now]


def test_a_black_screen_without_any_window_is_looked_at_like_any_other(bare: Desk, watch: Watch) -> None:
    watching = watch(bare)
    watching.look()
    assert watching.recorder.account().state == "recording"
    assert watching.read() == []


def test_a_screen_of_16k_is_read_and_a_larger_one_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    with desk(tmp_path, manager=False, screen="16384x64x24") as wide, closing(Grabber(wide.display)) as grabber:
        assert [frame.pixels.shape for frame in grabber.grab(NOW)] == [(64, 16_384, 3)]
    with (
        desk(tmp_path, manager=False, screen="16400x64x24") as wider,
        closing(Grabber(wider.display)) as grabber,
        pytest.raises(CaptureProblem, match="No monitor"),
    ):
        list(grabber.grab(NOW))


@pytest.mark.parametrize("kind", ["DOCK", "DESKTOP", "TOOLTIP", "NOTIFICATION", "POPUP_MENU"])
def test_no_frame_is_named_after_a_panel_the_desktop_or_a_tooltip(
    bare: Desk, client: Client, watch: Watch, kind: str
) -> None:
    client.window(b"letter", place=(100, 100, 400, 300))
    other = client.window(b"trayer", place=(0, 0, 1280, 30), cls=b"trayer\x00panel\x00")
    named = (client.display.intern_atom(f"_NET_WM_WINDOW_TYPE{rest}") for rest in ("", f"_{kind}"))
    other.change_property(next(named), client.display.intern_atom("ATOM"), 32, [next(named)])
    other.set_input_focus(X.RevertToParent, X.CurrentTime)
    client.display.sync()
    watching = watch(bare)
    assert watching.look() == 1
    waiting = watching.spool.take()
    assert waiting is not None
    assert unpacked(waiting.label).window == "letter"
    assert isinstance(focused_of(visible(bare)), VisibleWindow)
