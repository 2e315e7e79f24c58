"""The process that asks the desktop what its windows show. It never has the key; who hangs or lies costs it alone."""

import os
import sys
import time
from collections.abc import Callable

from app.accessible import atspi
from app.accessible.asked import Answer, Asked, Desktop, asked_from
from core.errors import Problem
from core.inference.child import Header, Json, Reply, serve

_LEFT_ALONE_S, _ASKED_AGAIN_S = 2.0, 60.0
"""A program that hangs or sends what cannot be used is left alone for so long, each time longer, up to the second; so
long where there is nobody to ask."""
_LONGEST_S = 10.0

_PLATFORMS: dict[str, Callable[[], Desktop]] = {"linux": atspi.connect}


class Teller:
    """One connection, opened when it is first needed."""

    def __init__(self, left_alone_s: float = _LEFT_ALONE_S) -> None:
        self._left_alone_s = left_alone_s
        self._desktop: Desktop | None = None
        self._nobody_until = 0.0
        self._left_alone: dict[int, tuple[float, float]] = {}
        """Until when each program is, and for how long the next time."""

    def tell(self, header: Header, _: bytes) -> Reply:
        """{"windows": [Asked, ...], "within_s": float} -> {"there": bool, "windows": [Answer, ...]}."""
        self._connect()
        within = header.get("within_s")
        ends = time.monotonic() + min(_LONGEST_S, float(within) if isinstance(within, int | float) else 0.0)
        answers: list[Json] = []
        asked = asked_from(header.get("windows"))
        for n, one in enumerate(asked):
            now = time.monotonic()
            answers.append(self._answer(one, now + max(0.0, ends - now) / (len(asked) - n)).as_json())
        return {"there": self._desktop is not None, "windows": answers}, b""

    def close(self) -> None:
        """Leave the bus."""
        if self._desktop is not None:
            self._desktop.close()
            self._desktop = None

    def _connect(self) -> None:
        if self._desktop is None and time.monotonic() >= self._nobody_until:
            try:
                self._desktop = _PLATFORMS[sys.platform]()
            except Problem:
                self._nobody_until = time.monotonic() + _ASKED_AGAIN_S

    def _answer(self, asked: Asked, ends: float) -> Answer:
        if time.monotonic() < self._left_alone.get(asked.pid, (0.0, 0.0))[0]:
            return Answer(late=True)
        self._connect()
        if self._desktop is None:
            return Answer()
        try:
            answer = self._desktop.tell(asked, ends)
        except Problem:
            self._leave_alone(asked.pid)
            self.close()
            return Answer()
        if answer.late and not answer.found:
            self._leave_alone(asked.pid)
        else:
            self._left_alone.pop(asked.pid, None)
        return answer

    def _leave_alone(self, pid: int) -> None:
        now = time.monotonic()
        pause = self._left_alone.get(pid, (0.0, self._left_alone_s))[1]
        self._left_alone = {one: said for one, said in self._left_alone.items() if now - said[0] < _ASKED_AGAIN_S}
        self._left_alone[pid] = (now + pause, min(2 * pause, _ASKED_AGAIN_S))


def _greeted(hello: Header) -> Header:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        if isinstance(value := hello.get(name), str) and value:
            os.environ[name] = value
    return {"here": sys.platform in _PLATFORMS}


def main() -> None:
    """Be the process that asks until the host closes the pipe."""
    serve({"tell": Teller().tell}, ready=_greeted, local=True)


if __name__ == "__main__":
    main()
