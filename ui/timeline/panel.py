"""Timeline: a day as it was, the weeks around it, and the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget
from typing_extensions import override

from core.events import Event, FrameKept, MemoriesForgotten, MemoriesSaved, RecorderChanged, SleepEnded
from core.memory import Day, Memory, MemoryId
from ui.bridge import Bridge, Job
from ui.parts.boxes import column
from ui.parts.panel import Panel
from ui.timeline.day import DayView
from ui.timeline.model import frames
from ui.timeline.picture import PictureView

_AFTER_MS = 4000
_GAPS_GROW_MS = 20_000
"""While nothing is recorded nothing comes in, and what is shown gets old all the same."""
_EVER = date(1970, 1, 1)


class TimelinePanel(Panel):
    """One day at a time, or one picture of it."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._date = bridge.now().date()
        self._day: Day | None = None
        self._loading: Job | None = None
        self._stale = True
        self.view = DayView(bridge)
        self.view.wanted.connect(self.go_to)
        self.view.stepped.connect(self._step)
        self.view.picture.connect(self.show_picture)
        self.view.memory.connect(self.open_memory)
        self.view.command.connect(self.command)
        self.picture = PictureView()
        self.picture.back.connect(self._to_day)
        self.picture.step.connect(self._step_frame)
        self.picture.details.connect(lambda memory: self.command.emit(f"details:{memory}"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.picture)
        self.setLayout(column(self._stack))
        self.setFocusProxy(self.view.heat)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.picture, self._to_day)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self._reload)
        self._growing = QTimer(self, interval=_GAPS_GROW_MS)
        self._growing.timeout.connect(self._look_again)
        self._growing.start()

    @override
    def opened(self) -> None:
        self._stale |= self._today_is_shown
        self.view.announce(self._date)
        if self._stale:
            self.load()

    @property
    def _today_is_shown(self) -> bool:
        return self._date == self.bridge.now().date()

    def _look_again(self) -> None:
        if self.isVisible() and self.bridge.desk.state() == "open":
            self.view.announce(self._date)
            if self.bridge.desk.recorder().state != "recording":
                self._reload()

    @override
    def heard(self, event: Event) -> None:
        if isinstance(event, MemoriesForgotten | MemoriesSaved | SleepEnded | FrameKept | RecorderChanged):
            if isinstance(event, MemoriesForgotten):
                self._to_day()
                self.picture.clear()
            if not self.isVisible():
                self._stale = True
            elif isinstance(event, MemoriesForgotten):
                self.load()
            elif not self._later.isActive():
                self._later.start()

    @override
    def clear(self) -> None:
        self._later.stop()
        self._loading = None
        self._day = None
        self.view.clear()
        self.picture.clear()
        self._to_day()
        self._stale = True

    @override
    def show_memory(self, memory: MemoryId, piece: tuple[int, int] | None = None) -> None:
        self.show_found(memory, "")

    def show_found(self, memory: MemoryId, find: str) -> None:
        """Show a memory's day and picture, with these words marked."""

        def found(one: Memory) -> None:
            self.go_to(one.at.date())
            if one.picture:
                self.show_picture(one, find)

        self.run(lambda assistant: assistant.memory(memory), found)

    def go_to(self, day: date) -> None:
        """Show this day."""
        self._date = day
        self.view.announce(day)
        self._to_day()
        self.load()

    def load(self) -> None:
        """Load the day and the weeks."""
        if self._loading:
            self._loading.cancel()
        self._stale = False
        day, now = self._date, self.bridge.now()
        last = now.date()

        def done(both: tuple[Day, Mapping[date, int]]) -> None:
            self._loading = None
            self._day = both[0]
            self.view.show_day(both[0], day, both[1])

        self._loading = self.run(lambda assistant: (assistant.day(day, now), assistant.heat(_EVER, last)), done)

    def show_picture(self, frame: Memory, find: str = "") -> None:
        """Show one frame's picture, with `find` already looked for."""
        now, picture = self.bridge.now(), frame.picture

        def done(data: bytes) -> None:
            self.picture.show_frame(frame, data, now, find)
            self._stack.setCurrentIndex(1)
            self.picture.search.setFocus()

        if picture is None:
            done(b"")
            return
        self.run(lambda assistant: assistant.picture(picture), done)

    def _reload(self) -> None:
        """Something came in: show it, but never take away what the person is reading."""
        if self.view.being_read or self._stack.currentIndex() or not self._today_is_shown:
            self._stale = True
        else:
            self.load()

    def _step(self, days: int) -> None:
        day = self._date + timedelta(days=days)
        if day <= self.bridge.now().date():
            self.go_to(day)

    def _step_frame(self, by: int) -> None:
        every = frames(self._day) if self._day else []
        shown = self.picture.frame
        at = next((at for at, one in enumerate(every) if shown and one.id == shown.id), None)
        if at is not None and 0 <= at + by < len(every):
            self.show_picture(every[at + by])

    def _to_day(self) -> None:
        self._stack.setCurrentIndex(0)
