"""Reading pictures: the only rapidocr (inside the reader's process), and the host's way to that process."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.page import Line, ReadPage, merged, plan
from core.errors import BadInput, Missing
from core.inference.child import Child, Json, Limits
from core.memory import WordBox
from core.urgency import Urgency

Pixels = NDArray[np.uint8]

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
_SURE = 0.5
_INK = 24
"""Least difference of brightness between letters and ground."""
_ROUND = 32
_AT_ONCE = 6
"""Lines in one batch of the recogniser; those of like length go together."""


class TextEngine:
    """RapidOCR with the models of its wheel, one thread, nothing fetched. Belongs to the reader's process."""

    def __init__(self) -> None:
        """Load the models (about 450 MB). Raises Missing."""
        try:
            from rapidocr import RapidOCR
        except ImportError as error:
            raise Missing("The text reader is not installed.", "Set Mneme up again: ./mneme --setup.") from error
        runtime = "EngineConfig.onnxruntime"
        self._engine: Any = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_preprocess_img": False,
                "Global.use_vertical_padding": False,
                "Global.return_word_box": True,
                f"{runtime}.intra_op_num_threads": 1,
                f"{runtime}.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": 2_560,
            }
        )

    def detect(self, pixels: Pixels) -> list[Rect]:
        """Boxes around lines of text in (h, w, 3) RGB, in its pixels."""
        height, width = pixels.shape[:2]
        if int(pixels.max()) - int(pixels.min()) < 16:
            return []
        down, across = -height % _ROUND, -width % _ROUND
        bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        padded = cv2.copyMakeBorder(bgr, 0, down, 0, across, cv2.BORDER_REPLICATE)
        found = self._engine(padded, use_det=True, use_cls=False, use_rec=False).boxes
        bounds = Rect(0, 0, width, height)
        boxes = []
        for quad in found if found is not None else ():
            left, top = np.floor(np.min(quad, axis=0)).astype(int)
            right, bottom = np.ceil(np.max(quad, axis=0)).astype(int)
            box = Rect(int(left), int(top), int(right - left), int(bottom - top)).meet(bounds)
            if box.width >= 4 and box.height >= 6:
                boxes.append(box)
        return boxes

    def recognise(self, crops: Sequence[tuple[Rect, Pixels]]) -> list[Line]:
        """The words of single lines; each crop with the place its words are told in."""
        usable = [inked for box, crop in crops if (inked := _inked(box, crop)) is not None]
        if not usable:
            return []
        self._engine.update_params(use_det=True, use_rec=True, return_word_box=True)
        read = self._engine.recognize_txt([cv2.cvtColor(crop, cv2.COLOR_RGB2BGR) for _, crop in usable])
        lines = []
        for (box, _), text, score, info in zip(usable, read.txts, read.scores, read.word_results, strict=True):
            if text.strip() and score >= _SURE:
                lines.append(_words(text, [c for cols in info.word_cols for c in cols], info.line_txt_len, box))
        return [line for line in lines if line]

    def read(self, region: Rect, pixels: Pixels) -> Iterator[list[Line]]:
        """Detect and recognise the lines of a region that lies at `region` in its frame, a few at a time."""
        boxes = self.detect(pixels)
        yield []
        bounds = Rect(0, 0, region.width, region.height)
        taller = [Rect(box.left, box.top - 1, box.width, box.height + 2).meet(bounds) for box in boxes]
        ordered = sorted(taller, key=lambda box: box.width / max(1, box.height))
        crops = [(box.moved(region.left, region.top), _cut(pixels, box)) for box in ordered]
        for at in range(0, len(crops), _AT_ONCE):
            yield self.recognise(crops[at : at + _AT_ONCE])


def _cut(pixels: Pixels, rect: Rect) -> Pixels:
    return pixels[rect.top : rect.bottom, rect.left : rect.right]


def _inked(box: Rect, crop: Pixels) -> tuple[Rect, Pixels] | None:
    """A line without the empty ends of its box (beside a long blank the recogniser runs words together)."""
    spread = np.ptp(crop.min(axis=2), axis=0)
    inked = np.flatnonzero(spread >= _INK)
    if not inked.size:
        return None
    left, right = max(0, int(inked[0]) - 3), min(box.width, int(inked[-1]) + 4)
    return Rect(box.left + left, box.top, right - left, box.height), np.ascontiguousarray(crop[:, left:right])


def _words(text: str, columns: Sequence[int], length: float, box: Rect) -> Line:
    """Words of a line with boxes: `columns` are those of its visible characters out of `length`."""
    words: list[WordBox] = []
    scale = box.width / max(length, 1.0)
    at = 0
    for part in text.split():
        mine = columns[at : at + len(part)]
        at += len(part)
        if not mine:
            continue
        left = max(0, int((mine[0] - 0.5) * scale))
        right = min(box.width, int((mine[-1] + 1.5) * scale) + 1)
        words.append(
            WordBox(text=part, left=box.left + left, top=box.top, width=max(1, right - left), height=box.height)
        )
    return tuple(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPicture:
    """A picture from outside: what was read in it, and its pixels (h, w, 3) RGB in the page's size."""

    page: ReadPage
    pixels: Pixels


class Reader:
    """The host's side: starts the reader's process when something is to be read; safe from any thread."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, on_death: Callable[[str], None] | None = None
    ) -> None:
        self._clock = clock
        self._used = self._sign = clock()
        self._asking = False
        self._lock = Lock()
        self._child = Child(
            "core.capture.screen.reader_child",
            name="text reader",
            limits=Limits(memory_mb=_MEMORY_MB, start_s=60.0),
            nice=_NICE,
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
        todo = plan(before, changed, width, height)
        read: list[Line] = []
        for rects, how in ((todo.recognise, "recognise"), (todo.detect, "detect")):
            for batch in _batches(rects):
                blob = b"".join(np.ascontiguousarray(_cut(pixels, rect)).tobytes() for rect in batch)
                places: list[Json] = [[r.left, r.top, r.width, r.height] for r in batch]
                header = self._ask({"do": how, "places": places}, blob)[0]
                read += _lines(header["lines"])
        return merged(todo.kept, read, width, height)

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
        page = ReadPage(lines=tuple(_lines(header["lines"])), width=width, height=height)
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


def _lines(found: Json) -> list[Line]:
    lines: list[Line] = []
    for line in found if isinstance(found, list) else ():
        words = []
        for word in line if isinstance(line, list) else ():
            if isinstance(word, list) and len(word) == 5:
                left, top, width, height = (int(str(n)) for n in word[1:])
                words.append(WordBox(text=str(word[0]), left=left, top=top, width=width, height=height))
        lines.append(tuple(words))
    return lines
