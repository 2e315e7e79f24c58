"""Every store that shipped opens, is brought up to date, and gives back what was saved in it."""

import json
import shutil
from pathlib import Path

import pytest

from core.memory import MemoryId
from core.paths import ProfilePaths
from core.store import memories
from core.store.migrations import NEWEST
from core.store.profile import Profile

STORES = sorted((Path(__file__).resolve().parents[2] / "data" / "stores").glob("v*"))


def test_this_versions_store_is_among_them() -> None:
    assert f"v{NEWEST}" in [store.name for store in STORES]


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.name)
def test_a_store_that_shipped_opens_with_all_that_was_in_it(store: Path, tmp_path: Path) -> None:
    expected = json.loads((store / "expected.json").read_text(encoding="utf-8"))
    root = tmp_path / "p"
    root.mkdir(mode=0o700)
    for name in ("vault.db", "profile.json", "commits.bin"):
        shutil.copyfile(store / name, root / name)
        (root / name).chmod(0o600)
    profile = Profile(ProfilePaths(root))
    profile.unlock(expected["passphrase"])
    assert profile.notices == ()
    vault = profile.open_vault()
    assert vault.notices == ()
    assert vault.schema == NEWEST
    with vault.read() as db:
        ids = [MemoryId(row["id"]) for row in db.query("SELECT id FROM memory ORDER BY seq")]
        assert [memory.text for memory in memories.many(db, ids)] == expected["texts"]
    vault.close()
