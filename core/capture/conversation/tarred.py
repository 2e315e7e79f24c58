"""A download packed as .tgz, which Takeout offers beside the zip; nothing of it is unpacked to disk."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.capture.conversation.bundle import BROKEN, DAMAGED, MOST_ENTRIES, Allowed, Bounded, Entry
from core.capture.conversation.text import Stream
from core.errors import BadInput

_GZIP = b"\x1f\x8b"
_TORN = (*BROKEN, tarfile.TarError)


def is_gzip(begin: bytes) -> bool:
    """Whether a file that begins so is packed by gzip."""
    return begin.startswith(_GZIP)


@dataclass(frozen=True, slots=True)
class Tar:
    """A download as it came. Read inside `tarred`, which closes it. Entries are in the order they lie in."""

    name: str
    entries: tuple[Entry, ...]
    _archive: tarfile.TarFile
    _members: dict[str, tarfile.TarInfo]
    _allowed: Allowed

    @contextmanager
    def open(self, name: str) -> Iterator[Stream]:
        """The bytes of a file in it, bounded. Raises BadInput."""
        found = self._members.get(name)
        if found is None:
            raise BadInput(f"There is no file {name} in the download.", DAMAGED)
        try:
            inner = self._archive.extractfile(found)  # a stream of its bytes: nothing is written
        except _TORN as error:
            raise BadInput("The download is damaged.", DAMAGED) from error
        if inner is None:
            raise BadInput(f"{name} is no file.", DAMAGED)
        with inner:
            yield Bounded(inner, found.size, self._allowed)


@contextmanager
def tarred(path: Path, allowed: Allowed) -> Iterator[Tar]:
    """What is in a .tgz; links and devices are no part of it. Raises BadInput when it is none, or a bomb."""
    members: dict[str, tarfile.TarInfo] = {}
    try:
        archive = tarfile.TarFile.open(path, "r:gz")
    except _TORN as error:
        raise BadInput("The download cannot be read.", DAMAGED) from error
    with archive:
        try:
            for info in archive:
                if info.isreg():
                    members[info.name] = info
                if len(members) > MOST_ENTRIES or info.offset_data + info.size > allowed.left:
                    raise BadInput("It unpacks to far more than it holds; it was not read.", "Is it the right file?")
        except _TORN as error:
            raise BadInput("The download cannot be read.", DAMAGED) from error
        entries = tuple(Entry(name, info.size) for name, info in members.items())
        yield Tar(path.name.partition(".")[0], entries, archive, members, allowed)
