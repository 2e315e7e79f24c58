"""A vault with a damaged page still gives away what does not stand on that page, and is not written to."""

from pathlib import Path

import pytest

from app import commands
from app.commands.request import Reply, Request
from core.assistant import finish
from core.errors import DamagedVault
from core.paths import RESOURCES
from tests.integration.app.hosts import NOW, hosting

SAMPLE = RESOURCES / "sample" / "conversations.jsonl"
_PAGE = 4096


def damage(root: Path, table: str) -> None:
    """One byte of the first page of a table, as a bad disk would."""
    with hosting(root) as host:
        finish(host.assistant.importing([SAMPLE], NOW))
        with host.opened.vault.read() as db:
            found = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
    file = root / "vault.db"
    data = bytearray(file.read_bytes())
    data[(int(found[0]) - 1) * _PAGE + 100] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("table", ["picture", "setting"])
def test_what_is_whole_of_a_damaged_vault_can_be_exported_and_nothing_is_written(tmp_path: Path, table: str) -> None:
    damage(tmp_path / "p", table)
    before = (tmp_path / "p" / "vault.db").read_bytes()
    with hosting(tmp_path / "p") as host:
        assert isinstance(host.only_read, DamagedVault)
        assert [notice.title for notice in host.notices] == [host.only_read.title]
        out = tmp_path / "out.mneme"
        assert host.assistant.export(out, NOW, passphrase="for the archive").memories == 178
        with pytest.raises(DamagedVault):
            commands.run(host, Request(command="remember", arguments={"text": "late"}), Reply(lambda frame: None))
    assert (tmp_path / "p" / "vault.db").read_bytes() == before
    with pytest.raises(DamagedVault), hosting(tmp_path / "p", stays=True):
        pass
