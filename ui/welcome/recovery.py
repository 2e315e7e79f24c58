"""The recovery key, to be written down, printed, copied or saved: shown once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget

from core.errors import Problem
from ui.bridge import Bridge
from ui.parts.boxes import card, column, row
from ui.parts.buttons import Button
from ui.parts.text import label
from ui.words import translate


class RecoveryKey(QWidget):
    """The key in large letters and what can be done with it."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._key = label("", "mono", wrap=True, select=True)
        self._key.setAccessibleName(translate("Recovery", "Recovery key"))
        copy = Button(translate("Recovery", "Copy"), self._copy, icon="copy")
        print_ = Button(translate("Recovery", "Print …"), self._print, icon="print")
        save = Button(translate("Recovery", "Save …"), self._save, icon="export")
        self.setLayout(column(card(self._key, look="soft"), row(copy, print_, save, None), gap=12))

    def show_key(self, key: str) -> None:
        """Show this key; an empty one: nothing."""
        parts = key.split("-")
        half = (len(parts) + 1) // 2
        self._key.setText("\n".join("-".join(part) for part in (parts[:half], parts[half:]) if part))

    def key(self) -> str:
        """The key as it was given."""
        return "-".join(self._key.text().splitlines())

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.key())
        self._bridge.tell(
            translate("Recovery", "Copied."),
            translate("Recovery", "Paste it somewhere safe, not on this machine."),
        )

    def _print(self) -> None:
        printer = QPrinter()
        if QPrintDialog(printer, self.window()).exec() == QDialog.DialogCode.Accepted:
            document = QTextDocument()
            document.setPlainText(f"{translate('Recovery', 'Mneme recovery key')}\n\n{self.key()}")
            document.print_(printer)

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self.window(), translate("Recovery", "Save the recovery key"), "mneme-recovery-key.txt"
        )
        if name:
            try:
                Path(name).write_text(self.key() + "\n", encoding="utf-8")
            except OSError:
                self._bridge.say(
                    Problem(
                        translate("Recovery", "The key could not be saved there."),
                        translate("Recovery", "Choose another folder, or write it down."),
                    )
                )
