"""The setting that is a folder: typed, or pointed at."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from ui.parts.buttons import Button
from ui.settings.controls import FieldRow
from ui.settings.model import fields


def test_a_folder_can_be_pointed_at_and_typed(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field = next(one for one in fields("conversations") if one.key == "conversations.folder")
    told: list[tuple[str, object]] = []
    row = FieldRow(field, "", lambda key, value: told.append((key, value)))
    qtbot.addWidget(row)
    choose = next(one for one in row.findChildren(Button) if one.text() == "Choose …")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    choose.click()
    assert told == []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    choose.click()
    line = row.control
    assert isinstance(line, QLineEdit)
    assert line.text() == str(tmp_path)
    line.setText("")
    line.editingFinished.emit()
    assert told == [("conversations.folder", str(tmp_path)), ("conversations.folder", "")]
