"""The model for meaning: which one finds, the languages it knows, another one from a file, and back again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QFileDialog, QWidget

from core.events import READING_FOR_MEANING, Event, Noticed, Progressed, SettingChanged
from ui.bridge import Bridge
from ui.desk import Desk, MeaningModel
from ui.parts.boxes import card, column, empty, row
from ui.parts.buttons import Button, IconLabel
from ui.parts.text import label
from ui.parts.working import Working
from ui.words import translate


def language_names(codes: tuple[str, ...]) -> str:
    """ISO 639-1 codes as the languages' names."""
    names = [QLocale.languageToString(QLocale(code).language()) for code in codes]
    return ", ".join(sorted(names))


class Meaning(QWidget):
    """The card of the embedder. Another one reads all memories first; until then the present one answers."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._present = column(gap=0)
        self._actions = row(gap=6)
        self._work = column(gap=0)
        self._reading: Working | None = None
        self._in_use = ""
        said = translate(
            "Meaning",
            "Memories are found by their words in every language, and by what they mean in the languages that this "
            "model knows. Another embedding model (a GGUF file) may know yours; it reads all memories once, on this "
            "machine.",
        )
        self.setLayout(
            column(
                card(
                    label(translate("Meaning", "Finding by meaning"), "heading"),
                    label(said, "muted", wrap=True),
                    self._present,
                    self._actions,
                    self._work,
                    gap=10,
                )
            )
        )

    def load(self) -> None:
        """Show which one is used."""
        self._bridge.off_thread(lambda desk: desk.meaning(), self, self._show)

    def heard(self, event: Event) -> None:
        """Reading moved on, or ended."""
        if isinstance(event, Progressed) and event.what == READING_FOR_MEANING:
            self._moved(event.done, event.total)
        elif isinstance(event, Noticed) or (isinstance(event, SettingChanged) and event.key == "model.embedder"):
            self.load()

    def clear(self) -> None:
        """Show nothing."""
        self._bridge.release(self)
        self._reading = None
        for part in (self._present, self._actions, self._work):
            empty(part)

    def _show(self, model: MeaningModel) -> None:
        self._in_use = model.file
        for part in (self._present, self._actions):
            empty(part)
        self._present.addWidget(self._line(model))
        self._actions.addWidget(Button(translate("Meaning", "Choose a GGUF file …"), self._choose, icon="add"))
        if model.file and not model.coming:
            back = Button(translate("Meaning", "Back to the bundled one"), lambda: self._use(""), look="quiet")
            self._actions.addWidget(back)
        self._actions.addStretch(1)
        if model.coming and self._reading is None:
            self._moved(0, 0)
        elif not model.coming:
            self._reading = None
            empty(self._work)

    @staticmethod
    def _line(model: MeaningModel) -> QWidget:
        made = QWidget()
        name = model.file or translate("Meaning", "The bundled one")
        if not model.here:
            name = translate("Meaning", "None is at hand: memories are found by their words only.")
        line = row(column(IconLabel("check" if model.here else "off", 18, "accent"), None, gap=0), gap=10)
        said = column(label(name, "strong", wrap=True), gap=2)
        if model.knows:
            knows = translate("Meaning", "Knows {languages}.").format(languages=language_names(model.knows))
            said.addWidget(label(knows, "", wrap=True))
        if model.fails:
            fails = translate("Meaning", "Does not know {languages}: there the words decide.")
            said.addWidget(label(fails.format(languages=language_names(model.fails)), "small", wrap=True))
        elif model.here and not model.knows:
            said.addWidget(label(translate("Meaning", "Which languages it knows was not tried."), "small", wrap=True))
        line.addLayout(said)
        line.setStretch(1, 1)
        line.setContentsMargins(0, 4, 0, 4)
        made.setLayout(line)
        return made

    def _moved(self, done: int, total: int) -> None:
        if self._reading is None:
            what = translate("Meaning", "Reading all memories with the new model. Until then the old one finds.")
            self._reading = Working(what, self._cancel)
            self._work.addWidget(self._reading)
        self._reading.moved(done, total)

    def _cancel(self) -> None:
        if self._reading is not None:
            self._reading.stop.setEnabled(False)
        self._use(self._in_use)

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self.window(),
            translate("Meaning", "Choose a model for meaning"),
            "",
            translate("Models", "Models (*.gguf)"),
        )
        if name:
            self._use(name)

    def _use(self, name: str) -> None:
        choose: Callable[[Desk], None] = lambda desk: desk.embed_with(name)  # noqa: E731
        self._bridge.off_thread(choose, self, lambda _: self.load())
