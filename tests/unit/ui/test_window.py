"""The window driven by keys over a desk of real shapes."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QCalendarWidget,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.errors import Problem
from core.events import MemoriesForgotten, Noticed
from core.memory import MemoryId
from core.settings import Settings
from core.urgency import Urgency
from tests.desk import NOW, ScriptedDesk, said, sample
from ui.actions import Actions
from ui.ask.session import Stage
from ui.bridge import Bridge
from ui.desk import RecorderStatus
from ui.forgetting import ForgetDialog
from ui.long_work import LongWork
from ui.main_window import MainWindow
from ui.note import NoteDialog
from ui.passphrase import PassphraseDialog
from ui.quick_recall.window import QuickRecall
from ui.settings.model import PICKED
from ui.welcome.panel import WelcomePanel
from ui.welcome.session import Step
from ui.welcome.unlock import UnlockPanel

FACT = MemoryId("01J" + "10".zfill(23))
SECRET = MemoryId("01J" + "13".zfill(23))


@pytest.fixture
def window(qtbot: QtBot, bridge: Bridge) -> Iterator[MainWindow]:
    made = MainWindow(bridge, Actions(bridge), LongWork(bridge))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()


@pytest.fixture
def quick(qtbot: QtBot, bridge: Bridge) -> QuickRecall:
    made = QuickRecall(bridge)
    qtbot.addWidget(made)
    made.call()
    qtbot.waitUntil(made.isVisible)
    return made


def controls(window: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)
    inside = {child for calendar in window.findChildren(QCalendarWidget) for child in calendar.findChildren(QWidget)}
    found = [child for kind in kinds for child in window.findChildren(kind)]
    parts = (QComboBox, QAbstractSpinBox, QLineEdit)
    return [
        one
        for one in found
        if one not in inside
        and not isinstance(one.parentWidget(), parts)
        and not one.objectName().startswith("qt_")
        and not isinstance(one.window().parentWidget(), parts)
        and one.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]


def visit_all(qtbot: QtBot, window: MainWindow) -> None:
    for place in ("ask", "timeline", "memories", "sleep", "settings", "health"):
        window.go(place)
        assert window.place == place
        qtbot.wait(60)


def test_each_place_has_its_key(qtbot: QtBot, window: MainWindow) -> None:
    for number, place in enumerate(("ask", "timeline", "memories", "sleep", "settings", "health"), start=1):
        qtbot.keyClick(window, str(number), Qt.KeyboardModifier.ControlModifier)
        assert window.place == place


def test_every_control_in_every_place_has_a_name_for_screen_readers(qtbot: QtBot, window: MainWindow) -> None:
    visit_all(qtbot, window)
    window.memories.show_memory(FACT)
    qtbot.wait(100)
    nameless = [
        f"{type(one).__name__} in {type(one.parentWidget()).__name__}"
        for one in controls(window)
        if not (one.accessibleName() or (isinstance(one, QAbstractButton) and one.text()))
    ]
    assert nameless == []


def test_a_question_is_answered_with_its_grounds_and_a_ground_opens_the_memory(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.go("ask")
    qtbot.keyClicks(window.ask.question, "blue folder")
    qtbot.keyClick(window.ask.question, Qt.Key.Key_Return)
    with qtbot.waitSignal(window.ask.session.ended):
        pass
    qtbot.waitUntil(lambda: any(button.objectName() == "cardButton" for button in cards(window.ask)))
    cards(window.ask)[0].click()
    qtbot.waitUntil(lambda: window.place == "memories")
    qtbot.waitUntil(lambda: "blue folder" in shown(window.memories.detail))


def test_what_was_found_is_there_at_once_and_the_models_words_take_its_place(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    writing = desk.assistant.writing = threading.Event()
    window.go("ask")
    window.ask.ask("blue folder")
    qtbot.waitUntil(lambda: "The model is writing" in shown(window.ask))
    assert "blue folder" in shown(window.ask)
    assert [button.objectName() for button in cards(window.ask)].count("cardButton") > 0
    assert window.ask.session.asking
    writing.set()
    qtbot.waitUntil(lambda: not window.ask.session.asking)
    qtbot.waitUntil(lambda: "The model is writing" not in shown(window.ask))
    answer = window.ask.session.exchanges[0].answer
    assert answer is not None
    assert answer.route == "extract"


def test_an_answer_stopped_before_the_models_first_word_leaves_what_was_found(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    writing = desk.assistant.writing = threading.Event()
    window.go("ask")
    window.ask.ask("blue folder")
    qtbot.waitUntil(lambda: "The model is writing" in shown(window.ask))
    window.ask.session.stop()
    writing.set()
    assert "Stopped. This is in your memories' own words." in shown(window.ask)
    assert "blue folder" in shown(window.ask)


def test_escape_stops_an_answer_that_is_under_way(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    go = threading.Event()
    desk.submit(lambda _: go.wait(10), Urgency.QUESTION, lambda _: None, lambda _: None)
    window.go("ask")
    qtbot.keyClicks(window.ask.question, "invoice")
    qtbot.keyClick(window.ask.question, Qt.Key.Key_Return)
    assert window.ask.session.asking
    qtbot.keyClick(window.ask.question, Qt.Key.Key_Escape)
    go.set()
    assert not window.ask.session.asking
    assert window.ask.session.exchanges[0].stage is Stage.STOPPED


def test_an_empty_day_leads_to_the_last_one_before_it_however_long_ago(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for memory in desk.assistant.every():
        desk.assistant.forget([memory.id])
    old = said(90, "The kiln is lit.", "Dana", "me", timedelta(days=800))
    desk.assistant.put(old)
    monkeypatch.setattr(desk.assistant, "heat", lambda first, last: {old.at.date(): 1} if first < old.at.date() else {})
    monkeypatch.setattr(window.bridge, "now", lambda: NOW + timedelta(days=1))
    window.timeline.go_to(window.bridge.now().date())
    window.go("timeline")
    qtbot.waitUntil(lambda: any(name.startswith("Go to ") for name in names(window.timeline)))
    next(one for one in window.timeline.findChildren(QAbstractButton) if one.text().startswith("Go to ")).click()
    qtbot.waitUntil(lambda: str(old.at.year) in shown(window.timeline))


def test_find_goes_to_the_box_of_the_place(qtbot: QtBot, window: MainWindow) -> None:
    window.go("memories")
    window.sidebar.list.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.memories.filter_text.hasFocus)


def cards(widget: QWidget) -> list[QAbstractButton]:
    return [one for one in widget.findChildren(QAbstractButton) if one.objectName() == "cardButton"]


def shown(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel))


def test_locking_takes_everything_off_the_screen(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    window.ask.session.ask("Gartenstraße")
    with qtbot.waitSignal(window.ask.session.ended):
        pass
    visit_all(qtbot, window)
    window.memories.show_memory(FACT)
    qtbot.waitUntil(lambda: "Gartenstraße" in shown(window.memories.detail))
    desk.lock()
    qtbot.waitUntil(lambda: bool(window.findChildren(UnlockPanel)))
    qtbot.wait(50)
    assert "Gartenstraße" not in everything(window)
    assert window.memories.rows.rowCount() == 0
    assert window.ask.session.exchanges == []


def everything(window: QWidget) -> str:
    names = "\n".join(one.accessibleName() for one in window.findChildren(QWidget))
    return shown(window) + names


def test_the_door_opens_with_the_right_passphrase_only(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    desk.lock()
    qtbot.waitUntil(lambda: bool(window.findChildren(UnlockPanel)))
    door = window.findChildren(UnlockPanel)[0]
    qtbot.keyClicks(door.passphrase, "wrong")
    qtbot.keyClick(door.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(door.said.isVisible)
    assert desk.state() == "locked"
    door.passphrase.clear()
    qtbot.keyClicks(door.passphrase, "correct horse")
    qtbot.keyClick(door.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.state() == "open")
    qtbot.waitUntil(lambda: not window.findChildren(UnlockPanel))


def test_while_the_door_is_shut_no_place_can_be_reached(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    before = window.place
    desk.lock()
    qtbot.waitUntil(lambda: bool(window.findChildren(UnlockPanel)))
    window.go("memories")
    qtbot.keyClick(window, "2", Qt.KeyboardModifier.ControlModifier)
    assert window.place == before


def test_a_problem_becomes_a_notice_that_stays_until_it_is_dismissed(window: MainWindow, bridge: Bridge) -> None:
    bridge.say(Problem("It went wrong.", "Try again."))
    bridge.say(Problem("It went wrong.", "Try again."))
    assert [notice.said for notice in window.notices.shown] == [Noticed("It went wrong.", "Try again.", problem=True)]
    window.notices.take(window.notices.shown[0])
    assert window.notices.shown == []


def test_forgetting_asks_first_and_takes_the_memory_off_the_screen(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    window.go("memories")
    window.memories.show_memory(FACT)
    qtbot.waitUntil(lambda: "Gartenstraße" in shown(window.memories.detail))
    window.memories.detail.forget.emit()
    qtbot.waitUntil(lambda: bool(window.findChildren(ForgetDialog)))
    dialog = window.findChildren(ForgetDialog)[0]
    assert [memory.id for memory in desk.assistant.memories_of(FACT)] == [FACT]
    dialog.accept()
    qtbot.waitUntil(lambda: desk.assistant.memories_of(FACT) == [])
    qtbot.waitUntil(lambda: "lives at" not in shown(window.memories.detail))
    qtbot.waitUntil(lambda: bool(window.notices.shown))
    assert "0 after" in window.notices.shown[0].said.remedy


def test_a_corrected_memory_keeps_what_it_said_before(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    window.go("memories")
    window.memories.correct(FACT)
    qtbot.waitUntil(lambda: bool(window.memories.detail.findChildren(QPlainTextEdit)))
    box = window.memories.detail.findChildren(QPlainTextEdit)[0]
    box.setPlainText("Dana lives at Gartenstraße 41.")
    next(one for one in window.memories.detail.findChildren(QAbstractButton) if one.text() == "Save").click()
    qtbot.waitUntil(lambda: desk.assistant.memory(FACT).text == "Dana lives at Gartenstraße 41.")
    qtbot.waitUntil(lambda: "Gartenstraße 14." in shown(window.memories.detail))


def test_the_settings_draw_every_field_and_save_what_is_changed(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    window.go("settings")
    elsewhere = {"capture.untried_systems", "capture.wayland_whole_screen"}
    assert set(window.settings.rows) == set(Settings().flat()) - PICKED - elsewhere
    control = window.settings.rows["capture.screen"].control
    assert isinstance(control, QAbstractButton)
    control.click()
    qtbot.waitUntil(lambda: desk.assistant.settings.capture.screen is True)


def test_a_setting_that_does_not_fit_is_said_and_put_back(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    window.go("settings")
    line = window.settings.rows["capture.hours"].control
    assert isinstance(line, QLineEdit)
    line.setText("at night")
    line.editingFinished.emit()
    qtbot.waitUntil(lambda: bool(window.notices.shown))
    assert line.text() == ""
    assert desk.assistant.settings.capture.hours == ""


def test_the_recorders_state_is_told_in_words_and_by_another_icon(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    seen = set()
    for state in ("recording", "paused", "off", "problem"):
        desk.set_recorder(RecorderStatus(state=state, reason="because"))  # type: ignore[arg-type]
        qtbot.wait(30)
        seen.add(window.sidebar.recorder.accessibleName())
    assert len(seen) == 4


def test_the_first_start_makes_a_profile_only_with_a_fitting_passphrase(
    qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk
) -> None:
    desk.become_new()
    window = MainWindow(bridge, Actions(bridge), LongWork(bridge))
    qtbot.addWidget(window)
    window.show()
    welcome = window.findChildren(WelcomePanel)[0]
    welcome.go(Step.KEY)
    qtbot.keyClicks(welcome.passphrase, "one horse battery")
    welcome.make.click()
    assert desk.state() == "new"
    qtbot.keyClicks(welcome.again, "one horse battery")
    welcome.make.click()
    qtbot.waitUntil(lambda: welcome.stack.currentIndex() == Step.RECOVERY)
    assert welcome.recovery.key() == "K7QM-4TZR-9XWA-2BHN-6PDE-J3VC-8YSG-5FUL"
    assert not welcome.onward.isEnabled()
    welcome.written.click()
    welcome.onward.click()
    assert welcome.stack.currentIndex() == Step.MODEL
    welcome.model.skip.click()
    assert welcome.stack.currentIndex() == Step.READY
    with qtbot.waitSignal(window.first_choice) as chosen:
        welcome.sample.click()
    assert chosen.args == ["sample"]
    assert not window.findChildren(WelcomePanel) or window.place == "ask"


def test_a_note_is_kept_with_the_keyboard(qtbot: QtBot, window: MainWindow, bridge: Bridge, desk: ScriptedDesk) -> None:
    dialog = NoteDialog(bridge, window)
    dialog.open()
    qtbot.keyClicks(dialog.text, "The spare key hangs behind the boiler")
    dialog.keep()
    qtbot.waitUntil(lambda: any("boiler" in one.text for one in desk.assistant.every()))


def test_a_pasted_conversation_is_offered_as_its_turns_and_kept_as_the_person_says(
    qtbot: QtBot, window: MainWindow, bridge: Bridge, desk: ScriptedDesk
) -> None:
    chat = "[14:05, 15/03/2024] Dana: The boiler leaks.\n[14:06, 15/03/2024] Kim: I call the plumber."
    for number, as_turns in enumerate((True, False)):
        dialog = NoteDialog(bridge, window)
        dialog.open()
        assert not dialog.talk.isVisible()
        dialog.text.insertPlainText(chat)
        qtbot.waitUntil(dialog.talk.isVisible)
        assert dialog.talk.text() == "Keep as a conversation of 2 messages: Dana, Kim"
        dialog.talk.setChecked(as_turns)
        dialog.keep()
        qtbot.waitUntil(lambda wanted=number: len(desk.assistant.every()) > wanted)
    texts = [one.text for one in desk.assistant.every()]
    assert "The boiler leaks." in texts
    assert "I call the plumber." in texts
    qtbot.waitUntil(lambda: chat in [one.text for one in desk.assistant.every()])


def test_a_note_of_several_lines_is_not_taken_for_a_conversation(
    qtbot: QtBot, window: MainWindow, bridge: Bridge, desk: ScriptedDesk
) -> None:
    dialog = NoteDialog(bridge, window)
    dialog.open()
    dialog.text.insertPlainText("Groceries: milk\nHardware: two hooks\nOn Friday")
    qtbot.wait(600)
    assert not dialog.talk.isVisible()
    dialog.keep()
    qtbot.waitUntil(lambda: any("hooks" in one.text for one in desk.assistant.every()))


def test_quick_recall_needs_only_the_keyboard(qtbot: QtBot, quick: QuickRecall) -> None:
    qtbot.keyClicks(quick.question, "invoice")
    qtbot.waitUntil(lambda: quick.hits.count() >= 2)
    first = quick.hits.chosen()
    qtbot.keyClick(quick.question, Qt.Key.Key_Down)
    second = quick.hits.chosen()
    assert first is not None
    assert second is not None
    assert first != second
    qtbot.keyClick(quick.question, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert second.memory.text in QApplication.clipboard().text()
    with qtbot.waitSignal(quick.opened) as opened:
        qtbot.keyClick(quick.question, Qt.Key.Key_Return)
    assert opened.args == [second]
    assert not quick.isVisible()


def test_quick_recall_asks_with_control_enter_and_is_gone_with_escape(qtbot: QtBot, quick: QuickRecall) -> None:
    qtbot.keyClicks(quick.question, "invoice")
    qtbot.keyClick(quick.question, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(quick.session.answered):
        pass
    assert "1,240" in quick.answer.text()
    qtbot.keyClick(quick.question, Qt.Key.Key_Escape)
    assert not quick.isVisible()
    assert quick.question.text() == ""
    assert quick.answer.text() == ""


def test_quick_recall_shows_what_was_found_while_the_model_writes(
    qtbot: QtBot, quick: QuickRecall, desk: ScriptedDesk
) -> None:
    writing = desk.assistant.writing = threading.Event()
    qtbot.keyClicks(quick.question, "invoice")
    qtbot.keyClick(quick.question, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "The model is writing" in quick.said.text())
    assert "1,240" in quick.answer.text()
    writing.set()
    qtbot.waitUntil(lambda: "The model is writing" not in quick.said.text())
    assert "1,240" in quick.answer.text()


def test_quick_recall_drops_what_was_forgotten(qtbot: QtBot, quick: QuickRecall, desk: ScriptedDesk) -> None:
    qtbot.keyClicks(quick.question, "invoice")
    qtbot.waitUntil(lambda: quick.hits.count() > 0)
    hit = quick.hits.chosen()
    assert hit is not None
    desk.events.tell(MemoriesForgotten((hit.memory.id,)))
    qtbot.waitUntil(lambda: not quick.isVisible())
    assert quick.session.hits == ()


def test_only_the_last_typed_question_shows_its_hits(qtbot: QtBot, quick: QuickRecall) -> None:
    found = []
    quick.session.found.connect(lambda recalled: found.append(recalled.question))
    qtbot.keyClicks(quick.question, "invoice")
    quick.question.setText("blue folder")
    qtbot.waitUntil(lambda: bool(found))
    qtbot.wait(200)
    assert found == ["blue folder"]


def test_no_two_actions_share_a_key(bridge: Bridge) -> None:
    keys = [
        action.shortcut().toString(QKeySequence.SequenceFormat.PortableText) for action in Actions(bridge).shortcuts()
    ]
    assert len(keys) == len(set(keys))
    assert all(keys)


def test_the_sample_holds_what_these_tests_look_for() -> None:
    assert any(memory.id == FACT for memory in sample())
    assert NOW.tzinfo is not None


def test_a_secret_and_a_new_recovery_key_are_shown_only_to_who_knows_the_passphrase(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.go("memories")
    window.memories.show_memory(SECRET)
    qtbot.waitUntil(lambda: "Show the secret" in names(window.memories.detail))
    button(window.memories.detail, "Show the secret").click()
    dialog = asked(qtbot, window)
    qtbot.keyClicks(dialog.line, "wrong")
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.said.isVisible)
    assert "4711" not in everything(window)
    dialog.line.clear()
    qtbot.keyClicks(dialog.line, "correct horse")
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "4711" in shown(window.memories.detail))
    window.go("settings")
    qtbot.waitUntil(lambda: not window.findChildren(PassphraseDialog))
    button(window.settings, "Make a new recovery key").click()
    asked(qtbot, window).reject()
    qtbot.wait(50)
    assert "NEW1" not in everything(window)
    qtbot.waitUntil(lambda: not window.findChildren(PassphraseDialog))
    button(window.settings, "Make a new recovery key").click()
    again = asked(qtbot, window)
    qtbot.keyClicks(again.line, "correct horse")
    again.check()
    qtbot.waitUntil(lambda: "NEW1" in everything(window))


def test_correcting_a_secret_asks_too_and_what_it_said_before_is_hidden(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    desk.assistant.edit(SECRET, "Door code of the archive: 1234", NOW)
    window.go("memories")
    window.memories.show_memory(SECRET)
    qtbot.waitUntil(lambda: "Show the secret" in names(window.memories.detail))
    button(window.memories.detail, "Edit").click()
    dialog = asked(qtbot, window)
    assert not window.memories.detail.findChildren(QPlainTextEdit)
    assert "4711" not in everything(window)
    qtbot.keyClicks(dialog.line, "correct horse")
    dialog.check()
    qtbot.waitUntil(lambda: bool(window.memories.detail.findChildren(QPlainTextEdit)))
    assert "1234" in window.memories.detail.findChildren(QPlainTextEdit)[0].toPlainText()
    assert "4711" in shown(window.memories.detail)


def test_the_keyboard_stays_with_a_memory_that_was_kept(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    window.go("memories")
    window.memories.show_memory(FACT)
    qtbot.waitUntil(lambda: "Keep" in names(window.memories.detail))
    keep = button(window.memories.detail, "Keep")
    keep.setFocus()
    qtbot.keyClick(keep, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(desk.assistant.confirmed) and keep not in window.memories.detail.findChildren(QWidget))
    focused = window.focusWidget()
    assert isinstance(focused, QAbstractButton)
    assert focused.text() == "Keep"


def test_without_a_passphrase_nothing_asks_for_one(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    desk.create(None, use_keyring=True)
    window.go("memories")
    window.memories.show_memory(SECRET)
    qtbot.waitUntil(lambda: "Show the secret" in names(window.memories.detail))
    button(window.memories.detail, "Show the secret").click()
    qtbot.waitUntil(lambda: "4711" in shown(window.memories.detail))


def test_a_lock_takes_the_question_for_the_passphrase_away(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    window.go("settings")
    button(window.settings, "Make a new recovery key").click()
    asked(qtbot, window)
    desk.lock()
    qtbot.waitUntil(lambda: not window.findChildren(PassphraseDialog))


def button(widget: QWidget, text: str) -> QAbstractButton:
    return next(one for one in widget.findChildren(QAbstractButton) if one.text() == text)


def names(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QAbstractButton)]


def asked(qtbot: QtBot, window: MainWindow) -> PassphraseDialog:
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(PassphraseDialog)))
    return next(one for one in window.findChildren(PassphraseDialog) if one.isVisible())


def test_what_is_beside_the_list_is_in_the_list_after_another_search(qtbot: QtBot, window: MainWindow) -> None:
    window.go("memories")
    window.memories.show_memory(FACT)
    qtbot.waitUntil(lambda: "Gartenstraße 14." in shown(window.memories.detail))
    window.memories.filter_text.setText("Gartenstraße")
    qtbot.waitUntil(lambda: window.memories.rows.rowCount() == 2)
    assert window.memories.detail.memory is not None
    window.memories.filter_text.setText("label printer")
    qtbot.waitUntil(lambda: window.memories.rows.rowCount() == 1)
    assert window.memories.detail.memory is None
    window.memories.show_memory(FACT)
    qtbot.waitUntil(lambda: "Gartenstraße 14." in shown(window.memories.detail))


def test_what_is_being_corrected_stays_whatever_is_searched(qtbot: QtBot, window: MainWindow) -> None:
    window.go("memories")
    window.memories.correct(FACT)
    qtbot.waitUntil(lambda: bool(window.memories.detail.findChildren(QPlainTextEdit)))
    window.memories.filter_text.setText("label printer")
    qtbot.waitUntil(lambda: window.memories.rows.rowCount() == 1)
    assert window.memories.detail.findChildren(QPlainTextEdit)


def test_the_last_question_is_in_sight_with_the_head_of_its_answer(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(900, 480)
    window.go("ask")
    for question in ("invoice", "address", "workshop"):
        with qtbot.waitSignal(window.ask.session.ended):
            window.ask.ask(question)
    bubble = next(one for one in window.ask.findChildren(QLabel) if one.text() == "workshop")

    def in_sight() -> bool:
        top = bubble.mapTo(window, bubble.rect().topLeft()).y()
        return bubble.visibleRegion().boundingRect().height() == bubble.height() and top < window.height() / 2

    qtbot.waitUntil(in_sight)


def test_at_the_smallest_size_nothing_is_wider_than_its_place(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(window.minimumSize())
    window.go("memories")
    window.memories.show_memory(FACT)
    qtbot.waitUntil(lambda: "Gartenstraße 14." in shown(window.memories.detail))
    detail = window.memories.detail
    qtbot.waitUntil(lambda: detail.widget().width() <= detail.viewport().width())
    for one in window.findChildren(QAbstractButton):
        if one.isVisible():
            assert one.width() >= one.minimumSizeHint().width(), one.text() or one.accessibleName()
