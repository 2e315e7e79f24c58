"""One question with its answer, its grounds, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from core.memory import Answer, Hit, MemoryId
from ui.ask.session import Exchange, Said, Stage, grounds, said
from ui.look import SPACE, Tokens, tokens
from ui.parts.boxes import column, empty, row
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.chips import Chips
from ui.parts.found_text import hit_text
from ui.parts.memory_card import memory_card
from ui.parts.text import label
from ui.words import because, counted, took, translate

_BUBBLE = 540


def markup(sentences: list[Said], colours: Tokens) -> str:
    """The answer as rich text: every character escaped, the answering words marked, grounds as small numbers."""
    parts = []
    for sentence in sentences:
        words = "".join(
            f'<span style="background-color:{colours.mark};">{escape(piece.text)}</span>'
            if piece.marked
            else escape(piece.text)
            for piece in sentence.pieces
        )
        numbers = "".join(
            f'<span style="color:{colours.accent}; font-size:small;">&nbsp;{number}</span>'
            for number in sentence.grounds
        )
        parts.append(words.replace("\n", "<br>") + numbers)
    return f'<p style="line-height:135%; margin:0;">{" ".join(parts)}</p>'


class ExchangeView(QFrame):
    """Shows an exchange while it grows; calls back for what the person does with it."""

    _FIRST = 3

    def __init__(
        self,
        exchange: Exchange,
        now: datetime,
        *,
        opened: Callable[[Hit], None],
        kept: Callable[[Exchange], None],
        wrong: Callable[[MemoryId], None],
        turned: Callable[[Exchange, str], None],
        open_memory: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._exchange, self._now = exchange, now
        self._opened, self._kept, self._wrong = opened, kept, wrong
        question = label(exchange.question, "strong", wrap=True, select=True)
        width = question.fontMetrics().horizontalAdvance(exchange.question) * 1.1 + 8
        question.setMinimumWidth(min(_BUBBLE, round(width)))
        question.setMaximumWidth(_BUBBLE)
        question.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Minimum)
        bubble = QFrame()
        bubble.setProperty("look", "bubble")
        bubble.setLayout(column(question, margin=12))
        self._answer = QLabel()
        self._answer.setProperty("look", "answer")
        self._answer.setTextFormat(Qt.TextFormat.PlainText)
        self._answer.setWordWrap(True)
        self._answer.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._answer.setAccessibleName(translate("Ask", "Answer"))
        self.chips = Chips(right=True)
        self.chips.pressed.connect(lambda key: turned(exchange, key))
        self.chips.open_memory.connect(open_memory)
        self._below = column(gap=SPACE)
        asked = row(None, bubble)
        asked.setStretch(1, 0)
        self.setLayout(column(asked, self.chips, SPACE, self._answer, self._below, gap=SPACE))
        self.refresh()

    def refresh(self) -> None:
        """Draw what the exchange has become."""
        exchange = self._exchange
        empty(self._below)
        self.chips.show_parts(exchange.reading.parts)
        if exchange.answer is not None:
            self._show_marked(exchange.answer)
            self._draw_grounds(exchange.answer)
            return
        if exchange.first is not None and not exchange.words and exchange.problem is None:
            self._show_first(exchange.first)
            return
        self._answer.setTextFormat(Qt.TextFormat.PlainText)
        self._answer.setText(exchange.words)
        if exchange.stage is Stage.ASKING and not exchange.words:
            self._answer.setText(translate("Ask", "Looking through your memories …"))
        elif exchange.stage is Stage.STOPPED:
            self._below.addWidget(label(translate("Ask", "Stopped."), "small"))
        elif exchange.problem is not None:
            self._answer.setText(exchange.problem.title)
            self._below.addWidget(label(exchange.problem.remedy, "muted", wrap=True))

    def stream(self) -> None:
        """Show the words that have come; before the first, the answer in the memories' own words."""
        if not self._exchange.words:
            self.refresh()
            return
        if self._exchange.stage is Stage.ASKING and self._answer.textFormat() is not Qt.TextFormat.PlainText:
            empty(self._below)
            self._answer.setTextFormat(Qt.TextFormat.PlainText)
        self._answer.setText(self._exchange.words)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._exchange.answer is not None:
            self._answer.setText(markup(said(self._exchange.answer), tokens()))

    def _show_marked(self, answer: Answer) -> None:
        self._answer.setTextFormat(Qt.TextFormat.RichText)
        self._answer.setText(markup(said(answer), tokens()))

    def _show_first(self, first: Answer) -> None:
        """What was found, in its own words; the model's answer takes its place."""
        self._show_marked(first)
        writing = self._exchange.stage is Stage.ASKING
        told = (
            translate("Ask", "In your memories' own words. The model is writing …")
            if writing
            else translate("Ask", "Stopped. This is in your memories' own words.")
        )
        self._below.addWidget(label(told, "small", wrap=True))
        self._draw_cards(first)

    def _draw_grounds(self, answer: Answer) -> None:
        for notice in answer.notices:
            said = row(column(IconLabel("info", 14), None, gap=0), label(notice, "small", wrap=True), gap=6)
            said.setStretch(1, 1)
            self._below.addLayout(said)
        if not answer.abstained:
            self._below.addLayout(self._actions(answer))
        self._draw_cards(answer)

    def _draw_cards(self, answer: Answer) -> None:
        """The memories it rests on, or that are nearest to it."""
        found = grounds(answer)
        if not found:
            self._below.addWidget(self._looked(answer))
            return
        self._below.addSpacing(SPACE)
        title = translate("Ask", "Nearest to it") if answer.abstained else translate("Ask", "What it rests on")
        self._below.addWidget(label(title, "label"))
        cards: list[QWidget] = []
        for ground in found:
            hit = ground.hit
            card = memory_card(
                hit.memory,
                self._now,
                partial(self._open, hit),
                why=because(hit),
                strength=hit.strength,
                number=None if answer.abstained else ground.number,
                said=hit_text(hit),
            )
            cards.append(card)
            self._below.addWidget(card)
        rest = cards[self._FIRST :]
        if rest:
            self._fold(rest)
        self._below.addWidget(self._looked(answer))

    @staticmethod
    def _looked(answer: Answer) -> QLabel:
        """How it was looked for, for whoever wonders."""
        looked = translate("Ask", "How this was found – {route}").format(route=answer.looked) if answer.looked else ""
        made = label(looked, "small", wrap=True)
        made.setVisible(bool(looked))
        return made

    def _open(self, hit: Hit, _: MemoryId) -> None:
        self._opened(hit)

    def _fold(self, rest: list[QWidget]) -> None:
        for card in rest:
            card.hide()

        def unfold() -> None:
            more.hide()
            for card in rest:
                card.show()

        one, many = translate("Ask", "Show {n} more"), translate("Ask", "Show {n} more")
        more = Button(counted(len(rest), one, many), unfold, icon="down", look="quiet")
        self._below.addLayout(row(more, None))

    def _actions(self, answer: Answer) -> QHBoxLayout:
        keep = Button(translate("Ask", "Keep"), icon="keep", look="quiet")
        keep.setToolTip(translate("Ask", "This was right: hold the memories behind it more firmly"))
        if self._exchange.kept:
            self._show_kept(keep)

        def pressed() -> None:
            self._kept(self._exchange)
            self._show_kept(keep)

        keep.clicked.connect(pressed)
        parts: list[QWidget] = [keep]
        found = grounds(answer)
        if found:
            first = found[0].hit.memory.id
            wrong = Button(translate("Ask", "That is wrong"), lambda: self._wrong(first), icon="wrong", look="quiet")
            wrong.setToolTip(translate("Ask", "Open the memory behind it and correct it"))
            parts.append(wrong)
        copy = IconButton("copy", translate("Ask", "Copy the answer"), lambda: self._copy(answer))
        return row(*parts, copy, None, label(self._how(answer), "small"), gap=4)

    @staticmethod
    def _show_kept(keep: Button) -> None:
        keep.setText(translate("Ask", "Kept"))
        keep.set_icon("check")
        keep.setEnabled(False)

    @staticmethod
    def _copy(answer: Answer) -> None:
        QApplication.clipboard().setText(answer.text)

    @staticmethod
    def _how(answer: Answer) -> str:
        model = answer.model or translate("Ask", "in your memories' own words")
        if answer.prompt_tokens:
            model = translate("Ask", "{model} · {n} tokens read").format(model=model, n=answer.prompt_tokens)
        return f"{model} · {took(answer.took_ms)}"
