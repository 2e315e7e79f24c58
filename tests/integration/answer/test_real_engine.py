"""An answer through the real engine process, with a model of random weights: whatever it writes, nothing is made up."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.answer.compose import NOTHING_NAMED, compose
from core.errors import Cancelled
from core.inference.generator import LlamaGenerator
from tests.made_models import tiny_llama
from tests.unit.answer.found import NOW, found, memory

KILN = memory(1, "The kiln broke yesterday, in the middle of a firing.")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaGenerator]:
    path = tiny_llama(tmp_path_factory.mktemp("models") / "tiny.gguf", context=4096)
    with closing(LlamaGenerator(path, memory_mb=256)) as engine:
        yield engine


def test_what_a_model_says_without_a_ground_is_not_believed(engine: LlamaGenerator) -> None:
    shown: list[str] = []
    answer = compose(found("When did the kiln break?", KILN), NOW, engine, on_words=shown.append)
    assert shown
    assert answer.grounds == ("t1",)
    assert answer.notices == (NOTHING_NAMED,)


def test_a_cancelled_answer_leaves_the_engine_ready_for_the_next(engine: LlamaGenerator) -> None:
    shown: list[str] = []
    with pytest.raises(Cancelled):
        compose(found("?", KILN), NOW, engine, on_words=shown.append, cancelled=lambda: len(shown) > 1)
    assert engine.alive
    assert compose(found("When did the kiln break?", KILN), NOW, engine).grounds == ("t1",)


def test_an_engine_that_is_closed_leaves_the_answer_to_the_memories(tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf", context=4096)
    engine = LlamaGenerator(path, memory_mb=256)
    path.unlink()
    with closing(engine):
        answer = compose(found("When did the kiln break?", KILN), NOW, engine)
    assert answer.route == "sentences"
    assert answer.notices
