"""A night thinks with a real engine process: a question takes it at once, a cancel stops it, a kill does no harm."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from core.consolidate.mind import Mind
from core.inference.generator import LlamaGenerator, Message, Preempted, Role
from core.memory import Facet, Operation
from core.store import memories
from core.store.vault import Vault
from core.urgency import Urgency
from tests.integration.consolidate.minds import TOLD, evening, mind
from tests.integration.consolidate.nights import SETTINGS, all_of, night, slept
from tests.made import NOON
from tests.made_models import tiny_llama

CONTEXT = 8192
"""Of a model whose every letter is a token."""


class Counted:
    """An engine that counts the tokens it gave to whoever is not in a hurry."""

    def __init__(self, engine: LlamaGenerator) -> None:
        self.engine = engine
        self.model, self.context_tokens = engine.model, engine.context_tokens
        self.prompt_tokens_per_s: float | None = None
        self.given = 0
        self.begun = 0
        self.preempted: list[int] = []
        self.running = threading.Event()

    def count(self, text: str) -> int:
        return self.engine.count(text)

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        grammar: str | None = None,
        urgency: Urgency,
        cancelled: Callable[[], bool],
    ) -> Iterator[str]:
        self.begun += 1
        try:
            for word in self.engine.generate(
                messages, max_tokens=max_tokens, grammar=grammar, urgency=urgency, cancelled=cancelled
            ):
                self.given += 1
                if self.given >= 3:
                    self.running.set()
                yield word
        except Preempted:
            self.preempted.append(self.given)
            raise

    def idle_check(self, now_s: float, idle_s: float) -> bool:
        return self.engine.idle_check(now_s, idle_s)

    def stop(self) -> None:
        self.engine.stop()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaGenerator]:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    tiny_llama(path, context=CONTEXT, width=256, layers=4)
    with closing(LlamaGenerator(path, memory_mb=512, context_tokens=CONTEXT)) as engine:
        yield engine


@pytest.fixture
def told(vault: Vault) -> Vault:
    memories.save(vault, evening(), NOON)
    return vault


def ask(engine: LlamaGenerator) -> str:
    talk = [Message(role=Role.USER, text="Where did I leave my keys?")]
    words = engine.generate(talk, max_tokens=5, urgency=Urgency.QUESTION, cancelled=lambda: False)
    return "".join(words)


def test_a_question_takes_the_engine_within_one_token_and_the_night_goes_on(
    told: Vault, engine: LlamaGenerator
) -> None:
    alone = ask(engine)
    counted = Counted(engine)
    answers: list[tuple[str, int]] = []

    def question() -> None:
        counted.running.wait(60)
        before = counted.given
        answers.append((ask(engine), before))

    asker = threading.Thread(target=question)
    asker.start()
    run = slept(told, mind=mind(counted))
    asker.join()
    ((answer, before),) = answers
    assert answer == alone
    assert counted.preempted, "the night was still thinking when the question came"
    assert counted.preempted[0] - before <= 2, "the token that was on its way, and one that the engine was writing"
    assert run.state == "done"
    assert counted.begun > 1


def test_a_model_without_sense_writes_nothing(told: Vault, tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf", context=CONTEXT)
    with closing(LlamaGenerator(path, memory_mb=256, context_tokens=CONTEXT)) as engine:
        run = slept(told, mind=mind(engine))
    assert run.state == "done"
    assert run.counts["requests to the model"] >= 1
    assert run.counts["quarantined from the model"] >= 1
    assert not [memory for memory in all_of(told) if memory.facet is Facet.FACT]
    assert {entry.operation for entry in run.entries if entry.step == "thinking"} == {Operation.NOOP}


def test_cancelling_the_sleep_stops_the_thought_within_one_token(told: Vault, engine: LlamaGenerator) -> None:
    counted = Counted(engine)
    at: list[int] = []

    def cancelled() -> bool:
        if counted.running.is_set() and not at:
            at.append(counted.given)
        return bool(at)

    one = night(told, mind=mind(counted), cancelled=cancelled)
    for _ in one.steps():
        pass
    assert one.result is not None
    assert one.result.state == "cancelled"
    assert not [thread for thread in threading.enumerate() if thread.name == "thinking"]
    given = counted.given
    assert ask(engine)
    assert counted.given == given
    assert slept(told, mind=mind(None)).state == "done"


def test_an_engine_killed_under_a_thought_is_started_again(told: Vault, engine: LlamaGenerator) -> None:
    counted = Counted(engine)
    counted.count("begin")
    first = engine.pid

    def kill() -> None:
        counted.running.wait(60)
        assert first is not None
        os.kill(first, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    run = slept(told, mind=mind(counted))
    killer.join()
    assert run.state == "done"
    assert run.counts["settled"] == len(TOLD)
    assert counted.begun > 1
    assert engine.pid != first


def test_an_engine_that_always_dies_leaves_the_night_to_the_rules(told: Vault, tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf", context=CONTEXT, template="{{ cycler.__init__ }}")
    sentences: list[str] = []
    with closing(LlamaGenerator(path, memory_mb=256, context_tokens=CONTEXT)) as engine:
        run = slept(told, mind=mind(engine, sentences), settings=SETTINGS)
    assert run.state == "done"
    assert run.counts["failures of the model"] == 1
    assert run.counts["settled"] == len(TOLD)
    assert len(sentences) == 1


def test_no_model_file_is_a_sentence_and_a_night_by_rules(told: Vault, tmp_path: Path) -> None:
    sentences: list[str] = []
    gone = Mind(
        generator=lambda: LlamaGenerator(tmp_path / "absent.gguf", memory_mb=256),
        told=sentences.append,
    )
    assert slept(told, mind=gone).state == "done"
    assert len(sentences) == 1
