"""What a profile refuses to open, each with a sentence."""

import os
import sqlite3
from pathlib import Path

import pytest

from core.errors import (
    BadInput,
    DamagedVault,
    Locked,
    Missing,
    NewerVault,
    UnsafeProfile,
    VaultProblem,
    WrongKey,
)
from core.paths import ProfilePaths
from core.store import vault as vaults
from core.store.migrations import MIGRATIONS, NEWEST, Migration
from core.store.profile import Profile
from core.store.vault import Vault
from tests.integration.store.stores import QUICK, made, rows, save_rows, unlocked


@pytest.fixture
def closed(tmp_path: Path) -> ProfilePaths:
    opened = made(tmp_path / "p").open_vault()
    save_rows(opened, 12)
    opened.close()
    return ProfilePaths(tmp_path / "p")


def test_a_plaintext_database_in_the_vaults_place_is_refused(closed: ProfilePaths) -> None:
    closed.vault.unlink()
    plain = sqlite3.connect(closed.vault)
    plain.execute("CREATE TABLE meta(key, value)")
    plain.commit()
    plain.close()
    closed.vault.chmod(0o600)
    with pytest.raises(UnsafeProfile, match="unencrypted"):
        unlocked(closed.root).open_vault()


@pytest.mark.parametrize("size", [0, 100, 1024, 4096, 8192])
def test_a_truncated_vault_is_damaged_never_quietly_new(closed: ProfilePaths, size: int) -> None:
    with closed.vault.open("rb+") as file:
        file.truncate(size)
    with pytest.raises(DamagedVault):
        refused_or_found(closed)


def refused_or_found(paths: ProfilePaths) -> None:
    """Cut at a page's end it may open: then the check must find it."""
    opened = unlocked(paths.root).open_vault()
    try:
        if opened.check():
            raise DamagedVault("found by the check")
    finally:
        opened.close()


def test_a_missing_vault_is_damage_not_a_new_start(closed: ProfilePaths) -> None:
    closed.vault.unlink()
    with pytest.raises(DamagedVault, match="missing"):
        unlocked(closed.root).open_vault()
    assert not closed.vault.exists()


def test_a_symlinked_vault_is_refused(closed: ProfilePaths, tmp_path: Path) -> None:
    closed.vault.rename(tmp_path / "elsewhere.db")
    closed.vault.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(UnsafeProfile):
        Profile(closed)
    with pytest.raises(UnsafeProfile, match="symbolic"):
        Vault.open(closed, bytes(32))


@pytest.mark.parametrize("name", ["", "vault.db", "profile.json", "commits.bin"])
def test_a_profile_that_others_can_read_is_refused(closed: ProfilePaths, name: str) -> None:
    path = closed.root / name
    path.chmod(path.stat().st_mode | 0o040)
    with pytest.raises(UnsafeProfile, match="Others can read"):
        Profile(closed)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away; CI is root")
def test_a_profile_of_another_user_is_refused(closed: ProfilePaths) -> None:
    os.chown(closed.vault, 12345, 12345)
    with pytest.raises(UnsafeProfile, match="another user"):
        Profile(closed)


def test_files_are_private_whatever_the_umask_was(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        opened = made(tmp_path / "p").open_vault()
        save_rows(opened, 3)
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "p").iterdir()}
        opened.close()
    finally:
        os.umask(before)
    assert {"vault.db", "vault.db-wal", "profile.json", "commits.bin"} <= set(modes)
    assert set(modes.values()) == {"0o600"}
    assert oct((tmp_path / "p").stat().st_mode & 0o777) == "0o700"


def test_a_wrong_passphrase_is_refused(closed: ProfilePaths) -> None:
    profile = Profile(closed)
    with pytest.raises(WrongKey, match="passphrase"):
        profile.unlock("wrong")
    with pytest.raises(Locked):
        profile.open_vault()


def test_a_wrong_raw_key_is_refused(closed: ProfilePaths) -> None:
    with pytest.raises(WrongKey):
        Vault.open(closed, os.urandom(32))
    with pytest.raises(WrongKey):
        Vault.open(closed, b"short")


def test_a_newer_schema_is_refused_with_both_numbers_and_can_be_read(
    closed: ProfilePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = Migration(NEWEST + 1, "later", ("CREATE TABLE later (x)",))
    with monkeypatch.context() as patch:
        patch.setattr(vaults, "MIGRATIONS", (*MIGRATIONS, later))
        patch.setattr(vaults, "NEWEST", NEWEST + 1)
        unlocked(closed.root).open_vault().close()
    with pytest.raises(NewerVault, match=rf"{NEWEST + 1}.*{NEWEST}"):
        unlocked(closed.root).open_vault()
    reading = unlocked(closed.root).open_vault(read_only=True)
    assert rows(reading) == list(range(12))
    with pytest.raises(VaultProblem, match="reading only"), reading.write():
        pass
    reading.close()


def test_a_library_that_loses_commits_is_refused(closed: ProfilePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaults.sqlcipher, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(Missing, match="can lose a save"):
        unlocked(closed.root)


def test_a_library_that_cannot_encrypt_is_refused(closed: ProfilePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = unlocked(closed.root)
    monkeypatch.setattr(vaults.sqlcipher, "connect", sqlite3.connect)
    with pytest.raises(Missing, match="cannot encrypt"):
        profile.open_vault()


def test_a_profile_is_never_made_over_another(closed: ProfilePaths) -> None:
    with pytest.raises(VaultProblem, match="already"):
        Profile.create(closed, passphrase="other", cost=QUICK)
    closed.public.unlink()
    with pytest.raises(VaultProblem, match="already"):
        Profile.create(closed, passphrase="other", cost=QUICK)


def test_a_new_profile_needs_a_way_in(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="passphrase"):
        Profile.create(ProfilePaths(tmp_path / "q"), passphrase=None)
    with pytest.raises(BadInput, match="empty"):
        Profile.create(ProfilePaths(tmp_path / "q"), passphrase="")


def test_changing_profile_json_to_unfinished_does_not_cost_the_vault(closed: ProfilePaths) -> None:
    closed.public.write_text(closed.public.read_text().replace('"complete": true', '"complete": false'))
    profile = unlocked(closed.root)
    assert profile.notices
    opened = profile.open_vault()
    assert rows(opened) == list(range(12))
    opened.close()
    closed.public.write_text(closed.public.read_text().replace('"complete": true', '"complete": false'))
    with closed.vault.open("rb+") as file:
        file.write(bytes(64))
    size = closed.vault.stat().st_size
    with pytest.raises(DamagedVault):
        unlocked(closed.root).open_vault()
    assert closed.vault.stat().st_size == size
