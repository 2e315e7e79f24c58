"""The card of other assistants: who asks to read, who may read what, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QWidget

from core.events import AssistantsChanged, Event
from core.memory import Kind, Sensitivity
from ui.bridge import Bridge
from ui.forgetting import ask_to_forget
from ui.look import SPACE
from ui.other_assistants import AssistantLine, ReadingScope
from ui.parts.boxes import Card, card, column, empty, row
from ui.parts.buttons import Button, IconLabel
from ui.parts.flow import Flow
from ui.parts.text import label
from ui.words import counted, kind_name, moment, translate

_KINDS = tuple(kind for kind in Kind if kind is not Kind.SECRET)
_SOON_MS = 200
"""An assistant that asks a hundred times a second is looked up five times."""
_PRIVATE = (Sensitivity.WORK, Sensitivity.MONEY, Sensitivity.HEALTH, Sensitivity.LOVE)


def sensitivity_name(label_: Sensitivity) -> str:
    """What a memory may be about, as the person reads it."""
    return {
        Sensitivity.NONE: translate("Assistants", "Nothing private"),
        Sensitivity.WORK: translate("Assistants", "Work"),
        Sensitivity.MONEY: translate("Assistants", "Money"),
        Sensitivity.HEALTH: translate("Assistants", "Health"),
        Sensitivity.LOVE: translate("Assistants", "Love"),
    }[label_]


def standing_words(line: AssistantLine) -> str:
    """What it may do, in a word or two."""
    return {
        "asks": translate("Assistants", "asks to read"),
        "allowed": translate("Assistants", "may read"),
        "denied": translate("Assistants", "may not read"),
    }[line.standing]


def count_words(line: AssistantLine) -> str:
    """How often it asked and what it was given."""
    asked = counted(line.asked, translate("Assistants", "Asked once"), translate("Assistants", "Asked {n} times"))
    given = counted(
        line.given, translate("Assistants", "{n} memory given"), translate("Assistants", "{n} memories given")
    )
    said = translate("Assistants", "{asked}. Refused: {refused}. {given}, {held_back} held back.")
    return said.format(asked=asked, refused=line.refused, given=given, held_back=line.held_back)


def decided(line: AssistantLine) -> tuple[object, ...]:
    """All of a line but its counts."""
    return line.name, line.standing, line.scope, line.keyed


class Assistants(QWidget):
    """Who else may read. `asking_only`: those that wait for the person's word, and nothing where there are none."""

    def __init__(self, bridge: Bridge, *, asking_only: bool = False) -> None:
        super().__init__()
        self._bridge, self._asking_only = bridge, asking_only
        self._cards: list[AssistantCard] = []
        self._lines = column(gap=SPACE)
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self.load)
        said = translate(
            "Assistants",
            "Programs on this machine that ask over MCP. A name is what a program says of itself, and whatever runs "
            "as you could run Mneme too: this holds back assistants that keep to the protocol. `mneme mcp allow NAME "
            "--key` binds a name to a key. Secrets are given to none of them. What a memory is about is told by its "
            "words and its meaning, which fails for some; in a language that the model for meaning does not know, a "
            "memory is given only where all four are ticked.",
        )
        if asking_only:
            self.setLayout(self._lines)
        else:
            title = label(translate("Assistants", "Who may read"), "heading")
            self.setLayout(column(card(title, label(said, "muted", wrap=True), self._lines, gap=10)))

    def load(self) -> None:
        """Look them up."""
        self._bridge.off_thread(lambda desk: desk.others().listed(), self, self.show_all)

    def heard(self, event: Event) -> None:
        """One asks, or was decided about."""
        if isinstance(event, AssistantsChanged):
            self._soon.start()

    def clear(self) -> None:
        """Show nothing."""
        self._soon.stop()
        self._bridge.release(self)
        self._cards.clear()
        empty(self._lines)

    def show_all(self, lines: Sequence[AssistantLine]) -> None:
        """Draw one below the other; where only the counts are new, what is ticked and in focus stays."""
        shown = [line for line in lines if line.standing == "asks" or not self._asking_only]
        if self._cards and [one.decided for one in self._cards] == [decided(line) for line in shown]:
            for shown_card, line in zip(self._cards, shown, strict=True):
                shown_card.count(line)
            return
        ticked = {one.line.name: one.scope for one in self._cards if one.line.standing == "asks"}
        self._cards = [AssistantCard(self._bridge, line, ticked.get(line.name)) for line in shown]
        empty(self._lines)
        if shown and self._asking_only:
            self._lines.addWidget(label(translate("Assistants", "Waits for my word"), "label"))
        for one in self._cards:
            self._lines.addWidget(one)
        if not shown and not self._asking_only:
            nobody = translate("Assistants", "Nobody has asked. Each assistant starts `mneme mcp` by itself.")
            self._lines.addWidget(label(nobody, "muted", wrap=True))


class AssistantCard(Card):
    """One assistant: its name, what it did, what it may do, and the person's word on it."""

    def __init__(self, bridge: Bridge, line: AssistantLine, ticked: ReadingScope | None) -> None:
        super().__init__(look="soft", gap=8, margin=12)
        self._bridge, self.line, self.decided = bridge, line, decided(line)
        self.scope = ticked if ticked is not None and line.standing == "asks" else line.scope
        """As it is ticked."""
        icon = {"asks": ("problem", "warn"), "allowed": ("check", "accent"), "denied": ("off", "muted")}[line.standing]
        name = label(line.name, "strong", wrap=True)
        name.setAccessibleName(f"{line.name}: {standing_words(line)}")
        head = row(IconLabel(icon[0], 18, icon[1]), name, label(standing_words(line), "chip"), gap=10)
        if line.keyed:
            head.addWidget(label(translate("Assistants", "shows its key"), "chip"))
        head.setStretch(1, 1)
        self.inside.addLayout(head)
        self._counts = label("", "small", wrap=True)
        self.inside.addWidget(self._counts)
        self.count(line)
        if line.standing != "denied":
            self._add_boxes()
        self.inside.addLayout(self._actions())

    def count(self, line: AssistantLine) -> None:
        """Tell how often it asked by now."""
        last = translate("Assistants", "Last: {when}.").format(when=moment(line.last_asked, self._bridge.now()))
        self._counts.setText(f"{count_words(line)} {last}")

    def _add_boxes(self) -> None:
        """What it may do; changed at once where it may read already."""
        kinds, private, more = Flow(14), Flow(14), Flow(14)
        for kind in _KINDS:
            kinds.addWidget(_box(kind_name(kind), kind in self.scope.kinds, partial(self._tick_kind, kind)))
        for about in _PRIVATE:
            ticked = about in self.scope.sensitivities
            private.addWidget(_box(sensitivity_name(about), ticked, partial(self._tick_about, about)))
        notes = translate("Assistants", "Add notes, under its own name")
        more.addWidget(_box(notes, self.scope.may_write, self._tick_write))
        for title, boxes in (
            (translate("Assistants", "It may be given"), kinds),
            (translate("Assistants", "Also what is about"), private),
            (translate("Assistants", "And it may"), more),
        ):
            self.inside.addWidget(label(title, "label"))
            self.inside.addLayout(boxes)

    def _tick_kind(self, kind: Kind, on: bool) -> None:
        self._choose(replace(self.scope, kinds=self.scope.kinds | {kind} if on else self.scope.kinds - {kind}))

    def _tick_about(self, about: Sensitivity, on: bool) -> None:
        known = self.scope.sensitivities
        self._choose(replace(self.scope, sensitivities=known | {about} if on else known - {about}))

    def _tick_write(self, on: bool) -> None:
        self._choose(replace(self.scope, may_write=on))

    def _choose(self, scope: ReadingScope) -> None:
        self.scope = scope
        if self.line.standing == "allowed":
            self._allow()

    def _actions(self) -> Flow:
        buttons = Flow(6)
        if self.line.standing != "allowed":
            name = translate("Assistants", "Allow {name}").format(name=self.line.name)
            buttons.addWidget(_named(Button(translate("Assistants", "Allow"), self._allow, icon="check"), name))
        if self.line.standing != "denied":
            name = translate("Assistants", "Deny {name}").format(name=self.line.name)
            buttons.addWidget(_named(Button(translate("Assistants", "Deny"), self._deny, icon="off"), name))
        if self.line.standing != "asks":
            name = translate("Assistants", "Forget {name}: it asks anew").format(name=self.line.name)
            forget = Button(translate("Assistants", "Forget this decision"), self._forget, look="quiet")
            buttons.addWidget(_named(forget, name))
            name = translate("Assistants", "Take back what {name} wrote").format(name=self.line.name)
            notes = Button(translate("Assistants", "Take back what it wrote …"), self._take_back, look="quiet")
            buttons.addWidget(_named(notes, name))
        return buttons

    def _allow(self) -> None:
        name, scope = self.line.name, self.scope
        self._bridge.off_thread(lambda desk: desk.others().allow(name, scope), self, _heard_of)

    def _deny(self) -> None:
        name = self.line.name
        self._bridge.off_thread(lambda desk: desk.others().deny(name), self, _heard_of)

    def _forget(self) -> None:
        name = self.line.name
        self._bridge.off_thread(lambda desk: desk.others().forget(name), self, _heard_of)

    def _take_back(self) -> None:
        ask_to_forget(self._bridge, self, self.line.notes, self.window())


def _heard_of(_: None) -> None:
    """The event of the change draws it anew."""


def _box(name: str, on: bool, ticked: Callable[[bool], None]) -> QCheckBox:
    made = QCheckBox(name)
    made.setChecked(on)
    made.toggled.connect(ticked)
    return made


def _named(button: Button, name: str) -> Button:
    button.setAccessibleName(name)
    return button
