"""Notices: sentences with a remedy in the corner of the window; they never stand in the way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from core.events import Event, Noticed, VaultLocked
from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.text import label
from ui.whose import WhoseCard
from ui.words import translate

_STAYS_MS = 8000
_MOST = 4


class Notice(QFrame):
    """One notice: an icon, a title, what to do, and a cross."""

    def __init__(
        self,
        said: Noticed,
        close: Callable[[Notice], None],
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__()
        self.said = said
        self.setProperty("look", "notice")
        if said.problem:
            self.setProperty("tone", "problem")
        self.setAccessibleName(f"{said.title} {said.remedy}".strip())
        icon = IconLabel("problem" if said.problem else "info", 20, "danger" if said.problem else "accent")
        cross = IconButton("close", translate("Notices", "Dismiss"), lambda: close(self), 16)
        words = column(label(said.title, "strong", wrap=True), gap=3)
        if said.remedy:
            words.addWidget(label(said.remedy, "muted", wrap=True))
        if action:
            name, do = action

            def act() -> None:
                close(self)
                do()

            words.addLayout(row(Button(name, act, look="quiet", icon="undo"), None))
        whole = row(column(icon, None), words, column(cross, None), gap=SPACE, margin=12)
        whole.setStretch(1, 1)
        self.setLayout(whole)


def _height(card: QWidget, width: int) -> int:
    layout = card.layout()
    if layout is None:
        return card.sizeHint().height()
    layout.activate()
    tall = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else -1
    return max(tall, card.sizeHint().height() if tall < 0 else 0)


class Notices(QWidget):
    """The stack of notices and of work under way, over the lower right of `window`."""

    _WIDTH = 380

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._lift = 0
        self._column = column(gap=SPACE)
        self.setLayout(self._column)
        self.setFixedWidth(self._WIDTH)
        self.hide()
        window.installEventFilter(self)

    @property
    def shown(self) -> list[Notice]:
        """The notices on screen, oldest first."""
        return [card for card in self._cards() if isinstance(card, Notice)]

    def _cards(self) -> list[QWidget]:
        items = [self._column.itemAt(at) for at in range(self._column.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if widget is not None]

    def heard(self, event: Event) -> None:
        """Show it when it is a notice; a lock takes all of them away."""
        if isinstance(event, Noticed):
            self.say(event)
        elif isinstance(event, VaultLocked):
            for card in self._cards():
                if isinstance(card, Notice | WhoseCard):
                    self.take(card)

    def say(self, said: Noticed, action: tuple[str, Callable[[], object]] | None = None) -> None:
        """Show a notice; problems stay until they are dismissed, the same one is not shown twice."""
        for one in self.shown:
            if one.said == said:
                self.take(one)
        while len(self.shown) >= _MOST:
            self.take(self.shown[0])
        notice = Notice(said, self.take, action)
        self.put(notice)
        spoken = QAccessibleAnnouncementEvent(notice, notice.accessibleName())
        QAccessible.updateAccessibility(spoken)
        if not said.problem:
            QTimer.singleShot(_STAYS_MS, notice, lambda: self.take(notice))

    def lift(self, by: int) -> None:
        """Stand this much higher."""
        self._lift = by
        self._place()

    def put(self, card: QWidget) -> None:
        """Add a card: a notice or work under way."""
        self._column.addWidget(card)
        self.show()
        self._place()

    def take(self, card: QWidget) -> None:
        """Take a card away."""
        if self._column.indexOf(card) < 0:
            return
        self._column.removeWidget(card)
        card.hide()
        card.deleteLater()
        if self._column.count() == 0:
            self.hide()
        self._place()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        heights = [_height(card, self._WIDTH) for card in self._cards()]
        height = sum(heights) + self._column.spacing() * max(0, len(heights) - 1)
        room = self._window.rect()
        self.setGeometry(
            room.right() - self._WIDTH - 2 * SPACE, room.bottom() - height - 2 * SPACE - self._lift, self._WIDTH, height
        )
        self.raise_()
