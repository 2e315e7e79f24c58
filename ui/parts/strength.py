"""How firmly a memory is held, as pictures: a bar, and the curve of the coming weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import words
from ui.look import Tokens, tokens
from ui.words import translate


class StrengthBar(QWidget):
    """A short bar; the figure stands in its tip and its name."""

    def __init__(self, strength: float, width: int = 72) -> None:
        super().__init__()
        self.setFixedSize(width, 8)
        self._strength = strength
        said = translate("Strength", "Strength {n} %").format(n=round(strength * 100))
        self.setToolTip(said)
        self.setAccessibleName(said)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_bar(painter, QRectF(self.rect()).adjusted(0, 1, 0, -1), self._strength, tokens())


def paint_bar(painter: QPainter, room: QRectF, strength: float, colours: Tokens) -> None:
    """A rounded bar filled to `strength`."""
    round_ = room.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.line))
    painter.drawRoundedRect(room, round_, round_)
    filled = QRectF(room)
    filled.setWidth(max(room.height(), room.width() * min(1.0, strength)))
    painter.setBrush(QColor(colours.accent if strength >= 0.2 else colours.faint))
    painter.drawRoundedRect(filled, round_, round_)


class Curve(QWidget):
    """Strength over the coming days, the line under which it is no longer offered, and today."""

    _LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 12, 26

    def __init__(self, points: Sequence[tuple[float, float]], fades_below: float, now: datetime) -> None:
        super().__init__()
        self._points = list(points)
        self._below = fades_below
        self._now = now
        self.setMinimumHeight(170)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        first = round((points[0][1] if points else 0) * 100)
        last = round((points[-1][1] if points else 0) * 100)
        days = round(points[-1][0]) if points else 0
        said = translate("Strength", "Strength falls from {first} % today to {last} % in {days} days.")
        self.setAccessibleName(said.format(first=first, last=last, days=days))

    @override
    def sizeHint(self) -> QSize:
        return QSize(420, 170)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._points:
            return
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(self._LEFT, self._TOP, -self._RIGHT, -self._BOTTOM)
        longest = max(1.0, self._points[-1][0])

        def place(days: float, strength: float) -> QPointF:
            return QPointF(room.left() + room.width() * days / longest, room.bottom() - room.height() * strength)

        self._paint_axes(painter, room, longest, colours)
        line = QPainterPath(place(*self._points[0]))
        for point in self._points[1:]:
            line.lineTo(place(*point))
        under = QPainterPath(line)
        under.lineTo(room.bottomRight())
        under.lineTo(room.bottomLeft())
        under.closeSubpath()
        shade = QColor(colours.accent)
        shade.setAlphaF(0.12)
        painter.fillPath(under, shade)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), 2.2))
        painter.drawPath(line)
        painter.setPen(QPen(QColor(colours.card), 2))
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(place(*self._points[0]), 5, 5)

    def _paint_axes(self, painter: QPainter, room: QRectF, longest: float, colours: Tokens) -> None:
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * 0.82)
        painter.setFont(small)
        for part in (0.0, 0.5, 1.0):
            y = room.bottom() - room.height() * part
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(QColor(colours.muted))
            box = QRectF(0, y - 9, self._LEFT - 8, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{part:.0%}")
        y = room.bottom() - room.height() * self._below
        painter.setPen(QPen(QColor(colours.warn), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        painter.setPen(QColor(colours.warn))
        said = translate("Strength", "no longer offered")
        box = QRectF(room.left() + 8, y - 18, 220, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, said)
        painter.setPen(QColor(colours.muted))
        for at in range(4):
            days = longest * at / 3
            day = (self._now + timedelta(days=days)).date()
            text = words.short_day(day, self._now.date())
            box = QRectF(room.left() + room.width() * at / 3 - 60, room.bottom() + 6, 120, 18)
            side = Qt.AlignmentFlag.AlignHCenter
            if at == 0:
                box.moveLeft(room.left())
                side = Qt.AlignmentFlag.AlignLeft
            elif at == 3:
                box.moveRight(room.right())
                side = Qt.AlignmentFlag.AlignRight
            painter.drawText(box, side | Qt.AlignmentFlag.AlignTop, text)
