"""What the tray, the sidebar and the timeline say of the recorder, and what Settings say of its costs."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.memory import MemoryId
from core.preset_costs import PresetCost, preset_costs
from ui.bridge import Bridge
from ui.desk import RecorderStatus
from ui.parts.buttons import Button
from ui.settings.costs import cost_words
from ui.settings.rules import Rules
from ui.sidebar import recorder_words
from ui.words import reason_words

UNTIL = datetime(2026, 9, 20, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "title", "said"),
    [
        (RecorderStatus(state="recording", frames=1, expected=1), "Recording", "1 look in a minute"),
        (RecorderStatus(state="recording", frames=12, expected=12), "Recording", "12 looks in a minute"),
        (RecorderStatus(state="paused", reason="private mode"), "Paused", "Private mode"),
        (RecorderStatus(state="paused", reason="outside the recording hours"), "Paused", "Outside the recording hours"),
        (RecorderStatus(state="problem", reason="The disk is full."), "Problem", "The disk is full."),
        (RecorderStatus(state="locked", reason="locked"), "Locked", "Nothing is recorded"),
        (RecorderStatus(state="off"), "Not recording", "Switched off"),
        (RecorderStatus(state="off", reason="Recording the screen is switched off."), "Not recording", "Switched off"),
        (RecorderStatus(state="off", reason="it is about to begin"), "Not recording", "It is about to begin"),
    ],
)
def test_each_state_has_its_words(status: RecorderStatus, title: str, said: str) -> None:
    assert recorder_words(status)[2:] == (title, said)


def test_a_pause_with_an_end_tells_it() -> None:
    said = recorder_words(RecorderStatus(state="paused", reason="paused", until=UNTIL))[3]
    assert said.startswith("until ")
    assert "30" in said


def test_a_reason_is_a_sentence_of_its_own() -> None:
    assert reason_words("paused") == "Paused by you"
    assert reason_words("the machine slept, or was busy") == "The machine slept, or was busy"
    assert reason_words("The disk is full.") == "The disk is full"
    assert reason_words("") == ""


def test_only_measured_costs_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine, costs = preset_costs()
    assert bool(machine) is bool(costs)
    assert set(costs) <= {"light", "balanced", "thorough"}
    assert all(isinstance(cost, PresetCost) and cost.busy_percent > cost.still_percent >= 0 for cost in costs.values())
    monkeypatch.setattr("core.preset_costs.RESOURCES", tmp_path)
    file = tmp_path / "preset_costs.json"
    file.write_text(json.dumps({"machine": "", "presets": {}}))
    assert cost_words() == ""
    light = {"busy_percent": 3.14, "still_percent": 0.21, "mb_an_hour": 6.04}
    file.write_text(json.dumps({"machine": "two cores", "presets": {"light": light}}))
    assert cost_words().splitlines() == [
        "Light: 3.1 % of one core while you work, 0.2 % at rest, 6 MB an hour.",
        "Measured on two cores; yours may differ.",
    ]


def test_whoever_adds_a_rule_is_offered_to_forget_what_was_kept_before(qtbot: QtBot, bridge: Bridge) -> None:
    rules = Rules(bridge)
    qtbot.addWidget(rules)
    rules.show_kept_before((MemoryId("a"), MemoryId("b")))
    shown = [one.text() for one in rules.findChildren(type(rules.tested))]
    assert any(text.startswith("2 memories from before") for text in shown)
    assert [one for one in rules.findChildren(Button) if one.text() == "Forget…"]
    rules.show_kept_before(())
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not [one for one in rules.findChildren(Button) if one.text() == "Forget…"]
