"""What leaving neurons out costs, in the window: measured first, shown as a curve, prepared when a share is chosen."""

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.desk import ScriptedDesk
from ui.bridge import Bridge
from ui.long_work import LongWork
from ui.preparing_desk import ModelCosts, ShareCost
from ui.settings.kept import CostCurve, share_words
from ui.settings.panel import SettingsPanel

pytestmark = pytest.mark.usefixtures("qapp")


def cost(keep: float, perplexity: float) -> ShareCost:
    return ShareCost(keep=keep, perplexity=perplexity, error=0.004, same=0.9, read_bytes=2**20, tokens_per_s=2.0)


def words_of(panel: QWidget) -> str:
    return "\n".join(one.text() for one in panel.findChildren(QLabel))


def button(panel: QWidget, name: str) -> QAbstractButton:
    return next(one for one in panel.findChildren(QAbstractButton) if name in (one.accessibleName(), one.text()))


@pytest.fixture
def settings(qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk) -> SettingsPanel:
    desk.chosen_by_share = True
    panel = SettingsPanel(bridge, LongWork(bridge))
    qtbot.addWidget(panel)
    panel.show()
    panel.go("models")
    panel.opened()
    qtbot.waitUntil(lambda: "Measure" in [one.text() for one in panel.findChildren(QAbstractButton)])
    return panel


def test_a_share_in_words() -> None:
    assert share_words(cost(0.4, 1.021)).startswith("40 % kept: perplexity +2.1 % ± 0.4, the same word in 90.0 %")
    assert "3.0 times as high" in share_words(cost(0.1, 3.0))


def test_the_curve_rises_to_the_right_and_ends_at_twice_the_perplexity(qtbot: QtBot) -> None:
    costs = ModelCosts(
        name="small",
        tokens=511,
        read_bytes=1,
        tokens_per_s=1.0,
        shares=(cost(1.0, 1.0), cost(0.5, 1.2), cost(0.2, 2.0), cost(0.1, 8.0)),
    )
    curve = CostCurve(costs)
    qtbot.addWidget(curve)
    places = curve.places()
    assert places[0] == (0.0, 1.0)
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    assert [round(y, 6) for _, y in places[-2:]] == [0.0, 0.0]
    assert "50 % kept" in curve.accessibleName()


def test_it_is_measured_first_and_prepared_when_a_share_is_chosen(
    qtbot: QtBot, settings: SettingsPanel, desk: ScriptedDesk
) -> None:
    button(settings, "Measure small.gguf with fewer neurons").click()
    qtbot.waitUntil(lambda: "small.gguf with fewer neurons" in words_of(settings))
    assert desk.prepared_model == ""
    assert "50 % kept: perplexity +2.1 % ± 0.4" in words_of(settings)
    assert "As it is: 1.0 GB read a token, about 0.9 tokens/s" in words_of(settings)
    button(settings, "Keep 50 %").click()
    qtbot.waitUntil(lambda: desk.prepared_model == "small.gguf")
    assert desk.kept_share == 0.5
    assert "with fewer neurons" not in words_of(settings)


def test_a_curve_can_be_looked_at_and_left(qtbot: QtBot, settings: SettingsPanel, desk: ScriptedDesk) -> None:
    button(settings, "Measure small.gguf with fewer neurons").click()
    qtbot.waitUntil(lambda: "small.gguf with fewer neurons" in words_of(settings))
    button(settings, "Leave it as it is").click()
    qtbot.waitUntil(lambda: "small.gguf with fewer neurons" not in words_of(settings))
    assert desk.prepared_model == ""
