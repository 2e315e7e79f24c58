"""A mailbox file cut into its messages while it is read, so that one of many gigabytes does not fill memory."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.capture.conversation.text import CHUNK, Stream

LARGEST_MESSAGE = 8 * 2**20
"""Bytes; of a longer message, whose words stand before what is attached, the rest is left out."""
_LONGEST_LINE = 2**16
BEGINS = re.compile(rb"From \S+.{0,40} (?:[A-Z][a-z]{2} ){2}[ \d]\d \d{2}:\d{2}(?::\d{2})? .{0,20}\d{4}")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Raw:
    """One message's bytes, counted from 1. `whole` is False when its end was left out."""

    number: int
    envelope: bytes
    data: bytes
    whole: bool = True


def messages(source: Stream) -> Iterator[Raw]:
    """The messages of a mailbox (mboxrd or mboxo): each begins with a line "From " after an empty one."""
    number, size = 0, 0
    envelope = b""
    kept: list[bytes] = []
    empty_before = True
    for line in _lines(source):
        bare = line.rstrip(b"\r\n")
        if empty_before and bare.startswith(b"From ") and BEGINS.match(bare):
            if kept or number:
                yield _raw(number, envelope, kept, size)
            number, size, kept, envelope = number + 1, 0, [], bare
        elif number or bare:
            size += len(line)
            if size <= LARGEST_MESSAGE:
                kept.append(line)
            number = number or 1
        empty_before = not bare
    if number:
        yield _raw(number, envelope, kept, size)


def _raw(number: int, envelope: bytes, kept: list[bytes], size: int) -> Raw:
    data = _QUOTED_FROM.sub(rb"\1", b"".join(kept))
    return Raw(number, envelope, data, size <= LARGEST_MESSAGE)


def _lines(source: Stream) -> Iterator[bytes]:
    """Lines with their ends; one that is longer than any mail's comes in pieces."""
    held = b""
    while chunk := source.read(CHUNK):
        pieces = (held + chunk).split(b"\n")
        held = pieces.pop()
        for piece in pieces:
            yield piece + b"\n"
        if len(held) > _LONGEST_LINE:
            yield held
            held = b""
    if held:
        yield held
