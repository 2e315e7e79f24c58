"""An X server of the bench's own: Xvfb on a display that it chooses itself, cut into monitors side by side."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from Xlib import X
from Xlib.display import Display
from Xlib.ext import randr
from Xlib.protocol import rq

from core.capture.rect import Rect
from core.errors import Problem

_ENDS_WITHIN_S = 5.0


class _SetMonitor(rq.Request):  # type: ignore[misc]  # python-xlib has no types
    """RRSetMonitor (RandR 1.5), laid out flat: python-xlib's own cannot be packed."""

    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(43), rq.RequestLength(), rq.Window("window"), rq.Card32("name"),
        rq.Bool("primary"), rq.Bool("automatic"), rq.LengthOf("outputs", 2), rq.Int16("x"), rq.Int16("y"),
        rq.Card16("width"), rq.Card16("height"), rq.Card32("width_mm"), rq.Card32("height_mm"),
        rq.List("outputs", rq.Card32Obj),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running display and where its monitors lie."""

    display: str
    monitors: tuple[Rect, ...]

    def environment(self) -> dict[str, str]:
        """What a program on this display finds in its environment."""
        return {"DISPLAY": self.display, "XDG_SESSION_TYPE": "x11", "WAYLAND_DISPLAY": ""}


class Pointer:
    """A hand at the machine: moves the pointer by a pixel, so that the server knows that somebody is there."""

    def __init__(self, server: Server) -> None:
        self._display = Display(server.display)
        self._right = False

    def touch(self) -> None:
        """There is somebody."""
        self._right = not self._right
        self._display.xtest_fake_input(X.MotionNotify, 0, x=700 + self._right, y=700)
        self._display.sync()

    def close(self) -> None:
        """Let go of the display."""
        self._display.close()


@contextmanager
def server(monitors: int, width: int, height: int) -> Iterator[Server]:
    """Xvfb with so many monitors of `width` x `height` pixels side by side. Raises Problem where it is missing."""
    if shutil.which("Xvfb") is None:
        raise Problem(
            "This bench needs an X server of its own, and Xvfb is not installed.",
            "Install it (Debian and Ubuntu: `apt install xvfb`) and run the bench again.",
        )
    out, into = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(into), "-screen", "0", f"{monitors * width}x{height}x24", "-nolisten", "tcp",
         "-noreset", "-nocursor"],
        pass_fds=(into,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    os.close(into)
    try:
        display = f":{_number(out)}"
        places = tuple(Rect(number * width, 0, width, height) for number in range(monitors))
        if monitors > 1:
            _cut(display, places)
        yield Server(display=display, monitors=places)
    finally:
        os.close(out)
        process.terminate()
        try:
            process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _number(out: int) -> str:
    said = b""
    while not said.endswith(b"\n"):
        piece = os.read(out, 16)
        if not piece:
            raise Problem("Xvfb did not start.", "Run `Xvfb :99` by hand; it says why.")
        said += piece
    return said.decode().strip()


def _cut(display_name: str, places: tuple[Rect, ...]) -> None:
    display = Display(display_name)
    root = display.screen().root
    outputs = [output for monitor in root.xrandr_get_monitors().monitors for output in monitor.crtcs]
    for number, place in enumerate(places):
        _SetMonitor(
            display=display.display, opcode=display.display.get_extension_major(randr.extname), window=root,
            name=display.intern_atom(f"monitor-{number + 1}"), primary=number == 0, automatic=False, x=place.left,
            y=place.top, width=place.width, height=place.height, width_mm=500, height_mm=280,
            outputs=outputs if number == 0 else [],
        )  # fmt: skip
    display.sync()
    display.close()
