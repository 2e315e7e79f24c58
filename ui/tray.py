"""The tray: the recorder's state at a glance and by its shape, and what is needed without opening the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from core.events import Event, Noticed, RecorderChanged, VaultLocked, VaultUnlocked
from ui import icons
from ui.actions import Actions
from ui.bridge import Bridge
from ui.desk import RecorderStatus
from ui.sidebar import recorder_words
from ui.words import translate

_AGAIN_MS = 5000
"""The counts in its tip are looked up anew this often, and the state too, should an event ever be missed."""


class Tray(QObject):
    """Shows itself where there is a tray; everything it offers the window offers too."""

    pressed = Signal()

    def __init__(self, bridge: Bridge, actions: Actions, window_hidden: Callable[[], bool]) -> None:
        """`window_hidden` says whether a problem would go unseen without a notification."""
        super().__init__(bridge)
        self._window_hidden = window_hidden
        self._bridge, self._actions = bridge, actions
        self.notices = True
        """Whether problems are told as notifications while the window is hidden."""
        self._menu = QMenu()
        actions.tray_menu(self._menu)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self._menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self.pressed)
        bridge.happened.connect(self._happened)
        self._shown: tuple[str, str] | None = None
        self.show_state(bridge.desk.recorder())
        self._again = QTimer(self, interval=_AGAIN_MS)
        self._again.timeout.connect(lambda: self.show_state(bridge.desk.recorder()))
        self._again.start()

    @property
    def there(self) -> bool:
        """Whether this desktop shows it."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Show it; where there is no tray nothing happens."""
        self.icon.show()

    def hide(self) -> None:
        """Take it away."""
        self.icon.hide()
        self._menu.close()

    def show_state(self, status: RecorderStatus) -> None:
        """Another shape and another tip for each state."""
        _, _, title, said = recorder_words(status, self._bridge.now())
        tip = " – ".join(part for part in ("Mneme", title, said) if part)
        if self._shown != (status.state, tip):
            if self._shown is None or self._shown[0] != status.state:
                self.icon.setIcon(icons.picture(f"tray-{status.state}"))
            self.icon.setToolTip(tip)
            self._shown = (status.state, tip)

    def tell(self, title: str, said: str) -> None:
        """A notification, unless they are turned off."""
        if self.notices and self.icon.isVisible():
            self.icon.showMessage(title, said, icons.picture("mneme"))

    def still_here(self) -> None:
        """Said once when the window is closed."""
        self.tell(
            translate("Tray", "Mneme is still here"),
            translate("Tray", "In the tray. Quit is in its menu, and in the window's."),
        )

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.pressed.emit()

    def _happened(self, event: Event) -> None:
        if isinstance(event, RecorderChanged | VaultLocked | VaultUnlocked):
            status = self._bridge.desk.recorder()
            self.show_state(status)
            self._actions.show_state(self._bridge.desk.state() == "open", status)
        elif isinstance(event, Noticed) and event.problem and self._window_hidden():
            self.tell(event.title, event.remedy)
