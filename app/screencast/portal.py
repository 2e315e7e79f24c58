"""The conversation with the ScreenCast portal: a session, what the person picks, and the way to its pictures.

After the published interface (org.freedesktop.portal.ScreenCast, versions 1 to 5): each request answers with a handle
and later with a signal, whose first number is 0 when it was granted, 1 when the person declined, 2 when it
ended otherwise.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.dbus import Address, Bus, NoBus, Wanted
from core.errors import CaptureProblem

_SERVICE, _ROOT = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_CAST = Address(service=_SERVICE, path=_ROOT, interface="org.freedesktop.portal.ScreenCast")
_RESPONSE = Wanted(interface="org.freedesktop.portal.Request", member="Response")
_CLOSED = Wanted(interface="org.freedesktop.portal.Session", member="Closed")
MONITOR, WINDOW = 1, 2
_HIDDEN_POINTER = 1
_UNTIL_REVOKED = 2
_KEEPS_TOKENS_SINCE = 4
_DECLINED = 1
_LISTENS_S = 0.2
_ANSWERS_WITHIN_S = 25.0
"""To what no person is asked about."""
_NO_PORTAL = (
    "This desktop has no portal that shows its screen.",
    "Install xdg-desktop-portal and the one of your desktop (-gnome, -kde, -wlr), or log in with an X11 session.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One picture that goes on: a monitor or a window."""

    node: int
    """Its number in PipeWire."""
    kind: int
    """MONITOR, WINDOW; 0 where the portal is too old to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """What was granted."""

    session: str
    streams: tuple[Stream, ...]
    token: str
    """Restores the same choice next time without a question; empty where the portal keeps none."""


class Declined(CaptureProblem):
    """It came to nothing when the person was asked, or might have been: not asked again until they say so."""


class _Refused(CaptureProblem):
    """A step that was not granted, without the person having said no."""


_ANEW = "Switch recording off and on again to be asked anew."


class Portal:
    """One session of the portal; belongs to one thread."""

    def __init__(self, bus: Bus) -> None:
        """`bus` is the session's, with descriptors. Raises CaptureProblem when nobody listens to it."""
        self._bus = bus
        self._session = ""
        self._over = False
        try:
            bus.follow((_RESPONSE, _CLOSED))
        except NoBus as error:
            raise CaptureProblem(*_NO_PORTAL) from error

    def begin(self, *, whole_screen: bool, token: str, patience_s: float) -> Cast:
        """Ask the person what may be seen, unless `token` restores what they said before.

        `whole_screen`: monitors, else single windows. Raises Declined where another try would ask the person again,
        else CaptureProblem.
        """
        kind = MONITOR if whole_screen else WINDOW
        version, pointer = self._offered(kind)
        keeps = version >= _KEEPS_TOKENS_SINCE
        if token and keeps:
            try:
                self._chosen(kind, token, keeps, pointer)
                return self._started(kind, patience_s)
            except _Refused:
                self.end()  # an old choice that is not there any more: the person is asked
        self._chosen(kind, "", keeps, pointer)
        try:
            return self._started(kind, patience_s)
        except _Refused as problem:
            raise Declined(problem.title, _ANEW) from problem

    def remote(self, cast: Cast) -> int:
        """A new descriptor for the way to PipeWire; the caller closes it. Raises CaptureProblem."""
        try:
            return self._bus.descriptor(_CAST, "OpenPipeWireRemote", "oa{sv}", (cast.session, {}))
        except NoBus as error:
            raise CaptureProblem(
                "The desktop does not hand its pictures over.", "Choose again what to record."
            ) from error

    def over(self) -> bool:
        """Whether the desktop, or the person in its own menu, has ended the session."""
        while not self._over:
            try:
                heard = self._bus.next(0)
            except NoBus:
                self._over = True
                break
            if heard is None:
                break
            self._over = heard.member == _CLOSED.member and heard.path == self._session
        return self._over

    def end(self) -> None:
        """Give the session back."""
        if self._session:
            session = Address(service=_SERVICE, path=self._session, interface=_CLOSED.interface)
            self._session = ""
            try:
                self._bus.ask(session, "Close")
            except NoBus:
                return  # it was over already

    def _offered(self, kind: int) -> tuple[int, int]:
        """The interface's version and how the pointer is left out (0: it cannot be said)."""
        try:
            kinds = int(self._bus.property(_CAST, "AvailableSourceTypes"))
            version = int(self._bus.property(_CAST, "version"))
            pointers = int(self._bus.property(_CAST, "AvailableCursorModes")) if version > 1 else 0
        except (NoBus, TypeError, ValueError, IndexError) as error:
            raise CaptureProblem(*_NO_PORTAL) from error
        if not kinds & kind:
            if kind == WINDOW:
                raise CaptureProblem(
                    "This desktop's portal shows no single windows, only the whole screen.",
                    "Read what capture.wayland_whole_screen means in Settings before you switch it on, or log in "
                    "with an X11 session.",
                )
            raise CaptureProblem(
                "This desktop's portal shows no whole screen.", "Switch capture.wayland_whole_screen off."
            )
        return version, pointers & _HIDDEN_POINTER

    def _chosen(self, kind: int, token: str, keeps: bool, pointer: int) -> None:
        """A session in which it is said what is wanted; nobody is asked yet."""
        self._over = False
        mine = {"session_handle_token": ("s", _word())}
        created = self._asked("CreateSession", "a{sv}", (), mine, _ANSWERS_WITHIN_S)
        self._session = str(_value(created, "session_handle", ""))
        if not self._session.startswith("/"):
            raise _Refused("The desktop's portal gave no session.", "Log out and in again.")
        choice: dict[str, tuple[str, object]] = {"types": ("u", kind), "multiple": ("b", True)}
        if pointer:
            choice["cursor_mode"] = ("u", pointer)
        if keeps:
            choice["persist_mode"] = ("u", _UNTIL_REVOKED)
        if token:
            choice["restore_token"] = ("s", token)
        self._asked("SelectSources", "oa{sv}", (self._session,), choice, _ANSWERS_WITHIN_S)

    def _started(self, kind: int, patience_s: float) -> Cast:
        """What the person granted, or had granted before."""
        started = self._asked("Start", "osa{sv}", (self._session, ""), {}, patience_s)
        streams = _streams(_value(started, "streams", ()))
        if not streams:
            raise _Refused("Nothing was picked to be recorded.", _ANEW)
        if kind == WINDOW and any(stream.kind != WINDOW for stream in streams):
            self.end()
            raise Declined(
                "The desktop offered a whole screen where single windows were asked for, so nothing is recorded.",
                "Read what capture.wayland_whole_screen means in Settings, or log in with an X11 session.",
            )
        said = _value(started, "restore_token", "")
        return Cast(session=self._session, streams=streams, token=said if isinstance(said, str) else "")

    def _asked(
        self,
        method: str,
        signature: str,
        before: tuple[str, ...],
        options: Mapping[str, tuple[str, object]],
        patience_s: float,
    ) -> Mapping[str, Any]:
        """What a request brought; Declined, or _Refused with what the portal let be known."""
        body = (*before, {"handle_token": ("s", _word()), **options})
        try:
            (handle,) = self._bus.ask(_CAST, method, signature, body)
            code, results = self._response(str(handle), patience_s)
        except NoBus as error:
            why = (
                "does not allow it" if error.said.endswith(("AccessDenied", "NotAllowed")) else "ended the conversation"
            )
            raise _Refused(f"The desktop's portal {why}.", "Try again, or log in with an X11 session.") from error
        if code == _DECLINED:
            raise Declined("You closed the desktop's question what Mneme may record.", _ANEW)
        if code != 0:
            raise _Refused("The desktop's portal did not grant it.", "Try again, or log in with an X11 session.")
        return results

    def _response(self, handle: str, patience_s: float) -> tuple[int, Mapping[str, Any]]:
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            heard = self._bus.next(_LISTENS_S)
            if heard is None:
                continue
            if (heard.interface, heard.member, heard.path) == (_RESPONSE.interface, _RESPONSE.member, handle):
                code, results = heard.body
                return int(code), results
            if heard.member == _CLOSED.member and heard.path == self._session:
                self._over = True
                return 2, {}
        request = Address(service=_SERVICE, path=handle, interface=_RESPONSE.interface)
        self._bus.ask(request, "Close")
        raise _Refused("The desktop's question was not answered.", _ANEW)


def _word() -> str:
    """A name that no other request has: letters, digits and underscores only."""
    return f"mneme_{secrets.token_hex(8)}"


def _value(results: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    """A variant's value: jeepney gives (signature, value)."""
    found = results.get(name)
    return found[1] if isinstance(found, tuple) and len(found) == 2 else otherwise


def _streams(found: Any) -> tuple[Stream, ...]:
    return tuple(Stream(node=int(node), kind=int(_value(about, "source_type", 0))) for node, about in found)
