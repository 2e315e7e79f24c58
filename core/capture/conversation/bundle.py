"""A download of several files, the zip or the folder it was unpacked to; no name inside becomes a path."""

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.capture.conversation.documents import HEAD
from core.capture.conversation.text import Stream
from core.errors import BadInput

MOST_ENTRIES = 100_000
LARGEST_MEMBER = 8 * 2**30
"""Bytes, unpacked."""
GREATEST_RATIO = 200
"""Unpacked to packed, beyond what is ALWAYS allowed; text packs about 10:1."""
SMALL = 2**20
ALWAYS = 16 * 2**20
"""Bytes that one member may always unpack to: one long message of the same sign is no bomb."""
ALL_SMALL = 256 * 2**20
"""Bytes that all members together may always unpack to."""
_ZIP = b"PK\x03\x04"
DAMAGED = "It may not have been downloaded whole: fetch it again."
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, ValueError)
"""What unpacking raises where something is damaged."""
_JSON = (".json", ".jsonl", ".ndjson")
_TEXT = (".txt", ".text", ".md", ".markdown", ".log", ".csv", ".html", ".htm")
_WORDS = (*_JSON, *_TEXT, ".vtt", ".srt", ".mbox", ".eml")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a download. `size` is in bytes, unpacked, as the download says."""

    name: str
    """With its folders, divided by "/"."""
    size: int

    @property
    def has_words(self) -> bool:
        """Whether its ending is one that conversations come with."""
        return self.name.lower().endswith(_WORDS)


class Bundle(Protocol):
    """Files that were downloaded together."""

    @property
    def name(self) -> str:
        """What the download is called, without its ending."""
        ...

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every file, by name."""
        ...

    def open(self, name: str) -> AbstractContextManager[Stream]:
        """The bytes of the entry of that name. Raises BadInput when it cannot be read or is not there."""
        ...


def head(bundle: Bundle, name: str, size: int = HEAD) -> bytes:
    """The beginning of an entry. Raises BadInput."""
    with bundle.open(name) as stream:
        return stream.read(size)


def roots(bundle: Bundle, *required: str) -> tuple[str, ...]:
    """The folders ("" or ending in "/") in which all the required files lie, shortest first."""
    names = {entry.name for entry in bundle.entries}
    first = required[0]
    found = {name.removesuffix(first) for name in names if name == first or name.endswith("/" + first)}
    return tuple(sorted((root for root in found if all(root + one in names for one in required)), key=len))


def is_zip(begin: bytes) -> bool:
    """Whether a file that begins so is a zip."""
    return begin.startswith(_ZIP)


@dataclass(frozen=True, slots=True)
class Folder:
    """An unpacked download. Hidden files and links are not part of it."""

    path: Path
    entries: tuple[Entry, ...]
    _names: frozenset[str]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    @contextmanager
    def open(self, name: str) -> Iterator[Stream]:
        """The bytes of a file of the folder. Raises BadInput."""
        if name not in self._names:
            raise BadInput(f"There is no file {name}.", "Check the folder.")
        try:
            with self.path.joinpath(*name.split("/")).open("rb") as stream:
                yield stream
        except OSError as error:
            raise BadInput("A file of the folder cannot be read.", "Check that you may read it.") from error


def inside(folder: Path) -> Iterator[Path]:
    """The files of a folder and of the folders in it, by name; no hidden ones, no links."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and not path.is_symlink():
            yield path


def folder(path: Path) -> Folder:
    """What lies in a folder. Raises BadInput when that is too much."""
    entries: list[Entry] = []
    for file in inside(path):
        entries.append(Entry(file.relative_to(path).as_posix(), file.stat().st_size))
        if len(entries) > MOST_ENTRIES:
            raise BadInput(f"{path.name} holds too many files; it was not read.", "Name the folder of the export.")
    return Folder(path, tuple(entries), frozenset(entry.name for entry in entries))


@dataclass(slots=True)
class Allowed:
    """The bytes that may still be unpacked."""

    left: int

    @classmethod
    def of(cls, packed: int) -> "Allowed":
        """For a whole download of so many bytes."""
        return cls(max(ALL_SMALL, packed * GREATEST_RATIO))


class Bounded:
    """One packed file, read as a stream; what grows out of all proportion is refused."""

    def __init__(self, inner: Stream, most: int, whole: Allowed) -> None:
        self._inner = inner
        self._own = Allowed(min(LARGEST_MEMBER, most))
        self._whole = whole

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes. Raises BadInput when the download is damaged or a bomb."""
        try:
            found = self._inner.read(size if size >= 0 else SMALL)
        except BROKEN as error:
            raise BadInput("The download is damaged.", DAMAGED) from error
        for allowed in (self._own, self._whole):
            allowed.left -= len(found)
            if allowed.left < 0:
                raise BadInput("It unpacks to far more than it holds; it was not read.", "Is it the right file?")
        return found


@dataclass(frozen=True, slots=True)
class Zip:
    """A download as it came. Read inside `zipped`, which closes it."""

    name: str
    entries: tuple[Entry, ...]
    _archive: zipfile.ZipFile
    _members: dict[str, zipfile.ZipInfo]
    _allowed: Allowed

    @contextmanager
    def open(self, name: str) -> Iterator[Stream]:
        """The bytes of a member, bounded. Raises BadInput."""
        found = self._members.get(name)
        if found is None:
            raise BadInput(f"There is no file {name} in the zip.", DAMAGED)
        if found.flag_bits & 1:
            raise BadInput("The zip has a password.", "Unpack it and import what is inside.")
        try:
            inner = self._archive.open(found)
        except BROKEN as error:
            raise BadInput("The download is damaged.", DAMAGED) from error
        with inner:
            yield Bounded(inner, max(ALWAYS, found.compress_size * GREATEST_RATIO), self._allowed)


@contextmanager
def zipped(path: Path, allowed: Allowed) -> Iterator[Zip]:
    """What is in a zip. Raises BadInput when it is none, or has too many members."""
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise BadInput("The zip cannot be read.", DAMAGED) from error
    with archive:
        infos = archive.infolist()
        if len(infos) > MOST_ENTRIES:
            raise BadInput("The zip has too many entries; it was not read.", "Is it the right file?")
        members = {info.filename: info for info in infos if not info.is_dir()}
        entries = tuple(Entry(name, members[name].file_size) for name in sorted(members))
        yield Zip(path.stem, entries, archive, members, allowed)


@dataclass(frozen=True, slots=True)
class Watched:
    """A bundle that tells how far it has been read."""

    inner: Bundle
    told: Callable[[int], None]
    """Given the bytes that were read, unpacked, since it was last called."""

    @property
    def name(self) -> str:
        """As the bundle's."""
        return self.inner.name

    @property
    def entries(self) -> tuple[Entry, ...]:
        """As the bundle's."""
        return self.inner.entries

    @contextmanager
    def open(self, name: str) -> Iterator[Stream]:
        """As the bundle's, counted. Raises BadInput."""
        with self.inner.open(name) as stream:
            yield Counted(stream, self.told)


class Counted:
    """A stream that tells how many bytes were read, beginning with what was already taken from it."""

    def __init__(self, inner: Stream, told: Callable[[int], None], head: bytes = b"") -> None:
        self._inner = inner
        self._head = head
        self._told = told

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes. Raises BadInput when the file cannot be read on."""
        if self._head:
            found, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
        else:
            try:
                found = self._inner.read(size)
            except OSError as error:
                raise BadInput("The file could not be read to its end.", "What came before is kept.") from error
        self._told(len(found))
        return found
