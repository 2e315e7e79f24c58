"""Guarantee 7 under attack: what belongs to a window that is left out, or shows it, leaves no pixel and no title."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from Xlib import X, Xatom, Xutil

from core.capture.rect import Rect
from core.capture.rules import Rule
from core.capture.screen.grab import Frame
from core.capture.screen.reader import Reader
from core.capture.screen.reading import unpacked
from core.capture.screen.recorder import Screen
from core.capture.screen.windows import VisibleWindow, Windows
from core.capture.screen.x11 import X11Windows
from tests.integration.capture.clients import Client
from tests.integration.capture.conftest import Watch
from tests.integration.capture.watching import Watching
from tests.xserver import Desk, desk

pytestmark = pytest.mark.display

RED, BLUE = 0xFF0000, 0x2244CC
PAYROLL = Rule(field="title", pattern="Payroll")
SECRET = (100, 100, 300, 200)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, manager=False) as made:
        yield made


@pytest.fixture
def client(bare: Desk) -> Iterator[Client]:
    made = Client(bare.display)
    yield made
    made.close()


@pytest.fixture
def other(bare: Desk) -> Iterator[Client]:
    """Another connection to the server, as another program has one."""
    made = Client(bare.display)
    yield made
    made.close()


def waiting(watching: Watching) -> list[tuple[np.ndarray, str]]:
    """The pictures that wait to be read, each with all that is said of it."""
    found = []
    while (one := watching.spool.take()) is not None:
        label = unpacked(one.label)
        pixels = np.frombuffer(zlib.decompress(one.frame), dtype=np.uint8).reshape(label.height, label.width, 3)
        found.append((pixels, repr(label)))
        watching.spool.done(one.ticket)
    return found


def red(pixels: np.ndarray) -> int:
    """Pixels of what nobody may keep."""
    return int((pixels == [255, 0, 0]).all(axis=2).sum())


def leaked(watching: Watching, *words: str) -> tuple[int, list[str]]:
    """Red pixels in all that waits, and which of the words are said of it."""
    found = waiting(watching)
    assert found, "nothing was kept at all: this shows nothing"
    return sum(red(pixels) for pixels, _ in found), [word for word in words if any(word in said for _, said in found)]


def letter(client: Client) -> Any:
    """An ordinary window beside all others."""
    return client.window(b"letter", place=(700, 500, 300, 200), shade=BLUE)


def managed(client: Client, window: Any, *, shown: bool = True) -> Any:
    """As a window manager marks a program's window."""
    state = client.display.intern_atom("WM_STATE")
    window.change_property(state, state, 32, [Xutil.NormalState if shown else Xutil.IconicState, 0])
    if not shown:
        window.unmap()
    listed = client.display.intern_atom("_NET_CLIENT_LIST")
    client.root.change_property(listed, Xatom.WINDOW, 32, [window.id], mode=X.PropModeAppend)
    client.display.sync()
    return window


def kind(client: Client, window: Any, name: str) -> None:
    """Its _NET_WM_WINDOW_TYPE."""
    atom = client.display.intern_atom(f"_NET_WM_WINDOW_TYPE_{name}")
    window.change_property(client.display.intern_atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM, 32, [atom])
    client.display.sync()


# -- what belongs to a window that is left out


def test_a_dialog_of_a_window_that_is_left_out_by_its_title_goes_with_it(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    parent = client.window(b"Payroll.ods", place=SECRET, shade=RED)
    dialog = other.window(b"Save as", place=(450, 100, 200, 200), shade=RED)
    dialog.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [parent.id])
    inner = other.window(b"Replace?", place=(450, 400, 200, 100), shade=RED)
    inner.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [dialog.id])
    letter(client)
    other.display.sync()
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching, "Save as", "Replace", "Payroll") == (0, [])


def test_a_dialog_whose_window_is_minimised_goes_with_it_too(client: Client, watch: Watch, bare: Desk) -> None:
    parent = managed(client, client.window(b"Payroll.ods", place=SECRET, shade=RED), shown=False)
    dialog = client.window(b"Save as", place=(450, 100, 200, 200), shade=RED)
    dialog.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [parent.id])
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching, "Save as") == (0, [])


def test_dialogs_that_name_each_other_as_their_window_end_no_look(client: Client, watch: Watch, bare: Desk) -> None:
    one, two = client.window(b"one", place=SECRET), client.window(b"two", place=(450, 100, 200, 200))
    for window, parent in ((one, two), (two, one)):
        window.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [parent.id])
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "one", "two") == (0, ["one", "two"])


def test_a_menu_with_a_title_goes_with_its_program_whatever_it_is_called(
    client: Client, watch: Watch, bare: Desk
) -> None:
    client.window(b"Payroll.ods", place=SECRET, shade=RED)
    client.window(b"Context menu", place=(450, 100, 200, 200), shade=RED, override=True)
    with closing(Client(bare.display)) as elsewhere:
        letter(elsewhere)
        watching = watch(bare, rules=(PAYROLL,))
        watching.look()
    assert leaked(watching, "Context")[0] == 0


def test_a_list_that_covers_all_of_its_window_is_left_out_with_it(client: Client, watch: Watch, bare: Desk) -> None:
    client.window(b"Payroll.ods", place=SECRET, shade=RED)
    client.window(b"", place=(90, 90, 400, 300), shade=RED, override=True)
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching)[0] == 0


def test_what_another_program_pops_up_while_one_works_in_what_is_left_out_is_left_out(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    """An input method's list of candidates shows what is being typed."""
    secret = client.window(b"Payroll.ods", place=SECRET, shade=RED)
    secret.set_input_focus(X.RevertToParent, X.CurrentTime)
    client.display.sync()
    other.window(b"", place=(120, 320, 300, 40), shade=RED, override=True, cls=b"ibus-ui-gtk3\x00Ibus-ui-gtk3\x00")
    letter(other)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching)[0] == 0


def test_a_notice_is_left_out_while_a_rule_of_the_persons_leaves_programs_out(
    client: Client, watch: Watch, bare: Desk
) -> None:
    notice = client.window(b"notice", place=SECRET, shade=RED, override=True, cls=b"dunst\x00Dunst\x00")
    kind(client, notice, "NOTIFICATION")
    letter(client)
    watching = watch(bare, rules=(Rule(field="app", pattern="signal-desktop"),))
    watching.look()
    assert leaked(watching)[0] == 0
    free = watch(bare, rules=(replace(PAYROLL, seeded=True),), root=bare.home / "free")
    free.look()
    assert leaked(free)[0] == 300 * 200


# -- what shows a window that is left out


@pytest.mark.parametrize("hidden", [False, True], ids=["visible", "minimised"])
@pytest.mark.parametrize("shows", ["a panel", "its tooltip", "a switcher", "a screenshot tool", "a magnifier"])
def test_what_may_show_the_titles_or_pictures_of_other_windows_is_left_out_while_one_is(
    client: Client, other: Client, watch: Watch, bare: Desk, shows: str, hidden: bool
) -> None:
    classes = {
        "a switcher": b"rofi\x00Rofi\x00",
        "a screenshot tool": b"flameshot\x00flameshot\x00",
        "a magnifier": b"kmag\x00kmag\x00",
    }
    managed(client, client.window(b"vault - KeePassXC", place=SECRET, shade=RED), shown=not hidden)
    letter(client)
    override = shows != "a panel"
    shown = other.window(
        b"", place=(0, 700, 600, 40), shade=RED, override=override, cls=classes.get(shows, b"x\x00X\x00")
    )
    if shows in ("a panel", "its tooltip"):
        kind(other, shown, "DOCK" if shows == "a panel" else "TOOLTIP")
    if shows == "its tooltip":
        kind(other, other.window(b"panel", place=(0, 760, 600, 40), shade=RED), "DOCK")
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


def test_a_panel_is_kept_where_nothing_is_left_out(client: Client, watch: Watch, bare: Desk) -> None:
    kind(client, client.window(b"panel", place=(0, 760, 600, 40), shade=RED), "DOCK")
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching)[0] == 600 * 40


def test_what_the_window_manager_itself_shows_is_left_out_while_a_window_is(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    """The list that alt-tab shows, and the bars of tabs above windows."""
    check = other.window(b"manager", place=(-50, -50, 1, 1))
    other.root.change_property(other.display.intern_atom("_NET_SUPPORTING_WM_CHECK"), Xatom.WINDOW, 32, [check.id])
    other.window(b"", cls=b"", place=(400, 300, 300, 80), shade=RED, override=True)
    other.display.sync()
    managed(client, client.window(b"vault - KeePassXC", place=SECRET, shade=RED), shown=False)
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching)[0] == 0


# -- windows within windows


def test_a_window_that_was_not_yet_in_its_frame_at_the_first_look_is_found_at_the_next(
    client: Client, watch: Watch, bare: Desk
) -> None:
    frame = client.window(place=SECRET, cls=b"", override=True, shade=0x808080)
    letter(client)
    watching = watch(bare)
    watching.look()
    waiting(watching)
    inside = client.window(b"vault - KeePassXC", place=(0, 0, 292, 172), parent=frame, shade=RED)
    managed(client, inside)
    watching.look()
    client.window(b"more", place=(700, 100, 300, 200), shade=BLUE)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


def test_of_several_windows_in_one_frame_each_is_judged(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    """Tabs of fluxbox and pekwm: all are in the frame, one lies on top."""
    made = client.window(place=SECRET, cls=b"", override=True, shade=0x808080)
    frame = other.display.create_resource_object("window", made.id)
    managed(other, other.window(b"notes", place=(0, 20, 300, 180), parent=frame, shade=BLUE))
    managed(other, other.window(b"vault - KeePassXC", place=(0, 20, 300, 180), parent=frame, shade=RED))
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


@pytest.mark.parametrize("deep", [1, 2, 3])
def test_a_program_that_is_embedded_in_another_ones_window_is_judged(
    client: Client, other: Client, watch: Watch, bare: Desk, deep: int
) -> None:
    socket = managed(client, client.window(b"tabs", place=SECRET, shade=BLUE))
    for _ in range(deep - 1):
        socket = client.window(cls=b"", place=(0, 0, 300, 200), parent=socket, shade=BLUE)
    plug = other.window(b"vault - KeePassXC", place=(0, 0, 10, 10), shade=RED, override=True)
    plug.reparent(socket, 0, 20)
    plug.configure(width=300, height=180)
    other.display.sync()
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


# -- in the time that a look takes


class Between:
    """A real screen, with something done just before the picture is taken and just after."""

    def __init__(self, screen: Screen, before: Callable[[], None], after: Callable[[], None]) -> None:
        self._screen, self._before, self._after = screen, before, after

    def grab(self, at: Any, active: Rect | None = None) -> Iterator[Frame]:
        self._before()
        frames = list(self._screen.grab(at, active))
        self._after()
        yield from frames

    def close(self) -> None:
        self._screen.close()


@dataclass
class Raced(Watching):
    """A recorder that is raced."""

    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    def open_screen(self) -> tuple[Screen, Windows]:
        screen, windows = super().open_screen()
        return Between(screen, lambda: self.before(), lambda: self.after()), windows


@pytest.fixture
def raced(bare: Desk, tmp_path: Path, reader: Reader) -> Iterator[Callable[..., Raced]]:
    with ExitStack() as stack:

        def start(**how: Any) -> Raced:
            made = Raced(bare, tmp_path / "profile", reader, **how)
            stack.callback(made.close)
            return made

        yield start


def test_a_window_that_is_there_only_while_the_picture_is_taken_leaves_no_pixel(
    client: Client, other: Client, raced: Callable[..., Raced]
) -> None:
    letter(client)
    flash: list[Any] = []

    def comes() -> None:
        flash.append(other.window(b"vault - KeePassXC", place=SECRET, shade=RED))

    def goes() -> None:
        flash.pop().destroy()
        other.display.sync()

    watching = raced(before=comes, after=goes)
    for _ in range(4):
        watching.look()
    assert watching.recorder.account().looks >= 2
    assert watching.recorder.account().state == "recording"
    assert leaked(watching, "KeePassXC") == (0, [])


def test_a_cover_that_is_away_only_while_the_picture_is_taken_uncovers_nothing(
    client: Client, raced: Callable[..., Raced]
) -> None:
    client.window(b"vault - KeePassXC", place=SECRET, shade=RED)
    cover = client.window(b"letter", place=(50, 50, 500, 400), shade=BLUE)

    def moves(left: int) -> None:
        cover.configure(x=left)
        client.display.sync()

    watching = raced(before=lambda: moves(700), after=lambda: moves(50))
    for _ in range(3):
        watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


# -- what still stands there afterwards


def drawn(client: Client, window: Any, shade: int, place: tuple[int, int, int, int]) -> None:
    """Stripes that no flat ground has."""
    pen = window.create_gc(foreground=shade)
    left, top, width, height = place
    for row in range(top, top + height, 4):
        window.fill_rectangle(pen, left, row, width, 2)
    client.display.sync()


def test_the_page_that_stands_there_until_the_next_is_drawn_stays_black_under_its_new_title(
    client: Client, watch: Watch, bare: Desk
) -> None:
    window = client.window(b"Payroll - Mozilla", place=SECRET, shade=BLUE)
    drawn(client, window, RED, (0, 0, 300, 200))
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    client.name(window, b"News - Mozilla")
    for number in range(3):
        watching.look()
        client.window(b"more", place=(700 + number, 100, 300, 200), shade=BLUE)
    assert leaked(watching) == (0, [])
    drawn(client, window, 0x00FF00, (0, 0, 300, 200))
    watching.look()
    (pixels, _), *_ = waiting(watching)
    assert (pixels[104:296, 104:396] == [0, 255, 0]).all(axis=2).sum() > 20_000, "what was drawn anew is kept"


def test_what_a_program_that_hangs_has_not_drawn_over_stays_black(client: Client, watch: Watch, bare: Desk) -> None:
    hung = client.window(b"hung", place=(50, 50, 500, 400), shade=BLUE)
    hung.change_attributes(background_pixmap=X.NONE)
    secret = client.window(b"vault - KeePassXC", place=SECRET, shade=BLUE)
    drawn(client, secret, RED, (0, 0, 300, 200))
    letter(client)
    watching = watch(bare)
    watching.look()
    secret.destroy()
    client.display.sync()
    for number in range(4):
        watching.look()
        client.window(b"more", place=(700 + number, 100, 300, 200), shade=BLUE)
    assert leaked(watching, "KeePassXC") == (0, [])


def visible(on: Desk) -> tuple[VisibleWindow, ...]:
    with closing(X11Windows(frozenset(), on.display)) as windows:
        return windows.visible()


def test_a_window_that_says_it_is_a_browser_is_one_whatever_it_is_called(client: Client, bare: Desk) -> None:
    window = client.window(b"page", cls=b"newbrowser\x00Newbrowser\x00")
    role = client.display.intern_atom("WM_WINDOW_ROLE")
    window.change_property(role, Xatom.STRING, 8, b"browser")
    client.display.sync()
    (one,) = visible(bare)
    assert one.browser
