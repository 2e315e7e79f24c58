"""What the session tells, over a real message bus of the test's own."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import DBusAddress, new_signal
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from app.dbus import Bus, NoBus
from app.session import Happened, LinuxSession

LOGIN = "org.freedesktop.login1"
PATIENCE_S = 30.0


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DBusConnection]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("no dbus-daemon here")
    address = f"unix:path={tmp_path / 'bus'}"
    process = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nosyslog", f"--address={address}", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert process.stdout is not None
    process.stdout.readline()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    said = open_dbus_connection("SESSION")
    yield said
    said.close()
    process.terminate()
    process.wait(PATIENCE_S)
    process.stdout.close()


class Ear:
    """What was told, in order."""

    def __init__(self) -> None:
        self.heard: list[Happened] = []
        self._more = threading.Condition()

    def __call__(self, happened: Happened) -> None:
        with self._more:
            self.heard.append(happened)
            self._more.notify_all()

    def until(self, number: int) -> list[Happened]:
        with self._more:
            assert self._more.wait_for(lambda: len(self.heard) >= number, PATIENCE_S)
            return list(self.heard)


def say(bus: DBusConnection, path: str, interface: str, member: str, *body: object) -> None:
    whom = DBusAddress(path, interface=interface)
    bus.send(new_signal(whom, member, "b" if body else None, body))


def test_locks_unlocks_suspends_and_screen_savers_are_told(bus: DBusConnection) -> None:
    ear = Ear()
    session = LinuxSession(ear)
    try:
        assert session.hears == ("logind", "the screen saver")
        say(bus, "/org/freedesktop/login1/session/_31", f"{LOGIN}.Session", "Lock")
        say(bus, "/org/freedesktop/login1/session/_31", f"{LOGIN}.Session", "Unlock")
        say(bus, "/org/freedesktop/login1", f"{LOGIN}.Manager", "PrepareForSleep", True)
        say(bus, "/org/freedesktop/login1", f"{LOGIN}.Manager", "PrepareForSleep", False)
        assert ear.until(4) == [Happened.LOCKED, Happened.UNLOCKED, Happened.SUSPENDING, Happened.RESUMED]
        say(bus, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", True)
        say(bus, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", False)
        assert ear.until(6)[4:] == [Happened.LOCKED, Happened.UNLOCKED]
    finally:
        session.close()


def test_what_is_none_of_the_session_is_not_told(bus: DBusConnection) -> None:
    ear = Ear()
    session = LinuxSession(ear)
    try:
        say(bus, "/somewhere", "org.example.Other", "Lock")
        say(bus, "/org/freedesktop/login1", f"{LOGIN}.Manager", "SessionNew")
        say(bus, "/org/freedesktop/login1/session/_31", f"{LOGIN}.Session", "Lock")
        assert ear.until(1) == [Happened.LOCKED]
    finally:
        session.close()


def test_without_a_bus_nothing_is_listened_to_and_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    session = LinuxSession(Ear())
    assert session.hears == ()
    session.close()
    with pytest.raises(NoBus, match="no session message bus"):
        Bus("SESSION")
