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
from ui.actions import Actions
from ui.bridge import Bridge
from ui.desk import RecorderStatus
from ui.parts.buttons import Button
from ui.settings.costs import cost_words
from ui.settings.rules import Rules
from ui.sidebar import recorder_words
from ui.words import reason_words

NOW = datetime(2026, 9, 20, 16, 30, tzinfo=UTC)
HOURS = "outside the recording hours"


@pytest.mark.parametrize(
    ("status", "title", "said"),
    [
        (RecorderStatus(state="recording", frames=1, expected=1), "Recording", "1 look in a minute"),
        (RecorderStatus(state="recording", frames=12, expected=12), "Recording", "12 looks in a minute"),
        (
            RecorderStatus(state="recording", frames=12, expected=12, reason="every window in view is left out"),
            "Recording",
            "12 looks in a minute, every window in view is left out",
        ),
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
    assert recorder_words(status, NOW)[2:] == (title, said)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (datetime(2026, 9, 20, 17, 30), "until 17:30"),
        (datetime(2026, 9, 20, 23, 59), "until 23:59"),
        (datetime(2026, 9, 21, 0, 0), "until tomorrow, 00:00"),
        (datetime(2026, 9, 21, 5, 0), "until tomorrow, 05:00"),
        (datetime(2026, 9, 22, 5, 0), "until Tuesday, 22 September, 05:00"),
        (datetime(2027, 1, 2, 5, 0), "until 2 January 2027, 05:00"),
    ],
)
def test_a_pause_with_an_end_tells_it_and_the_day_when_that_is_not_today(until: datetime, said: str) -> None:
    status = RecorderStatus(state="paused", reason="paused", until=until.replace(tzinfo=UTC), can_resume=True)
    assert recorder_words(status, NOW)[3] == said


def test_just_after_midnight_the_same_end_is_today() -> None:
    five = datetime(2026, 9, 21, 5, tzinfo=UTC)
    status = RecorderStatus(state="paused", reason="paused", until=five, can_resume=True)
    assert recorder_words(status, NOW.replace(hour=23, minute=59))[3] == "until tomorrow, 05:00"
    assert recorder_words(status, NOW.replace(day=21, hour=0, minute=0))[3] == "until 05:00"


def test_outside_the_recording_hours_it_tells_when_they_begin() -> None:
    status = RecorderStatus(state="paused", reason=HOURS, until=datetime(2026, 9, 21, 8, 30, tzinfo=UTC))
    assert recorder_words(status, NOW)[3] == "Outside the recording hours, until tomorrow, 08:30"


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (RecorderStatus(state="paused", reason="paused", can_resume=True), True),
        (RecorderStatus(state="paused", reason=HOURS), False),
        (RecorderStatus(state="recording"), False),
        (RecorderStatus(state="locked", reason="locked"), False),
    ],
)
def test_resume_is_offered_where_it_does_something(qtbot: QtBot, status: RecorderStatus, offered: bool) -> None:
    actions = Actions(QApplication.instance() or QApplication([]))
    actions.show_state(True, status)
    assert actions.resume.isEnabled() is offered


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
