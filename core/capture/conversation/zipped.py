"""Exports as they are downloaded: the zip's members as bounded streams; no name inside becomes a path."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from core.capture.conversation.text import Stream
from core.errors import BadInput

MOST_ENTRIES = 100_000
LARGEST_MEMBER = 8 * 2**30
"""Bytes, unpacked."""
GREATEST_RATIO = 200
"""Unpacked to packed, beyond the first SMALL bytes; text packs about 10:1."""
SMALL = 2**20
_DAMAGED = "It may not have been downloaded whole: fetch it again."


class Member:
    """One member, read as a stream; what grows out of all proportion is refused."""

    def __init__(self, inner: Stream, packed: int) -> None:
        self._inner = inner
        self._left = min(LARGEST_MEMBER, max(SMALL, packed * GREATEST_RATIO))

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes. Raises BadInput when the zip is damaged or a bomb."""
        try:
            found = self._inner.read(size if size >= 0 else SMALL)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise BadInput("The zip is damaged.", _DAMAGED) from error
        self._left -= len(found)
        if self._left < 0:
            raise BadInput("The zip unpacks to far more than it holds; it was not read.", "Is it the right file?")
        return found


def members(path: Path) -> Iterator[tuple[str, int, Stream]]:
    """(name, packed bytes, stream) of each JSON or text member, by name. Raises BadInput."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise BadInput("The zip has too many entries; it was not read.", "Is it the right file?")
            for entry in sorted(entries, key=lambda one: one.filename):
                if entry.is_dir() or not entry.filename.lower().endswith((".json", ".jsonl", ".txt", ".md")):
                    continue
                if entry.flag_bits & 1:
                    raise BadInput("The zip has a password.", "Unpack it and import what is inside.")
                with archive.open(entry) as inner:
                    yield entry.filename, entry.compress_size, Member(inner, entry.compress_size)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError) as error:
        raise BadInput("The zip cannot be read.", _DAMAGED) from error
