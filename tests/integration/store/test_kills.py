"""Saved means saved: killed at every named point and at random times."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Missing
from core.paths import ProfilePaths
from core.store.backup import backups
from core.store.profile import Profile
from core.store.vault import verify
from tests.integration.store.stores import PASSPHRASE, made, rows, unlocked

PROJECT = Path(__file__).resolve().parents[3]
CHILD = Path(__file__).with_name("saving_child.py")
SAVING = (
    *("before begin", "after begin", "before commit", "after commit"),
    *("before counter", "after counter", "before checkpoint", "after checkpoint"),
)
TWICE = ("before rename profile.json", "after rename profile.json", "before checkpoint", "after checkpoint")
RENEWING = (
    *((point, occurrence) for point in TWICE for occurrence in (1, 2)),
    *((point, 1) for point in ("before vacuum", "before rekey", "after rekey")),
)
BACKING_UP = ("before backup", "after backup copy", "before backup rename", "after backup rename")


def start(root: Path, point: str, occurrence: int, work: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(root), point, str(occurrence), work],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def killed(root: Path, point: str, occurrence: int, work: str) -> list[int]:
    """Runs the child until it dies at the point; the rows that it was told are saved."""
    with start(root, point, occurrence, work) as child:
        said, _ = child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL, f"the child never came to {point!r}"
    return [int(line) for line in said.split()]


def whole(root: Path, acknowledged: list[int]) -> list[int]:
    """Opens the profile after a kill: all acknowledged rows, at most one more, nothing announced, no damage."""
    profile = unlocked(root)
    assert profile.notices == ()
    with_rows = profile.open_vault()
    found = rows(with_rows)
    assert found[: len(acknowledged)] == acknowledged
    assert len(found) - len(acknowledged) <= 1
    assert with_rows.notices == ()
    assert with_rows.check() == ()
    with_rows.close()
    return found


@pytest.mark.parametrize("point", SAVING)
@pytest.mark.parametrize("occurrence", [1, 3])
def test_nothing_acknowledged_is_lost_when_killed_while_saving(tmp_path: Path, point: str, occurrence: int) -> None:
    made(tmp_path / "p").open_vault().close()
    whole(tmp_path / "p", killed(tmp_path / "p", point, occurrence, "save"))


@pytest.mark.parametrize(("point", "occurrence"), RENEWING)
def test_an_erase_that_is_killed_leaves_one_key_that_opens_everything(
    tmp_path: Path, point: str, occurrence: int
) -> None:
    made(tmp_path / "p").open_vault().close()
    whole(tmp_path / "p", killed(tmp_path / "p", point, occurrence, "renew"))
    assert '"next_key": null' in (tmp_path / "p" / "profile.json").read_text()


@pytest.mark.parametrize("point", BACKING_UP)
def test_a_backup_that_is_killed_harms_nothing_and_counts_only_when_whole(tmp_path: Path, point: str) -> None:
    made(tmp_path / "p").open_vault().close()
    whole(tmp_path / "p", killed(tmp_path / "p", point, 1, "back up"))
    profile = unlocked(tmp_path / "p")
    kept = backups(ProfilePaths(tmp_path / "p"))
    assert len(kept) == (1 if point == "after backup rename" else 0)
    for backup in kept:
        profile.restore(backup.name)
        whole(tmp_path / "p", list(range(20)))


@pytest.mark.parametrize("point", ["before restore", "restore moved-wal", "restore moved", "after restore"])
def test_a_restore_that_is_killed_can_be_done_again(tmp_path: Path, point: str) -> None:
    made(tmp_path / "p").open_vault().close()
    killed(tmp_path / "p", point, 1, "restore")
    profile = unlocked(tmp_path / "p")
    profile.restore(backups(profile.paths)[0].name)
    whole(tmp_path / "p", list(range(20)))


MAKING = (
    *("before rename profile.json", "migration 1.0", "migration 1.9", "migration 1 before commit"),
    *("migration 1 after commit", "before checkpoint", "after checkpoint", "before profile complete"),
)


@pytest.mark.parametrize("point", MAKING)
def test_a_profile_that_was_killed_while_it_was_made_is_finished_or_made_again(tmp_path: Path, point: str) -> None:
    assert killed(tmp_path / "p", point, 1, "make") == []
    paths = ProfilePaths(tmp_path / "p")
    if point == "before rename profile.json":
        with pytest.raises(Missing):
            Profile(paths)
        made(paths.root)
    whole(paths.root, [])


@pytest.mark.parametrize("seed", range(20))
def test_nothing_acknowledged_is_lost_when_killed_at_any_moment(tmp_path: Path, seed: int) -> None:
    kill_at_random(tmp_path / "p", seed)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_in_two_hundred_kills(tmp_path: Path, say: Callable[[str], None]) -> None:
    kept = sum(kill_at_random(tmp_path / str(seed), seed) for seed in range(1000, 1200))
    say(f"200 kills, {kept} rows acknowledged, 0 lost, 0 halves")
    assert kept > 200


def kill_at_random(root: Path, seed: int) -> int:
    made(root).open_vault().close()
    with start(root, "never", 1, "save") as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(random.Random(seed).uniform(0, 0.12))
        child.kill()
        rest = child.stdout.read()
    lines = (first + rest).split("\n")
    acknowledged = [int(line) for line in lines[:-1]]
    whole(root, acknowledged)
    return len(acknowledged)


def test_the_vault_under_test_is_encrypted(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    profile.open_vault().close()
    assert PASSPHRASE.encode() not in b"".join(path.read_bytes() for path in (tmp_path / "p").iterdir())
    with pytest.raises(Exception, match="does not open"):
        verify(profile.paths.vault, bytes(32))
