"""Models whose layers keep a state that cannot be taken back, and buffers that nobody foresaw."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import Cancelled
from core.inference.kept import Kept
from core.inference.layout import read_layout
from core.inference.llama import Loaded, Running
from core.inference.opening import Allowance, open_for_text
from core.inference.planned import planned, read_model
from core.inference.stream.costs import Cache
from core.inference.stream.pages import can_stream
from core.inference.stream.plan import Way
from tests.made_hybrid import tiny_hybrid
from tests.made_models import tiny_llama

MB = 2**20
PROMPT = [20, 31, 45, 270, 288, 300, 310, 290, 275, 281]


class Interrupted(Loaded):
    """Computes a sweep to its end, and then hears that it was cancelled."""

    at: int | None = None

    def decode(self, tokens: Sequence[int], begin: int, *, all_outputs: bool) -> int:
        outcome = super().decode(tokens, begin, all_outputs=all_outputs)
        if begin == self.at:
            self.at = None
            raise Cancelled("The sweep")
        return outcome


@contextmanager
def kept(path: Path, interrupted_at: int | None = None) -> Iterator[Kept]:
    running = Running(context=128, batch=4, threads=1)
    with closing(Interrupted(path, read_layout(path).facts, running)) as loaded:
        loaded.at = interrupted_at
        yield Kept(loaded, 4)


def after(kept: Kept, prompt: Sequence[int]) -> NDArray[np.float32]:
    kept.read(prompt)
    return kept.logits(-1).copy()


@pytest.mark.parametrize("make", [tiny_llama, tiny_hybrid])
@pytest.mark.parametrize("at", [0, 4, 8])
def test_what_was_read_when_a_sweep_was_cancelled_leaves_no_trace(tmp_path: Path, make: type, at: int) -> None:
    path = make(tmp_path / "model.gguf")
    with kept(path) as fresh:
        wanted = after(fresh, PROMPT)
        other = after(fresh, PROMPT[:5])
    with kept(path, at) as one:
        with pytest.raises(Cancelled):
            one.read(PROMPT)
        assert np.array_equal(after(one, PROMPT), wanted)
        assert np.array_equal(after(one, PROMPT[:5]), other)


def test_the_cache_of_a_model_with_heads_for_each_layer_is_what_llama_cpp_takes(tmp_path: Path) -> None:
    path = tiny_hybrid(tmp_path / "hybrid.gguf", shared_heads=(0, 4, 0, 2))
    facts = read_layout(path).facts
    assert facts.cache_bytes_per_token == 2 * (4 + 2) * 16 * 2
    with closing(Loaded(path, facts, Running(context=4096, batch=32, threads=1))) as loaded:
        assert loaded.said.buffers["KV"] == pytest.approx(4096 * facts.cache_bytes_per_token, rel=0.02)
        assert loaded.said.buffers["RS"] > 0


@pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")
def test_buffers_that_nobody_foresaw_are_taken_from_the_weights_that_stay(tmp_path: Path) -> None:
    path = tiny_hybrid(tmp_path / "large.gguf", shared_heads=(0, 4) * 3, width=256, state=2048)
    model = read_model(path)
    budget = planned(model, budget_bytes=2**34, context_tokens=256, cache=Cache.F16).peak_bytes - 8 * MB
    foreseen = planned(model, budget_bytes=budget, context_tokens=256, cache=Cache.F16)
    assert foreseen.way is Way.DENSE
    allowed = Allowance(budget_bytes=budget, context=256, threads=1, cache=Cache.F16)
    opened = open_for_text(path, allowed)
    with closing(opened.loaded) as loaded:
        buffers = sum(loaded.said.buffers.values())
        plan = opened.plan
        assert buffers > foreseen.cache_bytes + foreseen.compute_bytes + 0.03 * budget
        assert plan.resident_bytes + plan.window_bytes < foreseen.resident_bytes + foreseen.window_bytes
        assert buffers + plan.program_bytes + plan.resident_bytes + plan.window_bytes <= budget
