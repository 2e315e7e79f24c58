"""A night as a card: its summary, and unfolded its lines, each with a way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.memory import Entry, EntryId, MemoryId, Operation, RunId, SleepRun
from ui import words
from ui.look import SPACE
from ui.parts.boxes import Card, column, empty, row, rule
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.quote import Quote
from ui.parts.text import Clamped, label
from ui.sleep.model import Line, Night, line, night_title, sections, state_words, summary
from ui.words import translate

_FIRST = 5
_PAGE = 30
_ICONS = {Operation.ADD: "add", Operation.UPDATE: "edit", Operation.DELETE: "forget", Operation.NOOP: "check"}


Load = Callable[[RunId, Callable[[Night], None]], None]


class NightCard(Card):
    """One sleep. `reverted` gets a run's or an entry's id, `opened` a memory's; `load` brings the lines."""

    def __init__(
        self,
        run: SleepRun,
        now: datetime,
        *,
        load: Load,
        reverted: Callable[[RunId | EntryId], None],
        opened: Callable[[MemoryId], None],
        dry: bool = False,
        unfolded: bool = False,
    ) -> None:
        super().__init__(gap=8)
        self._run, self._now, self._dry, self._unfolded = run, now, dry, False
        self._load, self._reverted, self._opened = load, reverted, opened
        title = translate("Sleep", "This is what a sleep would change") if dry else night_title(run, now.date())
        took = f"{words.clock(run.begins)}, {words.lasting(run.ends - run.begins)}" if run.ends else ""
        state = state_words(run)
        head = row(IconLabel("sleep", 20, "accent"), label(title, "strong"), gap=10)
        if state:
            head.addWidget(label(state, "chip"))
        head.addStretch(1)
        head.addWidget(label(took, "small"))
        self._lines = column(gap=0)
        self.inside.addLayout(head)
        self.inside.addWidget(label(summary(run.counts), "", wrap=True))
        self._more = Button(translate("Sleep", "Show what it did"), self.toggle, icon="down", look="quiet")
        if any(run.counts.values()) or run.entries:
            self._add_foot()
            if unfolded:
                self.toggle()

    def _add_foot(self) -> None:
        foot = row(self._more, None)
        if not self._dry and self._run.state in ("done", "cancelled", "paused"):
            back = Button(
                translate("Sleep", "Take the night back"),
                lambda: self._reverted(self._run.id),
                icon="undo",
                look="quiet",
            )
            foot.addWidget(back)
        self.inside.addLayout(foot)
        self.inside.addLayout(self._lines)

    def toggle(self) -> None:
        """Show the lines, or hide them."""
        self._unfolded = not self._unfolded
        empty(self._lines)
        show, hide = translate("Sleep", "Show what it did"), translate("Sleep", "Hide what it did")
        self._more.setText(hide if self._unfolded else show)
        if self._unfolded:
            self._load(self._run.id, self._show)

    def _show(self, night: Night) -> None:
        if not self._unfolded:
            return
        for section in sections(night.run):
            self._lines.addSpacing(SPACE)
            title = f"{section.title} · {len(section.entries)}"
            self._lines.addWidget(label(title, "label"))
            self._add_lines(column(gap=0), section.entries, night, 0)

    def _add_lines(self, into: QVBoxLayout, entries: tuple[Entry, ...], night: Night, start: int) -> None:
        if start == 0:
            self._lines.addLayout(into)
        most = _FIRST if start == 0 else _PAGE
        for entry in entries[start : start + most]:
            into.addWidget(self._line(line(entry, night.memories), entry))
            into.addWidget(rule())
        rest = len(entries) - start - most
        if rest > 0:
            more = Button(translate("Sleep", "Show {n} more").format(n=min(rest, _PAGE)), icon="down", look="quiet")

            def unfold() -> None:
                more.hide()
                self._add_lines(into, entries, night, start + most)

            more.clicked.connect(unfold)
            into.addLayout(row(more, None))

    def _line(self, shown: Line, entry: Entry) -> QWidget:
        made = QWidget()
        said = column(gap=3)
        if shown.before:
            was = label(shown.before, "muted", wrap=True)
            font = was.font()
            font.setStrikeOut(True)
            was.setFont(font)
            was.setAccessibleName(translate("Sleep", "Before: {text}").format(text=shown.before))
            said.addWidget(was)
        if shown.after:
            said.addWidget(Clamped(shown.after, 4))
        for place, source in enumerate(shown.sources):
            said.addWidget(Quote(source, self._now, shown.span if place == 0 else None))
        said.addWidget(label(shown.reason, "small", wrap=True))
        tools = row(gap=0)
        if entry.reverted:
            tools.addWidget(label(translate("Sleep", "Taken back"), "chip"))
        elif not self._dry and not entry.forgotten:
            back = translate("Sleep", "Take this line back")
            tools.addWidget(IconButton("undo", back, lambda: self._reverted(entry.id)))
            name = translate("Sleep", "Open the memory")
            tools.addWidget(IconButton("right", name, lambda: self._opened(entry.memory)))
        whole = row(column(3, IconLabel(_ICONS[entry.operation], 16), None, gap=0), said, column(tools, None), gap=10)
        whole.setStretch(1, 1)
        whole.setContentsMargins(2, 9, 0, 9)
        made.setLayout(whole)
        return made
