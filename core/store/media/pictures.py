"""Pictures: files under a random key each, held in the vault's row: the row gone, none can read it.

One that differs little from another is kept as its patch on that one, its base. A base is always whole, so reading is
one base and one patch.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from core.errors import BadInput, DamagedVault, VaultProblem
from core.memory import MediaId
from core.paths import ProfilePaths
from core.store.media import webp
from core.store.media.facts import PictureFacts, Swept, facts_of
from core.store.media.patch import applied, difference, differing
from core.store.media.rows import in_order, may_bear, name_of, new_id, resting
from core.store.media.sealed import new_key, read_sealed, unlink, write_sealed
from core.store.media.webp import Pixels

_COLUMNS = ("key", "width", "height", "bytes", "form", "small_key", "small_bytes", "generation", "base", "laid")
MEDIA_ID = re.compile(r"[0-9a-z]{26}")
"""All that may become part of a file's name."""


class BaseGone(VaultProblem):
    """The picture that a patch was made for is no longer there as it was: keep it whole instead."""

    def __init__(self) -> None:
        super().__init__("The picture that this one was kept against is gone.", "It is kept whole instead.")


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
        base: MediaId | None = None,
        laid: str = "",
    ) -> MediaId:
        """Keep a picture (WebP bytes, `width` x `height` pixels, `form` says how it was encoded).

        `id` only when it comes from an archive. An empty `picture` keeps the thumbnail alone. With a `base`, a whole
        picture of the same size, `picture` is a patch that is `laid` on it; its thumbnail may be empty and is then
        made when it is asked for. DiskFull, VaultProblem when it cannot be written, BaseGone when `base` is no longer
        there as a whole picture of that size, BadInput when `id` could not be a file's name.
        """
        chosen = MediaId(new_id()) if id is None else id
        if not MEDIA_ID.fullmatch(chosen):
            raise BadInput("That is not the id of a picture.")
        if not (thumbnail or (base is not None and picture)) or width < 1 or height < 1:
            raise BadInput("A picture needs a thumbnail and a size.")
        if base is not None and not may_bear(db, base, width, height):
            raise BaseGone
        small_key, key = new_key() if thumbnail else b"", new_key() if picture else None
        try:
            if thumbnail:
                write_sealed(self._file(chosen, None), thumbnail, small_key, name_of(chosen, None))
            if key is not None:
                write_sealed(self._file(chosen, 1), picture, key, name_of(chosen, 1))
        except VaultProblem:
            self.discard(self.files(chosen))
            raise
        db.execute(
            "INSERT INTO picture (id, key, width, height, bytes, form, small_key, small_bytes, base, laid)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [chosen, key, width, height, len(picture), form, small_key, len(thumbnail), base, laid],
        )
        return chosen

    def get(self, db: Database, id: MediaId, thumbnail: bool = False) -> bytes:
        """The WebP bytes of all that it shows; of a thinned picture always the thumbnail.

        DamagedVault when its file or its base's is gone or changed, BadInput when there is no such picture.
        """
        row = self._row(db, id)
        if row["key"] is None or (thumbnail and row["small_bytes"]):
            return self._small(row)
        if row["base"] is None and not thumbnail:
            return self._data(row)
        pixels = self._pixels(db, row)
        return webp.thumbnail(pixels) if thumbnail else webp.quickly(pixels)

    def stored(self, db: Database, id: MediaId) -> bytes:
        """The WebP bytes as they are kept: of a patch only the patch. Errors as of `get`."""
        return self._data(self._row(db, id))

    def facts(self, db: Database, id: MediaId) -> PictureFacts:
        """Size and form of one picture; BadInput when there is no such picture."""
        return facts_of(self._row(db, id))

    def every(self, db: Database) -> Iterator[PictureFacts]:
        """All pictures, without reading them."""
        for row in db.query("SELECT * FROM picture ORDER BY id"):
            yield facts_of(row)

    def used_bytes(self, db: Database) -> int:
        """What all pictures and thumbnails take, in bytes before encryption (32 more each on disk)."""
        return int(db.execute("SELECT coalesce(sum(bytes + small_bytes), 0) FROM picture").fetchone()[0])

    def resting_on(self, db: Database, id: MediaId) -> tuple[MediaId, ...]:
        """The pictures that are patches on this one."""
        return tuple(MediaId(str(row["id"])) for row in resting(db, id))

    def halve(self, db: Database, id: MediaId) -> tuple[Path, ...]:
        """Put pictures of half the sides in place of this one and of all that rest on it, under new keys.

        Where that would save nothing, and for a patch by itself, only its form says so. Returns files to `discard`
        after the commit. What cannot be read is left as it is.
        """
        row = self._row(db, id)
        group = [row, *resting(db, id)]
        db.execute("UPDATE picture SET form = 'half' WHERE id = ?1 OR base = ?1", [id])
        if row["base"] is not None or row["key"] is None:
            return ()
        try:
            ground = webp.half(self._pixels(db, row))
            made = [(webp.encoded(ground)[0], ""), *(self._half_on(db, ground, one) for one in group[1:])]
        except DamagedVault:
            return ()
        if sum(len(data) for data, _ in made) >= sum(one["bytes"] for one in group):
            return ()
        files: list[Path] = []
        with self._writing() as written:
            for one, (data, laid) in zip(group, made, strict=True):
                files.append(self._file(one["id"], one["generation"]))
                self._rewrite(db, one, data, written, base=one["base"], laid=laid)
        height, width = ground.shape[:2]
        db.execute("UPDATE picture SET width = ?2, height = ?3 WHERE id = ?1 OR base = ?1", [id, width, height])
        return tuple(files)

    def keep_thumbnail(self, db: Database, ids: Sequence[MediaId]) -> tuple[Path, ...]:
        """Give up the pictures but not their thumbnails. Returns files to `discard` after the commit."""
        with self._writing() as written:
            files = self._without(db, ids, written)
            for row in [self._row(db, id) for id in ids]:
                if not row["small_bytes"]:
                    self._keep_small(db, row, written)
        for id in ids:
            row = self._row(db, id)
            db.execute("UPDATE picture SET key = NULL, bytes = 0, base = NULL, laid = '' WHERE id = ?", [id])
            files.append(self._file(id, row["generation"]))
        return tuple(files)

    def blacken(
        self,
        db: Database,
        places: Mapping[MediaId, Sequence[tuple[int, int, int, int]]],
        gone: Sequence[MediaId] = (),
        step: Callable[[], None] = lambda: None,
    ) -> tuple[Path, ...]:
        """Fill places (left, top, width, height) of pictures with black, and take the pictures `gone` away.

        The former get new keys, and thumbnails made anew; they stay patches on their base, or on one another where that
        is `gone`. What rests on any of them and is none is kept without it; what cannot be read any more is lost.
        `step` is called after each. Returns files to `discard` after the commit.
        """
        leaving = {*places, *gone}
        with self._writing() as written:
            files = self._without(db, list(leaving), written, step)
            by_ground: dict[MediaId, list[dict[str, Any]]] = {}
            for row in in_order(db, places):
                by_ground.setdefault(MediaId(row["base"] or row["id"]), []).append(row)
            for ground, rows in by_ground.items():
                shown = [(row, _black(self._shown(db, row), places[row["id"]])) for row in rows]
                for row in rows:
                    files.append(self._file(row["id"], row["generation"]))
                    if row["small_bytes"]:
                        files.append(self._file(row["id"], None))
                    db.execute("UPDATE picture SET small_key = x'', small_bytes = 0 WHERE id = ?", [row["id"]])
                self._keep_together(db, shown, None if ground in leaving else ground, written, step)
        return (*files, *self.remove(db, gone))

    def remove(self, db: Database, ids: Sequence[MediaId]) -> tuple[Path, ...]:
        """Take rows and keys away; passes over unknown ids. Returns files to `discard` after the commit.

        What rested on one of them and stays is kept without it from then on, in the same transaction.
        """
        with self._writing() as written:
            files = self._without(db, ids, written)
        for id in ids:
            db.execute("DELETE FROM picture WHERE id = ?", [id])
        return (*files, *(file for id in ids for file in self.files(id)))

    def as_now(self, db: Database, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Let an older copy of the vault know its pictures as their files are now: `rows` of the vault as it was last.

        A picture that was thinned or whose base was forgotten since is another file by now, under another key.
        """
        here = {row["id"] for row in db.query("SELECT id FROM picture")}
        for id in here & rows.keys():
            now = {"base": None, "laid": "", **rows[id]}
            if now["base"] is None or now["base"] in here:
                settings = ", ".join(f"{name} = :{name}" for name in _COLUMNS)
                db.execute(f"UPDATE picture SET {settings} WHERE id = :id", now)

    def discard(self, files: Iterable[Path]) -> int:
        """Remove files whose key is gone; how many were there. What a crash leaves, `sweep` finds."""
        return sum(unlink(file) for file in files)

    def sweep(self, db: Database) -> Swept:
        """Remove files that no row asks for. Only inside a write transaction: a picture may be on its way."""
        wanted: dict[Path, MediaId] = {}
        missing: set[MediaId] = set()
        for row in db.query(
            "SELECT id, generation, key IS NOT NULL AS whole, small_bytes, base IS NULL OR EXISTS"
            " (SELECT 1 FROM picture b WHERE b.id = p.base AND b.key IS NOT NULL) AS founded FROM picture p"
        ):
            id = MediaId(row["id"])
            if row["small_bytes"]:
                wanted[self._file(id, None)] = id
            if row["whole"]:
                wanted[self._file(id, row["generation"])] = id
            if not row["founded"] or not (row["whole"] or row["small_bytes"]):
                missing.add(id)
        orphans = 0
        for file in list(self._root.glob("*/*")) + list(self._root.glob("*/.*")):
            if wanted.pop(file, None) is None and not file.is_dir():
                orphans += unlink(file)
        return Swept(orphans=orphans, missing=tuple(sorted(missing | set(wanted.values()))))

    def files(self, id: MediaId) -> tuple[Path, ...]:
        """The files of a picture that are on the disk now, whether or not it has a row."""
        if not MEDIA_ID.fullmatch(id):
            return ()
        return tuple(sorted((self._root / id[:2]).glob(f"{id}.*")))

    def _without(
        self, db: Database, ids: Sequence[MediaId], written: list[Path], step: Callable[[], None] = lambda: None
    ) -> list[Path]:
        """Keep what rests on any of these, and is none of them, without it. Files to discard after the commit."""
        leaving, files = set(ids), list[Path]()
        for id in ids:
            if left := [row for row in resting(db, id) if row["id"] not in leaving]:
                files += [self._file(row["id"], row["generation"]) for row in left]
                below = self._ground(db, id)
                self._keep_together(db, ((row, self._shown(db, row, below)) for row in left), None, written, step)
        return files

    def _keep_together(
        self,
        db: Database,
        shown: Iterable[tuple[dict[str, Any], Pixels | None]],
        base: MediaId | None,
        written: list[Path],
        step: Callable[[], None],
    ) -> None:
        """Keep pictures anew as patches on `base`, without one on the first of them; what could not be read is lost."""
        ground = None if base is None else self._ground(db, base)
        for row, pixels in shown:
            if pixels is None:
                db.execute("UPDATE picture SET key = NULL, bytes = 0, base = NULL, laid = '' WHERE id = ?", [row["id"]])
            elif ground is None:
                ground, base = pixels, MediaId(row["id"])
                self._rewrite(db, row, webp.encoded(pixels)[0], written)
                if not row["small_bytes"]:
                    self._keep_small(db, row, written, pixels)
            else:
                patch = difference(ground, pixels, differing(ground, pixels))
                self._rewrite(db, row, patch.data, written, base=base, laid=patch.laid)
            step()

    def _shown(self, db: Database, row: dict[str, Any], below: Pixels | None = None) -> Pixels | None:
        """As `_pixels`; None where it cannot be read any more."""
        try:
            return self._pixels(db, row, below)
        except DamagedVault:
            return None

    def _ground(self, db: Database, id: MediaId) -> Pixels | None:
        """What a base shows; None where it cannot be read any more."""
        return next((self._shown(db, row) for row in db.query("SELECT * FROM picture WHERE id = ?", [id])), None)

    def _half_on(self, db: Database, ground: Pixels, row: dict[str, Any]) -> tuple[bytes, str]:
        """A patch of half the sides, and where it is laid."""
        pixels = webp.half(self._pixels(db, row))
        patch = difference(ground, pixels, differing(ground, pixels))
        return patch.data, patch.laid

    def _rewrite(
        self,
        db: Database,
        row: dict[str, Any],
        data: bytes,
        written: list[Path],
        *,
        base: MediaId | None = None,
        laid: str = "",
    ) -> None:
        """Other bytes for a picture, as its next generation and under a new key."""
        id, generation, key = MediaId(row["id"]), row["generation"] + 1, new_key()
        file = self._file(id, generation)
        write_sealed(file, data, key, name_of(id, generation))
        written.append(file)
        db.execute(
            "UPDATE picture SET key = ?, bytes = ?, generation = ?, base = ?, laid = ? WHERE id = ?",
            [key, len(data), generation, base, laid, id],
        )

    def _keep_small(self, db: Database, row: dict[str, Any], written: list[Path], pixels: Pixels | None = None) -> None:
        """Write the thumbnail that was made on demand until now; none where the picture cannot be read."""
        try:
            small = webp.thumbnail(self._pixels(db, row) if pixels is None else pixels)
        except DamagedVault:
            return
        id, key = MediaId(row["id"]), new_key()
        file = self._file(id, None)
        write_sealed(file, small, key, name_of(id, None))
        written.append(file)
        db.execute("UPDATE picture SET small_key = ?, small_bytes = ? WHERE id = ?", [key, len(small), id])

    @contextmanager
    def _writing(self) -> Iterator[list[Path]]:
        """A list for files that are written: they go again when not all of them could be."""
        written: list[Path] = []
        try:
            yield written
        except BaseException:
            self.discard(written)
            raise

    def _pixels(self, db: Database, row: dict[str, Any], below: Pixels | None = None) -> Pixels:
        """(h, w, 3) RGB of what a row shows; `below`: what its base shows, where that was read already."""
        if row["base"] is None:
            return webp.decoded(self._data(row))
        if below is None:
            base = next(iter(db.query("SELECT * FROM picture WHERE id = ? AND base IS NULL", [row["base"]])), None)
            if base is None:
                raise DamagedVault("What a picture was kept against is gone.", "The text read from it is not affected.")
            below = webp.decoded(self._data(base))
        return applied(below, self._data(row), row["laid"])

    def _data(self, row: dict[str, Any]) -> bytes:
        if row["key"] is None:
            raise DamagedVault("Of this picture only a thumbnail is left.", "The text read from it is not affected.")
        id, generation = MediaId(row["id"]), row["generation"]
        return read_sealed(self._file(id, generation), row["key"], name_of(id, generation))

    def _small(self, row: dict[str, Any]) -> bytes:
        if not row["small_bytes"]:
            raise DamagedVault("A picture's file is gone or was changed.", "The text read from it is not affected.")
        return read_sealed(self._file(MediaId(row["id"]), None), row["small_key"], name_of(MediaId(row["id"]), None))

    def _row(self, db: Database, id: MediaId) -> dict[str, Any]:
        for row in db.query("SELECT * FROM picture WHERE id = ?", [id]):
            return row
        raise BadInput("There is no such picture.", "It may have been forgotten.")

    def _file(self, id: MediaId, generation: int | None) -> Path:
        return self._root / id[:2] / f"{name_of(id, generation)}.bin"


def _black(pixels: Pixels | None, places: Sequence[tuple[int, int, int, int]]) -> Pixels | None:
    """A copy with these places black."""
    if pixels is None:
        return None
    out = pixels.copy()
    for left, top, wide, high in places:
        out[max(0, top) : max(0, top + high), max(0, left) : max(0, left + wide)] = 0
    return out
