"""Tokens are counted as the published tokenizer counts them, without native code."""

import json
from pathlib import Path

import pytest

from core.errors import ModelProblem
from core.inference.wordpiece import WordPieces, count
from tests.made_models import tiny_llama

REFERENCE = json.loads((Path(__file__).parents[2] / "data" / "embedder_reference.json").read_text("utf-8"))


def test_texts_have_as_many_tokens_as_the_published_tokenizer_gives_them() -> None:
    assert [count(text) for text in REFERENCE["texts"]] == REFERENCE["tokens"]


def test_nothing_has_no_tokens_and_spelled_marks_are_letters() -> None:
    assert count("") == 0
    assert count(" \n\t") == 0
    assert count("[CLS]") > 1


@pytest.mark.parametrize("text", ["\ud800 lone", "\0\0", "a\u0301" * 5000, "🙂" * 3000, "\u202e\u200b x"])
def test_strange_text_is_counted_all_the_same(text: str) -> None:
    assert count(text) >= 0


def test_a_model_with_another_vocabulary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem):
        WordPieces(tiny_llama(tmp_path / "tiny.gguf"))
