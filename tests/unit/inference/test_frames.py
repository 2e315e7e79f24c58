"""Frames are bounded, and what is not one is noticed."""

import io
import struct

import pytest

from core.inference.frames import LONGEST_BLOB, LONGEST_HEADER, BrokenFrame, read_frame, write_frame


def test_a_frame_comes_out_as_it_went_in() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, {"text": "lone \ud800, NUL \0, 日本", "list": [1, None, True, 0.5]}, b"\0\xff" * 100)
    write_frame(pipe, {}, b"")
    pipe.seek(0)
    assert read_frame(pipe) == (
        {"text": "lone \ud800, NUL \0, 日本", "list": [1, None, True, 0.5]},
        b"\0\xff" * 100,
    )
    assert read_frame(pipe) == ({}, b"")
    assert read_frame(pipe) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\1",
        struct.pack("<II", 10, 0) + b"{}",
        struct.pack("<II", 2, 10) + b"{}abc",
        struct.pack("<II", LONGEST_HEADER + 1, 0),
        struct.pack("<II", 2, LONGEST_BLOB + 1) + b"{}",
        struct.pack("<II", 2, 0) + b"[]",
        struct.pack("<II", 2, 0) + b"{{",
        struct.pack("<II", 2, 0) + b"\xff\xfe",
        struct.pack("<II", 100_000, 0) + b"[" * 100_000,
    ],
)
def test_what_is_not_a_frame_is_noticed(data: bytes) -> None:
    with pytest.raises(BrokenFrame):
        read_frame(io.BytesIO(data))


def test_what_is_too_long_is_not_written() -> None:
    pipe = io.BytesIO()
    with pytest.raises(BrokenFrame):
        write_frame(pipe, {"text": "x" * LONGEST_HEADER}, b"")
    with pytest.raises(BrokenFrame):
        write_frame(pipe, {}, bytes(LONGEST_BLOB + 1))
    assert pipe.getvalue() == b""
