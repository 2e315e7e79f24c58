"""What is inside an archive: an ordinary zip of JSON Lines and pictures whose every byte its manifest answers for."""

import contextlib
import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Self, cast

from core.errors import ArchiveProblem
from core.store.archive.rows import LARGEST_PICTURE, LONGEST_LINE, TABLES, Plain, Row, line, parse
from core.store.archive.watch import Watch

FORMAT = 2
MOST_ENTRIES = 400_000
MOST_BYTES = 256 * 2**30
"""Unpacked, all together."""
_MOST_RATIO = 200
_RATIO_FROM = 64 * 2**20
"""Smaller entries may be packed as tightly as they like: one long memory of equal letters is no bomb."""
_LARGEST_MANIFEST = 2**20
_BLOCK = 2**20
_MEDIA = re.compile(r"media/[0-9a-z]{26}(\.small)?\.webp")
_DATE = (1980, 1, 1, 0, 0, 0)
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many lines a table has, and what they add up to."""

    lines: int
    bytes: int
    sha256: str


class BundleWriter:
    """Writes entries one after the other into a stream that need not be seekable; abandoned on an exception."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, strict_timestamps=True)
        self._tables: dict[str, Counted] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._zip.fp = None  # else it would write its end into a closed file when it is collected

    def table(self, name: str, rows: Iterator[Mapping[str, object]]) -> int:
        """Write one `NAME.jsonl`; how many lines it has."""
        digest, count, size = hashlib.sha256(), 0, 0
        with self._zip.open(_info(f"{name}.jsonl"), "w", force_zip64=True) as entry:
            for row in rows:
                raw = line(row)
                digest.update(raw)
                entry.write(raw)
                count += 1
                size += len(raw)
        self._tables[name] = Counted(lines=count, bytes=size, sha256=digest.hexdigest())
        return count

    def picture(self, id: str, data: bytes, *, small: bool) -> str:
        """Write a picture as it is; its SHA-256."""
        self._zip.writestr(_info(media_name(id, small=small), zipfile.ZIP_STORED), data)
        return hashlib.sha256(data).hexdigest()

    def close(self, facts: Mapping[str, object]) -> None:
        """Write the manifest with `facts` added to it, and the end of the zip."""
        tables = {
            name: {"lines": counted.lines, "bytes": counted.bytes, "sha256": counted.sha256}
            for name, counted in self._tables.items()
        }
        manifest = {"format": FORMAT, "program": "Mneme", **facts, "tables": tables}
        self._zip.writestr(_info("manifest.json"), json.dumps(manifest, indent=1, allow_nan=False))
        self._zip.close()


class Bundle:
    """Reads what a BundleWriter wrote. Nothing of it is believed before `verify` has gone through all."""

    def __init__(self, source: IO[bytes]) -> None:
        _check_directory(source)
        with _read_errors():
            self._zip = zipfile.ZipFile(source)
        self._entries = _checked_entries(self._zip)
        self.manifest = self._read_manifest()
        self._tables = _checked_tables(self.manifest)
        if {f"{name}.jsonl" for name in self._tables} | {"manifest.json"} != {
            name for name in self._entries if not _MEDIA.fullmatch(name)
        }:
            raise _damaged()

    @property
    def whole(self) -> bool:
        """Whether everything was exported, rather than a selection."""
        return self.manifest.get("selection") == "everything"

    @property
    def size(self) -> int:
        """Unpacked bytes of all entries, as they say of themselves."""
        return sum(entry.file_size for entry in self._entries.values())

    def lines(self, table: str) -> int:
        """How many rows a table has."""
        return self._tables[table].lines

    def rows(self, table: str) -> Iterator[Row]:
        """A table's checked rows; ArchiveProblem at the latest after the last one when a byte is wrong."""
        expected, digest, count = self._tables[table], hashlib.sha256(), 0
        with _read_errors(), self._zip.open(self._entries[f"{table}.jsonl"]) as entry:
            reader = io.BufferedReader(cast(io.RawIOBase, entry), _BLOCK)
            while raw := reader.readline(LONGEST_LINE + 1):
                if len(raw) > LONGEST_LINE or not raw.endswith(b"\n"):
                    raise ArchiveProblem("A line of this archive is too long.", "Nothing was imported.")
                digest.update(raw)
                count += 1
                yield parse(table, count, raw)
        if (count, digest.hexdigest()) != (expected.lines, expected.sha256):
            raise _damaged()

    def picture(self, row: Row) -> tuple[bytes, bytes]:
        """(picture, thumbnail) of one row of `pictures`.

        The picture is empty when only the thumbnail is left; a patch may have no thumbnail.
        """
        data, small = (
            self._media(str(row["id"]), little, row[f"{name}bytes"], row[f"{name}sha256"])
            if row[f"{name}bytes"]
            else b""
            for little, name in ((False, ""), (True, "small_"))
        )
        return data, small

    def verify(self, watch: Watch, share: int) -> None:
        """Read everything once: every line fits, every hash agrees, nothing is there twice or unasked for."""
        watch.part(share, sum(t.lines for t in self._tables.values()) + self.lines("pictures") * 4)
        for table in TABLES:
            seen: set[tuple[object, ...]] = set()
            for row in self.rows(table):
                watch.step()
                key = tuple(row[name] for name in KEYS[table])
                if key in seen:
                    raise _damaged()
                seen.add(key)
        media = {name for name in self._entries if _MEDIA.fullmatch(name)}
        sizes: dict[Plain, tuple[Plain, Plain]] = {}
        patches: list[tuple[Plain, tuple[Plain, Plain]]] = []
        for row in self.rows("pictures"):
            watch.step()
            self.picture(row)
            for small in (True, False):
                if row["small_bytes" if small else "bytes"]:
                    media.discard(media_name(str(row["id"]), small=small))
            if row["base"] is not None:
                patches.append((row["base"], (row["width"], row["height"])))
            elif row["bytes"]:
                sizes[row["id"]] = row["width"], row["height"]
        if media or any(sizes.get(base) != size for base, size in patches):
            raise _damaged()

    def _media(self, id: str, small: bool, size: object, sha256: object) -> bytes:
        entry = self._entries.get(media_name(id, small=small))
        if entry is None or entry.file_size != size or entry.file_size > LARGEST_PICTURE:
            raise _damaged()
        with _read_errors():
            data = self._zip.read(entry)
        if hashlib.sha256(data).hexdigest() != sha256 or not (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
            raise _damaged()
        return data

    def _read_manifest(self) -> dict[str, Any]:
        entry = self._entries.get("manifest.json")
        if entry is None or entry.file_size > _LARGEST_MANIFEST:
            raise _damaged()
        with _read_errors():
            found = json.loads(self._zip.read(entry))
        if not isinstance(found, dict) or type(found.get("format")) is not int:
            raise _damaged()
        if found["format"] > FORMAT:
            raise ArchiveProblem(
                f"This archive has format {found['format']}; this Mneme reads up to {FORMAT}.",
                "Update Mneme first.",
            )
        return found


KEYS: Mapping[str, tuple[str, ...]] = {
    "memories": ("id",),
    "versions": ("memory", "version"),
    "sources": ("memory", "observation"),
    "links": ("a", "b", "relation"),
    "episodes": ("id",),
    "pictures": ("id",),
    "tombstones": ("hex",),
}
"""What may stand only once in each table."""


def media_name(id: str, *, small: bool) -> str:
    """The entry that holds a picture or its thumbnail."""
    return f"media/{id}.small.webp" if small else f"media/{id}.webp"


def _info(name: str, packing: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = packing
    info.external_attr = 0o600 << 16
    return info


def _check_directory(source: IO[bytes]) -> None:
    """Bound the number of entries before `zipfile` makes an object of each."""
    size = source.seek(0, io.SEEK_END)
    tail_size = min(size, _END.size + 20 + _END64.size)
    source.seek(size - tail_size)
    tail = source.read(tail_size)
    if len(tail) < _END.size or not tail[-_END.size :].startswith(b"PK\x05\x06"):
        raise _damaged()
    _, _, _, _, entries, length, _, comment = _END.unpack(tail[-_END.size :])
    if tail[-_END.size - 20 :].startswith(b"PK\x06\x07"):
        if not tail.startswith(b"PK\x06\x06"):
            raise _damaged()
        _, _, _, _, _, _, _, entries, length, _ = _END64.unpack(tail[: _END64.size])
    if comment or entries > MOST_ENTRIES or length > MOST_ENTRIES * 128:
        raise ArchiveProblem("This archive has too many parts.", "It was not made by Mneme.")


def _checked_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    known = {f"{name}.jsonl" for name in TABLES} | {"manifest.json"}
    for entry in archive.infolist():
        if entry.filename in found or not (entry.filename in known or _MEDIA.fullmatch(entry.filename)):
            raise ArchiveProblem("This archive holds files that do not belong in one.", "Nothing was imported.")
        packed = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if entry.flag_bits & 0x1 or not packed:
            raise _damaged()
        if entry.file_size > max(_RATIO_FROM, _MOST_RATIO * entry.compress_size):
            raise ArchiveProblem("This archive would unpack to an absurd size.", "Nothing was imported.")
        found[entry.filename] = entry
    if sum(entry.file_size for entry in found.values()) > MOST_BYTES:
        raise ArchiveProblem("This archive would unpack to an absurd size.", "Nothing was imported.")
    return found


def _checked_tables(manifest: dict[str, Any]) -> dict[str, Counted]:
    tables = manifest.get("tables")
    if not isinstance(tables, dict) or set(tables) != set(TABLES):
        raise _damaged()
    found = {}
    for name, facts in tables.items():
        if not isinstance(facts, dict) or set(facts) != {"lines", "bytes", "sha256"}:
            raise _damaged()
        if type(facts["lines"]) is not int or not isinstance(facts["sha256"], str):
            raise _damaged()
        found[name] = Counted(lines=facts["lines"], bytes=facts["bytes"], sha256=facts["sha256"])
    return found


@contextlib.contextmanager
def _read_errors() -> Iterator[None]:
    try:
        yield
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, struct.error, RecursionError),
        *(NotImplementedError, RuntimeError, ValueError, OverflowError, OSError, KeyError),
    ) as error:
        raise _damaged() from error


def _damaged() -> ArchiveProblem:
    return ArchiveProblem("This archive was changed or is not whole.", "Use another copy of it.")
