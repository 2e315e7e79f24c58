"""A ScreenCast portal of the tests' own on a real message bus: it answers as the published interface says."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

ROOT = "/org/freedesktop/portal/desktop"
GRANTED, DECLINED, ENDED = 0, 1, 2
Results = dict[str, tuple[str, Any]]


@dataclass
class Asked:
    """One call, as it came."""

    member: str
    options: dict[str, tuple[str, Any]] = field(default_factory=dict)
    session: str = ""


class PlayedPortal:
    """Answers on a thread of its own. What it grants is said in its attributes before it is asked."""

    def __init__(self) -> None:
        self.version, self.kinds, self.pointers = 5, 3, 7
        self.streams: list[tuple[int, Results]] = [(42, {"source_type": ("u", 2), "size": ("(ii)", (800, 600))})]
        self.token: str | None = "restore-me"
        self.good_tokens = {"restore-me"}
        self.codes: dict[str, int] = {}
        """What a request's signal says, by member; GRANTED where nothing is said."""
        self.errors: dict[str, str] = {}
        self.refuses_tokens = ""
        """What a token it does not know is answered with: "" (asks the person), "response" or "error"."""
        self.silent: set[str] = set()
        """Requests whose signal never comes."""
        self.early = False
        """Whether the signal comes before the call's own answer."""
        self.asked: list[Asked] = []
        self.remote: Callable[[], int] | None = None
        self._connection: DBusConnection = open_dbus_connection("SESSION", enable_fds=True)
        self._connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
        self._sender = ""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def members(self) -> list[str]:
        return [one.member for one in self.asked]

    def options(self, member: str) -> dict[str, Any]:
        """The options of the last such call, without their types and their handles."""
        last = next(one for one in reversed(self.asked) if one.member == member)
        return {name: value for name, (_, value) in last.options.items() if not name.endswith("handle_token")}

    def close_session(self, session: str) -> None:
        self._say(session, "org.freedesktop.portal.Session", "Closed", "a{sv}", ({},))

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        self._connection.close()

    def _serve(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                asked = self._connection.receive(timeout=0.1)
                if asked.header.message_type is MessageType.method_call:
                    self._answer(asked)

    def _say(self, path: str, interface: str, member: str, signature: str, body: tuple[Any, ...]) -> None:
        self._connection.send(new_signal(DBusAddress(path, interface=interface), member, signature, body))

    def _answer(self, asked: Message) -> None:
        fields = asked.header.fields
        member, self._sender = str(fields[HeaderFields.member]), str(fields[HeaderFields.sender])
        if member == "Get":
            known = {"AvailableSourceTypes": self.kinds, "AvailableCursorModes": self.pointers, "version": self.version}
            self._connection.send(new_method_return(asked, "v", (("u", known[asked.body[1]]),)))
        elif member == "Close":
            self.asked.append(Asked(member, session=str(fields[HeaderFields.path])))
            self._connection.send(new_method_return(asked))
        elif member in self.errors:
            self.asked.append(Asked(member))
            self._connection.send(new_error(asked, self.errors[member]))
        elif member == "OpenPipeWireRemote":
            self.asked.append(Asked(member, session=asked.body[0]))
            assert self.remote is not None
            self._connection.send(new_method_return(asked, "h", (self.remote(),)))
        else:
            self._request(asked, member)

    def _request(self, asked: Message, member: str) -> None:
        options = asked.body[-1]
        self.asked.append(Asked(member, options, session=asked.body[0] if len(asked.body) > 1 else ""))
        token = options.get("restore_token", ("s", ""))[1]
        unknown = bool(token) and token not in self.good_tokens
        if unknown and self.refuses_tokens == "error":
            self._connection.send(new_error(asked, "org.freedesktop.portal.Error.InvalidArgument"))
            return
        sender = self._sender.lstrip(":").replace(".", "_")
        handle = f"{ROOT}/request/{sender}/{options['handle_token'][1]}"
        results: Results = {}
        if member == "CreateSession":
            results["session_handle"] = ("s", f"{ROOT}/session/{sender}/{options['session_handle_token'][1]}")
        if member == "Start":
            results["streams"] = ("a(ua{sv})", self.streams)
            if self.token is not None and self.version >= 4:
                results["restore_token"] = ("s", self.token)
        code = self.codes.get(member, GRANTED)
        if unknown and self.refuses_tokens == "response":
            code = ENDED
        answer = new_method_return(asked, "o", (handle,))
        response = (handle, "org.freedesktop.portal.Request", "Response", "ua{sv}", (code, results if not code else {}))
        if self.early:
            self._say(*response)
        self._connection.send(answer)
        if not self.early and member not in self.silent:
            self._say(*response)
