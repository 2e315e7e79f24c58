"""Reading pictures: the host's way to the reader's process, where an engine reads them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

import numpy as np

from core.capture.rect import Rect
from core.capture.screen.engine import EngineName, Pixels, cut, flat
from core.capture.screen.page import Line, ReadPage, merged
from core.capture.screen.rereading import read_page
from core.errors import BadInput
from core.inference.child import Child, Json, Limits
from core.memory import WordBox
from core.urgency import Urgency

LARGEST_FILE = 50 * 2**20
LARGEST_SIDE = 12_000
LARGEST_AREA = 50_000_000
"""Pixels of a picture from outside; beyond lies what is made to fill the memory."""
KEPT_SIDE = 3_840
"""Larger pictures are halved until they fit: letters of scans stay legible."""

_LARGEST_BLOB = 48 * 2**20
_TIMEOUT_S = 120.0
_IDLE_S = 120.0
_NICE = 19
_MEMORY_MB = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPicture:
    """A picture from outside: what was read in it, and its pixels (h, w, 3) RGB in the page's size."""

    page: ReadPage
    pixels: Pixels


class Reader:
    """The host's side: starts the reader's process when something is to be read; safe from any thread."""

    def __init__(
        self,
        *,
        engine: Literal["auto"] | EngineName = "auto",
        clock: Callable[[], float] = time.monotonic,
        on_death: Callable[[str], None] | None = None,
    ) -> None:
        """`engine` reads; auto is the one that reads screens best."""
        self._clock = clock
        self._used = self._sign = clock()
        self._asking = False
        self._lock = Lock()
        self._child = Child(
            "core.capture.screen.reader_child",
            name="text reader",
            limits=Limits(memory_mb=_MEMORY_MB, start_s=60.0),
            nice=_NICE,
            hello={"engine": engine},
            on_death=on_death,
        )

    @property
    def pid(self) -> int | None:
        """The reader's process, when it runs."""
        return self._child.pid

    def read(self, pixels: Pixels, before: ReadPage | None = None, changed: Sequence[Rect] = ()) -> ReadPage:
        """The words of a frame (h, w, 3) RGB. With `before` only `changed` is read and merged into it.

        Raises ChildDied, Missing, and Cancelled when it was closed.
        """
        height, width = pixels.shape[:2]
        return read_page(_Eyes(self._ask, pixels), width, height, before, changed)

    def read_picture(self, picture: Path | bytes) -> ReadPicture:
        """The words of a picture's file. Raises BadInput when it is none, too large, empty or cut off."""
        try:
            if isinstance(picture, Path):
                if picture.stat().st_size > LARGEST_FILE:
                    raise BadInput("This picture's file is too large.", f"The most is {LARGEST_FILE >> 20} MB.")
                picture = picture.read_bytes()
        except OSError as error:
            raise BadInput("This picture cannot be opened.", "Check that it is there and may be read.") from error
        if len(picture) > LARGEST_FILE:
            raise BadInput("This picture's file is too large.", f"The most is {LARGEST_FILE >> 20} MB.")
        header, blob = self._ask({"do": "picture"}, picture)
        width, height = int(str(header["width"])), int(str(header["height"]))
        pixels = np.frombuffer(blob, dtype=np.uint8).reshape(height, width, 3)
        page = ReadPage(lines=tuple(_told(header["lines"])), width=width, height=height)
        return ReadPicture(page=merged((), page.lines, width, height), pixels=pixels)

    def _ask(self, request: dict[str, Json], blob: bytes) -> tuple[dict[str, Json], bytes]:
        """One request; its lines come in parts, each a sign of life."""
        lines: list[Json] = []
        last: dict[str, Json] = {}
        data = b""
        with self._lock:
            self._used = self._sign = self._clock()
            self._asking = True
            try:
                for part, more in self._child.stream(request, blob, timeout_s=_TIMEOUT_S, urgency=Urgency.CAPTURE):
                    self._sign = self._clock()
                    found = part.get("lines")
                    lines += found if isinstance(found, list) else []
                    last, data = dict(part), more
            finally:
                self._asking = False
                self._used = self._clock()
        return {**last, "lines": lines}, data

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._asking

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign of life of a reading in progress; 0 when nothing is being read."""
        return self._clock() - self._sign if self._asking else 0.0

    @property
    def quiet_s(self) -> float:
        """Seconds since it was last asked, gave a sign of life, or was done."""
        return self._clock() - max(self._sign, self._used)

    def stood_still(self, seconds: float) -> None:
        """Both processes were kept from running for so long: that is no silence of the reader's."""
        self._sign += seconds
        self._used += seconds

    def rest(self) -> bool:
        """End the process when nothing was read for two minutes; whether it was ended. Call it now and then."""
        if not self._child.alive or self._clock() - self._used < _IDLE_S or not self._lock.acquire(blocking=False):
            return False
        try:
            self._child.stop()
        finally:
            self._lock.release()
        return True

    def stop(self) -> None:
        """End the process now, as at a lock; the next call starts it again."""
        self._child.stop()

    def close(self) -> None:
        """End it for good."""
        self._child.close()


@dataclass(frozen=True, slots=True)
class _Eyes:
    """The reader's process, looking at one frame."""

    ask: Callable[[dict[str, Json], bytes], tuple[dict[str, Json], bytes]]
    pixels: Pixels

    def recognise(self, places: Sequence[Rect]) -> list[Line]:
        return self._read("recognise", places)

    def detect(self, places: Sequence[Rect]) -> list[Line]:
        return self._read("detect", places)

    def blank(self, place: Rect) -> bool:
        return flat(cut(self.pixels, place))

    def _read(self, how: str, places: Sequence[Rect]) -> list[Line]:
        read: list[Line] = []
        for batch in _batches(places):
            blob = b"".join(np.ascontiguousarray(cut(self.pixels, rect)).tobytes() for rect in batch)
            rects: list[Json] = [[r.left, r.top, r.width, r.height] for r in batch]
            read += _told(self.ask({"do": how, "places": rects}, blob)[0]["lines"])
        return read


def _batches(rects: Sequence[Rect]) -> list[list[Rect]]:
    """Rectangles in groups whose pixels fit into one request; one that is too large is cut into bands."""
    batches: list[list[Rect]] = []
    size = 0
    for whole in rects:
        rows = max(1, _LARGEST_BLOB // (3 * max(1, whole.width)))
        for top in range(whole.top, whole.bottom, rows):
            rect = Rect(whole.left, top, whole.width, min(rows, whole.bottom - top))
            if not batches or size + rect.area * 3 > _LARGEST_BLOB:
                batches.append([])
                size = 0
            batches[-1].append(rect)
            size += rect.area * 3
    return batches


def _told(found: Json) -> list[Line]:
    lines: list[Line] = []
    for line in found if isinstance(found, list) else ():
        words = []
        for word in line if isinstance(line, list) else ():
            if isinstance(word, list) and len(word) == 5:
                left, top, width, height = (int(str(n)) for n in word[1:])
                words.append(WordBox(text=str(word[0]), left=left, top=top, width=width, height=height))
        lines.append(tuple(words))
    return lines
