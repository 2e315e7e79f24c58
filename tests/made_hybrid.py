"""Makes tiny models of which some layers attend and the others keep a state (Jamba), with random weights."""

from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np

from tests.made_models import CHATML_TEMPLATE, add_letters


def tiny_hybrid(
    path: Path,
    *,
    shared_heads: Sequence[int] = (0, 4, 0, 2),
    width: int = 64,
    state: int = 16,
    context: int = 512,
    seed: int = 9,
) -> Path:
    """Write a model with a layer for each of `shared_heads`: as many heads of keys, 0: a layer that keeps a state."""
    random, inner = np.random.default_rng(seed), 2 * width
    writer = gguf.GGUFWriter(path, "jamba")
    writer.add_name("Tiny hybrid")
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(len(shared_heads))
    writer.add_feed_forward_length(2 * width)
    writer.add_head_count(4)
    writer.add_array("jamba.attention.head_count_kv", list(shared_heads))
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_ssm_conv_kernel(4)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(state)
    writer.add_ssm_time_step_rank(8)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    vocabulary = add_letters(writer)
    writer.add_chat_template(CHATML_TEMPLATE)
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, width),
        "output_norm.weight": (width,),
        "output.weight": (vocabulary, width),
    }
    for layer, heads in enumerate(shared_heads):
        of = f"blk.{layer}."
        shapes |= {of + f"{name}.weight": (width,) for name in ("attn_norm", "ffn_norm")}
        shapes |= {of + f"{name}.weight": (2 * width, width) for name in ("ffn_gate", "ffn_up")}
        shapes |= {of + "ffn_down.weight": (width, 2 * width)}
        if heads:
            keys = heads * width // 4
            shapes |= {of + f"attn_{name}.weight": (width, width) for name in ("q", "output")}
            shapes |= {of + f"attn_{name}.weight": (keys, width) for name in ("k", "v")}
            continue
        shapes |= {
            of + "ssm_in.weight": (2 * inner, width),
            of + "ssm_conv1d.weight": (inner, 4),
            of + "ssm_conv1d.bias": (inner,),
            of + "ssm_x.weight": (8 + 2 * state, inner),
            of + "ssm_dt_norm.weight": (8,),
            of + "ssm_dt.weight": (inner, 8),
            of + "ssm_dt.bias": (inner,),
            of + "ssm_b_norm.weight": (state,),
            of + "ssm_c_norm.weight": (state,),
            of + "ssm_a": (inner, state),
            of + "ssm_d": (inner,),
            of + "ssm_out.weight": (width, inner),
        }
    for name, shape in shapes.items():
        whole = np.ones(shape) if name.endswith("norm.weight") else random.normal(0, 0.3, shape)
        values = -np.abs(whole) if name.endswith("ssm_a") else whole
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
