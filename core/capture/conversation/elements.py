"""Reads a JSON array element by element, so that a 1 GB export does not fill memory."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

LARGEST_ELEMENT = 128 * 2**20
"""Bytes; a longer one is counted and left out."""

_STRUCTURE = re.compile(rb'["\[\]{},]')
_IN_STRING = re.compile(rb'["\\]')
_SPACE = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Element:
    """One element's bytes, counted from 1. `raw` is None when too large, `whole` False when cut off."""

    number: int
    raw: bytes | None
    whole: bool = True


def elements(chunks: Iterable[bytes]) -> Iterator[Element]:
    """The elements of the array in these UTF-8 chunks; a single object at the top counts as one element.

    Only strings and brackets are followed here: whether an element is valid JSON is the caller's to see.
    """
    scanner = _Scanner()
    for chunk in chunks:
        yield from scanner.feed(chunk)
        if scanner.ended:
            return
    yield from scanner.end()


@dataclass(slots=True)
class _Scanner:
    depth: int = 0
    base: int = 1
    """Depth at which elements lie: 1 inside an array, 0 for a single object."""
    begun: bool = False
    ended: bool = False
    in_string: bool = False
    escaped: bool = False
    number: int = 0
    size: int = 0
    kept: list[bytes] = field(default_factory=list)

    def feed(self, chunk: bytes) -> Iterator[Element]:
        at = 0
        if not self.begun:
            chunk = chunk.lstrip(_SPACE)
            if not chunk:
                return
            self.begun = True
            if chunk[:1] == b"[":
                self.depth, at = 1, 1
            else:
                self.base = 0
        start = at
        while at < len(chunk) and not self.ended:
            if self.escaped:
                self.escaped = False
                at += 1
                continue
            found = (_IN_STRING if self.in_string else _STRUCTURE).search(chunk, at)
            if found is None:
                break
            sign, here, at = found.group(), found.start(), found.end()
            if self.in_string:
                self.escaped = sign == b"\\"
                self.in_string = sign != b'"'
            elif sign == b'"':
                self.in_string = True
            elif sign in b"[{":
                self.depth += 1
            elif sign in b"]}":
                self.depth -= 1
                if self.depth < self.base:
                    self.keep(chunk[start:here])
                    self.ended = True
                    yield from self.taken()
                elif self.base == 0 and self.depth == 0:
                    self.keep(chunk[start:at])
                    self.ended = True
                    yield from self.taken()
            elif self.depth == self.base == 1:
                self.keep(chunk[start:here])
                yield from self.taken()
                start = at
        if not self.ended:
            self.keep(chunk[start:])

    def keep(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size <= LARGEST_ELEMENT:
            self.kept.append(piece)
        else:
            self.kept.clear()

    def taken(self, *, whole: bool = True) -> Iterator[Element]:
        raw = b"".join(self.kept).strip(_SPACE)
        size, self.size = self.size, 0
        self.kept.clear()
        if size > LARGEST_ELEMENT:
            self.number += 1
            yield Element(self.number, None)
        elif raw:
            self.number += 1
            yield Element(self.number, raw, whole)

    def end(self) -> Iterator[Element]:
        yield from self.taken(whole=False)
