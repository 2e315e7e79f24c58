"""What can be written into a question: shown where questions are asked, on F1 or the question mark."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget
from typing_extensions import override

from ui.look import SPACE
from ui.parts.boxes import column
from ui.parts.text import label
from ui.words import translate


def _forms() -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (
            (translate("QueryHelp", "last Friday"), translate("QueryHelp", "in spring")),
            translate(
                "QueryHelp", "Times are understood as you say them, also from what you lived: after the wedding."
            ),
        ),
        (
            (translate("QueryHelp", "“blue folder”"), translate("QueryHelp", "-beach")),
            translate("QueryHelp", "These very words; without this word."),
        ),
        (("from:Anna", "to:Anna", "with:Anna"), translate("QueryHelp", "Who said it, to whom, or either.")),
        (
            ("on:2026-03-31", "before:May", "after:2025"),
            translate("QueryHelp", "A day, or a time before or after it."),
        ),
        (("in:Team", "app:Firefox"), translate("QueryHelp", "A conversation; a program on the screen.")),
        (("kind:note",), translate("QueryHelp", "Also message, screen, page, fact, promise, appointment.")),
        (("-from:Anna",), translate("QueryHelp", "A minus before any of them leaves it out.")),
    )


class QueryHelp(QWidget):
    """The forms a question may have, each with what it does."""

    def __init__(self, margin: int = 0) -> None:
        super().__init__()
        rows = QGridLayout()
        rows.setHorizontalSpacing(2 * SPACE)
        rows.setVerticalSpacing(SPACE)
        rows.setColumnStretch(1, 1)
        for at, (forms, does) in enumerate(_forms()):
            written = QWidget()
            written.setLayout(_keys(forms))
            rows.addWidget(written, at, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            rows.addWidget(label(does, "small", wrap=True), at, 1)
        self.route = label("", "small", wrap=True)
        """How the last question was looked for, where there was one."""
        foot = label(
            translate(
                "QueryHelp", "What was understood stands below the question. A click takes it away, another back."
            ),
            "small",
            wrap=True,
        )
        title = label(translate("QueryHelp", "What you can write"), "label")
        self.setLayout(column(title, rows, foot, self.route, gap=SPACE + 2, margin=margin))
        self.setAccessibleName(translate("QueryHelp", "What you can write"))
        said = "; ".join(f"{', '.join(forms)}: {does}" for forms, does in _forms())
        self.setAccessibleDescription(said)


def _keys(forms: tuple[str, ...]) -> QGridLayout:
    made = QGridLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(4)
    for at, form in enumerate(forms):
        made.addWidget(label(form, "key"), 0, at)
    return made


class HelpPopover(QFrame):
    """The same above a button; Esc or a click elsewhere closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("popover")
        self.setFixedWidth(560)
        self.setLayout(column(QueryHelp(), margin=2 * SPACE))

    @override
    def event(self, event: QEvent) -> bool:
        """While it is open its keys come before the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Return):
            self.close()

    def show_above(self, button: QWidget) -> None:
        """Come up above this button, its right edge at the button's, inside the screen."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), -self.height() - SPACE))
        room = button.screen().availableGeometry()
        self.move(max(room.left(), corner.x()), max(room.top(), corner.y()))
        self.show()
