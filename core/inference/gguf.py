"""Reads the fields of a GGUF file's beginning, each length checked before it is used.

The layout is GGUF 2 and 3 as published by the ggml project (docs/gguf.md): magic, version, counts, metadata,
tensor infos, padding, tensor data.
"""

import os
import struct
from collections.abc import Container, Sequence
from hashlib import blake2b
from typing import IO, TypeAlias

from core.errors import ModelProblem

Scalar: TypeAlias = bool | int | float | str
Value: TypeAlias = Scalar | tuple[Scalar, ...]
REMEDY = "Download it again, or choose another file."

_MOST_TENSORS = 100_000
_MOST_ENTRIES = 10_000
_MOST_ITEMS = 8_000_000
_MOST_STRING_BYTES = 64 * 2**20
_STRING, _ARRAY = 8, 9
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<B", 10: "<Q", 11: "<q", 12: "<d"}
_BOOL = 7
_WORDS = "tokenizer.ggml.tokens"
_DIGEST_BYTES = 16


def bad(what: str) -> ModelProblem:
    """The problem of a file that is not what it should be."""
    return ModelProblem(f"This is not a sound model file: {what}.", REMEDY)


class Reader:
    """Reads a header from its beginning; every length is checked before it is used."""

    def __init__(self, file: IO[bytes], wanted_arrays: Container[str] = ()) -> None:
        self._file = file
        self._wanted = wanted_arrays
        self._string_bytes = 0
        self._items = 0
        self.words = ""
        """A digest of the vocabulary, once it was read: the same for two files whose tokens are the same."""
        self.size = os.fstat(file.fileno()).st_size
        self._left = self.size
        if self._take(4) != b"GGUF":
            raise bad("it does not begin as a GGUF file does")
        version = self.number("<I")
        if version not in (2, 3):
            raise bad(f"its version is {version}, and only 2 and 3 are known")
        self.tensor_count = int(self.number("<Q"))
        self._entry_count = int(self.number("<Q"))
        if self.tensor_count > _MOST_TENSORS or self._entry_count > _MOST_ENTRIES:
            raise bad("it claims more entries than a model has")

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return self.size - self._left

    def number(self, layout: str) -> int | float:
        """Read one number."""
        value: int | float = struct.unpack(layout, self._take(struct.calcsize(layout)))[0]
        return value

    def string(self) -> str:
        """Read one string."""
        length = int(self.number("<Q"))
        self._string_bytes += length
        if self._string_bytes > _MOST_STRING_BYTES:
            raise bad("its texts are longer than a model's are")
        return self._take(length).decode("utf-8", "replace")

    def metadata(self) -> dict[str, Value]:
        """Read all entries; of the arrays only the wanted ones keep their items, others their count."""
        found: dict[str, Value] = {}
        for _ in range(self._entry_count):
            key = self.string()
            if not key or key in found:
                raise bad("an entry has no name, or one that was used already")
            kind = int(self.number("<I"))
            found[key] = self._array(key) if kind == _ARRAY else self._scalar(kind)
        return found

    def _scalar(self, kind: int) -> Scalar:
        if kind == _STRING:
            return self.string()
        if kind not in _FORMATS:
            raise bad(f"an entry is of the unknown type {kind}")
        value = self.number(_FORMATS[kind])
        return bool(value) if kind == _BOOL else value

    def _array(self, key: str) -> Value:
        kind = int(self.number("<I"))
        count = int(self.number("<Q"))
        self._items += count
        if self._items > _MOST_ITEMS:
            raise bad("its lists are longer than a model's are")
        if kind != _STRING and kind not in _FORMATS:
            raise bad(f"a list is of the unknown type {kind}")
        if kind == _STRING:
            texts = self._strings(count)
            if key == _WORDS:
                self.words = _digest(texts)
            return tuple(text.decode("utf-8", "replace") for text in texts) if key in self._wanted else count
        if key in self._wanted:
            return tuple(self._scalar(kind) for _ in range(count))
        self._take(count * struct.calcsize(_FORMATS[kind]))
        return count

    def _strings(self, count: int) -> list[bytes]:
        """So many strings, in one loop: a vocabulary has 30,000, and every start reads it."""
        read, left, longest = self._file.read, self._left, _MOST_STRING_BYTES - self._string_bytes
        texts: list[bytes] = []
        for _ in range(count):
            length = int.from_bytes(read(8), "little")
            left -= 8 + length
            longest -= length
            if left < 0:
                raise bad("it is cut short")
            if longest < 0:
                raise bad("its texts are longer than a model's are")
            texts.append(read(length))
        if sum(map(len, texts)) + 8 * count != self._left - left:
            raise bad("it is cut short")
        self._left, self._string_bytes = left, _MOST_STRING_BYTES - longest
        return texts

    def _take(self, length: int) -> bytes:
        if length > self._left:
            raise bad("it is cut short")
        data = self._file.read(length)
        if len(data) < length:
            raise bad("it is cut short")
        self._left -= length
        return data


def _digest(words: Sequence[bytes]) -> str:
    """What a vocabulary is told by. Places at its end that no word has, as converters fill them, do not count."""
    count = len(words)
    while count and words[count - 1] == b"[PAD%d]" % (count - 1):
        count -= 1
    told = blake2b(digest_size=_DIGEST_BYTES)
    for word in words[:count]:
        told.update(len(word).to_bytes(8, "little") + word)
    return told.hexdigest()
