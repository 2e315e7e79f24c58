"""The helper's process: talks to the portal, holds the way to PipeWire, decodes pictures. It never has the key.

Portals answer only to processes that may be looked into, which the one with the key need not be.
"""

import io
import os
import threading
import warnings
from collections.abc import Generator

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
        """{"whole": bool, "token": str} -> {"state": "asking" | "still" | "open", "kinds": [int, ...], "token": str}.

        Asks the desktop at the first call, and tells later how that stands; "still" while no picture has come, as on
        a screen on which nothing moves. Raises the Problem it came to.
        """
        if self._asking is None:
            whole, token = header.get("whole") is True, str(header.get("token") or "")
            self._asking = threading.Thread(target=self._ask, args=(whole, token), name="portal", daemon=True)
            self._asking.start()
            self._asking.join(1.0)
        if self._asking.is_alive():
            return {"state": "asking", "kinds": [], "token": ""}, b""
        if self._problem is not None:
            problem, self._problem = self._problem, None
            if not isinstance(problem, Declined):
                self._asking = None
            raise problem
        if self._cast is None or self._portal is None:
            raise Declined("You closed the desktop's question what Mneme may record.", "Switch recording off and on.")
        # Not in the thread that asked: a stream's program ends with the thread that started it.
        for stream in self._cast.streams[len(self._streams) : _MOST_STREAMS]:
            remote = self._portal.remote(self._cast)
            self._streams.append(Pictures(pictures.command(remote, stream.node), remote))
        kinds: list[Json] = [stream.kind for stream in self._cast.streams[:_MOST_STREAMS]]
        seen = any(one.seen or one.waiting(_FIRST_WITHIN_S) for one in self._streams)
        if not seen and self._portal.over():
            self._asking = self._cast = None
            self._end_streams()
            raise CaptureProblem("The desktop has ended the recording of the screen.", "It asks again if it must.")
        return {"state": "open" if seen else "still", "kinds": kinds, "token": self._cast.token}, b""

    def _end_streams(self) -> None:
        while self._streams:
            self._streams.pop().close()

    def _ask(self, whole: bool, token: str) -> None:
        try:
            pictures.ready()
            self._portal = Portal(_session_bus())
            self._cast = self._portal.begin(whole_screen=whole, token=token, patience_s=_PICKS_WITHIN_S)
        except Problem as problem:
            self._problem = problem

    def front(self, _: Header, __: bytes) -> Reply:
        """-> {"seen": int}: another number whenever something has changed on the screen."""
        self._check()
        return {"seen": sum(one.seen + one.waiting() for one in self._streams)}, b""

    def look(self, _: Header, __: bytes) -> Generator[Reply, None, None]:
        """-> a part for each stream: {"stream": n, "width", "height"} and its pixels (RGB), or {"same": True}."""
        self._check()
        for number, one in enumerate(self._streams):
            file = one.newest(0.0)
            if file is None:
                yield {"stream": number, "same": True}, b""
                continue
            pixels = decoded(file)
            height, width = pixels.shape[:2]
            yield {"stream": number, "width": width, "height": height}, pixels.tobytes()

    def _check(self) -> None:
        if self._portal is None or self._cast is None:
            raise CaptureProblem("The desktop has not said what may be recorded.", "Answer its question.")
        if self._portal.over():
            raise CaptureProblem("The desktop has ended the recording of the screen.", "It asks again if it must.")


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
