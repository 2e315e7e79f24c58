"""A real profile with a quick passphrase, rows in its vault, and the count of them after something went wrong."""

from pathlib import Path

from core.paths import ProfilePaths
from core.store.keys import Cost
from core.store.profile import Profile
from core.store.vault import Vault

PASSPHRASE = "a passphrase for tests"
QUICK = Cost(memory_kib=1024, passes=1, lanes=1)


def made(root: Path) -> Profile:
    profile, _ = Profile.create(ProfilePaths(root), passphrase=PASSPHRASE, cost=QUICK)
    return profile


def unlocked(root: Path) -> Profile:
    profile = Profile(ProfilePaths(root))
    profile.unlock(PASSPHRASE)
    return profile


def save_rows(vault: Vault, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        with vault.write() as db:
            db.execute("INSERT INTO setting(key, value) VALUES (?, ?)", (f"row {number}", "x" * (number % 50) * 40))
            db.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (number + 1, f"row {number}"))


def rows(vault: Vault) -> list[int]:
    """The numbers of the rows, of which both halves must be there."""
    with vault.read() as db:
        settings = [int(row["key"][4:]) for row in db.query("SELECT key FROM setting WHERE key LIKE 'row %'")]
        words = [row["id"] - 1 for row in db.query("SELECT id FROM words_docsize")]
    assert sorted(settings) == sorted(words), "half a row"
    return sorted(settings)
