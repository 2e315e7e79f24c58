"""Windows that are remembered between looks: never other than those that somebody who has just come would be told."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from Xlib import X, Xatom, Xutil
from Xlib.ext import shape

from core.capture.gate import GateState, judge
from core.capture.reasons import Reasons
from core.capture.rules import Rule, seeds
from core.capture.screen.windows import VisibleWindow
from core.capture.screen.x11 import X11Windows
from core.settings import Capture
from tests.integration.capture.clients import Client
from tests.integration.capture.test_hostile_windows import NOW
from tests.xserver import Desk, desk

pytestmark = pytest.mark.display


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, manager=False) as made:
        yield made


class Programs:
    """Two programs that do anything with their windows, by chance."""

    def __init__(self, display: str, seed: int) -> None:
        self.random = Random(seed)
        self.clients = [Client(display), Client(display)]
        self.windows: list[tuple[Client, Any]] = []
        self.acts: list[Callable[[Client, Any], None]] = [
            self.title, self.old_title, self.cls, self.move, self.stack, self.hide, self.show, self.opacity, self.kind,
            self.owner, self.role, self.embed, self.cut, self.border, self.state, self.listed, self.front, self.region,
            self.rename_many,
        ]  # fmt: skip

    def act(self) -> str:
        """Something happens; what it was."""
        random = self.random
        if len(self.windows) < 3 or random.random() < 0.15:
            self.make()
            return "make"
        client, window = random.choice(self.windows)
        if random.random() < 0.08:
            self.windows.remove((client, window))
            window.destroy()
            self.windows = [(one, other) for one, other in self.windows if other.id != window.id]
            client.display.sync()
            return "destroy"
        act = random.choice(self.acts)
        act(client, window)
        for one in self.clients:
            one.display.sync()
        return act.__name__

    def make(self) -> None:
        random, client = self.random, self.random.choice(self.clients)
        place = (random.randrange(600), random.randrange(400), random.randrange(40, 300), random.randrange(40, 200))
        sort = random.randrange(4)
        if sort == 0:
            self.windows += [(client, one) for one in client.framed(self.words(), place)]
        elif sort == 1:
            self.windows.append((client, client.glass(place)))
        else:
            self.windows.append((client, client.window(self.words(), place=place, override=sort == 2)))

    def words(self) -> bytes:
        return self.random.choice((b"letter", b"KeePassXC", b"notes", b"", b"Private Browsing", b"\xc3\xa9t\xc3\xa9"))

    def title(self, client: Client, window: Any) -> None:
        client.name(window, self.words())

    def old_title(self, client: Client, window: Any) -> None:
        client.name(window, self.words(), atom="WM_NAME", kind="STRING")

    def rename_many(self, client: Client, window: Any) -> None:
        for number in range(60):
            client.name(window, b"page %d" % number)

    def cls(self, client: Client, window: Any) -> None:
        window.change_property(Xatom.WM_CLASS, Xatom.STRING, 8, self.random.choice((b"a\0A\0", b"firefox\0F\0", b"")))

    def move(self, client: Client, window: Any) -> None:
        random = self.random
        window.configure(x=random.randrange(-50, 600), y=random.randrange(-50, 400), width=random.randrange(1, 400))

    def border(self, client: Client, window: Any) -> None:
        window.configure(border_width=self.random.randrange(5))

    def stack(self, client: Client, window: Any) -> None:
        window.configure(stack_mode=self.random.choice((X.Above, X.Below)))

    def hide(self, client: Client, window: Any) -> None:
        window.unmap()

    def show(self, client: Client, window: Any) -> None:
        window.map()

    def set(self, client: Client, window: Any, name: str, sort: int, values: list[int]) -> None:
        window.change_property(client.display.intern_atom(name), sort, 32, values)

    def opacity(self, client: Client, window: Any) -> None:
        value = self.random.choice((0x7FFFFFFF, 0xFFFFFFFF))
        self.set(client, window, "_NET_WM_WINDOW_OPACITY", Xatom.CARDINAL, [value])

    def region(self, client: Client, window: Any) -> None:
        self.set(client, window, "_NET_WM_OPAQUE_REGION", Xatom.CARDINAL, [0, 0, self.random.randrange(1, 90), 30])

    def kind(self, client: Client, window: Any) -> None:
        name = self.random.choice(("DOCK", "NORMAL", "NOTIFICATION", "POPUP_MENU"))
        kind = client.display.intern_atom(f"_NET_WM_WINDOW_TYPE_{name}")
        self.set(client, window, "_NET_WM_WINDOW_TYPE", Xatom.ATOM, [kind])

    def owner(self, client: Client, window: Any) -> None:
        self.set(client, window, "WM_TRANSIENT_FOR", Xatom.WINDOW, [self.random.choice(self.windows)[1].id])

    def role(self, client: Client, window: Any) -> None:
        client.name(window, self.random.choice((b"browser", b"dialog")), atom="WM_WINDOW_ROLE", kind="STRING")

    def state(self, client: Client, window: Any) -> None:
        state = client.display.intern_atom("WM_STATE")
        if self.random.random() < 0.7:
            window.change_property(state, state, 32, [Xutil.NormalState, 0])
        else:
            window.delete_property(state)

    def embed(self, client: Client, window: Any) -> None:
        other = self.clients[self.clients[0] is client]
        self.windows.append((other, other.window(self.words(), place=(2, 2, 30, 20), parent=window)))

    def cut(self, client: Client, window: Any) -> None:
        window.shape_rectangles(
            shape.SO.Set, shape.SK.Bounding, X.Unsorted, 0, 0, [(5, 5, 60, self.random.randrange(9, 90))]
        )

    def listed(self, client: Client, window: Any) -> None:
        self.set(client, client.root, "_NET_CLIENT_LIST", Xatom.WINDOW, [one.id for _, one in self.windows])

    def front(self, client: Client, window: Any) -> None:
        self.set(client, client.root, "_NET_ACTIVE_WINDOW", Xatom.WINDOW, [window.id])

    def close(self) -> None:
        for client in self.clients:
            client.close()


def told_anew(on: Desk) -> tuple[VisibleWindow, ...]:
    with closing(X11Windows(frozenset(), on.display)) as windows:
        return windows.visible()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_windows_do_the_next_look_is_told_what_somebody_new_would_be(bare: Desk, seed: int) -> None:
    programs = Programs(bare.display, seed)
    known = Reasons()
    rules = (*seeds().rules, Rule(field="title", pattern="notes"))
    with closing(programs), closing(X11Windows(frozenset(), bare.display)) as windows:
        for number in range(60):
            what = programs.act()
            if number % 3 == 1:
                windows.watch()
            seen = windows.visible()
            assert seen == told_anew(bare), f"after {what}, act {number}"
            assert windows.visible() == seen
            if number % 3 == 1:
                windows.stirred()
            said = judge(seen, rules, Capture(), NOW, GateState(), known)
            assert said == judge(seen, rules, Capture(), NOW, GateState()), f"after {what}, act {number}"


def test_a_program_that_ends_takes_its_windows_out_of_the_list(bare: Desk) -> None:
    client = Client(bare.display)
    client.window(b"letter")
    client.framed(b"notes", (300, 10, 200, 100))
    with closing(X11Windows(frozenset(), bare.display)) as windows:
        assert len(windows.visible()) == 2
        client.close()
        bare.wait(lambda: not told_anew(bare), "the windows did not go")
        assert windows.visible() == ()


def test_a_screen_on_which_nothing_happens_is_listed_with_a_few_questions(bare: Desk) -> None:
    client = Client(bare.display)
    for number in range(20):
        client.window(b"letter %d" % number, place=(10 * number, 10 * number, 200, 100))
    with closing(client), closing(X11Windows(frozenset(), bare.display)) as windows:
        display = windows._display.display
        windows.visible()
        first = display.request_serial
        assert first > 200
        for _ in range(10):
            assert len(windows.visible()) == 20
        assert display.request_serial - first <= 50


def test_other_rules_and_other_settings_are_not_judged_by_what_was_found_before() -> None:
    window = VisibleWindow(app="firefox", title="diary - Mozilla Firefox", geometry=None)
    known = Reasons()

    def out(settings: Capture, *rules: Rule) -> int:
        return len(judge((window,), rules, settings, NOW, GateState(), known).excluded)

    assert out(Capture()) == 1
    assert out(Capture(unknown_browsers=True)) == 0
    assert out(Capture(unknown_browsers=True), Rule(field="title", pattern="diary")) == 1
    assert out(Capture(unknown_browsers=True)) == 0
    assert out(Capture()) == 1
