"""Makes tiny model files for the tests: a llama with random weights and a tokenizer of its own."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NotRequired, TypedDict

import gguf
import numpy as np
from numpy.typing import NDArray

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
    spoil: Callable[[dict[str, gguf.GGUFValue], dict[str, NDArray[np.float32]]], None] | None = None,
) -> Path:
    """Write a llama of a few hundred kilobytes: random weights, one token a letter, ChatML's marks.

    `spoil` may change its entries and its tensors before they are written.
    """
    random = np.random.default_rng(seed)
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
    vocabulary = add_letters(writer)
    if template is not None:
        writer.add_chat_template(template)
    weights = {
        name: (np.ones(shape) if len(shape) == 1 else random.normal(0, 0.3, shape)).astype(np.float32)
        for name, shape in _shapes(width, layers, vocabulary).items()
    }
    if spoil is not None:
        spoil(writer.kv_data[0], weights)
    for name, values in weights.items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def add_letters(writer: gguf.GGUFWriter) -> int:
    """Write a tokenizer of one token a letter and ChatML's marks; how many tokens it has."""
    bytes_ = [f"<0x{number:02X}>" for number in range(256)]
    words = sorted({"▁" if letter == " " else letter for letter in LETTERS} - {"\n"})
    tokens = [*MARKS, *bytes_, *words]
    control, byte, normal = gguf.TokenType.CONTROL, gguf.TokenType.BYTE, gguf.TokenType.NORMAL
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(place) for place in range(len(tokens))])
    writer.add_token_types([gguf.TokenType.UNKNOWN, *[control] * 4, *[byte] * 256, *[normal] * len(words)])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(4)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)
    return len(tokens)


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


def tiny_bert(path: Path, *, width: int = 32, layers: int = 1, seed: int = 11, name: str = "Tiny BERT") -> Path:
    """Write an embedder of some hundred kilobytes: random weights, a token a letter, mean of its tokens."""
    random = np.random.default_rng(seed)
    letters = [letter for letter in LETTERS if not letter.isspace() and not letter.isupper()]
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens = [*marks, *(f"▁{letter}" for letter in letters), *letters]
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name(name)
    writer.add_context_length(128)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(2 * width)
    writer.add_head_count(2)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types([*[control] * len(marks), *[normal] * (len(tokens) - len(marks))])
    writer.add_token_type_count(2)
    for add, token in (
        (writer.add_pad_token_id, 0),
        (writer.add_unk_token_id, 1),
        (writer.add_bos_token_id, 2),
        (writer.add_sep_token_id, 3),
        (writer.add_eos_token_id, 3),
        (writer.add_mask_token_id, 4),
    ):
        add(token)
    for tensor, shape in _bert_shapes(width, layers, len(tokens)).items():
        whole = np.ones if tensor.endswith("norm.weight") else np.zeros
        values = whole(shape) if len(shape) == 1 else random.normal(0, 0.3, shape)
        writer.add_tensor(tensor, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _bert_shapes(width: int, layers: int, vocabulary: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, width),
        "position_embd.weight": (128, width),
        "token_types.weight": (2, width),
        "token_embd_norm.weight": (width,),
        "token_embd_norm.bias": (width,),
    }
    wide = {"attn_q": (width, width), "attn_k": (width, width), "attn_v": (width, width)}
    wide |= {"attn_output": (width, width), "ffn_up": (2 * width, width), "ffn_down": (width, 2 * width)}
    for layer in range(layers):
        begin = f"blk.{layer}."
        for part, shape in wide.items():
            shapes |= {f"{begin}{part}.weight": shape, f"{begin}{part}.bias": shape[:1]}
        for part in ("attn_output_norm", "layer_output_norm"):
            shapes |= {f"{begin}{part}.{kind}": (width,) for kind in ("weight", "bias")}
    return shapes


class RawTensor(TypedDict):
    """A tensor's entry."""

    name: str
    sides: list[int]
    kind: int
    offset: int
    dimension_count: NotRequired[int]


@dataclass
class RawGguf:
    """A GGUF file byte by byte, so that a test can make any of them wrong."""

    magic: bytes = b"GGUF"
    version: int = 3
    tensor_count: int | None = None
    entry_count: int | None = None
    first_key_length: int | None = None
    entries: list[tuple[str, int, bytes]] = field(
        default_factory=lambda: [
            ("general.architecture", 8, struct.pack("<Q", 5) + b"llama"),
            ("llama.context_length", 4, struct.pack("<I", 128)),
            ("list", 9, struct.pack("<IQ3I", 4, 3, 1, 2, 3)),
        ]
    )
    tensors: list[RawTensor] = field(
        default_factory=lambda: [
            {"name": "first", "sides": [8, 4], "kind": 0, "offset": 0},
            {"name": "second", "sides": [8, 8], "kind": 0, "offset": 128},
        ]
    )

    def build(self) -> bytes:
        """The file's bytes."""
        entries = len(self.entries) if self.entry_count is None else self.entry_count
        tensors = len(self.tensors) if self.tensor_count is None else self.tensor_count
        data = self.magic + struct.pack("<IQQ", self.version, tensors, entries)
        for place, (key, kind, value) in enumerate(self.entries):
            length = len(key) if place or self.first_key_length is None else self.first_key_length
            data += struct.pack("<Q", length) + key.encode() + struct.pack("<I", kind) + value
        for tensor in self.tensors:
            name, sides = tensor["name"].encode(), tensor["sides"]
            data += struct.pack("<Q", len(name)) + name
            data += struct.pack("<I", tensor.get("dimension_count", len(sides)))
            data += struct.pack(f"<{len(sides)}QIQ", *sides, tensor["kind"], tensor["offset"])
        return data + bytes(-len(data) % 32) + bytes(128 + 256)
