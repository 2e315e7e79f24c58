"""Makes tiny models whose neurons are relu(x)^2, with a low-rank first matrix, so that they can be foretold."""

from pathlib import Path

import gguf
import numpy as np

from tests.made_models import LETTERS, MARKS

KINDS = {"F32": gguf.GGMLQuantizationType.F32, "Q8_0": gguf.GGMLQuantizationType.Q8_0}
_LAYER_NORMS = ("nemotron", "jais2")


def tiny_relu(
    path: Path,
    *,
    architecture: str = "arcee",
    width: int = 64,
    count: int = 1024,
    layers: int = 2,
    rank: int = 16,
    kind: str = "F32",
    seed: int = 3,
) -> Path:
    """Write a model of about a megabyte: a token a letter, a sixth of the neurons active for a token."""
    random = np.random.default_rng(seed)
    words = sorted({"▁" if letter == " " else letter for letter in LETTERS} - {"\n"})
    tokens = [*MARKS, *(f"<0x{number:02X}>" for number in range(256)), *words]
    control, byte, normal = gguf.TokenType.CONTROL, gguf.TokenType.BYTE, gguf.TokenType.NORMAL
    biased = architecture in _LAYER_NORMS
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("Tiny neurons")
    writer.add_context_length(512)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(count)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_layer_norm_eps(1e-5) if biased else writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // 4)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(place) for place in range(len(tokens))])
    writer.add_token_types([gguf.TokenType.UNKNOWN, *[control] * 4, *[byte] * 256, *[normal] * len(words)])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(4)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)

    def put(name: str, values: np.ndarray, weights: str = "F32") -> None:
        values = values.astype(np.float32)
        kept = KINDS[weights]
        if weights == "F32":
            writer.add_tensor(name, values)
        else:
            writer.add_tensor(name, gguf.quants.quantize(values, kept), raw_dtype=kept)

    def norm(name: str) -> None:
        put(f"{name}.weight", np.ones(width))
        if biased:
            put(f"{name}.bias", np.zeros(width))

    put("token_embd.weight", random.normal(0, 1, (len(tokens), width)))
    put("output.weight", random.normal(0, 0.5, (len(tokens), width)))
    norm("output_norm")
    for layer in range(layers):
        of = f"blk.{layer}."
        norm(of + "attn_norm")
        norm(of + "ffn_norm")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            put(of + f"{part}.weight", random.normal(0, 0.1, (width, width)), kind)
        if architecture == "jais2":
            put(of + "attn_output.bias", np.zeros(width))
        inner, outer = random.normal(0, 1, (rank, width)), random.normal(0, 1, (count, rank))
        up = outer @ inner / np.sqrt(rank * width)
        # Neurons differ in how much they must be driven; without a bias of their own, by how much they resist a
        # direction that every token has.
        drive = random.normal(1.2, 1.0, count)
        if biased:
            put(of + "ffn_up.bias", -drive)
        put(of + "ffn_up.weight", up, kind)
        put(of + "ffn_down.weight", random.normal(0, 0.05, (width, count)), kind)
        if architecture == "jais2":
            put(of + "ffn_down.bias", random.normal(0, 0.1, width))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
