"""The only jeepney: the system's and the session's message bus (D-Bus), to ask what is and to hear what happens."""

import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import Problem

Which = Literal["SYSTEM", "SESSION"]
_PATIENCE_S = 2.0
_MOST_OVERHEARD = 256
"""Signals kept that came while an answer was waited for."""
_LOOKS_EVERY_S = 1.0
"""How long a listener may take to notice that it is to end."""
_AT_ONCE = 100
"""Questions that are on their way together."""
_LARGEST_ANSWER = 256 * 2**10
"""Bytes of one answer among many; who says more is not listened to."""
_GARBLED = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, struct.error)
"""What comes of bytes that are no message."""


class NoBus(Problem):
    """The message bus, or who was asked on it, is not there."""

    def __init__(self, which: Which, said: str = "") -> None:
        super().__init__(f"There is no {which.lower()} message bus here.", "Mneme works without; less is told to it.")
        self.said = said
        """The name of the error that was answered; empty where nobody answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Whom to ask: an object of a service, by one of its interfaces."""

    service: str
    path: str
    interface: str


@dataclass(frozen=True, slots=True)
class Question:
    """One of many calls: whom, which method, and its arguments."""

    whom: Address
    method: str
    signature: str = ""
    body: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Signals to be heard: of this interface and name, from whatever object."""

    interface: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A signal that was heard."""

    path: str
    interface: str
    member: str
    body: tuple[Any, ...]


class Bus:
    """A connection to one bus. Not to be used from two threads at once. Raises NoBus."""

    def __init__(self, which: Which, *, descriptors: bool = False, address: str = "") -> None:
        """`address`: of another bus than the one that is named, a socket of this machine alone."""
        # Imported here: most commands need no bus.
        from jeepney.io.blocking import open_dbus_connection

        self._which = which
        try:
            self._connection = open_dbus_connection(address or which, enable_fds=descriptors)
        except (OSError, KeyError, StopIteration, RuntimeError, ValueError) as error:
            raise NoBus(which) from error
        self._overheard: deque[Any] = deque(maxlen=_MOST_OVERHEARD)

    @property
    def name(self) -> str:
        """Its own name on the bus, like `:1.42`."""
        return str(self._connection.unique_name)

    def ask(self, whom: Address, method: str, signature: str = "", body: Sequence[Any] = ()) -> tuple[Any, ...]:
        """What a method answers. Raises NoBus when nobody does, or with an error."""
        from jeepney import DBusAddress, DBusErrorResponse, new_method_call
        from jeepney.wrappers import unwrap_msg

        address = DBusAddress(whom.path, bus_name=whom.service, interface=whom.interface)
        message = new_method_call(address, method, signature or None, tuple(body))
        try:
            return tuple(unwrap_msg(self._connection.send_and_get_reply(message, timeout=_PATIENCE_S)))
        except DBusErrorResponse as error:
            raise NoBus(self._which, str(error.name)) from error
        except OSError as error:
            raise NoBus(self._which) from error

    def ask_all(self, questions: Sequence[Question], ends: float) -> list[tuple[Any, ...] | None]:
        """What each of many answers; None where an error came, or nothing until `ends` (monotonic seconds).

        Raises NoBus when the bus is gone or an answer is too large or garbled: this connection is then of no use.
        Signals that come meanwhile are lost.
        """
        answers: list[tuple[Any, ...] | None] = [None] * len(questions)
        waiting: dict[int, int] = {}
        asked = 0
        try:
            while asked < len(questions) or waiting:
                if len(waiting) <= _AT_ONCE // 2 and (some := questions[asked : asked + _AT_ONCE - len(waiting)]):
                    waiting.update({serial: asked + n for n, serial in enumerate(self._send(some))})
                    asked += len(some)
                if (answer := self._answer(ends)) is None:
                    break
                if (place := waiting.pop(answer[0], None)) is not None:
                    answers[place] = answer[1]
        except (OSError, *_GARBLED) as error:
            raise NoBus(self._which) from error
        return answers

    def _send(self, questions: Sequence[Question]) -> list[int]:
        """Send them together; the number of each."""
        from jeepney import DBusAddress, new_method_call

        serials, sent = [], b""
        for one in questions:
            whom = DBusAddress(one.whom.path, bus_name=one.whom.service, interface=one.whom.interface)
            serials.append(int(next(self._connection.outgoing_serial)))
            sent += new_method_call(whom, one.method, one.signature or None, one.body).serialise(serials[-1])
        self._connection.sock.sendall(sent)
        return serials

    def _answer(self, ends: float) -> tuple[int, tuple[Any, ...] | None] | None:
        """The next answer, with the number of its question; an error's is None. None when none came by `ends`."""
        from jeepney import HeaderFields, MessageType

        parser = self._connection.parser
        while (left := ends - time.monotonic()) > 0:
            message = parser.get_next_message()
            if message is None:
                if (parser.next_msg_size or 0) > _LARGEST_ANSWER:
                    raise ValueError("too large")
                if not self._connection.selector.select(left):
                    break
                if not (data := self._connection.sock.recv(2**16)):
                    raise ConnectionResetError
                parser.add_data(data)
            elif message.header.message_type in (MessageType.method_return, MessageType.error):
                well = message.header.message_type is MessageType.method_return
                return int(message.header.fields[HeaderFields.reply_serial]), tuple(message.body) if well else None
        return None

    def descriptor(self, whom: Address, method: str, signature: str, body: Sequence[Any]) -> int:
        """The file descriptor that a method answers with; the caller closes it. Raises NoBus."""
        (found,) = self.ask(whom, method, signature, body)
        return int(found.to_raw_fd())

    def property(self, whom: Address, name: str) -> Any:
        """The value of a property. Raises NoBus."""
        properties = Address(service=whom.service, path=whom.path, interface="org.freedesktop.DBus.Properties")
        (value,) = self.ask(properties, "Get", "ss", (whom.interface, name))
        return value[1]

    def follow(self, wanted: Sequence[Wanted]) -> None:
        """Have these signals sent here from now on, and kept while something is asked. Raises NoBus."""
        from jeepney import MatchRule

        bus = Address(service="org.freedesktop.DBus", path="/org/freedesktop/DBus", interface="org.freedesktop.DBus")
        for one in wanted:
            rule = MatchRule(type="signal", interface=one.interface, member=one.member)
            self._connection.filter(rule, queue=self._overheard)
            self.ask(bus, "AddMatch", "s", (rule.serialise(),))

    def next(self, patience_s: float) -> Heard | None:
        """The next signal; None when none came in time. Raises NoBus when the bus is gone."""
        from jeepney import HeaderFields, MessageType

        try:
            message = self._overheard.popleft() if self._overheard else self._connection.receive(timeout=patience_s)
        except TimeoutError:
            return None
        except (OSError, ValueError) as error:
            raise NoBus(self._which) from error
        if message.header.message_type is not MessageType.signal:
            return None
        fields = message.header.fields
        return Heard(
            path=str(fields.get(HeaderFields.path, "")),
            interface=str(fields.get(HeaderFields.interface, "")),
            member=str(fields.get(HeaderFields.member, "")),
            body=tuple(message.body),
        )

    def close(self) -> None:
        """Leave the bus."""
        with suppress(OSError):
            self._connection.close()


class Listener:
    """Hears signals of one bus on a thread of its own until it is closed. Raises NoBus at once where there is none."""

    def __init__(self, bus: Bus, wanted: Sequence[Wanted], told: Callable[[Heard], None]) -> None:
        self._bus, self._told = bus, told
        self._wanted = {(one.interface, one.member) for one in wanted}
        try:
            bus.follow(wanted)
        except NoBus:
            bus.close()
            raise
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="bus", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(NoBus):
            while not self._ending.is_set():
                heard = self._bus.next(_LOOKS_EVERY_S)
                if heard is not None and (heard.interface, heard.member) in self._wanted:
                    self._told(heard)
        self._bus.close()

    def close(self) -> None:
        """Hear no more."""
        self._ending.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(5 * _LOOKS_EVERY_S)
