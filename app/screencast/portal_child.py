"""The helper's process: talks to the portal, holds the way to PipeWire, decodes pictures. It never has the key.

Portals answer only to processes that may be looked into, which the one with the key need not be.
"""

import io
import os
import threading
import time
import warnings
from collections.abc import Generator
from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.dbus import Bus, NoBus
from app.screencast import pictures
from app.screencast.pictures import Pictures
from app.screencast.portal import Cast, Declined, Portal
from core.errors import CaptureProblem, Problem
from core.inference.child import Header, Json, Reply, serve

_PICKS_WITHIN_S = 180.0
_FIRST_WITHIN_S = 1.0
_LEARNS_WITHIN_S = 1.0
_LARGEST_SIDE = 16_384
_LARGEST_BLOB = 60 * 2**20
_MOST_STREAMS = 16


class Helper:
    """One session of the portal and the pictures of its streams."""

    def __init__(self) -> None:
        self._asking: threading.Thread | None = None
        self._portal: Portal | None = None
        self._cast: Cast | None = None
        self._problem: Problem | None = None
        self._streams: list[Pictures] = []

    def begin(self, header: Header, _: bytes) -> Reply:
        """{"whole": bool, "token": str} -> {"state", "kinds": [int, ...], "token": str}.

        Asks the desktop at the first call, and tells later how that stands: "asking"; "declined" with its "title" and
        "remedy"; "over" when the desktop has ended it; "still" while no picture has come, as on a screen on which
        nothing moves; "open". Raises the Problem of what may be tried again.
        """
        if self._asking is None:
            whole, token = header.get("whole") is True, str(header.get("token") or "")
            self._asking = threading.Thread(target=self._ask, args=(whole, token), name="portal", daemon=True)
            self._asking.start()
            self._asking.join(1.0)
        if self._asking.is_alive():
            return {"state": "asking"}, b""
        if isinstance(self._problem, Declined):
            return {"state": "declined", "title": self._problem.title, "remedy": self._problem.remedy}, b""
        if self._problem is not None or self._cast is None or self._portal is None:
            problem, self._problem, self._asking = self._problem, None, None
            raise problem or CaptureProblem("The desktop's portal did not answer.", "It is tried again.")
        # Not in the thread that asked: a stream's program ends with the thread that started it.
        for stream in self._cast.streams[len(self._streams) : _MOST_STREAMS]:
            remote = self._portal.remote(self._cast)
            self._streams.append(Pictures(pictures.command(remote, stream.node), remote))
        kinds: list[Json] = [stream.kind for stream in self._cast.streams[:_MOST_STREAMS]]
        each_s = _FIRST_WITHIN_S / len(self._streams)
        seen = any(one.seen or one.waiting(each_s) for one in self._streams)
        state = "over" if self._portal.over() else "open" if seen else "still"
        return {"state": state, "kinds": kinds, "token": self._cast.token}, b""

    def _ask(self, whole: bool, token: str) -> None:
        with ExitStack() as unless_granted:
            try:
                pictures.ready()
                bus = _session_bus()
                unless_granted.callback(bus.close)
                self._portal = Portal(bus)
                self._cast = self._portal.begin(whole_screen=whole, token=token, patience_s=_PICKS_WITHIN_S)
                unless_granted.pop_all()
            except Problem as problem:
                self._problem = problem

    def front(self, _: Header, __: bytes) -> Reply:
        """-> {"seen": int, "over": bool}: another number whenever something has changed on the screen."""
        return {"seen": sum(one.seen + one.waiting() for one in self._streams), "over": self._over(0.0)}, b""

    def look(self, _: Header, __: bytes) -> Generator[Reply, None, None]:
        """-> a part for each stream: {"stream": n, "width", "height"} and its pixels (RGB); {"same": True} has none.

        {"over": True} once the desktop has ended it. Raises CaptureProblem.
        """
        for number, one in enumerate(self._streams):
            try:
                file = one.newest(0.0)
            except CaptureProblem:
                if not self._over(_LEARNS_WITHIN_S):
                    raise
                yield {"over": True}, b""
                return
            if file is None:
                yield {"stream": number, "same": True}, b""
                continue
            pixels = decoded(file)
            height, width = pixels.shape[:2]
            yield {"stream": number, "width": width, "height": height}, pixels.tobytes()
        if self._over(0.0):
            yield {"over": True}, b""

    def _over(self, patience_s: float) -> bool:
        """Whether the desktop has ended it; a picture may end before that is told."""
        if self._portal is None:
            raise CaptureProblem("The desktop has not said what may be recorded.", "Answer its question.")
        ends = time.monotonic() + patience_s
        while not self._portal.over():
            if time.monotonic() >= ends:
                return False
            time.sleep(0.05)
        return True


def decoded(file: bytes) -> NDArray[np.uint8]:
    """A PNG of GStreamer's as (height, width, 3) RGB; halved until it can be handed on. Raises CaptureProblem."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(file), formats=("PNG",)) as image:
                if max(image.size) > _LARGEST_SIDE:
                    raise ValueError("too large")
                shown = image.convert("RGB")
        while shown.width * shown.height * 3 > _LARGEST_BLOB:
            shown = shown.reduce(2)
        return np.asarray(shown, dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise CaptureProblem("A picture of the screen cannot be read.", "It is tried again.") from error


def _session_bus() -> Bus:
    try:
        return Bus("SESSION", descriptors=True)
    except NoBus as error:
        raise CaptureProblem(
            "There is no session message bus, so the desktop cannot be asked for its screen.",
            "Log in to a graphical session, or record an X11 session.",
        ) from error


_HELPER = Helper()


def _greeted(hello: Header) -> Header:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "WAYLAND_DISPLAY"):
        if isinstance(value := hello.get(name), str) and value:
            os.environ[name] = value
    return {}


def main() -> None:
    """Be the helper until the host closes the pipe."""
    serve({"begin": _HELPER.begin, "front": _HELPER.front, "look": _HELPER.look}, ready=_greeted, local=True)


if __name__ == "__main__":
    main()
