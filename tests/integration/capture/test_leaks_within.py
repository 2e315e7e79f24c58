"""Guarantee 7 in one look and one window: what is there for a moment, what it is called besides, what it holds."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from Xlib import X, Xatom
from Xlib.ext import shape

from core.capture.rules import Rule
from core.capture.screen.page import ReadPage
from core.memory import WordBox
from tests.integration.capture.clients import Client
from tests.integration.capture.conftest import Watch
from tests.integration.capture.leaking import BLUE, PAYROLL, RED, SECRET, Pictures, kind, leaked, letter, managed, red
from tests.integration.capture.test_leaks_in_time import Raced, drawn, raced
from tests.xserver import Desk

pytestmark = pytest.mark.display
__all__ = ["raced"]


def painted(client: Client, window: Any, shade: int) -> None:
    window.fill_rectangle(window.create_gc(foreground=shade), 0, 0, SECRET[2], SECRET[3])
    client.display.sync()


# -- for a moment, while the picture is taken


@pytest.mark.parametrize("what", ["title", "class"])
def test_a_window_that_is_called_otherwise_only_while_the_picture_is_taken_leaves_no_pixel(
    client: Client, raced: Callable[..., Raced], what: str
) -> None:
    window = client.window(b"News", place=SECRET, shade=BLUE)
    letter(client)

    def named(title: bytes, cls: bytes) -> None:
        if what == "title":
            client.name(window, title)
        else:
            window.change_property(Xatom.WM_CLASS, Xatom.STRING, 8, cls)

    def becomes() -> None:
        named(b"Payroll", b"keepassxc\x00KeePassXC\x00")
        painted(client, window, RED)

    def is_again() -> None:
        painted(client, window, BLUE)
        named(b"News", b"page\x00Page\x00")
        client.display.sync()

    watching = raced(before=becomes, after=is_again, rules=(PAYROLL, Rule(field="class", pattern="keepassxc")))
    for _ in range(3):
        watching.look()
    assert leaked(watching, "Payroll") == (0, [])


def test_a_title_that_changes_once_while_the_picture_is_taken_costs_nothing(
    client: Client, raced: Callable[..., Raced]
) -> None:
    window = client.window(b"one", place=SECRET, shade=RED)
    names = iter(b"page %d" % number for number in range(100))
    watching = raced(before=lambda: client.name(window, next(names)), rules=(PAYROLL,))
    watching.look()
    assert leaked(watching)[0] == 300 * 200


def test_a_cover_with_a_hole_in_it_only_while_the_picture_is_taken_uncovers_nothing(
    client: Client, raced: Callable[..., Raced]
) -> None:
    client.window(b"Payroll", place=SECRET, shade=RED)
    cover = client.window(b"letter", place=(50, 50, 500, 400), shade=BLUE)

    def opens() -> None:
        cover.shape_rectangles(shape.SO.Set, shape.SK.Bounding, 0, 0, 0, [(0, 0, 20, 20)])
        client.display.sync()

    def closes() -> None:
        cover.shape_mask(shape.SO.Set, shape.SK.Bounding, 0, 0, X.NONE)
        client.display.sync()

    watching = raced(before=opens, after=closes, rules=(PAYROLL,))
    for _ in range(3):
        watching.look()
    assert leaked(watching, "Payroll") == (0, [])


@pytest.mark.parametrize("how", ["made", "made deeper", "moved in"])
def test_a_window_that_is_in_another_programs_only_while_the_picture_is_taken_leaves_no_pixel(
    client: Client, other: Client, raced: Callable[..., Raced], how: str
) -> None:
    tabs = managed(client, client.window(b"tabs", place=SECRET, shade=BLUE))
    if how == "made deeper":
        tabs = client.window(cls=b"", place=(0, 0, 300, 200), parent=tabs, shade=BLUE)
    letter(client)
    inside = other.display.create_resource_object("window", tabs.id)
    plugs: list[Any] = []
    if how == "moved in":
        plugs.append(other.window(b"vault - KeePassXC", place=(700, 10, 300, 200), shade=RED, override=True))
        plugs[0].unmap()

    def comes() -> None:
        if how == "moved in":
            plugs[0].reparent(inside, 0, 0)
            plugs[0].map()
            other.display.sync()
        else:
            plugs.append(other.window(b"vault - KeePassXC", place=(0, 0, 300, 200), shade=RED, parent=inside))

    def goes() -> None:
        if how == "moved in":
            plugs[0].unmap()
            plugs[0].reparent(other.root, 700, 10)
        else:
            plugs.pop().destroy()
        other.display.sync()

    watching = raced(before=comes, after=goes)
    for _ in range(3):
        watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


def test_a_screen_that_is_larger_only_while_the_picture_is_taken_shows_nothing_more(
    client: Client, raced: Callable[..., Raced], bare: Desk
) -> None:
    bare.resize(1000, 700)
    client.window(b"Payroll", place=(900, 600, 300, 190), shade=RED)
    letter(client)
    watching = raced(
        before=lambda: bare.resize(1280, 800), after=lambda: bare.resize(1000, 700), rules=(PAYROLL,)
    )  # fmt: skip
    for _ in range(3):
        watching.look()
    assert leaked(watching, "Payroll") == (0, [])


# -- what a window is called besides


@pytest.mark.parametrize("name", ["WM_NAME", "WM_ICON_NAME", "_NET_WM_ICON_NAME", "_NET_WM_VISIBLE_NAME"])
def test_a_rule_holds_for_every_title_that_a_window_has(client: Client, watch: Watch, bare: Desk, name: str) -> None:
    """A manager shows one of them, a panel another, and programs do not always set all."""
    window = client.window(b"Untitled", place=SECRET, shade=RED)
    client.name(window, b"Payroll", atom=name)
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching, "Untitled", "Payroll") == (0, [])


# -- what belongs to it, what it holds


@pytest.mark.parametrize("sort", ["UTILITY", "DIALOG", "TOOLBAR", "SPLASH"])
@pytest.mark.parametrize("shown", [True, False], ids=["shown", "minimised"])
def test_a_small_window_that_does_not_say_whose_it_is_goes_with_its_program(
    client: Client, watch: Watch, bare: Desk, sort: str, shown: bool
) -> None:
    """A film in a window of its own goes on when the page it is from is minimised."""
    managed(client, client.window(b"Payroll - Browser", place=SECRET, shade=BLUE), shown=shown)
    kind(client, client.window(b"Picture-in-Picture", place=(450, 100, 200, 200), shade=RED), sort)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching, "Picture-in-Picture") == (0, [])


def test_a_dialog_that_is_still_there_when_its_window_is_gone_is_left_out(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    parent = client.window(b"Payroll", place=SECRET, shade=RED)
    dialog = other.window(b"Save?", place=(450, 100, 200, 200), shade=RED)
    dialog.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [parent.id])
    other.display.sync()
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    parent.destroy()
    for number in range(3):
        client.window(b"more", place=(700 + number, 100, 300, 200), shade=BLUE)
        watching.look()
    assert leaked(watching, "Save?") == (0, [])


@pytest.mark.parametrize("deep", [5, 8])
def test_what_is_embedded_deeply_is_judged(client: Client, other: Client, watch: Watch, bare: Desk, deep: int) -> None:
    holds = managed(client, client.window(b"tabs", place=SECRET, shade=BLUE))
    for _ in range(deep - 1):
        holds = client.window(cls=b"", place=(0, 0, 300, 200), parent=holds, shade=BLUE)
    embedded(other, holds)
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


def test_what_is_embedded_behind_many_others_is_judged(client: Client, other: Client, watch: Watch, bare: Desk) -> None:
    holds = managed(client, client.window(b"tabs", place=SECRET, shade=BLUE))
    for number in range(80):
        client.window(cls=b"", place=(number, 0, 1, 1), parent=holds, shade=BLUE)
    embedded(other, holds)
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


def embedded(other: Client, holds: Any) -> None:
    plug = other.window(b"vault - KeePassXC", place=(0, 0, 10, 10), shade=RED, override=True)
    plug.reparent(other.display.create_resource_object("window", holds.id), 0, 20)
    plug.configure(width=300, height=180)
    other.display.sync()


# -- what shows it


def test_a_panel_may_show_the_last_of_many_minimised_windows(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    for number in range(230):
        managed(client, client.window(b"page %d" % number, place=(1, 1, 10, 10)), shown=False)
    managed(client, client.window(b"vault - KeePassXC", place=SECRET), shown=False)
    kind(other, other.window(b"panel", place=(0, 760, 600, 40), shade=RED), "DOCK")
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching)[0] == 0


MANAGER = """
import sys
from Xlib import X
from tests.integration.capture.clients import Client
one = Client(sys.argv[1])
frame = one.window(place=(500, 400, 308, 228), cls=b"", override=True, shade=0x808080)
one.window(b"Icon Manager", place=(900, 10, 200, 100), cls=b"icons\\0Icons\\0", shade=0xFF0000)
print(frame.id, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def frame(bare: Desk) -> Iterator[int]:
    """Of a window manager that says nothing of itself, as twm; it also has a window of its own, a list of windows."""
    import subprocess

    command = [sys.executable, "-c", MANAGER, bare.display]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as manager:
        assert manager.stdout is not None
        yield int(manager.stdout.readline())
        assert manager.stdin is not None
        manager.stdin.close()


@pytest.mark.parametrize("secret", [True, False], ids=["one left out", "none left out"])
def test_a_list_of_windows_that_an_old_manager_shows_is_left_out_while_one_is(
    client: Client, watch: Watch, bare: Desk, frame: int, secret: bool
) -> None:
    held = client.window(b"notes", place=(0, 0, 300, 200), override=True, shade=BLUE)
    held.reparent(client.display.create_resource_object("window", frame), 4, 24)
    managed(client, held)
    if secret:
        managed(client, client.window(b"vault - KeePassXC", place=SECRET), shown=False)
    watching = watch(bare)
    watching.look()
    assert leaked(watching)[0] == (0 if secret else 200 * 100)


@pytest.mark.parametrize("secret", [True, False], ids=["one left out", "none left out"])
@pytest.mark.parametrize("popup", [True, False], ids=["asks which to share", "lists tasks"])
def test_what_a_browser_shows_beside_its_pages_is_left_out_while_a_window_is(
    client: Client, other: Client, watch: Watch, bare: Desk, secret: bool, popup: bool
) -> None:
    """Firefox asks in a menu which window to share, and shows its picture; Chromium's tasks are private tabs too."""
    page = client.window(b"page", place=(50, 50, 400, 300), cls=b"Navigator\x00Firefox\x00", shade=BLUE)
    role = client.display.intern_atom("WM_WINDOW_ROLE")
    page.change_property(role, Xatom.STRING, 8, b"browser")
    client.window(b"Firefox", place=SECRET, cls=b"Firefox\x00Firefox\x00", override=popup, shade=RED)
    if secret:
        managed(other, other.window(b"Payroll", place=(700, 10, 300, 200)), shown=False)
    watching = watch(bare, rules=(PAYROLL,))
    watching.settings = watching.settings.model_copy(update={"unknown_browsers": True})
    watching.look()
    assert leaked(watching)[0] == (0 if secret else 300 * 200)


# -- rules that come


def test_what_a_program_that_hangs_has_not_drawn_over_stays_black_when_another_rule_comes(
    client: Client, watch: Watch, bare: Desk
) -> None:
    hung = client.window(b"hung", place=(50, 50, 500, 400), shade=BLUE)
    hung.change_attributes(background_pixmap=X.NONE)
    secret = client.window(b"Payroll", place=SECRET, shade=BLUE)
    drawn(client, secret, RED, (0, 0, 300, 200))
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    secret.destroy()
    client.display.sync()
    watching.look()
    watching.rules = (PAYROLL, Rule(field="title", pattern="something else"))
    for number in range(3):
        watching.look()
        client.window(b"more", place=(700 + number, 100, 300, 200), shade=BLUE)
    assert leaked(watching, "Payroll") == (0, [])
    watching.rules = ()
    client.window(b"more", place=(710, 100, 300, 200), shade=BLUE)
    watching.look()
    assert leaked(watching)[0] > 0, "the person has taken the rule back"


@pytest.mark.parametrize("whose", ["its class", "a dialog of it", "a menu of it", "a panel", "another title of it"])
def test_a_rule_that_comes_while_a_frame_waits_holds_for_all_that_it_would_have_held_for(
    client: Client, other: Client, watch: Watch, bare: Desk, whose: str
) -> None:
    rule = Rule(field="class" if whose == "its class" else "title", pattern="diary")
    window = client.window(b"Diary" if "title" not in whose else b"Untitled", place=(10, 10, 80, 80), shade=BLUE)
    if whose == "its class":
        client.window(b"Untitled", place=SECRET, shade=RED, cls=b"diary\x00Diary\x00")
    elif whose == "a dialog of it":
        dialog = other.window(b"Save as", place=SECRET, shade=RED)
        dialog.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [window.id])
        other.display.sync()
    elif whose == "a menu of it":
        client.window(b"", place=SECRET, shade=RED, override=True)
    elif whose == "a panel":
        kind(other, other.window(b"panel", place=SECRET, shade=RED), "DOCK")
    else:
        client.name(client.window(b"Untitled", place=SECRET, shade=RED), b"Diary", atom="WM_NAME")
    watching = watch(bare, rules=())
    watching.look()
    pixels = [red(one.pixels) for one in late(watching, rule)]
    assert pixels == [0]


def test_dark_words_that_were_read_before_a_rule_came_are_in_nothing_that_is_read_after_it(
    client: Client, watch: Watch, bare: Desk
) -> None:
    """What is made black differs little from dark blue words on black: they are not taken for words that stayed."""
    diary = client.window(b"Diary", place=SECRET, shade=0)
    drawn(client, diary, 0x000090, (20, 20, 100, 20))
    letter(client)
    watching = watch(bare, rules=())
    reader = watching.reading.reader = Remembering()
    watching.look()
    assert "quetzalcoatl" in repr(watching.read()[0].observation)
    rule = Rule(field="title", pattern="diary")
    watching.rules = (rule,)
    watching.reading.rules = lambda: watching.rules
    client.window(b"more", place=(700, 10, 300, 200), shade=RED)
    watching.look()
    reader.word = "heron"
    assert "quetzalcoatl" not in repr([one.observation for one in watching.read()])


class Remembering(Pictures):
    """A reader that takes what is said to be known, and finds its word where nothing is."""

    word = "quetzalcoatl"

    def read(self, pixels: Any, before: Any = None, changed: Any = ()) -> Any:
        if before is not None:
            return before
        word = WordBox(text=self.word, left=120, top=120, width=100, height=20)
        return ReadPage(lines=((word,),), width=pixels.shape[1], height=pixels.shape[0])


def late(watching: Any, rule: Rule) -> list[Any]:
    """What is kept of a frame when this rule has come since."""
    watching.reading.rules = lambda: (rule,)
    watching.reading.reader = Pictures()
    return list(watching.read())
