"""The windows on the screen: what a platform must tell about each, and which of them can be seen."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect, covered
from core.errors import CaptureProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleWindow:
    """One window of which at least a pixel may be seen. Empty strings mean: could not be told."""

    app: str
    """The program's name, like `firefox`."""
    title: str
    also: tuple[str, ...] = ()
    """Other titles that it has, as the one that stands under its icon."""
    cls: str = ""
    """The window's class (WM_CLASS under X11)."""
    geometry: Rect | None
    """With its frame, in screen pixels; None where it cannot be told."""
    stacking: int = 0
    """0 is the lowest."""
    focused: bool = False
    pid: int = 0
    """0: not known, or on another machine."""
    url: str = ""
    private: bool | None = None
    """Whether a browser says of itself that it is private; None where it does not tell."""
    by_word: bool = False
    """Whether it told both of itself, through accessibility; it is asked again after the look."""
    own: bool = False
    """A window of Mneme itself."""
    opaque: tuple[Rect, ...] = ()
    """The parts that surely hide what is behind them."""
    likely: tuple[Rect, ...] = ()
    """The parts that do so unless a compositor lets what is behind shine through: to be shown by their pixels."""
    handle: int = 0
    """The system's own number of it; 0 where there is none."""
    popup: bool = False
    """A menu, a tooltip or a notice: one that no window manager frames, or that says so of itself."""
    furniture: bool = False
    """A panel or the desktop itself: nobody works in it, so that no frame is named after it."""
    protected: bool = False
    """Its program asks the system to keep it out of pictures."""
    browser: bool = False
    """It says of itself that it is a browser's, whatever its program is called."""
    notice: bool = False
    """A notice that a program of its own shows for others: whose it is cannot be told."""
    renamed: bool = field(default=False, compare=False)
    """Its title is so new that it may show the page before still."""
    tells_of: tuple["VisibleWindow", ...] = ()
    """Other windows, visible or not, that it belongs to, holds, or may show titles or pictures of."""


Stir = tuple[int, tuple[Rect, ...]]
"""A window that came, went or moved (its handle), and the places it had meanwhile."""


class Windows(Protocol):
    """A platform's list of windows."""

    def visible(self) -> tuple[VisibleWindow, ...]:
        """All windows that can be seen, lowest first. Raises CaptureProblem."""
        ...

    def others(self) -> tuple[VisibleWindow, ...]:
        """Windows that cannot be seen, as those that are minimised or covered, by their names alone; none where the
        platform does not tell."""
        ...

    def front(self) -> tuple[int, str]:
        """What changes when another window or page comes to the front: cheap enough to ask twice a second."""
        ...

    def idle_s(self) -> float | None:
        """Seconds since the last key or pointer movement; None where it cannot be told."""
        ...

    def pointer(self) -> tuple[int, int] | None:
        """Where the pointer is: a sign of someone being there where `idle_s` cannot be told."""
        ...

    def drawn(self, handle: int, place: Rect) -> NDArray[np.uint8] | None:
        """What a window itself has drawn at a place of the screen, (h, w, 3) RGB; None where it cannot be told."""
        ...

    def watch(self) -> None:
        """From now on notice every window that comes, goes or moves."""
        ...

    def stirred(self) -> tuple[Stir, ...]:
        """Those that did since `watch`, which ends here; nothing where the platform does not tell."""
        ...

    def close(self) -> None:
        """Give the connection back; further calls raise CaptureProblem."""
        ...


def uncovered(windows: Sequence[VisibleWindow], *, likely: bool = False) -> tuple[VisibleWindow, ...]:
    """Those (lowest first) that are not wholly hidden behind opaque parts (or `likely` ones) of higher ones."""
    seen: list[VisibleWindow] = []
    hiding: list[Rect] = []
    for window in sorted(windows, key=lambda window: window.stacking, reverse=True):
        if window.geometry is None or not covered(window.geometry, hiding):
            seen.append(window)
        hiding += (*window.opaque, *window.likely) if likely else window.opaque
    return tuple(reversed(seen))


def focused_of(windows: Iterable[VisibleWindow]) -> VisibleWindow | None:
    """The window with the focus, else the highest one; neither a panel nor the desktop."""
    last: VisibleWindow | None = None
    for window in windows:
        if window.furniture:
            continue
        if window.focused:
            return window
        last = window if not window.popup else last
    return last


Connect = Callable[[frozenset[int]], Windows]
Desktop = Literal["x11", "wayland", "windows", "macos", ""]
"""A kind of desktop; empty where Mneme knows none."""

NEVER_RUN: Mapping[Desktop, str] = {"wayland": "Wayland", "windows": "Windows", "macos": "macOS"}
"""Desktops whose module was written after their documentation and never run on one in use, by their names."""


def desktop(system: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Desktop:
    """The kind of desktop this is. X11 only where no Wayland session shows a part of its screen through it."""
    if system in ("win32", "darwin"):
        return "windows" if system == "win32" else "macos"
    if environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland":
        return "wayland"
    return "x11" if system == "linux" else ""


def usable(kind: Desktop, *, untried: bool = False) -> None:
    """Raise CaptureProblem unless this kind was tried, or the person allows what was not (`untried`)."""
    if not kind:
        raise CaptureProblem(
            f"Recording the screen has not been built for this system ({sys.platform}).",
            "Conversations, notes and pictures can be imported.",
        )
    if kind in NEVER_RUN and not untried:
        instead = "Log in with an X11 session (often called 'on Xorg'), or switch" if kind == "wayland" else "Switch"
        raise CaptureProblem(
            f"Recording the screen under {NEVER_RUN[kind]} was written and never run on a desktop in use: it is off.",
            f"{instead} on capture.untried_systems in Settings and look at `mneme capture --preview` before anything "
            "is kept.",
        )


def open_windows(own_pids: frozenset[int], platforms: Mapping[Desktop, Connect], *, untried: bool = False) -> Windows:
    """This desktop's list of windows, by `platforms` ("x11": ...). Raises CaptureProblem elsewhere."""
    kind = desktop()
    usable(kind, untried=untried)
    if kind not in platforms:
        raise CaptureProblem(
            f"The windows of {NEVER_RUN.get(kind, 'this desktop')} cannot be told here.", "Use an X11 session."
        )
    if kind == "x11":
        local_display()
    return platforms[kind](own_pids)


_DISPLAY = re.compile(r"(?:unix)?(?:/unix)?/?:(?P<number>\d{1,5})(?:\.\d{1,3})?")


def local_display(display: str | None = None) -> str:
    """An X display (None: the one in DISPLAY) as a name that can only mean this machine's own socket.

    Both X libraries go to TCP when the socket does not answer, unless the name says `unix/`. Raises
    CaptureProblem when there is no display, or it is on another machine.
    """
    named = display or os.environ.get("DISPLAY", "")
    if not named:
        raise CaptureProblem(
            "There is no display here, so no screen can be recorded.",
            "Start Mneme in a graphical session; conversations and notes work without one.",
        )
    match = _DISPLAY.fullmatch(named)
    if match is None:
        raise CaptureProblem(
            "This display is reached over a network, and Mneme opens no connections.",
            "Start Mneme on the machine whose screen it is to record.",
        )
    return f"unix/:{match['number']}"


def refuse_wayland() -> None:
    """Raise CaptureProblem in a Wayland session: X11 calls show only a part of its screen there."""
    if desktop() == "wayland":
        raise CaptureProblem(
            "This is a Wayland session, where Mneme cannot see which windows are shown, so it records nothing.",
            "Log in with an X11 session (often called 'on Xorg') to record the screen.",
        )
