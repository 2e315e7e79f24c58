"""An on-off switch that is told apart by place and mark, not by colour alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox
from typing_extensions import override

from ui.look import tokens


class Switch(QCheckBox):
    """A check box drawn as a switch; screen readers meet a check box called `name`."""

    def __init__(self, name: str, on: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setChecked(on)
        self.setFixedSize(44, 26)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def sizeHint(self) -> QSize:
        return QSize(44, 26)

    @override
    def hitButton(self, pos: object) -> bool:
        return True

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        track = QRectF(3, 3, 38, 20)
        painter.setPen(QPen(QColor(colours.accent if on else colours.muted), 1.4))
        painter.setBrush(QColor(colours.accent if on else colours.side))
        painter.drawRoundedRect(track, 10, 10)
        centre = QPointF(31 if on else 13, 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.onaccent if on else colours.muted))
        painter.drawEllipse(centre, 6.5, 6.5)
        if on:
            painter.setPen(QPen(QColor(colours.onaccent), 1.8, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(12, 13), QPointF(15, 16))
            painter.drawLine(QPointF(15, 16), QPointF(20, 10))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.text), 1.6))
            painter.drawRoundedRect(QRectF(1, 1, 42, 24), 12, 12)
