"""What people say to each other, from its exports into a real vault, twice and longer."""

from dataclasses import fields
from pathlib import Path

import pytest

from core.capture.conversation.formats import open_import
from core.capture.conversation.report import ImportContext
from core.memory import Draft, Observation, Saved
from core.store import memories
from core.store.vault import Vault
from tests.exported.many import MADE
from tests.made import NOON, open_vault

TEXTS = [f"Message {number} about the boat." for number in range(12)]
ONE_MAIL = "boats.eml"


def kept(vault: Vault, path: Path) -> Saved:
    reading = open_import(path, ImportContext(now=NOON))
    drafts = [
        Draft(**{one.name: getattr(found, one.name) for one in fields(Observation)}) for found in reading.observations()
    ]
    return memories.save(vault, drafts, NOON)


@pytest.mark.parametrize("name", MADE)
def test_the_same_export_twice_adds_nothing_and_a_longer_one_what_is_new(tmp_path: Path, name: str) -> None:
    vault = open_vault(tmp_path / "profile")
    path = tmp_path / name
    path.write_bytes(MADE[name](TEXTS))
    first = kept(vault, path)
    assert len(first.ids) == (1 if name == ONE_MAIL else len(TEXTS))
    again = kept(vault, path)
    assert (again.ids, again.known, again.versions) == ((), len(first.ids), 0)
    path.write_bytes(MADE[name]([*TEXTS, "One more.", "And another one."]))
    longer = kept(vault, path)
    if name == ONE_MAIL:
        assert longer.versions == 1
    else:
        assert (len(longer.ids), longer.known, longer.versions) == (2, len(TEXTS), 0)
    vault.close()
