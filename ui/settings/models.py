"""Models: those that are here, adding a file, fetching one on offer after saying what that means."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event as Flag

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from core.errors import Cancelled, Problem
from ui import words
from ui.bridge import Bridge
from ui.desk import ModelLine
from ui.look import SPACE
from ui.parts.boxes import card, column, empty, row, rule
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.text import label
from ui.parts.working import Working
from ui.words import translate


class Models(QWidget):
    """The card of models; `changed` when another one is used."""

    changed = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._here = column(gap=0)
        self._offers = column(gap=0)
        self._work = column(gap=SPACE)
        self._stop = Flag()
        add = Button(translate("Models", "Add a GGUF file …"), self._choose, icon="add")
        said = translate(
            "Models",
            "Mneme answers without one, in your memories' own words. A model writes whole answers, on this machine.",
        )
        fetch = translate(
            "Models",
            "Fetching is the only time Mneme goes to the network: it asks the address below for this one file "
            "and checks its hash.",
        )
        here = card(
            label(translate("Models", "Models here"), "heading"),
            label(said, "muted", wrap=True),
            self._here,
            row(add, None),
            self._work,
            gap=10,
        )
        offers = card(
            label(translate("Models", "On offer"), "heading"), label(fetch, "muted", wrap=True), self._offers, gap=10
        )
        self.setLayout(column(here, offers, gap=2 * SPACE))

    def load(self) -> None:
        """Show what there is."""
        self._bridge.off_thread(lambda desk: desk.models(), self, self._show)

    def clear(self) -> None:
        """Stop and show nothing."""
        self._stop.set()
        self._bridge.release(self)
        for part in (self._here, self._offers, self._work):
            empty(part)

    def _show(self, models: list[ModelLine]) -> None:
        empty(self._here)
        empty(self._offers)
        mine = [model for model in models if not model.offered]
        if not mine:
            self._here.addWidget(label(translate("Models", "None yet."), "muted"))
        for model in mine:
            self._here.addWidget(self._mine(model))
        for at, model in enumerate(one for one in models if one.offered):
            if at:
                self._offers.addWidget(rule())
            self._offers.addWidget(self._offer(model))

    def _mine(self, model: ModelLine) -> QWidget:
        made = QWidget()
        used = {
            "answering": translate("Models", "writes answers"),
            "embedder": translate("Models", "finds by meaning"),
        }.get(model.used_for, "")
        line = row(IconLabel("check" if used else "storage", 18, "accent" if used else "muted"), gap=10)
        line.addLayout(column(label(model.name, "strong"), label(words.size(model.bytes), "small"), gap=1))
        line.addStretch(1)
        if used:
            line.addWidget(label(used, "chip"))
            if model.used_for == "answering":
                line.addWidget(Button(translate("Models", "Answer without"), partial(self._use, "none"), look="quiet"))
        else:
            line.addWidget(Button(translate("Models", "Use"), partial(self._use, model.name)))
        name = translate("Models", "Remove {model}").format(model=model.name)
        line.addWidget(IconButton("forget", name, partial(self._remove, model.name), 16))
        line.setContentsMargins(0, 6, 0, 6)
        made.setLayout(line)
        return made

    def _offer(self, model: ModelLine) -> QWidget:
        made = QWidget()
        facts = [words.size(model.bytes), model.licence]
        if model.memory_mb:
            facts.append(translate("Models", "needs {n} MB of memory").format(n=model.memory_mb))
        if not model.hashed:
            facts.append(translate("Models", "no published hash: you would trust its publisher"))
        said = column(label(model.name, "strong"), label(" · ".join(filter(None, facts)), "small", wrap=True), gap=2)
        if model.note:
            said.addWidget(label(model.note, "muted", wrap=True))
        fetch = Button(translate("Models", "Fetch"), partial(self._fetch, model), icon="import")
        line = row(said, column(fetch, None), gap=2 * SPACE)
        line.setStretch(0, 1)
        line.setContentsMargins(0, 8, 0, 8)
        made.setLayout(line)
        return made

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self.window(), translate("Models", "Add a model"), "", translate("Models", "Models (*.gguf)")
        )
        if name:
            self._bridge.off_thread(lambda desk: desk.add_model(Path(name)), self, lambda _: self.load())

    def _use(self, name: str) -> None:
        def done(_: object) -> None:
            self.load()
            self.changed.emit()

        self._bridge.off_thread(lambda desk: desk.use_model(name), self, done)

    def _remove(self, name: str) -> None:
        self._bridge.off_thread(lambda desk: desk.remove_model(name), self, lambda _: self.load())

    def _fetch(self, model: ModelLine) -> None:
        self._stop = stop = Flag()
        shown = Working(translate("Models", "Fetching {model}").format(model=model.name), stop.set)
        empty(self._work)
        self._work.addWidget(shown)
        megabyte = 1 << 20
        moved: Callable[[tuple[int, int]], None] = self._bridge.carrier(
            self, lambda at: shown.moved(at[0] // megabyte, at[1] // megabyte)
        )

        def done(name: str) -> None:
            empty(self._work)
            self._bridge.tell(translate("Models", "{model} is here.").format(model=name))
            self.load()

        def failed(problem: Problem) -> None:
            empty(self._work)
            if isinstance(problem, Cancelled):
                self._bridge.tell(problem.title, problem.remedy)
            else:
                self._bridge.say(problem)

        self._bridge.off_thread(
            lambda desk: desk.download_model(model.name, not model.hashed, lambda at, of: moved((at, of)), stop.is_set),
            self,
            done,
            failed,
        )
