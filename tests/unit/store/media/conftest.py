"""A vault and its pictures."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.paths import ProfilePaths
from core.store.media import Media
from core.store.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    root = tmp_path / "profile"
    root.mkdir(mode=0o700)
    made = Vault.create(ProfilePaths(root), os.urandom(32))
    yield made
    made.close()


@pytest.fixture
def media(vault: Vault) -> Media:
    return Media(vault.paths)
