"""What stands where there is nothing yet: why, and what to do next."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import IconLabel
from ui.parts.text import label


def nothing_yet(icon: str, title: str, said: str, *actions: QWidget, between: QWidget | None = None) -> QWidget:
    """An icon, a title, a sentence and the actions, in the middle of the room there is."""
    made = QWidget()
    name = label(title, "heading")
    name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    words = label(said, "muted", wrap=True)
    words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    words.setMinimumWidth(200)
    words.setMaximumWidth(460)
    sentence = row(None, words, None)
    sentence.setStretch(1, 1000)
    drawn = row(None, IconLabel(icon, 40, "faint"), None)
    inside = column(None, drawn, SPACE, name, sentence, SPACE, gap=SPACE, margin=2 * SPACE)
    if between is not None:
        inside.addLayout(row(None, between, None))
        inside.addSpacing(SPACE)
    inside.addLayout(row(None, *actions, None))
    inside.addStretch(1)
    made.setLayout(inside)
    return made
