"""The list of places on the left, with the recorder's state at its foot."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QListWidget, QListWidgetItem, QMenu, QWidget
from typing_extensions import override

from ui import icons
from ui.desk import RecorderStatus
from ui.look import SPACE, tokens
from ui.parts.boxes import column, row
from ui.parts.buttons import IconButton, IconLabel, Pressable
from ui.parts.text import label
from ui.words import counted, reason_words, translate, until

_WIDE = 224
_ACROSS, _DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
_NARROW = 84


class Place(NamedTuple):
    """One entry: its name in code, its icon, its title."""

    name: str
    title: str


def places() -> list[Place]:
    """Every place in order; Ctrl+1 opens the first."""
    return [
        Place("ask", translate("Places", "Ask")),
        Place("timeline", translate("Places", "Timeline")),
        Place("memories", translate("Places", "Memories")),
        Place("sleep", translate("Places", "Sleep")),
        Place("settings", translate("Places", "Settings")),
        Place("health", translate("Places", "Health")),
    ]


def recorder_words(status: RecorderStatus, now: datetime) -> tuple[str, str, str, str]:
    """Icon, tone, title and sentence for a state of the recorder as it is `now`."""
    if status.state == "recording":
        one = translate("Recorder", "{n} look in a minute")
        many = translate("Recorder", "{n} looks in a minute")
        looks = ", ".join(part for part in (counted(status.frames, one, many), status.reason) if part)
        return "record", "danger", translate("Recorder", "Recording"), looks
    if status.state == "paused":
        ends = until(status.until, now) if status.until is not None else ""
        why = "" if ends and status.can_resume else reason_words(status.reason)
        return "pause", "warn", translate("Recorder", "Paused"), ", ".join(part for part in (why, ends) if part)
    if status.state == "problem":
        return "problem", "danger", translate("Recorder", "Problem"), status.reason
    if status.state == "locked":
        return "lock", "muted", translate("Recorder", "Locked"), translate("Recorder", "Nothing is recorded")
    off = translate("Recorder", "Switched off")
    why = off if status.reason.endswith("switched off.") else reason_words(status.reason) or off
    return "off", "muted", translate("Recorder", "Not recording"), why


class Sidebar(QFrame):
    """Places to go, the menu, the lock, the recorder."""

    went = Signal(str)
    lock = Signal()
    recorder_pressed = Signal()

    def __init__(self, menu: QMenu) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self._narrow = False
        self.setFixedWidth(_WIDE)
        self._mark = mark = QLabel()
        mark.setPixmap(icons.picture("mneme").pixmap(QSize(26, 26), 2.0))
        mark.setFixedSize(26, 26)
        self._name = name = QLabel("Mneme")
        name.setObjectName("wordmark")
        self.menu = IconButton("menu", translate("Sidebar", "Menu (F10)"))
        self.menu.setMenu(menu)
        self.menu.setPopupMode(self.menu.ToolButtonPopupMode.InstantPopup)
        self.list = QListWidget()
        self.list.setObjectName("places")
        self.list.setAccessibleName(translate("Sidebar", "Places"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setIconSize(QSize(20, 20))
        for at, place in enumerate(places(), start=1):
            item = QListWidgetItem(place.title)
            item.setData(Qt.ItemDataRole.UserRole, place.name)
            item.setToolTip(translate("Sidebar", "{place} (Ctrl+{n})").format(place=place.title, n=at))
            self.list.addItem(item)
        self.list.currentItemChanged.connect(self._changed)
        self._icon = IconLabel("off", 18)
        self._title = label("", "strong")
        self._said = label("", "small", wrap=True)
        self.recorder = Pressable("")
        inner = row(column(self._icon, None), column(self._title, self._said, gap=1), gap=10, margin=10)
        inner.setStretch(1, 1)
        self.recorder.setLayout(inner)
        self.recorder.clicked.connect(self.recorder_pressed)
        lock = IconButton("lock", translate("Sidebar", "Lock (Ctrl+L)"), self.lock.emit)
        self._head = head = row(mark, 4, name, None, lock, self.menu, gap=4)
        head.setContentsMargins(6, 4, 0, 10)
        self._work = column(gap=SPACE)
        whole = column(head, self.list, self._work, self.recorder, gap=SPACE, margin=12)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self._tint()

    @property
    def narrow(self) -> bool:
        """Whether there is room for icons only."""
        return self._narrow

    def put(self, card: QWidget) -> None:
        """Show work under way."""
        self._work.addWidget(card)

    def take(self, card: QWidget) -> None:
        """Take it away, if it is here."""
        if self._work.indexOf(card) >= 0:
            self._work.removeWidget(card)
            card.hide()
            card.deleteLater()

    def set_narrow(self, narrow: bool) -> None:
        """Show icons only where there is little room; their names stay for tips and screen readers."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self.setFixedWidth(_NARROW if narrow else _WIDE)
        self._head.setDirection(_DOWN if narrow else _ACROSS)
        self._head.setContentsMargins(*((0, 0, 0, 0) if narrow else (6, 4, 0, 10)))
        for part in (self._mark, self._name, self._title, self._said):
            part.setVisible(not narrow)
        self._said.setVisible(not narrow and bool(self._said.text()))
        for at, place in enumerate(places()):
            item = self.list.item(at)
            item.setText("" if narrow else place.title)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, place.title)

    def show_place(self, name: str) -> None:
        """Mark the place one is at."""
        for at in range(self.list.count()):
            if self.list.item(at).data(Qt.ItemDataRole.UserRole) == name:
                self.list.setCurrentRow(at)

    def show_recorder(self, status: RecorderStatus, now: datetime) -> None:
        """Say whether the screen is being recorded."""
        icon, tone, title, said = recorder_words(status, now)
        self._icon.change(icon, tone)
        self._title.setText(title)
        self._said.setText(said)
        self._said.setVisible(bool(said) and not self._narrow)
        self.recorder.setAccessibleName(f"{title}. {said}")
        self.recorder.setToolTip(translate("Sidebar", "Pause, resume or set up recording"))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        colours = tokens()
        for at in range(self.list.count()):
            item = self.list.item(at)
            name = item.data(Qt.ItemDataRole.UserRole)
            item.setIcon(icons.icon(name, colours.muted, on=colours.accent))

    def _changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.went.emit(item.data(Qt.ItemDataRole.UserRole))
