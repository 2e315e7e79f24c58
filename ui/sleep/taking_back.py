"""Taking back asks once where later changes build on what is to go: how many go with it."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from core.memory import EntryId, RunId
from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button, IconLabel
from ui.parts.text import label
from ui.words import counted, translate


class BuildsOnDialog(QDialog):
    """Accepted: take it back with the `also` lines or nights that build on it."""

    def __init__(self, what: RunId | EntryId, also: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        if isinstance(what, int):
            one = translate("Sleep", "One later line builds on this one.")
            many = translate("Sleep", "{n} later lines build on this one.")
            said = translate(
                "Sleep", "They go with it. What you wrote, changed or pinned yourself since stays as you made it."
            )
        else:
            one = translate("Sleep", "One later night builds on this one.")
            many = translate("Sleep", "{n} later nights build on this one.")
            said = translate(
                "Sleep",
                "They are taken back with it, newest first. What came in stays, and so does what you changed "
                "yourself; the next sleep reads it again.",
            )
        self.setWindowTitle(translate("Sleep", "Take back"))
        self.setMinimumWidth(440)
        keep = Button(translate("Sleep", "Leave it"), self.reject)
        back = Button(translate("Sleep", "Take all of it back"), self.accept, icon="undo", look="primary")
        head = row(IconLabel("undo", 22, "accent"), label(counted(also, one, many), "heading"), None, gap=10)
        body = label(said, "muted", wrap=True)
        self.setLayout(column(head, body, SPACE, row(None, keep, back), gap=SPACE, margin=3 * SPACE))
        back.setFocus()
