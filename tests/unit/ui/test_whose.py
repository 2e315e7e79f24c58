"""Who the person is, asked in the window after an import; files dropped on it; nothing of it stays behind a lock."""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from core.capture.conversation.report import ImportReport, Spoke
from core.events import VaultLocked
from tests.desk import ScriptedDesk
from ui.actions import Actions
from ui.bridge import Bridge
from ui.long_work import LongWork
from ui.main_window import MainWindow
from ui.whose import WhoseCard

PEOPLE = (Spoke(name="Dana Kim", turns=3, conversations=1), Spoke(name="Robin & Co", turns=1, conversations=1))


class GroupDesk(ScriptedDesk):
    """Its imports hold two people, neither of them known."""

    def importing(
        self, assistant: Any, paths: Sequence[Path], now: datetime, **how: Any
    ) -> Generator[None, None, object]:
        assistant.imported += paths
        yield
        return ImportReport(format="made", taken=4, new=4, people=PEOPLE)


@pytest.fixture
def desk() -> Iterator[ScriptedDesk]:
    made = GroupDesk()
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, bridge: Bridge) -> Iterator[MainWindow]:
    made = MainWindow(bridge, Actions(bridge), LongWork(bridge))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()


def drop(window: MainWindow, *urls: QUrl) -> bool:
    data = QMimeData()
    data.setUrls(list(urls))
    event = QDropEvent(
        QPointF(300, 300),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    window.dropEvent(event)
    return event.isAccepted()


def card_of(qtbot: QtBot, window: MainWindow) -> WhoseCard:
    qtbot.waitUntil(lambda: bool(window.notices.findChildren(WhoseCard)))
    (card,) = window.notices.findChildren(WhoseCard)
    return card


def test_a_dropped_file_is_imported_and_whoever_is_chosen_is_the_person(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk, tmp_path: Path
) -> None:
    assert drop(window, QUrl.fromLocalFile(str(tmp_path / "chat.txt")))
    card = card_of(qtbot, window)
    assert desk.assistant.imported == [tmp_path / "chat.txt"]
    assert [one.accessibleName() for one in card.names] == ["Dana Kim", "Robin & Co"]
    card.names[1].click()
    qtbot.waitUntil(lambda: desk.assistant.settings.person.names == ("Robin & Co",))
    qtbot.waitUntil(lambda: any("yours now" in one.said.title for one in window.notices.shown))


def test_none_of_them_changes_nothing(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk, tmp_path: Path) -> None:
    drop(window, QUrl.fromLocalFile(str(tmp_path / "chat.txt")))
    card_of(qtbot, window).none.click()
    qtbot.waitUntil(lambda: not window.notices.findChildren(WhoseCard))
    assert desk.assistant.settings.person.names == ()


def test_the_names_go_with_a_lock(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    drop(window, QUrl.fromLocalFile(str(tmp_path / "chat.txt")))
    card_of(qtbot, window)
    window.notices.heard(VaultLocked())
    qtbot.waitUntil(lambda: not window.notices.findChildren(WhoseCard))


def test_what_is_no_file_of_this_machine_is_not_taken(window: MainWindow, desk: ScriptedDesk) -> None:
    assert not drop(window, QUrl("https://example.org/chat.txt"))
    assert not drop(window)
    assert desk.assistant.imported == []
