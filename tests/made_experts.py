"""Makes tiny mixtures of experts for the tests, of several families that llama.cpp runs, with random weights."""

from pathlib import Path

import gguf
import numpy as np

from tests.made_models import add_letters

FAMILIES = ("qwen3moe", "llama", "gpt-oss", "deepseek", "granite_swa")
"""Plain; as Mixtral; with biases, in MXFP4; a dense first layer and shared experts; gate and up in one tensor."""
WIDTH, HEAD = 64, 16


def tiny_moe(
    path: Path,
    *,
    family: str = "qwen3moe",
    layers: int = 4,
    experts: int = 16,
    used: int = 2,
    hidden: int = 96,
    seed: int = 5,
    names: dict[str, str] | None = None,
    probabilities: type[np.floating] | None = None,
) -> Path:
    """Write a mixture of some hundred kilobytes. An expert's matrices are not whole pages, as in real files.

    `names`: tensors' names to be changed, by their part behind the layer. `probabilities`: with a bias of the choice,
    of this kind of number.
    """
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, family)
    writer.add_name("Tiny mixture")
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(hidden)
    writer.add_expert_feed_forward_length(hidden)
    writer.add_expert_count(experts)
    writer.add_expert_used_count(used)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(HEAD)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    if family in ("gpt-oss", "granite_swa"):
        writer.add_sliding_window(64)
        writer.add_sliding_window_pattern([True] * layers)
        writer.add_logit_scale(1.0)
    if family == "deepseek":
        writer.add_leading_dense_block_count(1)
        writer.add_expert_shared_count(1)
        writer.add_expert_weights_scale(1.0)
    vocabulary = add_letters(writer)
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, WIDTH),
        "output_norm.weight": (WIDTH,),
        "output.weight": (vocabulary, WIDTH),
    }
    for layer in range(layers):
        for part, shape in _layer(family, experts, hidden, dense=family == "deepseek" and layer == 0).items():
            shapes[f"blk.{layer}.{(names or {}).get(part, part)}"] = shape
    for name, shape in shapes.items():
        if family == "gpt-oss" and name.endswith("_exps.weight"):
            _add_mxfp4(writer, name, shape, random)
            continue
        is_norm = name.endswith("norm.weight")
        spread = 1.0 if name == "token_embd.weight" else 0.3
        values = random.uniform(0.8, 1.2, shape) if is_norm else random.normal(0, spread, shape)
        writer.add_tensor(name, values.astype(np.float32))
    if probabilities is not None:
        for layer in range(layers):
            writer.add_tensor(f"blk.{layer}.exp_probs_b.bias", random.normal(0, 1, experts).astype(probabilities))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _layer(family: str, experts: int, hidden: int, *, dense: bool) -> dict[str, tuple[int, ...]]:
    post = "post_attention_norm" if family == "gpt-oss" else "ffn_norm"
    parts: dict[str, tuple[int, ...]] = {"attn_norm.weight": (WIDTH,), f"{post}.weight": (WIDTH,)}
    parts |= {f"{name}.weight": (4 * HEAD, WIDTH) for name in ("attn_q", "attn_k", "attn_v", "attn_output")}
    if family == "qwen3moe":
        parts |= {f"{name}.weight": (HEAD,) for name in ("attn_q_norm", "attn_k_norm")}
    if family in ("gpt-oss", "granite_swa"):
        parts |= {"attn_sinks.weight": (4,)}
    if family == "gpt-oss":
        parts |= {f"{name}.bias": (WIDTH,) for name in ("attn_q", "attn_k", "attn_v", "attn_output")}
        parts |= {"ffn_gate_inp.bias": (experts,), "ffn_down_exps.bias": (experts, WIDTH)}
        parts |= {f"{name}.bias": (experts, hidden) for name in ("ffn_gate_exps", "ffn_up_exps")}
    if dense:
        parts |= {f"{name}.weight": (hidden, WIDTH) for name in ("ffn_gate", "ffn_up")}
        return parts | {"ffn_down.weight": (WIDTH, hidden)}
    if family == "deepseek":
        parts |= {f"{name}.weight": (hidden, WIDTH) for name in ("ffn_gate_shexp", "ffn_up_shexp")}
        parts |= {"ffn_down_shexp.weight": (WIDTH, hidden)}
    parts |= {"ffn_gate_inp.weight": (experts, WIDTH), "ffn_down_exps.weight": (experts, WIDTH, hidden)}
    if family == "granite_swa":
        return parts | {"ffn_gate_up_exps.weight": (experts, 2 * hidden, WIDTH)}
    return parts | {f"{name}.weight": (experts, hidden, WIDTH) for name in ("ffn_gate_exps", "ffn_up_exps")}


def _add_mxfp4(writer: gguf.GGUFWriter, name: str, shape: tuple[int, ...], random: np.random.Generator) -> None:
    """Blocks of 32 numbers in 17 bytes: an exponent, then two numbers a byte."""
    blocks = random.integers(0, 256, (*shape[:-1], shape[-1] // 32, 17), dtype=np.uint8)
    blocks[..., 0] = 124
    writer.add_tensor(name, blocks.reshape(*shape[:-1], -1), raw_dtype=gguf.GGMLQuantizationType.MXFP4)
