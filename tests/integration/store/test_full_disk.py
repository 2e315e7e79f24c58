"""On a disk that fills up nothing saved is lost, it is said, and the reserve still lets one forget."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.assistant.keeping import Keeping
from core.errors import DiskFull, Problem
from core.events import Event, Events, Noticed
from core.memory import Selection
from core.paths import ProfilePaths
from core.settings import Settings
from core.store import memories
from core.store.backup import back_up, backups, hold_reserve, release_reserve
from core.store.forget import forget
from core.store.media import Media
from core.store.profile import Profile
from core.store.vault import Vault
from tests.integration.store.stores import made, rows, save_rows, unlocked
from tests.made import NOON, turn

MB = 2**20
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB. CI is root and may mount; the test of limited files below needs no mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted by this user; the test of files limited in size stands in")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(vault: Vault) -> int:
    """Saves until the disk is full; how many were acknowledged."""
    for number in range(10_000):
        try:
            with vault.write() as db:
                db.execute("INSERT INTO setting(key, value) VALUES (?, ?)", (f"row {number}", "x" * 20_000))
                db.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (number + 1, f"row {number}"))
        except DiskFull:
            return number
    raise AssertionError("the disk was never full")


def test_a_full_disk_loses_nothing_and_the_reserve_lets_one_forget(small_disk: Path) -> None:
    opened = made(small_disk / "p").open_vault()
    assert hold_reserve(opened.paths, 2 * MB)
    saved = fill(opened)
    assert rows(opened) == list(range(saved))
    with pytest.raises(DiskFull):
        fill_again(opened)
    assert release_reserve(opened.paths)
    with opened.write() as db:
        db.execute("DELETE FROM setting WHERE key = 'row 0'")
        db.execute("INSERT INTO words(words, rowid, text) VALUES ('delete', 1, 'row 0')")
    opened.checkpoint()
    assert rows(opened) == list(range(1, saved))
    assert opened.check() == ()
    opened.close()
    again = unlocked(small_disk / "p").open_vault()
    assert rows(again) == list(range(1, saved))
    assert again.notices == ()
    again.close()


def test_on_a_full_disk_a_forget_uses_the_reserve_and_leaves_nothing_behind(small_disk: Path) -> None:
    opened = made(small_disk / "p").open_vault()
    assert hold_reserve(opened.paths, 2 * MB)
    ids = memories.save(opened, [turn(f"a zebrafish, number {n}, in the kitchen", n) for n in range(200)], NOON).ids
    opened.checkpoint()
    fill_up(small_disk / "ballast")

    gone = forget(opened, Media(opened.paths), None, ids)

    assert not opened.paths.reserve.exists(), "there was no other room"
    assert len(gone.forgotten) == 200
    assert opened.traces([b"zebrafish"]) == 0
    assert not hold_reserve(opened.paths, 2 * MB), "it is not taken while there is no room"
    (small_disk / "ballast").unlink()
    assert hold_reserve(opened.paths, 2 * MB), "and again once there is"
    assert opened.check() == ()
    opened.close()


def test_a_forget_that_finds_no_room_and_no_reserve_is_refused_and_forgets_nothing(small_disk: Path) -> None:
    opened = made(small_disk / "p").open_vault()
    ids = memories.save(opened, [turn(f"a zebrafish, number {n}, in the kitchen", n) for n in range(200)], NOON).ids
    opened.checkpoint()
    fill_up(small_disk / "ballast")
    with pytest.raises(DiskFull):
        forget(opened, Media(opened.paths), None, ids)
    with opened.read() as db:
        assert memories.count(db, Selection(ids=tuple(ids))) == 200
    (small_disk / "ballast").unlink()
    opened.close()


def test_the_person_is_told_when_a_forget_needed_the_reserve(small_disk: Path) -> None:
    opened = made(small_disk / "p").open_vault()
    events, heard = Events(), list[Event]()
    events.listen(heard.append)
    keeping = Keeping(opened.paths, opened, Media(opened.paths), None, Settings(), events)
    few, many = (
        memories.save(
            opened, [turn(f"{what}, number {n}, in the kitchen", n, conversation=what) for n in range(200)], NOON
        )
        for what in ("a zebrafish", "a goldfish")
    )
    assert hold_reserve(opened.paths, 2 * MB)
    keeping.forget(few.ids)
    assert not [event for event in heard if isinstance(event, Noticed)], "there was room"
    opened.checkpoint()
    fill_up(small_disk / "ballast")
    keeping.forget(many.ids)
    (told,) = [event for event in heard if isinstance(event, Noticed)]
    assert told.problem
    assert "disk is full" in told.title
    opened.close()


def fill_up(ballast: Path) -> None:
    """Leaves no free block on the disk."""
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def fill_again(vault: Vault) -> None:
    with vault.write() as db:
        db.execute("INSERT INTO setting(key, value) VALUES ('large', ?)", ("x" * MB,))


def test_a_full_disk_at_a_backup_or_a_new_key_leaves_the_vault_as_it_was(small_disk: Path) -> None:
    profile = made(small_disk / "p")
    opened = profile.open_vault()
    saved = fill(opened)
    with pytest.raises(Problem):
        back_up(opened, NOW, keep=3)
    assert backups(profile.paths) == []
    with pytest.raises(Problem):
        profile.renew_key(opened)
    opened.close()
    again = unlocked(small_disk / "p").open_vault()
    assert rows(again) == list(range(saved))
    assert again.check() == ()
    again.close()


def test_a_profile_that_finds_no_room_is_refused_and_can_be_made_later(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(8 * MB - 40_000))
    with pytest.raises(Problem):
        made(small_disk / "p").open_vault()
    ballast.unlink()
    paths = ProfilePaths(small_disk / "p")
    opened = (unlocked(paths.root) if Profile.exists(paths) else made(paths.root)).open_vault()
    save_rows(opened, 3)
    assert rows(opened) == [0, 1, 2]
    opened.close()


def test_files_limited_in_size_are_a_full_disk_too(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from core.errors import VaultProblem\n"
        "from tests.integration.store.stores import made, rows, save_rows\n"
        "opened = made(Path(sys.argv[1])).open_vault()\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n"
        "saved = 0\n"
        "try:\n"
        "    for saved in range(10_000):\n"
        "        save_rows(opened, 1, saved)\n"
        "except VaultProblem:\n"
        "    assert rows(opened) == list(range(saved))\n"
        "    sys.stdout.write(str(saved))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "p")],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    opened = unlocked(tmp_path / "p").open_vault()
    assert rows(opened) == list(range(int(done.stdout)))
    assert int(done.stdout) > 10
    opened.close()
