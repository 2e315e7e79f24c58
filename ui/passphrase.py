"""What asks again at the unlocked desk: the passphrase, where the profile has one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from core.errors import Problem, WrongKey
from core.events import Event, VaultLocked
from ui.bridge import Bridge
from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button, IconLabel
from ui.parts.text import label
from ui.words import translate


class PassphraseDialog(QDialog):
    """One line for the passphrase; accepted when it was the right one."""

    def __init__(self, bridge: Bridge, why: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.setWindowTitle(translate("Passphrase", "Passphrase"))
        self.setMinimumWidth(400)
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setPlaceholderText(translate("Passphrase", "Passphrase or recovery key"))
        self.line.setAccessibleName(translate("Passphrase", "Passphrase or recovery key"))
        self.said = label("", "problem", wrap=True)
        self.said.hide()
        back = Button(translate("Passphrase", "Cancel"), self.reject)
        back.setAutoDefault(False)
        self.go = Button(translate("Passphrase", "Continue"), self.check, look="primary")
        self.go.setDefault(True)
        head = row(
            IconLabel("lock", 22, "accent"), label(translate("Passphrase", "Is it you?"), "heading"), None, gap=10
        )
        self.setLayout(
            column(
                head,
                label(why, "muted", wrap=True),
                self.line,
                self.said,
                row(None, back, self.go),
                gap=12,
                margin=3 * SPACE,
            )
        )
        bridge.happened.connect(self._heard)
        self.line.setFocus()

    def check(self) -> None:
        """Have the host look whether it is right."""
        said = self.line.text()
        if not said or not self.go.isEnabled():
            return
        self.go.setEnabled(False)
        self._bridge.off_thread(lambda desk: desk.verify(said), self, lambda _: self.accept(), self._refused)

    def _refused(self, problem: Problem) -> None:
        self.go.setEnabled(True)
        self.said.setText(f"{problem.title} {problem.remedy}")
        self.said.show()
        self.line.selectAll()
        self.line.setFocus()

    def _heard(self, event: Event) -> None:
        if isinstance(event, VaultLocked):
            self.reject()


def ask_again(
    bridge: Bridge, owner: QObject, why: str, parent: QWidget | None, then: Callable[[str | None], None]
) -> None:
    """Call `then` with the passphrase once it was shown to be right; with None at once where there is none."""

    def failed(problem: Problem) -> None:
        if not isinstance(problem, WrongKey):
            bridge.say(problem)
            return
        dialog = PassphraseDialog(bridge, why, parent)

        def right() -> None:
            passphrase = dialog.line.text()
            dialog.line.clear()
            then(passphrase)

        dialog.accepted.connect(right)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    bridge.off_thread(lambda desk: desk.verify(None), owner, lambda _: then(None), failed)
