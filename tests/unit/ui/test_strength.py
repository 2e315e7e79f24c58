"""Strength in the window: what counts as a use, and the curve that is drawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.decay.life import life
from core.memory import Facet, MemoryId, Use
from core.settings import Decay
from tests.desk import ScriptedDesk
from tests.unit.decay.test_curve import BEGIN, memory
from tests.unit.ui.test_understood import LONG, hit
from ui.actions import Actions
from ui.ask.panel import AskPanel
from ui.bridge import Bridge
from ui.long_work import LongWork
from ui.look import Look, tokens
from ui.main_window import MainWindow
from ui.parts.buttons import Pressable
from ui.parts.strength import Curve
from ui.parts.text import Clamped

DAY = timedelta(days=1)


def drawn_life() -> Curve:
    held = memory(stability_days=110.0, uses=1, last_used=BEGIN + 40 * DAY)
    return Curve(life(held, [Use(at=BEGIN + 40 * DAY, stability_days=60.0)], BEGIN + 60 * DAY, Decay()))


def test_opening_what_was_found_is_a_use_and_opening_a_memory_by_a_link_is_none(
    qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk
) -> None:
    window = MainWindow(bridge, Actions(bridge), LongWork(bridge))
    qtbot.addWidget(window)
    found = hit(LONG, None, "paint")
    desk.assistant.put(found.memory)
    window.open_memory(found.memory.id)
    qtbot.waitUntil(lambda: window.place == "memories")
    assert desk.assistant.confirmed == []
    window.open_hit(found)
    qtbot.waitUntil(lambda: desk.assistant.confirmed == [found.memory.id])


def test_opening_what_was_offered_is_a_use(qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk) -> None:
    panel = AskPanel(bridge)
    qtbot.addWidget(panel)
    panel.show()
    panel.opened()
    qtbot.waitUntil(lambda: bool(panel.findChildren(Pressable)))
    with qtbot.waitSignal(panel.open_memory) as signal:
        panel.findChildren(Pressable)[0].click()
    assert signal.args is not None
    qtbot.waitUntil(lambda: desk.assistant.confirmed == list(signal.args or []))


def test_what_is_offered_is_scrolled_in_a_low_window_and_no_card_is_cut(
    qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk
) -> None:
    long = "What was said goes on for more than one line of such a card, so that a second one is there to be cut. " * 2
    for number in range(3):
        desk.assistant.put(memory(id=MemoryId(f"N{number}"), text=long, facet=Facet.NOTE))
    panel = AskPanel(bridge)
    qtbot.addWidget(panel)
    panel.resize(800, 420)
    panel.show()
    panel.opened()
    qtbot.waitUntil(lambda: len(panel.findChildren(Pressable)) >= 3)
    cards = panel.findChildren(Clamped)
    qtbot.waitUntil(lambda: all(words.height() >= _wanted(words) for words in cards))


def _wanted(words: Clamped) -> int:
    return words.heightForWidth(words.width()) if words.hasHeightForWidth() else words.sizeHint().height()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_curve_is_drawn_with_its_uses_in_both_themes(qtbot: QtBot, qapp: QApplication, theme: str) -> None:
    look = Look(qapp, theme)  # type: ignore[arg-type]
    curve = drawn_life()
    qtbot.addWidget(curve)
    curve.resize(520, 200)
    picture = curve.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(520) for y in range(200)}
    accent, warn = QColor(tokens().accent).name(), QColor(tokens().warn).name()
    assert {accent, warn} <= colours
    assert look is not None


def test_the_curve_says_in_words_what_it_shows(qtbot: QtBot) -> None:
    curve = drawn_life()
    qtbot.addWidget(curve)
    assert curve.accessibleName() == "Strength 83 % today. Used once. Fades on 10 August 2026."
    faded = memory(uses=0)
    late = Curve(life(faded, [], BEGIN + 400 * DAY, Decay()))
    qtbot.addWidget(late)
    assert "Faded on " in late.accessibleName()


def test_a_memory_of_tomorrow_has_a_curve_too(qtbot: QtBot) -> None:
    ahead = replace(memory(), at=datetime(2030, 1, 1, tzinfo=UTC))
    curve = Curve(life(ahead, [], BEGIN, Decay()))
    qtbot.addWidget(curve)
    curve.resize(400, 200)
    assert not curve.grab().isNull()
