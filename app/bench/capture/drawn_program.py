"""The process of one made program: a real window on the display that shows what it is sent, and nothing of its own.

JSON lines on standard input, the pixels of a drawing behind their line; each is answered with a line when the X server
has done it. The server itself repaints the window when something is taken from before it.
"""

import json
import os
import sys
from typing import Any, NoReturn

from Xlib import X, Xatom
from Xlib.display import Display

_MOST_BYTES = 200_000
"""Of pixels in one request; the least that any server takes is 256 KB."""


class _Shown:
    """The window."""

    def __init__(self, said: dict[str, Any]) -> None:
        self._display = Display()
        screen = self._display.screen()
        self._root = screen.root
        self._window = screen.root.create_window(
            said["left"],
            said["top"],
            said["width"],
            said["height"],
            0,
            screen.root_depth,
            X.InputOutput,
            X.CopyFromParent,
        )
        self._pixels = self._window.create_pixmap(said["width"], said["height"], screen.root_depth)
        self._pen = self._pixels.create_gc()
        self._window.set_wm_class(said["name"], said["cls"])
        self._window.change_property(self._atom("WM_STATE"), self._atom("WM_STATE"), 32, [1, 0])
        self._window.change_property(self._atom("_NET_WM_PID"), Xatom.CARDINAL, 32, [os.getpid()])
        self._window.change_attributes(background_pixmap=self._pixels)
        self.title(said)

    def _atom(self, name: str) -> int:
        return int(self._display.intern_atom(name))

    def title(self, said: dict[str, Any]) -> None:
        self._window.change_property(self._atom("_NET_WM_NAME"), self._atom("UTF8_STRING"), 8, said["title"].encode())

    def draw(self, said: dict[str, Any], pixels: bytes) -> None:
        """`pixels` in the server's form, four bytes each."""
        stride = said["width"] * 4
        rows = max(1, _MOST_BYTES // stride)
        for at in range(0, said["height"], rows):
            high = min(rows, said["height"] - at)
            self._pixels.put_image(
                self._pen, said["left"], said["top"] + at, said["width"], high, X.ZPixmap, 24, 0,
                pixels[at * stride : (at + high) * stride],
            )  # fmt: skip
        self._window.clear_area(said["left"], said["top"], said["width"], said["height"])

    def lift(self, said: dict[str, Any]) -> None:
        """To the top, and with the focus where that is wanted."""
        self._window.map()
        self._window.configure(stack_mode=X.Above)
        if said["focus"]:
            active = self._atom("_NET_ACTIVE_WINDOW")
            self._root.change_property(active, Xatom.WINDOW, 32, [self._window.id])

    def move(self, said: dict[str, Any]) -> None:
        self._window.configure(x=said["left"], y=said["top"])

    def hide(self, said: dict[str, Any]) -> None:
        self._window.unmap()

    def done(self) -> None:
        self._display.sync()
        sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()


def serve() -> NoReturn:
    """Show what is sent until standard input ends."""
    sent = sys.stdin.buffer
    shown: _Shown | None = None
    for line in sent:
        said = json.loads(line)
        if shown is None:
            shown = _Shown(said)
        elif said["do"] == "draw":
            shown.draw(said, sent.read(said["width"] * said["height"] * 4))
        else:
            {"title": shown.title, "lift": shown.lift, "move": shown.move, "hide": shown.hide}[said["do"]](said)
        shown.done()
    sys.exit(0)


if __name__ == "__main__":
    serve()
