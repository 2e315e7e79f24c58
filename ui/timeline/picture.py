"""The screen as it was: a picture with the found words marked, and its text to copy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QLineEdit, QSizePolicy, QWidget
from typing_extensions import override

from core.memory import Memory, WordBox
from ui import words
from ui.look import SPACE, tokens
from ui.parts.boxes import column, row
from ui.parts.buttons import Button, IconButton
from ui.parts.text import label
from ui.timeline.model import marked
from ui.words import counted, translate


class Screen(QWidget):
    """Paints the picture as large as there is room, with marks; words can be selected by dragging."""

    selected = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPixmap()
        self._marks: Sequence[WordBox] = ()
        self._boxes: Sequence[WordBox] = ()
        self._from: QPoint | None = None
        self._to: QPoint | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 200)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_picture(self, data: bytes, boxes: Sequence[WordBox]) -> None:
        """Show these bytes (WebP); none: an empty surface."""
        self._picture = QPixmap()
        if data:
            self._picture.loadFromData(data)
        self._boxes, self._marks = boxes, ()
        self._from = self._to = None
        self.update()

    def mark(self, boxes: Sequence[WordBox]) -> None:
        """Mark these words."""
        self._marks = boxes
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(900, 560)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        room = self._room()
        painter.fillRect(room, QColor(colours.side))
        if self._picture.isNull():
            painter.setPen(QColor(colours.muted))
            said = translate("Timeline", "There is no picture any more; the words below are kept.")
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, said)
            return
        painter.drawPixmap(room, self._picture, QRectF(self._picture.rect()))
        for box in self._marks:
            mark = QColor("#ffcf33")
            mark.setAlphaF(0.38)
            painter.setPen(QPen(QColor("#a05a00"), 2))
            painter.setBrush(mark)
            painter.drawRoundedRect(self._on_screen(box).adjusted(-2, -2, 2, 2), 3, 3)
        chosen = QColor(colours.accent)
        chosen.setAlphaF(0.35)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(chosen)
        for box in self.chosen():
            painter.drawRect(self._on_screen(box))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.strong), 1))
        painter.drawRect(room)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = self._to = event.position().toPoint()
        self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._to = event.position().toPoint()
        self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.selected.emit(" ".join(box.text for box in self.chosen()))

    def chosen(self) -> list[WordBox]:
        """The words under the rectangle that was dragged."""
        if self._from is None or self._to is None or self._from == self._to:
            return []
        area = QRectF(self._from, self._to).normalized().adjusted(-1, -1, 1, 1)  # a line drawn along a row of words too
        return [box for box in self._boxes if self._on_screen(box).intersects(area)]

    def _room(self) -> QRectF:
        if self._picture.isNull():
            return QRectF(self.rect())
        fitted = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - fitted.width()) / 2, (self.height() - fitted.height()) / 2
        return QRectF(left, top, fitted.width(), fitted.height())

    def _on_screen(self, box: WordBox) -> QRectF:
        room = self._room()
        scale = room.width() / max(1, self._picture.width())
        return QRectF(
            room.left() + box.left * scale,
            room.top() + box.top * scale,
            box.width * scale,
            box.height * scale,
        )


class PictureView(QWidget):
    """The picture with where it is from, a search inside it, and the way back."""

    back = Signal()
    step = Signal(int)
    details = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.frame: Memory | None = None
        self._title = label("", "heading")
        self._when = label("", "muted")
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("Timeline", "Find in this picture"))
        self.search.setAccessibleName(translate("Timeline", "Find in this picture"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(260)
        self.search.textChanged.connect(self._mark)
        self._found = label("", "small")
        self._found.setMinimumWidth(64)
        self.screen_ = Screen()
        self.screen_.selected.connect(self._copy)
        back = IconButton("left", translate("Timeline", "Back to the day (Esc)"), self.back.emit, 20)
        before = Button(translate("Timeline", "Earlier"), lambda: self.step.emit(-1), icon="left", look="quiet")
        after = Button(translate("Timeline", "Later"), lambda: self.step.emit(1), icon="right", look="quiet")
        copy = Button(translate("Timeline", "Copy all text"), self._copy_all, icon="copy", look="quiet")
        more = Button(translate("Timeline", "Strength and sources"), self._more, icon="memories", look="quiet")
        head = row(back, column(self._title, self._when, gap=2), None, self._found, self.search, gap=12)
        foot = row(before, after, None, copy, more)
        whole = column(head, self.screen_, foot, gap=12, margin=3 * SPACE)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def show_frame(self, frame: Memory, data: bytes, now: datetime, find: str = "") -> None:
        """Show this frame, with `find` already looked for."""
        self.frame = frame
        self._title.setText(frame.provenance.window or frame.provenance.app or words.facet_name(frame.facet))
        self._when.setText(" · ".join(filter(None, (frame.provenance.app, words.moment(frame.at, now)))))
        self.screen_.show_picture(data, frame.boxes)
        self.screen_.setAccessibleName(translate("Timeline", "Picture. Its text: {text}").format(text=frame.text))
        self.search.setText(find)
        self._mark()

    def clear(self) -> None:
        """Show and hold nothing."""
        self.frame = None
        self.search.clear()
        self.screen_.show_picture(b"", ())
        self._title.clear()
        self._when.clear()

    def _mark(self) -> None:
        if self.frame is None:
            return
        found = marked(self.frame.boxes, self.search.text())
        self.screen_.mark(found)
        one, many = translate("Timeline", "{n} place"), translate("Timeline", "{n} places")
        self._found.setText(counted(len(found), one, many) if self.search.text() else "")

    def _copy(self, text: str) -> None:
        if text:
            QApplication.clipboard().setText(text)
            self._found.setText(translate("Timeline", "Copied"))

    def _copy_all(self) -> None:
        if self.frame is not None:
            self._copy(self.frame.text)

    def _more(self) -> None:
        if self.frame is not None:
            self.details.emit(self.frame.id)
