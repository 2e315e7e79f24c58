"""The picker says what each model would do here, fetches only what was asked for, and can be stopped."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from core.events import Noticed
from tests.desk import ScriptedDesk
from ui.bridge import Bridge
from ui.desk import ModelLine
from ui.long_work import LongWork
from ui.parts.fit import MemoryBar, fit_words, memory_words
from ui.parts.working import Working
from ui.settings.panel import SettingsPanel
from ui.welcome.model import ModelChoice

GIB = 2**30
MODEL = ModelLine(name="m", bytes=4 * GIB, fit="fits", tokens_per_s=7.84, first_word_s=3.25, needed_mb=5000)


@pytest.fixture
def work(bridge: Bridge) -> LongWork:
    return LongWork(bridge)


@pytest.fixture
def settings(qtbot: QtBot, bridge: Bridge, work: LongWork) -> Iterator[SettingsPanel]:
    panel = SettingsPanel(bridge, work)
    qtbot.addWidget(panel)
    panel.resize(900, 700)
    panel.show()
    panel.go("models")
    panel.opened()
    qtbot.waitUntil(lambda: "On offer" in words_of(panel) and "Qwen3 1.7B" in words_of(panel))
    return panel


def words_of(panel: QWidget) -> str:
    return "\n".join(one.text() for one in panel.findChildren(QLabel) if one.isVisibleTo(panel))


def button(panel: QWidget, name: str) -> QAbstractButton:
    found = [one for one in panel.findChildren(QAbstractButton) if name in (one.accessibleName(), one.text())]
    assert len(found) == 1, (name, [one.accessibleName() or one.text() for one in panel.findChildren(QAbstractButton)])
    return found[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Fits: about 7.8 tokens/s, first word after 3.3 s"),
        ({"fit": "streams", "tokens_per_s": 14.2}, "Streams at about 14 tokens/s, first word after 3.3 s"),
        ({"fit": "slow", "tokens_per_s": 0.4}, "Too slow here: about 0.4 tokens/s, first word after 3.3 s"),
        ({"fit": "slow", "first_word_s": None}, "Too slow here: this system cannot stream it"),
        ({"fit": "cannot", "first_word_s": None, "needed_mb": 3072}, "Needs at least 3.0 GB of memory"),
        ({"measured": True}, "Fits: 7.8 tokens/s, first word after 3.3 s when it last answered"),
        ({"fit": "slow", "measured": True}, "Slow here: 7.8 tokens/s, first word after 3.3 s when it last answered"),
        ({"problem": "This is not a sound model file."}, "This is not a sound model file."),
    ],
)
def test_the_picker_says_whether_a_model_fits_streams_or_is_too_slow(changed: dict[str, object], said: str) -> None:
    found = fit_words(replace(MODEL, **changed))  # type: ignore[arg-type]
    assert found is not None
    assert found.text == said


def test_an_embedder_is_not_judged_as_a_writer() -> None:
    assert fit_words(ModelLine(name="e", bytes=1)) is None


@pytest.mark.parametrize(
    ("fit", "given_mb", "shares", "said"),
    [
        ("fits", 8192, (5000 / 8192, 0.0, 1.0), "4.9 GB of the 8.0 GB given"),
        ("streams", 2048, (2048 / 5000, 1 - 2048 / 5000, 2048 / 5000), "2.0 GB in memory, 2.0 GB read from the disk"),
        ("cannot", 1000, (0.2, 0.8, 0.2), "only 1000.0 MB are given"),
        ("slow", 8192, (5000 / 8192, 0.0, 1.0), "4.9 GB of the 8.0 GB given"),
    ],
)
def test_the_picture_shows_what_is_in_memory_and_what_stays_on_the_disk(
    qtbot: QtBot, fit: str, given_mb: int, shares: tuple[float, float, float], said: str
) -> None:
    model = replace(MODEL, fit=fit)  # type: ignore[arg-type]
    bar = MemoryBar(model, given_mb)
    qtbot.addWidget(bar)
    assert bar.shares() == pytest.approx(shares)
    assert memory_words(model, given_mb).startswith(said)
    assert bar.accessibleName() == memory_words(model, given_mb)
    bar.resize(300, 12)
    assert not bar.grab().isNull()


def test_exactly_one_offer_is_for_this_machine(settings: SettingsPanel) -> None:
    assert [one.text() for one in settings.findChildren(QLabel) if one.text() == "for this machine"] == [
        "for this machine"
    ]


def test_the_memory_given_changes_the_words_at_once(qtbot: QtBot, settings: SettingsPanel) -> None:
    assert "Streams at about 3.1 tokens/s, first word after 12 s" in words_of(settings)
    spin = settings.rows["model.memory_mb"].control
    spin.setValue(2048)  # type: ignore[attr-defined]
    spin.editingFinished.emit()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "Needs at least 2.9 GB of memory" in words_of(settings))
    assert "Streams" not in words_of(settings)


def test_fetching_shows_how_far_it_is_and_can_be_stopped(
    qtbot: QtBot, settings: SettingsPanel, desk: ScriptedDesk, bridge: Bridge, work: LongWork
) -> None:
    desk.goes_on.clear()
    cards: list[Working] = []
    said: list[str] = []
    work.begun.connect(cards.append)
    bridge.happened.connect(lambda event: said.append(event.title) if isinstance(event, Noticed) else None)
    button(settings, "Fetch Qwen3 1.7B").click()
    qtbot.waitUntil(lambda: any("256.0 MB of 1.0 GB" in one.text() for one in cards[0].findChildren(QLabel)))
    qtbot.waitUntil(lambda: not button(settings, "Fetch Qwen3 1.7B").isEnabled())
    cards[0].stop.click()
    qtbot.waitUntil(lambda: "The download was cancelled." in said)
    assert desk.fetched is None
    qtbot.waitUntil(lambda: button(settings, "Fetch Qwen3 1.7B").isEnabled())


def test_a_fetched_model_is_said_to_be_here(
    qtbot: QtBot, settings: SettingsPanel, desk: ScriptedDesk, bridge: Bridge
) -> None:
    said: list[str] = []
    bridge.happened.connect(lambda event: said.append(event.title) if isinstance(event, Noticed) else None)
    button(settings, "Fetch Qwen3 1.7B").click()
    qtbot.waitUntil(lambda: "Qwen3 1.7B.gguf is here." in said)
    assert desk.fetched == ("Qwen3 1.7B", None)


def test_what_nobody_vouched_for_is_shown_and_asked_before_it_is_fetched(
    qtbot: QtBot, settings: SettingsPanel, desk: ScriptedDesk
) -> None:
    button(settings, "Fetch Unvouched 3B").click()
    qtbot.waitUntil(lambda: "ab" * 32 in words_of(settings))
    assert "Revision: " + "cd" * 20 in words_of(settings)
    assert desk.fetched is None
    button(settings, "No").click()
    qtbot.waitUntil(lambda: "ab" * 32 not in words_of(settings))
    settings.models.address.setText("https://host/odd.gguf")
    button(settings, "From this address …").click()
    qtbot.waitUntil(lambda: "odd.gguf" in words_of(settings))
    button(settings, "I trust it: fetch").click()
    qtbot.waitUntil(lambda: desk.fetched is not None)
    assert desk.fetched is not None
    assert desk.fetched[1] is not None
    assert desk.fetched[1].sha256 == "ab" * 32


def test_an_address_that_cannot_be_reached_is_a_notice(
    qtbot: QtBot, settings: SettingsPanel, bridge: Bridge, desk: ScriptedDesk
) -> None:
    said: list[str] = []
    bridge.happened.connect(lambda event: said.append(event.title) if isinstance(event, Noticed) else None)
    settings.models.address.setText("https://absent/odd.gguf")
    settings.models.address.returnPressed.emit()
    qtbot.waitUntil(lambda: "The server cannot be reached." in said)
    assert "Asking its host" not in words_of(settings)
    assert desk.fetched is None


def test_a_file_is_added_with_a_card_that_can_stop_it(
    qtbot: QtBot, settings: SettingsPanel, desk: ScriptedDesk, work: LongWork
) -> None:
    desk.goes_on.clear()
    cards: list[Working] = []
    work.begun.connect(cards.append)
    settings.models.add_file(Path("/somewhere/big.gguf"))
    qtbot.waitUntil(lambda: len(cards) == 1)
    with qtbot.waitSignal(work.ended):
        cards[0].stop.click()
    assert desk.added_models == ()
    desk.goes_on.set()
    settings.models.add_file(Path("/somewhere/other.gguf"))
    qtbot.waitUntil(lambda: "other.gguf" in words_of(settings))
    assert "big.gguf\n" not in words_of(settings)


def test_what_the_last_answer_took_stands_under_the_model(settings: SettingsPanel) -> None:
    assert "Streamed: 0.2 of 0.4 GB stayed in memory." in words_of(settings)


def test_a_model_is_prepared_with_a_card_that_can_stop_it(
    qtbot: QtBot, settings: SettingsPanel, desk: ScriptedDesk, work: LongWork, bridge: Bridge
) -> None:
    desk.goes_on.clear()
    cards: list[Working] = []
    said: list[str] = []
    work.begun.connect(cards.append)
    bridge.happened.connect(lambda event: said.append(event.title) if isinstance(event, Noticed) else None)
    button(settings, "Prepare small.gguf").setFocus()
    button(settings, "Prepare small.gguf").click()
    qtbot.waitUntil(lambda: any("256.0 MB of 1.0 GB" in one.text() for one in cards[0].findChildren(QLabel)))
    qtbot.waitUntil(lambda: not button(settings, "Prepare small.gguf").isEnabled())
    assert settings.window().focusWidget() is settings.models.add
    assert {one.verticalScrollBar().value() for one in settings.findChildren(QScrollArea)} == {0}
    with qtbot.waitSignal(work.ended):
        cards[0].stop.click()
    assert desk.prepared_model == ""
    desk.goes_on.set()
    qtbot.waitUntil(lambda: button(settings, "Prepare small.gguf").isEnabled())
    button(settings, "Prepare small.gguf").click()
    qtbot.waitUntil(lambda: "small-prepared.gguf is here." in said)
    assert desk.prepared_model == "small.gguf"


def test_what_an_interrupted_download_left_can_be_thrown_away(
    qtbot: QtBot, settings: SettingsPanel, desk: ScriptedDesk
) -> None:
    assert "big.gguf.part, 300.0 MB" in words_of(settings)
    button(settings, "Use small.gguf").setFocus()
    button(settings, "Throw away big.gguf.part").click()
    qtbot.waitUntil(lambda: "big.gguf.part" not in words_of(settings))
    assert desk.thrown_away == "big.gguf.part"
    assert settings.window().focusWidget() is button(settings, "Use small.gguf")


def test_the_first_start_recommends_exactly_one_and_can_be_skipped(
    qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk, work: LongWork
) -> None:
    page = ModelChoice(bridge, work)
    qtbot.addWidget(page)
    page.show()
    page.skip.setFocus()
    page.load()
    qtbot.waitUntil(lambda: page.fetch.isVisible() and "Qwen3 1.7B" in words_of(page))
    assert "Fits: about 7.8 tokens/s, first word after 8.0 s" in words_of(page)
    assert page.fetch.text() == "Fetch it (1.2 GB)"
    assert not page.fetch.hasFocus(), "a key pressed in this moment would begin a download"
    with qtbot.waitSignal(page.decided):
        page.skip.click()
    assert desk.fetched is None


def test_the_first_start_fetches_the_one_uses_it_and_gives_it_its_memory(
    qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk, work: LongWork
) -> None:
    page = ModelChoice(bridge, work)
    qtbot.addWidget(page)
    page.load()
    qtbot.waitUntil(lambda: page.fetch.isVisibleTo(page))
    with qtbot.waitSignal(page.decided):
        page.fetch.click()
    qtbot.waitUntil(lambda: desk.used_model == "answering")
    qtbot.waitUntil(lambda: desk.assistant.settings.model.memory_mb == 8192)


def test_a_machine_for_which_there_is_none_is_told_why(
    qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk, work: LongWork
) -> None:
    desk.no_model_suits = True
    page = ModelChoice(bridge, work)
    qtbot.addWidget(page)
    page.load()
    qtbot.waitUntil(lambda: "too slow on this machine" in words_of(page))
    assert not page.fetch.isVisibleTo(page)
    assert page.skip.text() == "Continue"


def test_a_small_model_is_let_draft_and_no_longer(qtbot: QtBot, settings: SettingsPanel, desk: ScriptedDesk) -> None:
    tiny = ModelLine(name="tiny.gguf", bytes=80_000_000, fit="fits", tokens_per_s=60.0, drafts=True)
    other = ModelLine(
        name="other.gguf", bytes=80_000_000, fit="fits", tokens_per_s=60.0, no_draft="It has other words."
    )
    desk.added_models = (tiny, other)
    settings.models.load(measuring=False)
    qtbot.waitUntil(lambda: "tiny.gguf" in words_of(settings))
    assert "It has other words." in words_of(settings)
    button(settings, "Let tiny.gguf draft").click()  # and of the other nothing is offered
    qtbot.waitUntil(lambda: desk.drafts_with == "tiny.gguf")
    qtbot.waitUntil(lambda: "drafts" in words_of(settings).split("\n"))
    button(settings, "No drafts").click()
    qtbot.waitUntil(lambda: desk.drafts_with == "none")
    qtbot.waitUntil(lambda: "drafts" not in words_of(settings).split("\n"))
