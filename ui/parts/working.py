"""Long work: what it is, how far it came, and the button that stops it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QProgressBar

from ui.parts.boxes import column, row
from ui.parts.buttons import Button
from ui.parts.text import label
from ui.words import translate

_MANY = 100_000
"""Bytes, for whom a share says more."""


class Working(QFrame):
    """Shown while something long is done; `cancel` is what the button calls."""

    def __init__(self, what: str, cancel: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._what = label(what, "strong", wrap=True)
        self._said = label("", "small", wrap=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(what)
        self.stop = Button(translate("Working", "Cancel"), cancel, look="quiet")
        foot = row(self._said, self.stop, gap=4)
        foot.setStretch(0, 1)
        self.setLayout(column(self._what, self._bar, foot, gap=6, margin=12))

    def moved(self, done: int, total: int, said: str = "") -> None:
        """It moved on; `total` 0: how much there is is not known. `said` stands for the bare numbers."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        if said:
            self._said.setText(said)
        elif total >= _MANY:
            self._said.setText(translate("Working", "{share} %").format(share=100 * done // total))
        elif total:
            self._said.setText(translate("Working", "{done} of {total}").format(done=done, total=total))
        elif done:
            self._said.setText(str(done))
