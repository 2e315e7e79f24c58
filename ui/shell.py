"""All of what a person sees, put together over a desk: window, tray, quick recall, hotkey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog

from core.errors import Problem
from core.events import Event, SettingChanged, VaultUnlocked
from core.memory import Hit, Kind, MemoryId, Selection
from core.paths import RESOURCES
from core.pauses import pause_ends
from core.settings import Settings
from ui import hotkey
from ui.actions import Actions
from ui.bridge import Bridge
from ui.desk import Desk, PublicLook
from ui.forgetting import ask_to_forget
from ui.long_work import LongWork
from ui.look import Look, Theme
from ui.main_window import MainWindow
from ui.note import NoteDialog
from ui.quick_recall.window import QuickRecall
from ui.tray import Tray
from ui.words import translate


class Shell(QObject):
    """Made once, after the QApplication; `quit_wanted` tells the application to end."""

    quit_wanted = Signal()

    def __init__(self, app: QApplication, desk: Desk, clock: Callable[[], datetime]) -> None:
        super().__init__(app)
        app.setQuitOnLastWindowClosed(False)
        app.setApplicationName("Mneme")
        app.setDesktopFileName("mneme")
        self._app, self._desk = app, desk
        self._look = Look(app, desk.look().theme)
        self.bridge = Bridge(desk, clock, self)
        self.work = LongWork(self.bridge)
        self.actions = Actions(self)
        self.window = MainWindow(self.bridge, self.actions, self.work)
        self.quick = QuickRecall(self.bridge)
        self.tray = Tray(self.bridge, self.actions, lambda: not self.window.isVisible())
        self._hotkey: hotkey.Hotkey | None = None
        self._hotkey_text = ""
        self._told_tray = self._placed = False
        self._closed = False
        self.actions.wanted.connect(self._wanted)
        self.window.closing.connect(self._window_closed)
        self.window.first_choice.connect(self._first_choice)
        self.window.settings.changed.connect(self._setting_changed)
        self.quick.opened.connect(self._opened_from_quick)
        self.quick.open_memory.connect(self._memory_from_quick)
        self.tray.pressed.connect(self.window.come_forward)
        self.bridge.happened.connect(self._happened)

    def show(self, *, window: bool = True) -> None:
        """Show the tray and, unless started hidden where there is a tray, the window."""
        self.tray.show()
        if window or not self.tray.there:
            self.window.come_forward()
        if self._desk.state() == "open":
            self._read_settings()

    def come_forward(self) -> None:
        """A second start: show the first one's window."""
        self.window.come_forward()

    def recall(self, question: str = "") -> None:
        """Open quick recall; behind a shut door the window is shown instead."""
        if self._desk.state() == "open":
            self.quick.call(question)
        else:
            self.window.come_forward()

    def close(self) -> None:
        """Take everything away, in the reverse order of its coming."""
        if self._closed:
            return
        self._closed = True
        self._keep_geometry()
        if self._hotkey:
            self._hotkey.close()
        self.tray.hide()
        self.quick.hide()
        self.window.hide()
        self.bridge.close()

    def _happened(self, event: Event) -> None:
        if isinstance(event, VaultUnlocked):
            self._read_settings()
        elif isinstance(event, SettingChanged) and event.key.startswith("look."):
            key = event.key
            self.bridge.run(
                lambda assistant: assistant.settings, self, lambda now: self._setting_changed(key, now.get(key))
            )

    def _read_settings(self) -> None:
        self.bridge.run(lambda assistant: assistant.settings, self, self._use)

    def _use(self, settings: Settings) -> None:
        self._look.choose(settings.look.theme)
        self.tray.notices = settings.look.notices
        self._listen(settings.look.hotkey)
        if not self._placed:
            self._placed = True
            self.bridge.off_thread(lambda desk: desk.look().window, self, self.window.use_geometry)

    def _listen(self, keys: str) -> None:
        if keys == self._hotkey_text:
            return
        if self._hotkey:
            self._hotkey.close()
            self._hotkey = None
        self._hotkey_text = keys
        if not keys:
            return
        pressed = self.bridge.carrier(self, lambda _: self.recall())
        try:
            self._hotkey = hotkey.listen(keys, lambda: pressed(None))
        except Problem as problem:
            self.bridge.tell(problem.title, problem.remedy)

    def _setting_changed(self, key: str, value: object) -> None:
        if key == "look.theme":
            theme = cast(Theme, value)
            self._look.choose(theme)
            self._keep(replace(self._desk.look(), theme=theme))
        elif key == "look.hotkey":
            self._listen(str(value))
        elif key == "look.notices":
            self.tray.notices = bool(value)
        elif key == "look.autostart":
            self.bridge.off_thread(lambda desk: desk.autostart(bool(value)), self, lambda _: None)

    def _keep(self, look: PublicLook) -> None:
        self.bridge.off_thread(lambda desk: desk.keep_look(look), self, lambda _: None)

    def _keep_geometry(self) -> None:
        try:
            self._desk.keep_look(replace(self._desk.look(), window=self.window.geometry_text()))
        except Problem:
            return

    def _window_closed(self) -> None:
        if not self.tray.there:
            self.quit_wanted.emit()
            return
        self._keep(replace(self._desk.look(), window=self.window.geometry_text()))
        self.window.hide()
        if not self._told_tray:
            self._told_tray = True
            self.tray.still_here()

    def _opened_from_quick(self, hit: Hit) -> None:
        self.window.come_forward()
        self.window.open_hit(hit)

    def _memory_from_quick(self, memory: str) -> None:
        self.window.come_forward()
        self.window.open_memory(MemoryId(memory))

    def _wanted(self, what: str) -> None:
        name, _, value = what.partition(":")
        does: dict[str, Callable[[], object]] = {
            "quick": self.recall,
            "open": self.window.come_forward,
            "note": self._note,
            "import": self._import,
            "export": self._export,
            "forget": self._forget_last,
            "sleep": self._sleep,
            "settings": lambda: self._go("settings"),
            "recording": self._recording,
            "lock": lambda: self.bridge.off_thread(lambda desk: desk.lock(), self, lambda _: None),
            "quit": self.quit_wanted.emit,
            "resume": lambda: self.bridge.off_thread(lambda desk: desk.resume(), self, lambda _: None),
            "pause": lambda: self._pause(value),
        }
        does[name]()

    def _go(self, place: str) -> None:
        self.window.come_forward()
        self.window.go(place)

    def _note(self) -> None:
        self.window.come_forward()
        NoteDialog(self.bridge, self.window).open()

    def _import(self) -> None:
        self.window.come_forward()
        names, _ = QFileDialog.getOpenFileNames(self.window, translate("Shell", "Import conversations"))
        self.work.import_files([Path(name) for name in names])

    def _export(self) -> None:
        self._go("settings")
        self.window.settings.go("keys")
        self.window.settings.archives.passphrase.setFocus()

    def _recording(self) -> None:
        self._go("settings")
        self.window.settings.go("recording")

    def _sleep(self) -> None:
        self._go("sleep")
        self.window.sleep.sleep()

    def _forget_last(self) -> None:
        self.window.come_forward()
        since = self.bridge.now() - timedelta(minutes=15)
        chosen = Selection(saved_after=since, kinds=tuple(Kind))
        ask_to_forget(self.bridge, self, chosen, self.window)

    def _pause(self, value: str) -> None:
        ends = pause_ends(value, self.bridge.now())
        self.bridge.off_thread(lambda desk: desk.pause(ends), self, lambda _: None)

    def _first_choice(self, choice: str) -> None:
        if choice == "sample":
            self.work.import_files([RESOURCES / "sample"])
        elif choice == "import":
            QTimer.singleShot(0, self, self._import)
        elif choice == "record":
            self._recording()
