"""The vault at a glance."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.assistant.reading import Reading
from core.settings import Settings
from core.store import memories
from core.store.media import Media
from core.store.vault import Vault
from tests.made import NOON, open_vault, turn


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = open_vault(tmp_path / "p")
    yield vault
    vault.close()


def test_the_content_hash_follows_every_write_and_is_left_out_when_nobody_asks(vault: Vault) -> None:
    reading = Reading(vault, Media(vault.paths), None, Settings())
    empty = reading.status().content_hash
    (id,) = memories.save(vault, [turn("The spare key is with Dana.", 1)], NOON).ids
    kept = reading.status().content_hash
    assert kept not in ("", empty)
    with vault.write() as db:
        memories.change(db, id, {"text": "The spare key is with Sam."}, NOON)
    with vault.read() as db:
        assert reading.status().content_hash == memories.content_hash(db) != kept
    assert reading.status().content_hash == reading.content_hash()
    assert reading.status(hashed=False).content_hash == ""
    assert reading.status(hashed=False).memories == 1
