"""The quick-recall window: a question, the hits below it, an answer in place; the keyboard is enough."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsDropShadowEffect,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from typing_extensions import override

from core.errors import Problem
from core.events import Event, MemoriesForgotten, VaultLocked
from core.memory import Answer, Hit, Recalled
from ui.ask.exchange import markup
from ui.ask.session import said
from ui.bridge import Bridge
from ui.look import tokens
from ui.parts.boxes import column, row, rule
from ui.parts.buttons import IconButton, IconLabel
from ui.parts.chips import Chips
from ui.parts.query_help import QueryHelp
from ui.parts.text import label
from ui.quick_recall.hits import HitList
from ui.quick_recall.session import QuickSession, quoted, quoted_answer
from ui.words import took, translate

if sys.platform == "linux":
    from ui import x11

_WIDTH = 700
_SHADOW = 28


def composited() -> bool:
    """Whether windows may be see-through here; only under X11 there may be no compositor."""
    if sys.platform != "linux" or QGuiApplication.platformName() != "xcb":
        return True
    return x11.has_compositor()


class QuickRecall(QWidget):
    """Frameless, centred, gone on Esc or when the focus goes elsewhere."""

    opened = Signal(object)
    """A Hit that the person opened."""
    open_memory = Signal(str)
    """The memory that an event in the question was read from."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self._margin = _SHADOW if composited() else 0
        if self._margin:
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowTitle(translate("Quick", "Mneme: quick recall"))
        self.session = QuickSession(bridge, self)
        self._answer: Answer | None = None
        self.question = QLineEdit()
        self.question.setProperty("look", "bare")
        self.question.setPlaceholderText(translate("Quick", "What do you want to remember?"))
        self.question.setAccessibleName(translate("Quick", "Question"))
        self.question.setMaxLength(2000)
        self.question.textChanged.connect(self._typed)
        self.question.installEventFilter(self)
        self.question.setToolTip(translate("Quick", "from:Anna, last Friday, -beach … F1 shows what you can write"))
        self.chips = Chips()
        self.help = QueryHelp(margin=20)
        self.help.hide()
        self._looked = label("", "small")
        self.hits = HitList(bridge.now)
        self.hits.itemActivated.connect(lambda _: self._open())
        self.hits.itemClicked.connect(lambda _: self._open())
        self.said = label("", "muted", wrap=True)
        self.said.setContentsMargins(20, 8, 20, 12)
        self.answer = QLabel()
        self.answer.setProperty("look", "answer")
        self.answer.setWordWrap(True)
        self.answer.setContentsMargins(20, 14, 20, 14)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.answer)
        self._scroll.setWidgetResizable(True)
        self._scroll.setMaximumHeight(300)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._build()
        self._connect(bridge)
        self._show_parts()

    def _build(self) -> None:
        frame = QFrame()
        frame.setProperty("look", "quick")
        helps = IconButton("help", translate("Quick", "What you can write (F1)"), self._turn_help)
        top = row(IconLabel("search", 22), self.question, helps, gap=10)
        top.setContentsMargins(18, 10, 14, 10)
        self._understood = QWidget()
        understood = column(self.chips)
        understood.setContentsMargins(18, 0, 18, 10)
        self._understood.setLayout(understood)
        self._line = rule()
        self._keys = QWidget()
        keys = row(gap=6)
        for key, does in (
            ("↑ ↓", translate("Quick", "choose")),
            ("Enter", translate("Quick", "open")),
            ("Ctrl Enter", translate("Quick", "ask")),
            ("Ctrl C", translate("Quick", "copy with source")),
            ("Esc", translate("Quick", "close")),
        ):
            keys.addWidget(label(key, "key"))
            keys.addWidget(label(does, "small"))
            keys.addSpacing(8)
        keys.addStretch(1)
        keys.addWidget(self._looked)
        keys.setContentsMargins(18, 8, 18, 10)
        self._keys.setLayout(keys)
        frame.setLayout(
            column(top, self._understood, self._line, self.help, self._scroll, self.hits, self.said, self._keys, gap=0)
        )
        if self._margin:
            shadow = QGraphicsDropShadowEffect(frame)
            shadow.setBlurRadius(_SHADOW)
            shadow.setOffset(0, 6)
            shadow.setColor(QColor(0, 0, 0, 90))
            frame.setGraphicsEffect(shadow)
        else:
            frame.setProperty("tone", "flat")
        frame.setFixedWidth(_WIDTH)
        whole = column(frame, margin=self._margin)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self.setLayout(whole)

    def _connect(self, bridge: Bridge) -> None:
        self.session.found.connect(self._found)
        self.session.first.connect(self._first)
        self.session.streamed.connect(self._streamed)
        self.session.answered.connect(self._answered)
        self.session.failed.connect(self._failed)
        self.session.emptied.connect(self._emptied)
        self.chips.pressed.connect(self._turn)
        self.chips.open_memory.connect(self._open_event)
        bridge.happened.connect(self._happened)

    def call(self, question: str = "") -> None:
        """Come up in the upper middle of the screen that the pointer is on."""
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        self.move(room.center().x() - _WIDTH // 2 - self._margin, room.top() + room.height() // 5)
        self.show()
        self.raise_()
        self.activateWindow()
        self.question.setFocus()
        if question:
            self.question.setText(question)
            self.session.look()

    def dismiss(self) -> None:
        """Be gone, with all that was typed and found."""
        self.hide()
        self.help.hide()
        self.question.clear()
        self.session.clear()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._key(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that a chip leaves alone: they are the question's."""
        if self._key(event):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.question.setFocus()
        elif event.text().isprintable() and event.text().strip():
            self.question.setFocus()
            self.question.insert(event.text())
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isVisible() and not self.isActiveWindow():
            self.dismiss()

    def _key(self, event: QKeyEvent) -> bool:
        key, held = event.key(), event.modifiers()
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if control:
                self._ask()
            else:
                self._open()
        elif key == Qt.Key.Key_Down:
            self.hits.step(1)
        elif key == Qt.Key.Key_Up:
            self.hits.step(-1)
        elif key == Qt.Key.Key_F1:
            self._turn_help()
        elif key == Qt.Key.Key_C and control and not self.question.hasSelectedText():
            self._copy()
        else:
            return False
        return True

    def _typed(self, text: str) -> None:
        self._answer = None
        self.answer.clear()
        self.help.hide()
        self.session.type(text)
        self.chips.show_parts(self.session.reading.parts)
        self._show_parts()

    def _turn(self, key: str) -> None:
        self._answer = None
        self.answer.clear()
        self.session.turn(key)
        self.chips.show_parts(self.session.reading.parts)
        self._show_parts()

    def _turn_help(self) -> None:
        self.help.setVisible(self.help.isHidden())
        self._show_parts()

    def _open_event(self, memory: str) -> None:
        self.dismiss()
        self.open_memory.emit(memory)

    def _ask(self) -> None:
        if self.session.question:
            self.answer.setText(translate("Quick", "Looking through your memories …"))
            self.session.ask()
            self._show_parts()

    def _open(self) -> None:
        hit = self.hits.chosen()
        if hit is None:
            self.session.look()
            return
        self.dismiss()
        self.opened.emit(hit)

    def _copy(self) -> None:
        hit = self.hits.chosen()
        text = quoted_answer(self._answer) if self._answer else quoted(hit) if hit else ""
        if text:
            QApplication.clipboard().setText(text)
            self.said.setText(translate("Quick", "Copied with its source."))
            self._show_parts()

    def _found(self, recalled: Recalled) -> None:
        self.hits.show_hits(self.session.hits)
        self.said.setText(QuickSession.told(recalled))
        self.chips.show_parts(self.session.reading.parts)
        self._show_looked(recalled.route, recalled.took_ms)
        self._show_parts()

    def _show_looked(self, route: str, took_ms: float) -> None:
        said = took(took_ms) if route else ""
        self._looked.setText(said)
        how = translate("Quick", "How this was found – {route}").format(route=route) if route else ""
        self._looked.setToolTip(how)
        self._looked.setAccessibleDescription(how)
        self.help.route.setText(how)
        self.help.route.setVisible(bool(how))

    def _streamed(self, words: str) -> None:
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setText(words)
        self._show_parts()

    def _first(self, answer: Answer) -> None:
        self._answered(answer)
        self.said.setText(translate("Quick", "In your memories' own words. The model is writing …"))
        self._show_parts()

    def _answered(self, answer: Answer) -> None:
        self._answer = answer
        self.answer.setTextFormat(Qt.TextFormat.RichText)
        self.answer.setText(markup(said(answer), tokens()))
        self.hits.show_hits(tuple(self._order(answer)))
        self.said.setText(" ".join(answer.notices))
        self.chips.show_parts(self.session.reading.parts)
        self._show_looked(answer.looked, answer.took_ms)
        self._show_parts()

    @staticmethod
    def _order(answer: Answer) -> list[Hit]:
        cited = {memory for sentence in answer.sentences for memory in sentence.memories}
        return sorted(answer.hits, key=lambda hit: (hit.memory.id not in cited, hit.rank))[:4]

    def _failed(self, problem: Problem) -> None:
        self.answer.clear()
        self.said.setText(f"{problem.title} {problem.remedy}".strip())
        self._show_parts()

    def _emptied(self) -> None:
        self._answer = None
        self.answer.clear()
        self.said.clear()
        self._show_looked("", 0.0)
        self.chips.show_parts(())
        self.hits.show_hits(())
        self._show_parts()

    def _happened(self, event: Event) -> None:
        if isinstance(event, VaultLocked) or (
            isinstance(event, MemoriesForgotten)
            and any(
                hit.memory.id in event.ids for hit in (*self.session.hits, *(self._answer.hits if self._answer else ()))
            )
        ):
            self.dismiss()

    def _show_parts(self) -> None:
        help_ = not self.help.isHidden()
        self._understood.setVisible(bool(self.chips.chips()))
        self.hits.setVisible(self.hits.count() > 0 and not help_)
        self.said.setVisible(bool(self.said.text()) and not help_)
        shown = bool(self.answer.text()) and not help_
        self._scroll.setVisible(shown)
        if shown:
            self._scroll.setFixedHeight(min(300, self.answer.heightForWidth(_WIDTH - 2) + 4))
        self._line.setVisible(help_ or shown or self.hits.count() > 0 or bool(self.said.text()))
