"""What the window's desk asks the passphrase for again, with a real profile."""

from pathlib import Path

import pytest

from app.desk import HostDesk
from core.errors import WrongKey
from tests.integration.app.hosts import PASSPHRASE, hosting


def test_keys_are_changed_only_by_who_knows_the_passphrase(tmp_path: Path) -> None:
    with hosting(tmp_path / "profile") as host:
        recovery = host.opened.profile.add_recovery()
        desk = HostDesk(host)
        for wrong in (None, "", "wrong"):
            with pytest.raises(WrongKey):
                desk.verify(wrong)
            with pytest.raises(WrongKey):
                desk.new_recovery_key(wrong)
            with pytest.raises(WrongKey):
                desk.change_passphrase(wrong, "another one altogether")
        desk.verify(PASSPHRASE)
        desk.verify(recovery)
        renewed = desk.new_recovery_key(PASSPHRASE)
        with pytest.raises(WrongKey):
            desk.verify(recovery)
        desk.change_passphrase(renewed, "another one altogether")
        desk.verify("another one altogether")
        with pytest.raises(WrongKey):
            desk.verify(PASSPHRASE)
        desk.close()
