"""One memory: what it says, how firmly it is held and until when, where it came from, what it was before."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from core.memory import Entry, Kind, Memory, MemoryId, SleepRun
from ui import words
from ui.icons import icon_of
from ui.look import SPACE
from ui.memories.model import Detail, fading_words, holding_words, holds_words
from ui.parts.boxes import Scroll, card, column, empty, row
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.flow import Flow
from ui.parts.memory_card import memory_card
from ui.parts.passage import Passage
from ui.parts.quote import without_span
from ui.parts.strength import Curve, StrengthBar
from ui.parts.text import label
from ui.words import translate

_WHEN = 96
_MEMBERS = 30


class DetailView(Scroll):
    """Shows a Detail; what the person wants to do comes out as signals."""

    opened = Signal(str)
    kept = Signal()
    pinned = Signal(bool)
    edited = Signal(str)
    forget = Signal()
    place = Signal()
    reverted = Signal(int)
    """A line of a night's journal that is to be taken back."""
    reveal = Signal(bool)
    """The person wants to see a secret, or to correct it (true): `reveal_now` shows it."""

    def __init__(self) -> None:
        super().__init__(width=620, margin=4 * SPACE)
        self._detail: Detail | None = None
        self._now: datetime | None = None
        self._revealed = False
        self.editing = False
        """Whether the text is open for correction."""

    @property
    def memory(self) -> Memory | None:
        """The memory that is shown."""
        return self._detail.memory if self._detail else None

    def clear(self) -> None:
        """Show and hold nothing."""
        self._detail = None
        self.editing = False
        empty(self.column)

    def show_detail(
        self, detail: Detail, now: datetime, editing: bool = False, piece: tuple[int, int] | None = None
    ) -> None:
        """Show this memory, ready to be corrected when `editing`; `piece` of its text is marked and scrolled to."""
        if self._detail is None or self._detail.memory.id != detail.memory.id:
            self._revealed = False
        self._detail, self._now, self.editing = detail, now, editing
        pressed = self._focused()
        empty(self.column)
        memory = detail.memory
        if editing and self._hidden:
            self.editing = editing = False
            self.reveal.emit(True)
        self.column.addWidget(self._head(memory, now))
        self.column.addWidget(self._edit_box(memory) if editing else self._text(memory, piece))
        if not editing:
            self.column.addLayout(self._actions(memory))
        self.column.addSpacing(SPACE)
        self.column.addWidget(self._holding(detail, now))
        self._relations(detail, now)
        self.column.addStretch(1)
        self.verticalScrollBar().setValue(0)
        if piece is not None:
            QTimer.singleShot(0, self, self._to_piece)
        if pressed is not None and not editing:
            self._focus(pressed)

    def _focused(self) -> str | None:
        """The words of the button in here that has the focus, empty for something else in here."""
        focused = self.window().focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            return None
        return focused.text() if isinstance(focused, Button) else ""

    def _focus(self, pressed: str) -> None:
        """Leave the keyboard where it was, and never on whatever comes next in the window."""
        buttons = self.findChildren(Button)
        for button in [one for one in buttons if one.text() == pressed] or buttons[:1]:
            button.show()  # what is not shown yet does not keep the focus
            button.setFocus()

    def edit(self) -> None:
        """Open the text for correction."""
        if self._detail and self._now:
            self.show_detail(self._detail, self._now, editing=True)

    def _head(self, memory: Memory, now: datetime) -> QWidget:
        made = QWidget()
        kind = row(
            IconLabel(icon_of(memory.facet, memory.kind), 18, "accent"),
            label(words.facet_name(memory.facet), "label"),
            label(words.state_name(memory.state), "chip"),
            None,
        )
        when = f"{words.day(memory.at.date(), now.date())}, {words.clock(memory.at)}"
        parts = [words.who(memory), when, words.where(memory)]
        if not memory.at_given:
            parts[1] += translate("Memories", " (time not given)")
        made.setLayout(column(kind, label(" · ".join(part for part in parts if part), "muted", wrap=True), gap=6))
        return made

    def _to_piece(self) -> None:
        """Scroll to the marked piece, when it is not in sight already."""
        for passage in self.findChildren(Passage):
            top = passage.top_of_piece() + passage.mapTo(self._inside, QPoint(0, 0)).y()
            if passage.piece and top > self.viewport().height() * 2 // 3:
                self.verticalScrollBar().setValue(top - 6 * SPACE)

    def _text(self, memory: Memory, piece: tuple[int, int] | None) -> QWidget:
        if self._hidden:
            show = Button(translate("Memories", "Show the secret"), lambda: self.reveal.emit(False), icon="eye")
            holder = QWidget()
            holder.setLayout(row(show, None))
            return holder
        return Passage(memory.text or memory.caption, piece if memory.text else None)

    @property
    def _hidden(self) -> bool:
        return self._detail is not None and self._detail.memory.kind is Kind.SECRET and not self._revealed

    def reveal_now(self, id: MemoryId, editing: bool) -> None:
        """Show this secret, if it is still the memory that is shown."""
        if self._detail and self._now and self._detail.memory.id == id:
            self._revealed = True
            self.show_detail(self._detail, self._now, editing)

    def _edit_box(self, memory: Memory) -> QWidget:
        box = QPlainTextEdit(memory.text)
        box.setAccessibleName(translate("Memories", "Text"))
        box.setTabChangesFocus(True)
        box.setFixedHeight(120)
        save = Button(translate("Memories", "Save"), lambda: self.edited.emit(box.toPlainText()), look="primary")
        back = Button(translate("Memories", "Cancel"), self._back)
        said = label(translate("Memories", "The text before stays in its history."), "small")
        holder = QWidget()
        holder.setLayout(column(box, row(said, None, back, save)))
        box.setFocus()
        return holder

    def _back(self) -> None:
        if self._detail and self._now:
            self.show_detail(self._detail, self._now)

    def _actions(self, memory: Memory) -> Flow:
        keep = Button(translate("Memories", "Keep"), self.kept.emit, icon="keep")
        keep.setToolTip(translate("Memories", "Mark it as right: it is held longer"))
        pin_name = translate("Memories", "Unpin") if memory.pinned else translate("Memories", "Pin")
        pin = Button(pin_name, lambda: self.pinned.emit(not memory.pinned), icon="pin")
        edit = Button(translate("Memories", "Edit"), self.edit, icon="edit")
        parts: list[QWidget] = [keep, pin, edit]
        if memory.picture:
            parts.append(Button(translate("Memories", "Picture"), self.place.emit, icon="frame"))
        parts.append(Button(translate("Memories", "Forget …"), self.forget.emit, icon="forget", look="danger"))
        made = Flow(SPACE)
        for part in parts:
            made.addWidget(part)
        return made

    def _holding(self, detail: Detail, now: datetime) -> QWidget:
        strength = label(words.strength_words(detail.strength), "strong")
        head = row(strength, StrengthBar(detail.strength, 96), label(f"{detail.strength:.0%}", "small"), None)
        parts: list[QWidget] = [label(fading_words(detail, now), "", wrap=True)]
        if detail.fades_on is not None:
            parts.append(Curve(detail.life))
        parts.append(label(holding_words(detail.memory, now), "small", wrap=True))
        return card(head, *parts, gap=10)

    def _relations(self, detail: Detail, now: datetime) -> None:
        if detail.memory.reason:
            self._title(translate("Memories", "Why it was made"))
            said = without_span(detail.memory.reason)
            holds = holds_words(detail.memory, now)
            self.column.addWidget(label(f"{said} {holds}".strip(), "", wrap=True))
        if detail.members:
            self._title(translate("Memories", "What belongs to it"))
            for member in detail.members[:_MEMBERS]:
                self.column.addWidget(memory_card(member, now, self._open))
        elif detail.sources:
            self._title(translate("Memories", "Where it comes from"))
            for source in detail.sources:
                self.column.addWidget(memory_card(source, now, self._open))
        if detail.links:
            self._title(translate("Memories", "Linked to"))
            for link, other in detail.links:
                self.column.addWidget(memory_card(other, now, self._open, why=link.reason, lines=2))
        if detail.history and not self._hidden:
            self._title(translate("Memories", "What it said before"))
            for version, text, replaced in reversed(detail.history):
                said = translate("Memories", "Version {n}, until {when}")
                named = said.format(n=version, when=words.moment(replaced, now))
                self.column.addWidget(card(label(named, "label"), label(text, "muted", wrap=True), gap=4))

        if detail.nights and not self._hidden:
            self._title(translate("Memories", "What the nights did with it"))
            made = card(gap=0)
            for night, entry in reversed(detail.nights):
                made.inside.addWidget(self._night(night, entry, now))
            self.column.addWidget(made)

    def _night(self, night: SleepRun, entry: Entry, now: datetime) -> QWidget:
        when = label(words.short_day(date.fromisoformat(night.night), now.date()), "small")
        when.setFixedWidth(_WHEN)
        said = label(without_span(entry.reason), "small", wrap=True)
        line = row(when, said, gap=SPACE)
        line.setStretch(1, 1)
        if entry.reverted or night.state == "reverted":
            line.addWidget(label(translate("Memories", "Taken back"), "chip"))
        elif not entry.forgotten:
            name = translate("Memories", "Take this back")
            line.addWidget(IconButton("undo", name, lambda: self.reverted.emit(int(entry.id))))
        line.setContentsMargins(0, 4, 0, 4)
        made = QWidget()
        made.setLayout(line)
        return made

    def _title(self, text: str) -> None:
        self.column.addSpacing(SPACE)
        self.column.addWidget(label(text, "label"))

    def _open(self, memory: MemoryId) -> None:
        self.opened.emit(memory)
