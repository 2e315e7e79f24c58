"""Writing a note: a few lines, kept as they are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QPlainTextEdit, QWidget

from core.memory import Kind, Saved
from ui.bridge import Bridge
from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button
from ui.parts.text import label
from ui.words import translate


class NoteDialog(QDialog):
    """A sheet for one note; Ctrl+Enter keeps it."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.setWindowTitle(translate("Note", "A note"))
        self.setMinimumSize(480, 300)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(translate("Note", "What should be remembered?"))
        self.text.setAccessibleName(translate("Note", "Text"))
        self.text.setTabChangesFocus(True)
        self.secret = QCheckBox(translate("Note", "A secret: shown only on a click, never given to a model"))
        keep = Button(translate("Note", "Keep"), self.keep, look="primary")
        keep.setToolTip(translate("Note", "Ctrl+Enter"))
        back = Button(translate("Note", "Cancel"), self.reject)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.keep)
        title = label(translate("Note", "A note"), "heading")
        self.setLayout(column(title, self.text, self.secret, row(None, back, keep), gap=12, margin=3 * SPACE))
        self.text.setFocus()

    def keep(self) -> None:
        """Keep what is written."""
        text, now = self.text.toPlainText().strip(), self._bridge.now()
        kind = Kind.SECRET if self.secret.isChecked() else Kind.SEMANTIC
        if not text:
            return

        def done(_: Saved) -> None:
            self._bridge.tell(translate("Note", "Kept."), translate("Note", "It can be found now."))

        self._bridge.run(lambda assistant: assistant.remember(text, now, kind), self._bridge, done)
        self.accept()
