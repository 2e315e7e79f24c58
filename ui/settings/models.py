"""Models: those that are here, adding a file, fetching one on offer after saying what that means."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit, QWidget

from core.errors import Problem
from ui import words
from ui.bridge import Bridge
from ui.desk import Desk, LeftFile, ModelLine, ModelShelf, PublishedModel
from ui.long_work import LongWork, Progress, Stopped
from ui.look import SPACE
from ui.parts.boxes import Card, card, column, empty, row, rule
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.fit import fit_line, while_busy
from ui.parts.text import label
from ui.preparing_desk import ModelCosts
from ui.settings.kept import kept_card, preparable_line
from ui.words import translate


class Models(QWidget):
    """The card of the models here; `offers` is the card of those that can be fetched. `changed`: another is used."""

    changed = Signal()

    def __init__(self, bridge: Bridge, work: LongWork) -> None:
        super().__init__()
        self._bridge, self._work = bridge, work
        self._shelf: ModelShelf | None = None
        self._here = column(gap=0)
        self._left = column(gap=0)
        self._costs = column(gap=SPACE)
        self._offered = column(gap=0)
        self._promised = column(gap=SPACE)
        self._busy = label(translate("Models", "Looking at how fast this machine is …"), "small")
        self._busy.hide()
        self._under_way: set[str] = set()
        self.add = Button(translate("Models", "Add a GGUF file …"), self._choose, icon="add")
        said = translate(
            "Models",
            "Mneme answers without one, in your memories' own words. A model writes whole answers, on this machine.",
        )
        here = card(
            label(translate("Models", "Models here"), "heading"),
            label(said, "muted", wrap=True),
            self._here,
            self._costs,
            self._left,
            row(self.add, None),
            gap=10,
        )
        self.setLayout(column(here))
        self.offers = self._offers_card()

    def load(self, measuring: bool = True) -> None:
        """Show what there is; the machine is measured in the background where that was not done yet."""
        self._bridge.off_thread(lambda desk: desk.models(), self, self._show)
        if measuring:
            self._busy.show()
            self._bridge.off_thread(lambda desk: desk.models(True), self, self._measured, lambda _: self._busy.hide())

    def clear(self) -> None:
        """Stop and show nothing."""
        self._bridge.release(self)
        self._shelf = None
        for part in (self._here, self._costs, self._left, self._offered, self._promised):
            empty(part)

    def _offers_card(self) -> Card:
        said = translate(
            "Models",
            "Fetching is the only time Mneme goes to the network: it asks the address of this one file and checks its "
            "hash. What each would do is measured on this machine, with the memory you give it above.",
        )
        self.address = QLineEdit()
        self.address.setPlaceholderText("https://…/model.gguf")
        self.address.setAccessibleName(translate("Models", "Address of a GGUF file"))
        self.address.returnPressed.connect(self._ask_address)
        ask = Button(translate("Models", "From this address …"), self._ask_address)
        asked = row(self.address, ask, gap=SPACE)
        asked.setStretch(0, 1)
        return card(
            label(translate("Models", "On offer"), "heading"),
            label(said, "muted", wrap=True),
            self._busy,
            self._offered,
            rule(),
            asked,
            self._promised,
            gap=10,
        )

    def _measured(self, shelf: ModelShelf) -> None:
        self._busy.hide()
        self._show(shelf)

    def _show(self, shelf: ModelShelf) -> None:
        if shelf == self._shelf:
            return
        self._shelf = shelf
        focused = self._let_go()
        for part in (self._here, self._left, self._offered):
            empty(part)
        mine = [model for model in shelf.models if not model.offered]
        if not mine:
            self._here.addWidget(label(translate("Models", "None yet."), "muted"))
        for at, model in enumerate(mine):
            if at:
                self._here.addWidget(rule())
            self._here.addWidget(self._mine(model, shelf.memory_mb))
        for left in shelf.left:
            self._left.addWidget(self._leftover(left))
        if shelf.busy:
            self._offered.addWidget(label(while_busy(), "small", wrap=True))
        for at, model in enumerate(_best_first(shelf)):
            if at:
                self._offered.addWidget(rule())
            self._offered.addWidget(self._offer(model, shelf))
        if shelf.why_none:
            self._offered.addWidget(label(shelf.why_none, "muted", wrap=True))
        self._take_up(focused)

    def _let_go(self) -> str:
        """Take the focus from a button that will be made anew: else the page follows it elsewhere. Its name."""
        focused = self.window().focusWidget()
        if not isinstance(focused, QAbstractButton) or focused is self.add:
            return ""
        if not (self.isAncestorOf(focused) or self.offers.isAncestorOf(focused)):
            return ""
        focused.clearFocus()
        return focused.accessibleName() or focused.text()

    def _take_up(self, name: str) -> None:
        """Give the focus back to the button of this name; one that cannot be pressed now leaves it to the first."""
        if not name:
            return
        found = [one for part in (self, self.offers) for one in part.findChildren(QAbstractButton)]
        named = [one for one in found if name in (one.accessibleName(), one.text()) and one.isEnabled()]
        button = named[0] if named else self.add
        button.show()  # what is not shown yet does not keep the focus
        button.setFocus()

    def _mine(self, model: ModelLine, given_mb: int) -> QWidget:
        made = QWidget()
        used = {
            "answering": translate("Models", "writes answers"),
            "draft": translate("Models", "drafts"),
            "embedder": translate("Models", "finds by meaning"),
        }.get(model.used_for, "")
        line = row(column(IconLabel("check" if used else "storage", 18, "accent" if used else "muted"), None), gap=10)
        facts = [model.title if model.title != model.name else "", words.size(model.bytes), model.licence]
        said = column(label(model.name, "strong"), label(" · ".join(filter(None, facts)), "small", wrap=True), gap=2)
        said.addWidget(fit_line(model, given_mb))
        for sentence in filter(None, (model.differs, model.spent)):
            said.addWidget(label(sentence, "small", wrap=True))
        if model.no_draft:
            said.addWidget(label(model.no_draft, "small", wrap=True))
        if model.preparable:
            said.addWidget(self._preparable(model))
        if model.drafts and not used:
            said.addWidget(self._able_to_draft(model))
        line.addLayout(said, 1)
        buttons = row(gap=6)
        if used:
            buttons.addWidget(label(used, "chip"))
            if model.used_for == "answering":
                without = translate("Models", "Answer without")
                buttons.addWidget(Button(without, partial(self._use, "none"), look="quiet"))
            if model.used_for == "draft":
                buttons.addWidget(Button(translate("Models", "No drafts"), self._no_drafts, look="quiet"))
        elif not model.problem:
            use = Button(translate("Models", "Use"), partial(self._use, model.name))
            use.setAccessibleName(translate("Models", "Use {model}").format(model=model.name))
            buttons.addWidget(use)
        name = translate("Models", "Remove {model}").format(model=model.name)
        buttons.addWidget(IconButton("forget", name, partial(self._remove, model.name), 16))
        line.addLayout(column(buttons, None))
        line.setContentsMargins(0, 8, 0, 8)
        made.setLayout(line)
        return made

    def _preparable(self, model: ModelLine) -> QWidget:
        begin = partial(self._measure if model.by_choice else self._prepare, model.name)
        return preparable_line(model, begin, enabled=model.name not in self._under_way)

    def _able_to_draft(self, model: ModelLine) -> QWidget:
        made = QWidget()
        said = translate(
            "Models",
            "It could draft for the model that writes answers: it proposes words, that one decides, so that the words "
            "are the same. Worth it where that one streams; it takes its part of the memory.",
        )
        draft = Button(translate("Models", "Let it draft"), partial(self._draft, model.name))
        draft.setAccessibleName(translate("Models", "Let {model} draft").format(model=model.name))
        line = row(label(said, "muted", wrap=True), column(draft, None), gap=SPACE)
        line.setStretch(0, 1)
        line.setContentsMargins(0, 4, 0, 0)
        made.setLayout(line)
        return made

    def _draft(self, name: str) -> None:
        self._bridge.off_thread(lambda desk: desk.draft_with(name), self, lambda _: self._chosen())

    def _no_drafts(self) -> None:
        self._draft("none")

    def _prepare(self, name: str, keep: float | None = None) -> None:
        empty(self._costs)
        what = translate("Models", "Preparing {model}").format(model=name)
        self._long(name, what, lambda desk, told, stopped: desk.prepare_model(name, told, stopped, keep))

    def _measure(self, name: str) -> None:
        """Measure what leaving neurons out would cost; nothing is prepared before a share is chosen."""
        what = translate("Models", "Measuring {model}").format(model=name)
        self._work.begin_at_desk(what, lambda desk, told, stopped: desk.model_costs(name, told, stopped), self._weigh)

    def _weigh(self, costs: ModelCosts) -> None:
        empty(self._costs)
        self._costs.addWidget(kept_card(costs, partial(self._prepare, costs.name), lambda: empty(self._costs)))

    def _leftover(self, left: LeftFile) -> QWidget:
        made = QWidget()
        said = translate(
            "Models", "Left of an interrupted download: {name}, {size}. Fetching it again goes on from there."
        )
        text = label(said.format(name=left.name, size=words.size(left.bytes)), "muted", wrap=True)
        name = translate("Models", "Throw away {name}").format(name=left.name)
        away = Button(translate("Models", "Throw away"), partial(self._throw_away, left.name), look="quiet")
        away.setAccessibleName(name)
        line = row(text, away, gap=SPACE)
        line.setStretch(0, 1)
        made.setLayout(line)
        return made

    def _offer(self, model: ModelLine, shelf: ModelShelf) -> QWidget:
        made = QWidget()
        facts = [words.size(model.bytes), model.licence]
        if not model.hashed:
            facts.append(translate("Models", "no published hash: you would trust its publisher"))
        best = shelf.best is not None and shelf.best.name == model.name
        head = row(label(model.name, "strong"), gap=SPACE)
        if best:
            head.addWidget(label(translate("Models", "for this machine"), "chip"))
        head.addStretch(1)
        said = column(head, label(" · ".join(filter(None, facts)), "small", wrap=True), gap=2)
        said.addWidget(fit_line(model, shelf.memory_mb))
        if model.note:
            said.addWidget(label(model.note, "muted", wrap=True))
        if best and shelf.best_memory_mb > shelf.memory_mb:
            more = translate("Models", "This machine can give it {size}: set that above.")
            said.addWidget(label(more.format(size=words.size(shelf.best_memory_mb * 2**20)), "muted", wrap=True))
        ask = partial(self._fetch, model.name) if model.hashed else partial(self._ask_host, model.name)
        fetch = Button(translate("Models", "Fetch"), ask, icon="import", look="primary" if best else "")
        fetch.setAccessibleName(translate("Models", "Fetch {model}").format(model=model.name))
        fetch.setEnabled(model.name not in self._under_way)
        line = row(said, column(fetch, None), gap=2 * SPACE)
        line.setStretch(0, 1)
        line.setContentsMargins(0, 10, 0, 10)
        made.setLayout(line)
        return made

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self.window(), translate("Models", "Add a model"), "", translate("Models", "Models (*.gguf)")
        )
        if name:
            self.add_file(Path(name))

    def add_file(self, file: Path) -> None:
        """Copy a file into the profile, with a card that shows how far it is and can stop it."""
        what = translate("Models", "Adding {model}").format(model=file.name)
        self._work.begin_at_desk(
            what, lambda desk, told, stopped: desk.add_model(file, told, stopped), self._came, ended=self._reload
        )

    def _use(self, name: str) -> None:
        self._bridge.off_thread(lambda desk: desk.use_model(name), self, lambda _: self._chosen())

    def _chosen(self) -> None:
        self._reload()
        self.changed.emit()

    def _remove(self, name: str) -> None:
        self._bridge.off_thread(lambda desk: desk.remove_model(name), self, lambda _: self._reload())

    def _throw_away(self, name: str) -> None:
        self._bridge.off_thread(lambda desk: desk.throw_away_model(name), self, lambda _: self._reload())

    def _ask_address(self) -> None:
        if address := self.address.text().strip():
            self._ask_host(address)

    def _ask_host(self, name: str) -> None:
        """Nobody vouched for this file here: show what its host says of it, and ask."""
        empty(self._promised)
        self._promised.addWidget(label(translate("Models", "Asking its host …"), "small"))

        def failed(problem: Problem) -> None:
            empty(self._promised)
            self._bridge.say(problem)

        self._bridge.off_thread(lambda desk: desk.published_model(name), self, self._show_promise, failed)

    def _show_promise(self, said: PublishedModel) -> None:
        empty(self._promised)

        def fetch() -> None:
            empty(self._promised)
            self._fetch(said.name, said)

        trust = Button(translate("Models", "I trust it: fetch"), fetch)
        no = Button(translate("Models", "No"), lambda: empty(self._promised), look="quiet")
        size = words.size(said.bytes) if said.bytes else translate("Models", "of unknown size")
        unpinned = translate("Models", "not pinned: the host may change the file")
        hashed = said.sha256 or translate("Models", "none: only you vouch for it")
        lines = [
            said.file,
            f"{size} · {said.url}",
            translate("Models", "SHA-256 as its host publishes it: {hash}").format(hash=hashed),
            translate("Models", "Revision: {revision}").format(revision=said.revision or unpinned),
        ]
        asked = [label(text, "strong" if at == 0 else "small", wrap=True) for at, text in enumerate(lines)]
        self._promised.addWidget(card(*asked, row(None, no, trust), look="soft", gap=6))
        trust.setFocus()

    def _fetch(self, name: str, promised: PublishedModel | None = None) -> None:
        what = translate("Models", "Fetching {model}").format(model=name)
        self._long(name, what, lambda desk, told, stopped: desk.download_model(name, promised, told, stopped))

    def _long(self, name: str, what: str, work: Callable[[Desk, Progress, Stopped], str]) -> None:
        """Begin what takes minutes and gives a model; until it ends nobody can begin it again."""

        def ended() -> None:
            self._under_way.discard(name)
            self._reload()

        self._under_way.add(name)
        self._work.begin_at_desk(what, work, self._came, ended=ended)
        self._reload()

    def _came(self, name: str) -> None:
        self._bridge.tell(translate("Models", "{model} is here.").format(model=name))

    def _reload(self) -> None:
        self._shelf = None
        self.load(measuring=False)


def _best_first(shelf: ModelShelf) -> list[ModelLine]:
    offers = [model for model in shelf.models if model.offered]
    best = "" if shelf.best is None else shelf.best.name
    return sorted(offers, key=lambda model: model.name != best)
