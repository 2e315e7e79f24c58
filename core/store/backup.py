"""Copies of the vault beside it: made online, verified, a few kept; and the reserve that lets a full disk forget."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import BadInput, DiskFull, Problem, VaultProblem
from core.paths import ProfilePaths
from core.store import faults
from core.store.folder import write_atomically
from core.store.vault import Vault, verify

RESERVE_BYTES = 64 * 2**20
_NAME = re.compile(r"vault-(\d{8}T\d{6}Z)\.db")
_STAMP = "%Y%m%dT%H%M%SZ"
_CHUNK = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One kept copy; the key file of its day lies beside it."""

    name: str
    path: Path
    at: datetime
    bytes: int

    @property
    def key_file(self) -> Path:
        """The profile.json as it was: with it and a passphrase the copy can be read even alone."""
        return self.path.with_suffix(".json")


def back_up(vault: Vault, now: datetime, *, keep: int) -> Backup:
    """Copies, verifies, and keeps the newest `keep` (at least this one).

    Raises DiskFull, DamagedVault, Locked, VaultProblem; a copy that fails is removed.
    """
    paths = vault.paths
    name = now.astimezone(UTC).strftime(f"vault-{_STAMP}.db")
    part, done = paths.backups / (name + ".part"), paths.backups / name
    try:
        paths.backups.mkdir(mode=0o700, exist_ok=True)
        _room_for(paths)
        part.unlink(missing_ok=True)
        vault.copy_to(part)
        write_atomically(done.with_suffix(".json"), paths.public.read_bytes())
        faults.at("before backup rename")
        part.replace(done)
        faults.at("after backup rename")
    except OSError as error:
        part.unlink(missing_ok=True)
        raise VaultProblem("No backup could be made.", "Check the disk: is it full?") from error
    except Problem:
        part.unlink(missing_ok=True)
        raise
    for old in backups(paths)[max(keep, 1) :]:
        _drop(old)
    return _described(done)


def backups(paths: ProfilePaths) -> list[Backup]:
    """What is there, newest first."""
    if not paths.backups.is_dir():
        return []
    found = [path for path in paths.backups.iterdir() if _NAME.fullmatch(path.name)]
    return [_described(path) for path in sorted(found, reverse=True)]


def copies(paths: ProfilePaths) -> list[Path]:
    """Every own copy of the vault, whole or not: what a forget must name and an erase removes."""
    kept = sorted(paths.backups.iterdir()) if paths.backups.is_dir() else []
    return [*kept, *sorted(paths.root.glob("vault-re*"))]


def drop_all(paths: ProfilePaths) -> int:
    """Removes every own copy: part of an erase. Returns how many files. Raises VaultProblem."""
    found = copies(paths)
    try:
        for path in found:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise VaultProblem("A backup cannot be removed.", f"Remove it by hand: {paths.backups}.") from error
    return len(found)


def restore(paths: ProfilePaths, name: str, key: bytes) -> Path:
    """Puts a verified copy in the closed vault's place; the old vault is kept as `vault-replaced.db`.

    Returns where that lies. Open the vault with `trusting` next: that it is older is wanted here.
    Raises BadInput for an unknown name, WrongKey, DamagedVault, NewerVault, VaultProblem.
    """
    found = next((backup for backup in backups(paths) if backup.name == name), None)
    if found is None:
        raise BadInput(f"There is no backup {name!r}.", "`mneme backup list` shows them.")
    verify(found.path, key)
    part = paths.vault.with_name("vault-restored.part")
    replaced = paths.vault.with_name("vault-replaced.db")
    try:
        part.unlink(missing_ok=True)
        _copy_private(found.path, part)
        faults.at("before restore")
        for end in ("-shm", "-wal", ""):
            old = paths.vault.with_name(paths.vault.name + end)
            if old.exists():
                old.replace(replaced.with_name(replaced.name + end))
            faults.at(f"restore moved{end}")
        part.replace(paths.vault)
        faults.at("after restore")
    except OSError as error:
        raise VaultProblem("The backup could not be put back.", "Check the disk: is it full?") from error
    return replaced


# -- the reserve


def hold_reserve(paths: ProfilePaths, size: int = RESERVE_BYTES) -> bool:
    """Keeps `size` bytes aside if the disk has twice that left. Random bytes: a hole would be no reserve."""
    if paths.reserve.exists():
        return True
    if shutil.disk_usage(paths.root).free < 2 * size:
        return False
    part = paths.reserve.with_name(paths.reserve.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for _ in range(0, size, _CHUNK):
                file.write(os.urandom(min(_CHUNK, size)))
            os.fsync(file.fileno())
        part.replace(paths.reserve)
    except OSError:
        part.unlink(missing_ok=True)
        return False
    return True


def release_reserve(paths: ProfilePaths) -> bool:
    """Gives the reserve back to the disk, so that a forget has room. False when there was none."""
    try:
        paths.reserve.unlink()
    except OSError:
        return False
    return True


def _room_for(paths: ProfilePaths) -> None:
    log = paths.vault.with_name(paths.vault.name + "-wal")
    needed = paths.vault.stat().st_size + (log.stat().st_size if log.exists() else 0)
    if shutil.disk_usage(paths.root).free < needed + RESERVE_BYTES // 4:
        raise DiskFull("There is no room for a backup.", "Free some space; the vault itself is safe.")


def _described(path: Path) -> Backup:
    at = datetime.strptime(path.name, f"vault-{_STAMP}.db").replace(tzinfo=UTC)
    return Backup(name=path.name, path=path, at=at, bytes=path.stat().st_size)


def _drop(backup: Backup) -> None:
    backup.path.unlink(missing_ok=True)
    backup.key_file.unlink(missing_ok=True)


def _copy_private(source: Path, target: Path) -> None:
    with (
        source.open("rb") as old,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new,
    ):
        shutil.copyfileobj(old, new, _CHUNK)
        new.flush()
        os.fsync(new.fileno())
