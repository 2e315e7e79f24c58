"""The windows of a Windows desktop, by its documented calls: written, never run there, so switched off.

What is asked (`Calls`) is apart from what is made of the answers (`arranged`), so that the latter is tried
everywhere. Nothing is taken to hide what lies behind it: glass and per-pixel transparency cannot be told from
outside, so a window that is kept out is blacked out where it lies even when another seems to cover it.
"""

import ctypes
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import psutil
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.windows import Stir, VisibleWindow
from core.errors import CaptureProblem

_POPUP, _CAPTION, _TOOL, _NO_ACTIVATE = 0x80000000, 0x00C00000, 0x00000080, 0x08000000
"""WS_POPUP, WS_CAPTION of the styles; WS_EX_TOOLWINDOW, WS_EX_NOACTIVATE of the extended ones."""
_MENU = "#32768"
_FURNITURE = ("Shell_TrayWnd", "Shell_SecondaryTrayWnd", "Progman", "WorkerW")
"""Classes of the taskbars and the desktop."""
_STORE_FRAME = "ApplicationFrameWindow"
_OWN_PROGRAM = "mneme"
_TICKS = 0xFFFFFFFF
"""GetTickCount has 32 bits of milliseconds: they wrap after 49 days."""


class Edges(ctypes.Structure):
    """RECT of windef.h: physical pixels, right and bottom lie outside."""

    _fields_ = (
        ("left", ctypes.c_int32),
        ("top", ctypes.c_int32),
        ("right", ctypes.c_int32),
        ("bottom", ctypes.c_int32),
    )

    def rect(self) -> Rect:
        """As the gate and the pictures use it; what is inside out has no pixel."""
        width, height = self.right - self.left, self.bottom - self.top
        return Rect(self.left, self.top, max(0, width), max(0, height))


class LastInput(ctypes.Structure):
    """LASTINPUTINFO of winuser.h."""

    _fields_ = (("size", ctypes.c_uint32), ("tick", ctypes.c_uint32))


class Place(ctypes.Structure):
    """POINT of windef.h."""

    _fields_ = (("x", ctypes.c_int32), ("y", ctypes.c_int32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What Windows tells of one top-level window."""

    handle: int
    title: str
    cls: str
    pid: int
    program: str
    """The file name of its process; of an app from the Store that of the app, not of its frame's host."""
    shown: bool
    """IsWindowVisible: it has WS_VISIBLE; whether it can be seen is another matter."""
    minimised: bool
    cloaked: int
    """DWMWA_CLOAKED: other than 0 on another virtual desktop, when suspended, or hidden by its program."""
    outer: Rect
    """GetWindowRect: with the invisible borders for resizing."""
    frame: Rect
    """DWMWA_EXTENDED_FRAME_BOUNDS: what is drawn, without the shadow; undefined for what is not seen."""
    style: int = 0
    extended: int = 0
    affinity: int = 0
    """GetWindowDisplayAffinity: WDA_MONITOR (1) is black in pictures, WDA_EXCLUDEFROMCAPTURE (17) not in them."""


class Calls(Protocol):
    """What is asked of Windows."""

    def reachable(self) -> bool:
        """Whether the desktop that gets the keys is the person's: not the lock screen's, not that of elevation."""
        ...

    def windows(self) -> Iterable[Told]:
        """All top-level windows, the highest first, as EnumWindows lists them. Raises OSError."""
        ...

    def screen(self) -> Rect:
        """The rectangle around all monitors; the first one's corner is 0, 0, others may lie left of and above it."""
        ...

    def foreground(self) -> tuple[int, str]:
        """The window with the keys and its title; 0 while none has them."""
        ...

    def input_age_s(self) -> float | None:
        """Seconds since the last key or pointer movement."""
        ...

    def pointer(self) -> tuple[int, int] | None:
        """Where the pointer is, in physical pixels."""
        ...


class Win32Windows:
    """The windows of this desktop; belongs to one thread."""

    def __init__(self, own_pids: frozenset[int] = frozenset(), calls: Calls | None = None) -> None:
        """Raises CaptureProblem elsewhere than on Windows."""
        self._own = own_pids
        self._calls = calls or _system()
        self._closed = False

    def visible(self) -> tuple[VisibleWindow, ...]:
        """See Windows."""
        self._open()
        try:
            told = tuple(self._calls.windows())
        except OSError as error:
            raise CaptureProblem(
                "Windows does not list its windows just now.", "It is tried again; a gap shows until then."
            ) from error
        return arranged(told, screen=self._calls.screen(), foreground=self._calls.foreground()[0], own=self._own)

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
        self._open()
        return self._calls.foreground()

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

    def _open(self) -> None:
        if self._closed:
            raise CaptureProblem("The connection to the screen has ended.", "Recording starts again when it is back.")
        if not self._calls.reachable():
            raise CaptureProblem(
                "Windows shows a screen of its own (it is locked, or asks for an administrator).",
                "Recording goes on when your desktop is back.",
            )


def arranged(
    told: Iterable[Told], *, screen: Rect, foreground: int, own: frozenset[int] = frozenset()
) -> tuple[VisibleWindow, ...]:
    """Those of `told` (highest first) that may be seen, lowest first, in physical pixels within `screen`."""
    highest_first = []
    for window in told:
        if not window.shown or window.minimised or window.cloaked:
            continue
        drawn = window.frame.meet(window.outer)
        rect = (window.outer if drawn.empty else window.frame).meet(screen)
        if not rect.empty:
            highest_first.append((window, rect))
    return tuple(
        VisibleWindow(
            app=window.program,
            title=whole(window.title),
            cls=whole(window.cls),
            geometry=rect,
            stacking=place,
            focused=window.handle == foreground != 0,
            pid=window.pid,
            own=window.pid in own or window.program.casefold() == _OWN_PROGRAM,
            popup=_is_popup(window),
            furniture=window.cls in _FURNITURE,
            protected=window.affinity != 0,
        )
        for place, (window, rect) in enumerate(reversed(highest_first))
    )


def whole(text: str) -> str:
    """UTF-16 as Windows keeps it, where halves of characters may stand alone, as text that can be written."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_popup(window: Told) -> bool:
    if window.cls == _MENU:
        return True
    bare = bool(window.style & _POPUP) and window.style & _CAPTION != _CAPTION
    return bare and bool(window.extended & (_TOOL | _NO_ACTIVATE))


def program_name(file: str) -> str:
    """`KeePassXC` of `KeePassXC.exe`."""
    return file[:-4] if file.casefold().endswith(".exe") else file


def program_of(pid: int) -> str:
    """The name of a process's program; empty where it cannot be told."""
    try:
        return program_name(psutil.Process(pid).name()) if pid > 0 else ""
    except (psutil.Error, ValueError):
        return ""


def ticks_between(earlier: int, later: int) -> float:
    """Seconds between two readings of GetTickCount."""
    return float((later - earlier) & _TICKS) / 1000


if sys.platform == "win32":
    from ctypes import wintypes

    _CLOAKED, _FRAME_BOUNDS = 14, 9
    _STYLE, _EXTENDED_STYLE = -16, -20
    _VIRTUAL_SCREEN = (76, 77, 78, 79)
    """SM_XVIRTUALSCREEN, SM_YVIRTUALSCREEN, SM_CXVIRTUALSCREEN, SM_CYVIRTUALSCREEN."""
    _READ_OBJECTS = 0x0001
    _PER_MONITOR_AWARE_V2 = -4
    _LONGEST = 32_768

    class _Desktop:
        """user32, dwmapi and kernel32 by ctypes; every coordinate in physical pixels."""

        def __init__(self) -> None:
            self._user = ctypes.WinDLL("user32", use_last_error=True)
            self._dwm = ctypes.WinDLL("dwmapi")
            self._kernel = ctypes.WinDLL("kernel32")
            self._each = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
            user, handle, integer = self._user, wintypes.HWND, ctypes.c_int
            user.EnumWindows.argtypes = [self._each, wintypes.LPARAM]
            for name in ("IsWindowVisible", "IsIconic"):
                getattr(user, name).argtypes = [handle]
            user.GetWindowRect.argtypes = [handle, ctypes.POINTER(Edges)]
            user.GetWindowTextW.argtypes = user.GetClassNameW.argtypes = [handle, wintypes.LPWSTR, integer]
            user.GetWindowThreadProcessId.argtypes = [handle, ctypes.POINTER(wintypes.DWORD)]
            user.GetWindowLongW.argtypes = [handle, integer]
            user.GetWindowLongW.restype = ctypes.c_uint32
            user.GetWindowDisplayAffinity.argtypes = [handle, ctypes.POINTER(wintypes.DWORD)]
            user.FindWindowExW.argtypes = [handle, handle, wintypes.LPCWSTR, wintypes.LPCWSTR]
            user.FindWindowExW.restype = user.GetForegroundWindow.restype = handle
            user.GetCursorPos.argtypes = [ctypes.POINTER(Place)]
            user.OpenInputDesktop.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
            user.OpenInputDesktop.restype = wintypes.HANDLE
            user.CloseDesktop.argtypes = [wintypes.HANDLE]
            user.GetLastInputInfo.argtypes = [ctypes.POINTER(LastInput)]
            self._kernel.GetTickCount.restype = ctypes.c_uint32
            self._dwm.DwmGetWindowAttribute.argtypes = [handle, wintypes.DWORD, ctypes.c_void_p, wintypes.DWORD]
            self._aware: Callable[[ctypes.c_void_p], object] | None = None
            if hasattr(user, "SetThreadDpiAwarenessContext"):  # since Windows 10 1607
                user.SetThreadDpiAwarenessContext.argtypes = [ctypes.c_void_p]
                user.SetThreadDpiAwarenessContext.restype = ctypes.c_void_p
                self._aware = user.SetThreadDpiAwarenessContext

        def _physical(self) -> None:
            """Pixels as they are on the glass, not as scaled for a program that knows nothing of scaling."""
            if self._aware is not None:
                self._aware(ctypes.c_void_p(_PER_MONITOR_AWARE_V2))

        def reachable(self) -> bool:
            desktop = self._user.OpenInputDesktop(0, False, _READ_OBJECTS)
            if desktop:
                self._user.CloseDesktop(desktop)
            return bool(desktop)

        def windows(self) -> Iterable[Told]:
            self._physical()
            handles: list[int] = []

            def note(handle: int | None, _: int) -> bool:
                handles.append(handle or 0)
                return True

            if not self._user.EnumWindows(self._each(note), 0):
                raise ctypes.WinError(ctypes.get_last_error())
            return [told for handle in handles if (told := self._told(handle)) is not None]

        def _told(self, handle: int) -> Told | None:
            if not self._user.IsWindowVisible(handle):
                return None
            outer, frame, cloaked, affinity = Edges(), Edges(), wintypes.DWORD(), wintypes.DWORD()
            if not self._user.GetWindowRect(handle, ctypes.byref(outer)):
                return None  # gone meanwhile
            self._dwm.DwmGetWindowAttribute(handle, _FRAME_BOUNDS, ctypes.byref(frame), ctypes.sizeof(frame))
            self._dwm.DwmGetWindowAttribute(handle, _CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked))
            self._user.GetWindowDisplayAffinity(handle, ctypes.byref(affinity))
            cls = self._text(self._user.GetClassNameW, handle)
            pid = self._pid(handle)
            inner = 0
            if cls == _STORE_FRAME:
                inner = self._user.FindWindowExW(handle, None, "Windows.UI.Core.CoreWindow", None) or 0
            return Told(
                handle=handle,
                title=self._title(handle, pid),
                cls=cls,
                pid=pid,
                program=program_of(self._pid(inner) if inner else pid),
                shown=True,
                minimised=bool(self._user.IsIconic(handle)),
                cloaked=int(cloaked.value),
                outer=outer.rect(),
                frame=frame.rect(),
                style=int(self._user.GetWindowLongW(handle, _STYLE)),
                extended=int(self._user.GetWindowLongW(handle, _EXTENDED_STYLE)),
                affinity=int(affinity.value),
            )

        def _pid(self, handle: int) -> int:
            found = wintypes.DWORD()
            self._user.GetWindowThreadProcessId(handle, ctypes.byref(found))
            return int(found.value)

        def _title(self, handle: int, pid: int) -> str:
            """Of another process it is only read; asking one of our own threads could wait for it."""
            return "" if pid == psutil.Process().pid else self._text(self._user.GetWindowTextW, handle)

        def _text(self, ask: Callable[..., int], handle: int) -> str:
            room = ctypes.create_unicode_buffer(_LONGEST)
            ask(handle, room, _LONGEST)
            return room.value

        def screen(self) -> Rect:
            self._physical()
            return Rect(*(int(self._user.GetSystemMetrics(what)) for what in _VIRTUAL_SCREEN))

        def foreground(self) -> tuple[int, str]:
            handle = int(self._user.GetForegroundWindow() or 0)
            return (handle, self._title(handle, self._pid(handle))) if handle else (0, "")

        def input_age_s(self) -> float | None:
            info = LastInput(size=ctypes.sizeof(LastInput))
            if not self._user.GetLastInputInfo(ctypes.byref(info)):
                return None
            return ticks_between(info.tick, int(self._kernel.GetTickCount()))

        def pointer(self) -> tuple[int, int] | None:
            self._physical()
            place = Place()
            return (place.x, place.y) if self._user.GetCursorPos(ctypes.byref(place)) else None


def _system() -> Calls:
    if sys.platform == "win32":
        return _Desktop()
    raise CaptureProblem("This is not Windows.", "Its own screen is recorded as Settings say.")


def input_age_s() -> float | None:
    """Seconds since the last key or pointer movement on Windows; None elsewhere."""
    return _system().input_age_s() if sys.platform == "win32" else None
