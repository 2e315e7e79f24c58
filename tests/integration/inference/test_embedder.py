"""The bundled embedder gives the published model's vectors, whatever text it gets and whatever befalls it."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelMissing, ModelProblem, NoModelLibrary
from core.inference.embedder import LlamaEmbedder
from core.urgency import Urgency
from tests.made_models import tiny_llama

REFERENCE = json.loads((Path(__file__).parents[2] / "data" / "embedder_reference.json").read_text("utf-8"))
LARGEST_DEVIATION = 0.015
"""Of a cosine, from the float32 weights; Q8_0 was measured at 0.0093."""


@pytest.fixture(scope="module")
def embedder() -> Iterator[LlamaEmbedder]:
    embedder = LlamaEmbedder()
    yield embedder
    embedder.close()


def test_its_cosines_are_those_of_the_published_weights(embedder: LlamaEmbedder, record_property: object) -> None:
    vectors = embedder.embed(REFERENCE["texts"], Urgency.UPKEEP)
    deviations = [abs(float(vectors[a] @ vectors[b]) - cosine) for a, b, cosine in REFERENCE["cosines"]]
    assert callable(record_property)
    record_property("max_deviation", max(deviations))
    assert max(deviations) < LARGEST_DEVIATION, f"max deviation {max(deviations):.4f}"
    assert np.abs(vectors[:, :8] - np.array(REFERENCE["begins"])).max() < LARGEST_DEVIATION


def test_a_vector_has_unit_length_and_its_embedders_name(embedder: LlamaEmbedder) -> None:
    vectors = embedder.embed(["one", "two words", "three of them"], Urgency.QUESTION)
    assert vectors.shape == (3, embedder.dimensions) == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.id == "all-minilm-l6-v2-q8_0:8ea64a372d95"


def test_nothing_gives_nothing(embedder: LlamaEmbedder) -> None:
    assert embedder.embed([], Urgency.QUESTION).shape == (0, 384)


def test_a_text_has_the_same_vector_alone_and_among_others(embedder: LlamaEmbedder) -> None:
    texts = [f"note number {number} about the garden" for number in range(20)]
    together = embedder.embed(texts, Urgency.UPKEEP)
    alone = np.vstack([embedder.embed([text], Urgency.QUESTION) for text in texts])
    assert np.array_equal(together, alone)


STRANGE = {
    "nothing": "",
    "blank": " \n\t ",
    "a lone surrogate": "before \ud800 after",
    "NULs": "\0" * 500,
    "ten megabytes": "word " * 2_000_000,
    "one endless word": "a" * 1_000_000,
    "combining bombs": "a" + "\u0301" * 100_000,
    "emoji": "👩‍👩‍👧‍👦" * 5000,
    "right to left and invisible": "\u202e\u200b\u2066שלום\u2069\U000e0041",
    "control tokens": "[CLS] [SEP] [MASK] [PAD] " * 300,
    "exactly the context": "word " * 510,
    "one more than the context": "word " * 511,
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_text_has_a_vector_all_the_same(embedder: LlamaEmbedder, name: str) -> None:
    vectors = embedder.embed([STRANGE[name]], Urgency.UPKEEP)
    assert np.isclose(np.linalg.norm(vectors[0]), 1, atol=1e-5)
    assert embedder.alive


def test_what_lies_beyond_the_context_does_not_count(embedder: LlamaEmbedder) -> None:
    texts = ["word " * 510 + "Lisbon", "word " * 510 + "pancakes"]
    first, second = embedder.embed(texts, Urgency.UPKEEP)
    assert np.array_equal(first, second)


def test_a_killed_embedder_costs_one_more_try(embedder: LlamaEmbedder) -> None:
    before = embedder.embed(["the same"], Urgency.QUESTION)
    assert embedder.pid is not None
    os.kill(embedder.pid, signal.SIGKILL)
    assert np.array_equal(embedder.embed(["the same"], Urgency.QUESTION), before)


def test_a_question_interrupts_a_long_import_and_both_are_right(embedder: LlamaEmbedder) -> None:
    long = [f"{number} " + "many words of a long page " * 80 for number in range(6)]
    wanted = embedder.embed(long, Urgency.UPKEEP)
    question = embedder.embed(["where are the keys?"], Urgency.QUESTION)
    found: list[object] = []
    importer = threading.Thread(target=lambda: found.append(embedder.embed(long, Urgency.UPKEEP)))
    importer.start()
    while importer.is_alive():
        assert np.array_equal(embedder.embed(["where are the keys?"], Urgency.QUESTION), question)
        importer.join(0.02)

    assert np.array_equal(np.array(found[0]), wanted)


def test_what_is_not_an_embedder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="not an embedder"):
        LlamaEmbedder(tiny_llama(tmp_path / "tiny.gguf"))
    with pytest.raises(ModelMissing):
        LlamaEmbedder(tmp_path / "absent.gguf")


def test_without_llama_cpp_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = LlamaEmbedder()
    monkeypatch.setattr(embedder._child, "_module", "tests.integration.inference.missing_child")
    with pytest.raises(NoModelLibrary):
        embedder.embed(["words"], Urgency.QUESTION)
    embedder.close()
