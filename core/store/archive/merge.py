"""Import: a verified archive merged into the vault in one transaction, without duplicates."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from core.errors import DamagedVault, DiskFull
from core.memory import Channel, Claim, Kind, MediaId, Memory, MemoryId, MergeReport, Trust
from core.store import envelope, memories, tombstones
from core.store.archive.bundle import Bundle
from core.store.archive.opening import Wrapping, opened
from core.store.archive.rows import Row
from core.store.archive.watch import Asked, Progress, Watch
from core.store.boxes import packed, unpacked
from core.store.envelope import ContentKeys
from core.store.media import Media, webp
from core.store.media.patch import applied
from core.store.vault import Vault

_KEPT = "id, version, text, caption, uses, last_used, pinned"
_FIND = f"""
    SELECT {_KEPT} FROM (
      SELECT 1 AS best, * FROM memory WHERE id = :id
      UNION ALL SELECT 2, * FROM memory WHERE content_key = :content_key
      UNION ALL SELECT 3, * FROM memory
        WHERE external_id != '' AND conversation = :conversation AND external_id = :external_id
    ) ORDER BY best LIMIT 1
"""


def merge(
    vault: Vault,
    media: Media,
    path: Path,
    *,
    now: datetime,
    passphrase: str | None = None,
    own: bool | None = None,
    progress: Progress | None = None,
    cancelled: Asked | None = None,
) -> MergeReport:
    """Take the archive at `path` in, all of it or nothing.

    `own`: whether it was made by the person themself. By default an encrypted one is, a plain one
    (which anybody could have written to) is not: its memories come in as captured from others, change
    nothing that is here, and bring no secrets and no tombstones.
    Raises ArchiveProblem (wrong passphrase, changed, absurd), DiskFull, Cancelled, Locked.
    """
    watch = Watch("The import", progress, cancelled)
    with opened(path, passphrase, watch, 400) as (bundle, wrapping):
        if bundle.size > shutil.disk_usage(vault.paths.root).free:
            raise DiskFull("The disk has no room for this archive.", "Free some space.")
        mine = wrapping is Wrapping.ENCRYPTED if own is None else own
        merging = _Merging(vault, media, bundle, watch, now, mine)
        try:
            with vault.write() as db:
                merging.into(db)
        except BaseException:
            media.discard(file for id in merging.put for file in media.files(id))
            raise
    watch.finish()
    return merging.report()


@dataclass(slots=True)
class _Merging:
    """One import on its way. `ids` leads from the archive's ids to ours."""

    vault: Vault
    media: Media
    bundle: Bundle
    watch: Watch
    now: datetime
    own: bool
    ids: dict[str, str] = field(default_factory=dict)
    added: dict[str, Row] = field(default_factory=dict)
    put: dict[MediaId, None] = field(default_factory=dict)
    known: int = 0
    versions: int = 0
    refused: int = 0
    pictures: int = 0
    left_alone: int = 0
    secrets: int = 0
    forgotten_elsewhere: list[MemoryId] = field(default_factory=list)

    def into(self, db: Database) -> None:
        """Everything, inside the open transaction."""
        keys = envelope.content_keys(self.vault)
        judges = [keys, *map(ContentKeys, tombstones.adopted_keys(db))]
        self.watch.part(450, self.bundle.lines("memories"))
        for row in self.bundle.rows("memories"):
            self.watch.step()
            self._memory(db, row, keys, judges)
        self.watch.part(100, sum(map(self.bundle.lines, ("versions", "sources", "links", "episodes", "pictures"))))
        self._versions(db)
        self._sources(db)
        self._links(db)
        self._episodes(db)
        self._pictures(db)
        self._point_to_ours(db)
        if self.own:
            self._tombstones(db)

    def report(self) -> MergeReport:
        """What happened, for the person."""
        notices = []
        if self.left_alone:
            notices.append(f"{self.left_alone} memories have another text in the archive; yours were not changed.")
        if self.secrets:
            notices.append(f"{self.secrets} secrets were left out: they only come from an archive of your own.")
        if self.forgotten_elsewhere:
            notices.append(
                f"{len(self.forgotten_elsewhere)} memories here were forgotten where the archive comes from;"
                " they stay until you forget them here too."
            )
        return MergeReport(
            added=len(self.added),
            known=self.known,
            versions=self.versions,
            refused=self.refused,
            pictures=self.pictures,
            forgotten_elsewhere=tuple(self.forgotten_elsewhere),
            notices=tuple(notices),
        )

    def _memory(self, db: Database, row: Row, keys: ContentKeys, judges: list[ContentKeys]) -> None:
        if not self.own:
            if row["kind"] == Kind.SECRET:
                self.secrets += 1
                self.refused += 1
                return
            row = _as_from_others(row)
        memory = _as_memory(row)
        key = keys.of(memory)
        if any(memories.is_forgotten(db, judge.of(memory)) for judge in judges):
            self.refused += 1
            return
        here = _here(db, row, key)
        if here is not None:
            self.ids[str(row["id"])] = here["id"]
            self._meet(db, here, row)
            return
        memories.insert_row(db, row | {"content_key": key, "boxes": packed(unpacked(str(row["boxes"])))})
        self.ids[str(row["id"])] = str(row["id"])
        self.added[str(row["id"])] = {
            name: row[name] for name in ("episode", "picture", "superseded_by", "folded_into")
        }

    def _meet(self, db: Database, here: dict[str, Any], row: Row) -> None:
        """The same memory is in both: the higher version is shown, the other is history; uses add up to the most."""
        same = (here["text"], here["caption"]) == (row["text"], row["caption"])
        if not self.own:
            self.known += 1
            self.left_alone += not same
            return
        used = max((at for at in (here["last_used"], row["last_used"]) if at is not None), default=None)
        new = {
            "version": max(here["version"], row["version"]) if same else here["version"],
            "uses": max(here["uses"], row["uses"]),
            "last_used": used,
            "pinned": max(here["pinned"], row["pinned"]),
        }
        if any(here[name] != value for name, value in new.items()):
            settings = ", ".join(f"{name} = :{name}" for name in new)
            db.execute(f"UPDATE memory SET {settings} WHERE id = :id", new | {"id": here["id"]})
        if same:
            self.known += 1
        elif row["version"] > here["version"]:
            memories.change(db, MemoryId(here["id"]), {"text": row["text"], "caption": row["caption"]}, self.now)
            db.execute("UPDATE memory SET version = ? WHERE id = ?", [row["version"], here["id"]])
            self.versions += 1
        else:
            self._into_history(db, here, row)

    def _into_history(self, db: Database, here: dict[str, Any], row: Row) -> None:
        """The archive's text is not newer than ours: it belongs before ours, which takes the next number."""
        fields = {"text": row["text"], "caption": row["caption"]}
        told = db.query("SELECT fields FROM memory_version WHERE memory = ?", [here["id"]])
        new = all(json.loads(earlier["fields"]) != fields for earlier in told)
        if not new and row["version"] < here["version"]:
            self.known += 1
            return
        if new:
            _add_version(db, here["id"], here["version"], json.dumps(fields), self.now.timestamp())
        db.execute("UPDATE memory SET version = version + 1 WHERE id = ?", [here["id"]])
        self.versions += 1

    def _rows(self, table: str) -> Iterator[Row]:
        for row in self.bundle.rows(table):
            self.watch.step()
            yield row

    def _versions(self, db: Database) -> None:
        for row in self._rows("versions"):
            id = self.ids.get(str(row["memory"]))
            if id is not None and (self.own or str(row["memory"]) in self.added):
                _add_version(db, id, row["version"], row["fields"], row["replaced"])

    def _sources(self, db: Database) -> None:
        for row in self._rows("sources"):
            a, b = self.ids.get(str(row["memory"])), self.ids.get(str(row["observation"]))
            if a is not None and b is not None and a != b and (self.own or a in self.added):
                db.execute(
                    "INSERT OR IGNORE INTO source (memory, observation, rank) VALUES (?, ?, ?)",
                    [a, b, row["rank"]],
                )

    def _links(self, db: Database) -> None:
        for row in self._rows("links"):
            a, b = self.ids.get(str(row["a"])), self.ids.get(str(row["b"]))
            if a is not None and b is not None and a != b:
                db.execute(
                    "INSERT OR IGNORE INTO link (a, b, relation, reason) VALUES (?, ?, ?, ?)",
                    [a, b, row["relation"], row["reason"]],
                )

    def _episodes(self, db: Database) -> None:
        wanted = {row["episode"] for row in self.added.values()}
        for row in self._rows("episodes"):
            if row["id"] in wanted:
                db.execute(
                    "INSERT OR IGNORE INTO episode (id, title, begins, ends, at_offset, app, conversation)"
                    " VALUES (:id, :title, :begins, :ends, :at_offset, :app, :conversation)",
                    row,
                )

    def _pictures(self, db: Database) -> None:
        """What others are patches on comes first; what is a patch on one that does not come is kept whole."""
        wanted = {row["picture"] for row in self.added.values()}
        rows = {row["id"]: row for row in self._rows("pictures")}
        for row in sorted(rows.values(), key=lambda row: row["base"] is not None):
            id = MediaId(str(row["id"]))
            if id not in wanted or _is_there(db, "picture", id):
                continue
            picture, thumbnail = self.bundle.picture(row)
            base = None if row["base"] is None else MediaId(str(row["base"]))
            if base is not None and base not in self.put:
                try:
                    below = webp.decoded(self.bundle.picture(rows[base])[0])
                    pixels = applied(below, picture, str(row["laid"]))
                except DamagedVault:
                    continue
                base, picture, thumbnail = None, webp.encoded(pixels)[0], webp.thumbnail(pixels)
            self.put[id] = None
            self.media.put(
                *(db, picture, thumbnail),
                width=int(row["width"] or 0),
                height=int(row["height"] or 0),
                form=str(row["form"]),
                id=id,
                base=base,
                laid="" if base is None else str(row["laid"]),
            )
            self.pictures += 1

    def _point_to_ours(self, db: Database) -> None:
        """What an added memory points to is ours, or nothing."""
        for id, row in self.added.items():
            new: dict[str, str | None] = {}
            for name in ("superseded_by", "folded_into"):
                if row[name] is not None and (ours := self.ids.get(str(row[name]))) != row[name]:
                    new[name] = ours
            for name in ("episode", "picture"):
                if row[name] is not None and not _is_there(db, name, row[name]):
                    new[name] = None
            for name, value in new.items():
                db.execute(f"UPDATE memory SET {name} = ? WHERE id = ?", [value, id])

    def _tombstones(self, db: Database) -> None:
        """Take over what was forgotten there, but nothing that lives here: that is the person's to say."""
        said: dict[str, list[bytes]] = {"key": [], "mac": []}
        for row in self.bundle.rows("tombstones"):
            said[str(row["what"])].append(bytes.fromhex(str(row["hex"])))
        macs = set(said["mac"]) - set(tombstones.every(db))
        if not macs:
            return
        theirs = [ContentKeys(key) for key in said["key"]]
        self.watch.part(50, int(db.execute("SELECT count(*) FROM memory").fetchone()[0]))
        for live in db.query("SELECT * FROM memory"):
            self.watch.step()
            memory = _as_memory(live)
            for mac in {judge.of(memory) for judge in theirs} & macs:
                macs.discard(mac)
                self.forgotten_elsewhere.append(MemoryId(live["id"]))
        own = self.vault.derived_key("content")
        for key in said["key"]:
            if key != own:
                tombstones.adopt(db, key)
        tombstones.bury(db, macs)


def _as_from_others(row: Row) -> Row:
    """As something captured: nobody else says what the person wrote, who they are or what they must keep."""
    return row | {
        "kind": Kind.SEMANTIC.value if row["kind"] == Kind.CORE else row["kind"],
        "trust": int(Trust.CAPTURED),
        "importance": min(float(row["importance"] or 0), 1.0),
        "stability_days": min(float(row["stability_days"] or 0), 60.0),
        "mine": 0 if row["channel"] == Channel.SLEEP else int(Claim.FOREIGN),
        "pinned": 0,
        "uses": 0,
        "last_used": None,
    }


def _as_memory(row: Row | dict[str, Any]) -> Memory:
    """What a sleep made counts as derived even where its sources did not travel: its fingerprint hangs on it."""
    sources = (MemoryId(str(row["id"])),) if row["channel"] == Channel.SLEEP else ()
    return envelope.memory_of({"seq": 0, **row}, sources)


def _here(db: Database, row: Row, key: bytes) -> dict[str, Any] | None:
    """The memory here that this one is: the same id, the same content, or the same turn."""
    found = db.execute(_FIND, row | {"content_key": key}).fetchone()
    return None if found is None else dict(zip(_KEPT.split(", "), found, strict=True))


def _is_there(db: Database, table: str, id: object) -> bool:
    return bool(db.execute(f"SELECT 1 FROM {table} WHERE id = ?", [id]).fetchone())


def _add_version(db: Database, id: str, version: object, fields: object, replaced: object) -> None:
    db.execute(
        "INSERT OR IGNORE INTO memory_version (memory, version, fields, replaced) VALUES (?, ?, ?, ?)",
        [id, version, fields, replaced],
    )
