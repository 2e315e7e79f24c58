"""A long text that is read, with the piece in it that was found."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAbstractTextDocumentLayout, QTextDocument
from PySide6.QtWidgets import QLabel, QSizePolicy
from typing_extensions import override

from ui.look import tokens
from ui.words import translate


def marked(text: str, piece: tuple[int, int], ground: str) -> str:
    """The text as rich text, the piece on another ground; every character escaped."""
    begin, end = piece
    found = text[begin:end]
    lead = len(found) - len(found.lstrip())
    begin, found = begin + lead, found.strip()
    parts = (
        text[:begin],
        f'<span style="background-color:{ground};">{escape(found)}</span>',
        text[begin + len(found) :],
    )
    whole = escape(parts[0]) + parts[1] + escape(parts[2])
    return f'<p style="margin:0; white-space:pre-wrap;">{whole}</p>'


class Passage(QLabel):
    """Selectable text; with a `piece` (a range of characters) that one is marked."""

    def __init__(self, text: str, piece: tuple[int, int] | None = None) -> None:
        super().__init__()
        self._text = text
        self.piece = piece if piece and 0 <= piece[0] < piece[1] <= len(text) else None
        self.setProperty("look", "answer")
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName(translate("Passage", "Text"))
        if self.piece:
            said = translate("Passage", "What was found in it: {piece}")
            self.setAccessibleDescription(said.format(piece=text[slice(*self.piece)].strip()))
        self._write()

    def top_of_piece(self) -> int:
        """How far below this text's top the marked piece begins, in device-independent pixels."""
        if self.piece is None:
            return 0
        document = QTextDocument()
        document.setDefaultFont(self.font())
        document.setDocumentMargin(0)
        document.setHtml(self.text())
        document.setTextWidth(self.contentsRect().width())
        lead = len(self._text[slice(*self.piece)]) - len(self._text[slice(*self.piece)].lstrip())
        at = len(self._text[: self.piece[0] + lead].encode("utf-16-le")) // 2  # as Qt counts
        block = document.findBlock(at)
        layout: QAbstractTextDocumentLayout = document.documentLayout()
        line = block.layout().lineForTextPosition(at - block.position())
        return round(layout.blockBoundingRect(block).top() + (line.y() if line.isValid() else 0.0))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self.piece is not None:
            self._write()

    def _write(self) -> None:
        if self.piece is None:
            self.setTextFormat(Qt.TextFormat.PlainText)
            self.setText(self._text)
        else:
            self.setTextFormat(Qt.TextFormat.RichText)
            self.setText(marked(self._text, self.piece, tokens().soft))
