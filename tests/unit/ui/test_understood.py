"""What was understood of a question: shown as chips, clicked away and back, by mouse and by keys."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.memory import Hit, Kind, MemoryId, Understood, Why
from tests.desk import UNDERSTOOD, ScriptedDesk, said
from ui.actions import Actions
from ui.ask.session import Exchange
from ui.bridge import Bridge
from ui.long_work import LongWork
from ui.main_window import MainWindow
from ui.parts.chips import Chip, Chips
from ui.parts.found_text import hit_text, near_words
from ui.parts.passage import Passage, marked
from ui.parts.query_help import HelpPopover
from ui.parts.understood import Part, Reading, chip_words, dates_written, tip
from ui.quick_recall.window import QuickRecall
from ui.words import because

TIME, FROM, EVENT = UNDERSTOOD
QUESTION = "from Dana, invoice of the workshop last Friday"


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


def asked(qtbot: QtBot, window: MainWindow) -> tuple[Exchange, Chips]:
    window.go("ask")
    with qtbot.waitSignal(window.ask.session.ended):
        window.ask.ask(QUESTION)
    (chips,) = window.ask.findChildren(Chips)
    return window.ask.session.exchanges[0], chips


def read(*understood: Understood) -> Reading:
    reading = Reading()
    reading.ask_about(QUESTION)
    reading.read(understood)
    return reading


def test_what_was_understood_stands_in_the_order_of_the_question() -> None:
    assert [part.understood for part in read(TIME, FROM, EVENT).parts] == [FROM, EVENT, TIME]


def test_what_is_clicked_away_stays_where_it_was_and_can_come_back() -> None:
    reading = read(TIME, FROM, EVENT)
    reading.toggle(EVENT.key)
    assert reading.ignore == (EVENT.key,)
    reading.read((TIME, FROM))
    assert [(part.understood, part.away) for part in reading.parts] == [(FROM, False), (EVENT, True), (TIME, False)]
    reading.toggle(EVENT.key)
    reading.read((TIME, FROM, EVENT))
    assert reading.ignore == ()
    assert [part.understood for part in reading.parts] == [FROM, EVENT, TIME]


def test_what_went_with_another_goes_and_comes_with_it() -> None:
    reading = read(TIME, EVENT)
    reading.toggle(EVENT.key)
    reading.read(())
    assert [part.understood for part in reading.parts] == [EVENT]


def test_what_the_question_no_longer_says_is_no_longer_ignored() -> None:
    reading = read(TIME, FROM)
    reading.toggle(TIME.key)
    reading.ask_about("from Dana, invoice last Friday evening")
    assert reading.ignore == (TIME.key,)
    reading.ask_about("from Dana, invoice")
    assert reading.ignore == ()


@pytest.mark.parametrize(
    ("kind", "text", "meaning", "shown"),
    [
        ("time", "last Friday", "2026-11-13", ("last Friday", "13 November 2026")),
        ("time", "in May", "2026-05-01 to 2026-05-31", ("in May", "1 May 2026 to 31 May 2026")),
        ("from", "Anna", "Anna", ("from Anna", "")),
        ("-from", "Anna", "Anna", ("not from Anna", "")),
        ("before", "March", "until 2026-02-28", ("before March", "until 28 February 2026")),
        ("without", "beach", "must not occur", ("without “beach”", "")),
        ("phrase", "blue folder", "word for word", ("“blue folder”", "word for word")),
        ("person", "Anna", "Anna", ("Anna", "")),
        ("said", "", "Anna to me", ("Anna to me", "")),
        ("event", "wedding", "wedding (7 May 2023, from a memory)", ("wedding (7 May 2023, from a memory)", "")),
        ("order", "first", "the earliest", ("the earliest", "")),
        ("past", "", "what has been replaced counts too", ("also what was replaced since", "")),
    ],
)
def test_a_chip_says_what_was_understood_in_a_persons_words(
    kind: str, text: str, meaning: str, shown: tuple[str, str]
) -> None:
    assert chip_words(Understood(kind=kind, text=text, meaning=meaning)) == shown


def test_a_chips_tip_says_what_a_click_does() -> None:
    assert "Only what fits" in tip(Part(FROM))
    assert "comes first" in tip(Part(TIME))
    assert all("Click" in tip(Part(one, away)) for one in UNDERSTOOD for away in (False, True))
    assert tip(Part(TIME)) != tip(Part(TIME, away=True))


def test_an_impossible_date_in_a_meaning_stays_as_it_is() -> None:
    assert dates_written("2026-02-31") == "2026-02-31"


def test_in_ask_a_click_on_a_chip_asks_again_without_it_and_another_with_it(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    exchange, chips = asked(qtbot, window)
    assert [chip.accessibleName() for chip in chips.chips()] == [
        "Understood: from Dana",
        "Understood: the workshop (24 March 2026, from a memory)",
        "Understood: last Friday: 6 March 2026",
    ]
    last = chips.chips()[2]
    for away in (True, False):
        with qtbot.waitSignal(window.ask.session.ended):
            qtbot.mouseClick(last, Qt.MouseButton.LeftButton)
        assert desk.assistant.ignored[-1] == ((TIME.key,) if away else ())
        assert chips.chips()[2] is last, "it stays where it was"
        assert last.isChecked() is not away
    assert len(window.ask.session.exchanges) == 1
    assert exchange.answer is not None


def test_in_ask_the_same_answer_is_kept_once_however_often_it_is_asked_again(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    _, chips = asked(qtbot, window)
    for _ in range(2):
        with qtbot.waitSignal(window.ask.session.ended):
            chips.chips()[0].click()
    qtbot.waitUntil(lambda: bool(desk.assistant.kept_answers))
    qtbot.wait(50)
    assert len(desk.assistant.kept_answers) == 1


@pytest.mark.parametrize(
    ("key", "turns"),
    [(Qt.Key.Key_Delete, True), (Qt.Key.Key_Return, True), (Qt.Key.Key_Space, True), (Qt.Key.Key_A, False)],
)
def test_a_chip_is_turned_by_keys_and_keeps_the_focus(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk, key: Qt.Key, turns: bool
) -> None:
    _, chips = asked(qtbot, window)
    qtbot.keyClick(window.ask.question, Qt.Key.Key_Tab)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    chip = window.focusWidget()
    assert chip is chips.chips()[0], "after the question's own buttons come its chips"
    qtbot.keyClick(chip, key)
    qtbot.waitUntil(lambda: not window.ask.session.asking)
    assert desk.assistant.ignored[-1] == ((FROM.key,) if turns else ())
    assert window.focusWidget() is chip


def test_delete_takes_away_and_never_brings_back(qtbot: QtBot, window: MainWindow) -> None:
    _, chips = asked(qtbot, window)
    chip = chips.chips()[0]
    for _ in range(2):
        qtbot.keyClick(chip, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda: not window.ask.session.asking)
    assert not chip.isChecked()


def test_the_chip_of_an_event_leads_to_the_memory_it_was_read_from(qtbot: QtBot, window: MainWindow) -> None:
    _, chips = asked(qtbot, window)
    (door,) = [one for one in chips.children() if getattr(one, "accessibleName", str)().startswith("Open the memory")]
    door.click()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: window.memories.detail.memory is not None)
    assert window.memories.detail.memory is not None
    assert window.memories.detail.memory.id == EVENT.memory


def test_locking_takes_the_chips_away(qtbot: QtBot, window: MainWindow, desk: ScriptedDesk) -> None:
    asked(qtbot, window)
    desk.lock()
    qtbot.waitUntil(lambda: window.ask.session.exchanges == [])
    qtbot.waitUntil(lambda: not window.findChildren(Chip))


def test_how_it_was_found_stands_below_the_grounds(qtbot: QtBot, window: MainWindow) -> None:
    asked(qtbot, window)
    lines = [one.text() for one in window.ask.findChildren(QLabel)]
    assert "How this was found – exhaustive: 13 memories by words + meaning" in lines


def test_in_quick_recall_chips_come_with_the_hits_and_go_with_the_words(
    qtbot: QtBot, quick: QuickRecall, desk: ScriptedDesk
) -> None:
    qtbot.keyClicks(quick.question, "invoice last Friday")
    qtbot.waitUntil(lambda: len(quick.chips.chips()) == 1)
    qtbot.mouseClick(quick.chips.chips()[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.assistant.ignored[-1] == (TIME.key,))
    assert quick.question.hasFocus(), "the mouse takes the focus from nobody"
    assert not quick.chips.chips()[0].isChecked()
    for _ in range(4):
        qtbot.keyClick(quick.question, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: quick.chips.chips() == [])


def test_in_quick_recall_the_keyboard_goes_to_the_chips_and_back(
    qtbot: QtBot, quick: QuickRecall, desk: ScriptedDesk
) -> None:
    qtbot.keyClicks(quick.question, "invoice last Friday from Dana")
    qtbot.waitUntil(lambda: len(quick.chips.chips()) == 2)
    first = quick.chips.chips()[0]
    while quick.focusWidget() is not first:
        qtbot.keyClick(quick.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(first, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: desk.assistant.ignored[-1] == (TIME.key,))
    assert first.hasFocus()
    before = quick.hits.currentRow()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert quick.question.hasFocus()
    assert quick.hits.currentRow() != before
    first.setFocus()
    qtbot.keyClicks(first, "x")
    assert quick.question.hasFocus()
    assert quick.question.text().endswith("Danax")
    quick.chips.setFocus()
    qtbot.keyClick(quick.focusWidget(), Qt.Key.Key_Escape)
    assert not quick.isVisible()
    assert quick.session.reading.parts == ()


def test_an_answer_in_quick_recall_is_asked_for_with_what_was_clicked_away(
    qtbot: QtBot, quick: QuickRecall, desk: ScriptedDesk
) -> None:
    qtbot.keyClicks(quick.question, "invoice last Friday")
    qtbot.waitUntil(lambda: len(quick.chips.chips()) == 1)
    quick.chips.chips()[0].click()
    qtbot.keyClick(quick.question, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(quick.session.answered):
        pass
    assert desk.assistant.ignored[-1] == (TIME.key,)


def test_f1_shows_what_can_be_written_and_typing_puts_it_away(qtbot: QtBot, quick: QuickRecall) -> None:
    qtbot.keyClick(quick.question, Qt.Key.Key_F1)
    assert quick.help.isVisible()
    assert any("from:Anna" in one.text() for one in quick.help.findChildren(QLabel))
    qtbot.keyClicks(quick.question, "i")
    assert not quick.help.isVisible()


def test_in_ask_f1_shows_it_above_the_question_and_escape_closes_it(qtbot: QtBot, window: MainWindow) -> None:
    window.go("ask")
    window.ask.show_help()
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, HelpPopover)
    bottom = popover.mapToGlobal(QPoint(0, popover.height())).y()
    assert bottom <= window.ask.help.mapToGlobal(QPoint(0, 0)).y()
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


# -- pieces of long texts

LONG = "".join(f"Paragraph {n} speaks of garden, paint and pipes at some length. " * 5 + "\n\n" for n in range(20))
BEGIN = LONG.index("Paragraph 12")
PIECE = (BEGIN, LONG.index("Paragraph 13"))


def hit(text: str, piece: tuple[int, int] | None, *words: str) -> Hit:
    memory = said(50, text, "Dana", "me", timedelta(days=1))
    return Hit(rank=1, score=1.0, memory=memory, refs=(), strength=1.0, why=Why(words=words), piece=piece)


def test_a_hit_with_a_piece_shows_the_piece_between_ellipses() -> None:
    assert hit_text(hit("short and whole", None)) == "short and whole"
    shown = hit_text(hit(LONG, PIECE))
    assert shown.startswith("… Paragraph 12")
    assert shown.endswith("length. …")
    first = hit_text(hit(LONG, (0, 20)))
    assert not first.startswith("…")
    assert "a piece of a long text" in because(hit(LONG, PIECE, "paint"))


def test_a_secret_shows_no_piece() -> None:
    secret = replace(hit("door code 4711 of the archive", (0, 14)).memory, kind=Kind.SECRET)
    assert "4711" not in hit_text(replace(hit("x", (0, 1)), memory=secret))


def test_on_one_line_the_text_begins_near_the_first_found_word() -> None:
    text = "Nothing much here. " * 20 + "The drain camera found roots."
    shown = near_words(hit(text, None, "camera"), 60)
    assert shown.startswith("… ")
    assert "camera" in shown[:60]
    assert near_words(hit(text, None, "nothing"), 60) == text


def test_a_passage_escapes_everything_and_marks_the_piece_only() -> None:
    shown = marked("<b>a</b>\n & <i>found</i> it", (11, 24), "#ffffff")
    assert "<b>" not in shown
    assert '">&lt;i&gt;found&lt;/i&gt;</span>' in shown


def test_opening_a_hit_scrolls_the_whole_memory_to_its_piece(
    qtbot: QtBot, window: MainWindow, desk: ScriptedDesk
) -> None:
    found = hit("🎈" * 40 + LONG, (BEGIN + 40, PIECE[1] + 40), "paint")
    desk.assistant.put(found.memory)
    window.open_hit(found)
    qtbot.waitUntil(lambda: window.place == "memories" and bool(window.memories.detail.findChildren(Passage)))
    detail = window.memories.detail
    (passage,) = detail.findChildren(Passage)
    assert passage.piece == found.piece
    qtbot.waitUntil(lambda: detail.verticalScrollBar().value() > 0)
    top = passage.mapTo(detail.viewport(), QPoint(0, passage.top_of_piece())).y()
    assert 0 <= top < detail.viewport().height() // 2, "the piece is in the upper half of what is seen"
    window.memories.show_memory(MemoryId(found.memory.id))
    qtbot.waitUntil(lambda: [one.piece for one in detail.findChildren(Passage)] == [None])
