"""A model of two made-up layers of a usual shape, to measure a CPU with: it writes nothing anybody would read."""

import os
import random
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LAYERS = 2
_WIDTH, _INNER, _HEADS, _VOCABULARY = 2048, 8192, 16, 256
_ALIGNMENT = 4096
_F32, _Q4_0 = 0, 2
_BLOCK, _BLOCK_BYTES = 32, 18
_U32, _FLOAT, _STRING = 4, 6, 8
_TILE_BLOCKS = 4096

WEIGHT_BYTES = LAYERS * (4 * _WIDTH * _WIDTH + 3 * _WIDTH * _INNER) // _BLOCK * _BLOCK_BYTES
"""Of the layers, which are nearly all of it: more than any cache of a CPU holds."""


@contextmanager
def made_layers() -> Iterator[Path]:
    """The path of a GGUF file that is gone afterwards; in memory where the system can have it there."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("mneme-measurement", os.MFD_CLOEXEC)
        try:
            path = Path(f"/proc/self/fd/{descriptor}")
            with path.open("wb") as file:
                file.writelines(_written())
            yield path
        finally:
            os.close(descriptor)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "measurement.gguf"
            with path.open("wb") as file:
                file.writelines(_written())
            yield path


def _written() -> Iterator[bytes]:
    tensors = dict(_tensors())
    entries = [
        _text("general.architecture", "llama"),
        _text("tokenizer.ggml.model", "no_vocab"),
        _entry("general.alignment", _U32, "<I", _ALIGNMENT),
        _entry("llama.vocab_size", _U32, "<I", _VOCABULARY),
        _entry("llama.context_length", _U32, "<I", 512),
        _entry("llama.embedding_length", _U32, "<I", _WIDTH),
        _entry("llama.block_count", _U32, "<I", LAYERS),
        _entry("llama.feed_forward_length", _U32, "<I", _INNER),
        _entry("llama.attention.head_count", _U32, "<I", _HEADS),
        _entry("llama.rope.dimension_count", _U32, "<I", _WIDTH // _HEADS),
        _entry("llama.attention.layer_norm_rms_epsilon", _FLOAT, "<f", 1e-5),
    ]
    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(entries)) + b"".join(entries)
    place = 0
    for name, shape in tensors.items():
        kind = _F32 if len(shape) == 1 else _Q4_0
        header += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, place)
        place += _padded(_size(shape))
    yield header.ljust(_padded(len(header)), b"\0")
    tile = _tile()
    for shape in tensors.values():
        size = _size(shape)
        if len(shape) == 1:
            yield struct.pack("<f", 1.0) * shape[0]
        else:
            yield (tile * (size // len(tile) + 1))[:size]
        yield bytes(_padded(size) - size)


def _tensors() -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "token_embd.weight", (_WIDTH, _VOCABULARY)
    yield "output_norm.weight", (_WIDTH,)
    yield "output.weight", (_WIDTH, _VOCABULARY)
    for layer in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            yield f"blk.{layer}.{name}.weight", (_WIDTH,)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield f"blk.{layer}.{name}.weight", (_WIDTH, _WIDTH)
        for name in ("ffn_gate", "ffn_up"):
            yield f"blk.{layer}.{name}.weight", (_WIDTH, _INNER)
        yield f"blk.{layer}.ffn_down.weight", (_INNER, _WIDTH)


def _tile() -> bytes:
    """Blocks of Q4_0: a small scale of 16 bits, 32 numbers of 4."""
    chance = random.Random(1)
    scale = struct.pack("<e", 0.005)
    return b"".join(scale + chance.randbytes(_BLOCK_BYTES - 2) for _ in range(_TILE_BLOCKS))


def _size(shape: tuple[int, ...]) -> int:
    return 4 * shape[0] if len(shape) == 1 else shape[0] * shape[1] // _BLOCK * _BLOCK_BYTES


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def _text(key: str, text: str) -> bytes:
    return _string(key) + struct.pack("<I", _STRING) + _string(text)


def _entry(key: str, kind: int, layout: str, value: float) -> bytes:
    return _string(key) + struct.pack("<I", kind) + struct.pack(layout, value)
