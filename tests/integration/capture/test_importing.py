"""Conversations from files into a real vault."""

from dataclasses import fields
from pathlib import Path

import pytest

from core.capture.conversation.formats import open_import
from core.capture.conversation.report import ImportContext
from core.memory import Draft, Observation, Saved, Selection
from core.store import memories
from core.store.vault import Vault
from tests.exported import assistants, many
from tests.exported.damage import TEXTS
from tests.made import NOON, open_vault

DATA = Path(__file__).parents[2] / "data" / "imports"
FILES = (
    *("turns.jsonl", "talk.txt", "page.md", "chatgpt/conversations.json", "chatgpt/newer.json"),
    *("claude/conversations.json", "gemini/MyActivity.json", "gemini/MyActivity.html"),
    "claude_code/3f0c2d10-1111-4222-8333-944455566677.jsonl",
    "codex/rollout-2026-01-18T02-01-28-019bce9f-0a40-79e2-8351-8818e8487fb6.jsonl",
)
EVERY = assistants.MADE | many.MADE


def kept(vault: Vault, path: Path) -> Saved:
    reading = open_import(path, ImportContext(now=NOON))
    drafts = [
        Draft(**{one.name: getattr(found, one.name) for one in fields(Observation)}) for found in reading.observations()
    ]
    return memories.save(vault, drafts, NOON)


@pytest.mark.parametrize("name", FILES)
def test_the_same_file_twice_adds_nothing(tmp_path: Path, name: str) -> None:
    vault = open_vault(tmp_path / "profile")
    first = kept(vault, DATA / name)
    again = kept(vault, DATA / name)
    assert len(first.ids) >= 2
    assert (again.ids, again.known, again.versions) == ((), len(first.ids), 0)
    vault.close()


@pytest.mark.parametrize("name", [name for name in EVERY if name != "boats.eml"])
def test_of_a_grown_export_only_what_is_new_is_added(tmp_path: Path, name: str) -> None:
    vault = open_vault(tmp_path / "profile")
    path = tmp_path / Path(name).name
    path.write_bytes(EVERY[name](TEXTS[:16]))
    first = kept(vault, path)
    path.write_bytes(EVERY[name](TEXTS))
    grown = kept(vault, path)
    again = kept(vault, path)
    assert len(first.ids) == grown.known > 1
    assert (len(again.ids), again.known) == (0, len(first.ids) + len(grown.ids))
    assert len(grown.ids) == len(first.ids) // 2
    vault.close()


def test_a_turn_comes_back_with_its_id_its_order_and_its_offset(tmp_path: Path) -> None:
    vault = open_vault(tmp_path / "profile")
    kept(vault, DATA / "turns.jsonl")
    with vault.read() as db:
        found = memories.find(db, Selection(conversation="helper", limit=10))
    by_id = {one.provenance.external_id: one for one in found}
    assert by_id["6"].at.isoformat() == "2026-03-03T08:00:00+05:30"
    assert by_id["6"].seq < by_id["7"].seq
    assert by_id["6"].provenance.mine
    vault.close()


def test_another_text_under_the_same_id_is_a_new_version(tmp_path: Path) -> None:
    vault = open_vault(tmp_path / "profile")
    file = tmp_path / "a.jsonl"
    line = '{{"conversation": "c", "id": "1", "at": "2026-01-01T00:00:00Z", "speaker": "A", "text": "{}"}}'
    file.write_text(line.format("The meeting is on Monday."))
    kept(vault, file)
    file.write_text(line.format("The meeting is on Tuesday."))
    assert kept(vault, file).versions == 1
    with vault.read() as db:
        found = memories.find(db, Selection(conversation="c", limit=10))
    assert [one.text for one in found] == ["The meeting is on Tuesday."]
    vault.close()
