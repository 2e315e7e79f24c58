"""Health: the doctor's list, the recorder, the storage, who answered, the network."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QWidget
from typing_extensions import override

from core.errors import Problem
from core.events import AssistantsChanged, Event, RecorderChanged
from ui.bridge import Bridge
from ui.desk import Check
from ui.health.model import Figure, Health, access_words, figures, load_health
from ui.look import SPACE
from ui.other_assistants import AccessLine
from ui.parts.boxes import Scroll, card, column, empty, heading, row, rule
from ui.parts.buttons import Button, IconLabel
from ui.parts.panel import Panel
from ui.parts.text import label
from ui.settings.assistants import Assistants
from ui.words import moment, translate

_EVERY_MS = 2000
_ACCESSES = 20


class HealthPanel(Panel):
    """Looked at again while it is open."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._health: Health | None = None
        self._checking = False
        self._recorder = bridge.desk.recorder()
        self.again = Button(translate("Health", "Check again"), self.check, icon="health")
        self._scroll = Scroll()
        self._scroll.column.addWidget(
            heading(
                translate("Health", "Health"),
                translate("Health", "What Mneme counts about itself. None of it leaves this machine."),
                self.again,
            )
        )
        self._grid = QGridLayout()
        self._grid.setSpacing(2 * SPACE - 4)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._scroll.column.addLayout(self._grid)
        self._scroll.column.addSpacing(SPACE)
        self._checks = column(gap=0)
        self._scroll.column.addLayout(self._checks)
        self._scroll.column.addSpacing(SPACE)
        self.asking = Assistants(bridge, asking_only=True)
        self._scroll.column.addWidget(self.asking)
        self._accesses = column(gap=SPACE)
        self._scroll.column.addLayout(self._accesses)
        self._scroll.column.addStretch(1)
        self.setLayout(column(self._scroll))
        self.setFocusProxy(self.again)
        self._clock = QTimer(self, interval=_EVERY_MS)
        self._clock.timeout.connect(self._recount)

    @override
    def opened(self) -> None:
        self.load()
        self.check()
        self._clock.start()

    def left(self) -> None:
        """The person went elsewhere: stop looking."""
        self._clock.stop()

    @override
    def heard(self, event: Event) -> None:
        if isinstance(event, RecorderChanged) and self.isVisible():
            self._show_figures()
        elif isinstance(event, AssistantsChanged) and self.isVisible():
            self._load_accesses()

    @override
    def clear(self) -> None:
        self._clock.stop()
        self._health = None
        self._ready()
        empty(self._grid)
        empty(self._checks)
        empty(self._accesses)
        self.asking.clear()

    def _recount(self) -> None:
        if not self.isVisible():
            self._clock.stop()
        elif (status := self.bridge.desk.recorder()) != self._recorder:
            self._recorder = status
            self._show_figures()

    def load(self) -> None:
        """Count again."""

        def done(health: Health) -> None:
            self._health = health
            self._show_figures()

        now = self.bridge.now()
        self.run(lambda assistant: load_health(assistant, now), done)
        self._load_accesses()

    def _load_accesses(self) -> None:
        self.asking.load()
        self.bridge.off_thread(lambda desk: desk.others().accesses(), self, self._show_accesses)

    def check(self) -> None:
        """Have the doctor look."""
        if self._checking:
            return
        self._checking = True
        if self._health is not None:
            self.load()
        self.again.setText(translate("Health", "Checking …"))

        def done(checks: list[Check]) -> None:
            self._ready()
            self._show_checks(checks)

        def failed(problem: Problem) -> None:
            self._ready()
            self.bridge.say(problem)

        self.bridge.off_thread(lambda desk: desk.doctor(), self, done, failed)

    def _ready(self) -> None:
        self._checking = False
        self.again.setText(translate("Health", "Check again"))

    def _show_figures(self) -> None:
        if self._health is None:
            return
        empty(self._grid)
        for at, figure in enumerate(figures(self._health, self.bridge.desk.recorder(), self.bridge.now())):
            self._grid.addWidget(self._figure(figure), at // 2, at % 2)

    @staticmethod
    def _figure(figure: Figure) -> QWidget:
        head = row(IconLabel(figure.icon, 18), label(figure.name, "label"), None)
        value = label(figure.value, "figure")
        value.setAccessibleName(f"{figure.name}: {figure.value}. {figure.said}")
        made = card(head, value, label(figure.said, "small", wrap=True), gap=5)
        made.setMinimumHeight(124)
        return made

    def _show_checks(self, checks: list[Check]) -> None:
        empty(self._checks)
        self._checks.addWidget(label(translate("Health", "Checked just now"), "label"))
        self._checks.addSpacing(SPACE)
        lines = card(gap=0, margin=6)
        for at, check in enumerate(sorted(checks, key=lambda one: one.ok)):
            if at:
                lines.inside.addWidget(rule())
            lines.inside.addWidget(self._check(check))
        self._checks.addWidget(lines)

    def _show_accesses(self, accesses: Sequence[AccessLine]) -> None:
        empty(self._accesses)
        self._accesses.addWidget(label(translate("Health", "Who else asked for my memory"), "label"))
        nobody = translate("Health", "Nobody. Other assistants may read only once you allow it in Settings.")
        lines = card(gap=6)
        for access in accesses[:_ACCESSES]:
            when = moment(access.at, self.bridge.now())
            lines.inside.addWidget(label(f"{when} · {access_words(access)}", "", wrap=True))
        if not accesses:
            lines.inside.addWidget(label(nobody, "muted", wrap=True))
        self._accesses.addWidget(lines)

    @staticmethod
    def _check(check: Check) -> QWidget:
        made = QWidget()
        icon = IconLabel("check" if check.ok else "problem", 18, "accent" if check.ok else "warn")
        icon.setAccessibleName(translate("Health", "Well") if check.ok else translate("Health", "Needs you"))
        said = column(row(label(check.name, "strong"), None), label(check.said, "muted", wrap=True), gap=2)
        if check.remedy and not check.ok:
            said.addWidget(label(check.remedy, "", wrap=True))
        whole = row(column(icon, None), said, gap=12)
        whole.setStretch(1, 1)
        whole.setContentsMargins(12, 11, 12, 11)
        made.setLayout(whole)
        return made
