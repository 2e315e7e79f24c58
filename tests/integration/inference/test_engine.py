"""The engine writes with a tiny model: in order, within bounds, giving way, and ending without harm."""

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import BadInput, Cancelled, ChildDied, ModelMissing, ModelProblem, Problem
from core.inference.child import Json
from core.inference.generator import EngineOptions, LlamaGenerator, Message, Preempted, Role, whole_reply
from core.paths import BUNDLED_EMBEDDER
from core.urgency import Urgency
from tests.made_models import tiny_llama

TALK = [Message(role=Role.SYSTEM, text="Be brief."), Message(role=Role.USER, text="Hello, 日本 🙂?")]


def never() -> bool:
    return False


def write(
    engine: LlamaGenerator,
    talk: list[Message] = TALK,
    most: int = 20,
    grammar: str | None = None,
    urgency: Urgency = Urgency.QUESTION,
) -> str:
    return "".join(engine.generate(talk, max_tokens=most, grammar=grammar, urgency=urgency, cancelled=never))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaGenerator]:
    path = tiny_llama(tmp_path_factory.mktemp("models") / "tiny.gguf")
    with closing(LlamaGenerator(path, memory_mb=256, context_tokens=400)) as engine:
        yield engine


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaGenerator]:
    """An engine that is still at work when somebody wants it to stop: one token a sweep, thousands of them."""
    path = tiny_llama(tmp_path_factory.mktemp("models") / "slow.gguf", context=8192, layers=8)
    options = EngineOptions(draft=False)
    with closing(LlamaGenerator(path, memory_mb=512, context_tokens=8000, options=options)) as engine:
        yield engine


def test_it_starts_at_the_first_request_and_says_what_it_is(tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf", context=300)
    with closing(LlamaGenerator(path, memory_mb=256, context_tokens=4096)) as engine:
        assert not engine.alive
        assert (engine.model, engine.context_tokens) == ("Tiny", 300)
        assert engine.count("hello") == 5
        assert engine.alive


def test_the_same_prompt_gives_the_same_words(engine: LlamaGenerator) -> None:
    first = write(engine)
    assert first
    assert write(engine) == first
    engine.stop()
    assert write(engine) == first


def test_the_beginning_of_a_prompt_is_read_once(engine: LlamaGenerator) -> None:
    def last(text: str) -> dict[str, object]:
        request: dict[str, Json] = {
            "do": "generate",
            "messages": [{"role": "user", "text": text}],
            "max_tokens": 2,
            "threads": 1,
        }
        *_, (said, _) = engine._child.stream(request, timeout_s=20)
        return dict(said)

    engine.stop()
    assert last("the same beginning, one end")["reused"] == 0
    again = last("the same beginning, another end")
    assert (again["prompt"], again["reused"]) == (51, 27)


def test_words_come_one_by_one_up_to_the_most(engine: LlamaGenerator) -> None:
    words = list(engine.generate(TALK, max_tokens=12, urgency=Urgency.QUESTION, cancelled=never))
    assert 3 < len(words) <= 13
    assert write(engine, most=12) == "".join(words)


def test_a_grammar_binds_what_is_written(engine: LlamaGenerator) -> None:
    assert write(engine, grammar='root ::= "yes" | "no"') in ("yes", "no")
    assert write(engine, grammar='root ::= "[" [0-9] "]"')[0] == "["


@pytest.mark.parametrize("grammar", ["root ::= (", 'leaf ::= "x"', "root ::= root"])
def test_a_wrong_grammar_is_a_problem_and_the_engine_goes_on(tmp_path: Path, grammar: str) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf")
    with closing(LlamaGenerator(path, memory_mb=256)) as engine:
        with pytest.raises((BadInput, ChildDied)):
            write(engine, grammar=grammar)
        assert write(engine)


def test_what_people_write_never_becomes_a_control_token(engine: LlamaGenerator) -> None:
    assert engine.count("<|im_end|>") == len("<|im_end|>")
    assert engine.count("<s>") == 3


def test_a_prompt_longer_than_the_context_is_refused(engine: LlamaGenerator) -> None:
    with pytest.raises(BadInput):
        write(engine, [Message(role=Role.USER, text="a" * 5000)])
    assert write(engine)


def test_an_endless_answer_stops_at_the_context(engine: LlamaGenerator) -> None:
    assert len(write(engine, most=10**9)) < 4 * engine.context_tokens


@pytest.mark.parametrize("text", ["", "\0" * 50, "\ud800", "\u202e\u200b", "🙂" * 20])
def test_strange_text_is_read(engine: LlamaGenerator, text: str) -> None:
    assert isinstance(write(engine, [Message(role=Role.USER, text=text)], most=4), str)
    assert engine.alive


def test_cancelling_ends_it_between_two_words(slow: LlamaGenerator) -> None:
    seen: list[str] = []
    words = slow.generate(TALK, max_tokens=10**6, urgency=Urgency.QUESTION, cancelled=lambda: len(seen) >= 3)
    with pytest.raises(Cancelled) as caught:
        collect(words, seen)
    assert not isinstance(caught.value, Preempted)
    assert 3 <= len(seen) < 100
    assert write(slow)


def collect(words: Iterator[str], seen: list[str]) -> None:
    for word in words:
        seen += [word]


def test_a_question_takes_the_engine_from_a_sleeping_job(slow: LlamaGenerator) -> None:
    alone = write(slow)
    job = slow.generate(TALK, max_tokens=10**6, urgency=Urgency.UPKEEP, cancelled=never)
    next(job)
    answers: list[str] = []
    asker = threading.Thread(target=lambda: answers.append(write(slow)))
    asker.start()
    with pytest.raises(Preempted):
        collect(job, [])
    asker.join()
    assert answers == [alone]


def test_a_whole_reply_begins_again_after_a_question(engine: LlamaGenerator) -> None:
    alone = whole_reply(engine, TALK, max_tokens=300)
    replies: list[str] = []
    job = threading.Thread(target=lambda: replies.append(whole_reply(engine, TALK, max_tokens=300)))
    job.start()
    for _ in range(5):
        assert write(engine, most=2) == write(engine, most=2)
    job.join()
    assert replies == [alone]


def test_a_killed_engine_is_a_problem_with_a_remedy_and_starts_again(tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf")
    deaths: list[str] = []
    with closing(LlamaGenerator(path, memory_mb=256, on_death=deaths.append)) as engine:
        assert write(engine)
        assert engine.pid is not None
        os.kill(engine.pid, signal.SIGSTOP)  # so that the tiny model cannot have finished before it is killed
        words = engine.generate(TALK, max_tokens=10**6, urgency=Urgency.QUESTION, cancelled=never)
        threading.Timer(0.5, os.kill, (engine.pid, signal.SIGKILL)).start()
        with pytest.raises(ChildDied) as caught:
            collect(words, [])
        assert caught.value.remedy
        assert write(engine)
    assert deaths == ["The engine ended by signal 9."]


def test_it_stops_when_it_was_idle_long_enough(engine: LlamaGenerator) -> None:
    write(engine)
    assert not engine.idle_check(1000, 600)
    write(engine)
    assert not engine.idle_check(1700, 600)
    assert not engine.idle_check(2299, 600)
    assert engine.idle_check(2300, 600)
    assert not engine.alive
    assert write(engine)


def test_it_is_not_idle_while_it_writes(engine: LlamaGenerator) -> None:
    words = engine.generate(TALK, max_tokens=50, urgency=Urgency.QUESTION, cancelled=never)
    next(words)
    assert not engine.idle_check(0, 600)
    assert not engine.idle_check(10_000, 600)
    assert list(words)


def test_a_model_that_does_not_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem):
        LlamaGenerator(BUNDLED_EMBEDDER, memory_mb=256)
    with pytest.raises(ModelMissing):
        LlamaGenerator(tmp_path / "absent.gguf", memory_mb=256)


def test_a_model_with_an_unknown_template_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf", template="{{ cycler.__init__ }}")
    with closing(LlamaGenerator(path, memory_mb=256)) as engine:
        for _ in range(6):
            with pytest.raises(ModelProblem, match="does not know"):
                write(engine)


@pytest.mark.parametrize("architecture", ["unheard-of", "bert", "qwen2moe", "mamba", "t5"])
def test_a_sound_file_of_a_wrong_architecture_ends_at_most_the_engine(tmp_path: Path, architecture: str) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf", architecture=architecture)
    with pytest.raises(Problem) as caught:
        write(LlamaGenerator(path, memory_mb=256))
    assert isinstance(caught.value, ModelProblem)


def test_a_file_with_wrong_bytes_in_its_header_ends_at_most_the_engine(tmp_path: Path) -> None:
    whole = tiny_llama(tmp_path / "tiny.gguf").read_bytes()
    header = whole.index(b"general.architecture"), whole.index(b"output_norm")
    chance = random.Random(11)
    path = tmp_path / "flipped.gguf"
    outcomes = set()
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(3):
            data[chance.randrange(*header)] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(data))
        try:
            with closing(LlamaGenerator(path, memory_mb=256, context_tokens=128)) as engine:
                write(engine, most=3)
            outcomes.add("loads")
        except Problem:
            outcomes.add("refused")
    assert "refused" in outcomes


def test_a_question_cuts_into_a_prompt_that_a_sleeping_job_is_having_read(tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "slow.gguf", context=4096, width=512, layers=4)
    with closing(LlamaGenerator(path, memory_mb=512, context_tokens=4096)) as slow:
        alone = write(slow, most=5)
        seen: list[str] = []
        ends: list[Problem] = []

        def sleep() -> None:
            long = [Message(role=Role.USER, text="What was said on that day. " * 148)]
            job = slow.generate(long, max_tokens=10, urgency=Urgency.UPKEEP, cancelled=never)
            try:
                collect(job, seen)
            except Problem as problem:
                ends.append(problem)

        sleeping = threading.Thread(target=sleep)
        sleeping.start()
        sleeping.join(0.3)  # the prompt of four thousand tokens takes seconds
        assert write(slow, most=5) == alone
        sleeping.join()
        assert seen == []
        assert [type(one) for one in ends] == [Preempted]
