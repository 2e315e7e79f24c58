"""The conversation in Ask: what was asked, what was said, and what each sentence rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event as Flag
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import Cancelled, Problem
from core.memory import Answer, Hit, MemoryId, Sentence
from core.urgency import Urgency
from ui.bridge import Bridge, Job
from ui.parts.understood import Reading

if TYPE_CHECKING:
    from ui.bridge import Assistant


class Stage(StrEnum):
    """How far an exchange has come."""

    ASKING = "asking"
    ANSWERED = "answered"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(slots=True)
class Exchange:
    """One question and what came of it."""

    number: int
    question: str
    stage: Stage = Stage.ASKING
    first: Answer | None = None
    """In the memories' own words, there at once while a model writes."""
    words: str = ""
    """What has been streamed so far."""
    answer: Answer | None = None
    problem: Problem | None = None
    kept: bool = False
    reading: Reading = field(default_factory=Reading)
    """What was understood of the question, and what of it is clicked away."""
    saved: set[str] = field(default_factory=set)
    """The answers that were kept as said here."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; `marked` is the answering part."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """A memory that an answer rests on, with the number its sentences name it by."""

    number: int
    hit: Hit


@dataclass(slots=True)
class Said:
    """A sentence cut into pieces, with the numbers of its grounds."""

    pieces: list[Piece] = field(default_factory=list)
    grounds: list[int] = field(default_factory=list)


def pieces(sentence: Sentence) -> list[Piece]:
    """The sentence cut at its answering words."""
    if sentence.span is None:
        return [Piece(sentence.text)]
    start, end = sentence.span
    cut = [
        Piece(sentence.text[:start]),
        Piece(sentence.text[start:end], marked=True),
        Piece(sentence.text[end:]),
    ]
    return [piece for piece in cut if piece.text]


def grounds(answer: Answer, nearest: int = 3) -> list[Ground]:
    """The hits that the answer cites in the order of citing; with none cited, the nearest ones."""
    by_id = {hit.memory.id: hit for hit in answer.hits}
    cited: list[MemoryId] = []
    for sentence in answer.sentences:
        cited += [memory for memory in sentence.memories if memory in by_id and memory not in cited]
    chosen = [by_id[memory] for memory in cited] or list(answer.hits[:nearest])
    return [Ground(number, hit) for number, hit in enumerate(chosen, start=1)]


def said(answer: Answer) -> list[Said]:
    """The answer's sentences with their pieces and the numbers of their grounds."""
    number = {ground.hit.memory.id: ground.number for ground in grounds(answer)}
    if not answer.sentences:
        return [Said([Piece(answer.text)])]
    return [
        Said(pieces(sentence), [number[memory] for memory in sentence.memories if memory in number])
        for sentence in answer.sentences
    ]


class AskSession(QObject):
    """Asks one question at a time; every change is told with its exchange."""

    began = Signal(object)
    again = Signal(object)
    """The same question is asked anew, with other things understood."""
    streamed = Signal(object)
    ended = Signal(object)
    cleared = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._job: Job | None = None
        self._under_way: Exchange | None = None
        self.exchanges: list[Exchange] = []

    @property
    def asking(self) -> bool:
        """Whether an answer is under way."""
        return self._job is not None

    def ask(self, question: str) -> None:
        """Ask; does nothing for an empty question or while one is under way."""
        question = question.strip()
        if not question or self.asking:
            return
        exchange = Exchange(len(self.exchanges) + 1, question)
        exchange.reading.ask_about(question)
        self.exchanges.append(exchange)
        self.began.emit(exchange)
        self._ask(exchange)

    def turn(self, exchange: Exchange, key: str) -> None:
        """Click away, or back, what was understood under `key`, and ask again; not while an answer is under way."""
        if self.asking:
            return
        exchange.reading.toggle(key)
        exchange.stage, exchange.first, exchange.words, exchange.problem = Stage.ASKING, None, "", None
        self._ask(exchange)
        self.again.emit(exchange)

    def _ask(self, exchange: Exchange) -> None:
        stop, now, ignore = Flag(), self._bridge.now(), exchange.reading.ignore
        question, self._under_way = exchange.question, exchange

        def add(words: str) -> None:
            exchange.words += words
            self.streamed.emit(exchange)

        def show(first: Answer) -> None:
            if exchange.stage is Stage.ASKING and not exchange.words:
                exchange.first = first
                self.streamed.emit(exchange)

        streamed, found = self._bridge.carrier(self, add), self._bridge.carrier(self, show)
        self._job = self._bridge.run(
            lambda assistant: assistant.ask(
                question, now, ignore=ignore, on_first=found, on_words=streamed, cancelled=stop.is_set
            ),
            self,
            lambda answer: self._answered(exchange, answer),
            lambda problem: self._failed(exchange, problem),
            stop=stop,
        )

    def stop(self) -> None:
        """Cancel the answer that is under way; what was streamed stays."""
        if self._job is None or self._under_way is None:
            return
        self._job.cancel()
        self._under_way.answer = None
        self._end(self._under_way, Stage.STOPPED)

    def keep(self, exchange: Exchange) -> None:
        """Mark the memories behind an answer as right: they are held longer."""
        if exchange.answer is None or exchange.kept:
            return
        exchange.kept = True
        now = self._bridge.now()
        cited = [ground.hit.memory.id for ground in grounds(exchange.answer)]

        def work(assistant: Assistant) -> None:
            for memory in cited:
                assistant.confirm(memory, now)

        self._bridge.run(work, self, lambda _: None)

    def clear(self) -> None:
        """Forget the whole conversation on screen."""
        self._bridge.release(self)
        self._job = self._under_way = None
        self.exchanges.clear()
        self.cleared.emit()

    def _answered(self, exchange: Exchange, answer: Answer) -> None:
        exchange.kept = exchange.kept and exchange.answer is not None and exchange.answer.text == answer.text
        exchange.answer = answer
        exchange.reading.read(answer.understood)
        self._end(exchange, Stage.ANSWERED)
        if answer.text in exchange.saved:
            return
        exchange.saved.add(answer.text)
        now = self._bridge.now()
        self._bridge.run(
            lambda assistant: assistant.keep_answer(answer, now), self, lambda _: None, urgency=Urgency.CAPTURE
        )

    def _failed(self, exchange: Exchange, problem: Problem) -> None:
        exchange.problem, exchange.answer = problem, None
        self._end(exchange, Stage.STOPPED if isinstance(problem, Cancelled) else Stage.FAILED)

    def _end(self, exchange: Exchange, stage: Stage) -> None:
        self._job = self._under_way = None
        exchange.stage = stage
        self.ended.emit(exchange)
