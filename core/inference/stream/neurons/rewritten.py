"""A model file's header written anew: all its entries as they stand, some exchanged, some added (GGUF 3)."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from core.errors import ModelProblem
from core.inference.tensor_types import TENSOR_TYPES

_STRING, _ARRAY, _U32, _I32, _F32, _U64 = 8, 9, 4, 5, 6, 10
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_VERSION = 3
Value = int | str | tuple[int, ...] | tuple[float, ...]
KINDS = {weights.name: number for number, weights in TENSOR_TYPES.items()}


def entries_of(path: Path) -> dict[str, bytes]:
    """The metadata of a checked model file: each entry's type and value as they are written."""
    found: dict[str, bytes] = {}
    with path.open("rb") as file:
        file.seek(16)
        for _ in range(_number(file, 8)):
            name = file.read(_number(file, 8)).decode("utf-8", "replace")
            begin = file.tell()
            _skip(file, _number(file, 4))
            end = file.tell()
            file.seek(begin)
            found[name] = file.read(end - begin)
    return found


def entry(value: Value) -> bytes:
    """An entry's type and value. Whole numbers are written as 64 bits, in lists as 32, others as 32-bit floats."""
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + _text(value)
    if isinstance(value, int):
        return struct.pack("<IQ", _U64, value)
    kind, layout = (_I32, "i") if all(isinstance(one, int) for one in value) else (_F32, "f")
    return struct.pack("<IIQ", _ARRAY, kind, len(value)) + struct.pack(f"<{len(value)}{layout}", *value)


def whole_number(value: int) -> bytes:
    """An entry of 32 bits, as llama.cpp's own hyperparameters are."""
    return struct.pack("<II", _U32, value)


def header(
    entries: Mapping[str, bytes], tensors: Sequence[tuple[str, Sequence[int], str, int]], alignment: int
) -> bytes:
    """A file's header. `tensors`: name, shape as GGUF has it, type's name, offset behind the header."""
    parts = [b"GGUF", struct.pack("<IQQ", _VERSION, len(tensors), len(entries))]
    parts += [_text(name) + value for name, value in entries.items()]
    for name, shape, kind, offset in tensors:
        parts.append(_text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape))
        parts.append(struct.pack("<IQ", KINDS[kind], offset))
    written = b"".join(parts)
    return written + bytes(-len(written) % alignment)


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _skip(file: IO[bytes], kind: int) -> None:
    if kind == _STRING:
        file.seek(_number(file, 8), 1)
    elif kind != _ARRAY:
        file.seek(_SIZES[kind], 1)
    else:
        inside, count = _number(file, 4), _number(file, 8)
        if inside == _ARRAY:
            raise ModelProblem("This model cannot be prepared: its header has lists of lists.", "Choose another.")
        if inside == _STRING:
            for _ in range(count):
                file.seek(_number(file, 8), 1)
        else:
            file.seek(count * _SIZES[inside], 1)


def _number(file: IO[bytes], size: int) -> int:
    return int.from_bytes(file.read(size), "little")
