"""Ask: the conversation with one's own memory, and the box at its foot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLineEdit, QStackedWidget, QWidget
from typing_extensions import override

from core.events import Event, MemoriesForgotten, MemoriesSaved, SleepEnded
from core.memory import Memory, MemoryId
from ui.ask.exchange import ExchangeView
from ui.ask.session import AskSession, Exchange
from ui.bridge import Bridge
from ui.look import READING_WIDTH, SPACE
from ui.parts.boxes import BAR, Scroll, column, empty, row
from ui.parts.buttons import Button, IconButton
from ui.parts.empty import nothing_yet
from ui.parts.memory_card import memory_card
from ui.parts.panel import Panel
from ui.parts.query_help import HelpPopover
from ui.parts.text import label
from ui.words import translate

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent


OFFERED = 3
"""How many memories are offered before anything was asked."""
_CARD = 420
_PAUSE_MS = 400


class _Box(QLineEdit):
    """The question; tells when it has the focus, so that the frame around it can show it."""

    near = Signal(bool)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.near.emit(True)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.near.emit(False)


class AskPanel(Panel):
    """Questions at the foot, answers with their grounds above."""

    open_found = Signal(object)
    """A ground (a Hit) that the person wants to see."""
    correct = Signal(str)
    """A memory that is wrong: to be opened for editing."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.session = AskSession(bridge, self)
        self._views: dict[int, ExchangeView] = {}
        self._said = Scroll()
        self._said.column.addStretch(1)
        self._stack = QStackedWidget()
        self._offered = column(gap=SPACE)
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self._offer)
        welcome = Scroll()
        welcome.column.addWidget(self._welcome(), 1)
        self._stack.addWidget(welcome)
        self._stack.addWidget(self._said)
        self.question = _Box()
        self.question.setProperty("look", "bare")
        self.question.setPlaceholderText(translate("Ask", "Ask your memory anything"))
        self.question.setAccessibleName(translate("Ask", "Question"))
        self.question.setMaxLength(2000)
        self.question.returnPressed.connect(self._ask)
        self.question.setToolTip(translate("Ask", "from:Anna, last Friday, -beach … F1 shows what you can write"))
        self.help = IconButton("help", translate("Ask", "What you can write (F1)"), self.show_help)
        self.send = IconButton("send", translate("Ask", "Ask (Enter)"), self._send_or_stop, 20)
        composer = QFrame()
        composer.setProperty("look", "composer")
        composer.setMaximumWidth(READING_WIDTH)
        composer.setLayout(row(SPACE // 2, self.question, self.help, self.send, gap=4, margin=5))
        self.question.near.connect(lambda near: self._ring(composer, near))
        foot = row(None, composer, None)
        foot.setStretch(1, 1000)
        foot.setContentsMargins(4 * SPACE, SPACE, 4 * SPACE + BAR, 3 * SPACE)
        self.setLayout(column(self._stack, foot, gap=0))
        self.setFocusProxy(self.question)
        for_help = QShortcut(QKeySequence(Qt.Key.Key_F1), self, self.show_help)
        for_help.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.session.stop)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.session.began.connect(self._began)
        self.session.again.connect(self._again)
        self.session.streamed.connect(self._streamed)
        self.session.ended.connect(self._ended)
        self.session.cleared.connect(self._cleared)

    def ask(self, question: str) -> None:
        """Ask this now."""
        self.question.setText(question)
        self._ask()

    def show_help(self) -> None:
        """Show what can be written into a question."""
        HelpPopover(self.window()).show_above(self.help)

    @override
    def opened(self) -> None:
        self.question.setFocus()
        self._offer()

    @override
    def heard(self, event: Event) -> None:
        if isinstance(event, SleepEnded | MemoriesSaved | MemoriesForgotten) and self.isVisible():
            self._soon.start()

    def _offer(self) -> None:
        """Show what is likely to be needed next, while nothing has been asked."""
        now = self.bridge.now()
        if self._stack.currentWidget() is self._said:
            return

        def done(found: list[Memory]) -> None:
            empty(self._offered)
            if found and self._stack.currentWidget() is not self._said:
                self._offered.addWidget(label(translate("Ask", "Perhaps you need"), "label"))
                for memory in found:
                    made = memory_card(memory, now, self._open_offered, lines=2)
                    made.setMinimumWidth(_CARD)
                    self._offered.addWidget(made)

        self.run(lambda assistant: assistant.offered(now, OFFERED), done)

    def _open_offered(self, memory: MemoryId) -> None:
        """What was offered and is opened was of use."""
        now = self.bridge.now()
        self.run(lambda assistant: assistant.confirm(memory, now), lambda _: None)
        self.open_memory.emit(memory)

    @override
    def clear(self) -> None:
        self._soon.stop()
        self.question.clear()
        self.session.clear()
        empty(self._offered)

    def _welcome(self) -> QWidget:
        examples = column(gap=SPACE)
        for text in (
            translate("Ask", "What did I promise for next week?"),
            translate("Ask", "Where did we agree to meet?"),
            translate("Ask", "Which page did I have open about the invoice?"),
        ):
            button = Button(text, partial(self.ask, text), icon="ask", look="quiet")
            examples.addLayout(row(None, button, None))
        box = QWidget()
        box.setLayout(column(examples, self._offered, gap=2 * SPACE))
        bring = Button(translate("Ask", "Import a conversation …"), lambda: self.command.emit("import"), icon="import")
        return nothing_yet(
            "ask",
            translate("Ask", "What would you like to remember?"),
            translate(
                "Ask",
                "Answers come from your own memories, word for word, each with where it was found. "
                "Nothing leaves this machine.",
            ),
            bring,
            between=box,
        )

    def _ask(self) -> None:
        if not self.session.asking:
            self.session.ask(self.question.text())
            self.question.clear()

    def _send_or_stop(self) -> None:
        if self.session.asking:
            self.session.stop()
        else:
            self._ask()

    def _began(self, exchange: Exchange) -> None:
        empty(self._offered)
        view = ExchangeView(
            exchange,
            self.bridge.now(),
            opened=self.open_found.emit,
            kept=self.session.keep,
            wrong=self._is_wrong,
            turned=self.session.turn,
            open_memory=self.open_memory.emit,
        )
        self._views[exchange.number] = view
        column_ = self._said.column
        column_.insertWidget(column_.count() - 1, view)
        self._stack.setCurrentWidget(self._said)
        self.send.change("stop", translate("Ask", "Stop (Esc)"))
        QTimer.singleShot(0, view, lambda: self._said.keep_at_top(view))

    def _again(self, exchange: Exchange) -> None:
        self._views[exchange.number].chips.show_parts(exchange.reading.parts)
        self.send.change("stop", translate("Ask", "Stop (Esc)"))

    def _streamed(self, exchange: Exchange) -> None:
        self._views[exchange.number].stream()

    def _ended(self, exchange: Exchange) -> None:
        view = self._views[exchange.number]
        view.refresh()
        self.send.change("send", translate("Ask", "Ask (Enter)"))

    def _cleared(self) -> None:
        self._views.clear()
        self._said.keep_at_top(None)
        empty(self._said.column)
        self._said.column.addStretch(1)
        self._stack.setCurrentIndex(0)

    def _is_wrong(self, memory: MemoryId) -> None:
        self.correct.emit(memory)

    @staticmethod
    def _ring(composer: QFrame, near: bool) -> None:
        composer.setProperty("near", "true" if near else "false")
        composer.style().unpolish(composer)
        composer.style().polish(composer)
