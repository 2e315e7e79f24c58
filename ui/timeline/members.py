"""What an episode is made of, line by line, unfolded below its card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.memory import Memory, MemoryId
from ui import words
from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button, IconButton
from ui.parts.memory_card import shown_text
from ui.parts.text import Clamped, label
from ui.words import translate

_PAGE = 40


class Members(QWidget):
    """The lines, a page at a time; `opened` gets the one that was pressed."""

    def __init__(self, members: Sequence[Memory], opened: Callable[[MemoryId], None]) -> None:
        super().__init__()
        self._members, self._opened = members, opened
        self._lines = column(gap=2)
        self._lines.setContentsMargins(2 * SPACE, 4, 0, 4)
        self.setLayout(self._lines)
        self._add(0)

    def _add(self, start: int) -> None:
        for memory in self._members[start : start + _PAGE]:
            self._lines.addWidget(self._line(memory))
        rest = len(self._members) - start - _PAGE
        if rest > 0:
            more = Button(translate("Timeline", "Show {n} more").format(n=rest), icon="down", look="quiet")

            def unfold() -> None:
                more.hide()
                self._add(start + _PAGE)

            more.clicked.connect(unfold)
            self._lines.addWidget(more, alignment=Qt.AlignmentFlag.AlignLeft)

    def _line(self, memory: Memory) -> QWidget:
        made = QWidget()
        time = label(words.clock(memory.at), "small")
        time.setFixedWidth(40)
        said = column(label(words.who(memory), "small"), Clamped(shown_text(memory), 4), gap=1)
        name = translate("Timeline", "Open: {text}").format(text=shown_text(memory)[:80])
        go = IconButton("right", name, partial(self._opened, memory.id), 16)
        whole = row(column(time, None), said, column(go, None), gap=SPACE)
        whole.setStretch(1, 1)
        whole.setContentsMargins(0, 4, 0, 4)
        made.setLayout(whole)
        return made
