"""What is never recorded: the rules, a tester, and a look at what would be captured now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from core.memory import MemoryId, Selection
from ui.bridge import Bridge
from ui.desk import CapturePreview, RuleLine, SeenWindow, TestedTitle
from ui.forgetting import ask_to_forget
from ui.look import SPACE
from ui.parts.boxes import bring_up, card, column, empty, row, rule
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
        self._pattern = QLineEdit()
        self._pattern.setPlaceholderText(translate("Rules", "What it must be, e.g. my bank's name"))
        self._pattern.setAccessibleName(translate("Rules", "What it must be"))
        self._pattern.returnPressed.connect(self._add)
        self._test = QLineEdit()
        self._test.setPlaceholderText(translate("Rules", "Try a window title or an application"))
        self._test.setAccessibleName(translate("Rules", "Try a window title"))
        self._test.textChanged.connect(self._try)
        self.tested = label("", "small", wrap=True)
        self._lines = column(gap=4)
        self._before = column(gap=4)
        self._preview = column(gap=SPACE)
        add = Button(translate("Rules", "Add"), self._add, icon="add")
        add_row = row(self._by, self._pattern, add)
        add_row.setStretch(1, 1)
        look = Button(translate("Rules", "What would be recorded now?"), self._look, icon="eye")
        said = translate(
            "Rules",
            "A window that meets one of these leaves no pixel, no word and no title, on any monitor, focused or not.",
        )
        body = card(
            label(translate("Rules", "Never recorded"), "heading"),
            label(said, "muted", wrap=True),
            self._lines,
            add_row,
            self._before,
            rule(),
            row(self._test),
            self.tested,
            rule(),
            row(look, None),
            self._preview,
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
        empty(self._preview)
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
        by, pattern = self._by.currentData(), self._pattern.text()

        def done(before: Sequence[MemoryId]) -> None:
            self._pattern.clear()
            self.show_kept_before(tuple(before))
            self.load()

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
        self._bridge.off_thread(lambda desk: desk.remove_rule(line.id), self, lambda _: self.load())

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

    def _look(self) -> None:
        self._bridge.off_thread(lambda desk: desk.preview(), self, self.show_preview)

    def show_preview(self, seen: CapturePreview) -> None:
        """What would be kept now, what is left out and why."""
        empty(self._preview)
        if seen.picture:
            shown = QLabel()
            picture = QPixmap()
            picture.loadFromData(seen.picture)
            shown.setPixmap(picture.scaledToWidth(560, Qt.TransformationMode.SmoothTransformation))
            shown.setAccessibleName(translate("Rules", "The screen as it would be kept now"))
            self._preview.addWidget(shown)
        for window in seen.allowed:
            self._preview.addLayout(self._window(window, "check", "accent", translate("Rules", "kept")))
        for window in seen.excluded:
            self._preview.addLayout(self._window(window, "off", "muted", window.reason))
        if seen.closed:
            self._preview.addWidget(label(seen.closed, "small", wrap=True))
        elif not seen.allowed and not seen.excluded:
            self._preview.addWidget(label(translate("Rules", "No window is visible now."), "muted"))
        bring_up(self)

    @staticmethod
    def _window(window: SeenWindow, icon: str, tone: str, said: str) -> QHBoxLayout:
        name = " – ".join(part for part in (window.app, window.title) if part)
        return row(IconLabel(icon, 16, tone), label(name), label(said, "small"), None)
