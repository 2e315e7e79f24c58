"""A template is rendered in a child that ends, whatever it does to it."""

import time
from pathlib import Path

import psutil
import pytest

from core.errors import ModelProblem
from core.inference.chat_format import CHATML, PLAIN
from core.inference.learning import chat_format_of
from tests.made_models import tiny_llama
from tests.unit.inference.test_template import SEED


def test_a_known_template_is_not_rendered_at_all(tmp_path: Path) -> None:
    hostile = "{{ 'x' * 10**12 }}<|im_start|><|im_end|>"
    assert chat_format_of(tiny_llama(tmp_path / "a.gguf", template=hostile)) == CHATML
    assert chat_format_of(tiny_llama(tmp_path / "b.gguf", template=None)) == PLAIN


def test_an_unknown_template_is_learned_in_a_child_that_ends(tmp_path: Path) -> None:
    assert chat_format_of(tiny_llama(tmp_path / "a.gguf", template=SEED)).stop == "<seed:eos>"
    assert [child for child in psutil.Process().children() if "template_child" in " ".join(child.cmdline())] == []


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'x' * 10**11 }}",
        "{% set ns = namespace(a='x') %}{% for i in range(60) %}{% set ns.a = ns.a + ns.a %}{% endfor %}{{ ns.a }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ cycler.__init__.__globals__ }}",
    ],
    ids=["memory", "doubling", "time", "recursion", "numbers", "escape"],
)
def test_a_hostile_template_is_refused_with_a_sentence_and_leaves_nothing(
    tmp_path: Path, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.inference.learning._PATIENCE_S", 2.0)
    begun = time.monotonic()
    with pytest.raises(ModelProblem):
        chat_format_of(tiny_llama(tmp_path / "a.gguf", template=template))
    assert time.monotonic() - begun < 60
    assert [child for child in psutil.Process().children() if "template_child" in " ".join(child.cmdline())] == []
