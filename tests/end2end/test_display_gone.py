"""A log-out takes the display away before anyone has quit: what was seen is kept, and the vault is closed."""

from pathlib import Path

import pytest

from tests.end2end.driven import PASSPHRASE, display, driven, needs_display, opened, until

pytestmark = [pytest.mark.display, pytest.mark.timeout(300)]


def test_a_display_that_goes_ends_mneme_in_good_order(tmp_path: Path) -> None:
    needs_display()
    with display(tmp_path / "display") as screen, driven(screen, tmp_path / "person") as person:
        person.make_profile()
        person.mneme("settings", "set", "capture.screen", "true", passphrase=PASSPHRASE)
        screen.xterm("page", shell="echo the last gannet of the day; exec cat")
        person.start(passphrase=PASSPHRASE)
        until(lambda: opened(person), "not open")
        until(lambda: any("last gannet" in text for text in person.texts()), "nothing was read")
        screen.running[0].kill()
        person.ended()
        assert "unexpected" not in (person.folder / "mneme.out").read_text()
        assert not list(person.profile.glob("spool/*")), "what waited was read, or is a gap"
        assert not person.socket.exists(), "the door was shut"
        found = person.mneme("memories", "list", passphrase=PASSPHRASE).result["memories"]
        assert any("last gannet" in one["text"] for one in found)
