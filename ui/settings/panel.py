"""Settings: the tree drawn field by field, the preview and the rules of recording, the keys, the archives."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QWidget
from typing_extensions import override

from core.errors import Problem
from core.events import Event, SettingChanged
from core.settings import Settings
from ui.bridge import Bridge
from ui.long_work import LongWork
from ui.look import READING_WIDTH, SPACE
from ui.parts.boxes import BAR, Scroll, card, column, heading, row, rule
from ui.parts.buttons import Button
from ui.parts.flow import Flow
from ui.parts.panel import Panel
from ui.parts.text import label
from ui.settings.assistants import Assistants
from ui.settings.controls import FieldRow
from ui.settings.costs import cost_words
from ui.settings.keys import Archives, Keys
from ui.settings.meaning import Meaning
from ui.settings.model import Page, fields, group_title, pages
from ui.settings.models import Models
from ui.settings.preview import Preview
from ui.settings.rules import Rules
from ui.words import translate


class SettingsPanel(Panel):
    """Every field of the tree, saved as it is changed."""

    changed = Signal(str, object)
    """A setting was saved: its key and its value."""

    def __init__(self, bridge: Bridge, work: LongWork) -> None:
        super().__init__(bridge)
        self.rows: dict[str, FieldRow] = {}
        self.settings = Settings()
        self.preview = Preview(bridge)
        self.rules = Rules(bridge)
        self.rules.changed.connect(self.preview.again)
        self.assistants = Assistants(bridge)
        self.models = Models(bridge, work)
        self.models.changed.connect(lambda: self.run(lambda assistant: assistant.settings, self._show))
        self.meaning = Meaning(bridge)
        self.keys = Keys(bridge)
        self.archives = Archives(bridge, work)
        self._stack = QStackedWidget()
        self._tabs = QButtonGroup(self)
        tabs = Flow(4)
        for at, page in enumerate(pages()):
            tab = Button(page.title, look="tab")
            tab.setCheckable(True)
            self._tabs.addButton(tab, at)
            tabs.addWidget(tab)
            self._stack.addWidget(self._page(page))
        self._tabs.idClicked.connect(self._stack.setCurrentIndex)
        first = self._tabs.button(0)
        first.setChecked(True)
        self.setFocusProxy(first)
        top = QWidget()
        top.setLayout(column(heading(translate("Settings", "Settings")), tabs, gap=12))
        whole = column(_as_wide_as_a_page(top), self._stack, gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def go(self, name: str) -> None:
        """Show one tab: general, recording, remembering, models, storage, keys."""
        at = [page.name for page in pages()].index(name)
        self._tabs.button(at).setChecked(True)
        self._stack.setCurrentIndex(at)

    @override
    def opened(self) -> None:
        self.run(lambda assistant: assistant.settings, self._show)
        self.rules.load()
        self.assistants.load()
        self.models.load()
        self.meaning.load()

    @override
    def heard(self, event: Event) -> None:
        if self.isVisible():
            self.meaning.heard(event)
            self.assistants.heard(event)
        if isinstance(event, SettingChanged) and self.isVisible():
            if event.key.startswith("capture."):
                self.preview.again()
            if event.key.startswith("model."):
                self.models.load(measuring=False)
            self.run(lambda assistant: assistant.settings, self._show)

    @override
    def clear(self) -> None:
        self.preview.clear()
        self.rules.clear()
        self.assistants.clear()
        self.models.clear()
        self.meaning.clear()
        self.keys.clear()
        self.archives.passphrase.clear()

    def _page(self, page: Page) -> QWidget:
        scroll = Scroll()
        for group in page.groups:
            scroll.column.addWidget(self._group(group))
            if group == "capture":
                scroll.column.addWidget(self.rules)
        if page.name == "sharing":
            scroll.column.addWidget(self.assistants)
        if page.name == "models":
            scroll.column.insertWidget(0, self.models)
            scroll.column.addWidget(self.models.offers)
            scroll.column.addWidget(self.meaning)
        if page.name == "keys":
            scroll.column.addWidget(self.archives)
            scroll.column.addWidget(self.keys)
        scroll.column.addStretch(1)
        if page.name != "recording":
            return scroll
        whole = QWidget()
        whole.setLayout(column(_as_wide_as_a_page(self.preview), SPACE, scroll, gap=0))
        scroll.column.setContentsMargins(4 * SPACE, SPACE, 4 * SPACE, 4 * SPACE)
        return whole

    def _group(self, group: str) -> QWidget:
        made = card(label(group_title(group), "heading"), gap=0)
        for at, field in enumerate(fields(group, self.bridge.desk.desktop)):
            if at:
                made.inside.addWidget(rule())
            line = FieldRow(field, self.settings.get(field.key), self._set)
            self.rows[field.key] = line
            made.inside.addWidget(line)
            if field.key == "capture.preset" and (costs := cost_words()):
                measured = label(costs, "small", wrap=True)
                measured.setContentsMargins(4, 0, 4, 10)
                made.inside.addWidget(measured)
        return made

    def _show(self, settings: Settings) -> None:
        self.settings = settings
        for key, line in self.rows.items():
            if not line.control.hasFocus():
                line.show_value(settings.get(key))

    def _set(self, key: str, value: Any) -> None:
        if _same(self.settings.get(key), value):
            return

        def done(settings: Settings) -> None:
            self.settings = settings
            self.changed.emit(key, settings.get(key))
            if key == "model.memory_mb":
                self.models.load(measuring=False)

        def failed(problem: Problem) -> None:
            self.rows[key].show_value(self.settings.get(key))
            self.bridge.say(problem)

        self.run(lambda assistant: assistant.set_setting(key, value), done, failed)


def _as_wide_as_a_page(part: QWidget) -> QHBoxLayout:
    """In the middle, over a page that scrolls, with its margins."""
    part.setMaximumWidth(READING_WIDTH)
    made = row(None, part, None)
    made.setStretch(1, 1000)
    made.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE + BAR, 0)
    return made


def _same(now: Any, value: Any) -> bool:
    if isinstance(now, tuple) and isinstance(value, str):
        return tuple(piece.strip() for piece in value.split(",") if piece.strip()) == now
    return bool(now == value)
