"""When the session is locked and when the machine goes to sleep: logind and the desktop's screen saver (Linux).

Windows and macOS tell it otherwise (WTSRegisterSessionNotification; the distributed notification
com.apple.screenIsLocked): not written yet, so there nothing is covered by itself, and `mneme doctor` says so.
"""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Protocol

from app.dbus import Address, Bus, Heard, Listener, NoBus, Wanted

_MANAGER = Address(
    service="org.freedesktop.login1", path="/org/freedesktop/login1", interface="org.freedesktop.login1.Manager"
)
_SESSION = "org.freedesktop.login1.Session"
_SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver")


class Happened(StrEnum):
    """What the session told."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    SUSPENDING = "suspending"
    RESUMED = "resumed"


Told = Callable[[Happened], None]


class SessionWatch(Protocol):
    """Tells what happens to the session until it is closed."""

    @property
    def hears(self) -> tuple[str, ...]:
        """Who is listened to, by name; empty when nobody is."""

    def close(self) -> None:
        """Tell no more."""


class LinuxSession:
    """logind on the system's bus, screen savers on the session's. What is not there is not listened to.

    The machine's suspend is held up (a delay inhibitor of logind) until what was told has been done.
    """

    def __init__(self, told: Told) -> None:
        self._told = told
        self._listeners: list[Listener] = []
        self._hears: list[str] = []
        self._held: int | None = None
        self._guard = threading.Lock()
        with suppress(NoBus):
            system = Bus("SYSTEM", descriptors=True)
            self._own = self._own_session()
            wanted = [
                Wanted(interface=_SESSION, member="Lock"),
                Wanted(interface=_SESSION, member="Unlock"),
                Wanted(interface=_MANAGER.interface, member="PrepareForSleep"),
            ]
            self._listeners.append(Listener(system, wanted, self._from_logind))
            self._hears.append("logind")
            self._hold_suspend()
        with suppress(NoBus):
            wanted = [Wanted(interface=saver, member="ActiveChanged") for saver in _SAVERS]
            self._listeners.append(Listener(Bus("SESSION"), wanted, self._from_saver))
            self._hears.append("the screen saver")

    @property
    def hears(self) -> tuple[str, ...]:
        """See SessionWatch."""
        return tuple(self._hears)

    @staticmethod
    def _own_session() -> str:
        """The path of this process's session at logind; empty when it has none, and then any session counts."""
        bus = Bus("SYSTEM")
        try:
            (path,) = bus.ask(_MANAGER, "GetSessionByPID", "u", (os.getpid(),))
        except NoBus:
            return ""
        finally:
            bus.close()
        return str(path)

    def _hold_suspend(self) -> None:
        """Ask logind to wait before a suspend; the descriptor it gives is the hold."""
        bus = Bus("SYSTEM", descriptors=True)
        try:
            what = ("sleep", "Mneme", "Putting the key away", "delay")
            (held,) = bus.ask(_MANAGER, "Inhibit", "ssss", what)
            with self._guard:
                self._held = held.to_raw_fd()
        except NoBus:
            return  # it still hears of the suspend, only a little late
        finally:
            bus.close()

    def _let_suspend(self) -> None:
        with self._guard:
            held, self._held = self._held, None
        if held is not None:
            os.close(held)

    def _from_logind(self, heard: Heard) -> None:
        if heard.member == "PrepareForSleep":
            begins = bool(heard.body and heard.body[0])
            try:
                self._told(Happened.SUSPENDING if begins else Happened.RESUMED)
            finally:
                if begins:
                    self._let_suspend()
                else:
                    with suppress(NoBus):
                        self._hold_suspend()
        elif not self._own or heard.path == self._own:
            self._told(Happened.LOCKED if heard.member == "Lock" else Happened.UNLOCKED)

    def _from_saver(self, heard: Heard) -> None:
        self._told(Happened.LOCKED if heard.body and heard.body[0] else Happened.UNLOCKED)

    def close(self) -> None:
        """See SessionWatch."""
        for listener in self._listeners:
            listener.close()
        self._let_suspend()


class UntoldSession:
    """Where nothing tells it."""

    hears: tuple[str, ...] = ()

    def close(self) -> None:
        """Nothing to end."""


def session_watch(told: Told) -> SessionWatch:
    """What this system has."""
    return LinuxSession(told) if sys.platform.startswith("linux") else UntoldSession()
