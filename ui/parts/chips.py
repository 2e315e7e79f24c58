"""Chips below a question: what was understood of it, each to be clicked away and back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from ui import icons
from ui.look import SPACE, tokens
from ui.parts.buttons import IconButton
from ui.parts.flow import Flow
from ui.parts.understood import Part, chip_words, tip
from ui.words import translate

_WIDEST = 380
_SIGN = 12
_SMALL = 0.88
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_PRESS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LEFT_TO_OTHERS = (Qt.Key.Key_Up, Qt.Key.Key_Down)


class Chip(QAbstractButton):
    """One thing that was understood; checked while it holds. Click, Enter or Space turn it, Delete takes it away."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._said = self._meant = ""
        self.show_part(part)

    def show_part(self, part: Part) -> None:
        """Show this one."""
        self._said, self._meant = chip_words(part.understood)
        self.setChecked(not part.away)
        whole = ": ".join(words for words in (self._said, self._meant) if words)
        state = translate("Chips", "Taken as plain words") if part.away else translate("Chips", "Understood")
        self.setAccessibleName(f"{state}: {whole}")
        self.setAccessibleDescription(tip(part))
        self.setToolTip(f"{whole}\n{tip(part)}")
        self.updateGeometry()
        self.update()

    @override
    def nextCheckState(self) -> None:
        """Its state is what the reading says, not what was pressed."""

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._small())
        words = metrics.horizontalAdvance(self._said) + metrics.horizontalAdvance(self._between())
        return QSize(min(_WIDEST, round(words) + _SIGN + 28), round(metrics.height()) + 8)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        away = event.key() in _DELETE and self.isChecked()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and (away or event.key() in _PRESS) and not event.isAutoRepeat():
            self.click()
        elif event.key() in (*_LEFT_TO_OTHERS, *_PRESS):
            event.ignore()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.updateGeometry()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours, held = tokens(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rim = QPen(QColor(colours.accent if self.hasFocus() else colours.strong))
        rim.setWidthF(2.0 if self.hasFocus() else 1.0)
        if not held and not self.hasFocus():
            rim.setStyle(Qt.PenStyle.DashLine)
        bare = held and not self.hasFocus()
        painter.setPen(Qt.PenStyle.NoPen if bare else rim)
        ground = colours.hover if self.underMouse() else colours.side
        painter.setBrush(QColor(ground) if held or self.underMouse() else Qt.BrushStyle.NoBrush)
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(room, room.height() / 2, room.height() / 2)
        inner = room.adjusted(9, 0, -9 - _SIGN - 5, 0)
        self._write(painter, inner, held)
        tone = colours.text if self.underMouse() or self.hasFocus() else colours.muted
        sign = icons.pixmap("close" if held else "undo", tone, _SIGN, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(room.right() - 8 - _SIGN, room.center().y() - _SIGN / 2), sign)

    def _write(self, painter: QPainter, room: QRectF, held: bool) -> None:
        colours, font = tokens(), self._small()
        font.setStrikeOut(not held)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(colours.text if held else colours.muted))
        said = metrics.elidedText(self._said, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side, said)
        rest = room.adjusted(metrics.horizontalAdvance(said), 0, 0, 0)
        if self._meant and rest.width() > 24:
            painter.setPen(QColor(colours.muted))
            painter.drawText(rest, side, metrics.elidedText(self._between(), Qt.TextElideMode.ElideRight, rest.width()))

    def _between(self) -> str:
        return f": {self._meant}" if self._meant else ""

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * _SMALL)
        return font


class Chips(QWidget):
    """A row of chips, not there while nothing was understood."""

    pressed = Signal(str)
    """The key of what was clicked away or back."""
    open_memory = Signal(str)
    """The memory that an event was read from."""

    def __init__(self, *, right: bool = False) -> None:
        super().__init__()
        self._flow = Flow(SPACE - 2, right=right)
        self.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(translate("Chips", "What was understood"))
        self._chips: dict[str, Chip] = {}
        self._doors: dict[str, IconButton] = {}
        self.hide()

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show these; what was there already stays the same widget and keeps the focus."""
        held = next((key for key, chip in self._chips.items() if chip.hasFocus()), None)
        if list(self._chips) != [part.understood.key for part in parts]:
            self._build(parts)
        for part in parts:
            self._chips[part.understood.key].show_part(part)
        if held in self._chips:
            self._chips[held].setFocus()
        self.setVisible(bool(parts))

    def chips(self) -> list[Chip]:
        """Those that are shown, in their order."""
        return list(self._chips.values())

    def _build(self, parts: Sequence[Part]) -> None:
        """The same widgets in another order, new ones where they are new, the others let go."""
        wanted = {part.understood.key: part for part in parts}
        while self._flow.takeAt(0) is not None:
            pass
        for key in [key for key in self._chips if key not in wanted]:
            for widget in (self._chips.pop(key), self._doors.pop(key, None)):
                if widget is not None:
                    widget.hide()
                    widget.deleteLater()
        old, before = self._chips, None
        self._chips = {}
        for key, part in wanted.items():
            chip = self._chips[key] = old.get(key) or self._chip(part)
            door = self._door(part)
            for widget in (chip, door):
                if widget is not None:
                    self._flow.addWidget(widget)
                    widget.show()
                    if before is not None:
                        QWidget.setTabOrder(before, widget)
                    before = widget

    def _chip(self, part: Part) -> Chip:
        chip = Chip(part)
        chip.clicked.connect(partial(self._press, part.understood.key))
        return chip

    def _press(self, key: str) -> None:
        self.pressed.emit(key)

    def _door(self, part: Part) -> IconButton | None:
        """Leads to the memory that an event was read from."""
        key, memory = part.understood.key, part.understood.memory
        if memory is None:
            return None
        if key not in self._doors:
            name = translate("Chips", "Open the memory of “{event}”").format(event=part.understood.text)
            door = self._doors[key] = IconButton("link", name, lambda: self.open_memory.emit(memory), 14)
            door.setProperty("look", "small")
            door.setFixedSize(24, self._chips[key].sizeHint().height())
        return self._doors[key]
