"""A vault of an earlier Mneme that may only be read can be listed; a question to it gets a sentence."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.events import Events
from core.memory import Selection
from core.paths import ProfilePaths
from core.recall import Recaller
from core.recall.recaller import OLDER
from core.settings import Recall
from core.store import memories
from core.store.migrations import NEWEST
from core.store.profile import Profile

STORES = Path(__file__).resolve().parents[2] / "data" / "stores"
OLDER_ONES = [store for store in sorted(STORES.glob("v*")) if store.name != f"v{NEWEST}"]


@pytest.mark.parametrize("store", OLDER_ONES, ids=lambda store: store.name)
def test_an_older_vault_that_may_only_be_read_says_why_it_is_not_searched(store: Path, tmp_path: Path) -> None:
    expected = json.loads((store / "expected.json").read_text(encoding="utf-8"))
    root = tmp_path / "p"
    root.mkdir(mode=0o700)
    for name in ("vault.db", "profile.json", "commits.bin"):
        shutil.copyfile(store / name, root / name)
        (root / name).chmod(0o600)
    profile = Profile(ProfilePaths(root))
    profile.unlock(expected["passphrase"])
    vault = profile.open_vault(read_only=True)
    assert vault.schema < NEWEST
    recaller = Recaller(vault, Events(), vectors=None, embedder=None, count=len, settings=Recall())
    recalled = recaller.recall("the boiler", datetime(2026, 4, 1, tzinfo=UTC), strength=lambda _: 0.5)
    assert (recalled.hits, recalled.notices) == ((), (OLDER,))
    with vault.read() as db:
        assert sorted(memory.text for memory in memories.find(db, Selection())) == sorted(expected["texts"])
    recaller.close()
    vault.close()
