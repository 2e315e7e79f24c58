"""The list of hits: two lines each, the words that matched in bold, when and where on the right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QTextDocument
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from core.memory import Hit
from ui import icons, words
from ui.look import tokens
from ui.parts.found_text import found_words, hit_text, near_words
from ui.words import translate

HIT = Qt.ItemDataRole.UserRole


def bold(text: str, found: tuple[str, ...]) -> str:
    """Escaped text with the found words in bold."""
    pattern, parts, at = found_words(found), [], 0
    for word in pattern.finditer(text) if pattern else ():
        parts += [escape(text[at : word.start()]), f"<b>{escape(word.group(0))}</b>"]
        at = word.end()
    return "".join((*parts, escape(text[at:])))


class HitPainter(QStyledItemDelegate):
    """Paints a hit; its height is the same for all."""

    def __init__(self, parent: QListWidget, clock: Callable[[], datetime]) -> None:
        super().__init__(parent)
        self._clock = clock

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, 2 * option.fontMetrics.lineSpacing() + 22)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        hit = index.data(HIT)
        if not isinstance(hit, Hit):
            return
        memory, colours = hit.memory, tokens()
        room = QRectF(option.rect).adjusted(8, 1, -8, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.soft))
            painter.drawRoundedRect(room, 10, 10)
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(QRectF(room.left(), room.top() + 10, 3, room.height() - 20), 1.5, 1.5)
        inner = room.adjusted(16, 8, -12, -8)
        name = icons.icon_of(memory.facet, memory.kind)
        tone = colours.accent if selected else colours.muted
        painter.drawPixmap(inner.topLeft().toPoint(), icons.pixmap(name, tone, 18, painter.device().devicePixelRatio()))
        lines = painter.fontMetrics().lineSpacing()
        left, width = inner.left() + 32, inner.width() - 32
        text = near_words(hit, int(width / painter.fontMetrics().averageCharWidth()))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width * 0.97))
        document = QTextDocument()
        document.setDefaultFont(painter.font())
        document.setDocumentMargin(0)
        document.setHtml(f'<span style="color:{colours.text};">{bold(cut, hit.why.words)}</span>')
        painter.translate(left, inner.top() - 1)
        document.drawContents(painter, QRectF(0, 0, width, lines + 2))
        painter.translate(-left, -(inner.top() - 1))
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.88)
        painter.setFont(font)
        painter.setPen(QColor(colours.muted))
        low = QRectF(left, inner.bottom() - lines, width, lines)
        why = words.because(hit) if selected else ""
        said = " · ".join(part for part in (words.who(memory), words.where(memory), why) if part)
        when = words.moment(memory.at, self._clock())
        taken = painter.fontMetrics().horizontalAdvance(when) + 16
        painter.drawText(low, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, when)
        said = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, int(width - taken))
        painter.drawText(low, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, said)
        painter.restore()


class HitList(QListWidget):
    """Hits that can be walked with the arrows while the question keeps the focus."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.setItemDelegate(HitPainter(self, clock))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(translate("Quick", "Found memories"))

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """Show these, the first one chosen; the list is as high as they need."""
        self.clear()
        for hit in hits:
            item = QListWidgetItem()
            item.setData(HIT, hit)
            why = words.because(hit)
            said = f"{words.who(hit.memory)}: {hit_text(hit)}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{said} ({why})" if why else said)
            item.setData(Qt.ItemDataRole.ToolTipRole, translate("Quick", "Found by {why}").format(why=why))
            self.addItem(item)
        if hits:
            self.setCurrentRow(0)
        rows = self.sizeHintForRow(0) if hits else 0
        self.setFixedHeight(rows * len(hits) + 2 if hits else 0)

    def chosen(self) -> Hit | None:
        """The hit that Enter would open."""
        item = self.currentItem()
        hit = item.data(HIT) if item else None
        return hit if isinstance(hit, Hit) else None

    def step(self, by: int) -> None:
        """Choose the next one, around the ends."""
        if self.count():
            self.setCurrentRow((self.currentRow() + by) % self.count())
