"""Forgetting asks once: what would go, that there is no undo; afterwards the proof in figures."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event as Flag

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog, QWidget

from core.errors import Cancelled, Problem
from core.events import Noticed
from core.memory import Forgotten, Memory, MemoryId, Selection
from ui.bridge import Bridge
from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button, IconLabel
from ui.parts.memory_card import shown_text
from ui.parts.text import Clamped, label
from ui.parts.working import Working
from ui.words import counted, moment, translate, who

_SHOWN = 4
_MOMENT_MS = 600
"""A forget that takes less needs no dialog."""


class ForgetDialog(QDialog):
    """The one kind of dialog besides choosing files: something would be lost."""

    def __init__(self, doomed: list[Memory], bridge: Bridge, parent: QWidget | None) -> None:
        super().__init__(parent)
        one = translate("Forget", "Forget this memory?")
        many = translate("Forget", "Forget these {n} memories?")
        title = counted(len(doomed), one, many)
        self.setWindowTitle(translate("Forget", "Forget"))
        self.setMinimumWidth(480)
        said = translate(
            "Forget",
            "The words, the pictures and everything that was derived from them alone are erased from this "
            "profile's live files; screens that showed what was said in a chat lose those words. There is no undo.",
        )
        listed = column(gap=SPACE)
        for memory in doomed[:_SHOWN]:
            line = f"{who(memory)}, {moment(memory.at, bridge.now())}"
            listed.addLayout(column(label(line, "small"), Clamped(shown_text(memory), 2), gap=2))
        if len(doomed) > _SHOWN:
            more = translate("Forget", "and {n} more").format(n=len(doomed) - _SHOWN)
            listed.addWidget(label(more, "small"))
        keep = Button(translate("Forget", "Keep"), self.reject)
        forget = Button(translate("Forget", "Forget"), self.accept, icon="forget", look="danger")
        keep.setDefault(True)
        head = row(IconLabel("problem", 24, "danger"), label(title, "heading"), None, gap=10)
        body = label(said, "muted", wrap=True)
        self.setLayout(column(head, body, SPACE, listed, SPACE, row(None, keep, forget), gap=SPACE, margin=3 * SPACE))
        keep.setFocus()


class ForgettingDialog(QDialog):
    """Shown while a forget lasts longer than a moment: how far it is, and the button that calls it off."""

    def __init__(self, count: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.stop = Flag()
        one, many = translate("Forget", "Forgetting {n} memory"), translate("Forget", "Forgetting {n} memories")
        self.setWindowTitle(translate("Forget", "Forget"))
        self.setMinimumWidth(360)
        self.card = Working(counted(count, one, many), self.reject)
        self.setLayout(column(self.card, margin=SPACE))
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self.open)
        self._late.start(_MOMENT_MS)

    def reject(self) -> None:
        """Called off, by the button or by Escape; it goes once the forget has ended."""
        self.stop.set()
        self.card.stop.setEnabled(False)

    def end(self) -> None:
        """The forget has ended."""
        self._late.stop()
        self.done(QDialog.DialogCode.Accepted)
        self.deleteLater()


def proof_words(gone: Forgotten) -> str:
    """The proof in one sentence, and what still holds it."""
    before = sum(pair[0] for pair in gone.proof.places.values())
    after = sum(pair[1] for pair in gone.proof.places.values())
    said = translate("Forget", "{before} traces were found before, {after} after.")
    parts = [said.format(before=before, after=after)]
    if gone.cut:
        one = translate(
            "Forget", "One screen showed it and stays: the words are out of its text and black in its picture."
        )
        many = translate(
            "Forget", "{n} screens showed it and stay: the words are out of their text and black in their pictures."
        )
        parts.insert(0, counted(len(gone.cut), one, many))
    if gone.unshown:
        one = translate("Forget", "{n} of their pictures went.")
        parts.insert(1, counted(gone.unshown, one, one))
    if gone.proof.remaining:
        rest = translate("Forget", "Until you erase, it is still in: {places}.")
        parts.append(rest.format(places=", ".join(gone.proof.remaining)))
    return " ".join(parts)


def ask_to_forget(bridge: Bridge, owner: QObject, selection: Selection, parent: QWidget | None) -> None:
    """Look up what is meant, ask, forget, say what was done."""

    def looked(doomed: list[Memory]) -> None:
        if not doomed:
            bridge.tell(translate("Forget", "There is nothing to forget there."))
            return
        dialog = ForgetDialog(doomed, bridge, parent)
        dialog.accepted.connect(lambda: forget(tuple(memory.id for memory in doomed)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def forget(ids: tuple[MemoryId, ...]) -> None:
        at_work = ForgettingDialog(len(ids), parent)
        stopped = at_work.stop.is_set
        moved: Callable[[tuple[int, int]], None] = bridge.carrier(at_work, lambda at: at_work.card.moved(*at))

        def ended(gone: Forgotten) -> None:
            at_work.end()
            done(gone)

        def sorry(problem: Problem) -> None:
            at_work.end()
            if isinstance(problem, Cancelled):
                title = translate("Forget", "The forgetting was stopped.")
                bridge.tell(title, translate("Forget", "Nothing was forgotten."))
            else:
                bridge.say(problem)

        bridge.run(
            lambda assistant: assistant.forget(ids, told=lambda at, of: moved((at, of)), cancelled=stopped),
            at_work,
            ended,
            sorry,
        )

    def done(gone: Forgotten) -> None:
        count = len(gone.forgotten) + len(gone.derived)
        one, many = (
            translate("Forget", "{n} memory is forgotten."),
            translate("Forget", "{n} memories are forgotten."),
        )
        bridge.happened.emit(Noticed(counted(count, one, many), proof_words(gone)))

    bridge.run(lambda assistant: assistant.preview_forget(selection), owner, looked)
