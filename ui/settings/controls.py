"""The control for each field of the settings tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QFileDialog, QLineEdit, QSpinBox, QWidget
from typing_extensions import override

from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button
from ui.parts.switch import Switch
from ui.parts.text import label
from ui.settings.model import Field, choice_title
from ui.words import translate

Changed = Callable[[str, Any], None]
_WIDTH = 190


class _NoWheel(QObject):
    """Scrolling the page must not change what lies under the pointer."""

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


class FieldRow(QWidget):
    """Title and reason on the left, the control on the right."""

    def __init__(self, field: Field, value: Any, changed: Changed) -> None:
        super().__init__()
        self.field = field
        self.control = _control(field, changed)
        self.control.setObjectName(field.key)
        self.control.setAccessibleName(field.title)
        self.control.setAccessibleDescription(field.description)
        self.control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        quiet = _NoWheel(self.control)
        self.control.installEventFilter(quiet)
        self.show_value(value)
        title = label(field.title, "strong")
        title.setBuddy(self.control)
        words = column(title, label(field.description, "muted", wrap=True), gap=2)
        beside = column(self.control, gap=6)
        if field.control == "folder":
            beside.addWidget(Button(translate("Settings", "Choose …"), lambda: self._choose(changed)))
        whole = row(words, beside, gap=3 * SPACE)
        whole.setStretch(0, 1)
        whole.setContentsMargins(4, 10, 4, 10)
        self.setLayout(whole)

    def _choose(self, changed: Changed) -> None:
        """Let the person point at a folder."""
        name = QFileDialog.getExistingDirectory(self.window(), self.field.title)
        if name:
            self.show_value(name)
            changed(self.field.key, name)

    def show_value(self, value: Any) -> None:
        """Show what is set, without telling anyone."""
        control = self.control
        control.blockSignals(True)
        if isinstance(control, Switch):
            control.setChecked(bool(value))
        elif isinstance(control, QComboBox):
            control.setCurrentIndex(control.findData(value))
        elif isinstance(control, QSpinBox):
            control.setValue(int(value))
        elif isinstance(control, QDoubleSpinBox):
            control.setValue(float(value))
        elif isinstance(control, QLineEdit):
            control.setText(", ".join(value) if isinstance(value, tuple | list) else str(value))
        control.blockSignals(False)


def _control(field: Field, changed: Changed) -> QWidget:
    if field.control == "switch":
        switch = Switch(field.title)
        switch.toggled.connect(lambda on: changed(field.key, on))
        return switch
    if field.control == "choice":
        box = QComboBox()
        box.setFixedWidth(_WIDTH)
        for choice in field.choices:
            box.addItem(choice_title(choice), choice)
        box.currentIndexChanged.connect(lambda: changed(field.key, box.currentData()))
        return box
    if field.control in ("whole", "number"):
        return _spin(field, changed)
    line = QLineEdit()
    line.setFixedWidth(_WIDTH)
    line.editingFinished.connect(lambda: changed(field.key, line.text()))
    return line


def _spin(field: Field, changed: Changed) -> QAbstractSpinBox:
    if field.control == "whole":
        whole = QSpinBox()
        whole.setRange(int(field.low), int(field.high))
        whole.editingFinished.connect(lambda: changed(field.key, whole.value()))
        spin: QAbstractSpinBox = whole
    else:
        number = QDoubleSpinBox()
        number.setDecimals(2 if field.high <= 10 else 1)
        number.setRange(field.low, field.high)
        number.editingFinished.connect(lambda: changed(field.key, number.value()))
        spin = number
    spin.setFixedWidth(110)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    spin.setKeyboardTracking(False)
    spin.lineEdit().setTextMargins(10, 0, 10, 0)
    return spin
