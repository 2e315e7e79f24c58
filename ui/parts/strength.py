"""How firmly a memory is held, as pictures: a bar, and the whole curve with its uses."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from core.memory import Life
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
    """Strength over time: what it was, a ring for each use, what it will be, the day it is no longer offered."""

    _LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 30, 28
    _HEIGHT = 200

    def __init__(self, life: Life) -> None:
        super().__init__()
        self._life = life
        begins, ends = life.points[0][0], life.points[-1][0]
        self._begins, self._span = begins, max((ends - begins).total_seconds(), 1.0)
        self.setMinimumHeight(self._HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        said = translate("Strength", "Strength {n} % today.").format(n=round(life.held * 100))
        if life.uses:
            one, many = translate("Strength", "Used once."), translate("Strength", "Used {n} times.")
            said += " " + words.counted(len(life.uses), one, many)
        if life.fades_on is not None:
            fades = translate("Strength", "Fades on {date}.")
            if life.fades_on <= life.now:
                fades = translate("Strength", "Faded on {date}.")
            said += " " + fades.format(date=words.full_date(life.fades_on.date()))
        self.setAccessibleName(said)

    @override
    def sizeHint(self) -> QSize:
        return QSize(420, self._HEIGHT)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * 0.82)
        painter.setFont(small)
        room = QRectF(self.rect()).adjusted(self._LEFT, self._TOP, -self._RIGHT, -self._BOTTOM)
        self._paint_axes(painter, room, colours)
        self._paint_line(painter, room, colours)
        for use in self._life.uses:
            top = next(held for at, held in reversed(self._life.points) if at <= use)
            self._ring(painter, self._place(room, use, top), colours.card, colours.accent, 4)
        self._paint_fading(painter, room, colours)
        self._paint_today(painter, room, colours)

    def _place(self, room: QRectF, moment: datetime, held: float) -> QPointF:
        across = (moment - self._begins).total_seconds() / self._span
        return QPointF(room.left() + room.width() * across, room.bottom() - room.height() * held)

    def _paint_line(self, painter: QPainter, room: QRectF, colours: Tokens) -> None:
        now = self._life.now
        past = [self._place(room, at, held) for at, held in self._life.points if at <= now]
        future = [self._place(room, at, held) for at, held in self._life.points if at >= now]
        under = QPolygonF([*past, QPointF(past[-1].x(), room.bottom()), room.bottomLeft()])
        shade = QColor(colours.accent)
        shade.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawPolygon(under)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        round_ = (Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(QPen(QColor(colours.accent), 2, Qt.PenStyle.DashLine, *round_))
        painter.drawPolyline(QPolygonF(future))
        painter.setPen(QPen(QColor(colours.accent), 2.4, Qt.PenStyle.SolidLine, *round_))
        painter.drawPolyline(QPolygonF(past))

    def _paint_today(self, painter: QPainter, room: QRectF, colours: Tokens) -> None:
        at = self._place(room, self._life.now, self._life.held)
        painter.setPen(QPen(QColor(colours.muted), 1))
        painter.drawLine(QPointF(at.x(), room.top() - 10), QPointF(at.x(), room.bottom()))
        self._ring(painter, at, colours.accent, colours.card, 6)
        painter.setPen(QColor(colours.text))
        said = translate("Strength", "Today, {n} %").format(n=round(self._life.held * 100))
        self._write(painter, QPointF(at.x(), room.top() - 24), said, room)

    def _paint_fading(self, painter: QPainter, room: QRectF, colours: Tokens) -> None:
        fades = self._life.fades_on
        if fades is None or not self._begins <= fades <= self._life.points[-1][0]:
            return
        at = self._place(room, fades, self._life.fades_below)
        painter.setPen(QPen(QColor(colours.warn), 1.2))
        painter.drawLine(at, QPointF(at.x(), room.bottom()))
        self._ring(painter, at, colours.card, colours.warn, 5)
        painter.setPen(QColor(colours.warn))
        self._write(painter, QPointF(at.x(), room.bottom() + 6), words.full_date(fades.date()), room)

    def _paint_axes(self, painter: QPainter, room: QRectF, colours: Tokens) -> None:
        for part in (0.0, 0.5, 1.0):
            y = room.bottom() - room.height() * part
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(QColor(colours.muted))
            box = QRectF(0, y - 9, self._LEFT - 8, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{part:.0%}")
        y = room.bottom() - room.height() * self._life.fades_below
        painter.setPen(QPen(QColor(colours.warn), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        painter.setPen(QColor(colours.warn))
        box = QRectF(room.left() + 8, y + 2, 240, 16)
        below = translate("Strength", "below this no longer offered")
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, below)
        painter.setPen(QColor(colours.muted))
        today = self._life.now.date()
        first = words.short_day(self._begins.date(), today)
        painter.drawText(QRectF(room.left(), room.bottom() + 6, 120, 18), Qt.AlignmentFlag.AlignLeft, first)
        fades, ends = self._life.fades_on, self._life.points[-1][0]
        if fades is None or self._place(room, fades, 0).x() < room.right() - 150:
            last = words.short_day(ends.date(), today)
            box = QRectF(room.right() - 120, room.bottom() + 6, 120, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, last)

    def _write(self, painter: QPainter, foot: QPointF, said: str, room: QRectF) -> None:
        """Words in the middle above or below a place, moved so that they stay inside."""
        width = float(painter.fontMetrics().horizontalAdvance(said))
        left = min(max(room.left(), foot.x() - width / 2), room.right() - width)
        painter.drawText(QRectF(left, foot.y(), width + 2, 18), Qt.AlignmentFlag.AlignLeft, said)

    @staticmethod
    def _ring(painter: QPainter, at: QPointF, inside: str, colour: str, radius: float) -> None:
        painter.setPen(QPen(QColor(colour), 2))
        painter.setBrush(QColor(inside))
        painter.drawEllipse(at, radius, radius)
