"""Export: memories and their pictures into one file, read back and compared before it gets its name."""

import contextlib
import errno
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from core.errors import ArchiveProblem, DamagedVault, DiskFull, Interrupted
from core.memory import ExportReport, MediaId, MemoryId
from core.store import tombstones
from core.store.archive.bundle import Bundle, BundleWriter
from core.store.archive.container import ChunkReader, ChunkWriter, Header
from core.store.archive.rows import MEMORY
from core.store.archive.watch import Asked, Progress, Watch
from core.store.boxes import as_json
from core.store.media import Media, PictureFacts
from core.store.vault import Vault

_Read = TypeVar("_Read")
_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_BATCH = 500
_TRIES = 50
_COLUMNS = ", ".join(f'"{name}"' for name in MEMORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class What:
    """What an archive is to hold."""

    ids: Sequence[MemoryId] | None = None
    """These memories; None: everything but secrets."""
    secrets: bool = False
    """Whether memories of kind secret may go too: only when the person chose that kind."""
    pictures: bool = True


def export(
    vault: Vault,
    media: Media,
    path: Path,
    *,
    now: datetime,
    passphrase: str | None,
    what: What | None = None,
    plain: bool = False,
    replace: bool = False,
    progress: Progress | None = None,
    cancelled: Asked | None = None,
) -> ExportReport:
    """Write an archive to `path`: encrypted under `passphrase`, or readable by anyone when `plain`.

    It is written beside `path`, read back and compared, and only then takes its name: whatever goes
    wrong leaves nothing behind. Raises ArchiveProblem (no passphrase, no folder, a file is there and
    `replace` is False, something was forgotten meanwhile), DiskFull, Cancelled, Locked.
    """
    if not plain and not passphrase:
        raise ArchiveProblem("An archive needs a passphrase.", "Give one, or ask for a plain archive.")
    if not path.parent.is_dir():
        raise ArchiveProblem("There is no such folder to export to.", "Choose another place.")
    if path.is_dir() or (path.exists() and not replace):
        raise ArchiveProblem("There is a file of that name already.", "Choose another name.")
    watch = Watch("The export", progress, cancelled)
    header = None if plain else Header.fresh()
    key = b"" if header is None else header.key(passphrase or "")
    part = _part_of(path)
    packing = _Packing(vault, media, what or What(), watch, now)
    try:
        with _file_errors():
            with os.fdopen(os.open(part, _NEW_FILE, 0o600), "w+b") as out:
                packing.into(out, header, key)
                size, digest = _read_back(out, key if header else None, watch)
            _put_in_place(part, path)
    finally:
        part.unlink(missing_ok=True)
    watch.finish()
    return ExportReport(
        memories=packing.memories,
        pictures=packing.pictures,
        bytes=size,
        sha256=digest,
        notices=tuple(packing.notices),
    )


@dataclass(slots=True)
class _Packing:
    """One export on its way."""

    vault: Vault
    media: Media
    what: What
    watch: Watch
    now: datetime
    memories: int = 0
    pictures: int = 0
    notices: list[str] = field(default_factory=list)
    _ids: list[str] = field(default_factory=list)
    _chosen: frozenset[str] = frozenset()
    _packed: frozenset[str] = frozenset()

    @property
    def _whole(self) -> bool:
        return self.what.ids is None

    def into(self, out: IO[bytes], header: Header | None, key: bytes) -> None:
        """Write everything, durably."""
        self._choose()
        shell = None if header is None else ChunkWriter(out, header, key)
        with BundleWriter(out if shell is None else cast(IO[bytes], shell)) as bundle:
            self._write(bundle, encrypted=shell is not None)
        if shell is not None:
            shell.finish()
        out.flush()
        os.fsync(out.fileno())

    def _choose(self) -> None:
        rows = self._query(
            "SELECT id FROM memory WHERE state != 'forgotten' AND (kind != 'secret' OR ?) ORDER BY seq",
            [int(self.what.secrets)],
        )
        wanted = None if self.what.ids is None else frozenset(self.what.ids)
        self._ids = [row["id"] for row in rows if wanted is None or row["id"] in wanted]
        self._chosen = frozenset(self._ids)
        if self._whole and not self.what.secrets:
            left = self._query("SELECT count(*) AS n FROM memory WHERE kind = 'secret'", [])[0]["n"]
            if left:
                self.notices.append(f"{left} secrets are not in the archive: choose that kind to take them along.")

    def _write(self, bundle: BundleWriter, *, encrypted: bool) -> None:
        pictures = list(self._pictures(bundle)) if self.what.pictures else []
        self.watch.part(500, len(self._ids))
        self.memories = bundle.table("memories", self._memories())
        bundle.table("pictures", iter(pictures))
        self.watch.part(100, 3 * len(self._ids))
        bundle.table("versions", self._rows("SELECT * FROM memory_version WHERE memory IN ({ids})"))
        bundle.table("sources", self._between("SELECT * FROM source WHERE memory IN ({ids})", "observation"))
        bundle.table("links", self._between("SELECT * FROM link WHERE a IN ({ids})", "b"))
        bundle.table("episodes", self._episodes())
        bundle.table("tombstones", self._tombstones() if encrypted and self._whole else iter(()))
        self._nothing_was_forgotten()
        self.pictures = len(pictures)
        bundle.close(
            {
                "selection": "everything" if self._whole else "some",
                "exported": self.now.timestamp(),
                "memories": self.memories,
                "pictures": self.pictures,
            }
        )

    def _memories(self) -> Iterator[dict[str, Any]]:
        for row in self._rows(f"SELECT {_COLUMNS} FROM memory WHERE id IN ({{ids}}) ORDER BY seq"):
            for name in ("superseded_by", "folded_into"):
                if row[name] not in self._chosen:
                    row[name] = None
            if row["picture"] not in self._packed:
                row["picture"] = None
            row["boxes"] = as_json(row["boxes"])
            yield row

    def _pictures(self, bundle: BundleWriter) -> Iterator[dict[str, Any]]:
        """Those that others are patches on come first; what is a patch on one that does not go along goes whole."""
        rows = self._rows(
            "SELECT p.id, p.base FROM picture p WHERE p.id IN (SELECT picture FROM memory WHERE id IN ({ids}))"
        )
        wanted = {MediaId(row["id"]): row["base"] is not None for row in rows}
        self.watch.part(200, len(wanted))
        lost = 0
        packed: dict[MediaId, PictureFacts] = {}
        for id in sorted(wanted, key=lambda id: (wanted[id], id)):
            self.watch.step()
            try:
                facts, data, small = self._picture(id, packed)
            except DamagedVault:
                lost += 1
                continue
            packed[id] = facts
            yield {
                "id": id,
                "width": facts.width,
                "height": facts.height,
                "form": facts.form,
                "bytes": len(data),
                "small_bytes": len(small),
                "sha256": bundle.picture(id, data, small=False) if data else "",
                "small_sha256": bundle.picture(id, small, small=True) if small else "",
                "base": facts.base,
                "laid": facts.laid,
            }
        self._packed = frozenset(packed)
        if lost:
            self.notices.append(f"{lost} pictures could not be read and are not in the archive.")

    def _picture(self, id: MediaId, packed: Mapping[MediaId, PictureFacts]) -> tuple[PictureFacts, bytes, bytes]:
        """A picture with its bytes and its thumbnail's, all of one moment."""

        def read() -> tuple[PictureFacts, bytes, bytes]:
            with self.vault.read() as db:
                facts = self.media.facts(db, id)
                base = facts.base
                if base is not None and base in packed and packed[base] == self.media.facts(db, base):
                    return facts, self.media.stored(db, id), self.media.get(db, id, True) if facts.small_bytes else b""
                data = self.media.get(db, id) if facts.whole else b""
                return replace(facts, base=None, laid=""), data, self.media.get(db, id, True)

        return _asking_again(read)

    def _episodes(self) -> Iterator[dict[str, Any]]:
        """A title tells of all its members: with only some of them chosen it stays here."""
        seen: set[str] = set()
        sql = (
            "SELECT e.*, (SELECT json_group_array(id) FROM memory WHERE episode = e.id) AS members FROM episode e"
            " WHERE e.id IN (SELECT episode FROM memory WHERE id IN ({ids}))"
        )
        for row in self._rows(sql):
            members = json.loads(row.pop("members"))
            if row["id"] in seen:
                continue
            seen.add(row["id"])
            if not self._whole and not self._chosen.issuperset(members):
                row["title"] = ""
            yield row

    def _tombstones(self) -> Iterator[dict[str, Any]]:
        def adopted() -> tuple[bytes, ...]:
            with self.vault.read() as db:
                return tombstones.adopted_keys(db)

        for key in (self.vault.derived_key("content"), *_asking_again(adopted)):
            yield {"what": "key", "hex": key.hex()}
        for row in self._query("SELECT mac FROM tombstone ORDER BY mac", []):
            yield {"what": "mac", "hex": bytes(row["mac"]).hex()}

    def _between(self, sql: str, other: str) -> Iterator[dict[str, Any]]:
        return (row for row in self._rows(sql) if row[other] in self._chosen)

    def _rows(self, sql: str) -> Iterator[dict[str, Any]]:
        """Rows about the chosen memories, read in short transactions so that a forget never waits."""
        among = sql.replace("{ids}", "SELECT value FROM json_each(?)")
        for start in range(0, len(self._ids), _BATCH):
            for row in self._query(among, [json.dumps(self._ids[start : start + _BATCH])]):
                self.watch.step()
                yield row

    def _nothing_was_forgotten(self) -> None:
        for start in range(0, len(self._ids), _BATCH):
            batch = self._ids[start : start + _BATCH]
            sql = "SELECT count(*) AS n FROM memory WHERE id IN (SELECT value FROM json_each(?))"
            if self._query(sql, [json.dumps(batch)])[0]["n"] != len(batch):
                raise ArchiveProblem("Something was forgotten during the export.", "Export again.")

    def _query(self, sql: str, params: list[Any]) -> list[dict[str, Any]]:
        def read() -> list[dict[str, Any]]:
            with self.vault.read() as db:
                return list(db.query(sql, params))

        return _asking_again(read)


def _asking_again(read: Callable[[], _Read]) -> _Read:
    for _ in range(_TRIES):
        with contextlib.suppress(Interrupted):
            return read()
    return read()


def _read_back(file: IO[bytes], key: bytes | None, watch: Watch) -> tuple[int, str]:
    """Open what was written as an import would; its size and SHA-256."""
    source = file if key is None else cast(IO[bytes], ChunkReader(file, lambda _: key))
    Bundle(source).verify(watch, 200)
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(2**20):
        digest.update(block)
    return file.tell(), digest.hexdigest()


def _part_of(path: Path) -> Path:
    """A new hidden name beside `path`; what an export to it left when it was killed is removed."""
    start = f".mneme-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:12]}"
    for stale in path.parent.glob(f"{start}.{'[0-9a-f]' * 8}.part"):
        with contextlib.suppress(OSError):
            stale.unlink()
    return path.with_name(f"{start}.{secrets.token_hex(4)}.part")


def _put_in_place(part: Path, path: Path) -> None:
    part.replace(path)
    if os.name == "posix":
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _file_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("The disk is full: nothing was exported.", "Choose another place.") from error
        raise ArchiveProblem("The archive cannot be written there.", "Choose another place.") from error
