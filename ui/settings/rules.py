"""What is never recorded: the rules, and a tester."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from core.memory import MemoryId, Selection
from ui.bridge import Bridge
from ui.desk import RuleLine, TestedTitle
from ui.forgetting import ask_to_forget
from ui.parts.boxes import card, column, empty, row, rule
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.text import label
from ui.words import counted, translate

_SHOWN = 8


def rule_words(line: RuleLine) -> str:
    """A rule as a sentence."""
    by = {
        "app": translate("Rules", "Application"),
        "title": translate("Rules", "Title contains"),
        "regex": translate("Rules", "Title matches"),
        "url": translate("Rules", "Address contains"),
        "class": translate("Rules", "Window class"),
        "any": translate("Rules", "Anywhere"),
    }
    return f"{by.get(line.field, line.field)}: {line.pattern}"


class Rules(QWidget):
    """The card of rules."""

    changed = Signal()
    """A rule came or went."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._every = False
        self._by = QComboBox()
        self._by.setAccessibleName(translate("Rules", "What the rule looks at"))
        for by, title in (
            ("app", translate("Rules", "Application")),
            ("title", translate("Rules", "Title contains")),
            ("regex", translate("Rules", "Title matches")),
            ("url", translate("Rules", "Address contains")),
        ):
            self._by.addItem(title, by)
        self.pattern = QLineEdit()
        self.pattern.setPlaceholderText(translate("Rules", "What it must be, e.g. my bank's name"))
        self.pattern.setAccessibleName(translate("Rules", "What it must be"))
        self.pattern.returnPressed.connect(self._add)
        self._test = QLineEdit()
        self._test.setPlaceholderText(translate("Rules", "Try a window title or an application"))
        self._test.setAccessibleName(translate("Rules", "Try a window title"))
        self._test.textChanged.connect(self._try)
        self.tested = label("", "small", wrap=True)
        self._lines = column(gap=4)
        self._before = column(gap=4)
        add = Button(translate("Rules", "Add"), self._add, icon="add")
        add_row = row(self._by, self.pattern, add)
        add_row.setStretch(1, 1)
        said = translate(
            "Rules",
            "A window that meets one of these leaves no pixel, no word and no title, on any monitor, focused or not.",
        )
        body = card(
            label(translate("Rules", "Never recorded"), "heading"),
            label(said, "muted", wrap=True),
            add_row,
            self._before,
            self._lines,
            rule(),
            row(self._test),
            self.tested,
            gap=10,
        )
        self.setLayout(column(body))

    def load(self) -> None:
        """Show the rules there are."""
        self._bridge.off_thread(lambda desk: desk.rules(), self, self._show)

    def clear(self) -> None:
        """Show and hold nothing."""
        self._bridge.release(self)
        empty(self._lines)
        empty(self._before)
        self._test.clear()

    def _show(self, lines: Sequence[RuleLine]) -> None:
        empty(self._lines)
        own_first = sorted(lines, key=lambda line: line.seeded)
        shown = own_first if self._every else own_first[:_SHOWN]
        for line in shown:
            name = translate("Rules", "Remove the rule {rule}").format(rule=rule_words(line))
            cross = IconButton("close", name, partial(self._remove, line), 14)
            words = row(IconLabel("secret", 16), label(rule_words(line)), gap=10)
            if line.seeded:
                words.addWidget(label(translate("Rules", "from the start"), "chip"))
            words.addStretch(1)
            words.addWidget(cross)
            self._lines.addLayout(words)
        if len(lines) > len(shown):
            more = Button(translate("Rules", "Show all {n}").format(n=len(lines)), look="quiet")
            more.clicked.connect(lambda: self._show_every(lines))
            self._lines.addLayout(row(more, None))

    def _show_every(self, lines: Sequence[RuleLine]) -> None:
        self._every = True
        self._show(lines)

    def _add(self) -> None:
        by, pattern = self._by.currentData(), self.pattern.text()

        def done(before: Sequence[MemoryId]) -> None:
            self.pattern.clear()
            self.show_kept_before(tuple(before))
            self._has_changed()

        self._bridge.off_thread(lambda desk: desk.add_rule(by, pattern), self, done)

    def show_kept_before(self, ids: tuple[MemoryId, ...]) -> None:
        """Offer to forget what was kept of such windows before there was the rule."""
        empty(self._before)
        if not ids:
            return
        one, many = (
            translate("Rules", "{n} memory from before shows such a window. It stays until you forget it."),
            translate("Rules", "{n} memories from before show such a window. They stay until you forget them."),
        )
        forget = Button(translate("Rules", "Forget…"), partial(self._forget, ids), icon="forget")
        self._before.addLayout(row(label(counted(len(ids), one, many), "small", wrap=True), forget))

    def _forget(self, ids: tuple[MemoryId, ...]) -> None:
        ask_to_forget(self._bridge, self, Selection(ids=ids), self.window())

    def _remove(self, line: RuleLine) -> None:
        self._bridge.off_thread(lambda desk: desk.remove_rule(line.id), self, lambda _: self._has_changed())

    def _has_changed(self) -> None:
        self.load()
        self.changed.emit()

    def _try(self, title: str) -> None:
        if not title.strip():
            self.tested.clear()
            return
        self._bridge.off_thread(lambda desk: desk.test_rule(title), self, self._tried)

    def _tried(self, found: TestedTitle) -> None:
        if found.rule is not None:
            said = translate("Rules", "Not recorded, because of: {rule}")
            self.tested.setText(said.format(rule=rule_words(found.rule)))
        elif found.reason:
            self.tested.setText(translate("Rules", "Not recorded: {reason}.").format(reason=found.reason))
        else:
            self.tested.setText(translate("Rules", "No rule matches: a window like this would be recorded."))
