"""Model files that are wrong in a hundred ways: each is refused with a sentence or ends at most the engine."""

import math
import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import Problem
from core.inference.generator import EngineOptions, LlamaGenerator, Message, Role
from core.inference.stream.pages import can_stream
from core.urgency import Urgency
from tests.made_models import tiny_llama

Entries = dict[str, gguf.GGUFValue]
Weights = dict[str, NDArray[np.float32]]
Spoil = Callable[[Entries, Weights], None]

TALK = [Message(role=Role.USER, text="Hello?")]
WHOLE = gguf.GGUFValueType.UINT32


def entry(key: str, value: object, kind: gguf.GGUFValueType = WHOLE) -> Spoil:
    def spoil(entries: Entries, _: Weights) -> None:
        entries[key] = gguf.GGUFValue(value=value, type=kind)

    return spoil


def without(key: str) -> Spoil:
    def spoil(entries: Entries, _: Weights) -> None:
        del entries[key]

    return spoil


def items(key: str, change: Callable[[list[object]], list[object]]) -> Spoil:
    def spoil(entries: Entries, _: Weights) -> None:
        entries[key].value = change(list(entries[key].value))

    return spoil


def weights(name: str, change: Callable[[NDArray[np.float32]], NDArray[np.float32] | None]) -> Spoil:
    def spoil(_: Entries, tensors: Weights) -> None:
        changed = change(tensors.pop(name))
        if changed is not None:
            tensors[name] = changed

    return spoil


def added(name: str, *shape: int) -> Spoil:
    def spoil(_: Entries, tensors: Weights) -> None:
        tensors[name] = np.zeros(shape, np.float32)

    return spoil


def _filled(value: float) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    return lambda values: np.full_like(values, value)


TEXT, REAL, BOOL = gguf.GGUFValueType.STRING, gguf.GGUFValueType.FLOAT32, gguf.GGUFValueType.BOOL
NUMBERS = {
    "llama.attention.head_count": (0, 3, 5, 64, 2**31, 2**32 - 1),
    "llama.attention.head_count_kv": (0, 3, 8, 2**32 - 1),
    "llama.block_count": (0, 1, 3, 4096, 2**32 - 1),
    "llama.embedding_length": (0, 1, 63, 65, 128, 2**31),
    "llama.feed_forward_length": (0, 1, 127, 2**32 - 1),
    "llama.context_length": (0, 1, 2**32 - 1),
    "llama.rope.dimension_count": (0, 1, 3, 64, 2**32 - 1),
    "llama.attention.key_length": (0, 7, 2**31),
    "llama.expert_count": (8, 2**32 - 1),
    "tokenizer.ggml.bos_token_id": (10**6, 2**32 - 1),
    "tokenizer.ggml.eos_token_id": (10**6, 2**32 - 1),
    "general.file_type": (999,),
    "general.quantization_version": (99,),
}
SPOILT: dict[str, Spoil] = {f"{key}={value}": entry(key, value) for key, values in NUMBERS.items() for value in values}
SPOILT |= {
    f"epsilon={value}": entry("llama.attention.layer_norm_rms_epsilon", value, REAL)
    for value in (0.0, -1.0, math.inf, math.nan)
}
SPOILT |= {f"rope base={value}": entry("llama.rope.freq_base", value, REAL) for value in (0.0, -1.0, math.nan)}
SPOILT |= {
    f"tokenizer {name!r}": entry("tokenizer.ggml.model", name, TEXT)
    for name in ("", "unheard-of", "gpt2", "bert", "rwkv")
}
SPOILT |= {
    f"template of {len(text)}": entry("tokenizer.chat_template", text, TEXT)
    for text in (
        "{% for x in range(10**9) %}{{ x }}{% endfor %}",
        "{{ self.__init__.__globals__ }}",
        "{%" * 9999,
        "\0" * 9,
    )
}
SPOILT |= {
    "the embedding's width is a text": entry("llama.embedding_length", "64", TEXT),
    "the layers are a yes": entry("llama.block_count", True, BOOL),
    "the architecture is a number": entry("general.architecture", 7),
    "an adapter": entry("general.type", "adapter", TEXT),
    "parts": entry("split.count", 3, gguf.GGUFValueType.UINT16),
    "no tokens": without("tokenizer.ggml.tokens"),
    "no kinds of tokens": without("tokenizer.ggml.token_type"),
    "no width": without("llama.embedding_length"),
    "no heads": without("llama.attention.head_count"),
    "no tokenizer": without("tokenizer.ggml.model"),
    "few tokens": items("tokenizer.ggml.tokens", lambda tokens: tokens[:10]),
    "many tokens": items("tokenizer.ggml.tokens", lambda tokens: [*tokens, *(f"more{n}" for n in range(9000))]),
    "equal tokens": items("tokenizer.ggml.tokens", lambda tokens: ["same"] * len(tokens)),
    "empty tokens": items("tokenizer.ggml.tokens", lambda tokens: [""] * len(tokens)),
    "long tokens": items("tokenizer.ggml.tokens", lambda tokens: ["x" * 5000, *tokens[1:]]),
    "broken tokens": items("tokenizer.ggml.tokens", lambda tokens: [b"\xff\xfe", *tokens[1:]]),
    "few scores": items("tokenizer.ggml.scores", lambda scores: scores[:3]),
    "few kinds": items("tokenizer.ggml.token_type", lambda kinds: kinds[:3]),
    "kinds unheard of": items("tokenizer.ggml.token_type", lambda kinds: [77] * len(kinds)),
    "all control": items("tokenizer.ggml.token_type", lambda kinds: [3] * len(kinds)),
    "a tensor is missing": weights("blk.1.ffn_down.weight", lambda _: None),
    "no words' table": weights("token_embd.weight", lambda _: None),
    "a tensor too many": added("blk.0.surprise.weight", 4, 4),
    "a layer too many": added("blk.77.attn_q.weight", 64, 64),
    "a norm of the wrong length": weights("blk.0.attn_norm.weight", lambda values: values[:32]),
    "a matrix turned": weights("blk.0.ffn_up.weight", lambda values: np.ascontiguousarray(values.T)),
    "a matrix cut": weights("blk.1.attn_q.weight", lambda values: values[:40]),
    "three dimensions": weights("blk.1.attn_q.weight", lambda values: values.reshape(2, 32, 64)),
    "a norm of 16 bits": weights("output_norm.weight", lambda values: values.astype(np.float16)),  # type: ignore[arg-type, return-value]
    "nothing but nan": weights("blk.0.attn_q.weight", _filled(math.nan)),
    "nothing but infinity": weights("output.weight", _filled(math.inf)),
    "nothing but zero": weights("output.weight", _filled(0.0)),
    "everything huge": weights("token_embd.weight", _filled(3e38)),
    "nan in the table": weights("token_embd.weight", _filled(math.nan)),
}


def outcome(path: Path, mode: str | None = None) -> str:
    """What came of loading it and writing a few words, as a sentence."""
    try:
        with closing(
            LlamaGenerator(path, memory_mb=256, context_tokens=96, options=EngineOptions(mode=mode))
        ) as engine:
            "".join(engine.generate(TALK, max_tokens=3, urgency=Urgency.QUESTION, cancelled=lambda: False))
    except Problem as problem:
        return problem.title
    return "It wrote."


MODES = [None, "stream"] if can_stream() else [None]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_model_ends_at_most_the_engine(tmp_path: Path, name: str, mode: str | None) -> None:
    said = outcome(tiny_llama(tmp_path / "tiny.gguf", spoil=SPOILT[name]), mode)
    assert said.endswith(".")
    assert str(tmp_path) not in said


def test_more_than_seventy_four_ways_of_being_wrong_are_tried() -> None:
    assert len(SPOILT) >= 74


@pytest.mark.parametrize("mode", MODES)
def test_a_sound_model_writes(tmp_path: Path, mode: str | None) -> None:
    assert outcome(tiny_llama(tmp_path / "tiny.gguf"), mode) == "It wrote."


@pytest.mark.parametrize("seed", range(6))
def test_bits_flipped_in_the_weights_end_at_most_the_engine(tmp_path: Path, seed: int) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf")
    data, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(2000):
        data[chance.randrange(len(data) // 2, len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(data))
    assert outcome(path).endswith(".")


def test_a_vocabulary_without_a_space_spells_it_in_bytes(tmp_path: Path) -> None:
    spaceless = items("tokenizer.ggml.tokens", lambda tokens: ["☺" if token == "▁" else token for token in tokens])
    path = tiny_llama(tmp_path / "tiny.gguf", spoil=spaceless)
    with closing(LlamaGenerator(path, memory_mb=256, context_tokens=96)) as engine:
        assert engine.count(" " * 20) == 3 * 20
