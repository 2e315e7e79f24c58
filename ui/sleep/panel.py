"""Sleep: what the nights changed, what needs settling, what is coming up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from core.events import Event, MemoriesForgotten, Noticed, SleepEnded
from core.memory import EntryId, MemoryId, RunId, SleepRun
from core.urgency import Urgency
from ui.bridge import Bridge
from ui.desk import SleepPlan
from ui.long_work import LongWork
from ui.look import SPACE
from ui.parts.boxes import Scroll, column, empty, heading
from ui.parts.buttons import Button
from ui.parts.empty import nothing_yet
from ui.parts.panel import Panel
from ui.parts.text import label
from ui.sleep.coming import coming_card
from ui.sleep.conflict import ConflictCard
from ui.sleep.leaving import fading_line, leaving_card
from ui.sleep.model import Night, Overview, load_night, load_overview, plan_words, with_memories
from ui.sleep.night import NightCard
from ui.taking_back import take_back
from ui.words import counted, translate


class SleepPanel(Panel):
    """The journal, readable."""

    def __init__(self, bridge: Bridge, work: LongWork) -> None:
        super().__init__(bridge)
        self._work = work
        self._stale = True
        self._sleeping = False
        self.now_button = Button(translate("Sleep", "Sleep now"), self.sleep, icon="sleep", look="primary")
        self.dry_button = Button(translate("Sleep", "What would it change?"), lambda: self.sleep(dry_run=True))
        self._scroll = Scroll()
        self._scroll.column.addWidget(
            heading(
                translate("Sleep", "Sleep"),
                translate(
                    "Sleep",
                    "While you are away Mneme sorts what came in and lets the unimportant fade. "
                    "Every line can be taken back.",
                ),
                self.dry_button,
                self.now_button,
            )
        )
        self._plan = label("", "small", wrap=True)
        self._plan.hide()
        self._scroll.column.addWidget(self._plan)
        self._body = QWidget()
        self._scroll.column.addWidget(self._body)
        self._scroll.column.addStretch(1)
        self._lines = column(gap=2 * SPACE - 4)
        self._body.setLayout(self._lines)
        self.setLayout(column(self._scroll))
        self.setFocusProxy(self.now_button)
        self._soon = QTimer(self, singleShot=True, interval=200)
        self._soon.timeout.connect(self.load)

    @override
    def opened(self) -> None:
        if self._stale:
            self.load()

    @override
    def heard(self, event: Event) -> None:
        if isinstance(event, SleepEnded | MemoriesForgotten):
            if self.isVisible():
                self._soon.start()
            else:
                self._stale = True

    @override
    def clear(self) -> None:
        self._soon.stop()
        empty(self._lines)
        self._stale = True
        self._set_sleeping(False)

    def load(self) -> None:
        """Load the nights."""
        self._stale = False
        now = self.bridge.now()
        self.run(lambda assistant: load_overview(assistant, now), self._show)
        self.bridge.off_thread(lambda desk: desk.sleep_plan(), self, self._show_plan)

    def _show_plan(self, plan: SleepPlan | None) -> None:
        self._plan.setText(plan_words(plan, self.bridge.now()) if plan else "")
        self._plan.setVisible(plan is not None)

    def sleep(self, dry_run: bool = False) -> None:
        """Sleep now, or only say what a sleep would change."""
        if self._sleeping:
            return
        self._set_sleeping(True)
        now = self.bridge.now()
        title = translate("Sleep", "Looking what a sleep would change") if dry_run else translate("Sleep", "Sleeping")

        def done(run: SleepRun) -> None:
            if dry_run:
                self.run(lambda assistant: with_memories(assistant, run), self._show_dry)
            elif run.state == "cancelled":
                self.bridge.tell(
                    translate("Sleep", "The sleep was stopped."),
                    translate("Sleep", "What it did until then is in the list; it goes on from there next time."),
                )
            else:
                self.load()

        self._work.begin_steps(
            title,
            lambda assistant, progress, stopped: assistant.sleeping(
                now, dry_run=dry_run, told=progress, cancelled=stopped
            ),
            done,
            ended=lambda: self._set_sleeping(False),
            urgency=Urgency.UPKEEP,
        )

    def _set_sleeping(self, on: bool) -> None:
        self._sleeping = on
        self.now_button.setText(translate("Sleep", "Sleeping …") if on else translate("Sleep", "Sleep now"))

    def _show(self, overview: Overview) -> None:
        empty(self._lines)
        now = self.bridge.now()
        if overview.conflicts:
            self._title(translate("Sleep", "To settle"))
        for choice in overview.conflicts:
            self._lines.addWidget(ConflictCard(choice, now, partial(self._settle, choice.conflict), self._open))
        if overview.leaving:
            self._title(translate("Sleep", "To review"))
            keeping = leaving_card(overview.leaving, now, kept=self._keep, kept_all=self._keep_all, opened=self._open)
            self._lines.addWidget(keeping)
        if overview.coming_up:
            self._title(translate("Sleep", "Coming up"))
            self._lines.addWidget(coming_card(overview.coming_up, now, self._open))
        if overview.nights:
            self._title(translate("Sleep", "The last nights"))
        for place, run in enumerate(overview.nights):
            self._lines.addWidget(
                NightCard(
                    run,
                    now,
                    load=self._load_night,
                    reverted=self._revert,
                    opened=self._open,
                    unfolded=place == 0 and run.state == "done",
                )
            )
        if not overview.nights:
            self._lines.addWidget(
                nothing_yet(
                    "sleep",
                    translate("Sleep", "Not slept yet"),
                    translate(
                        "Sleep",
                        "Mneme sleeps at night when nobody touches the machine. You can also start one now.",
                    ),
                )
            )

        if overview.fading:
            self._lines.addWidget(fading_line(overview.fading, lambda: self.command.emit("fading")))

    def _keep(self, memory: MemoryId) -> None:
        now = self.bridge.now()
        self.run(lambda assistant: assistant.confirm(memory, now), lambda _: self.load())

    def _keep_all(self) -> None:
        now = self.bridge.now()

        def done(count: int) -> None:
            one, many = translate("Sleep", "One memory is kept."), translate("Sleep", "{n} memories are kept.")
            self.bridge.tell(counted(count, one, many))
            self.load()

        self.run(lambda assistant: assistant.keep_proposed(now), done)

    def _title(self, text: str) -> None:
        if self._lines.count():
            self._lines.addSpacing(SPACE)
        self._lines.addWidget(label(text, "label"))

    def _load_night(self, id: RunId, then: Callable[[Night], None]) -> None:
        self.run(lambda assistant: load_night(assistant, id), then)

    def _show_dry(self, night: Night) -> None:
        shown = NightCard(
            night.run,
            self.bridge.now(),
            load=lambda _, then: then(night),
            reverted=lambda _: None,
            opened=self._open,
            dry=True,
        )
        self._lines.insertWidget(0, shown)
        self._scroll.verticalScrollBar().setValue(0)

    def _settle(self, conflict: int, keep: MemoryId | None) -> None:
        now = self.bridge.now()

        def done(_: None) -> None:
            said = (
                translate("Sleep", "Settled."),
                translate("Sleep", "What was said stays; only what holds is decided."),
            )
            self.undoable.emit(Noticed(*said), lambda: self._reopen(conflict))
            self.load()

        self.run(lambda assistant: assistant.settle(conflict, keep, now), done)

    def _reopen(self, conflict: int) -> None:
        now = self.bridge.now()
        self.run(lambda assistant: assistant.reopen(conflict, now), lambda _: self.load())

    def _revert(self, what: RunId | EntryId) -> None:
        take_back(self, what, self.load)

    def _open(self, memory: MemoryId) -> None:
        self.open_memory.emit(memory)
