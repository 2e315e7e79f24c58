"""Writing a note: a few lines, kept as they are; a conversation that is pasted is kept as its turns."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QPlainTextEdit, QWidget

from core.memory import Kind, Pasted, Saved
from core.visible import visible
from ui.bridge import Bridge
from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button
from ui.parts.text import label
from ui.words import counted, translate

_PAUSE_MS = 300
"""After the last change, before it is looked at what was pasted."""


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
        self.talk = QCheckBox()
        self.talk.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self.text.textChanged.connect(self._pause.start)
        self._looked_at = ""
        keep = Button(translate("Note", "Keep"), self.keep, look="primary")
        keep.setToolTip(translate("Note", "Ctrl+Enter"))
        back = Button(translate("Note", "Cancel"), self.reject)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.keep)
        title = label(translate("Note", "A note"), "heading")
        self.setLayout(
            column(title, self.text, self.talk, self.secret, row(None, back, keep), gap=12, margin=3 * SPACE)
        )
        self.text.setFocus()

    def keep(self) -> None:
        """Keep what is written."""
        text, now = self.text.toPlainText().strip(), self._bridge.now()
        kind = Kind.SECRET if self.secret.isChecked() else Kind.SEMANTIC
        if not text:
            return

        def done(_: Saved) -> None:
            self._bridge.tell(translate("Note", "Kept."), translate("Note", "It can be found now."))

        if self.talk.isVisible() and self.talk.isChecked() and text == self._looked_at and kind is not Kind.SECRET:
            self._bridge.run(lambda assistant: assistant.remember_conversation(text, now), self._bridge, done)
        else:
            self._bridge.run(lambda assistant: assistant.remember(text, now, kind), self._bridge, done)
        self.accept()

    def _look(self) -> None:
        """Whether what stands there is a conversation; it is offered as one, and the person says."""
        text, now = self.text.toPlainText().strip(), self._bridge.now()
        if text == self._looked_at:
            return
        if text.count("\n") < 1:
            self._offer(text, None)
            return
        self._bridge.run(
            lambda assistant: assistant.conversation_in(text, now), self, lambda found: self._offer(text, found)
        )

    def _offer(self, text: str, found: Pasted | None) -> None:
        if text != self.text.toPlainText().strip():
            return
        self._looked_at = text
        self.talk.setVisible(found is not None)
        if found is None:
            return
        who = ", ".join(visible(name) for name in found.speakers[:3]) + (", …" if len(found.speakers) > 3 else "")
        one = translate("Note", "Keep as a conversation of {n} message")
        many = translate("Note", "Keep as a conversation of {n} messages")
        self.talk.setText(f"{counted(found.turns, one, many)}: {who}")
        self.talk.setToolTip(" ".join([found.format, *found.notices]))
        self.talk.setChecked(True)
