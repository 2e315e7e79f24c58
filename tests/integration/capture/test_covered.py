"""What lies over a window that is left out: its own words are kept, and nothing of what is behind it shows."""

import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from Xlib import X
from Xlib.ext import shape

from core.capture.rect import Rect
from core.capture.screen.grab import Grabber
from core.capture.screen.presets import PRESETS
from core.capture.screen.x11 import X11Windows
from tests.integration.capture.clients import Client
from tests.integration.capture.compositor import Compositor
from tests.integration.capture.conftest import Watch
from tests.integration.capture.test_screen import CANARY, place, said, settle
from tests.integration.capture.watching import Watching
from tests.xserver import Desk, desk

pytestmark = pytest.mark.display

BALANCED = PRESETS["balanced"]
SECRET = Rect(100, 100, 300, 200)
OVER = (250, 60, 400, 300)
SHADE = 0x2244CC


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, manager=False) as made:
        yield made


@pytest.fixture
def client(bare: Desk) -> Iterator[Client]:
    made = Client(bare.display)
    made.window(b"vault - KeePassXC", place=(100, 100, 300, 200), shade=0xFF0000)
    yield made
    made.close()


def kept(watching: Watching) -> np.ndarray:
    """The picture that waits to be read after one look."""
    assert watching.look() == 1
    waiting = watching.spool.take()
    assert waiting is not None
    return np.frombuffer(zlib.decompress(waiting.frame), dtype=np.uint8).reshape(800, 1280, 3)


def cut(pixels: np.ndarray, rect: Rect) -> np.ndarray:
    return pixels[rect.top : rect.bottom, rect.left : rect.right]


def red(pixels: np.ndarray) -> int:
    """Pixels with anything of the secret's colour in them."""
    return int(((pixels[:, :, 0] > 60) & (pixels[:, :, 1] < 60)).sum())


def test_words_typed_in_a_window_over_what_is_left_out_are_kept(screen: Desk, watch: Watch) -> None:
    secret = screen.xterm("vault - KeePassXC", shell=said(CANARY), geometry="50x12+200+60")
    letter = screen.xterm("letter", shell=said("Dear neighbour"), geometry="50x12+60+140")
    settle(screen)
    hidden, over = place(screen, secret), place(screen, letter)
    watching = watch()
    watching.look()
    watching.read()
    screen.run("xdotool", "type", "--window", str(letter), "the key lies under the third flower pot ")
    settle(screen)
    assert watching.look() == 1
    (one,) = watching.read()
    assert "the third flower pot" in one.observation.text
    assert CANARY.split()[0] not in repr(one.observation)
    screen.run("xdotool", "windowunmap", str(secret))
    settle(screen)
    with Grabber(screen.display) as grabber:
        (alone,) = grabber.grab(watching.now)
    inner = hidden.meet(over.grown(-4))
    assert np.mean(cut(one.pixels, inner) != cut(alone.pixels, inner)) < 0.001, "not the letter's own pixels"
    for part in hidden.minus(over):
        assert not cut(one.pixels, part).any()


def test_a_shaped_window_hides_what_its_shape_does_but_for_the_edge(bare: Desk, client: Client, watch: Watch) -> None:
    over = client.window(b"round", place=OVER, shade=SHADE)
    pieces = [{"x": 0, "y": 20, "width": 400, "height": 280}, {"x": 20, "y": 0, "width": 360, "height": 20}]
    over.shape_rectangles(shape.SO.Set, shape.SK.Bounding, X.YXBanded, 0, 0, sorted(pieces, key=lambda one: one["y"]))
    client.display.sync()
    pixels = kept(watch(bare))
    assert red(pixels) == 0
    assert (cut(pixels, Rect(254, 110, 140, 180)) == [0x22, 0x44, 0xCC]).all()
    assert not cut(pixels, Rect(100, 100, 150, 200)).any()


@pytest.mark.parametrize("what", ["opacity", "said by nobody", "shape of dust"])
def test_what_may_show_what_is_behind_it_hides_nothing(bare: Desk, client: Client, watch: Watch, what: str) -> None:
    over = client.window(b"glass", place=OVER, shade=SHADE)
    if what == "opacity":
        atom = client.display.intern_atom("_NET_WM_WINDOW_OPACITY")
        over.change_property(atom, client.display.intern_atom("CARDINAL"), 32, [0xE0000000])
    elif what == "said by nobody":
        over.destroy()
        client.glass(OVER)
    else:
        dust = [{"x": 2 * n, "y": 0, "width": 1, "height": 300} for n in range(200)]
        over.shape_rectangles(shape.SO.Set, shape.SK.Bounding, X.Unsorted, 0, 0, dust)
    client.display.sync()
    pixels = kept(watch(bare))
    assert not cut(pixels, SECRET).any()
    with closing(X11Windows(frozenset(), bare.display)) as windows:
        secret, glass = windows.visible()
    assert (secret.geometry, glass.opaque, glass.likely) == (SECRET, (), ())


def test_under_a_compositor_what_shows_only_its_own_pixels_is_kept(bare: Desk, client: Client, watch: Watch) -> None:
    client.window(b"letter", place=OVER, shade=SHADE)
    with Compositor(bare.display) as compositor:
        compositor.paint()
        pixels = kept(watch(bare))
    assert red(pixels) == 0
    inner = Rect(254, 104, 140, 190)
    assert (cut(pixels, inner) == [0x22, 0x44, 0xCC]).all()
    assert not cut(pixels, Rect(100, 100, 150, 200)).any()


@pytest.mark.parametrize("solid", [0.99, 0.8, 0.3])
def test_under_a_compositor_what_lets_the_secret_shine_through_is_black_there(
    bare: Desk, client: Client, watch: Watch, solid: float
) -> None:
    client.window(b"letter", place=OVER, shade=SHADE)
    with Compositor(bare.display, solid) as compositor:
        compositor.paint()
        pixels = kept(watch(bare))
    assert not cut(pixels, SECRET).any()
    assert cut(pixels, Rect(410, 310, 200, 40)).any()


def test_a_caret_that_blinks_under_a_compositor_costs_its_own_place_alone(
    bare: Desk, client: Client, watch: Watch
) -> None:
    over = client.window(b"letter", place=OVER, shade=SHADE)
    with Compositor(bare.display) as compositor:
        compositor.paint()
        client.window(b"", place=(60, 80, 2, 16), parent=over, shade=0xFFFFFF)
        pixels = kept(watch(bare))
    inner = cut(pixels, Rect(254, 104, 140, 190))
    assert int((inner.sum(axis=2) == 0).sum()) == 2 * 16
    assert (inner.sum(axis=2) == 0).any(axis=0).sum() == 2


def test_a_look_at_what_has_just_come_over_what_is_left_out_is_put_off_once(
    bare: Desk, client: Client, watch: Watch
) -> None:
    watching = watch(bare)
    assert watching.look() == 1
    over = client.window(b"letter", place=OVER, shade=SHADE)
    looks = watching.recorder.account().looks
    watching.look()
    assert watching.recorder.account().looks == looks, "it may not have been painted yet"
    watching.now += timedelta(seconds=BALANCED.poll)
    watching.recorder.tick()
    assert watching.recorder.account().looks == watching.recorder.account().expected == looks + 1
    for _ in range(3):  # dragged about: not put off for ever
        over.configure(x=OVER[0] + 20, y=OVER[1])
        client.display.sync()
        time.sleep(0.05)
        watching.look()
        over.configure(x=OVER[0] - 20, y=OVER[1])
        client.display.sync()
        time.sleep(0.05)
        watching.look()
    assert watching.recorder.account().looks >= looks + 3
