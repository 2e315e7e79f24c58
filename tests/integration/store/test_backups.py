"""Backups are whole, few, restorable, and gone after an erase; migrations survive being killed."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import BadInput, DamagedVault
from core.store.backup import back_up, backups, copies, drop_all
from core.store.migrations import MIGRATIONS, NEWEST
from core.store.vault import verify
from tests.integration.store.stores import made, rows, save_rows, unlocked

MORNING = datetime(2026, 11, 21, 8, tzinfo=UTC)
PROJECT = Path(__file__).resolve().parents[3]


def test_the_newest_backups_are_kept_and_one_can_be_put_back(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    opened = profile.open_vault()
    for day in range(5):
        save_rows(opened, 4, first=4 * day)
        back_up(opened, MORNING + timedelta(days=day), keep=3)
    kept = backups(profile.paths)
    assert [backup.at.day for backup in kept] == [25, 24, 23]
    assert all(backup.key_file.exists() for backup in kept)
    assert {oct(path.stat().st_mode & 0o777) for path in copies(profile.paths)} == {"0o600"}
    opened.close()
    profile.restore(kept[-1].name)
    again = unlocked(tmp_path / "p").open_vault()
    assert rows(again) == list(range(12))
    assert again.notices == ()
    again.close()
    with pytest.raises(BadInput, match="no backup"):
        profile.restore("vault-20000101T000000Z.db")


def test_a_backup_is_readable_with_its_own_key_file_alone(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    opened = profile.open_vault()
    save_rows(opened, 6)
    backup = back_up(opened, MORNING, keep=1)
    opened.close()
    alone = tmp_path / "alone"
    alone.mkdir(mode=0o700)
    backup.path.rename(alone / "vault.db")
    backup.key_file.rename(alone / "profile.json")
    found = unlocked(alone).open_vault()
    assert rows(found) == list(range(6))
    found.close()


def test_a_damaged_backup_is_not_put_back(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    opened = profile.open_vault()
    save_rows(opened, 30)
    backup = back_up(opened, MORNING, keep=1)
    opened.close()
    data = bytearray(backup.path.read_bytes())
    data[len(data) // 2] ^= 1
    backup.path.write_bytes(data)
    with pytest.raises(DamagedVault):
        profile.restore(backup.name)
    again = unlocked(tmp_path / "p").open_vault()
    assert rows(again) == list(range(30))
    assert again.notices == ()
    again.close()


def test_an_erase_leaves_no_copy_and_no_page_under_the_old_key(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    opened = profile.open_vault()
    save_rows(opened, 10)
    old = opened._key
    back_up(opened, MORNING, keep=3)
    assert drop_all(profile.paths) == 1, "a copy and its key file are one"
    profile.renew_key(opened)
    opened.close()
    assert copies(profile.paths) == []
    with pytest.raises(Exception, match="does not open"):
        verify(profile.paths.vault, old)
    again = unlocked(tmp_path / "p").open_vault()
    assert rows(again) == list(range(10))
    again.close()


MIGRATING = """
import os, signal, sys
from pathlib import Path
from core.store import faults, vault
from core.store.migrations import MIGRATIONS, NEWEST, Migration
from tests.integration.store.stores import unlocked
later = Migration(NEWEST + 1, "later", ("CREATE TABLE later (x)", "INSERT INTO later VALUES (1)", "DROP TABLE gap"))
vault.MIGRATIONS, vault.NEWEST = (*MIGRATIONS, later), NEWEST + 1
def at(point):
    if point == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
faults.at = at
opened = unlocked(Path(sys.argv[1])).open_vault()
sys.stdout.write(str(opened.schema))
opened.close()
"""


@pytest.mark.parametrize("step", ["0", "1", "2", " before commit", " after commit"])
def test_a_migration_killed_at_any_step_is_done_whole_or_not_at_all(tmp_path: Path, step: str) -> None:
    opened = made(tmp_path / "p").open_vault()
    save_rows(opened, 8)
    opened.close()
    number = len(MIGRATIONS) + 1
    point = f"migration {number}.{step}" if step.isdigit() else f"migration {number}{step}"

    def migrate(at: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", MIGRATING, str(tmp_path / "p"), at],
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert migrate(point).returncode == -signal.SIGKILL
    if step != " after commit":
        before = unlocked(tmp_path / "p").open_vault()
        assert before.schema == NEWEST
        assert rows(before) == list(range(8))
        before.close()
    assert migrate("never").stdout == str(NEWEST + 1)
    reading = unlocked(tmp_path / "p").open_vault(read_only=True)
    assert rows(reading) == list(range(8))
    assert reading.check() == ()
    reading.close()
