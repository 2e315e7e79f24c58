"""What goes through a child's pipes: two lengths, a JSON header, raw bytes; bounded, never pickle."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import IO, TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Header: TypeAlias = dict[str, Json]
Reply: TypeAlias = tuple[Header, bytes]

LONGEST_HEADER = 4 * 2**20
LONGEST_BLOB = 64 * 2**20
_LENGTHS = struct.Struct("<II")


class BrokenFrame(Exception):
    """What came through the pipe is not a frame."""


def write_frame(pipe: IO[bytes], header: Mapping[str, Json], blob: bytes = b"") -> None:
    """Write one frame and flush it. BrokenFrame when it is longer than a frame may be."""
    head = json.dumps(header, allow_nan=False).encode("ascii")
    if len(head) > LONGEST_HEADER or len(blob) > LONGEST_BLOB:
        raise BrokenFrame(f"header of {len(head)} and blob of {len(blob)} bytes")
    pipe.write(_LENGTHS.pack(len(head), len(blob)) + head)
    if blob:
        pipe.write(blob)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> Reply | None:
    """Read one frame; None at the pipe's end. BrokenFrame when it is cut, too long or not JSON."""
    lengths = pipe.read(_LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < _LENGTHS.size:
        raise BrokenFrame("cut in its lengths")
    head_length, blob_length = _LENGTHS.unpack(lengths)
    if head_length > LONGEST_HEADER or blob_length > LONGEST_BLOB:
        raise BrokenFrame(f"claims a header of {head_length} and a blob of {blob_length} bytes")
    head = _exactly(pipe, head_length)
    blob = _exactly(pipe, blob_length)
    try:
        header = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise BrokenFrame("its header is not JSON") from error
    if not isinstance(header, dict):
        raise BrokenFrame("its header is not an object")
    return header, blob


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise BrokenFrame("cut short")
    return data
