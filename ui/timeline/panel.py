"""Timeline: a day as it was, the weeks around it, and the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCalendarWidget, QMenu, QStackedWidget, QVBoxLayout, QWidget, QWidgetAction
from typing_extensions import override

from core.events import Event, FrameKept, MemoriesForgotten, MemoriesSaved, SleepEnded
from core.memory import Day, Memory, MemoryId
from ui import words
from ui.bridge import Bridge, Job
from ui.look import SPACE
from ui.parts.boxes import Scroll, card, column, empty, row
from ui.parts.buttons import Button, IconButton
from ui.parts.empty import nothing_yet
from ui.parts.panel import Panel
from ui.parts.text import label
from ui.timeline.drawn import HeatMap, Ribbon
from ui.timeline.members import Members
from ui.timeline.model import GapRow, Row, frames, heat_span, lay_out
from ui.timeline.picture import PictureView
from ui.timeline.rows import GapView, Thumbnail, episode_view
from ui.words import translate

_AFTER_MS = 4000


class TimelinePanel(Panel):
    """One day at a time."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._date = bridge.now().date()
        self._day: Day | None = None
        self._shown: date | None = None
        self._loading: Job | None = None
        self._stale = True
        self._rows: list[tuple[Row, QWidget]] = []
        self._places: list[QVBoxLayout] = []
        self._unfolded: dict[datetime, Members] = {}
        self._title = label(words.day(self._date, self._date), "title")
        self._said = label("", "muted")
        self.heat = HeatMap(self._date)
        self.heat.chosen.connect(self.go_to)
        self.ribbon = Ribbon()
        self.ribbon.pressed.connect(self._scroll_to)
        self.picture = PictureView()
        self.picture.back.connect(self._to_day)
        self.picture.step.connect(self._step_frame)
        self.picture.details.connect(lambda memory: self.command.emit(f"details:{memory}"))
        self._list = Scroll(margin=4 * SPACE)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._build_day())
        self._stack.addWidget(self.picture)
        self.setLayout(column(self._stack))
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.picture, self._to_day)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self._reload)

    def _build_day(self) -> QWidget:
        before = IconButton("left", translate("Timeline", "Day before (Alt+Left)"), lambda: self._step(-1), 20)
        after = IconButton("right", translate("Timeline", "Day after (Alt+Right)"), lambda: self._step(1), 20)
        before.setShortcut(QKeySequence("Alt+Left"))
        after.setShortcut(QKeySequence("Alt+Right"))
        today = Button(translate("Timeline", "Today"), lambda: self.go_to(self.bridge.now().date()))
        pick = IconButton("calendar", translate("Timeline", "Choose a day"), size=20)
        menu = QMenu(pick)
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setMaximumDate(QDate(*self.bridge.now().date().timetuple()[:3]))
        action = QWidgetAction(menu)
        action.setDefaultWidget(calendar)
        menu.addAction(action)
        calendar.clicked.connect(menu.close)
        calendar.clicked.connect(lambda day: self.go_to(date(day.year(), day.month(), day.day())))
        pick.setMenu(menu)
        pick.setPopupMode(pick.ToolButtonPopupMode.InstantPopup)
        head = row(column(self._title, self._said, gap=3), None, before, today, after, pick, gap=6)
        top = card(row(self.heat), gap=SPACE)
        self._summary = label("", "small", wrap=True)
        self._top = top
        page = QWidget()
        self._list.column.addLayout(head)
        self._list.column.addWidget(top)
        self._list.column.addWidget(self.ribbon)
        self._body = column(gap=10)
        self._list.column.addLayout(self._body)
        self._list.column.addStretch(1)
        page.setLayout(column(self._list))
        return page

    @override
    def opened(self) -> None:
        if self._stale:
            self.load()

    @override
    def heard(self, event: Event) -> None:
        if isinstance(event, MemoriesForgotten | MemoriesSaved | SleepEnded | FrameKept):
            if not self.isVisible():
                self._stale = True
            elif isinstance(event, MemoriesForgotten):
                self._to_day()
                self.load()
            elif not self._later.isActive():
                self._later.start()

    @override
    def clear(self) -> None:
        self._later.stop()
        self._loading = None
        self._day = None
        self._drop_rows()
        empty(self._body)
        self.ribbon.show_day(None, self._date)
        self.heat.show_counts({}, self.bridge.now().date())
        self.picture.clear()
        self._stack.setCurrentIndex(0)
        self._said.clear()
        self._stale = True

    @override
    def show_memory(self, memory: MemoryId) -> None:
        def found(one: Memory) -> None:
            self.go_to(one.at.date())
            if one.picture:
                self.show_picture(one)

        self.run(lambda assistant: assistant.memory(memory), found)

    def go_to(self, day: date) -> None:
        """Show this day."""
        self._date = day
        self._title.setText(words.day(day, self.bridge.now().date()))
        self.heat.mark(day)
        self._to_day()
        self.load()

    def _reload(self) -> None:
        """Something came in: show it, but never take away what the person is reading."""
        if self._unfolded or self._stack.currentIndex() or self._date != self.bridge.now().date():
            self._stale = True
        else:
            self.load()

    def load(self) -> None:
        """Load the day and the weeks."""
        if self._loading:
            self._loading.cancel()
        self._stale = False
        day, now = self._date, self.bridge.now()
        today = now.date()
        first, last = heat_span(today)

        def done(both: tuple[Day, Mapping[date, int]]) -> None:
            self._loading = None
            bar = self._list.verticalScrollBar()
            before = bar.value() if self._shown == day else 0
            self._show(both[0], day, both[1])
            self._shown = day
            QTimer.singleShot(0, self, lambda: bar.setValue(before))

        self._loading = self.run(lambda assistant: (assistant.day(day, now), assistant.heat(first, last)), done)

    def _show(self, day: Day, on: date, counts: Mapping[date, int]) -> None:
        self._day = day
        today = self.bridge.now().date()
        self._title.setText(words.day(on, today))
        self.heat.show_counts(counts, today)
        self.heat.mark(on)
        self.ribbon.show_day(day, on)
        empty(self._body)
        self._drop_rows()
        rows = lay_out(day)
        self.ribbon.setVisible(bool(rows))
        self._said.setText(self._in_short(day))
        if not rows:
            quiet = nothing_yet(
                "timeline",
                translate("Timeline", "Nothing on this day"),
                translate(
                    "Timeline",
                    "Switch on recording in Settings, or import conversations: they fill their days.",
                ),
                Button(
                    translate("Timeline", "Recording …"),
                    lambda: self.command.emit("recording"),
                    icon="record",
                ),
            )
            quiet.setMinimumHeight(320)
            self._body.addWidget(quiet)
            return
        for shown in rows:
            self._add(shown)

    @staticmethod
    def _in_short(day: Day) -> str:
        parts = []
        if day.episodes:
            one, many = translate("Timeline", "{n} episode"), translate("Timeline", "{n} episodes")
            parts.append(words.counted(len(day.episodes), one, many))
        if pictures := len(frames(day)):
            one, many = translate("Timeline", "{n} picture"), translate("Timeline", "{n} pictures")
            parts.append(words.counted(pictures, one, many))
        if day.gaps:
            missing = sum((gap.ends - gap.begins for gap in day.gaps), timedelta())
            parts.append(translate("Timeline", "{time} not recorded").format(time=words.lasting(missing)))
        return " · ".join(parts)

    def _drop_rows(self) -> None:
        self._rows.clear()
        self._places.clear()
        self._unfolded.clear()

    def _add(self, shown: Row) -> None:
        time = label(words.clock(shown.begins), "small")
        time.setFixedWidth(44)
        thumbnails: list[tuple[Memory, Thumbnail]] = []
        if isinstance(shown, GapRow):
            view: QWidget = GapView(shown)
        else:
            view, thumbnails = episode_view(shown, lambda: self._open(shown), self.show_picture)
        place = column(view, gap=0)
        line = row(column(10, time, None, gap=0), place, gap=SPACE)
        line.setStretch(1, 1)
        self._body.addLayout(line)
        self._rows.append((shown, view))
        self._places.append(place)
        for frame, thumbnail in thumbnails:
            self._load_thumbnail(frame, thumbnail)

    def _load_thumbnail(self, frame: Memory, thumbnail: Thumbnail) -> None:
        picture = frame.picture
        if picture is not None:
            self.bridge.run(
                lambda assistant: assistant.picture(picture, thumbnail=True),
                thumbnail,
                thumbnail.show_picture,
                lambda _: None,
            )

    def _open(self, shown: Row) -> None:
        if isinstance(shown, GapRow):
            return
        if shown.begins in self._unfolded:
            self._unfolded.pop(shown.begins).hide()
            return
        at = next(at for at, (one, _) in enumerate(self._rows) if one is shown)
        lines = Members(shown.members, self.open_memory.emit)
        self._unfolded[shown.begins] = lines
        self._places[at].addWidget(lines)

    def show_picture(self, frame: Memory) -> None:
        """Show one frame's picture."""
        now, picture = self.bridge.now(), frame.picture

        def done(data: bytes) -> None:
            self.picture.show_frame(frame, data, now)
            self._stack.setCurrentIndex(1)
            self.picture.search.setFocus()

        if picture is None:
            done(b"")
            return
        self.run(lambda assistant: assistant.picture(picture), done)

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

    def _scroll_to(self, hour: float) -> None:
        for shown, view in self._rows:
            if shown.begins.hour + shown.begins.minute / 60 >= hour - 0.5:
                self._list.ensureWidgetVisible(view, 0, 60)
                return
