"""With ggml's switch, one token is computed as many are: to the bit, also behind a long cache."""

import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from core.inference.header import check_gguf
from core.inference.kernels import Kernels
from core.inference.llama import Loaded, Running
from tests.integration.inference.test_drafting import in_eight_bits
from tests.made_models import tiny_llama

LONG = 768
"""Behind so many tokens a single one's attention would be divided among threads."""
NEXT = [20 + number * 7 % 200 for number in range(8)]


def test_without_a_way_to_it_there_is_no_switch_and_no_harm() -> None:
    kernels = Kernels(ModuleType("no llama.cpp"), 0)
    kernels.set_uniform(True)
    assert not kernels.found


@pytest.mark.skipif(sys.platform != "linux", reason="where it is reached is known for Linux")
@pytest.mark.parametrize("size", [2, 4, 8])
def test_a_token_gives_the_same_in_a_batch_of_any_size(tmp_path: Path, size: int) -> None:
    path = in_eight_bits(tiny_llama(tmp_path / "tiny.gguf", context=1024, width=256))
    with closing(Loaded(path, check_gguf(path), Running(context=1024, batch=256, threads=2))) as model:
        assert model.kernels.found
        for begin in range(0, LONG, 256):
            model.decode([20 + place % 200 for place in range(begin, begin + 256)], begin, all_outputs=False)
        model.kernels.set_uniform(True)
        alone = []
        for place, token in enumerate(NEXT):
            model.decode([token], LONG + place, all_outputs=False)
            alone.append(model.logits(-1).copy())
        model.lib.llama_memory_seq_rm(model.memory, -1, LONG, -1)
        for begin in range(0, len(NEXT), size):
            model.decode(NEXT[begin : begin + size], LONG + begin, all_outputs=True)
            for place in range(size):
                np.testing.assert_array_equal(model.logits(place), alone[begin + place])
