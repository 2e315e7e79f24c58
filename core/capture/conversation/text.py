"""Bytes in the usual encodings become clean lines of bounded length."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

LONGEST_LINE = 10 * 2**20
"""Bytes; a longer line is no turn of a conversation."""
CHUNK = 2**16
OLD_ENCODING = "Some lines were not UTF-8; they were read as Windows-1252."


class Stream(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end. `text` is None when it was too long to be read."""

    number: int
    text: str | None
    old_encoding: bool = False


def clean(text: str) -> str:
    """Without NULs and with lone surrogates replaced, so that every part of the store can hold it."""
    text = text.replace("\x00", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def utf8(source: Stream) -> Iterator[bytes]:
    """The stream in chunks, as UTF-8 without a byte order mark; UTF-16 with one is converted."""
    head = source.read(CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        while head:
            yield decoder.decode(head).encode("utf-8", "replace")
            head = source.read(CHUNK)
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")
        return
    yield head.removeprefix(codecs.BOM_UTF8)
    while chunk := source.read(CHUNK):
        yield chunk


def lines(source: Stream) -> Iterator[Line]:
    """Every line in order, counted from 1; one that is not UTF-8 is read as Windows-1252 and says so."""
    number = 0
    kept: list[bytes] = []
    size = 0
    for chunk in utf8(source):
        pieces = chunk.split(b"\n")
        for piece in pieces[:-1]:
            number += 1
            yield _line(number, kept, piece, size + len(piece))
            kept, size = [], 0
        size += len(pieces[-1])
        if size <= LONGEST_LINE:
            kept.append(pieces[-1])
        else:
            kept = []
    if size:
        yield _line(number + 1, kept, b"", size)


def _line(number: int, kept: list[bytes], last: bytes, size: int) -> Line:
    if size > LONGEST_LINE:
        return Line(number, None)
    raw = b"".join([*kept, last]).removesuffix(b"\r")
    try:
        return Line(number, clean(raw.decode("utf-8")))
    except UnicodeDecodeError:
        return Line(number, clean(raw.decode("cp1252", "replace")), old_encoding=True)
