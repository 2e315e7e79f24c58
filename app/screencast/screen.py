"""The host's side of the Wayland screen: the recorder's Screen and Windows, told by the helper's process.

The portal gives pictures and no list of windows. Of single windows that the person picked nothing else can be in the
picture; of a whole screen nothing can be left out, which is why that is a setting with a sentence.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.grab import Frame, Pixels
from core.capture.screen.windows import Stir, VisibleWindow
from core.errors import CaptureProblem
from core.inference.child import Child, Limits
from core.urgency import Urgency

MODULE = "app.screencast.portal_child"
_APART = 20_000
"""Each picture has a place of its own: the portal does not say where a window lies."""
_ANSWERS_WITHIN_S = 10.0
_LOOKS_WITHIN_S = 30.0
_MEMORY_MB = 1_500
_PICKED, _WHOLE = "a window that you picked", "the whole screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """How the person's choice outlives this run: read and kept by the host, in the vault."""

    read: Callable[[], str]
    keep: Callable[[str], None]


class Screencast:
    """The way to one desktop's portal for as long as somebody records; belongs to one thread."""

    def __init__(
        self, *, whole_screen: bool, restoring: Restoring, away_s: Callable[[], float | None] = lambda: None
    ) -> None:
        """`away_s`: seconds since the last input, where the desktop tells."""
        self.whole_screen = whole_screen
        self._restoring, self._away_s = restoring, away_s
        self.asking = False
        """Whether the desktop's question stands open, or no picture has come yet."""
        self._settled: CaptureProblem | None = None
        names = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "WAYLAND_DISPLAY")
        self._child = Child(
            MODULE,
            name="helper for Wayland",
            limits=Limits(memory_mb=_MEMORY_MB, start_s=30.0),
            hello={name: os.environ.get(name, "") for name in names},
        )

    def open(self) -> tuple["CastScreen", "CastWindows"]:
        """The screen and its windows. CaptureProblem while the desktop's question stands open, or was declined.

        What was declined, or ended in the desktop's own menu, is not opened again by this one: the person said no.
        """
        if self._settled is not None:
            raise self._settled
        self.asking = False
        answer, _ = self._child.call(
            {"do": "begin", "whole": self.whole_screen, "token": self._restoring.read()}, timeout_s=_ANSWERS_WITHIN_S
        )
        state = answer.get("state")
        self.asking = state in ("asking", "still")
        if state == "asking":
            raise CaptureProblem(
                "Your desktop asks what Mneme may record.", "Answer its question; recording begins after that."
            )
        if state == "still":
            raise CaptureProblem(
                "The desktop has sent no picture yet.", "It begins with the next change on the screen."
            )
        if state == "declined":
            self._settled = CaptureProblem(str(answer.get("title")), str(answer.get("remedy")))
            raise self._settled
        if state == "over":
            raise self._ended()
        token, kinds = answer.get("token"), answer.get("kinds")
        self._restoring.keep(token if isinstance(token, str) else "")
        screen = CastScreen(self._child, len(kinds) if isinstance(kinds, list) else 0, self.whole_screen, self._ended)
        return screen, CastWindows(self._child, screen, self._away_s, self._ended)

    def _ended(self) -> CaptureProblem:
        """The desktop ended it, most likely by the person's hand."""
        self._settled = CaptureProblem(
            "The desktop has ended the recording of the screen.", "Switch recording off and on again to go on."
        )
        return self._settled

    def close(self) -> None:
        """End the helper for good, and the session with it."""
        self._child.close()


class CastScreen:
    """The pictures of the streams that were granted."""

    def __init__(self, child: Child, streams: int, whole_screen: bool, ended: Callable[[], CaptureProblem]) -> None:
        self._child, self._whole, self._ended = child, whole_screen, ended
        self._held: list[Pixels | None] = [None] * streams

    def places(self) -> list[tuple[str, Rect | None]]:
        """Each stream's name and place; None before its first picture."""
        kind = "monitor" if self._whole else "window"
        return [
            (f"{kind} {number + 1}", None if held is None else Rect(_APART * number, 0, held.shape[1], held.shape[0]))
            for number, held in enumerate(self._held)
        ]

    def grab(self, at: datetime, active: Rect | None = None) -> Iterator[Frame]:
        """See Screen: a stream that has not changed gives its last picture again."""
        request = {"do": "look"}
        for part, blob in self._child.stream(request, timeout_s=_LOOKS_WITHIN_S, urgency=Urgency.CAPTURE):
            if part.get("over") is True:
                raise self._ended()
            number, width, height = part.get("stream"), part.get("width"), part.get("height")
            if not isinstance(number, int) or not 0 <= number < len(self._held) or part.get("same") is True:
                continue
            if isinstance(width, int) and isinstance(height, int) and len(blob) == 3 * width * height > 0:
                self._held[number] = np.frombuffer(blob, dtype=np.uint8).reshape(height, width, 3)
        seen = [(place, held) for place, held in zip(self.places(), self._held, strict=True) if held is not None]
        if not seen:
            raise CaptureProblem("The desktop has sent no picture yet.", "It is tried again.")
        order = sorted(seen, key=lambda one: -(one[0][1].meet(active).area if active and one[0][1] else 0))
        for (name, rect), held in order:
            if rect is not None:
                yield Frame(monitor=name, geometry=rect, pixels=held.copy(), at=at)

    def close(self) -> None:
        """End the session; the next `open` restores it."""
        self._held = [None] * len(self._held)
        self._child.stop()


class CastWindows:
    """What can be told of the windows: that they were picked, or that nothing is known of them."""

    def __init__(
        self,
        child: Child,
        screen: CastScreen,
        away_s: Callable[[], float | None],
        ended: Callable[[], CaptureProblem],
    ) -> None:
        self._ask = partial(child.call, timeout_s=_ANSWERS_WITHIN_S, urgency=Urgency.CAPTURE)
        self._screen, self._away_s, self._ended = screen, away_s, ended
        self._closed = False

    def visible(self) -> tuple[VisibleWindow, ...]:
        """See Windows: one for each stream, without a program's name or a title."""
        self._open()
        return tuple(
            VisibleWindow(
                app="",
                title="",
                cls=_WHOLE if name.startswith("monitor") else _PICKED,
                geometry=place or Rect(_APART * number, 0, 0, 0),
                stacking=number,
            )
            for number, (name, place) in enumerate(self._screen.places())
        )

    def others(self) -> tuple[VisibleWindow, ...]:
        """See Windows: they are not told."""
        return ()

    def watch(self) -> None:
        """See Windows."""

    def stirred(self) -> tuple[Stir, ...]:
        """See Windows: it is not told."""
        return ()

    def front(self) -> tuple[int, str]:
        """See Windows: another number whenever the picture has changed."""
        self._open()
        answer, _ = self._ask({"do": "front"})
        if answer.get("over") is True:
            raise self._ended()
        seen = answer.get("seen")
        return (seen if isinstance(seen, int) else 0), ""

    def idle_s(self) -> float | None:
        """See Windows."""
        self._open()
        return self._away_s()

    def pointer(self) -> tuple[int, int] | None:
        """It is not told."""
        self._open()
        return None

    def drawn(self, handle: int, place: Rect) -> NDArray[np.uint8] | None:
        """It is not told."""
        return None

    def close(self) -> None:
        """See Windows."""
        self._closed = True

    def _open(self) -> None:
        if self._closed:
            raise CaptureProblem("The connection to the screen has ended.", "Recording starts again when it is back.")
