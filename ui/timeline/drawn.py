"""The two pictures of the timeline: weeks as heat, a day as a ribbon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from core.memory import Day
from ui import words
from ui.look import Tokens, tokens
from ui.timeline.model import LEVELS, WEEKS, LooseRow, frames, heat_levels, heat_span, hours, lay_out
from ui.words import translate


def shade(colours: Tokens, level: int) -> QColor:
    """The colour of a heat level: from the line's grey to the accent."""
    if level == 0:
        return QColor(colours.line)
    colour = QColor(colours.accent)
    colour.setAlphaF((0.28, 0.5, 0.74, 1.0)[min(level, LEVELS - 1) - 1])
    return colour


_LEAST_WEEKS = 10


class HeatMap(QWidget):
    """The last weeks, a square a day; press one, or walk with the arrow keys."""

    chosen = Signal(object)
    _CELL, _GAP, _LEFT, _TOP = 14, 4, 34, 20

    def __init__(self, today: date) -> None:
        super().__init__()
        self._counts: dict[date, int] = {}
        self._levels: dict[date, int] = {}
        self._today = self._day = today
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        step = self._CELL + self._GAP
        self.setFixedHeight(self._TOP + 7 * step)
        self.setMinimumWidth(self._LEFT + _LEAST_WEEKS * step)
        self.setMaximumWidth(self._LEFT + WEEKS * step)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("Timeline", "How much there is on each day of the last weeks"))

    def show_counts(self, counts: Mapping[date, int], today: date) -> None:
        """Draw these."""
        self._counts, self._levels, self._today = dict(counts), heat_levels(counts), today
        self.update()

    def mark(self, day: date) -> None:
        """Ring the day that is shown."""
        self._day = day
        said = translate("Timeline", "{day}: {n} memories").format(day=words.full_date(day), n=self._counts.get(day, 0))
        self.setAccessibleDescription(said)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.maximumWidth(), self.height())

    def _weeks(self) -> tuple[date, int]:
        """The first Monday shown and how many weeks there is room for."""
        weeks = min(WEEKS, max(_LEAST_WEEKS, (self.width() - self._LEFT) // (self._CELL + self._GAP)))
        first, _ = heat_span(self._today)
        return first + timedelta(weeks=WEEKS - weeks), weeks

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.8)
        painter.setFont(font)
        first, weeks = self._weeks()
        for week in range(weeks):
            monday = first + timedelta(weeks=week)
            if monday.day <= 7:
                painter.setPen(QColor(colours.muted))
                place = QRectF(self._LEFT + week * (self._CELL + self._GAP), 0, 60, self._TOP - 4)
                name = QLocale().standaloneMonthName(monday.month, QLocale.FormatType.ShortFormat)
                painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        for weekday in (0, 2, 4):
            painter.setPen(QColor(colours.muted))
            box = self._box(0, weekday)
            name = QLocale().dayName(weekday + 1, QLocale.FormatType.ShortFormat)
            room = QRectF(0, box.top() - 2, self._LEFT - 6, box.height() + 4)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        for week in range(weeks):
            for weekday in range(7):
                day = first + timedelta(weeks=week, days=weekday)
                if day > self._today:
                    continue
                ring = day == self._day
                width = 2.0 if self.hasFocus() else 1.6
                painter.setPen(QPen(QColor(colours.text), width) if ring else Qt.PenStyle.NoPen)
                painter.setBrush(shade(colours, self._levels.get(day, 0)))
                painter.drawRoundedRect(self._box(week, weekday), 3.5, 3.5)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if day := self._at(event.position()):
            self.chosen.emit(day)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        away = {Qt.Key.Key_Left: -7, Qt.Key.Key_Right: 7, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in away:
            day = self._day + timedelta(days=away[key])
            if day <= self._today:
                self.chosen.emit(day)
        else:
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            if day := self._at(QPointF(event.pos())):
                count = self._counts.get(day, 0)
                one, many = translate("Timeline", "{n} memory"), translate("Timeline", "{n} memories")
                said = f"{words.day(day, self._today)}: {words.counted(count, one, many)}"
                QToolTip.showText(event.globalPos(), said, self)
            return True
        return super().event(event)

    def _box(self, week: int, weekday: int) -> QRectF:
        step = self._CELL + self._GAP
        return QRectF(self._LEFT + week * step + 1, self._TOP + weekday * step + 1, self._CELL, self._CELL)

    def _at(self, point: QPointF) -> date | None:
        first, weeks = self._weeks()
        for week in range(weeks):
            for weekday in range(7):
                day = first + timedelta(weeks=week, days=weekday)
                if self._box(week, weekday).adjusted(-2, -2, 2, 2).contains(point) and day <= self._today:
                    return day
        return None


class Ribbon(QWidget):
    """A day from left to right: episodes solid, gaps hatched, pictures as ticks. Press to go there."""

    pressed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._day: Day | None = None
        self._on = date(2000, 1, 1)
        self.setFixedHeight(58)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("Timeline", "The day from morning to night"))

    def show_day(self, day: Day | None, on: date) -> None:
        """Draw this day."""
        self._day, self._on = day, on
        if day:
            said = translate("Timeline", "{episodes} episodes, {gaps} gaps, {frames} pictures")
            self.setAccessibleDescription(
                said.format(episodes=len(day.episodes), gaps=len(day.gaps), frames=len(frames(day)))
            )
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._day is None:
            return
        day, colours = self._day, tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band = QRectF(0.5, 4, self.width() - 1, 26)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.side))
        painter.drawRoundedRect(band, 7, 7)
        for gap in day.gaps:
            room = self._room(gap.begins, gap.ends, band)
            painter.setBrush(QColor(colours.side))
            painter.drawRect(room)
            hatch = QColor(colours.muted)
            hatch.setAlphaF(0.55)
            painter.setBrush(Qt.BrushStyle.BDiagPattern)
            brush = painter.brush()
            brush.setColor(hatch)
            painter.setBrush(brush)
            painter.drawRect(room)
        painter.setBrush(QColor(colours.accent))
        for episode in day.episodes:
            room = self._room(episode.begins, episode.ends, band)
            painter.drawRoundedRect(room, 5, 5)
        soft = QColor(colours.accent)
        soft.setAlphaF(0.6)
        painter.setBrush(soft)
        for row in lay_out(day):
            if isinstance(row, LooseRow):
                painter.drawRoundedRect(self._room(row.begins, row.members[-1].at, band), 4, 4)
        painter.setPen(QPen(QColor(colours.text), 1.4))
        for frame in frames(day):
            x = self._x(frame.at)
            painter.drawLine(QPointF(x, band.bottom() + 2), QPointF(x, band.bottom() + 6))
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.8)
        painter.setFont(font)
        painter.setPen(QColor(colours.muted))
        first, last = hours(day, self._on)
        for hour in range(first, last + 1, 2):
            x = self.width() * (hour - first) / (last - first)
            left = min(max(0.0, x - 20), self.width() - 40.0)
            side = Qt.AlignmentFlag.AlignHCenter
            if x < 20:
                side = Qt.AlignmentFlag.AlignLeft
            elif x > self.width() - 20:
                side = Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(left, 38, 40, 18), side | Qt.AlignmentFlag.AlignTop, f"{hour:02d}")

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._day is None:
            return
        first, last = hours(self._day, self._on)
        hour = first + (last - first) * event.position().x() / max(1, self.width())
        self.pressed.emit(hour)

    def _x(self, at: datetime) -> float:
        assert self._day is not None
        first, last = hours(self._day, self._on)
        hour = at.hour + at.minute / 60 + 24 * (at.date() - self._on).days
        return self.width() * min(1.0, max(0.0, (hour - first) / (last - first)))

    def _room(self, begins: datetime, ends: datetime, band: QRectF) -> QRectF:
        left, right = self._x(begins), self._x(ends)
        return QRectF(left, band.top(), max(4.0, right - left), band.height())
