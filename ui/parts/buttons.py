"""Buttons that carry an icon in the theme's colour and a name for screen readers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from ui import icons
from ui.look import tokens

_REDRESS = (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange)


class Button(QPushButton):
    """A button with words; `look` is primary, quiet, danger or nothing."""

    def __init__(
        self, text: str, pressed: Callable[[], object] | None = None, *, icon: str = "", look: str = ""
    ) -> None:
        super().__init__(text)
        self._icon, self._look = icon, look
        if look:
            self.setProperty("look", look)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(18, 18))
        if pressed:
            self.clicked.connect(lambda: pressed())
        self._tint()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._tint()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it too: Qt does so in dialogs only."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _REDRESS:
            self._tint()

    def _tint(self) -> None:
        if not self._icon:
            return
        colours = tokens()
        plain = {"primary": colours.onaccent, "danger": colours.danger}.get(self._look, colours.muted)
        self.setIcon(icons.icon(self._icon, plain, colours.faint, colours.accent))


class IconButton(QToolButton):
    """A button that is an icon only; `name` is its tip and what a screen reader says."""

    def __init__(self, icon: str, name: str, pressed: Callable[[], object] | None = None, size: int = 18) -> None:
        super().__init__()
        self._icon = icon
        self.setIconSize(QSize(size, size))
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if pressed:
            self.clicked.connect(lambda: pressed())
        self._tint()

    def change(self, icon: str, name: str) -> None:
        """Become another button."""
        self._icon = icon
        self.setToolTip(name)
        self.setAccessibleName(name)
        self._tint()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _REDRESS:
            self._tint()

    def _tint(self) -> None:
        colours = tokens()
        self.setIcon(icons.icon(self._icon, colours.muted, colours.faint, colours.accent))


class IconLabel(QLabel):
    """An icon beside words; `tone` is a token's name."""

    def __init__(self, icon: str, size: int = 18, tone: str = "muted") -> None:
        super().__init__()
        self._icon, self._side, self._tone = icon, size, tone
        self.setFixedSize(size, size)
        self._tint()

    def change(self, icon: str, tone: str) -> None:
        """Show another icon in another tone."""
        self._icon, self._tone = icon, tone
        self._tint()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _REDRESS:
            self._tint()

    def _tint(self) -> None:
        colour = getattr(tokens(), self._tone)
        self.setPixmap(icons.pixmap(self._icon, colour, self._side))


class Pressable(QAbstractButton):
    """A card that can be pressed as a whole, with keys too."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cardButton")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @override
    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout else QSize(100, 40)

    @override
    def hasHeightForWidth(self) -> bool:
        layout = self.layout()
        return layout is not None and layout.hasHeightForWidth()

    @override
    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout else -1

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Its ground, rim and focus ring."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = self.underMouse() and self.isEnabled()
        rim = QPen(QColor(colours.accent if self.hasFocus() else colours.strong if over else colours.line))
        rim.setWidthF(2.0 if self.hasFocus() else 1.0)
        painter.setPen(rim)
        painter.setBrush(QColor(colours.raised if over else colours.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
