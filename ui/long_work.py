"""Imports, exports and merges: each with a card that shows progress and can stop it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from core.errors import Cancelled, Problem
from core.urgency import Urgency
from ui.bridge import Bridge
from ui.came_of import Came, came_of
from ui.parts.working import Working
from ui.whose import WhoseCard
from ui.words import counted, size, translate

if TYPE_CHECKING:
    from ui.bridge import Assistant
    from ui.desk import Desk

T = TypeVar("T")
_MIB = 2**20
Progress = Callable[[int, int], None]
Stopped = Callable[[], bool]


def bytes_moved(card: Working, done: int, total: int) -> None:
    """Show how many bytes of a file have come."""
    said = (
        translate("LongWork", "{done} of {total}").format(done=size(done), total=size(total)) if total else size(done)
    )
    card.moved(done // _MIB, total // _MIB, said)


class LongWork(QObject):
    """Begins long work; `begun` and `ended` carry its card."""

    begun = Signal(object)
    ended = Signal(object)
    asks = Signal(object)
    """A card with a question that may wait."""
    answered = Signal(object)
    """It is to be taken away."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._bridge = bridge

    def begin(
        self,
        what: str,
        work: Callable[[Assistant, Progress, Stopped], T],
        then: Callable[[T], None],
        failed: Callable[[Problem], None] | None = None,
        ended: Callable[[], None] | None = None,
    ) -> None:
        """Show a card called `what` while `work` is done."""
        card, stop, done, sorry, progress = self._card(what, then, failed, ended)
        self._bridge.run(
            lambda assistant: work(assistant, progress, stop.is_set), self, done, sorry, Urgency.CAPTURE, stop
        )
        self.begun.emit(card)

    def begin_steps(
        self,
        what: str,
        work: Callable[[Assistant, Progress, Stopped], Iterator[object]],
        then: Callable[[Any], None],
        failed: Callable[[Problem], None] | None = None,
        ended: Callable[[], None] | None = None,
        urgency: Urgency = Urgency.CAPTURE,
    ) -> None:
        """The same for work in steps."""
        card, stop, done, sorry, progress = self._card(what, then, failed, ended)
        self._bridge.run_steps(
            lambda assistant: work(assistant, progress, stop.is_set), self, done, sorry, urgency, stop
        )
        self.begun.emit(card)

    def begin_at_desk(
        self,
        what: str,
        work: Callable[[Desk, Progress, Stopped], T],
        then: Callable[[T], None],
        failed: Callable[[Problem], None] | None = None,
        ended: Callable[[], None] | None = None,
    ) -> None:
        """The same for what the desk does on a thread of its own and counts in bytes: copying and fetching files."""
        card, stop, done, sorry, progress = self._card(what, then, failed, ended, bytes_moved)
        self._bridge.off_thread(lambda desk: work(desk, progress, stop.is_set), self, done, sorry, stop)
        self.begun.emit(card)

    def _card(
        self,
        what: str,
        then: Callable[[T], None],
        failed: Callable[[Problem], None] | None,
        ended: Callable[[], None] | None,
        show: Callable[[Working, int, int], None] = Working.moved,
    ) -> tuple[Working, Flag, Callable[[T], None], Callable[[Problem], None], Progress]:
        stop = Flag()

        def cancel() -> None:
            stop.set()
            card.stop.setEnabled(False)

        def close() -> None:
            self.ended.emit(card)
            if ended:
                ended()

        def done(result: T) -> None:
            close()
            then(result)

        def sorry(problem: Problem) -> None:
            close()
            if isinstance(problem, Cancelled):
                self._bridge.tell(problem.title, problem.remedy)
            else:
                (failed or self._bridge.say)(problem)

        card = Working(what, cancel)
        moved: Callable[[tuple[int, int]], None] = self._bridge.carrier(card, lambda at: show(card, *at))
        return card, stop, done, sorry, lambda at, of: moved((at, of))

    def import_files(self, paths: list[Path], then: Callable[[], None] | None = None) -> None:
        """Import conversations, archives of other services, notes."""
        if not paths:
            return
        now = self._bridge.now()
        saved: set[str] = set()

        def work(assistant: Assistant, progress: Progress, stopped: Stopped) -> Iterator[object]:
            return self._bridge.desk.importing(
                assistant, paths, now, told=progress, cancelled=stopped, on_saved=lambda kept: saved.update(kept.ids)
            )

        def done(report: Came) -> None:
            one = translate("LongWork", "{n} memory was imported.")
            many = translate("LongWork", "{n} memories were imported.")
            self._bridge.tell(counted(len(saved), one, many), came_of(report))
            if report.who_is_it:
                self.asks.emit(WhoseCard(report.who_is_it, self._named, self.answered.emit))
            if then:
                then()

        self.begin_steps(translate("LongWork", "Importing"), work, done)

    def _named(self, name: str) -> None:
        """The person is called so: what was said under that name is theirs, now and from now on."""

        def keep(assistant: Assistant) -> None:
            known = assistant.settings.person.names
            assistant.set_setting("person.names", (*known, name))

        def done(_: None) -> None:
            said = translate("LongWork", "What {name} said is yours now.").format(name=name)
            self._bridge.tell(said, translate("LongWork", "Settings, General, You: there it can be changed back."))

        self._bridge.run(keep, self, done)
