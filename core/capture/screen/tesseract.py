"""The only tesseract: the system's program, if there is one, fed and heard through pipes."""

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np

from core.capture.rect import Rect
from core.capture.screen.engine import Crop, Pixels, flat
from core.capture.screen.page import Line
from core.capture.screen.word_boxes import trimmed
from core.errors import Missing, Problem
from core.memory import WordBox

_LARGER = 2
"""Letters of screens are half as high as those it was trained on."""
_DPI = 192
_AROUND = 12
_SPARSE, _BLOCK = 11, 6
"""Page segmentation: text anywhere; one block of lines."""
_SURE = 30.0
_APART = 2.0
"""Heights of a line between two words from which they are two lines."""
_MOST_LANGUAGES = 3
_MOST_CROPS = 12
_PATIENCE_S = 100.0
_KEPT = ("PATH", "TESSDATA_PREFIX", "LANG", "LC_ALL", "SYSTEMROOT")
_WORD = "5"
"""The level of a word in its table."""


class Tesseract:
    """One process a call; the picture goes in by its standard input, the words come by its output."""

    def __init__(self) -> None:
        """Find the program and its languages. Raises Missing."""
        program = shutil.which("tesseract")
        if program is None:
            raise Missing(
                "Tesseract is not installed.",
                "Install it (on Debian: apt install tesseract-ocr), or set capture.reader to auto.",
            )
        self._program = program
        self._environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {"OMP_THREAD_LIMIT": "1"}
        listed = {name.strip() for name in self._run(["--list-langs"], b"").splitlines()[1:]}
        known = sorted(listed - {"", "osd"}, key=lambda name: (name != "eng", name))
        if not known:
            raise Missing("Tesseract has no languages.", "Install one (on Debian: apt install tesseract-ocr-eng).")
        self._languages = "+".join(known[:_MOST_LANGUAGES])

    def recognise(self, crops: Sequence[Crop]) -> list[Line]:
        """The words of single lines, one answer for each crop; all go on one sheet, one below the other."""
        lines: list[Line] = [()] * len(crops)
        usable = [(n, inked) for n, crop in enumerate(crops) if (inked := trimmed(crop)) is not None]
        for at in range(0, len(usable), _MOST_CROPS):
            some = usable[at : at + _MOST_CROPS]
            for (n, (box, _)), line in zip(some, self._stacked([crop for _, crop in some]), strict=True):
                lines[n] = tuple(
                    WordBox(text=word.text, left=word.left, top=box.top, width=word.width, height=box.height)
                    for word in line
                )
        return lines

    def read(self, region: Rect, pixels: Pixels) -> Iterator[list[Line]]:
        """The lines of a region that lies at `region` in its frame."""
        if flat(pixels):
            return
        sheet = _enlarged(pixels)
        yield [
            tuple(_moved(word, region.left, region.top) for word in line) for line in self._words(sheet, _SPARSE, 0, 0)
        ]

    def _stacked(self, crops: Sequence[Crop]) -> list[Line]:
        sheets = [_enlarged(pixels) for _, pixels in crops]
        width = max(sheet.shape[1] for sheet in sheets) + 2 * _AROUND
        tops, top = [], _AROUND
        for sheet in sheets:
            tops.append(top)
            top += sheet.shape[0] + _AROUND
        paper = np.full((top, width), 255, dtype=np.uint8)
        for sheet, at in zip(sheets, tops, strict=True):
            paper[at : at + sheet.shape[0], _AROUND : _AROUND + sheet.shape[1]] = sheet
        found: list[list[WordBox]] = [[] for _ in crops]
        for line in self._words(paper, _BLOCK, _AROUND, 0):
            for word in line:
                middle = (word.top + word.height / 2) * _LARGER
                n = max(0, sum(at <= middle for at in tops) - 1)
                found[n].append(_moved(word, crops[n][0].left, 0))
        return [tuple(sorted(words, key=lambda word: word.left)) for words in found]

    def _words(self, sheet: Pixels, layout: int, left: int, top: int) -> list[Line]:
        """What stands on an enlarged grey sheet, its margin taken off; boxes as if it were not enlarged."""
        options = ["-l", self._languages, "--psm", str(layout), "--dpi", str(_DPI), "tsv"]
        table = self._run(["stdin", "stdout", *options], _as_bmp(sheet))
        rows: dict[tuple[str, ...], list[WordBox]] = defaultdict(list)
        for row in table.splitlines()[1:]:
            fields = row.split("\t")
            if len(fields) == 12 and fields[0] == _WORD and fields[11].strip() and float(fields[10]) >= _SURE:
                x, y, width, height = (int(field) for field in fields[6:10])
                rows[tuple(fields[1:5])].append(
                    WordBox(
                        text=fields[11].strip(),
                        left=(x - left) // _LARGER,
                        top=(y - top) // _LARGER,
                        width=max(1, -(-width // _LARGER)),
                        height=max(1, -(-height // _LARGER)),
                    )
                )
        return [line for words in rows.values() for line in _parted(words)]

    def _run(self, arguments: list[str], given: bytes) -> str:
        try:
            done = subprocess.run(
                [self._program, *arguments],
                input=given,
                capture_output=True,
                timeout=_PATIENCE_S,
                env=self._environment,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Problem("Tesseract does not answer.", "Set capture.reader to rapidocr in Settings.") from error
        if done.returncode:
            raise Problem("Tesseract failed.", "Set capture.reader to rapidocr in Settings.")
        return done.stdout.decode("utf-8", errors="replace")


def _as_bmp(sheet: Pixels) -> bytes:
    """Uncompressed: leptonica reads it from memory, where some other forms go through a temporary file."""
    return bytes(cv2.imencode(".bmp", sheet)[1])


def _enlarged(pixels: Pixels) -> Pixels:
    """Dark letters on light ground, larger."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if float(np.median(grey)) < 128:
        grey = 255 - grey
    larger = cv2.resize(grey, None, fx=_LARGER, fy=_LARGER, interpolation=cv2.INTER_CUBIC)
    return np.asarray(larger, dtype=np.uint8)


def _parted(words: Sequence[WordBox]) -> Iterator[Line]:
    """Words of one row as lines: parted at wide blanks, of one height each."""
    row: list[WordBox] = []
    for word, following in pairwise([*sorted(words, key=lambda word: word.left), None]):
        assert word is not None
        row.append(word)
        if following is None or following.left - word.left - word.width > _APART * max(word.height, following.height):
            top, bottom = min(w.top for w in row), max(w.top + w.height for w in row)
            yield tuple(WordBox(text=w.text, left=w.left, top=top, width=w.width, height=bottom - top) for w in row)
            row = []


def _moved(word: WordBox, across: int, down: int) -> WordBox:
    return WordBox(
        text=word.text, left=word.left + across, top=word.top + down, width=word.width, height=word.height
    )  # fmt: skip
