"""A real vault, empty or with a made conversation."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from core.memory import Draft
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


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Callable[[Sequence[Draft]], Vault]]:
    """Makes vaults, each in a folder of its own and with what it is given."""
    opened: list[Vault] = []

    def fill(drafts: Sequence[Draft]) -> Vault:
        opened.append(open_vault(tmp_path / f"profile{len(opened)}"))
        memories.save(opened[-1], drafts, NOON)
        return opened[-1]

    yield fill
    for vault in opened:
        vault.close()
