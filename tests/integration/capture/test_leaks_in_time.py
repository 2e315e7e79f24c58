"""Guarantee 7 in time: what comes, goes and moves while a picture is taken, and what stands there afterwards."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from Xlib import X

from core.capture.rect import Rect
from core.capture.screen.afterwards import AFTER_S
from core.capture.screen.grab import Frame
from core.capture.screen.reader import Reader
from core.capture.screen.recorder import Screen
from core.capture.screen.windows import Windows
from tests.integration.capture.clients import Client
from tests.integration.capture.conftest import Watch
from tests.integration.capture.leaking import BLUE, PAYROLL, RED, SECRET, Pictures, leaked, letter, red, waiting
from tests.integration.capture.watching import Watching
from tests.xserver import Desk

pytestmark = pytest.mark.display


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


# -- before a page has its title, and after


def page(client: Client, window: Any, title: bytes, shade: int) -> None:
    client.name(window, title)
    drawn(client, window, shade, (0, 0, 300, 200))


def test_a_look_at_a_window_with_a_new_title_waits_until_its_page_is_drawn(
    client: Client, watch: Watch, bare: Desk
) -> None:
    """Between two looks it showed what is left out; then it has another title, and the page is still the one before."""
    window = client.window(b"News", place=SECRET, shade=BLUE)
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    page(client, window, b"Payroll", RED)
    time.sleep(0.6)
    client.name(window, b"News")
    assert watching.look() == 0, "not now"
    drawn(client, window, 0x00FF00, (0, 0, 300, 200))
    watching.look()
    assert leaked(watching, "Payroll") == (0, [])


def test_a_title_that_changes_all_the_time_holds_up_no_second_look(client: Client, watch: Watch, bare: Desk) -> None:
    window = client.window(b"one", place=SECRET, shade=BLUE)
    watching = watch(bare)
    for number in range(8):
        client.name(window, b"busy %d" % number)
        watching.look()
    assert watching.recorder.account().looks >= 4


def test_a_page_that_is_drawn_before_its_window_has_its_title_is_left_out(
    client: Client, watch: Watch, bare: Desk
) -> None:
    window = client.window(b"News", place=SECRET, shade=BLUE)
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    drawn(client, window, RED, (0, 0, 300, 200))
    watching.reading.reader = Pictures()
    watching.reading.since = watching.recorder.afterwards.places
    assert watching.look() == 1
    client.name(window, b"Payroll")
    time.sleep(AFTER_S)
    watching.recorder.tick()
    (kept,) = watching.read()[-1:]
    assert red(kept.pixels) == 0
    assert "News" not in repr(kept.observation.provenance)


def test_what_keeps_its_title_is_kept(client: Client, watch: Watch, bare: Desk) -> None:
    window = client.window(b"News", place=SECRET, shade=BLUE)
    watching = watch(bare, rules=(PAYROLL,))
    drawn(client, window, RED, (0, 0, 300, 200))
    watching.reading.reader = Pictures()
    watching.reading.since = watching.recorder.afterwards.places
    assert watching.look() == 1
    client.name(window, b"More news")
    time.sleep(AFTER_S)
    watching.recorder.tick()
    (kept,) = watching.read()[-1:]
    assert red(kept.pixels) > 0
    assert watching.recorder.afterwards.places("no such", "frame", within_s=5.0) == ()
