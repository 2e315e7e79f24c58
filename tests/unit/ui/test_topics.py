"""Memories by topic: a tree on the left, what belongs to a topic on the right."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.desk import NOW, ScriptedDesk
from ui.bridge import Bridge
from ui.memories.panel import MemoriesPanel
from ui.memories.topics import TopicTree
from ui.parts.buttons import Button


@pytest.fixture
def panel(qtbot: QtBot, bridge: Bridge) -> Iterator[MemoriesPanel]:
    made = MemoriesPanel(bridge)
    qtbot.addWidget(made)
    made.show()
    made.opened()
    yield made
    made.close()


def titles(tree: TopicTree) -> list[str]:
    model = tree.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_the_tab_leads_to_the_tree_and_back(qtbot: QtBot, panel: MemoriesPanel) -> None:
    tabs = {tab.text(): tab for tab in panel.findChildren(Button) if tab.isCheckable()}
    tabs["Topics"].click()
    qtbot.waitUntil(lambda: titles(panel.topics) == ["Dana", "Workshop"], timeout=20_000)
    assert panel.topics.isVisibleTo(panel)
    tabs["List"].click()
    assert not panel.topics.isVisibleTo(panel)
    assert panel.list.isVisibleTo(panel)


def test_choosing_a_topic_shows_what_belongs_to_it(qtbot: QtBot, panel: MemoriesPanel) -> None:
    panel.browse(True)
    qtbot.waitUntil(lambda: bool(titles(panel.topics)), timeout=20_000)
    top = panel.topics.model().index(0, 0)
    panel.topics.setCurrentIndex(panel.topics.model().index(0, 0, top))
    qtbot.waitUntil(
        lambda: "What belongs to it" in [one.text() for one in panel.detail.findChildren(QLabel)], timeout=20_000
    )
    assert panel.detail.memory is not None
    assert panel.detail.memory.text == "The move: boxes, landlord"


def test_the_chosen_topic_stays_chosen_when_the_tree_is_drawn_anew(qtbot: QtBot, desk: ScriptedDesk) -> None:
    tree = TopicTree()
    qtbot.addWidget(tree)
    found = desk.assistant.topics()
    tree.show_topics(found, NOW)
    tree.setCurrentIndex(tree.model().index(1, 0))
    tree.show_topics(found[::-1], NOW)
    assert tree.current == found[1].memory.id
    assert tree.currentIndex().row() == 0
    assert "3 episodes" in str(tree.model().index(1, 0).data(0x000B))
