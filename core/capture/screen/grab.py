"""The only mss: the pixels of each monitor on its own, the active one first."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import cv2
import numpy as np
from mss import MSS
from mss.exception import ScreenShotError
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.windows import local_display, refuse_wayland
from core.errors import CaptureProblem

Pixels = NDArray[np.uint8]
"""(height, width, 3), RGB, contiguous."""

_LARGEST_SIDE = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One monitor as it was at a moment."""

    monitor: str
    """Stays the same while it is plugged in: its output's name, else its number."""
    geometry: Rect
    """Where it lies, in screen pixels; same size as `pixels`."""
    pixels: Pixels
    at: datetime


class Grabber:
    """Reads the screen. Not for several threads: one belongs to the capture thread."""

    def __init__(self, display: str | None = None) -> None:
        """Open the screen (`display` as in DISPLAY; None: the environment's). Raises CaptureProblem."""
        self._display = display
        self._screen: MSS | None = None
        self._open()

    def _open(self) -> MSS:
        refuse_wayland()
        try:
            self._screen = MSS(display=local_display(self._display)) if sys.platform == "linux" else MSS()
        except (ScreenShotError, OSError) as error:
            raise CaptureProblem(
                "The screen cannot be read.",
                "Check that you are logged in at this screen and that recording it is allowed "
                "(macOS: Privacy & Security > Screen Recording).",
            ) from error
        return self._screen

    def monitors(self) -> dict[str, Rect]:
        """The monitors that are plugged in now, by name. Raises CaptureProblem."""
        self.close()
        found = self._open().monitors
        listed = found[1:] or found[:1]
        named: dict[str, Rect] = {}
        for number, one in enumerate(listed, 1):
            rect = Rect(int(one["left"]), int(one["top"]), int(one["width"]), int(one["height"]))
            name = str(one.get("output") or one.get("name") or number)
            if not rect.empty:
                named[name if name not in named else f"{name} {number}"] = rect
        return named

    def grab(self, at: datetime, active: Rect | None = None) -> Iterator[Frame]:
        """Each monitor's frame, the one that holds most of `active` first.

        A monitor that is unplugged or changes its resolution in between is left out; when none can be
        read, CaptureProblem.
        """
        monitors = self.monitors()
        order = sorted(monitors.items(), key=lambda item: -(item[1].meet(active).area if active is not None else 0))
        seen = 0
        for name, rect in order:
            if (pixels := self._pixels(rect)) is not None:
                seen += 1
                yield Frame(monitor=name, geometry=rect, pixels=pixels, at=at)
        if not seen:
            raise CaptureProblem(
                "No monitor could be read just now.", "It is tried again; a gap shows on the timeline until then."
            )

    def part(self, rect: Rect) -> Pixels | None:
        """The pixels that are shown in a rectangle now, (h, w, 3) RGB; None where they cannot be read."""
        return self._pixels(rect)

    def _pixels(self, rect: Rect) -> Pixels | None:
        if rect.width > _LARGEST_SIDE or rect.height > _LARGEST_SIDE or self._screen is None:
            return None
        try:
            shot = self._screen.grab((rect.left, rect.top, rect.right, rect.bottom))
        except (ScreenShotError, OSError):
            return None
        size = shot.width * shot.height * 4
        if (shot.width, shot.height) != (rect.width, rect.height) or len(shot.raw) != size:
            return None
        four = np.frombuffer(shot.raw, dtype=np.uint8).reshape(shot.height, shot.width, 4)
        return np.asarray(cv2.cvtColor(four, cv2.COLOR_BGRA2RGB), dtype=np.uint8)

    def close(self) -> None:
        """Give the screen back."""
        if self._screen is not None:
            self._screen.close()
            self._screen = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
