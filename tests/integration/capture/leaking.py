"""What the attacks on guarantee 7 have in common: red is what nobody may keep."""

import zlib
from typing import Any

import numpy as np
from Xlib import X, Xatom, Xutil

from core.capture.rules import Rule
from core.capture.screen.label import unpacked
from core.capture.screen.page import ReadPage
from core.memory import WordBox
from tests.integration.capture.clients import Client
from tests.integration.capture.watching import Watching

RED, BLUE = 0xFF0000, 0x2244CC
PAYROLL = Rule(field="title", pattern="Payroll")
SECRET = (100, 100, 300, 200)


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


class Pictures:
    """A reader that finds a word on any screen, so that its picture is kept."""

    silent_s = 0.0

    def read(self, pixels: np.ndarray, before: Any = None, changed: Any = ()) -> Any:
        word = WordBox(text="word", left=1200, top=780, width=30, height=12)
        return ReadPage(lines=((word,),), width=pixels.shape[1], height=pixels.shape[0])

    def rest(self) -> bool:
        return False
