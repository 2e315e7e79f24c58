"""The windows of a macOS desktop, by Quartz Window Services (pyobjc's only importer): written, never run there.

Switched off until somebody has tried it. What is asked (`Calls`) is apart from what is made of the answers
(`arranged`), so that the latter is tried everywhere. Nothing is taken to hide what lies behind it: a window
that shows through says that it is opaque.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.windows import Stir, VisibleWindow
from core.errors import CaptureProblem

_NORMAL = 0
"""kCGNormalWindowLevel: documents and dialogs; the Dock, the menu bar and menus lie above, the desktop below."""
_OWN_PROGRAM = "mneme"

Described = Mapping[str, object]
"""One window as CGWindowListCopyWindowInfo describes it: keys `kCGWindow...`; absent ones could not be told."""


class Calls(Protocol):
    """What is asked of macOS."""

    def allowed(self) -> bool:
        """CGPreflightScreenCaptureAccess: whether titles and pixels of other programs may be had."""
        ...

    def ask(self) -> None:
        """CGRequestScreenCaptureAccess: only a program that has asked stands in the list of System Settings."""
        ...

    def locked(self) -> bool:
        """Whether the lock screen, or another person's session, is shown."""
        ...

    def windows(self) -> Sequence[Described] | None:
        """The windows on the screen, front to back; None where there is no window server to ask."""
        ...

    def displays(self) -> Sequence[Rect]:
        """The monitors, in points; the corner of the one with the menu bar is 0, 0."""
        ...

    def input_age_s(self) -> float | None:
        """Seconds since the last key or pointer movement."""
        ...

    def pointer(self) -> tuple[int, int] | None:
        """Where the pointer is, in points from the top left."""
        ...


class QuartzWindows:
    """The windows of this desktop; belongs to one thread. All in points, as mss reads the pixels there."""

    def __init__(self, own_pids: frozenset[int] = frozenset(), calls: Calls | None = None) -> None:
        """Raises CaptureProblem elsewhere than on macOS, and where pyobjc is missing."""
        self._own = own_pids
        self._calls = calls or _system()
        self._closed = self._asked = False

    def visible(self) -> tuple[VisibleWindow, ...]:
        """See Windows."""
        return arranged(self._listed(), displays=self._calls.displays(), own=self._own)

    def others(self) -> tuple[VisibleWindow, ...]:
        """See Windows: they are not told."""
        return ()

    def watch(self) -> None:
        """See Windows."""

    def stirred(self) -> tuple[Stir, ...]:
        """See Windows: it is not told."""
        return ()

    def front(self) -> tuple[int, str]:
        """See Windows."""
        for one in self._listed():
            if _number(one, "kCGWindowLayer") == _NORMAL:
                return _number(one, "kCGWindowNumber"), _text(one, "kCGWindowName")
        return 0, ""

    def idle_s(self) -> float | None:
        """See Windows."""
        self._open()
        return self._calls.input_age_s()

    def pointer(self) -> tuple[int, int] | None:
        """See Windows."""
        self._open()
        return self._calls.pointer()

    def drawn(self, handle: int, place: Rect) -> NDArray[np.uint8] | None:
        """It is not asked for: nothing is taken to hide what lies behind it."""
        return None

    def close(self) -> None:
        """See Windows."""
        self._closed = True

    def _listed(self) -> Sequence[Described]:
        self._open()
        listed = self._calls.windows()
        if listed is None:
            raise CaptureProblem(
                "The windows on the screen cannot be listed.", "Start Mneme in your own session, at this screen."
            )
        return listed

    def _open(self) -> None:
        if self._closed:
            raise CaptureProblem("The connection to the screen has ended.", "Recording starts again when it is back.")
        if self._calls.locked():
            raise CaptureProblem("The screen is locked.", "Recording goes on when your desktop is back.")
        if not self._calls.allowed():
            if not self._asked:
                self._asked = True
                self._calls.ask()
            raise CaptureProblem(
                "macOS does not let Mneme see the screen, nor the titles that its rules look at.",
                "System Settings > Privacy & Security > Screen & System Audio Recording: switch Mneme on "
                "(or the terminal that it is started from), then start it again.",
            )


def arranged(
    listed: Sequence[Described], *, displays: Sequence[Rect], own: frozenset[int] = frozenset()
) -> tuple[VisibleWindow, ...]:
    """The described windows (front first) that may be seen, lowest first, in whole points around what they cover.

    One without bounds has no place (None), so that a rule about it drops the look.
    """
    seen = []
    focused = next((place for place, one in enumerate(listed) if _number(one, "kCGWindowLayer") == _NORMAL), -1)
    for place, one in enumerate(listed):
        alpha = one.get("kCGWindowAlpha")
        if isinstance(alpha, int | float) and alpha <= 0:
            continue
        rect = _bounds(one)
        if rect is None or any(not rect.meet(display).empty for display in displays):
            seen.append((one, rect, place == focused))
    return tuple(
        VisibleWindow(
            app=_text(one, "kCGWindowOwnerName"),
            title=_text(one, "kCGWindowName"),
            geometry=rect,
            stacking=place,
            focused=focus,
            pid=(pid := _number(one, "kCGWindowOwnerPID")),
            own=pid in own or _text(one, "kCGWindowOwnerName").casefold() == _OWN_PROGRAM,
            popup=_number(one, "kCGWindowLayer") > _NORMAL,
            furniture=_number(one, "kCGWindowLayer") < _NORMAL,
            protected=one.get("kCGWindowSharingState") == 0,
        )
        for place, (one, rect, focus) in enumerate(reversed(seen))
    )


def _bounds(one: Described) -> Rect | None:
    bounds = one.get("kCGWindowBounds")
    if not isinstance(bounds, Mapping):
        return None
    edges = [bounds.get(name) for name in ("X", "Y", "Width", "Height")]
    numbers = [float(edge) for edge in edges if isinstance(edge, int | float)]
    if len(numbers) != len(edges) or not all(map(math.isfinite, numbers)):
        return None
    x, y, width, height = numbers
    left, top = math.floor(x), math.floor(y)
    return Rect(left, top, max(0, math.ceil(x + width) - left), max(0, math.ceil(y + height) - top))


def _number(one: Described, key: str) -> int:
    value = one.get(key)
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else 0


def _text(one: Described, key: str) -> str:
    value = one.get(key)
    return value if isinstance(value, str) else ""


class _Session:
    """Quartz by pyobjc; its objects become plain ones here."""

    def __init__(self) -> None:
        try:
            import Quartz
        except ImportError as error:
            raise CaptureProblem("The way to macOS's windows is not installed.", "Set Mneme up again.") from error
        self._quartz = Quartz

    def allowed(self) -> bool:
        return bool(self._quartz.CGPreflightScreenCaptureAccess())

    def ask(self) -> None:
        self._quartz.CGRequestScreenCaptureAccess()

    def locked(self) -> bool:
        about = self._quartz.CGSessionCopyCurrentDictionary()
        if about is None:
            return True
        return bool(about.get("CGSSessionScreenIsLocked", False)) or not about.get("kCGSSessionOnConsoleKey", True)

    def windows(self) -> Sequence[Described] | None:
        quartz = self._quartz
        listed = quartz.CGWindowListCopyWindowInfo(quartz.kCGWindowListOptionOnScreenOnly, quartz.kCGNullWindowID)
        return None if listed is None else [_plain(one) for one in listed]

    def displays(self) -> Sequence[Rect]:
        error, found, count = self._quartz.CGGetActiveDisplayList(64, None, None)
        bounds = [self._quartz.CGDisplayBounds(one) for one in (found or ())[: 0 if error else count]]
        return [Rect(int(one.origin.x), int(one.origin.y), int(one.size.width), int(one.size.height)) for one in bounds]

    def input_age_s(self) -> float | None:
        quartz = self._quartz
        session, anything = quartz.kCGEventSourceStateCombinedSessionState, quartz.kCGAnyInputEventType
        return float(quartz.CGEventSourceSecondsSinceLastEventType(session, anything))

    def pointer(self) -> tuple[int, int] | None:
        place = self._quartz.CGEventGetLocation(self._quartz.CGEventCreate(None))
        return int(place.x), int(place.y)


def _plain(one: Mapping[object, object]) -> Described:
    """A dictionary of the system's as one of Python's, its bounds too."""
    plain = {str(key): value for key, value in one.items()}
    bounds = plain.get("kCGWindowBounds")
    if bounds is not None and hasattr(bounds, "items"):
        plain["kCGWindowBounds"] = {str(key): float(value) for key, value in bounds.items()}
    return {key: str(value) if key in _TEXTS else value for key, value in plain.items()}


_TEXTS = ("kCGWindowOwnerName", "kCGWindowName")


def _system() -> Calls:
    if sys.platform != "darwin":
        raise CaptureProblem("This is not macOS.", "Its own screen is recorded as Settings say.")
    return _Session()


def input_age_s() -> float | None:
    """Seconds since the last key or pointer movement on macOS; None elsewhere."""
    return _system().input_age_s() if sys.platform == "darwin" else None
