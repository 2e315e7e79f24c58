"""Everything that can be done from anywhere, with its shortcut: the window's menu and the tray show the same."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from ui.desk import RecorderStatus
from ui.words import translate


class Actions(QObject):
    """The actions; what they do is said by whoever listens to `wanted`."""

    wanted = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.quick = self._make("quick", translate("Actions", "Quick recall"), "Ctrl+K")
        self.note = self._make("note", translate("Actions", "Write a note …"), "Ctrl+N")
        self.bring = self._make("import", translate("Actions", "Import conversations …"), "Ctrl+O")
        self.export = self._make("export", translate("Actions", "Export …"), "Ctrl+E")
        self.forget = self._make("forget", translate("Actions", "Forget the last 15 minutes …"))
        self.sleep = self._make("sleep", translate("Actions", "Sleep now"))
        self.settings = self._make("settings", translate("Actions", "Settings"), "Ctrl+,")
        self.lock = self._make("lock", translate("Actions", "Lock"), "Ctrl+L")
        self.quit = self._make("quit", translate("Actions", "Quit"), "Ctrl+Q")
        self.open = self._make("open", translate("Actions", "Open Mneme"))
        self.resume = self._make("resume", translate("Actions", "Resume recording"))
        self.record = self._make("recording", translate("Actions", "Set up recording …"))
        self.pause_short = self._make("pause:15", translate("Actions", "For 15 minutes"))
        self.pause_hour = self._make("pause:60", translate("Actions", "For an hour"))
        self.pause_day = self._make("pause:tomorrow", translate("Actions", "Until tomorrow"))
        self.private = self._make("pause:private", translate("Actions", "Until I resume (private mode)"))
        self._open_only = (
            self.quick,
            self.note,
            self.bring,
            self.export,
            self.forget,
            self.sleep,
            self.settings,
            self.lock,
            self.record,
        )

    def shortcuts(self) -> list[QAction]:
        """Those that the window listens to by key."""
        return [self.quick, self.note, self.bring, self.export, self.settings, self.lock, self.quit]

    def show_state(self, is_open: bool, recorder: RecorderStatus) -> None:
        """Offer only what can be done now."""
        for action in self._open_only:
            action.setEnabled(is_open)
        can_pause = is_open and recorder.state in ("recording", "paused", "problem")
        for action in (self.pause_short, self.pause_hour, self.pause_day, self.private):
            action.setEnabled(can_pause)
        self.resume.setEnabled(is_open and recorder.can_resume)

    def fill_pause(self, menu: QMenu) -> QMenu:
        """Add the menu of pauses."""
        pause = menu.addMenu(translate("Actions", "Pause recording"))
        pause.addActions([self.pause_short, self.pause_hour, self.pause_day])
        pause.addSeparator()
        pause.addAction(self.private)
        return pause

    def window_menu(self, menu: QMenu) -> None:
        """All of it, in the window."""
        menu.addActions([self.quick, self.note])
        menu.addSeparator()
        self.fill_pause(menu)
        menu.addActions([self.resume, self.record, self.forget])
        menu.addSeparator()
        menu.addActions([self.bring, self.export, self.sleep])
        menu.addSeparator()
        menu.addActions([self.settings, self.lock, self.quit])

    def tray_menu(self, menu: QMenu) -> None:
        """The part that is needed at a glance."""
        menu.addActions([self.open, self.quick])
        menu.addSeparator()
        self.fill_pause(menu)
        menu.addActions([self.resume, self.forget, self.export])
        menu.addSeparator()
        menu.addActions([self.lock, self.quit])

    def recorder_menu(self, menu: QMenu) -> None:
        """What the recorder's button offers."""
        self.fill_pause(menu)
        menu.addActions([self.resume, self.record, self.forget])

    def _make(self, name: str, text: str, key: str = "") -> QAction:
        action = QAction(text, self)
        if key:
            action.setShortcut(QKeySequence(key))
        tell: Callable[[], None] = lambda: self.wanted.emit(name)  # noqa: E731
        action.triggered.connect(tell)
        return action
