"""The card of the model for meaning: what it knows, another one while it reads, cancelling, and back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QProgressBar
from pytestqt.qtbot import QtBot

from core.events import READING_FOR_MEANING, Progressed, SettingChanged
from tests.desk import ScriptedDesk
from ui.bridge import Bridge
from ui.settings.meaning import Meaning, language_names


@pytest.fixture
def meaning(qtbot: QtBot, bridge: Bridge) -> Iterator[Meaning]:
    made = Meaning(bridge)
    qtbot.addWidget(made)
    made.show()
    made.load()
    qtbot.waitUntil(lambda: "The bundled one" in shown(made))
    yield made
    made.clear()


def shown(meaning: Meaning) -> str:
    return "\n".join(one.text() for one in meaning.findChildren(QLabel))


def button(meaning: Meaning, text: str) -> QAbstractButton | None:
    return next((one for one in meaning.findChildren(QAbstractButton) if one.text() == text), None)


def test_languages_are_named_and_sorted() -> None:
    assert language_names(("ja", "de", "en")) == "English, German, Japanese"


def test_it_says_which_languages_the_model_knows_and_which_not(meaning: Meaning) -> None:
    assert "Knows English." in shown(meaning)
    assert "Does not know German, Japanese" in shown(meaning)
    assert button(meaning, "Back to the bundled one") is None


def test_a_chosen_file_reads_with_progress_and_can_be_cancelled(
    qtbot: QtBot, meaning: Meaning, desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/somewhere/e5.gguf", ""))
    choose = button(meaning, "Choose a GGUF file …")
    assert choose is not None
    choose.click()
    qtbot.waitUntil(lambda: bool(meaning.findChildren(QProgressBar)))
    assert desk.embeds_with == "/somewhere/e5.gguf"
    meaning.heard(Progressed(READING_FOR_MEANING, 40, 100))
    (bar,) = meaning.findChildren(QProgressBar)
    assert (bar.value(), bar.maximum()) == (40, 100)
    cancel = button(meaning, "Cancel")
    assert cancel is not None
    cancel.click()
    qtbot.waitUntil(lambda: not meaning.findChildren(QProgressBar))
    assert desk.embeds_with == "", "the one that is in use stays"


def test_when_the_new_one_has_read_everything_it_is_shown_with_the_way_back(
    qtbot: QtBot, meaning: Meaning, desk: ScriptedDesk
) -> None:
    desk.meaning_model = replace(desk.meaning_model, file="e5.gguf", knows=("de", "en"), fails=())
    meaning.heard(SettingChanged("model.embedder"))
    qtbot.waitUntil(lambda: "Knows English, German." in shown(meaning))
    assert "e5.gguf" in shown(meaning)
    back = button(meaning, "Back to the bundled one")
    assert back is not None
    back.click()
    qtbot.waitUntil(lambda: bool(meaning.findChildren(QProgressBar)))
    assert desk.embeds_with == ""


def test_other_progress_is_not_its_own(meaning: Meaning) -> None:
    meaning.heard(Progressed("Sleep: folding", 1, 9))
    assert not meaning.findChildren(QProgressBar)


def test_without_any_model_it_says_that_words_are_looked_for(
    qtbot: QtBot, meaning: Meaning, desk: ScriptedDesk
) -> None:
    desk.meaning_model = replace(desk.meaning_model, here=False, knows=(), fails=())
    meaning.load()
    qtbot.waitUntil(lambda: "by their words only" in shown(meaning))
