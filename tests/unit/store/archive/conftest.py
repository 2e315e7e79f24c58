"""Profiles with real vaults, and a passphrase that costs little."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.paths import ProfilePaths
from core.store.archive.container import Header
from core.store.media import Media
from core.store.vault import Vault
from tests.unit.store.archive.profiles import Profile


@pytest.fixture(autouse=True)
def _cheap_stretching(monkeypatch: pytest.MonkeyPatch) -> None:
    """The passphrase is stretched little here: what it costs is not what these tests are about."""
    monkeypatch.setattr(
        Header, "fresh", classmethod(lambda cls: cls(memory_kib=64, passes=1, lanes=1, salt=os.urandom(16)))
    )


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Callable[[str], Profile]]:
    made: list[Vault] = []

    def make(name: str) -> Profile:
        root = tmp_path / name
        root.mkdir(mode=0o700)
        paths = ProfilePaths(root)
        vault = Vault.create(paths, os.urandom(32))
        made.append(vault)
        return Profile(vault, Media(paths))

    yield make
    for vault in made:
        vault.close()
