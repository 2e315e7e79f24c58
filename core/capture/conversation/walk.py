"""Reads a JSON file value by value, so that an export of gigabytes does not fill memory."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

LARGEST_VALUE = 32 * 2**20
"""Bytes; a longer one is counted and left out."""
_LONGEST_KEY = 2**16
TOO_LARGE = f"larger than {LARGEST_VALUE // 2**20} MB"
CUT = "the file ends in the middle of it"
UNFINISHED = "the file breaks off here"
AFTER = "there is more after the end of the file's JSON"

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_TO_BRACKET = re.compile(rb'[^"\[\]{}]*(?:' + _STRING + rb'[^"\[\]{}]*)*', re.DOTALL)
_TO_COMMA = re.compile(rb'[^"\[\]{},]*(?:' + _STRING + rb'[^"\[\]{},]*)*', re.DOTALL)
_TO_QUOTE = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_KEY = re.compile(rb"(" + _STRING + rb")\s*:\s*(?=\S)", re.DOTALL)
_BEGUN = re.compile(rb"\s*(?=\S)")
_BACKSLASH = 92
_SPACE = b" \t\r\n"

Place = tuple[str | int, ...]
"""Keys and positions (from 0) that lead to a value."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value's bytes, in file order. Where `problem` says why, they are missing or not to be trusted."""

    place: Place
    raw: bytes
    problem: str = ""


def values(chunks: Iterable[bytes], inside: Callable[[Place], bool]) -> Iterator[Value]:
    """The values of a JSON file in UTF-8; of an object or array that is gone `inside` of, those in it.

    The place of the whole is (). Only strings and brackets are followed here: whether a value is valid JSON is
    the caller's to see. A file that breaks off, or goes on after its end, gives a last value that says so.
    """
    return _walked(chunks, lambda place, _: inside(place))


def elements(chunks: Iterable[bytes]) -> Iterator[Value]:
    """The elements of the array in these chunks; a single object at the top counts as one element."""
    return _walked(chunks, lambda place, opening: not place and opening == b"[")


def _walked(chunks: Iterable[bytes], inside: Callable[[Place, bytes], bool]) -> Iterator[Value]:
    scanner = _Scanner(inside)
    for chunk in chunks:
        yield from scanner.feed(chunk)
        if scanner.ended:
            return
    yield from scanner.end()


@dataclass(slots=True)
class _Frame:
    """A container that is gone inside of."""

    place: Place
    is_object: bool
    next: int = 0


@dataclass(slots=True)
class _Scanner:
    inside: Callable[[Place, bytes], bool]
    frames: list[_Frame] = field(default_factory=list)
    pending: bytes = b""
    """The beginning of an entry, as long as it is not seen what it is."""
    place: Place | None = None
    """Of the value being read."""
    depth: int = 0
    in_string: bool = False
    escaped: bool = False
    size: int = 0
    kept: list[bytes] = field(default_factory=list)
    closed: bool = False
    ended: bool = False

    def feed(self, chunk: bytes) -> Iterator[Value]:
        data, self.pending = self.pending + chunk, b""
        at = 0
        while at < len(data) and not self.ended:
            if self.closed:
                if data[at:].strip(_SPACE):
                    self.ended = True
                    yield Value((), b"", AFTER)
                return
            if self.place is None:
                begun = self._begin(data, at)
                if begun is None:
                    self.pending = data[at:]
                    return
                at = begun
                continue
            start = at
            at, whole = self._follow(data, at)
            self._keep(data[start:at])
            if whole:
                yield self._taken()

    def _begin(self, data: bytes, at: int) -> int | None:
        """Step over what is between values, into the next one; None: more has to be seen first."""
        begun = _BEGUN.match(data, at)
        if begun is None:
            return None
        at, frame = begun.end(), self.frames[-1] if self.frames else None
        if frame is None:
            return self._enter((), data, at)
        if data[at] in b"]}":
            self.frames.pop()
            self.closed = not self.frames
            return at + 1
        if data[at] in b",":
            return at + 1
        key: str | int = frame.next
        if frame.is_object:
            named = _KEY.match(data, at)
            if named is None and len(data) - at < _LONGEST_KEY:
                return None
            key = _named(named[1]) if named else ""
            at = named.end() if named else at
        frame.next += 1
        return self._enter((*frame.place, key), data, at)

    def _enter(self, place: Place, data: bytes, at: int) -> int:
        opening = data[at : at + 1]
        if opening in (b"[", b"{") and self.inside(place, opening):
            self.frames.append(_Frame(place, opening == b"{"))
            return at + 1
        self.place = place
        return at

    def _follow(self, data: bytes, at: int) -> tuple[int, bool]:
        """How far the value goes in this data, and whether it ends there."""
        while at < len(data):
            if self.escaped:
                self.escaped, at = False, at + 1
                continue
            if self.in_string:
                at = _reach(_TO_QUOTE, data, at)
                if at < len(data):
                    self.escaped, self.in_string = data[at] == _BACKSLASH, data[at] == _BACKSLASH
                    at += 1
                continue
            at = _reach(_TO_BRACKET if self.depth else _TO_COMMA, data, at)
            sign = data[at : at + 1]
            if not sign or (not self.depth and self.frames and sign in b",]}"):
                return at, bool(sign)
            at += 1
            if sign == b'"':
                self.in_string = True
            elif sign in b"[{":
                self.depth += 1
            elif sign in b"]}":
                self.depth = max(0, self.depth - 1)
                if not self.depth and not self.frames:
                    self.closed = True
                    return at, True
        return at, False

    def _keep(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size <= LARGEST_VALUE:
            self.kept.append(piece)
        else:
            self.kept.clear()

    def _taken(self, problem: str = "") -> Value:
        place = self.place or ()
        raw, size = b"".join(self.kept).strip(_SPACE), self.size
        self.kept.clear()
        self.size, self.place = 0, None
        return Value(place, b"", TOO_LARGE) if size > LARGEST_VALUE else Value(place, raw, problem)

    def end(self) -> Iterator[Value]:
        """What is left when the bytes are at their end."""
        if self.place is not None:
            broken = bool(self.frames or self.depth or self.in_string)
            yield self._taken(CUT if broken else "")
        elif self.frames and not self.ended:
            yield Value((), b"", UNFINISHED)


def _reach(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found else at


def _named(raw: bytes) -> str:
    try:
        return str(json.loads(raw))
    except ValueError:
        return raw.decode("utf-8", "replace")
