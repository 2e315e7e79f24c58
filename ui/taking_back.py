"""Taking back asks once where later changes build on what is to go: how many go with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from core.memory import EntryId, RunId
from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button, IconLabel
from ui.parts.panel import Panel
from ui.parts.text import label
from ui.words import counted, translate

if TYPE_CHECKING:
    from ui.bridge import Assistant


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


def what_builds_on(assistant: Assistant, what: RunId | EntryId) -> int:
    """How many later lines (of one line) or nights (of one night) have to go with it. Runs on a worker."""
    return len(assistant.building_on(what) if isinstance(what, int) else assistant.nights_on(what))


def take_back(panel: Panel, what: RunId | EntryId, then: Callable[[], None]) -> None:
    """Take a night or one of its lines back at once; where later changes build on it, after saying how many."""
    now = panel.bridge.now()

    def done(count: int) -> None:
        one, many = (
            translate("Sleep", "{n} line was taken back."),
            translate("Sleep", "{n} lines were taken back."),
        )
        none = translate("Sleep", "There was nothing to take back: what you changed since stays as you made it.")
        panel.bridge.tell(counted(count, one, many) if count else none)
        then()

    def go() -> None:
        panel.run(lambda assistant: assistant.revert(what, now, with_later=True), done)

    def looked(also: int) -> None:
        if not also:
            go()
            return
        dialog = BuildsOnDialog(what, also, panel.window())
        dialog.accepted.connect(go)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    panel.run(lambda assistant: what_builds_on(assistant, what), looked)
