"""A memory as a card: what it says, who, when, from where, and why it is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.memory import Kind, Memory, MemoryId
from ui import words
from ui.icons import icon_of
from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import IconLabel, Pressable
from ui.parts.strength import StrengthBar
from ui.parts.text import Clamped, label
from ui.words import translate


def shown_text(memory: Memory) -> str:
    """What may stand on a card: secrets only on a click."""
    if memory.kind is Kind.SECRET:
        return translate("MemoryCard", "A secret. Open it to see it.")
    return memory.text or memory.caption


def memory_card(
    memory: Memory,
    now: datetime,
    opened: Callable[[MemoryId], None],
    *,
    why: str = "",
    strength: float | None = None,
    lines: int = 3,
    number: int | None = None,
    said: str | None = None,
) -> Pressable:
    """The card; pressing it calls `opened`. `said` stands on it instead of the memory's whole text."""
    who, when, where = words.who(memory), words.moment(memory.at, now), words.where(memory)
    text = shown_text(memory) if said is None else said
    made = Pressable(translate("MemoryCard", "{who}, {when}: {text}").format(who=who, when=when, text=text))
    head = row(IconLabel(icon_of(memory.facet, memory.kind), 16), label(who, "strong"), gap=SPACE)
    if number is not None:
        head.insertWidget(0, label(str(number), "chip"))
    head.addWidget(label(when, "small"))
    head.addStretch(1)
    if strength is not None:
        head.addWidget(StrengthBar(strength, 48))
    inside = column(head, Clamped(text, lines), gap=6, margin=2 * SPACE - 2)
    if where or why:
        inside.addWidget(label(" · ".join(part for part in (where, why) if part), "small", wrap=True))
    made.setLayout(inside)
    made.clicked.connect(lambda: opened(memory.id))
    return made
