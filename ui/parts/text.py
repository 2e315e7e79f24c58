"""Labels in the window's few sizes, and text that is cut after some lines."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override


def label(text: str = "", look: str = "", *, wrap: bool = False, select: bool = False) -> QLabel:
    """A plain-text label; `look` is one of the style sheet's: title, heading, strong, muted, small, ..."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if look:
        made.setProperty("look", look)
    if look in ("chip", "key"):
        made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    if wrap:
        made.setWordWrap(True)
        # As high as it must be at its width; what it would like to be on its own is higher.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    if select:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


class Clamped(QWidget):
    """Text that wraps and ends in an ellipsis after `lines` lines."""

    def __init__(self, text: str = "", lines: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._lines = lines
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(text)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return max(1, len(self._cut(width))) * self.fontMetrics().lineSpacing()

    @override
    def sizeHint(self) -> QSize:
        width = self.width() if self.width() > 40 else 320
        return QSize(width, self.heightForWidth(width))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().lineSpacing())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        metrics = self.fontMetrics()
        baseline = metrics.ascent()
        for line in self._cut(self.width()):
            painter.drawText(QPointF(0, baseline), line)
            baseline += metrics.lineSpacing()

    def _cut(self, width: int) -> list[str]:
        flat = " ".join(self._text.split())
        layout = QTextLayout(flat, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        cut: list[str] = []
        layout.beginLayout()
        while len(cut) < self._lines:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(max(20, width))
            start = line.textStart()
            if len(cut) == self._lines - 1:
                cut.append(self.fontMetrics().elidedText(flat[start:], Qt.TextElideMode.ElideRight, width))
            else:
                cut.append(flat[start : start + line.textLength()].rstrip())
        layout.endLayout()
        return cut
