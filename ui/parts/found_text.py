"""What of a memory is shown where little room is: the piece that answers, from near the words that were found."""

from __future__ import annotations

import re

from core.memory import Hit, Kind
from ui.parts.memory_card import shown_text

CUT = "… "
_BEFORE = 40
"""Characters kept before the first found word when what stands before it is left out."""


def found_words(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Matches these words, with other endings too; None when there are none."""
    stems = [re.escape(word) if len(word) < 5 else re.escape(word[:-1]) + r"\w{0,4}" for word in words]
    return re.compile(rf"(?i)\b(?:{'|'.join(stems)})\b") if stems else None


def hit_text(hit: Hit) -> str:
    """The hit's text; of a long one the piece that answers, with an ellipsis where something was left out."""
    memory = hit.memory
    if memory.kind is Kind.SECRET or hit.piece is None:
        return shown_text(memory)
    begin, end = hit.piece
    before = CUT if memory.text[:begin].strip() else ""
    after = " …" if memory.text[end:].strip() else ""
    return f"{before}{hit.text}{after}"


def near_words(hit: Hit, room: int) -> str:
    """The same on one line, beginning near the first found word when that would not be among the first `room`."""
    text = " ".join(hit_text(hit).split())
    pattern = found_words(hit.why.words)
    found = pattern.search(text) if pattern else None
    if found is None or found.end() <= room:
        return text
    at = text.rfind(" ", 0, max(1, found.start() - _BEFORE)) + 1
    return CUT + text[at:] if at > len(CUT) else text
