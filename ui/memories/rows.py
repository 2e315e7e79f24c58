"""How a memory is drawn in the list: two lines of text, who and when, its strength."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from core.memory import State
from ui import icons, words
from ui.look import tokens
from ui.memories.model import Held, MemoryRows
from ui.parts.memory_card import shown_text
from ui.parts.strength import paint_bar


class RowPainter(QStyledItemDelegate):
    """Paints rows; `clock` says what day it is."""

    def __init__(self, parent: QWidget, clock: Callable[[], datetime]) -> None:
        super().__init__(parent)
        self._clock = clock

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, 2 * option.fontMetrics.lineSpacing() + 26)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        held = index.data(MemoryRows.HELD)
        if not isinstance(held, Held):
            return
        memory = held.memory
        widget: QWidget = option.widget
        state: QStyle.StateFlag = option.state
        colours = tokens()
        room = QRectF(option.rect).adjusted(4, 2, -4, -2)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or over:
            painter.setPen(QPen(QColor(colours.accent), 1.6) if focused and selected else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.soft if selected else colours.hover))
            painter.drawRoundedRect(room, 10, 10)
        inner = room.adjusted(12, 8, -12, -8)
        name = "pin" if memory.pinned else icons.icon_of(memory.facet, memory.kind)
        icon = icons.pixmap(name, colours.accent if selected else colours.muted, 16, widget.devicePixelRatioF())
        painter.drawPixmap(inner.topLeft().toPoint(), icon)
        words_room = inner.adjusted(26, 0, 0, 0)
        lines = painter.fontMetrics().lineSpacing()
        gone = memory.state in (State.SUPERSEDED, State.FADED)
        painter.setPen(QColor(colours.muted if gone else colours.text))
        font = painter.font()
        font.setStrikeOut(memory.state is State.SUPERSEDED)
        painter.setFont(font)
        text = " ".join(shown_text(memory).split())
        first = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(words_room.width()))
        top = QRectF(words_room.left(), words_room.top() - 1, words_room.width(), lines)
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, first)
        font.setStrikeOut(False)
        font.setPointSizeF(font.pointSizeF() * 0.88)
        painter.setFont(font)
        painter.setPen(QColor(colours.muted))
        said = [words.who(memory), words.moment(memory.at, self._clock())]
        if memory.state not in (State.ACTIVE, State.CAPTURED):
            said.insert(0, words.state_name(memory.state))
        low = QRectF(words_room.left(), inner.bottom() - lines, words_room.width() - 64, lines)
        line = painter.fontMetrics().elidedText(" · ".join(said), Qt.TextElideMode.ElideRight, int(low.width()))
        painter.drawText(low, Qt.AlignmentFlag.AlignVCenter, line)
        bar = QRectF(inner.right() - 52, inner.bottom() - lines / 2 - 2.5, 52, 5)
        paint_bar(painter, bar, held.strength, colours)
        painter.restore()
