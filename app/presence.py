"""Whether somebody is at the machine: what this system can tell, asked in turn, behind one protocol."""

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from app.dbus import Address, Bus, NoBus
from core.capture.screen import quartz, win32
from core.capture.screen.windows import open_windows
from core.capture.screen.x11 import X11Windows
from core.errors import CaptureProblem
from core.upkeep import Presence

_LOGIND = "org.freedesktop.login1"
_MANAGER = Address(service=_LOGIND, path="/org/freedesktop/login1", interface=f"{_LOGIND}.Manager")
_MUTTER = Address(
    service="org.gnome.Mutter.IdleMonitor",
    path="/org/gnome/Mutter/IdleMonitor/Core",
    interface="org.gnome.Mutter.IdleMonitor",
)
_FULL = "_NET_WM_STATE_FULLSCREEN"
TRIED = ("linux",)
"""Systems on which what tells has been run. Elsewhere it is written and switched off until somebody has tried it."""


class Teller(Protocol):
    """One thing that can tell."""

    name: str

    def away(self) -> timedelta | None:
        """How long nobody has touched the machine; None when this cannot tell now."""

    def presenting(self) -> bool:
        """Whether something fills the screen or holds it awake, as far as this knows."""

    def close(self) -> None:
        """Give back what it holds."""


class XServer:
    """The MIT-SCREEN-SAVER extension's clock, and the front window's state. Not under Wayland, where it knows half."""

    name = "the X server"

    def __init__(self) -> None:
        self._windows: X11Windows | None = None

    def _asked(self, ask: Callable[[X11Windows], Any]) -> Any:
        try:
            if self._windows is None:
                opened = open_windows(frozenset(), {"x11": X11Windows})
                self._windows = opened if isinstance(opened, X11Windows) else None
            return None if self._windows is None else ask(self._windows)
        except CaptureProblem:
            self.close()
            return None

    def away(self) -> timedelta | None:
        """See Teller."""
        seconds = self._asked(lambda windows: windows.idle_s())
        return None if seconds is None else timedelta(seconds=seconds)

    def presenting(self) -> bool:
        """Whether the front window is full-screen."""
        return bool(self._asked(lambda windows: windows.front_state(_FULL)))

    def close(self) -> None:
        """See Teller."""
        if self._windows is not None:
            with suppress(CaptureProblem):
                self._windows.close()
            self._windows = None


class Mutter:
    """GNOME's own idle monitor, under Wayland and X11."""

    name = "GNOME's idle monitor"

    def away(self) -> timedelta | None:
        """See Teller."""
        with suppress(NoBus):
            bus = Bus("SESSION")
            try:
                (milliseconds,) = bus.ask(_MUTTER, "GetIdletime")
                return timedelta(milliseconds=int(milliseconds))
            finally:
                bus.close()
        return None

    def presenting(self) -> bool:
        """It does not say; logind does."""
        return False

    def close(self) -> None:
        """Nothing is held."""


class Logind:
    """The user's idle hint, which desktops set when their screen saver begins, and who holds the machine awake."""

    name = "logind"

    def __init__(self, steady_us: Callable[[], int] = lambda: time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000):
        self._steady_us = steady_us

    def away(self) -> timedelta | None:
        """By the user's hint; None where no desktop ever gave one."""
        with suppress(NoBus):
            bus = Bus("SYSTEM")
            try:
                (path,) = bus.ask(_MANAGER, "GetUser", "u", (os.getuid(),))
                user = Address(service=_LOGIND, path=str(path), interface=f"{_LOGIND}.User")
                idle = bool(bus.property(user, "IdleHint"))
                since_us = int(bus.property(user, "IdleSinceHintMonotonic"))
            finally:
                bus.close()
            return hinted(idle, since_us, self._steady_us())
        return None

    def presenting(self) -> bool:
        """Whether any program blocks idleness (a player, a call, a presentation)."""
        with suppress(NoBus):
            bus = Bus("SYSTEM")
            try:
                (listed,) = bus.ask(_MANAGER, "ListInhibitors")
            finally:
                bus.close()
            return any("idle" in str(what).split(":") and mode == "block" for what, _, _, mode, *_ in listed)
        return False

    def close(self) -> None:
        """Nothing is held."""


class InputClock:
    """A system's own clock of the last input."""

    def __init__(self, name: str, age_s: Callable[[], float | None]) -> None:
        self.name = name
        self._age_s = age_s

    def away(self) -> timedelta | None:
        """See Teller."""
        seconds = self._age_s()
        return None if seconds is None else timedelta(seconds=seconds)

    def presenting(self) -> bool:
        """It does not say."""
        return False

    def close(self) -> None:
        """Nothing is held."""


def hinted(idle: bool, since_us: int, steady_us: int) -> timedelta | None:
    """What logind's hint means: away since then, back, or (never set by anybody) unknown. Microseconds, monotonic."""
    if idle:
        return timedelta(microseconds=max(steady_us - since_us, 0))
    return timedelta() if since_us else None


def tellers(system: str = sys.platform) -> tuple[Teller, ...]:
    """What this system has, the surest first; nothing where it has not been tried."""
    known: dict[str, tuple[Teller, ...]] = {
        "linux": (XServer(), Mutter(), Logind()),
        "win32": (InputClock("Windows", win32.input_age_s),),
        "darwin": (InputClock("macOS", quartz.input_age_s),),
    }
    return known.get(system, ()) if system in TRIED else ()


class Watch:
    """Asks what there is. Safe to use from any thread."""

    def __init__(self, found: tuple[Teller, ...] | None = None) -> None:
        self._tellers = tellers() if found is None else found
        self._guard = threading.Lock()

    def presence(self, *, unused: timedelta, busy: bool = False) -> Presence:
        """How it is now: the first that knows says how long, any may say that something is presented."""
        with self._guard:
            away = next((told for one in self._tellers if (told := one.away()) is not None), None)
            presenting = any(one.presenting() for one in self._tellers)
        return Presence(away=away, unused=unused, presenting=presenting, busy=busy)

    def heard_from(self) -> str:
        """Who tells how long nobody was there, by name; empty when nobody does."""
        with self._guard:
            return next((one.name for one in self._tellers if one.away() is not None), "")

    def close(self) -> None:
        """Give back what they hold."""
        with self._guard:
            for one in self._tellers:
                one.close()
