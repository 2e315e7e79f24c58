"""What is coming up, as a short list: the day on the left, what it is beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from core.memory import Facet, Memory, MemoryId
from ui import words
from ui.icons import icon_of
from ui.parts.boxes import card, column, row, rule
from ui.parts.buttons import IconButton, IconLabel
from ui.parts.text import Clamped, label
from ui.sleep.model import due_words, in_how_long
from ui.words import translate

_DAY_WIDTH = 150


def coming_card(memories: Sequence[Memory], now: datetime, opened: Callable[[MemoryId], None]) -> QWidget:
    """Promises and appointments, soonest first, each a row that leads to its memory."""
    made = card(gap=0)
    for number, memory in enumerate(memories):
        if number:
            made.inside.addWidget(rule())
        made.inside.addWidget(_row(memory, now, opened))
    return made


def _row(memory: Memory, now: datetime, opened: Callable[[MemoryId], None]) -> QWidget:
    when = column(label(due_words(memory), "strong"), label(in_how_long(memory, now), "small"), gap=2)
    day = QWidget()
    day.setFixedWidth(_DAY_WIDTH)
    day.setLayout(when)
    kind = translate("Sleep", "Promise") if memory.facet is Facet.PROMISE else translate("Sleep", "Appointment")
    said = f"{words.who(memory)}, {words.moment(memory.at, now)}"
    what = column(Clamped(memory.text, 2), label(f"{kind} · {said}", "small", wrap=True), gap=2)
    name = translate("Sleep", "Open the memory")
    tool = IconButton("right", name, lambda: opened(memory.id))
    line = row(day, column(2, IconLabel(icon_of(memory.facet, memory.kind), 16), None, gap=0), what, tool, gap=12)
    line.setStretch(2, 1)
    line.setContentsMargins(0, 9, 0, 9)
    made = QWidget()
    made.setLayout(line)
    return made
