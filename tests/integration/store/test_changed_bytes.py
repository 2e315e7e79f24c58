"""A torn log leaves an exact prefix that is announced; a changed byte anywhere is noticed."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import Problem
from core.paths import ProfilePaths
from core.store.profile import Profile
from core.store.vault import Vault
from tests.integration.store.stores import PASSPHRASE, made, rows, save_rows, unlocked

Copy = Callable[[Path, str], Path]
NOON = 1_795_262_400.0
_WAL_HEADER, _FRAME = 32, 4096 + 24


def log_of(root: Path) -> Path:
    return root / "vault.db-wal"


def tear(log: Path, chance: random.Random) -> None:
    """One of the ways a log is damaged by a crash of the machine or its disk."""
    data = bytearray(log.read_bytes())
    at = chance.randrange(len(data))
    way = chance.choice(["cut", "flip", "zero", "junk"])
    if way == "cut":
        del data[at:]
    elif way == "flip":
        data[at] ^= 1 << chance.randrange(8)
    elif way == "zero":
        end = min(len(data), at + chance.choice([512, 4096]))
        data[at:end] = bytes(end - at)
    else:
        end = min(len(data), at + 700)
        data[at:end] = chance.randbytes(end - at)
    log.write_bytes(data)


def tear_one(root: Path, seed: int) -> bool:
    """Opens a torn copy: True when rows are missing, which is then announced; they are an exact prefix."""
    before = log_of(root).read_bytes()
    tear(log_of(root), random.Random(seed))
    assert log_of(root).read_bytes() != before or seed < 0
    with_rows = unlocked(root).open_vault(clock=lambda: NOON)
    found = rows(with_rows)
    assert found == list(range(len(found)))
    lost = len(found) < 30
    announced = any(notice.startswith("Saves after ") for notice in with_rows.notices)
    assert announced == lost
    save_rows(with_rows, 1, first=len(found))
    with_rows.close()
    again = unlocked(root).open_vault()
    assert again.notices == ()
    assert len(rows(again)) == len(found) + 1
    again.close()
    return lost


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[tuple[Path, Vault]]:
    """A profile of 30 rows whose saves are all still in the log."""
    opened = made(tmp_path / "busy").open_vault(clock=lambda: NOON)
    save_rows(opened, 30)
    yield tmp_path / "busy", opened
    opened.close()


def test_twenty_torn_logs_leave_exact_prefixes_and_say_so(busy: tuple[Path, Vault], copied: Copy) -> None:
    lost = sum(tear_one(copied(busy[0], "torn"), seed) for seed in range(20))
    assert lost > 10


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_a_hundred_and_eighty_torn_logs(busy: tuple[Path, Vault], copied: Copy, say: Callable[[str], None]) -> None:
    lost = sum(tear_one(copied(busy[0], "torn"), seed) for seed in range(100, 280))
    say(f"180 torn logs: 180 exact prefixes, {lost} with rows missing, {lost} announced")
    assert lost > 90


def test_a_log_that_is_gone_is_announced_with_the_time_of_the_last_save(busy: tuple[Path, Vault], copied: Copy) -> None:
    root = copied(busy[0], "gone")
    log_of(root).unlink()
    opened = unlocked(root).open_vault(clock=lambda: NOON)
    assert rows(opened) == []
    assert [notice[:12] for notice in opened.notices] == ["Saves after "]
    opened.close()


def test_another_vaults_log_is_not_mixed_in(busy: tuple[Path, Vault], copied: Copy, tmp_path: Path) -> None:
    root = copied(busy[0], "mine")
    other = made(tmp_path / "other").open_vault()
    save_rows(other, 5)
    log_of(root).write_bytes(log_of(tmp_path / "other").read_bytes())
    other.close()
    try:
        opened = unlocked(root).open_vault()
    except Problem:
        return
    assert rows(opened) == []
    assert opened.notices[0].startswith("Saves after ")
    opened.close()


def noticed(root: Path) -> bool:
    """Whether the change shows: the profile refuses, or says something, or the check finds it. Never a crash."""
    try:
        profile = Profile(ProfilePaths(root))
        profile.unlock(PASSPHRASE)
        opened = profile.open_vault()
    except Problem:
        return True
    try:
        return bool(profile.notices or opened.notices or opened.check())
    except Problem:
        return True
    finally:
        opened.close()


def flips(root: Path, copied: Copy, name: str, seeds: range) -> int:
    found = 0
    for seed in seeds:
        changed = copied(root, "flipped") / name
        data = bytearray(changed.read_bytes())
        chance = random.Random(f"{name} {seed}")
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        changed.write_bytes(data)
        found += noticed(changed.parent)
    return found


@pytest.fixture
def settled(tmp_path: Path) -> Path:
    """A closed profile of 60 rows, some removed again so that there are free pages."""
    opened = made(tmp_path / "settled").open_vault()
    save_rows(opened, 60)
    with opened.write() as db:
        db.execute("DELETE FROM setting WHERE length(value) > 1500")
        db.execute("INSERT INTO words(words) VALUES ('delete-all')")
        db.execute("DELETE FROM setting")
    opened.close()
    return tmp_path / "settled"


@pytest.mark.parametrize("name", ["vault.db", "profile.json", "commits.bin"])
def test_ten_flipped_bits_are_each_noticed(settled: Path, copied: Copy, name: str) -> None:
    assert not noticed(copied(settled, "untouched"))
    assert flips(settled, copied, name, range(10)) == 10


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_five_hundred_flipped_bits(settled: Path, copied: Copy, say: Callable[[str], None]) -> None:
    counts = {"vault.db": 300, "profile.json": 120, "commits.bin": 80}
    found = sum(flips(settled, copied, name, range(1000, 1000 + count)) for name, count in counts.items())
    say(f"500 bit flips: {found} noticed, 0 crashes")
    assert found == 500


def test_an_older_copy_of_the_vault_put_back_is_noticed(tmp_path: Path, copied: Copy) -> None:
    root = tmp_path / "p"
    opened = made(root).open_vault()
    save_rows(opened, 5)
    opened.close()
    older = (root / "vault.db").read_bytes()
    opened = unlocked(root).open_vault()
    save_rows(opened, 7, first=5)
    opened.close()
    (root / "vault.db").write_bytes(older)
    opened = unlocked(root).open_vault()
    assert opened.notices[0].startswith("An older copy of the vault was put back")
    assert "7 later saves are missing" in opened.notices[0]
    assert rows(opened) == list(range(5))
    opened.close()
    again = unlocked(root).open_vault()
    assert again.notices == ()
    again.close()


@pytest.mark.parametrize("change", ["missing", "forged", "empty", "longer"])
def test_a_counter_that_is_missing_or_forged_is_noticed_and_made_anew(settled: Path, change: str) -> None:
    counter = settled / "commits.bin"
    if change == "missing":
        counter.unlink()
    else:
        whole = counter.read_bytes()
        counter.write_bytes({"forged": bytes(len(whole)), "empty": b"", "longer": whole + b"x"}[change])
    opened = unlocked(settled).open_vault()
    assert opened.notices[0].startswith("The commit counter was ")
    opened.close()
    again = unlocked(settled).open_vault()
    assert again.notices == ()
    again.close()


def test_flipped_pages_are_damage_and_the_rest_can_be_read(tmp_path: Path) -> None:
    root = tmp_path / "p"
    opened = made(root).open_vault()
    save_rows(opened, 400)
    opened.close()
    data = bytearray((root / "vault.db").read_bytes())
    data[-5000] ^= 1
    (root / "vault.db").write_bytes(data)
    opened = unlocked(root).open_vault(read_only=True)
    assert opened.check() != ()
    with opened.read() as db:
        assert db.execute("SELECT value FROM meta WHERE key = 'commits'").fetchone() == (400,)
    opened.close()
