"""What someone said, as a quotation: who, when and where, and the words that count marked in it."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy
from typing_extensions import override

from core.memory import Kind, Memory
from ui import words
from ui.look import tokens
from ui.parts.memory_card import shown_text

Span = tuple[int, int]
_SPAN = re.compile(r" in characters (\d+)-(\d+) of its source")
_AROUND = 120
"""Characters kept before and after the words that count."""


def span_of(reason: str) -> Span | None:
    """The characters that a reason names as those something was read from."""
    found = _SPAN.search(reason)
    return (int(found[1]), int(found[2])) if found else None


def without_span(reason: str) -> str:
    """The reason as the person reads it: the words themselves are marked instead."""
    return _SPAN.sub("", reason)


class Quote(QLabel):
    """One source in a line or two; `span` are the characters of its text that something was read from."""

    def __init__(self, source: Memory, now: datetime, span: Span | None = None) -> None:
        super().__init__()
        self._head = ", ".join(part for part in (words.who(source), words.moment(source.at, now)) if part)
        self._before, self._marked, self._after = _parts(source, span)
        self.setProperty("look", "small")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        # As high as it must be at its width: with what it would like a night would end in a page of nothing.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(f"{self._head}: {self._before}{self._marked}{self._after}")
        self._draw()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._draw()

    def _draw(self) -> None:
        colours = tokens()
        marked = f'<span style="background-color:{colours.mark};color:{colours.text};">{escape(self._marked)}</span>'
        said = f"{escape(self._before)}{marked if self._marked else ''}{escape(self._after)}"
        text = f"<b>{escape(self._head)}</b>&nbsp; {said}"
        if text != self.text():
            self.setText(text)


def _parts(source: Memory, span: Span | None) -> tuple[str, str, str]:
    """What stands before the marked words, they themselves, and what stands after; on one line, cut on both sides."""
    text = shown_text(source)
    hidden = source.kind is Kind.SECRET or text != source.text
    if hidden or span is None or not 0 <= span[0] < span[1] <= len(text):
        flat = " ".join(text.split())
        return (flat if len(flat) <= 2 * _AROUND else f"{flat[: 2 * _AROUND].rstrip()} …"), "", ""
    before, marked, after = text[: span[0]], text[span[0] : span[1]], text[span[1] :]
    if len(before) > _AROUND:
        before = f"… {before[-_AROUND:].partition(' ')[2]}"
    if len(after) > _AROUND:
        after = f"{after[:_AROUND].rpartition(' ')[0]} …"
    return _flat(before), _flat(marked), _flat(after)


def _flat(text: str) -> str:
    """On one line, with a space left where there was any at its ends."""
    inner = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if inner and text[-1:].isspace() else ''}"
