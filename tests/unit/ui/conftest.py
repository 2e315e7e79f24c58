"""A scripted desk, a bridge over it, and the look: taken down in reverse, so that no thread is left."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.desk import NOW, ScriptedDesk
from ui.bridge import Bridge
from ui.look import Look


@pytest.fixture(autouse=True, scope="session")
def dressed(qapp: QApplication) -> Look:
    return Look(qapp, "light")


@pytest.fixture
def desk() -> Iterator[ScriptedDesk]:
    made = ScriptedDesk()
    yield made
    made.close()


@pytest.fixture
def bridge(qtbot: QtBot, desk: ScriptedDesk) -> Iterator[Bridge]:
    made = Bridge(desk, lambda: NOW)
    yield made
    made.close()
