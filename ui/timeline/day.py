"""One day on the screen: its weeks around it, its ribbon, its episodes, pictures and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from PySide6.QtCore import QDate, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QCalendarWidget, QHBoxLayout, QMenu, QVBoxLayout, QWidget, QWidgetAction

from core.memory import Day, Memory
from core.wall import bounds
from ui import words
from ui.bridge import Bridge
from ui.look import SPACE
from ui.parts.boxes import Scroll, card, column, empty, row
from ui.parts.buttons import Button, IconButton
from ui.parts.empty import nothing_yet
from ui.parts.text import label
from ui.timeline.drawn import HeatMap, Ribbon
from ui.timeline.members import Members
from ui.timeline.model import GapRow, Row, frames, heat_span, lay_out, unrecorded
from ui.timeline.rows import GapView, Thumbnail, episode_view
from ui.words import translate


def in_short(day: Day, begins: datetime, ends: datetime) -> str:
    """The day from then till then in one line: how many episodes and pictures, how long of it was not recorded."""
    parts = []
    if day.episodes:
        one, many = translate("Timeline", "{n} episode"), translate("Timeline", "{n} episodes")
        parts.append(words.counted(len(day.episodes), one, many))
    if pictures := len(frames(day)):
        one, many = translate("Timeline", "{n} picture"), translate("Timeline", "{n} pictures")
        parts.append(words.counted(pictures, one, many))
    missing = unrecorded(day.gaps, begins, ends)
    if day.gaps:
        parts.append(translate("Timeline", "{time} not recorded").format(time=words.lasting(missing)))
    return " · ".join(parts)


class DayView(Scroll):
    """Shows a day that was loaded; where the person wants to go comes out as signals."""

    wanted = Signal(object)
    """Another day."""
    stepped = Signal(int)
    """So many days on or back."""
    picture = Signal(object)
    """A memory whose picture was pressed."""
    memory = Signal(str)
    command = Signal(str)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(margin=4 * SPACE)
        self._bridge = bridge
        self._on: date | None = None
        self._rows: list[tuple[Row, QWidget, QVBoxLayout]] = []
        self._unfolded: dict[datetime, Members] = {}
        today = bridge.now().date()
        self._title = label(words.day(today, today), "title")
        self._said = label("", "muted")
        self.heat = HeatMap(today)
        self.heat.chosen.connect(self.wanted)
        self.ribbon = Ribbon()
        self.ribbon.pressed.connect(self._scroll_to)
        self._body = column(gap=10)
        self.column.addLayout(self._head())
        self.column.addWidget(card(row(self.heat), gap=SPACE))
        self.column.addWidget(self.ribbon)
        self.column.addLayout(self._body)
        self.column.addStretch(1)

    @property
    def being_read(self) -> bool:
        """Whether something is unfolded that a reload would take away."""
        return bool(self._unfolded)

    def announce(self, on: date) -> None:
        """Say which day is coming."""
        self._title.setText(words.day(on, self._bridge.now().date()))
        self.heat.mark(on)

    def show_day(self, day: Day, on: date, counts: Mapping[date, int]) -> None:
        """Show it; the same day again stays where it was scrolled to. `counts`: of all days there are."""
        bar = self.verticalScrollBar()
        before = bar.value() if self._on == on else 0
        self._on = on
        self.announce(on)
        today = self._bridge.now().date()
        first, _ = heat_span(today)
        self.heat.show_counts({day: count for day, count in counts.items() if day >= first}, today)
        self.ribbon.show_day(day, on)
        self._drop()
        rows = lay_out(day)
        self.ribbon.setVisible(bool(rows))
        self._said.setText(in_short(day, *bounds(on, self._bridge.now())))
        for shown in rows:
            self._add(shown)
        if not rows:
            self._body.addWidget(self._nothing(on, counts))
        QTimer.singleShot(0, self, lambda: bar.setValue(before))

    def clear(self) -> None:
        """Show and hold nothing."""
        today = self._bridge.now().date()
        self._drop()
        self.ribbon.show_day(None, today)
        self.heat.show_counts({}, today)
        self._said.clear()
        self._on = None

    def _head(self) -> QHBoxLayout:
        before = IconButton("left", translate("Timeline", "Day before (Alt+Left)"), lambda: self.stepped.emit(-1), 20)
        after = IconButton("right", translate("Timeline", "Day after (Alt+Right)"), lambda: self.stepped.emit(1), 20)
        before.setShortcut(QKeySequence("Alt+Left"))
        after.setShortcut(QKeySequence("Alt+Right"))
        today = Button(translate("Timeline", "Today"), lambda: self.wanted.emit(self._bridge.now().date()))
        pick = IconButton("calendar", translate("Timeline", "Choose a day"), size=20)
        menu = QMenu(pick)
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        now = self._bridge.now()
        calendar.setMaximumDate(QDate(now.year, now.month, now.day))
        action = QWidgetAction(menu)
        action.setDefaultWidget(calendar)
        menu.addAction(action)
        calendar.clicked.connect(menu.close)
        calendar.clicked.connect(lambda day: self.wanted.emit(date(day.year(), day.month(), day.day())))
        pick.setMenu(menu)
        pick.setPopupMode(pick.ToolButtonPopupMode.InstantPopup)
        return row(column(self._title, self._said, gap=3), None, before, today, after, pick, gap=6)

    def _drop(self) -> None:
        empty(self._body)
        self._rows.clear()
        self._unfolded.clear()

    def _add(self, shown: Row) -> None:
        clock = words.clock(shown.begins)
        before = self._on is not None and shown.begins.date() < self._on
        time = label(f"{words.weekday(shown.begins)}\n{clock}" if before else clock, "small")
        time.setFixedWidth(44)
        thumbnails: list[tuple[Memory, Thumbnail]] = []
        if isinstance(shown, GapRow):
            view: QWidget = GapView(shown)
        else:
            view, thumbnails = episode_view(shown, lambda: self._toggle(shown), self.picture.emit)
        place = column(view, gap=0)
        line = row(column(10, time, None, gap=0), place, gap=SPACE)
        line.setStretch(1, 1)
        self._body.addLayout(line)
        self._rows.append((shown, view, place))
        for frame, thumbnail in thumbnails:
            self._load_thumbnail(frame, thumbnail)

    def _load_thumbnail(self, frame: Memory, thumbnail: Thumbnail) -> None:
        picture = frame.picture
        if picture is not None:
            self._bridge.run(
                lambda assistant: assistant.picture(picture, thumbnail=True),
                thumbnail,
                thumbnail.show_picture,
                lambda _: None,
            )

    def _toggle(self, shown: Row) -> None:
        if isinstance(shown, GapRow):
            return
        if shown.begins in self._unfolded:
            self._unfolded.pop(shown.begins).deleteLater()
            return
        lines = Members(shown.members, self.memory.emit)
        self._unfolded[shown.begins] = lines
        next(place for one, _, place in self._rows if one is shown).addWidget(lines)

    def _nothing(self, on: date, counts: Mapping[date, int]) -> QWidget:
        full = [day for day, count in counts.items() if count and day < on]
        actions = [Button(translate("Timeline", "Recording …"), lambda: self.command.emit("recording"), icon="record")]
        if full:
            last = max(full)
            name = translate("Timeline", "Go to {day}").format(day=words.day(last, self._bridge.now().date()))
            actions.insert(0, Button(name, lambda: self.wanted.emit(last), icon="left"))
        quiet = nothing_yet(
            "timeline",
            translate("Timeline", "Nothing on this day"),
            translate("Timeline", "Switch on recording in Settings, or import conversations: they fill their days."),
            *actions,
        )
        quiet.setMinimumHeight(320)
        return quiet

    def _scroll_to(self, hour: float) -> None:
        for shown, view, _ in self._rows:
            if shown.begins.hour + shown.begins.minute / 60 >= hour - 0.5:
                self.ensureWidgetVisible(view, 0, 60)
                return
