"""Which screen this desktop has, and how it is opened for the recorder and for a preview."""

import os

from app.host import Host
from core.capture.screen.grab import Grabber
from core.capture.screen.quartz import QuartzWindows
from core.capture.screen.recorder import Screen
from core.capture.screen.win32 import Win32Windows
from core.capture.screen.windows import Connect, Desktop, Windows, open_windows
from core.capture.screen.x11 import X11Windows

_LISTS: dict[Desktop, Connect] = {"x11": X11Windows, "windows": Win32Windows, "macos": QuartzWindows}


def open_screen(host: Host) -> tuple[Screen, Windows]:
    """The screen and its windows on this desktop. Raises CaptureProblem."""
    settings = host.assistant.settings.capture
    windows = open_windows(frozenset({os.getpid()}), _LISTS, untried=settings.untried_systems)
    try:
        return Grabber(), windows
    except BaseException:
        windows.close()
        raise
