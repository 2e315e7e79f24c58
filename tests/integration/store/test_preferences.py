from pathlib import Path

from core.settings import Settings
from core.store import preferences
from tests.made import open_vault


def test_a_setting_that_cannot_be_read_keeps_nobody_from_the_rest(tmp_path: Path) -> None:
    vault = open_vault(tmp_path / "p")
    with vault.write() as db:
        preferences.save_setting(db, Settings().replaced("decay.turn_days", 90), "decay.turn_days")
        for key, value in (("capture.hours", '"99:99-88:77"'), ("gone.away", "1"), ("sleep.on_battery", "{not json")):
            db.execute("INSERT INTO setting (key, value) VALUES (?, ?)", [key, value])
    unread: list[str] = []
    with vault.read() as db:
        settings = preferences.load_settings(db, unread.append)
    vault.close()
    assert settings.decay.turn_days == 90
    assert settings.capture.hours == ""
    assert unread == ["capture.hours", "gone.away", "sleep.on_battery"]
