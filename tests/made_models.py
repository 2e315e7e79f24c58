"""Makes tiny model files for the tests: a llama with random weights and a tokenizer of its own."""

from pathlib import Path

import gguf
import numpy as np

LETTERS = " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?'\"()[]{}<>|/-_\n"
MARKS = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
CHATML_TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"


def tiny_llama(
    path: Path,
    *,
    context: int = 512,
    template: str | None = CHATML_TEMPLATE,
    seed: int = 7,
    width: int = 64,
    layers: int = 2,
    architecture: str = "llama",
) -> Path:
    """Write a llama of a few hundred kilobytes: random weights, one token a letter, ChatML's marks."""
    random = np.random.default_rng(seed)
    bytes_ = [f"<0x{number:02X}>" for number in range(256)]
    words = sorted({"▁" if letter == " " else letter for letter in LETTERS} - {"\n"})
    tokens = [*MARKS, *bytes_, *words]
    control, byte, normal = gguf.TokenType.CONTROL, gguf.TokenType.BYTE, gguf.TokenType.NORMAL
    kinds = [gguf.TokenType.UNKNOWN, *[control] * 4, *[byte] * 256, *[normal] * len(words)]
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("Tiny")
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(2 * width)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // 4)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(place) for place in range(len(tokens))])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(4)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)
    if template is not None:
        writer.add_chat_template(template)
    for name, shape in _shapes(width, layers, len(tokens)).items():
        values = np.ones(shape) if len(shape) == 1 else random.normal(0, 0.3, shape)
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _shapes(width: int, layers: int, vocabulary: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, width),
        "output_norm.weight": (width,),
        "output.weight": (vocabulary, width),
    }
    for layer in range(layers):
        begin = f"blk.{layer}."
        shapes |= {begin + f"{name}.weight": (width,) for name in ("attn_norm", "ffn_norm")}
        shapes |= {begin + f"{name}.weight": (width, width) for name in ("attn_q", "attn_k", "attn_v", "attn_output")}
        shapes |= {begin + f"{name}.weight": (2 * width, width) for name in ("ffn_gate", "ffn_up")}
        shapes |= {begin + "ffn_down.weight": (width, 2 * width)}
    return shapes
