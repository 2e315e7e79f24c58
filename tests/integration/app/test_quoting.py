"""The copier inside a large shape says what the copier says, and all of the large model's weights stand in the file."""

from contextlib import closing
from pathlib import Path

import gguf
import numpy as np
import pytest

from app.bench.stream.quoting import embed_copier
from core.errors import Problem
from core.inference.generator import LlamaGenerator, whole_reply
from core.urgency import Urgency
from tests.copier.cases import Cases

COPIER = Path(__file__).parent.parent.parent / "data" / "copier.gguf"


def replies(model: Path) -> list[str]:
    cases = Cases(21)
    with closing(LlamaGenerator(model, memory_mb=400)) as engine:
        return [
            whole_reply(engine, case.messages(one.question), max_tokens=60, urgency=Urgency.QUESTION)
            for case in (cases.case(many, 1) for many in (1, 2, 4))
            for one in case.asked
        ]


@pytest.mark.parametrize(("width", "heads", "head_width"), [(512, 8, 32), (512, 16, 128)])
def test_a_large_shape_says_word_for_word_what_the_copier_inside_it_says(
    tmp_path: Path, width: int, heads: int, head_width: int
) -> None:
    large = embed_copier(
        COPIER,
        tmp_path / "large.gguf",
        layers=8,
        width=width,
        inner=1536,
        heads=heads,
        shared_heads=4,
        head_width=head_width,
    )
    said = replies(COPIER)
    assert any("[M" in one for one in said)
    assert replies(large) == said


def test_only_what_may_add_nothing_is_zero(tmp_path: Path) -> None:
    shape = {"layers": 6, "width": 256, "inner": 1024, "heads": 8, "shared_heads": 4}
    large = embed_copier(COPIER, tmp_path / "large.gguf", **shape)
    zero = {one.name.split(".")[-2] for one in gguf.GGUFReader(large).tensors if not np.any(one.data)}
    assert zero == {"attn_output", "ffn_down"}
    assert not list(tmp_path.glob("*.part"))


def test_a_shape_that_is_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="does not fit"):
        embed_copier(COPIER, tmp_path / "l.gguf", layers=2, width=256, inner=1024, heads=8, shared_heads=4)
    assert not list(tmp_path.iterdir())
