"""A contradiction that waits for the person: both values side by side, who said each, and what can be decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QWidget

from core.memory import MemoryId
from ui.look import SPACE
from ui.parts.boxes import Card, card, column, row
from ui.parts.buttons import Button, IconLabel
from ui.parts.quote import Quote
from ui.parts.text import label
from ui.sleep.model import Choice, Side
from ui.words import translate

_SAID = 3
"""How many who said a value are shown below it."""


class ConflictCard(Card):
    """`decided` gets the side that holds, or None when both do; `opened` a memory to look at."""

    def __init__(
        self,
        choice: Choice,
        now: datetime,
        decided: Callable[[MemoryId | None], None],
        opened: Callable[[MemoryId], None],
    ) -> None:
        super().__init__(gap=SPACE)
        self._now, self._decided, self._opened = now, decided, opened
        who = translate("Sleep", "You") if choice.subject == "me" else choice.subject.title()
        question = translate("Sleep", "Which is right?")
        about = label(f"{who} · {choice.attribute}", "strong", wrap=True)
        head = row(IconLabel("help", 20, "warn"), about, label(question, "small"), gap=10)
        head.setStretch(1, 1)
        sides = row(*(self._side(side) for side in choice.sides), gap=SPACE)
        for place in range(len(choice.sides)):
            sides.setStretch(place, 1)
        both = Button(translate("Sleep", "Both are right"), lambda: decided(None), look="quiet")
        both.setToolTip(translate("Sleep", "Both stay as they are, and you are not asked again"))
        later = label(translate("Sleep", "Nothing changes until you decide."), "small")
        self.inside.addLayout(head)
        self.inside.addLayout(sides)
        self.inside.addLayout(row(later, None, both))

    def _side(self, side: Side) -> QWidget:
        holds = Button(translate("Sleep", "This is right"), lambda: self._decided(side.memory.id), icon="check")
        holds.setAccessibleName(translate("Sleep", "{value} is right").format(value=side.value))
        look = Button(translate("Sleep", "Open"), lambda: self._opened(side.memory.id), look="quiet")
        said = [Quote(source, self._now, side.span_in(source)) for source in side.sources[:_SAID]]
        left = len(side.sources) - _SAID
        if left > 0:
            more = label(translate("Sleep", "and {n} more").format(n=left), "small")
        inside = column(label(side.value, "heading", wrap=True), *said, gap=6)
        if left > 0:
            inside.addWidget(more)
        made = card(look="bubble", gap=SPACE)
        made.inside.addLayout(inside)
        made.inside.addStretch(1)
        made.inside.addLayout(row(holds, look, None))
        return made
