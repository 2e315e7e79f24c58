"""The repository's own trained model, prepared: few neurons, mostly those of a moment ago, and words as likely."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.answer.prompt import instructions
from core.inference.chat_format import CHATML, write_conversation
from core.inference.layout import read_layout
from core.inference.llama import Loaded, Running, library
from core.inference.planned import read_model
from core.inference.stream.account import Account
from core.inference.stream.graph import Streamer
from core.inference.stream.neurons.active import ActiveNeurons
from core.inference.stream.neurons.hollow import beside
from core.inference.stream.neurons.prepare import prepare
from core.inference.stream.pages import can_stream
from tests.copier.cases import Case, Cases

pytestmark = pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")

COPIER = Path(__file__).parent.parent.parent / "data" / "copier.gguf"
_LAYERS, _NEURONS, _WINDOW = 5, 512, 8


class Kept(ActiveNeurons):
    """Keeps which neurons were foretold for each token, by layer."""

    chosen: dict[int, list[NDArray[np.bool_]]]

    def added(self, layer: int, x: NDArray[np.float32]) -> NDArray[np.float32]:
        if len(x) == 1:
            foretold = np.zeros(self._prepared.count, np.bool_)
            foretold[self._choosers[layer].some(x).wanted] = True
            self.chosen.setdefault(layer, []).append(foretold)
        return super().added(layer, x)


@dataclass
class Read:
    """The natural logarithm of how likely each token of the right replies was, and what was foretold."""

    likely: NDArray[np.float64]
    chosen: dict[int, list[NDArray[np.bool_]]]

    @property
    def perplexity(self) -> float:
        return float(np.exp(-self.likely.mean()))


@contextmanager
def opened(path: Path) -> Iterator[tuple[Loaded, dict[int, list[NDArray[np.bool_]]]]]:
    layout, prepared = read_layout(path), read_model(path).prepared
    running = Running(context=2048, batch=512, threads=2, outputs=16)
    stream: Callable[[int], Streamer] | None = None
    chosen: dict[int, list[NDArray[np.bool_]]] = {}
    if prepared is not None:
        neurons = Kept(library(), path, prepared, Account(), window_bytes=2**24, threads=2, most_tokens=512)
        neurons.chosen = chosen
        stream = beside(path, layout, neurons)
    with closing(Loaded(path, layout.facts, running, stream=stream, header_bytes=layout.data_begin)) as model:
        yield model, chosen


def read(path: Path, cases: list[Case]) -> Read:
    """Prompts at once, the right replies token by token."""
    likely: list[float] = []
    with opened(path) as (model, chosen):
        words = model.lib.llama_vocab_n_tokens(model.vocabulary)
        for case in cases:
            one = case.asked[0]
            model.lib.llama_memory_clear(model.memory, True)
            prompt = [
                token
                for piece in write_conversation(CHATML, case.messages(one.question))
                for token in model.tokens(piece.text, ends=False, marks=piece.mark)
            ]
            reply = model.tokens(f" {one.reply}", ends=False, marks=False)
            for begin in range(0, len(prompt), 512):
                assert model.decode(prompt[begin : begin + 512], begin, all_outputs=False) == 0
            for place, token in enumerate(reply):
                logits = np.ctypeslib.as_array(model.lib.llama_get_logits_ith(model.context, -1), (words,))
                raised = logits.astype(np.float64) - logits.max()
                likely.append(float(raised[token] - np.log(np.exp(raised).sum())))
                assert model.decode([token], len(prompt) + place, all_outputs=False) == 0
    return Read(np.array(likely), chosen)


def calibration() -> str:
    cases = Cases(5)
    drawn = [cases.case(4, 1) for _ in range(40)]
    return instructions() + "".join(
        case.before() + case.asked[0].question + " " + case.asked[0].reply for case in drawn
    )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("models") / "prepared.gguf"
    list(prepare(COPIER, target, calibration(), threads=2))
    return target


def test_few_neurons_are_read_most_were_read_a_moment_ago_and_the_words_are_as_likely(prepared: Path) -> None:
    held = Cases(700, held=True)
    cases = [held.case(4, 1) for _ in range(25)]
    plain, foretold = read(COPIER, cases), read(prepared, cases)
    assert len(plain.likely) > 150
    assert foretold.perplexity <= 1.01 * plain.perplexity
    active = np.mean([np.mean(tokens) for tokens in foretold.chosen.values()])
    assert 0.01 < active <= 0.3
    now = before = 0
    for tokens in foretold.chosen.values():
        rows = np.array(tokens)
        for place in range(_WINDOW, len(rows)):
            now += int(rows[place].sum())
            before += int((rows[place] & rows[place - _WINDOW : place].any(axis=0)).sum())
    assert before / now >= 0.8
