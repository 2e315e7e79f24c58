"""The boxes of the words in a picture as the vault keeps them: packed, a tenth of what JSON takes. Pure."""

import json
import zlib
from collections.abc import Sequence

import numpy as np

from core.errors import DamagedVault

Box = tuple[str, int, int, int, int]
"""A word as it was read: text, left, top, width, height in pixels."""

NONE = "[]"
"""What stands where there is no box."""
_PACKED = b"\x01"
_SIDES, _LEFT, _WIDTH = 4, 0, 2
_LONGEST = 2**26
"""Bytes of one picture's boxes, unpacked."""


def packed(boxes: Sequence[Box]) -> bytes | str:
    """For the column `boxes`: the words, then the sides byte by byte, each as its difference from the word before.

    The left one is the blank after that word. Sides are whole pixels below 2**31. JSON where a word has a NUL in it.
    """
    if not boxes:
        return NONE
    words = "\0".join(text for text, *_ in boxes)
    if words.count("\0") != len(boxes) - 1:
        return json.dumps([list(box) for box in boxes])
    said = words.encode("utf-8", "surrogatepass")
    sides = np.array([sides for _, *sides in boxes], dtype="<i4")
    steps = np.diff(sides, axis=0, prepend=np.zeros((1, _SIDES), dtype="<i4"))
    steps[1:, _LEFT] -= sides[:-1, _WIDTH]
    steps = np.ascontiguousarray(steps.T)
    planes = np.ascontiguousarray(steps.view(np.uint8).reshape(_SIDES, len(boxes), 4).transpose(0, 2, 1))
    return _PACKED + zlib.compress(len(said).to_bytes(4, "big") + said + planes.tobytes(), 9)


def unpacked(column: bytes | str) -> list[Box]:
    """What `packed` packed, or what an earlier Mneme wrote as JSON. Raises DamagedVault for anything else."""
    if isinstance(column, str):
        return [] if column == NONE else [(text, x, y, wide, high) for text, x, y, wide, high in json.loads(column)]
    try:
        if not column.startswith(_PACKED):
            raise ValueError
        opening = zlib.decompressobj()
        raw = opening.decompress(column[len(_PACKED) :], _LONGEST)
        if not opening.eof:
            raise ValueError
        end = 4 + int.from_bytes(raw[:4], "big")
        words = raw[4:end].decode("utf-8", "surrogatepass").split("\0")
        planes = np.frombuffer(raw[end:], dtype=np.uint8).reshape(_SIDES, 4, len(words)).transpose(0, 2, 1)
    except (ValueError, zlib.error) as error:
        raise DamagedVault("The places of words in a picture cannot be read.", "Their text is not affected.") from error
    steps = np.ascontiguousarray(planes).reshape(_SIDES, -1).view("<i4").T.copy()
    steps[1:, _LEFT] += np.cumsum(steps[:-1, _WIDTH], dtype="<i4")
    sides = np.cumsum(steps, axis=0, dtype="<i4").tolist()
    return [(word, x, y, wide, high) for word, (x, y, wide, high) in zip(words, sides, strict=True)]


def as_json(column: bytes | str) -> str:
    """For an archive, and to compare with another vault: JSON."""
    return column if isinstance(column, str) else json.dumps([list(box) for box in unpacked(column)])
