"""Quick recall without its window: hits after a pause, an answer on demand."""

from __future__ import annotations

from threading import Event as Flag

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import Problem
from core.memory import Answer, Hit, Recalled
from ui import words
from ui.bridge import Bridge, Job
from ui.parts.found_text import hit_text
from ui.parts.understood import Reading
from ui.words import translate

PAUSE_MS = 60
"""How long the typing must have paused before it looks."""
SHOWN = 7


def quoted(hit: Hit) -> str:
    """A hit as it is copied: the words with where they are from."""
    memory = hit.memory
    source = ", ".join(part for part in (words.who(memory), words.where(memory)) if part)
    when = f"{words.full_date(memory.at.date())}, {words.clock(memory.at)}"
    return f"“{hit_text(hit)}”\n— {source}, {when}"


def quoted_answer(answer: Answer) -> str:
    """An answer as it is copied: with the memories it rests on."""
    cited = {memory for sentence in answer.sentences for memory in sentence.memories}
    grounds = [quoted(hit) for hit in answer.hits if hit.memory.id in cited]
    return "\n\n".join([answer.text, *grounds])


class QuickSession(QObject):
    """Looks while one types; the last question wins, earlier ones are cancelled."""

    found = Signal(object)
    first = Signal(object)
    """An answer in the memories' own words, while a model writes another."""
    streamed = Signal(str)
    answered = Signal(object)
    failed = Signal(object)
    emptied = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._looking: Job | None = None
        self._asking: Job | None = None
        self.question = ""
        self.hits: tuple[Hit, ...] = ()
        self.reading = Reading()
        """What was understood of the question, and what of it is clicked away."""
        self._words = ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.look)

    @property
    def asking(self) -> bool:
        """Whether an answer is under way."""
        return self._asking is not None

    def type(self, question: str) -> None:
        """The question is now this; look after a pause."""
        if question.strip() == self.question:
            return
        self.question = question.strip()
        self.reading.ask_about(self.question)
        self.stop()
        if self.question:
            self._pause.start()
        else:
            self._pause.stop()
            self.hits, self.reading = (), Reading()
            self.emptied.emit()

    def look(self) -> None:
        """Look now."""
        self._pause.stop()
        if not self.question:
            return
        if self._looking:
            self._looking.cancel()
        question, now, ignore = self.question, self._bridge.now(), self.reading.ignore
        self._looking = self._bridge.run(
            lambda assistant: assistant.recall(question, now, k=SHOWN, ignore=ignore), self, self._found, self._sorry
        )

    def turn(self, key: str) -> None:
        """Click away, or back, what was understood under `key`, and look again."""
        self.stop()
        self.reading.toggle(key)
        self.look()

    def ask(self) -> None:
        """Have it answered."""
        if not self.question or self.asking:
            return
        self._words = ""
        stop, question, now, ignore = Flag(), self.question, self._bridge.now(), self.reading.ignore
        streamed, found = self._bridge.carrier(self, self._add), self._bridge.carrier(self, self._show)
        self._asking = self._bridge.run(
            lambda assistant: assistant.ask(
                question, now, ignore=ignore, on_first=found, on_words=streamed, cancelled=stop.is_set
            ),
            self,
            self._answered,
            self._sorry,
            stop=stop,
        )

    def stop(self) -> None:
        """Cancel what is under way."""
        for job in (self._looking, self._asking):
            if job:
                job.cancel()
        self._looking = self._asking = None

    def clear(self) -> None:
        """Forget all that was typed and found."""
        self._pause.stop()
        self._bridge.release(self)
        self._looking = self._asking = None
        self.question, self.hits, self._words, self.reading = "", (), "", Reading()
        self.emptied.emit()

    def _found(self, recalled: Recalled) -> None:
        self._looking = None
        self.hits = recalled.hits[:SHOWN]
        self.reading.read(recalled.understood)
        self.found.emit(recalled)

    def _show(self, first: Answer) -> None:
        if self._asking and not self._words:
            self.first.emit(first)

    def _add(self, words_: str) -> None:
        if self._asking:
            self._words += words_
            self.streamed.emit(self._words)

    def _answered(self, answer: Answer) -> None:
        self._asking = None
        self.reading.read(answer.understood)
        self.answered.emit(answer)

    def _sorry(self, problem: Problem) -> None:
        self._looking = self._asking = None
        self.failed.emit(problem)

    @staticmethod
    def told(recalled: Recalled) -> str:
        """What stands below the hits, or where no hit is."""
        if recalled.notices or recalled.hits:
            return " ".join(recalled.notices)
        return translate("Quick", "Nothing in your memories bears on it.")
