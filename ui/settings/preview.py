"""What would be recorded now, above what is changed: looked at when asked, and again after each change."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from core.errors import Problem
from ui.bridge import Bridge
from ui.desk import CapturePreview, SeenWindow
from ui.look import SPACE
from ui.parts.boxes import Scroll, card, column, empty, row
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.text import label
from ui.words import translate

_LEAST, _MOST, _PART = 96, 200, 4
"""Pixels that the picture is high: a fourth of the window within these, so that the settings keep most of it."""
_WIDEST = 380


class Preview(QWidget):
    """A card that stays in view: the picture, and beside it which windows are kept and which are not."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._looking = self._once_more = False
        self.open = False
        """Whether something is shown; then a change of what is recorded looks again."""
        self.look = Button(translate("Rules", "Look"), self._look, icon="eye")
        self._close = IconButton("close", translate("Rules", "Close the preview"), self.clear, 14)
        self._close.hide()
        said = translate("Rules", "Nothing of it is kept. It stays here and is looked at again with each change.")
        words = column(label(translate("Rules", "What would be recorded now?"), "heading"), gap=2)
        words.addWidget(label(said, "muted", wrap=True))
        head = row(words, self.look, self._close)
        head.setStretch(0, 1)
        self._body = row(gap=2 * SPACE)
        self.setLayout(column(card(head, self._body, gap=10)))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def again(self) -> None:
        """Look once more, if something is shown."""
        if self.open:
            self._look()

    def clear(self) -> None:
        """Show and hold nothing."""
        self._bridge.release(self)
        self._looking = self._once_more = self.open = False
        self.look.setText(translate("Rules", "Look"))
        self._close.hide()
        empty(self._body)

    def show_preview(self, seen: CapturePreview) -> None:
        """What would be kept now, what is left out and why."""
        empty(self._body)
        self.open = True
        self.look.setText(translate("Rules", "Look again"))
        self._close.show()
        high = max(_LEAST, min(_MOST, self.window().height() // _PART))
        if seen.picture:
            self._body.addWidget(_picture(seen.picture, high), 0, Qt.AlignmentFlag.AlignTop)
        listed = Scroll(margin=0)
        listed.column.setSpacing(SPACE)
        listed.column.setContentsMargins(0, 0, 0, 0)
        if seen.closed:
            listed.column.addWidget(label(seen.closed, "", wrap=True))
        elif not seen.allowed and not seen.excluded:
            listed.column.addWidget(label(translate("Rules", "No window is visible now."), "muted"))
        for window in seen.allowed:
            listed.column.addWidget(_line(window, "check", "accent", translate("Rules", "kept")))
        for window in seen.excluded:
            listed.column.addWidget(_line(window, "off", "muted", window.reason))
        listed.column.addStretch(1)
        inside = listed.widget()
        assert inside is not None
        wanted = inside.sizeHint().height() if not seen.picture else high
        listed.setFixedHeight(min(high, wanted + SPACE))
        self._body.addWidget(listed, 1)

    def _look(self) -> None:
        """One look at a time; what was changed meanwhile is looked at afterwards."""
        if self._looking:
            self._once_more = True
            return
        self._looking = True
        self._bridge.off_thread(lambda desk: desk.preview(), self, self._looked, self._failed)

    def _looked(self, seen: CapturePreview) -> None:
        self._looking = False
        self.show_preview(seen)
        if self._once_more:
            self._once_more = False
            self._look()

    def _failed(self, problem: Problem) -> None:
        self._looking = self._once_more = False
        self._bridge.say(problem)


def _picture(png: bytes, high: int) -> QLabel:
    shown = QLabel()
    picture = QPixmap()
    picture.loadFromData(png)
    inside = picture.size().scaled(_WIDEST, high, Qt.AspectRatioMode.KeepAspectRatio)
    ratio = shown.devicePixelRatioF()
    drawn = picture.scaled(
        inside * ratio, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    drawn.setDevicePixelRatio(ratio)
    shown.setPixmap(drawn)
    shown.setAccessibleName(translate("Rules", "The screen as it would be kept now"))
    return shown


def _line(window: SeenWindow, icon: str, tone: str, said: str) -> QWidget:
    name = " – ".join(part for part in (window.app, window.title) if part)
    line = row(
        column(IconLabel(icon, 16, tone), None, gap=0),
        column(label(name, wrap=True), label(said, "small", wrap=True), gap=0),
        gap=10,
    )
    line.setStretch(1, 1)
    made = QWidget()
    made.setLayout(line)
    return made
