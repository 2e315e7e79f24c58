"""Pictures: files under a random key each, held in the vault's row: the row gone, none can read it."""

import base64
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from core.errors import BadInput, VaultProblem
from core.memory import MediaId
from core.paths import ProfilePaths
from core.store.media.sealed import new_key, read_sealed, unlink, write_sealed

MEDIA_ID = re.compile(r"[0-9a-z]{26}")
"""All that may become part of a file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What is known of a picture without reading it. Sizes in pixels and encoded bytes."""

    id: MediaId
    width: int
    height: int
    form: str
    bytes: int
    small_bytes: int
    whole: bool
    """False once it was thinned to its thumbnail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep found."""

    orphans: int
    """Files that no row asked for; removed."""
    missing: tuple[MediaId, ...]
    """Pictures with a row whose file is gone."""


class Media:
    """The profile's pictures. `db` is always the database of a transaction the caller has open.

    The file is written before the row, so a crash between the two leaves an orphan that nobody can read.
    Files whose row was taken away are returned as paths: `discard` them once the transaction has committed.
    """

    def __init__(self, paths: ProfilePaths) -> None:
        self._root = paths.media

    def put(
        self,
        db: Database,
        picture: bytes,
        thumbnail: bytes,
        *,
        width: int,
        height: int,
        form: str,
        id: MediaId | None = None,
    ) -> MediaId:
        """Keep a picture (WebP bytes, `width` x `height` pixels, `form` says how it was encoded).

        `id` only when it comes from an archive. An empty `picture` keeps the thumbnail alone. DiskFull,
        VaultProblem when it cannot be written, BadInput when `id` could not be a file's name.
        """
        chosen = MediaId(_new_id()) if id is None else id
        if not MEDIA_ID.fullmatch(chosen):
            raise BadInput("That is not the id of a picture.")
        if not thumbnail or width < 1 or height < 1:
            raise BadInput("A picture needs a thumbnail and a size.")
        small_key, key = new_key(), new_key() if picture else None
        try:
            write_sealed(self._file(chosen, None), thumbnail, small_key, _name(chosen, None))
            if key is not None:
                write_sealed(self._file(chosen, 1), picture, key, _name(chosen, 1))
        except VaultProblem:
            self.discard(self.files(chosen))
            raise
        db.execute(
            "INSERT INTO picture (id, key, width, height, bytes, form, small_key, small_bytes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [chosen, key, width, height, len(picture), form, small_key, len(thumbnail)],
        )
        return chosen

    def get(self, db: Database, id: MediaId, thumbnail: bool = False) -> bytes:
        """The WebP bytes; of a thinned picture always the thumbnail.

        DamagedVault when its file is gone or changed, BadInput when there is no such picture.
        """
        row = self._row(db, id)
        generation, key = row["generation"], row["key"]
        if thumbnail or key is None:
            generation, key = None, row["small_key"]
        return read_sealed(self._file(id, generation), key, _name(id, generation))

    def facts(self, db: Database, id: MediaId) -> PictureFacts:
        """Size and form of one picture; BadInput when there is no such picture."""
        return _facts(self._row(db, id))

    def every(self, db: Database) -> Iterator[PictureFacts]:
        """All pictures, without reading them."""
        for row in db.query("SELECT * FROM picture ORDER BY id"):
            yield _facts(row)

    def used_bytes(self, db: Database) -> int:
        """What all pictures and thumbnails take, in bytes before encryption (32 more each on disk)."""
        return int(db.execute("SELECT coalesce(sum(bytes + small_bytes), 0) FROM picture").fetchone()[0])

    def shrink(
        self, db: Database, id: MediaId, picture: bytes, *, width: int, height: int, form: str
    ) -> tuple[Path, ...]:
        """Put a smaller one in its place, under a new key. Returns files to `discard` after the commit."""
        row = self._row(db, id)
        generation, key = row["generation"] + 1, new_key()
        write_sealed(self._file(id, generation), picture, key, _name(id, generation))
        db.execute(
            "UPDATE picture SET key = ?, width = ?, height = ?, bytes = ?, form = ?, generation = ? WHERE id = ?",
            [key, width, height, len(picture), form, generation, id],
        )
        return (self._file(id, row["generation"]),)

    def keep_thumbnail(self, db: Database, ids: Sequence[MediaId]) -> tuple[Path, ...]:
        """Give up the pictures but not their thumbnails. Returns files to `discard` after the commit."""
        files = []
        for id in ids:
            row = self._row(db, id)
            db.execute("UPDATE picture SET key = NULL, bytes = 0 WHERE id = ?", [id])
            files.append(self._file(id, row["generation"]))
        return tuple(files)

    def remove(self, db: Database, ids: Sequence[MediaId]) -> tuple[Path, ...]:
        """Take rows and keys away; passes over unknown ids. Returns files to `discard` after the commit."""
        for id in ids:
            db.execute("DELETE FROM picture WHERE id = ?", [id])
        return tuple(file for id in ids for file in self.files(id))

    def discard(self, files: Iterable[Path]) -> int:
        """Remove files whose key is gone; how many were there. What a crash leaves, `sweep` finds."""
        return sum(unlink(file) for file in files)

    def sweep(self, db: Database) -> Swept:
        """Remove files that no row asks for. Only inside a write transaction: a picture may be on its way."""
        wanted: dict[Path, MediaId] = {}
        for row in db.query("SELECT id, generation, key IS NOT NULL AS whole FROM picture"):
            id = MediaId(row["id"])
            wanted[self._file(id, None)] = id
            if row["whole"]:
                wanted[self._file(id, row["generation"])] = id
        orphans = 0
        for file in list(self._root.glob("*/*")) + list(self._root.glob("*/.*")):
            if wanted.pop(file, None) is None and not file.is_dir():
                orphans += unlink(file)
        return Swept(orphans=orphans, missing=tuple(sorted(set(wanted.values()))))

    def files(self, id: MediaId) -> tuple[Path, ...]:
        """The files of a picture that are on the disk now, whether or not it has a row."""
        if not MEDIA_ID.fullmatch(id):
            return ()
        return tuple(sorted((self._root / id[:2]).glob(f"{id}.*")))

    def _row(self, db: Database, id: MediaId) -> dict[str, Any]:
        for row in db.query("SELECT * FROM picture WHERE id = ?", [id]):
            return row
        raise BadInput("There is no such picture.", "It may have been forgotten.")

    def _file(self, id: MediaId, generation: int | None) -> Path:
        return self._root / id[:2] / f"{_name(id, generation)}.bin"


def _name(id: MediaId, generation: int | None) -> str:
    if generation is None:
        return f"{id}.small"
    return id if generation == 1 else f"{id}.{generation}"


def _new_id() -> str:
    return base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]


def _facts(row: dict[str, Any]) -> PictureFacts:
    return PictureFacts(
        id=MediaId(str(row["id"])),
        width=row["width"],
        height=row["height"],
        form=str(row["form"]),
        bytes=row["bytes"],
        small_bytes=row["small_bytes"],
        whole=row["key"] is not None,
    )
