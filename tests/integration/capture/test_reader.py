"""The reader's process: what it reads, what it refuses, how it ends."""

import io
import os
import signal
import struct
import threading
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from core.capture.screen.change import compare, look_at
from core.capture.screen.reader import Reader
from core.capture.screen.reading import SILENT_S, FrameReading
from core.errors import BadInput, ChildDied, Problem
from core.settings import Capture

FONT = ImageFont.load_default(size=16)


def drawn(*lines: str, size: tuple[int, int] = (700, 260)) -> np.ndarray:
    image = Image.new("RGB", size, "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((30, 20 + 32 * number), line, fill="black", font=FONT)
    return np.asarray(image)


def file_of(pixels: np.ndarray, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_drawn_picture_is_read_with_boxes_where_its_words_are(reader: Reader) -> None:
    page = reader.read(drawn("Invoice number 4711", "Dana pays before Friday"))
    assert page.text == "Invoice number 4711\nDana pays before Friday"
    friday = next(box for box in page.boxes if box.text == "Friday")
    dark = np.argwhere(drawn("", "Dana pays before Friday")[:, :, 0] < 128)
    assert abs((friday.left + friday.width) - dark[:, 1].max()) < 12
    assert friday.top <= dark[:, 0].min()
    assert friday.top + friday.height >= dark[:, 0].max()


def test_only_what_changed_is_read_and_merged_into_the_page(reader: Reader) -> None:
    before, after = drawn("first line", "second line"), drawn("first line", "changed text", "a third one")
    page = reader.read(before)
    again = reader.read(after, page, compare(look_at(before), look_at(after)).regions)
    assert again.text == "first line\nchanged text\na third one"
    assert again.lines[0] == page.lines[0]
    gone = reader.read(before, again, compare(look_at(after), look_at(before)).regions)
    assert gone.text == "first line\nsecond line"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_a_picture_file_is_read_in_any_of_its_forms(reader: Reader, tmp_path: Path, form: str) -> None:
    pixels = drawn("Parking ticket 88")
    file = tmp_path / "shot"
    file.write_bytes(file_of(pixels, form))
    read = reader.read_picture(file)
    assert "Parking ticket 88" in read.page.text
    assert read.pixels.shape == pixels.shape
    assert (read.page.width, read.page.height) == (700, 260)


def test_a_black_picture_has_no_words(reader: Reader) -> None:
    assert reader.read(np.zeros((480, 640, 3), dtype=np.uint8)).text == ""
    assert reader.read_picture(file_of(np.zeros((1, 1, 3), dtype=np.uint8))).page.text == ""


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "not a picture"),
        (b"\x00" * 100, "not a picture"),
        (b"GIF89a", "damaged|not a picture"),
        (file_of(drawn("cut off"))[:400], "damaged"),
        (png_header(0, 0), "empty|damaged|not a picture"),
        (png_header(16_384, 16_384), "too many pixels"),
        (png_header(60_000, 60_000), "too many pixels"),
        (png_header(2_000, 2_000), "damaged"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not a picture"),
        (b"x" * (50 * 2**20 + 1), "too large"),
    ],
    ids=["no bytes", "zeros", "a head alone", "cut off", "0x0", "16k x 16k", "a bomb", "half the rows", "eps", "long"],
)  # fmt: skip
def test_a_bad_picture_is_refused_with_a_sentence(reader: Reader, file: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        reader.read_picture(file)
    assert reader.pid is None or reader.read(drawn("still there")).text == "still there"


def test_a_picture_that_is_not_there_is_a_sentence(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be opened"):
        reader.read_picture(tmp_path / "none.png")


def test_the_reader_gives_its_memory_back_after_two_idle_minutes() -> None:
    clock = [0.0]
    reader = Reader(clock=lambda: clock[0])
    try:
        assert reader.read(drawn("before the rest")).text == "before the rest"
        clock[0] += 119
        assert not reader.rest()
        clock[0] += 2
        assert reader.rest()
        assert reader.pid is None
        assert reader.read(drawn("and after it")).text == "and after it"
    finally:
        reader.close()


class _Reading(threading.Thread):
    """One reading in a thread of its own, and the problem it ended with."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader
        self.problem: Problem | None = None
        self.text = ""

    def run(self) -> None:
        try:
            self.text = self._reader.read(drawn("never")).text
        except Problem as problem:
            self.problem = problem


def _frozen_in_a_reading(reader: Reader) -> _Reading:
    reader.read(drawn("warm"))
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGSTOP)
    reading = _Reading(reader)
    reading.start()
    while not reader.busy and reading.is_alive():
        time.sleep(0.01)
    return reading


def test_a_killed_reader_is_a_sentence_and_is_started_again() -> None:
    reader = Reader()
    try:
        reading = _frozen_in_a_reading(reader)
        assert reader.pid is not None
        os.kill(reader.pid, signal.SIGKILL)
        reading.join(20)
        # Killed while it took the request, it was begun again; killed later, it is a sentence. Never neither.
        assert isinstance(reading.problem, ChildDied) or reading.text == "never"
        assert reader.read(drawn("third")).text == "third"
    finally:
        reader.close()


def test_a_frozen_reader_is_noticed_before_thirty_seconds() -> None:
    clock = [0.0]
    reader = Reader(clock=lambda: clock[0])
    reading = FrameReading(
        spool=None,
        reader=reader,
        keep=lambda *_: None,
        settings=Capture,
        gap=lambda _: None,  # type: ignore[arg-type]
    )
    try:
        frozen = _frozen_in_a_reading(reader)
        assert reading.trouble() == ""
        clock[0] += SILENT_S
        assert "does not answer" in reading.trouble()
        reader.stop()
        frozen.join(20)
        assert frozen.problem is not None
        assert reading.trouble() == ""
    finally:
        reader.close()


def test_a_reader_that_stood_still_with_its_host_is_not_said_to_be_silent() -> None:
    clock = [0.0]
    reader = Reader(clock=lambda: clock[0])
    try:
        frozen = _frozen_in_a_reading(reader)
        clock[0] += 600
        assert reader.silent_s >= SILENT_S
        reader.stood_still(600)
        assert reader.silent_s < SILENT_S
        reader.stop()
        frozen.join(20)
    finally:
        reader.close()
