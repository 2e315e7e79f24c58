"""A night as a card: its summary, and unfolded its lines, each with a way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QWidget

from core.memory import Entry, EntryId, MemoryId, Operation, RunId, SleepRun
from ui import words
from ui.parts.boxes import Card, column, empty, row, rule
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.text import label
from ui.sleep.model import Line, Night, line, night_title, state_words, summary
from ui.words import translate

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
    ) -> None:
        super().__init__(gap=8)
        self._run, self._dry, self._unfolded = run, dry, False
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

    def _add_foot(self) -> None:
        foot = row(self._more, None)
        if not self._dry and self._run.state in ("done", "cancelled"):
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
            self._load(self._run.id, lambda night: self._show(night, 0))

    def _show(self, night: Night, start: int) -> None:
        if not self._unfolded:
            return
        for entry in night.run.entries[start : start + _PAGE]:
            self._lines.addWidget(rule())
            self._lines.addWidget(self._line(line(entry, night.texts), entry))
        rest = len(night.run.entries) - start - _PAGE
        if rest > 0:
            more = Button(translate("Sleep", "Show {n} more").format(n=rest), look="quiet")

            def unfold() -> None:
                more.hide()
                self._show(night, start + _PAGE)

            more.clicked.connect(unfold)
            self._lines.addLayout(row(more, None))

    def _line(self, shown: Line, entry: Entry) -> QWidget:
        made = QWidget()
        said = column(row(label(shown.title, "label"), label(entry.step, "small"), None), gap=3)
        if shown.before:
            was = label(shown.before, "muted", wrap=True)
            font = was.font()
            font.setStrikeOut(True)
            was.setFont(font)
            was.setAccessibleName(translate("Sleep", "Before: {text}").format(text=shown.before))
            said.addWidget(was)
        if shown.after:
            said.addWidget(label(shown.after, "", wrap=True, select=True))
        said.addWidget(label(shown.reason, "small", wrap=True))
        tools = column(gap=0)
        if entry.reverted:
            tools.addWidget(label(translate("Sleep", "Taken back"), "chip"))
        elif not self._dry and not entry.forgotten:
            tools.addWidget(
                IconButton("undo", translate("Sleep", "Take this line back"), lambda: self._reverted(entry.id))
            )
            tools.addWidget(
                IconButton("right", translate("Sleep", "Open the memory"), lambda: self._opened(entry.memory))
            )
        tools.addStretch(1)
        whole = row(column(IconLabel(_ICONS[entry.operation], 16), None), said, tools, gap=10)
        whole.setStretch(1, 1)
        whole.setContentsMargins(2, 10, 0, 10)
        made.setLayout(whole)
        return made
