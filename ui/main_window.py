"""The main window: one list of places on the left, the place one is at on the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QWidget
from typing_extensions import override

from core.events import Event, Noticed, RecorderChanged, VaultLocked, VaultUnlocked
from core.memory import Facet, Hit, Memory, MemoryId
from ui import icons
from ui.actions import Actions
from ui.ask.panel import AskPanel
from ui.bridge import Bridge
from ui.health.panel import HealthPanel
from ui.long_work import LongWork
from ui.memories.panel import MemoriesPanel
from ui.notices import Notices
from ui.parts.boxes import row
from ui.parts.panel import Panel
from ui.settings.panel import SettingsPanel
from ui.sidebar import Sidebar, places
from ui.sleep.panel import SleepPanel
from ui.timeline.panel import TimelinePanel
from ui.welcome.panel import WelcomePanel
from ui.welcome.unlock import UnlockPanel
from ui.words import translate

_RECORDER_MS = 2000
_NARROW_BELOW = 940
_COMPOSER = 84
"""How high the box at the foot of Ask is: notices stand above it."""


def _files_of(event: QDropEvent) -> list[Path]:
    """The files and folders of this machine that are dragged; nothing where something else is among them."""
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls] if all(url.isLocalFile() for url in urls) else []


class MainWindow(QMainWindow):
    """Shows the door while the vault is shut, the places while it is open."""

    closing = Signal()
    """The person closed the window; who made it decides what that means."""
    first_choice = Signal(str)
    """What was chosen at the end of the first start: sample, import, record or nothing."""

    def __init__(self, bridge: Bridge, actions: Actions, work: LongWork) -> None:
        super().__init__()
        self.bridge, self._actions = bridge, actions
        self.setWindowTitle("Mneme")
        self.setWindowIcon(icons.picture("mneme"))
        self.setMinimumSize(720, 440)
        self.resize(1180, 780)
        self.ask = AskPanel(bridge)
        self.timeline = TimelinePanel(bridge)
        self.memories = MemoriesPanel(bridge)
        self.sleep = SleepPanel(bridge, work)
        self.settings = SettingsPanel(bridge, work)
        self.health = HealthPanel(bridge)
        self._panels: dict[str, Panel] = {
            "ask": self.ask,
            "timeline": self.timeline,
            "memories": self.memories,
            "sleep": self.sleep,
            "settings": self.settings,
            "health": self.health,
        }
        self._door: WelcomePanel | UnlockPanel | None = None
        self._build()
        self.notices = Notices(self)
        self._work = work
        work.begun.connect(self._show_work)
        work.ended.connect(self.notices.take)
        work.ended.connect(self.sidebar.take)
        work.asks.connect(self.notices.put)
        work.answered.connect(self.notices.take)
        self.setAcceptDrops(True)
        self._connect()
        self._look_at_recorder = QTimer(self, interval=_RECORDER_MS)
        self._look_at_recorder.timeout.connect(self._show_recorder)
        self._look_at_recorder.start()
        self.show_state()

    def _build(self) -> None:
        menu = QMenu(self)
        self._actions.window_menu(menu)
        self._recorder_menu = QMenu(self)
        self._actions.recorder_menu(self._recorder_menu)
        self.sidebar = Sidebar(menu)
        self._pages = QStackedWidget()
        for panel in self._panels.values():
            self._pages.addWidget(panel)
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(row(self.sidebar, self._pages, gap=0))
        self._outer = QStackedWidget()
        self._outer.addWidget(inside)
        self.setCentralWidget(self._outer)
        self.addActions(self._actions.shortcuts())
        for at, place in enumerate(places(), start=1):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{at}"), self)
            shortcut.activated.connect(partial(self.go, place.name))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self).activated.connect(self.close)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self._focus_place)
        QShortcut(QKeySequence("F10"), self).activated.connect(self.sidebar.menu.showMenu)

    def _connect(self) -> None:
        self.sidebar.went.connect(self._went)
        self.sidebar.lock.connect(self._actions.lock.trigger)
        self.sidebar.recorder_pressed.connect(self._open_recorder_menu)
        self.bridge.happened.connect(self._happened)
        self.ask.correct.connect(self._correct)
        self.ask.open_found.connect(self.open_hit)
        for panel in self._panels.values():
            panel.open_memory.connect(lambda memory: self.open_memory(MemoryId(memory)))
            panel.command.connect(self._command)
            panel.undoable.connect(self._offer_undo)

    @property
    def place(self) -> str:
        """Where the person is."""
        return next(name for name, panel in self._panels.items() if panel is self._pages.currentWidget())

    def go(self, name: str) -> None:
        """Go to a place; does nothing while the door is shut."""
        if self._door is None:
            self.sidebar.show_place(name)

    def _focus_place(self) -> None:
        if self._door is None:
            self._panels[self.place].setFocus()

    def _went(self, name: str) -> None:
        if self._pages.currentWidget() is self.health and name != "health":
            self.health.left()
        panel = self._panels[name]
        self.notices.lift(_COMPOSER if name == "ask" else 0)
        self._pages.setCurrentWidget(panel)
        panel.opened()
        if not self.sidebar.list.hasFocus():
            panel.setFocus()

    def open_hit(self, hit: Hit) -> None:
        """Show what was found where it belongs, at the place that answers: a confirmed use of it."""
        found, now = hit.memory.id, self.bridge.now()
        self.bridge.run(lambda assistant: assistant.confirm(found, now), self, lambda _: None, lambda _: None)
        self.open_memory(hit.memory.id, " ".join(hit.why.words), hit.piece)

    def open_memory(self, memory: MemoryId, find: str = "", piece: tuple[int, int] | None = None) -> None:
        """Show a memory where it belongs: screens in the timeline with the words `find` marked, the rest in Memories.

        `piece`: the characters of its text to scroll to and mark.
        """

        def found(one: Memory) -> None:
            if one.facet is Facet.FRAME and one.picture:
                self.go("timeline")
                self.timeline.show_found(one.id, find)
            else:
                self.go("memories")
                self.memories.show_memory(one.id, piece)

        self.bridge.run(lambda assistant: assistant.memory(memory), self, found)

    def _show_work(self, card: QWidget) -> None:
        (self.notices if self.sidebar.narrow else self.sidebar).put(card)

    def _offer_undo(self, said: Noticed, undo: Callable[[], object]) -> None:
        self.notices.say(said, (translate("MainWindow", "Undo"), undo))

    def _correct(self, memory: MemoryId) -> None:
        self.go("memories")
        self.memories.correct(memory)

    def _command(self, command: str) -> None:
        what, _, which = command.partition(":")
        if what == "picture":
            self.go("timeline")
            self.timeline.show_memory(MemoryId(which))
        elif what == "fading":
            self.go("memories")
            self.memories.show_fading()
        elif what == "details":
            self.go("memories")
            self.memories.show_memory(MemoryId(which))
        else:
            self._actions.wanted.emit(command)

    def show_state(self) -> None:
        """Show the door or the places, as the vault is."""
        state = self.bridge.desk.state()
        if state == "open":
            self._open_places()
        elif state == "locked":
            self._shut(UnlockPanel(self.bridge))
        else:
            welcome = WelcomePanel(self.bridge, self._work)
            welcome.finished.connect(self._first_start_over)
            self._shut(welcome)
        self._show_recorder()

    def _shut(self, door: WelcomePanel | UnlockPanel) -> None:
        if self._door is not None:
            self._drop_door()
        self._door = door
        door.setObjectName("ground")
        self._outer.addWidget(door)
        self._outer.setCurrentWidget(door)
        door.setFocus()

    def _drop_door(self) -> None:
        if self._door is not None:
            self.bridge.release(self._door)
            self._outer.removeWidget(self._door)
            self._door.deleteLater()
            self._door = None

    def _open_places(self) -> None:
        self._outer.setCurrentIndex(0)
        self._drop_door()
        if self.sidebar.list.currentRow() < 0:
            self.go("ask")
        else:
            self._panels[self.place].opened()

    def _first_start_over(self, choice: str) -> None:
        self.show_state()
        self.first_choice.emit(choice)

    def _happened(self, event: Event) -> None:
        self.notices.heard(event)
        if isinstance(event, VaultLocked):
            if not isinstance(self._door, UnlockPanel):  # what is being typed there stays
                self.show_state()
        elif isinstance(event, VaultUnlocked) and not isinstance(self._door, WelcomePanel):
            self.show_state()
        elif isinstance(event, RecorderChanged):
            self._show_recorder()

    def _show_recorder(self) -> None:
        status = self.bridge.desk.recorder()
        self.sidebar.show_recorder(status, self.bridge.now())
        self._actions.show_state(self.bridge.desk.state() == "open", status)

    def _open_recorder_menu(self) -> None:
        button = self.sidebar.recorder
        above = button.mapToGlobal(button.rect().topLeft())
        above.setY(above.y() - self._recorder_menu.sizeHint().height() - 4)
        self._recorder_menu.popup(above)

    def geometry_text(self) -> str:
        """Size and place, to be remembered; nothing of what is shown."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def use_geometry(self, text: str) -> None:
        """Take size and place from what was remembered."""
        if text:
            self.restoreGeometry(QByteArray.fromBase64(text.encode("ascii")))

    def come_forward(self) -> None:
        """Be seen, whatever state the window was in."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sidebar.set_narrow(self.width() < _NARROW_BELOW)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped anywhere while the places are open."""
        if self._door is None and _files_of(event):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        """What is dropped is imported."""
        if self._door is None and (paths := _files_of(event)):
            event.acceptProposedAction()
            self._work.import_files(paths)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.closing.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.setWindowTitle(translate("MainWindow", "Mneme"))
