"""The only rapidocr: PaddleOCR's detector and recogniser by onnxruntime, with the models of its wheel."""

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np

from core.capture.rect import Rect
from core.capture.screen.bands import bands, joined
from core.capture.screen.engine import Crop, Pixels, cut, flat
from core.capture.screen.page import Line
from core.capture.screen.word_boxes import placed, trimmed
from core.errors import Missing

_SURE = 0.5
_ROUND = 32
_AT_ONCE = 6
"""Lines in one batch of the recogniser; those of like length go together."""
_HIGH, _LEAST_WIDE, _MOST_COLUMNS = 48, 320, 4_096
"""Pixels that the recogniser makes of a line: how high, at least how wide, and columns in one batch. Each eight of them
have a share of 75 KB for each of 18,710 characters, three times over."""


class RapidOcr:
    """One thread, nothing fetched."""

    def __init__(self) -> None:
        """Load the models. Raises Missing."""
        # Else onnxruntime writes a session's id into the folder for temporary files and reports to its maker.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
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
        if flat(pixels):
            return []
        parts = bands(width, height)
        found = [(part, [box.moved(0, part.top) for box in self._detect(cut(pixels, part))]) for part in parts]
        if len(parts) > 1:
            _give_back()
        return joined(found)

    def _detect(self, pixels: Pixels) -> list[Rect]:
        height, width = pixels.shape[:2]
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

    def recognise(self, crops: Sequence[Crop]) -> list[Line]:
        """The words of single lines, one answer for each crop."""
        lines: list[Line] = [()] * len(crops)
        usable = [(n, inked) for n, crop in enumerate(crops) if (inked := trimmed(crop)) is not None]
        if not usable:
            return lines
        self._engine.update_params(use_det=True, use_rec=True, return_word_box=True)
        for batch in _batches(usable):
            read = self._engine.recognize_txt([cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) for _, (_, pixels) in batch])
            for (n, crop), text, score, info in zip(batch, read.txts, read.scores, read.word_results, strict=True):
                if text.strip() and score >= _SURE:
                    lines[n] = _words(text, [c for cols in info.word_cols for c in cols], info.line_txt_len, crop)
        return lines

    def read(self, region: Rect, pixels: Pixels) -> Iterator[list[Line]]:
        """Detect and recognise the lines of a region that lies at `region` in its frame, a few at a time."""
        boxes = self.detect(pixels)
        yield []
        bounds = Rect(0, 0, region.width, region.height)
        taller = [Rect(box.left, box.top - 1, box.width, box.height + 2).meet(bounds) for box in boxes]
        ordered = sorted(taller, key=lambda box: box.width / max(1, box.height))
        crops = [(box.moved(region.left, region.top), cut(pixels, box)) for box in ordered]
        for at in range(0, len(crops), _AT_ONCE):
            yield [line for line in self.recognise(crops[at : at + _AT_ONCE]) if line]


def _batches(crops: Sequence[tuple[int, Crop]]) -> list[list[tuple[int, Crop]]]:
    """Numbered lines in batches, the shorter ones first: each is as wide as its longest line."""

    def wide(one: tuple[int, Crop]) -> float:
        place = one[1][0]
        return max(_LEAST_WIDE, _HIGH * place.width / place.height)

    batches: list[list[tuple[int, Crop]]] = []
    for one in sorted(crops, key=wide):
        if not batches or len(batches[-1]) == _AT_ONCE or (len(batches[-1]) + 1) * wide(one) > _MOST_COLUMNS:
            batches.append([])
        batches[-1].append(one)
    return batches


def _give_back() -> None:
    """Let the system have what detection took: glibc would keep 300 MB of it."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


def _words(text: str, columns: Sequence[int], length: float, crop: Crop) -> Line:
    """Words of a line with boxes: `columns` are those of its visible characters out of `length`."""
    words, about = [], []
    scale = crop[0].width / max(length, 1.0)
    at = 0
    for part in text.split():
        mine = columns[at : at + len(part)]
        at += len(part)
        if mine:
            words.append(part)
            about.append((int((mine[0] - 0.5) * scale), int((mine[-1] + 1.5) * scale) + 1))
    return placed(words, about, crop)
