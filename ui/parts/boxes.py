"""Columns, rows, cards and pages: the same distances everywhere."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.look import READING_WIDTH, SPACE
from ui.parts.text import label

BAR = 8
"""The width of a scroll bar, as in the style sheet."""
Part = QWidget | QLayout | int | None
"""A widget, a layout, a distance, or None for what is left over."""


def fill(layout: QBoxLayout, parts: tuple[Part, ...]) -> None:
    """Put parts into a layout one after the other."""
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        elif isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)


def column(*parts: Part, gap: int = SPACE, margin: int = 0) -> QVBoxLayout:
    """Parts below each other."""
    made = QVBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(margin, margin, margin, margin)
    fill(made, parts)
    return made


def row(*parts: Part, gap: int = SPACE, margin: int = 0) -> QHBoxLayout:
    """Parts beside each other."""
    made = QHBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(margin, margin, margin, margin)
    fill(made, parts)
    return made


class Card(QFrame):
    """A rounded box around the column `inside`."""

    def __init__(self, *parts: Part, look: str = "card", gap: int = SPACE, margin: int = 2 * SPACE) -> None:
        super().__init__()
        self.setProperty("look", look)
        self.inside = column(*parts, gap=gap, margin=margin)
        self.setLayout(self.inside)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)


def card(*parts: Part, look: str = "card", gap: int = SPACE, margin: int = 2 * SPACE) -> Card:
    """A card around parts."""
    return Card(*parts, look=look, gap=gap, margin=margin)


def rule() -> QFrame:
    """A thin line."""
    made = QFrame()
    made.setProperty("look", "rule")
    return made


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner := item.layout():
            empty(inner)
            inner.deleteLater()


class Scroll(QScrollArea):
    """A column that scrolls, not wider than one likes to read and in the middle."""

    def __init__(self, width: int = READING_WIDTH, margin: int = 4 * SPACE) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self.column = QVBoxLayout()
        self.column.setSpacing(2 * SPACE)
        self.column.setContentsMargins(margin, 3 * SPACE, margin, margin)
        middle = QWidget()
        middle.setMaximumWidth(width + 2 * margin)
        middle.setLayout(self.column)
        across = QHBoxLayout(inside)
        across.setContentsMargins(0, 0, 0, 0)
        across.addStretch(1)
        across.addWidget(middle, 1000)
        across.addStretch(1)
        self.setWidget(inside)
        self.setViewportMargins(0, 0, BAR, 0)
        self._inside = inside
        self._at_top: QWidget | None = None
        self.verticalScrollBar().rangeChanged.connect(self._keep_width)
        self.verticalScrollBar().rangeChanged.connect(self._to_top)
        self.verticalScrollBar().actionTriggered.connect(lambda: self.keep_at_top(None))

    def _keep_width(self, low: int, high: int) -> None:
        """The column stays where it is, whether there is a bar or not."""
        self.setViewportMargins(0, 0, 0 if high > low else BAR, 0)

    def keep_at_top(self, part: QWidget | None) -> None:
        """Have this part at the top, also while it grows, until the person scrolls; None: no longer."""
        self._at_top = part
        self._to_top()

    def _to_top(self) -> None:
        if self._at_top is not None:
            top = self._at_top.mapTo(self._inside, QPoint(0, 0)).y()
            self.verticalScrollBar().setValue(top - 2 * SPACE)


def heading(title: str, said: str = "", *actions: QWidget, level: Literal["title", "heading"] = "title") -> QWidget:
    """A title, a sentence below it, and what can be done on the right."""
    made = QWidget()
    name = label(title, level)
    name.setAccessibleName(title)
    words = [name, label(said, "muted", wrap=True)] if said else [name]
    left = column(*words, gap=4)
    made.setLayout(row(left, None, *actions) if actions else left)
    if actions and isinstance(layout := made.layout(), QHBoxLayout):
        layout.setStretch(0, 1000)
    return made
