"""Makes tiny models whose neurons have gates (SwiGLU, GeGLU), for several families."""

from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

from tests.made_models import add_letters

_HEADS = 4
_KINDS = {"F32": gguf.GGMLQuantizationType.F32, "Q4_0": gguf.GGMLQuantizationType.Q4_0}


def tiny_gated(
    path: Path,
    *,
    architecture: str = "llama",
    width: int = 64,
    count: int = 1024,
    layers: int = 2,
    kind: str = "F32",
    down_kinds: tuple[str, ...] = (),
    seed: int = 5,
) -> Path:
    """Write a model of about a megabyte: a token a letter, gates of unequal strength; random weights, a noise's words.

    `down_kinds`: of each layer's second matrix, where they differ.
    """
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("Tiny gates")
    writer.add_context_length(512)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(count)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // _HEADS)
    writer.add_key_length(width // _HEADS)
    writer.add_value_length(width // _HEADS)
    vocabulary = add_letters(writer)

    def put(name: str, values: NDArray[np.float64], weights: str = "F32") -> None:
        kept, floats = _KINDS[weights], values.astype(np.float32)
        if weights == "F32":
            writer.add_tensor(name, floats)
        else:
            writer.add_tensor(name, gguf.quants.quantize(floats, kept), raw_dtype=kept)

    ones = np.ones(width)
    # Gemma multiplies its embeddings by the square root of the width.
    loud = width**-0.5 if architecture == "gemma" else 1.0
    put("token_embd.weight", random.normal(0, loud, (vocabulary, width)))
    if architecture != "gemma":
        put("output.weight", random.normal(0, 0.5, (vocabulary, width)))
    put("output_norm.weight", ones)
    for layer in range(layers):
        of = f"blk.{layer}."
        put(of + "attn_norm.weight", ones)
        put(of + "ffn_norm.weight", ones)
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            put(of + f"{part}.weight", random.normal(0, 0.1, (width, width)), kind)
        if architecture == "qwen2":
            for part in ("attn_q", "attn_k", "attn_v"):
                put(of + f"{part}.bias", np.zeros(width))
        if architecture == "qwen3":
            for part in ("attn_q_norm", "attn_k_norm"):
                put(of + f"{part}.weight", np.ones(width // _HEADS))
        strength = random.lognormal(0, 0.7, (count, 1))
        put(of + "ffn_gate.weight", strength * random.normal(-0.02, width**-0.5, (count, width)), kind)
        put(of + "ffn_up.weight", random.normal(0, width**-0.5, (count, width)), kind)
        put(of + "ffn_down.weight", random.normal(0, 0.04, (width, count)), (down_kinds or (kind,) * layers)[layer])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
