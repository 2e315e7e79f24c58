"""The first start's page about a model: the one for this machine, or none."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui import words
from ui.bridge import Bridge
from ui.desk import Desk, ModelShelf
from ui.long_work import LongWork, Progress, Stopped
from ui.look import SPACE
from ui.parts.boxes import card, column, empty, row
from ui.parts.buttons import Button
from ui.parts.fit import fit_line, while_busy
from ui.parts.text import label
from ui.words import translate


class ModelChoice(QWidget):
    """Recommends exactly one; `decided` when the person went on, with it or without."""

    decided = Signal()

    def __init__(self, bridge: Bridge, work: LongWork) -> None:
        super().__init__()
        self._bridge, self._work = bridge, work
        self._shelf: ModelShelf | None = None
        self._shown = column(gap=6)
        self.skip = Button(translate("Welcome", "Go on without"), self.decided.emit)
        self.fetch = Button(translate("Welcome", "Fetch it"), self._fetch, look="primary", icon="import")
        self.fetch.hide()
        self.setLayout(column(card(self._shown), row(None, self.skip, self.fetch), gap=2 * SPACE))

    def load(self) -> None:
        """Measure this machine, about three seconds, and show the model for it."""
        empty(self._shown)
        self._shown.addWidget(label(translate("Welcome", "Looking at how fast this machine is …"), "muted"))
        self._bridge.off_thread(lambda desk: desk.models(True), self, self._show, lambda _: self._none(""))

    def _show(self, shelf: ModelShelf) -> None:
        self._shelf, best = shelf, shelf.best
        if best is None:
            self._none(shelf.why_none)
            return
        empty(self._shown)
        facts = " · ".join((words.size(best.bytes), best.licence))
        self._shown.addWidget(label(translate("Welcome", "For this machine"), "label"))
        self._shown.addWidget(label(best.name, "heading"))
        self._shown.addWidget(label(facts, "small"))
        self._shown.addWidget(fit_line(best, shelf.best_memory_mb))
        self._shown.addWidget(label(best.note, "muted", wrap=True))
        if shelf.busy:
            self._shown.addWidget(label(while_busy(), "small", wrap=True))
        self.fetch.setText(translate("Welcome", "Fetch it ({size})").format(size=words.size(best.bytes)))
        self.fetch.setAccessibleDescription(best.name)
        self.fetch.show()  # the focus stays: a key pressed in this moment must not begin a download

    def _none(self, why: str) -> None:
        empty(self._shown)
        said = why or translate("Welcome", "No model could be chosen for this machine. You can choose one in Settings.")
        self._shown.addWidget(label(said, "muted", wrap=True))
        self.skip.setText(translate("Welcome", "Continue"))
        self.skip.setFocus()

    def _fetch(self) -> None:
        """Fetch and use it while the person goes on."""
        if self._shelf is None or self._shelf.best is None:
            return
        bridge, name, memory_mb = self._bridge, self._shelf.best.name, self._shelf.best_memory_mb

        def fetched(desk: Desk, told: Progress, stopped: Stopped) -> str:
            file = desk.download_model(name, None, told, stopped)
            desk.use_model(file)
            return file

        def done(_: str) -> None:
            bridge.run(lambda assistant: assistant.set_setting("model.memory_mb", memory_mb), bridge, lambda _: None)
            bridge.tell(translate("Welcome", "{model} is here and writes answers now.").format(model=name))

        self._work.begin_at_desk(translate("Welcome", "Fetching {model}").format(model=name), fetched, done)
        self.decided.emit()
