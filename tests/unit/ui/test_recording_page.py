"""Settings, Recording: the preview stays in view, and only what does something on this desktop is shown."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from core.events import SettingChanged
from tests.desk import ScriptedDesk
from ui.bridge import Bridge
from ui.desk import CapturePreview, SeenWindow
from ui.long_work import LongWork
from ui.settings.model import fields
from ui.settings.panel import SettingsPanel
from ui.settings.preview import Preview


def test_a_preview_of_a_closed_gate_says_why_and_not_that_there_are_no_windows(qtbot: QtBot, bridge: Bridge) -> None:
    preview = Preview(bridge)
    qtbot.addWidget(preview)
    preview.show_preview(CapturePreview(closed="Nothing would be kept: paused"))
    shown = [one.text() for one in preview.findChildren(QLabel)]
    assert "Nothing would be kept: paused" in shown
    assert not any("No window is visible" in text for text in shown)


@pytest.fixture
def recording(qtbot: QtBot, bridge: Bridge) -> SettingsPanel:
    """The page of recording in a window of the least size, scrolled to its end."""
    panel = SettingsPanel(bridge, LongWork(bridge))
    qtbot.addWidget(panel)
    panel.resize(720, 440)
    panel.show()
    panel.opened()
    panel.go("recording")
    qtbot.waitUntil(lambda: "KeePassXC" in words_of(panel.rules))
    bar = around(panel.rules).verticalScrollBar()
    bar.setValue(bar.maximum())
    return panel


def around(widget: QWidget) -> QScrollArea:
    while not isinstance(widget, QScrollArea):
        parent = widget.parentWidget()
        assert parent is not None
        widget = parent
    return widget


def words_of(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel))


def test_the_preview_is_in_view_wherever_the_page_is_scrolled_to_and_leaves_room_for_it(
    qtbot: QtBot, recording: SettingsPanel
) -> None:
    many = tuple(SeenWindow(app="xterm", title=f"window {number}") for number in range(20))
    recording.preview.show_preview(CapturePreview(allowed=many))
    qtbot.waitUntil(lambda: "window 19" in words_of(recording.preview))
    recording.layout().activate()
    top = recording.preview.mapTo(recording, QPoint(0, 0)).y()
    page = around(recording.rules)
    assert 0 <= top < top + recording.preview.height() <= page.mapTo(recording, QPoint(0, 0)).y() + 1
    assert page.height() > 80
    assert page.verticalScrollBar().value() > 0, "the page is scrolled, the preview is not"


def test_an_open_preview_looks_again_when_a_rule_or_a_setting_changes_and_a_closed_one_does_not(
    qtbot: QtBot, recording: SettingsPanel, desk: ScriptedDesk
) -> None:
    with qtbot.waitSignal(recording.rules.changed):
        recording.rules.pattern.setText("Gimp")
        recording.rules.pattern.returnPressed.emit()
    assert desk.looks == 0
    recording.preview.look.click()
    qtbot.waitUntil(lambda: "Inkscape" in words_of(recording.preview))
    assert desk.looks == 1
    recording.rules.pattern.setText("Inkscape")
    recording.rules.pattern.returnPressed.emit()
    qtbot.waitUntil(lambda: desk.looks == 2)
    desk.events.tell(SettingChanged("capture.unknown_browsers"))
    qtbot.waitUntil(lambda: desk.looks == 3)
    qtbot.waitUntil(lambda: recording.preview.open)
    recording.preview.clear()
    assert "Inkscape" not in words_of(recording.preview)


def test_under_x11_no_setting_is_shown_that_only_another_desktop_has(recording: SettingsPanel) -> None:
    shown = recording.rows
    assert "capture.accessibility" in shown
    assert not {"capture.wayland_whole_screen", "capture.untried_systems"} & shown.keys()
    assert "Wayland" not in words_of(recording)


def test_each_desktop_shows_its_own_settings_of_recording() -> None:
    def only(desktop: str) -> set[str]:
        every = {field.key for field in fields("capture")}
        return every - {field.key for field in fields("capture", desktop)}

    whole, untried, told = "capture.wayland_whole_screen", "capture.untried_systems", "capture.accessibility"
    assert only("wayland") == only("") == set()
    assert only("x11") == {whole, untried}
    assert only("windows") == only("macos") == {whole, told}
