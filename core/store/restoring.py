"""A copy put in the vault's place: what was forgotten since is forgotten in it first, and nothing is overwritten."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from core.errors import DamagedVault, Problem, VaultProblem
from core.memory import MemoryId
from core.paths import ProfilePaths
from core.store import faults, tombstones
from core.store.backup import ASIDE, RESTORING, STAMP, Backup, backups, copy_private, named, set_aside
from core.store.envelope import ContentKeys, memory_of
from core.store.forget import forget
from core.store.media import Media
from core.store.vault import BadStatement, Vault, connect, translated

_ENDS = ("-shm", "-wal", "")
"""Of a vault's files; the file itself is moved last, so that no log of one vault ever lies beside another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did."""

    aside: Path | None
    """Where the vault as it was lies now; None when there was none."""
    forgotten: int
    """Memories of the copy that were forgotten again, what was derived from them included."""
    unread: tuple[str, ...]
    """Names of copies that cannot be read any more: what was forgotten only there is not known."""


def restore(paths: ProfilePaths, name: str, key: bytes, at: datetime) -> Restored:
    """Puts a verified copy in the closed vault's place, made to forget what this or any other own copy forgot.

    The vault as it was is set aside under a name with `at` (aware) in it; `backup.set_aside` lists it, and it
    can be put back like a backup. Killed at any point, it can be done again.
    Open the vault with `trusting` next: that it is older is wanted here.
    Raises BadInput for an unknown name, WrongKey, DamagedVault, NewerVault, DiskFull, VaultProblem.
    """
    chosen = named(paths, name)
    macs, families, unread = _forgotten_anywhere(paths, key, chosen)
    pictures = _pictures_now(paths, key)
    stage = ProfilePaths(paths.root / RESTORING)
    try:
        _stage(stage, chosen)
        forgotten = _made_to_forget(stage, key, macs, families, pictures, at)
        faults.at("before restore")
        aside = _move_aside(paths, at)
        stage.vault.replace(paths.vault)
        faults.at("after restore")
    except OSError as error:
        raise VaultProblem("The backup could not be put back.", "Check the disk: is it full?") from error
    finally:
        shutil.rmtree(stage.root, ignore_errors=True)
    return Restored(aside=aside, forgotten=forgotten, unread=unread)


def _forgotten_anywhere(
    paths: ProfilePaths, key: bytes, chosen: Backup
) -> tuple[set[bytes], set[bytes], tuple[str, ...]]:
    """Tombstones and adopted fingerprint keys of the vault and all its readable copies; names of the others."""
    macs: set[bytes] = set()
    families: set[bytes] = set()
    unread = []
    own = [paths.vault] if paths.vault.exists() else []
    kept = [one.path for one in backups(paths) if one != chosen]
    for path in (*own, *(one.path for one in set_aside(paths)), *kept):
        try:
            with translated():
                # A backup is whole without a log; the others may have one, which is read in and settled.
                conn = connect(path, key, mode="ro&immutable=1" if path in kept else "rw")
                try:
                    db = Database(conn, recursive_triggers=False, execute_plugins=False)
                    if path not in kept:
                        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                    macs |= set(tombstones.every(db))
                    families |= set(tombstones.adopted_keys(db))
                finally:
                    conn.close()
        except (Problem, BadStatement):
            unread.append(path.name)
    return macs, families, tuple(unread)


def _pictures_now(paths: ProfilePaths, key: bytes) -> dict[str, dict[str, Any]]:
    """The rows of the vault's pictures by id: their files are as it left them. None where it cannot be read."""
    if not paths.vault.exists():
        return {}
    try:
        with translated():
            conn = connect(paths.vault, key, mode="rw")
            try:
                db = Database(conn, recursive_triggers=False, execute_plugins=False)
                return {row["id"]: row for row in db.query("SELECT * FROM picture")}
            finally:
                conn.close()
    except (Problem, BadStatement):
        return {}


def _stage(stage: ProfilePaths, chosen: Backup) -> None:
    shutil.rmtree(stage.root, ignore_errors=True)
    stage.root.mkdir(mode=0o700)
    for end in ("", "-wal"):
        source = chosen.path.with_name(chosen.name + end)
        if source.exists():
            copy_private(source, stage.vault.with_name(stage.vault.name + end))


def _made_to_forget(
    stage: ProfilePaths,
    key: bytes,
    macs: set[bytes],
    families: set[bytes],
    pictures: Mapping[str, Mapping[str, Any]],
    at: datetime,
) -> int:
    vault = Vault.open(stage, key, clock=at.timestamp, trusting=True)
    try:
        if vault.check():
            raise DamagedVault("This copy of the vault is damaged.", "Use another backup.")
        with vault.write() as db:
            for family in sorted(families):
                tombstones.adopt(db, family)
            tombstones.bury(db, sorted(macs))
            Media(stage).as_now(db, pictures)
        doomed = _named_by_tombstones(vault)
        gone = forget(vault, Media(stage), None, doomed)
    finally:
        vault.close()
    return len(gone.forgotten) + len(gone.derived)


def _named_by_tombstones(vault: Vault) -> list[MemoryId]:
    with vault.read() as db:
        found = db.query("SELECT id FROM memory WHERE content_key IN (SELECT mac FROM tombstone) ORDER BY seq")
        doomed = [MemoryId(row["id"]) for row in found]
        judges = [ContentKeys(key) for key in tombstones.adopted_keys(db)]
        if judges:
            macs = set(tombstones.every(db))
            for row in db.query("SELECT * FROM memory ORDER BY seq"):
                memory = memory_of(row)
                if any(judge.of(memory) in macs for judge in judges):
                    doomed.append(memory.id)
    return list(dict.fromkeys(doomed))


def _move_aside(paths: ProfilePaths, at: datetime) -> Path | None:
    """The vault and its log under a name that nothing has; one that was cut off while moving is finished."""
    target = _free_name(paths, at)
    moved = False
    for end in _ENDS:
        old = paths.vault.with_name(paths.vault.name + end)
        if old.exists():
            old.replace(target.with_name(target.name + end))
            moved = True
        faults.at(f"restore moved{end}")
    return target if moved else None


def _free_name(paths: ProfilePaths, at: datetime) -> Path:
    for log in sorted(paths.root.glob(f"{ASIDE}*.db-wal")):
        half = log.with_name(log.name.removesuffix("-wal"))
        if not half.exists():
            return half
    moment = at.astimezone(UTC)
    while True:
        target = paths.root / f"{ASIDE}{moment.strftime(STAMP)}.db"
        if not target.exists():
            return target
        moment += timedelta(seconds=1)
