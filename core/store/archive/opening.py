"""Recognising an archive and opening it, encrypted or plain."""

import contextlib
import io
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, cast

from core.errors import ArchiveProblem
from core.store.archive.bundle import Bundle
from core.store.archive.container import MAGIC, ChunkReader, not_an_archive
from core.store.archive.watch import Watch

_LARGEST_PEEK = 2**20


class Wrapping(StrEnum):
    """How an archive is kept."""

    ENCRYPTED = "encrypted"
    PLAIN = "plain"


def wrapping_of(path: Path) -> Wrapping | None:
    """How the archive at `path` is kept; None when it is no archive of Mneme's (other zips are none)."""
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
            if start == MAGIC:
                return Wrapping.ENCRYPTED
            if not start.startswith(b"PK"):
                return None
            with zipfile.ZipFile(file) as archive:
                entry = archive.getinfo("manifest.json")
                told = archive.read(entry) if entry.file_size <= _LARGEST_PEEK else b""
                return Wrapping.PLAIN if b'"program": "Mneme"' in told else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return None


@contextlib.contextmanager
def opened(path: Path, passphrase: str | None, watch: Watch, share: int) -> Iterator[tuple[Bundle, Wrapping]]:
    """An archive with every byte of it verified. Raises ArchiveProblem; steps through `share` of the watch."""
    if not path.is_file():
        raise ArchiveProblem("There is no such archive.", "Check the file's name.")
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveProblem("The archive cannot be read.", "Check its permissions and its disk.") from error
    with file:
        start = file.read(len(MAGIC))
        if start == MAGIC:
            source, wrapping = _decrypted(file, passphrase, watch, share // 4), Wrapping.ENCRYPTED
        elif start.startswith(b"PK"):
            source, wrapping = file, Wrapping.PLAIN
        else:
            raise not_an_archive()
        bundle = Bundle(source)
        bundle.verify(watch, share - share // 4)
        yield bundle, wrapping


def _decrypted(file: IO[bytes], passphrase: str | None, watch: Watch, share: int) -> IO[bytes]:
    if not passphrase:
        raise ArchiveProblem("This archive is encrypted.", "Give its passphrase.")
    reader = ChunkReader(file, lambda header: header.key(passphrase))
    watch.part(share, reader.chunks)
    reader.check(watch.step)
    return cast(IO[bytes], io.BufferedReader(reader, 2**18))
