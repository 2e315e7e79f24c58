"""The locked door: a passphrase or the recovery key, and nothing of what is behind it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from core.errors import Problem
from ui.bridge import Bridge
from ui.look import SPACE
from ui.parts.boxes import card, column, row
from ui.parts.buttons import Button
from ui.parts.text import label
from ui.welcome.panel import mark
from ui.welcome.session import Door
from ui.words import translate


class UnlockPanel(QWidget):
    """Asks for what opens the profile."""

    opened = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._door = Door(bridge, self)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setPlaceholderText(translate("Unlock", "Passphrase or recovery key"))
        self.passphrase.setAccessibleName(translate("Unlock", "Passphrase or recovery key"))
        self.passphrase.returnPressed.connect(self._unlock)
        self.unlock = Button(translate("Unlock", "Unlock"), self._unlock, icon="unlock", look="primary")
        self.keyring = Button(translate("Unlock", "Use my login"), lambda: self._door.unlock(None), look="quiet")
        self.keyring.hide()
        self.said = label("", "problem", wrap=True)
        self.said.hide()
        inner = card(
            row(mark(44), None),
            label(translate("Unlock", "Mneme is locked"), "heading"),
            label(
                translate("Unlock", "Your memories are encrypted; nothing is recorded while it is locked."),
                "muted",
                wrap=True,
            ),
            SPACE,
            self.passphrase,
            self.said,
            row(self.keyring, None, self.unlock),
            gap=10,
            margin=4 * SPACE,
        )
        inner.setFixedWidth(420)
        self.setLayout(column(None, row(None, inner, None), None))
        self.setFocusProxy(self.passphrase)
        self._door.opened.connect(self._opened)
        self._door.refused.connect(self._refused)
        self._door.busy.connect(self._busy)
        bridge.off_thread(
            lambda desk: desk.keyring(),
            self,
            lambda name: self.keyring.setVisible(bool(name)),
            lambda _: None,
        )

    def reset(self) -> None:
        """Be ready for the next time."""
        self.passphrase.clear()
        self.said.hide()
        self.passphrase.setFocus()

    def _unlock(self) -> None:
        if self.passphrase.text():
            self._door.unlock(self.passphrase.text())

    def _opened(self) -> None:
        self.reset()
        self.opened.emit()

    def _refused(self, problem: Problem) -> None:
        self.said.setText(f"{problem.title} {problem.remedy}")
        self.said.show()
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def _busy(self, on: bool) -> None:
        self.unlock.setEnabled(not on)
        self.passphrase.setEnabled(not on)
        self.unlock.setText(translate("Unlock", "Opening …") if on else translate("Unlock", "Unlock"))
