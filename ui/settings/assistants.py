"""The card of other assistants: who asks to read, who may read what, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

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
    said = translate("Assistants", "{asked}; {given}, {held_back} held back, refused {refused} times.")
    return said.format(asked=asked, given=given, held_back=line.held_back, refused=line.refused)


class Assistants(QWidget):
    """Who else may read. `asking_only`: those that wait for the person's word, and nothing where there are none."""

    def __init__(self, bridge: Bridge, *, asking_only: bool = False) -> None:
        super().__init__()
        self._bridge, self._asking_only = bridge, asking_only
        self._lines = column(gap=SPACE)
        said = translate(
            "Assistants",
            "Programs on this machine that ask over MCP. A name is what a program says of itself, and whatever runs "
            "as you could run Mneme too: this holds back assistants that keep to the protocol. `mneme mcp allow NAME "
            "--key` binds a name to a key. Secrets are given to none of them. What a memory is about is told by its "
            "words, which can fail: allow nothing that must not be seen.",
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
            self.load()

    def clear(self) -> None:
        """Show nothing."""
        self._bridge.release(self)
        empty(self._lines)

    def show_all(self, lines: Sequence[AssistantLine]) -> None:
        """Draw one below the other."""
        empty(self._lines)
        shown = [line for line in lines if line.standing == "asks" or not self._asking_only]
        for line in shown:
            self._lines.addWidget(AssistantCard(self._bridge, line))
        if not shown and not self._asking_only:
            nobody = translate("Assistants", "Nobody has asked. Each assistant starts `mneme mcp` by itself.")
            self._lines.addWidget(label(nobody, "muted", wrap=True))


class AssistantCard(Card):
    """One assistant: its name, what it did, what it may do, and the person's word on it."""

    def __init__(self, bridge: Bridge, line: AssistantLine) -> None:
        super().__init__(look="soft", gap=8, margin=12)
        self._bridge, self._line = bridge, line
        self.scope = line.scope
        """As it is ticked."""
        icon = {"asks": ("problem", "warn"), "allowed": ("check", "accent"), "denied": ("off", "muted")}[line.standing]
        name = label(line.name, "strong", wrap=True)
        name.setAccessibleName(f"{line.name}: {standing_words(line)}")
        head = row(IconLabel(icon[0], 18, icon[1]), name, label(standing_words(line), "chip"), gap=10)
        if line.keyed:
            head.addWidget(label(translate("Assistants", "shows its key"), "chip"))
        head.setStretch(1, 1)
        self.inside.addLayout(head)
        last = translate("Assistants", "Last: {when}.").format(when=moment(line.last_asked, bridge.now()))
        self.inside.addWidget(label(f"{count_words(line)} {last}", "small", wrap=True))
        if line.standing != "denied":
            self.inside.addLayout(self._boxes())
        self.inside.addLayout(self._actions())

    def _boxes(self) -> Flow:
        """What it may do; changed at once where it may read already."""
        boxes = Flow(14)
        for kind in _KINDS:
            boxes.addWidget(_box(kind_name(kind), kind in self.scope.kinds, partial(self._tick_kind, kind)))
        for about in _PRIVATE:
            name = translate("Assistants", "About {what}").format(what=sensitivity_name(about).lower())
            boxes.addWidget(_box(name, about in self.scope.sensitivities, partial(self._tick_about, about)))
        boxes.addWidget(_box(translate("Assistants", "May add notes"), self.scope.may_write, self._tick_write))
        return boxes

    def _tick_kind(self, kind: Kind, on: bool) -> None:
        self._choose(replace(self.scope, kinds=self.scope.kinds | {kind} if on else self.scope.kinds - {kind}))

    def _tick_about(self, about: Sensitivity, on: bool) -> None:
        known = self.scope.sensitivities
        self._choose(replace(self.scope, sensitivities=known | {about} if on else known - {about}))

    def _tick_write(self, on: bool) -> None:
        self._choose(replace(self.scope, may_write=on))

    def _choose(self, scope: ReadingScope) -> None:
        self.scope = scope
        if self._line.standing == "allowed":
            self._allow()

    def _actions(self) -> Flow:
        buttons = Flow(6)
        if self._line.standing != "allowed":
            name = translate("Assistants", "Allow {name}").format(name=self._line.name)
            buttons.addWidget(_named(Button(translate("Assistants", "Allow"), self._allow, icon="check"), name))
        if self._line.standing != "denied":
            name = translate("Assistants", "Deny {name}").format(name=self._line.name)
            buttons.addWidget(_named(Button(translate("Assistants", "Deny"), self._deny, icon="off"), name))
        if self._line.standing != "asks":
            name = translate("Assistants", "Forget {name}: it asks anew").format(name=self._line.name)
            forget = Button(translate("Assistants", "Forget this decision"), self._forget, look="quiet")
            buttons.addWidget(_named(forget, name))
            name = translate("Assistants", "Take back what {name} wrote").format(name=self._line.name)
            notes = Button(translate("Assistants", "Take back what it wrote …"), self._take_back, look="quiet")
            buttons.addWidget(_named(notes, name))
        return buttons

    def _allow(self) -> None:
        name, scope = self._line.name, self.scope
        self._bridge.off_thread(lambda desk: desk.others().allow(name, scope), self, _heard_of)

    def _deny(self) -> None:
        name = self._line.name
        self._bridge.off_thread(lambda desk: desk.others().deny(name), self, _heard_of)

    def _forget(self) -> None:
        name = self._line.name
        self._bridge.off_thread(lambda desk: desk.others().forget(name), self, _heard_of)

    def _take_back(self) -> None:
        ask_to_forget(self._bridge, self, self._line.notes, self.window())


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
