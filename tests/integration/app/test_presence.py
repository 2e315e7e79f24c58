"""Whether somebody is there: asked of a real X server, and of logind and GNOME played over a real message bus."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from jeepney import HeaderFields, Message, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from Xlib import X, Xatom
from Xlib.display import Display

from app.presence import InputClock, Logind, Mutter, Watch, XServer, hinted, tellers
from tests.integration.app.test_session import bus as bus
from tests.xserver import desk

SECOND_US = 1_000_000


class Played:
    """Answers method calls for logind and for GNOME's idle monitor."""

    def __init__(self) -> None:
        self.idle, self.since_us, self.idle_ms = False, 0, 5000
        self.inhibitors: list[tuple[str, str, str, str, int, int]] = []
        self._connection: DBusConnection = open_dbus_connection("SESSION")
        for name in ("org.freedesktop.login1", "org.gnome.Mutter.IdleMonitor"):
            self._connection.send_and_get_reply(message_bus.RequestName(name))
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                asked = self._connection.receive(timeout=0.1)
                if asked.header.message_type is MessageType.method_call:
                    self._connection.send(self._answer(asked))

    def _answer(self, asked: Message) -> Message:
        member = asked.header.fields[HeaderFields.member]
        if member == "GetUser":
            return new_method_return(asked, "o", ("/org/freedesktop/login1/user/me",))
        if member == "ListInhibitors":
            return new_method_return(asked, "a(ssssuu)", (self.inhibitors,))
        if member == "GetIdletime":
            return new_method_return(asked, "t", (self.idle_ms,))
        if member == "Get":
            known = {"IdleHint": ("b", self.idle), "IdleSinceHintMonotonic": ("t", self.since_us)}
            return new_method_return(asked, "v", (known[asked.body[1]],))
        return new_error(asked, "org.freedesktop.DBus.Error.UnknownMethod")

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        self._connection.close()


@pytest.fixture
def played(bus: DBusConnection) -> Iterator[Played]:
    played = Played()
    yield played
    played.close()


def test_logind_tells_since_when_the_user_is_idle_and_who_holds_the_screen_awake(played: Played) -> None:
    logind = Logind(steady_us=lambda: 700 * SECOND_US)
    assert logind.away() is None, "no desktop ever gave a hint"
    played.idle, played.since_us = True, 100 * SECOND_US
    assert logind.away() == timedelta(seconds=600)
    played.idle = False
    assert logind.away() == timedelta()
    assert not logind.presenting()
    me = os.getuid(), os.getpid()
    played.inhibitors = [("sleep", "Mneme", "Putting the key away", "delay", *me), ("idle", "a", "b", "delay", *me)]
    assert not logind.presenting()
    played.inhibitors.append(("sleep:idle", "Player", "Playing", "block", *me))
    assert logind.presenting()


def test_gnome_tells_how_long_nobody_touched_anything(played: Played) -> None:
    assert Mutter().away() == timedelta(seconds=5)
    watch = Watch((Mutter(), Logind()))
    assert watch.heard_from() == "GNOME's idle monitor"
    found = watch.presence(unused=timedelta(hours=2), busy=True)
    assert (found.away, found.unused, found.presenting, found.busy) == (
        timedelta(seconds=5),
        timedelta(hours=2),
        False,
        True,
    )
    watch.close()


def test_without_a_bus_or_a_screen_nothing_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = f"unix:path={tmp_path / 'nothing'}"
    for name in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.setenv(name, nowhere)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    watch = Watch()
    assert watch.heard_from() == ""
    found = watch.presence(unused=timedelta(minutes=3))
    assert (found.away, found.presenting) == (None, False)
    watch.close()


def test_the_x_server_tells_how_long_nobody_touched_it_and_whether_a_window_fills_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(tmp_path, manager=False) as shown:  # the test sets what a window manager would: none may set it anew
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DISPLAY", shown.display)
        with closing(XServer()) as teller, closing(Display(shown.display)) as client:
            first = teller.away()
            assert first is not None
            later = teller.away()
            assert later is not None
            assert later >= first
            assert not teller.presenting()
            root = client.screen().root
            window = root.create_window(0, 0, 100, 100, 0, X.CopyFromParent)
            full = client.intern_atom("_NET_WM_STATE_FULLSCREEN")
            window.change_property(client.intern_atom("_NET_WM_STATE"), Xatom.ATOM, 32, [full])
            window.map()
            root.change_property(client.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW, 32, [window.id])
            client.sync()
            assert teller.presenting()
            window.delete_property(client.intern_atom("_NET_WM_STATE"))
            client.sync()
            assert not teller.presenting()


def test_an_idle_hint_means_away_back_or_nothing() -> None:
    assert hinted(True, 3 * SECOND_US, 5 * SECOND_US) == timedelta(seconds=2)
    assert hinted(False, 3 * SECOND_US, 5 * SECOND_US) == timedelta()
    assert hinted(False, 0, 5 * SECOND_US) is None


def test_what_was_never_run_is_switched_off() -> None:
    assert [one.name for one in tellers("linux")] == ["the X server", "GNOME's idle monitor", "logind"]
    assert tellers("win32") == tellers("darwin") == tellers("plan9") == ()
    assert InputClock("a clock", lambda: 90.0).away() == timedelta(seconds=90)
