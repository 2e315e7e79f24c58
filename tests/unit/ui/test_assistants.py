"""Who else may read, in the window: allowed, denied, limited and taken back by the person's own hand."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.events import AssistantsChanged
from core.memory import Kind, Sensitivity
from tests.desk import ScriptedDesk
from ui.actions import Actions
from ui.bridge import Bridge
from ui.long_work import LongWork
from ui.main_window import MainWindow

ASKS, MAY = "a chat program", "an editor"


@pytest.fixture
def window(qtbot: QtBot, bridge: Bridge) -> Iterator[MainWindow]:
    made = MainWindow(bridge, Actions(bridge), LongWork(bridge))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()


def said(inside: QWidget) -> str:
    return "\n".join(one.text() for one in inside.findChildren(QLabel) if one.isVisibleTo(inside))


def press(inside: QWidget, name: str) -> None:
    next(one for one in inside.findChildren(QAbstractButton) if one.accessibleName() == name).click()


def boxes(inside: QWidget, name: str) -> list[QCheckBox]:
    """In the order of the assistants."""
    return [one for one in inside.findChildren(QCheckBox) if one.text() == name]


def settings(qtbot: QtBot, window: MainWindow) -> QWidget:
    window.go("settings")
    window.settings.go("sharing")
    shown = window.settings.assistants
    qtbot.waitUntil(lambda: MAY in said(shown))
    return shown


def test_one_that_asks_is_allowed_in_health_with_what_is_ticked(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    window.go("health")
    qtbot.waitUntil(lambda: ASKS in said(window.health.asking))
    assert MAY not in said(window.health.asking)
    boxes(window.health.asking, "Work")[0].click()
    boxes(window.health.asking, "Facts")[0].click()
    boxes(window.health.asking, "Add notes, under its own name")[0].click()
    assert desk.other_assistants.lines[ASKS].standing == "asks"
    press(window.health.asking, f"Allow {ASKS}")
    qtbot.waitUntil(lambda: desk.other_assistants.lines[ASKS].standing == "allowed")
    scope = desk.other_assistants.lines[ASKS].scope
    assert scope.kinds == frozenset(Kind) - {Kind.SECRET, Kind.SEMANTIC}
    assert scope.sensitivities == frozenset()
    assert scope.may_write
    qtbot.waitUntil(lambda: ASKS not in said(window.health.asking))


def test_what_is_ticked_stays_while_it_asks_again(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    shown = settings(qtbot, window)
    money = boxes(shown, "Money")[0]
    money.click()
    line = desk.other_assistants.lines[ASKS]
    desk.other_assistants.lines[ASKS] = replace(line, asked=9, refused=9)
    desk.events.tell(AssistantsChanged())
    qtbot.waitUntil(lambda: "Asked 9 times" in said(shown))
    assert boxes(shown, "Money")[0] is money
    assert money.isChecked()
    press(shown, f"Deny {MAY}")
    qtbot.waitUntil(lambda: "may not read" in said(shown))
    assert boxes(shown, "Money")[0].isChecked()
    assert desk.other_assistants.lines[ASKS].scope.sensitivities == {Sensitivity.WORK}


def test_what_one_may_read_is_changed_at_once_and_the_decision_is_forgotten(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    shown = settings(qtbot, window)
    boxes(shown, "Health")[1].click()
    qtbot.waitUntil(
        lambda: desk.other_assistants.lines[MAY].scope.sensitivities == {Sensitivity.WORK, Sensitivity.HEALTH}
    )
    press(shown, f"Deny {ASKS}")
    qtbot.waitUntil(lambda: desk.other_assistants.lines[ASKS].standing == "denied")
    qtbot.waitUntil(lambda: "may not read" in said(shown))
    press(shown, f"Forget {MAY}: it asks anew")
    qtbot.waitUntil(lambda: MAY not in said(shown))
    assert set(desk.other_assistants.lines) == {ASKS}


def test_nothing_of_it_stays_on_the_screen_behind_a_lock(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    shown = settings(qtbot, window)
    desk.lock()
    qtbot.waitUntil(lambda: not shown.findChildren(QCheckBox))
    assert MAY not in said(shown)


def test_secrets_can_be_ticked_for_nobody(qtbot: QtBot, window: MainWindow) -> None:
    shown = settings(qtbot, window)
    assert not [one for one in shown.findChildren(QCheckBox) if "secret" in one.text().lower()]
    assert len(shown.findChildren(QCheckBox)) == 2 * 10
