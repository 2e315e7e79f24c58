"""Models of real shapes with random weights and a tokenizer of their own, written tensor by tensor.

Weights are Q4_0 with a zero mean and the spread that keeps a layer's output at its input's size. Control tokens,
bytes and letters have no logit: an answer is words, and has no end of its own.
"""

import math
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import gguf
import numpy as np
from numpy.typing import NDArray

from app.bench.stream import chained, relu_shape
from core.errors import Problem

_LETTERS = " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,;:!?'\"()[]{}<>|/-_*#+=%&@"
_MARKS = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")
_TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
_BLOCK, _BLOCK_BYTES = 32, 18
_NO_ZEROS = np.array([low | high << 4 for low in range(1, 16) for high in range(1, 16)], np.uint8)
"""Pairs of 4-bit numbers from -7 to 7: without -8 their mean is 0."""
_SPREAD = 4.32
"""Standard deviation of those numbers."""
_AT_ONCE = 2**20
_SEED = 20
_SPARE_BYTES = 2**30

Weights = NDArray[np.uint8] | NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A model's shape; `experts` 0: dense. `popular`: how unequally often its experts are chosen (0: all alike)."""

    name: str
    architecture: str
    layers: int
    width: int
    inner: int
    """Width of the feed-forward part, of one expert where there are some."""
    heads: int
    shared_heads: int
    head_width: int
    words: int
    experts: int = 0
    used: int = 0
    popular: float = 0.0
    context: int = 4096

    @property
    def file(self) -> str:
        """Its file's name, another one when the shape changes."""
        return f"{self.name}-{crc32(repr(self).encode()):08x}.gguf"

    @property
    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Every tensor, in the order of the file; vectors are of 32-bit floats, as is the router."""
        width, keys = self.width, self.shared_heads * self.head_width
        queries = self.heads * self.head_width
        found: dict[str, tuple[int, ...]] = {
            "token_embd.weight": (self.words, width),
            "output_norm.weight": (width,),
            "output.weight": (self.words, width),
        }
        for layer in range(self.layers):
            of = f"blk.{layer}."
            found |= {of + "attn_norm.weight": (width,), of + "ffn_norm.weight": (width,)}
            if self.architecture == "qwen3moe":
                found |= {of + f"attn_{which}_norm.weight": (self.head_width,) for which in "qk"}
            found |= {of + "attn_q.weight": (queries, width), of + "attn_output.weight": (width, queries)}
            found |= {of + f"attn_{which}.weight": (keys, width) for which in "kv"}
            many, suffix = ((self.experts,), "_exps") if self.experts else ((), "")
            if self.experts:
                found[of + "ffn_gate_inp.weight"] = (self.experts, width)
            gates = ("up",) if self.architecture == "arcee" else ("gate", "up")
            found |= {of + f"ffn_{which}{suffix}.weight": (*many, self.inner, width) for which in gates}
            found[of + f"ffn_down{suffix}.weight"] = (*many, width, self.inner)
        return found

    @property
    def bytes(self) -> int:
        """About how large its file is."""
        return sum(
            math.prod(shape) * 4 if _whole(name, shape) else math.prod(shape) // _BLOCK * _BLOCK_BYTES
            for name, shape in self.tensors.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chained(Shape):
    """A dense one whose layers add nothing, all of them being read: each word is followed by one other word.

    `agrees`: of all words the share that is followed by the same one in each such model; the others are not.
    """

    agrees: float = 1.0


DENSE = Shape(name="dense", architecture="llama", layers=28, width=3072, inner=8192, heads=24, shared_heads=8,
              head_width=128, words=32000)  # fmt: skip
"""1.7 GB, the shape of a model of 3 thousand million parameters."""
SPARSE = Shape(name="experts", architecture="qwen3moe", layers=12, width=2048, inner=768, heads=32, shared_heads=4,
               head_width=128, words=32000, experts=128, used=8, popular=0.3)  # fmt: skip
"""4.3 GB, the layers of a model of 30 thousand million parameters of which 3 work on each token; a quarter of them."""

SQUARED = Shape(name="squared", architecture="arcee", layers=24, width=2560, inner=18432, heads=20, shared_heads=4,
                head_width=128, words=32000)  # fmt: skip
"""1.6 GB, ReLU^2 without a gate, in the shape of a real model of 4.5 billion parameters (24 of its 36 layers): 80 % of
it are neurons, of which one in fifteen is active for a token."""
CHAINED = Chained(name="chained", architecture="llama", layers=28, width=3072, inner=8192, heads=24, shared_heads=8,
                  head_width=128, words=32000)  # fmt: skip
"""The dense one's shape, writing what no prompt has: no two of its words ever follow each other twice."""
SMALL = Chained(name="small", architecture="llama", layers=30, width=576, inner=1536, heads=9, shared_heads=3,
                head_width=64, words=32000, agrees=0.6)  # fmt: skip
"""80 MB, the shape of a model of 135 million parameters, which foretells six of ten of those words."""
QUOTING = "quoting"
"""The name of the model that quotes, which is made of a trained one."""
NAMES = (DENSE.name, SPARSE.name, SQUARED.name, CHAINED.name, SMALL.name, QUOTING)
"""What the bench's files begin with."""


def made(shape: Shape, folder: Path, on_bytes: Callable[[int, int], None] = lambda done, total: None) -> Path:
    """The file of that shape in `folder`, written when it is not there yet; the same bytes each time.

    `on_bytes` gets (bytes written, bytes in all). Raises Problem when there is no room, KeyboardInterrupt and
    whatever else ends it leave nothing behind.
    """
    path = folder / shape.file
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < shape.bytes + _SPARE_BYTES:
        raise Problem(
            f"{folder} has {free / 2**30:.1f} GB left, and this model takes {shape.bytes / 2**30:.1f} GB.",
            "Name a folder with more room: --folder DIR.",
        )
    part = path.with_suffix(".part")
    try:
        _write(shape, part, on_bytes)
        part.rename(path)
    except OSError as error:
        raise Problem(f"{path.name} cannot be written.", "Name another folder: --folder DIR.") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return path


def _write(shape: Shape, path: Path, on_bytes: Callable[[int, int], None]) -> None:
    writer = gguf.GGUFWriter(path, shape.architecture)
    _describe(writer, shape)
    _name_tokens(writer, shape.words)
    for name, sizes in shape.tensors.items():
        if _whole(name, sizes):
            writer.add_tensor_info(name, sizes, np.dtype(np.float32), math.prod(sizes) * 4)
        else:
            packed = (*sizes[:-1], sizes[-1] // _BLOCK * _BLOCK_BYTES)
            kind = gguf.GGMLQuantizationType.Q4_0
            writer.add_tensor_info(name, packed, np.dtype(np.uint8), math.prod(packed), raw_dtype=kind)
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        done = 0
        for number, (name, sizes) in enumerate(shape.tensors.items()):
            weights = _weights(shape, name, sizes, np.random.default_rng(number))
            writer.write_tensor_data(weights)
            done += weights.nbytes
            on_bytes(done, shape.bytes)
    finally:
        writer.close()


def _weights(shape: Shape, name: str, sizes: tuple[int, ...], random: np.random.Generator) -> Weights:
    if shape.architecture == "arcee":
        weights = relu_shape.weights(name, sizes, shape.layers, _SEED)
        if name == "output.weight":
            weights[: len(_silent())] = 0
        return weights
    if len(sizes) == 1:
        return np.ones(sizes, np.float32)
    if name.endswith("ffn_gate_inp.weight"):
        return _router(sizes, shape.popular, random)
    if isinstance(shape, Chained) and name.endswith(("attn_output.weight", "ffn_down.weight")):
        return np.zeros((*sizes[:-1], sizes[-1] // _BLOCK * _BLOCK_BYTES), np.uint8)
    if isinstance(shape, Chained) and name == "output.weight":
        embeddings = _quantised(sizes, sizes[-1] ** -0.5, np.random.default_rng(0))
        return chained.outputs(embeddings, first=len(_silent()), agrees=shape.agrees)
    # Embeddings of length 1 in each direction: what a layer adds is small beside them, so routing depends on the token.
    weights = _quantised(sizes, 1.0 if name == "token_embd.weight" else sizes[-1] ** -0.5, random)
    if name == "output.weight":
        weights[: len(_silent())] = 0
    return weights


def _quantised(sizes: tuple[int, ...], spread: float, random: np.random.Generator) -> NDArray[np.uint8]:
    """Q4_0 rows of that standard deviation: blocks of a scale (float16) and 16 pairs of 4-bit numbers."""
    blocks = np.empty((math.prod(sizes) // _BLOCK, _BLOCK_BYTES), np.uint8)
    blocks[:, :2] = np.frombuffer(np.float16(spread / _SPREAD).tobytes(), np.uint8)
    for begin in range(0, len(blocks), _AT_ONCE):
        some = blocks[begin : begin + _AT_ONCE]
        some[:, 2:] = _NO_ZEROS[random.integers(0, len(_NO_ZEROS), (len(some), _BLOCK // 2), dtype=np.uint8)]
    return blocks.reshape(*sizes[:-1], sizes[-1] // _BLOCK * _BLOCK_BYTES)


def _router(sizes: tuple[int, ...], popular: float, random: np.random.Generator) -> NDArray[np.float32]:
    """Rows of unequal length: the longer one's expert is chosen more often, for whichever token."""
    lengths = np.exp(random.normal(0, popular, (sizes[0], 1)))
    return (random.standard_normal(sizes) * lengths * 0.05).astype(np.float32)


def _whole(name: str, sizes: tuple[int, ...]) -> bool:
    """Whether a tensor is of 32-bit floats."""
    return len(sizes) == 1 or name.endswith("ffn_gate_inp.weight")


def _silent() -> list[str]:
    """The tokens that are never written: marks, bytes, letters."""
    letters = sorted({"▁" if letter == " " else letter for letter in _LETTERS})
    return [*_MARKS, *(f"<0x{number:02X}>" for number in range(256)), *letters, *"0123456789", "▁w"]


def _describe(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_name(f"Made by the bench: {shape.name}")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.shared_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(shape.words)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    writer.add_chat_template(_TEMPLATE)
    if shape.experts:
        writer.add_expert_count(shape.experts)
        writer.add_expert_used_count(shape.used)
        writer.add_expert_feed_forward_length(shape.inner)


def _name_tokens(writer: gguf.GGUFWriter, count: int) -> None:
    """Marks, bytes, letters, then "w0", "w1" ... to the vocabulary's end, which `words` spells."""
    silent = _silent()
    tokens = [*silent, *(f"▁w{number}" for number in range(count - len(silent)))]
    control, byte, normal = gguf.TokenType.CONTROL, gguf.TokenType.BYTE, gguf.TokenType.NORMAL
    kinds = [gguf.TokenType.UNKNOWN, *[control] * (len(_MARKS) - 1), *[byte] * 256]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(place) for place in range(count)])
    writer.add_token_types([*kinds, *[normal] * (count - len(kinds))])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(4)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)


def words(count: int, seed: int, shape: Shape) -> str:
    """A prompt of `count` tokens of such a model, another for each seed."""
    known = shape.words - len(_silent())
    chosen = np.random.default_rng(seed).integers(0, known, count)
    return "".join(f" w{number}" for number in chosen)
