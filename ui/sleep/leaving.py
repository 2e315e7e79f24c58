"""What a rule of the person's proposed for forgetting, and what fades soon: to be kept while there is time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from core.memory import MemoryId
from ui import words
from ui.look import SPACE
from ui.parts.boxes import Card, card, column, row, rule
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.memory_card import shown_text
from ui.parts.text import Clamped, label
from ui.sleep.model import Leaving
from ui.words import counted, translate

_SHOWN = 5


def leaving_card(
    leaving: Sequence[Leaving],
    now: datetime,
    *,
    kept: Callable[[MemoryId], None],
    kept_all: Callable[[], None],
    opened: Callable[[MemoryId], None],
) -> Card:
    """What will be forgotten unless it is kept, soonest first."""
    one = translate("Sleep", "One memory will be forgotten unless you keep it")
    many = translate("Sleep", "{n} memories will be forgotten unless you keep them")
    title = label(counted(len(leaving), one, many), "strong", wrap=True)
    every = Button(translate("Sleep", "Keep all"), kept_all, icon="keep")
    head = row(IconLabel("forget", 20, "warn"), title, every, gap=10)
    head.setStretch(1, 1)
    made = card(gap=0)
    made.inside.addLayout(head)
    made.inside.addSpacing(SPACE)
    for item in leaving[:_SHOWN]:
        made.inside.addWidget(rule())
        made.inside.addWidget(_row(item, now, kept, opened))
    if len(leaving) > _SHOWN:
        more = translate("Sleep", "and {n} more; all of them are in Memories, state: to be forgotten")
        made.inside.addWidget(label(more.format(n=len(leaving) - _SHOWN), "small", wrap=True))
    return made


def _row(item: Leaving, now: datetime, kept: Callable[[MemoryId], None], opened: Callable[[MemoryId], None]) -> QWidget:
    memory = item.memory
    if item.until is None:
        when = translate("Sleep", "waits for your word")
    else:
        when = translate("Sleep", "on {date}").format(date=words.full_date(item.until.astimezone(now.tzinfo).date()))
    said = label(f"{words.who(memory)}, {words.moment(memory.at, now)} · {when}", "small", wrap=True)
    keep = Button(translate("Sleep", "Keep"), lambda: kept(memory.id))
    tool = IconButton("right", translate("Sleep", "Open the memory"), lambda: opened(memory.id))
    line = row(column(Clamped(shown_text(memory), 2), said, gap=2), keep, tool, gap=SPACE)
    line.setStretch(0, 1)
    line.setContentsMargins(0, 8, 0, 8)
    made = QWidget()
    made.setLayout(line)
    return made


def fading_line(fading: int, looked: Callable[[], None]) -> QWidget:
    """How many are no longer offered within two weeks, and the way to them."""
    one = translate("Sleep", "One memory will no longer be offered within two weeks. It stays and is still found.")
    many = translate("Sleep", "{n} memories will no longer be offered within two weeks. They stay and are still found.")
    look = Button(translate("Sleep", "Look"), looked, look="quiet")
    line = row(label(counted(fading, one, many), "muted", wrap=True), look, gap=SPACE)
    line.setStretch(0, 1)
    made = QWidget()
    made.setLayout(line)
    return made
