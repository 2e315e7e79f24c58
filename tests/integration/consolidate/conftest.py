"""A real vault, empty or with a made conversation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import memories
from core.store.vault import Vault
from tests.integration.consolidate.nights import conversation
from tests.made import NOON, open_vault


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened = open_vault(tmp_path / "profile")
    yield opened
    opened.close()


@pytest.fixture
def talk(vault: Vault) -> Vault:
    memories.save(vault, conversation(), NOON)
    return vault
