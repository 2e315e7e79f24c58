"""A small model that drafts beside the large one: the words are the same with it, and it goes when it cannot."""

import itertools
import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from app.bench.stream.quoting import embed_copier
from core.errors import Cancelled
from core.inference.generator import EngineOptions, LlamaGenerator, Message, Part, Preempted, Role, SmallModel
from core.inference.header import check_gguf
from core.inference.llama import Loaded, Running
from core.inference.opening import Allowance, Mode, Opened, open_for_text
from core.inference.small import Small
from core.inference.stream.costs import Cache
from core.inference.stream.pages import can_stream
from core.inference.stream.plan import Way
from core.inference.text_model import TextModel
from core.urgency import Urgency
from tests.integration.inference.test_drafting import ask, in_eight_bits
from tests.made_chain import chain_llama
from tests.made_experts import tiny_moe
from tests.made_models import LETTERS, MARKS, tiny_llama

MB = 2**20
CONTEXT = 512
LONG_ROUND = [letter for letter in LETTERS if letter not in " \n"]
FOLLOWS = {letter: LONG_ROUND[(place + 1) % len(LONG_ROUND)] for place, letter in enumerate(LONG_ROUND)}
"""A round of eighty letters: within it no two of them follow each other twice, so that nothing can be looked up."""
OTHERWISE = FOLLOWS | {letter: FOLLOWS[FOLLOWS[letter]] for letter in LONG_ROUND[::3]}
"""The same but for every third letter."""
COPIER = Path(__file__).parents[2] / "data" / "copier.gguf"
TALK = [Message(role=Role.USER, text="Hello.")]


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return chain_llama(tmp_path_factory.mktemp("models") / "large.gguf", FOLLOWS, width=256, layers=4)


def small(folder: Path, follows: dict[str, str]) -> Path:
    return chain_llama(folder / "small.gguf", follows, width=64, layers=1)


@contextmanager
def opened(
    path: Path, drafter: Path | None, *, mode: Mode | None = None, budget_mb: int = 400, cache: Cache | None = None
) -> Iterator[TextModel]:
    """A model whose sweeps all take one second of its clock, beside which the small one costs next to nothing."""
    beside = None if drafter is None else Small(path=drafter)
    allowed = Allowance(budget_bytes=budget_mb * MB, context=CONTEXT, threads=2, mode=mode, cache=cache, small=beside)
    found = open_for_text(path, allowed)
    steps = itertools.count()
    with closing(found):
        model = TextModel(found, clock=lambda: float(next(steps)))
        model.set_threads(2)
        yield model


def read_by_the_small_one(found: Opened) -> int:
    """How many tokens its cache holds."""
    assert found.beside is not None
    loaded = found.beside.loaded
    return int(loaded.lib.llama_memory_seq_pos_max(loaded.memory, 0)) + 1


@pytest.mark.parametrize("follows", [FOLLOWS, OTHERWISE], ids=["agrees", "agrees mostly"])
def test_what_it_proposes_makes_fewer_sweeps_and_the_same_words(
    tmp_path: Path, large: Path, follows: dict[str, str]
) -> None:
    with opened(large, None) as plain:
        wanted = ask(plain, "Hi", 70)
        assert plain.figures()["accepted"] == 0  # there is nothing to look up
    with opened(large, small(tmp_path, follows)) as model:
        assert model.no_draft == ""
        assert ask(model, "Hi", 70) == wanted
        took = model.figures()
        assert took["held"] == took["accepted"] > 10
        assert took["proposed"] == took["drafted"]
        assert took["writing_sweeps"] + took["accepted"] == 69
        if follows is FOLLOWS:
            assert took["held"] > 0.9 * took["proposed"]
        else:
            assert took["proposed"] > took["held"]
        assert ask(model, "Hi", 70) == wanted


def test_one_that_never_agrees_changes_nothing(tmp_path: Path, large: Path) -> None:
    wrong = {letter: FOLLOWS[FOLLOWS[letter]] for letter in LONG_ROUND}
    with opened(large, None) as plain, opened(large, small(tmp_path, wrong)) as model:
        assert ask(model, "Hi", 70) == ask(plain, "Hi", 70)
        took = model.figures()
        assert (took["held"], took["accepted"], took["writing_sweeps"]) == (0, 0, 69)
        assert took["proposed"] > 0


@pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")
@pytest.mark.parametrize("experts", [False, True])
def test_the_words_are_the_same_at_every_budget_and_in_every_way(tmp_path: Path, *, experts: bool) -> None:
    if experts:
        path = tiny_moe(tmp_path / "large.gguf", experts=64, hidden=320, layers=6)
    else:
        path = tiny_llama(tmp_path / "large.gguf", context=CONTEXT, width=512, layers=6)
    drafter = tiny_llama(tmp_path / "drafter.gguf", context=CONTEXT, width=64, layers=1)
    assert check_gguf(path).words == check_gguf(drafter).words
    ways = set()
    for mode, budget_mb in ((Mode.STREAM, 110), (Mode.STREAM, 125), (None, 120), (None, 400), (Mode.MMAP, 400)):
        with opened(path, None, mode=mode, budget_mb=budget_mb, cache=Cache.F16) as plain:
            wanted = ask(plain, "What holds now?", 40)
        with opened(path, drafter, mode=mode, budget_mb=budget_mb, cache=Cache.F16) as model:
            ways.add(model.opened.plan.way)
            assert model.no_draft == ""
            assert ask(model, "What holds now?", 40) == wanted
            assert model.opened.plan.peak_bytes <= budget_mb * MB or mode is Mode.MMAP
    assert ways >= {Way.FITS, Way.EXPERTS if experts else Way.DENSE}


def test_a_grammar_binds_what_it_proposes(tmp_path: Path) -> None:
    path = in_eight_bits(chain_llama(tmp_path / "large.gguf", FOLLOWS, width=256, layers=4))
    drafter = small(tmp_path, FOLLOWS)
    grammar = 'root ::= "b" [b-x]+ "A"'
    with opened(path, None) as plain, opened(path, drafter) as model:
        assert ask(model, "Hi", 60, grammar) == ask(plain, "Hi", 60, grammar)
        assert model.figures()["proposed"] > 0


def test_the_trained_copier_drafts_for_itself_in_a_larger_shape_and_is_right(tmp_path: Path) -> None:
    path = embed_copier(
        COPIER, tmp_path / "large.gguf", layers=10, width=512, inner=2048, heads=16, shared_heads=8, head_width=32
    )
    asked = "Ana: My locker number is 4718. [M1]\nBen: The cake note says milk eggs honey. [M2]\nWhat does it say?"
    with opened(path, None) as plain, opened(path, COPIER) as model:
        assert model.no_draft == ""
        for words in (asked, "Who lives in Malaga?", "My dog is called Bruno."):
            assert ask(model, words, 40) == ask(plain, words, 40)
        took = model.figures()
    assert took["proposed"] > 10
    assert took["held"] >= 0.9 * took["proposed"]


def test_it_takes_what_was_planned_for_it_and_no_more(tmp_path: Path, large: Path) -> None:
    with opened(large, small(tmp_path, FOLLOWS)) as model:
        beside, plan = model.opened.beside, model.opened.plan
        assert beside is not None
        assert sum(beside.loaded.buffers.values()) + beside.loaded.facts.bytes // 2 < plan.draft_bytes
        assert sum(model.opened.loaded.buffers.values()) > 0
        assert beside.loaded.words == model.opened.loaded.words


def test_what_it_has_read_goes_with_a_forget(tmp_path: Path, large: Path) -> None:
    with opened(large, small(tmp_path, FOLLOWS)) as model:
        ask(model, "A secret", 40)
        assert read_by_the_small_one(model.opened) > 20
        model.forget()
        assert read_by_the_small_one(model.opened) == 0


def test_its_cache_is_taken_back_to_what_held(tmp_path: Path, large: Path) -> None:
    with opened(large, small(tmp_path, OTHERWISE)) as model:
        _, ids = ask(model, "Hi", 60)
        asked = len(model.prompt([])) + len("Hi\n")
        assert read_by_the_small_one(model.opened) <= asked + len(ids) + 15


@pytest.mark.parametrize(("a_sweep_s", "slows", "let_go"), [(1e-9, 1.3, True), (1e-9, 1.0, False), (9.0, 1.3, False)])
def test_one_for_which_words_take_longer_is_to_be_let_go(
    tmp_path: Path, large: Path, a_sweep_s: float, slows: float, *, let_go: bool
) -> None:
    with opened(large, small(tmp_path, FOLLOWS)) as model:
        plan = replace(model.opened.plan, draft_slows=slows)
        steps = itertools.count()
        other = TextModel(replace(model.opened, plan=plan), clock=lambda: a_sweep_s * next(steps))
        other.set_threads(2)
        other.forget()
        ask(other, "Hi", 30)
        assert other.no_draft == ""  # too little to tell
        for _ in range(2):
            ask(other, "Hi", 70)
        assert bool(other.no_draft) is let_go


def other_words(entries: dict[str, gguf.GGUFValue], _: dict[str, NDArray[np.float32]]) -> None:
    words = entries["tokenizer.ggml.tokens"].value
    words[len(MARKS) + 256] = "other"


def no_numbers(_: dict[str, gguf.GGUFValue], weights: dict[str, NDArray[np.float32]]) -> None:
    weights["output_norm.weight"][:] = math.nan


def unsound(folder: Path, kind: str) -> Path:
    """A file that cannot draft."""
    path = folder / "unsound.gguf"
    if kind == "vocabulary":
        return tiny_llama(path, spoil=other_words)
    if kind == "gives no numbers":
        return tiny_llama(path, spoil=no_numbers)
    if kind == "cut short":
        path.write_bytes(tiny_llama(path).read_bytes()[:-1000])
    if kind == "too large":
        return tiny_llama(path, width=256, layers=4)
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("missing", "not there any more"),
        ("cut short", "not a sound model file"),
        ("vocabulary", "another vocabulary"),
        ("too large", "more than a quarter"),
        ("gives no numbers", "nothing to choose from"),
    ],
)
def test_one_that_cannot_is_told_and_everything_goes_on(tmp_path: Path, large: Path, kind: str, said: str) -> None:
    with opened(large, None) as plain, opened(large, unsound(tmp_path, kind)) as model:
        assert ask(model, "Hi", 40) == ask(plain, "Hi", 40)
        assert said in model.no_draft
        assert ask(model, "Hi", 40) == ask(plain, "Hi", 40)


class Interrupted(Loaded):
    """Hears in its next sweep that it was cancelled, when it is told to."""

    next_one = False

    def decode(self, tokens: Sequence[int], begin: int, *, all_outputs: bool) -> int:
        if self.next_one:
            self.next_one = False
            raise Cancelled("The sweep")
        return super().decode(tokens, begin, all_outputs=all_outputs)


def test_a_cancel_that_the_small_one_hears_ends_the_answer_and_leaves_no_trace(tmp_path: Path, large: Path) -> None:
    path = small(tmp_path, FOLLOWS)
    running = Running(context=CONTEXT, batch=64, outputs=1, threads=2, copied=True, wordless=True)
    with opened(large, path) as model, closing(Interrupted(path, check_gguf(path), running)) as loaded:
        wanted = ask(model, "Hi", 40)
        assert model.opened.beside is not None
        beside = replace(model.opened.beside, loaded=loaded)
        steps = itertools.count()
        other = TextModel(replace(model.opened, beside=beside), clock=lambda: float(next(steps)))
        other.set_threads(2)
        other.forget()
        loaded.next_one = True
        with pytest.raises(Cancelled):
            ask(other, "Hi", 40)
        assert ask(other, "Hi", 40) == wanted
        assert other.figures()["held"] > 0


# --- in the engine's process


def told(engine: LlamaGenerator, most: int = 40) -> list[Part]:
    return list(engine.written(TALK, max_tokens=most, urgency=Urgency.QUESTION, cancelled=never))


def ids(parts: list[Part]) -> list[int]:
    return [token for part in parts for token in part.ids]


def test_the_engine_is_handed_it_and_says_what_it_takes(tmp_path: Path, large: Path) -> None:
    said: list[str] = []
    with closing(LlamaGenerator(large, memory_mb=400)) as engine:
        wanted = ids(told(engine))
        assert engine.ready["draft_bytes"] == 0
    drafter = SmallModel(path=small(tmp_path, FOLLOWS))
    with closing(LlamaGenerator(large, memory_mb=400, small=drafter, on_no_draft=said.append)) as engine:
        assert ids(told(engine)) == wanted
        taken = engine.ready["draft_bytes"]
        assert isinstance(taken, int)
        assert taken > drafter.path.stat().st_size // 2
        assert (engine.ready["no_draft"], said) == ("", [])
    without = EngineOptions(draft=False)
    with closing(LlamaGenerator(large, memory_mb=400, small=drafter, options=without)) as engine:
        assert ids(told(engine)) == wanted
        assert engine.ready["draft_bytes"] == 0


def test_the_engine_says_once_that_it_goes_without(tmp_path: Path, large: Path) -> None:
    said: list[str] = []
    gone = SmallModel(path=tmp_path / "gone.gguf")
    with closing(LlamaGenerator(large, memory_mb=400, small=gone, on_no_draft=said.append)) as engine:
        assert ids(told(engine)) == ids(told(engine))
    assert len(said) == 1
    assert "not there any more" in said[0]


def test_one_that_fails_at_work_is_let_go_and_the_next_answer_has_its_memory(tmp_path: Path) -> None:
    # Its sweeps wait for memory, whatever the machine: with few weights it may not pay to draft, and nothing fails.
    large = chain_llama(tmp_path / "large.gguf", FOLLOWS, width=768, layers=6)
    said: list[str] = []
    with closing(LlamaGenerator(large, memory_mb=400)) as engine:
        wanted = ids(told(engine))
    broken = SmallModel(path=unsound(tmp_path, "gives no numbers"))
    with closing(LlamaGenerator(large, memory_mb=400, small=broken, on_no_draft=said.append)) as engine:
        assert engine.ready["draft_bytes"] != 0
        first = engine.pid
        assert ids(told(engine)) == wanted
        assert ids(told(engine)) == wanted
        assert engine.pid != first
        assert engine.ready["draft_bytes"] == 0
    assert len(said) == 1
    assert "nothing to choose from" in said[0]


def test_a_question_takes_the_engine_from_a_sleeping_job_that_drafts(tmp_path: Path) -> None:
    path = chain_llama(tmp_path / "large.gguf", FOLLOWS, context=4096, width=256, layers=4)
    drafter = SmallModel(path=small(tmp_path, OTHERWISE))
    with closing(LlamaGenerator(path, memory_mb=400, small=drafter)) as engine:
        alone = ids(told(engine, 20))
        job = engine.written(TALK, max_tokens=10**6, urgency=Urgency.UPKEEP, cancelled=never)
        next(job)
        answers: list[list[int]] = []
        asker = threading.Thread(target=lambda: answers.append(ids(told(engine, 20))))
        asker.start()
        with pytest.raises(Preempted):
            list(job)
        asker.join()
        assert answers == [alone]
