"""The screen as the recorder finds it, with the session's own clock: hours pass in minutes, the idle time with them."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta

from app.host import Host
from app.screens import Screens
from core.capture.screen.grab import Grabber
from core.capture.screen.recorder import Screen
from core.capture.screen.windows import Windows
from core.capture.screen.x11 import X11Windows


class SessionClock:
    """The session's time and when somebody last touched the machine in it."""

    def __init__(self, begins: datetime) -> None:
        self.begins = self.now = self.touched = begins

    def __call__(self) -> datetime:
        """The moment, as a clock of the product's."""
        return self.now

    @property
    def seconds(self) -> float:
        """Since the session began."""
        return (self.now - self.begins).total_seconds()

    def on(self, seconds: float) -> None:
        """So many seconds pass."""
        self.now += timedelta(seconds=seconds)

    def idle_s(self) -> float:
        """Seconds of the session since somebody touched the machine."""
        return (self.now - self.touched).total_seconds()


class _ScriptedWindows(X11Windows):
    """The real windows; only the idle time is the session's, since the X server's own runs by the wall clock."""

    def __init__(self, display: str, idle_s: Callable[[], float]) -> None:
        super().__init__(frozenset({os.getpid()}), display)
        self._idle = idle_s

    def idle_s(self) -> float:
        return self._idle()


class ScriptedScreens(Screens):
    """The bench's display, grabbed and listed for real."""

    def __init__(self, host: Host, display: str, idle_s: Callable[[], float]) -> None:
        super().__init__(host)
        self._display, self._idle = display, idle_s

    def open(self) -> tuple[Screen, Windows]:
        """As the recorder wants them. Raises CaptureProblem."""
        return Grabber(self._display), _ScriptedWindows(self._display, self._idle)
