"""Copies of the vault beside it: made online, verified, a few kept; and the reserve that lets a full disk forget."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import BadInput, DiskFull, Problem, VaultProblem
from core.paths import ProfilePaths
from core.store import faults
from core.store.folder import write_atomically
from core.store.vault import Vault

RESERVE_BYTES = 64 * 2**20
ASIDE = "vault-replaced-"
"""How the names of vaults begin that a restore has set aside."""
RESTORING = "restoring"
"""The folder in which a copy is made ready, gone when a restore has ended."""
STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"vault-(\d{8}T\d{6}Z)\.db")
_ASIDE = re.compile(rf"{ASIDE}(\d{{8}}T\d{{6}}Z)\.db")
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
    name = now.astimezone(UTC).strftime(f"vault-{STAMP}.db")
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
    return _found(paths.backups, _NAME)


def set_aside(paths: ProfilePaths) -> list[Backup]:
    """The vaults that a restore has set aside, newest first; each can be put back like a backup."""
    return _found(paths.root, _ASIDE)


def named(paths: ProfilePaths, name: str) -> Backup:
    """The backup or the vault set aside with this name. Raises BadInput."""
    for one in (*backups(paths), *set_aside(paths)):
        if one.name == name:
            return one
    raise BadInput(f"There is no backup {name!r}.", "`mneme backup list` shows them.")


def copies(paths: ProfilePaths) -> list[Path]:
    """Every file of an own copy of the vault, whole or not: what an erase removes."""
    folders = (paths.backups, paths.root / RESTORING)
    kept = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    return [*kept, *sorted(paths.root.glob("vault-re*"))]


def named_copies(paths: ProfilePaths) -> dict[str, Path]:
    """Each own copy, whole or not, by what a proof calls it."""
    beside = (".json", "-wal", "-shm", ".bin")
    found = [path for path in copies(paths) if not path.name.endswith(beside)]
    return {
        f"backup {path.name}" if path.parent == paths.backups else f"vault set aside {path.name}": path
        for path in found
    }


def copies_with(vault: Vault, ids: Sequence[str], content_keys: Sequence[bytes]) -> tuple[str, ...]:
    """For the proof of a forget, after it: the own copies that hold one of these, or of which it cannot be told."""
    return tuple(name for name, path in named_copies(vault.paths).items() if vault.may_be_in(path, ids, content_keys))


def drop_all(paths: ProfilePaths) -> int:
    """Removes every own copy: part of an erase. Returns how many copies. Raises VaultProblem."""
    number = len(named_copies(paths))
    try:
        for path in copies(paths):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise VaultProblem("A backup cannot be removed.", f"Remove it by hand: {paths.backups}.") from error
    return number


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


def _found(folder: Path, pattern: re.Pattern[str]) -> list[Backup]:
    if not folder.is_dir():
        return []
    named = [path for path in folder.iterdir() if pattern.fullmatch(path.name)]
    return [_described(path) for path in sorted(named, reverse=True)]


def _described(path: Path) -> Backup:
    at = datetime.strptime(path.stem[-len("20260101T000000Z") :], STAMP).replace(tzinfo=UTC)
    return Backup(name=path.name, path=path, at=at, bytes=path.stat().st_size)


def _drop(backup: Backup) -> None:
    backup.path.unlink(missing_ok=True)
    backup.key_file.unlink(missing_ok=True)


def copy_private(source: Path, target: Path) -> None:
    """A copy that is there when this returns, for its owner alone; `target` must not exist. Raises OSError."""
    with (
        source.open("rb") as old,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new,
    ):
        shutil.copyfileobj(old, new, _CHUNK)
        new.flush()
        os.fsync(new.fileno())
