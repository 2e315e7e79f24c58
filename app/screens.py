"""Which screen this desktop has, and how it is opened for the recorder and for a preview."""

import contextlib
import os
import time

from app.host import Host
from app.presence import Mutter
from app.screencast.screen import Restoring, Screencast
from core.capture.screen.grab import Grabber
from core.capture.screen.quartz import QuartzWindows
from core.capture.screen.recorder import Screen
from core.capture.screen.win32 import Win32Windows
from core.capture.screen.windows import Connect, Desktop, Windows, desktop, open_windows, usable
from core.capture.screen.x11 import X11Windows
from core.errors import CaptureProblem, Problem
from core.store import preferences

_LISTS: dict[Desktop, Connect] = {"x11": X11Windows, "windows": Win32Windows, "macos": QuartzWindows}
_ASKS_AGAIN_S = 0.5


class Screens:
    """The way to this desktop's screen, as long as somebody looks at it; `open` and `close` on any one thread."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._cast: Screencast | None = None

    def open(self) -> tuple[Screen, Windows]:
        """The screen and its windows as they may be seen now. Raises CaptureProblem."""
        settings = self._host.assistant.settings.capture
        kind = desktop()
        usable(kind, untried=settings.untried_systems)
        if kind == "wayland":
            return self._portal(settings.wayland_whole_screen).open()
        windows = open_windows(frozenset({os.getpid()}), _LISTS, untried=settings.untried_systems)
        try:
            return Grabber(), windows
        except BaseException:
            windows.close()
            raise

    def open_within(self, seconds: float) -> tuple[Screen, Windows]:
        """The same, waiting for a question of the desktop to be answered. Raises CaptureProblem."""
        ends = time.monotonic() + seconds
        while True:
            try:
                return self.open()
            except CaptureProblem:
                if self._cast is None or not self._cast.asking or time.monotonic() > ends:
                    raise
            time.sleep(_ASKS_AGAIN_S)

    def close(self) -> None:
        """Give back what is held between two looks."""
        if self._cast is not None:
            self._cast.close()
            self._cast = None

    def _portal(self, whole_screen: bool) -> Screencast:
        if self._cast is not None and self._cast.whole_screen != whole_screen:
            self.close()
        if self._cast is None:
            restoring = _kept_choice(self._host, "screencast_screen" if whole_screen else "screencast_windows")
            self._cast = Screencast(whole_screen=whole_screen, restoring=restoring, away_s=_away_s)
        return self._cast


def _kept_choice(host: Host, key: str) -> Restoring:
    """The portal's token of one sort of choice, among the small facts of the vault."""

    def read() -> str:
        with host.opened.vault.read() as db:
            return str(preferences.noted(db, key) or "")

    def keep(token: str) -> None:
        with contextlib.suppress(Problem), host.opened.vault.write() as db:  # full or locked: asked again next time
            preferences.note(db, key, token or None)

    return Restoring(read=read, keep=keep)


def _away_s() -> float | None:
    """Where the desktop tells it under Wayland: on GNOME."""
    away = Mutter().away()
    return None if away is None else away.total_seconds()
