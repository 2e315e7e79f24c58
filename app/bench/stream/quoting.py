"""A large model that quotes its prompt: a small trained one inside a large shape whose other weights add nothing.

The small model's channels, heads and neurons stand first in those of its layers, and its layers stand evenly among
the large one's. The other layers' attention outputs and feed-forward outputs are zero, so what they compute, from
random weights, changes nothing; all of it is read all the same.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

from core.errors import Problem

_BLOCK = 32
_BYTES = {gguf.GGMLQuantizationType.Q8_0: 34, gguf.GGMLQuantizationType.Q4_0: 18}
_Q4, _Q8 = gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.Q8_0
_NO_ZEROS = np.array([low | high << 4 for low in range(1, 16) for high in range(1, 16)], np.uint8)
_SPREAD = {_Q4: 4.32, _Q8: 73.3}
"""Standard deviation of the whole numbers drawn for each type."""

Rows = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """The large shape. Sizes are in channels, heads and neurons; `head_width` is the small one's or 4 times that."""

    layers: int
    width: int
    inner: int
    heads: int
    shared_heads: int
    head_width: int
    context: int = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class _Small:
    """The model that is put inside."""

    layers: int
    width: int
    inner: int
    heads: int
    head_width: int
    rope_base: float
    epsilon: float
    tensors: dict[str, NDArray[np.uint8] | NDArray[np.float32]]
    fields: dict[str, gguf.ReaderField]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tensor:
    """One tensor of the large model: its rows are random, or zero, with the small model's blocks put in."""

    name: str
    rows: int
    width: int
    kind: gguf.GGMLQuantizationType
    random: bool
    small: str = ""


def embed_copier(
    copier: Path,
    out: Path,
    *,
    layers: int,
    width: int,
    inner: int,
    heads: int,
    shared_heads: int,
    head_width: int = 32,
    seed: int = 0,
    on_bytes: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Write a model of that shape to `out` which says, token for token, what `copier` says (arcee, Q8_0).

    Weights are Q4_0, those of the copier's layers Q8_0; one tensor is in memory at a time. `on_bytes` gets (bytes
    written, bytes in all). Raises Problem where the copier does not fit inside, or out cannot be written.
    """
    shape = Inside(
        layers=layers, width=width, inner=inner, heads=heads, shared_heads=shared_heads, head_width=head_width
    )
    small = _read(copier)
    _check(shape, small)
    part = out.with_suffix(".part")
    try:
        _write(shape, small, part, np.random.default_rng(seed), on_bytes)
        part.rename(out)
    except OSError as error:
        raise Problem(f"{out.name} cannot be written.", "Name a folder with more room.") from error
    finally:
        part.unlink(missing_ok=True)
    return out


def _read(path: Path) -> _Small:
    reader = gguf.GGUFReader(path)
    fields = reader.fields
    if fields["general.architecture"].contents() != "arcee":
        raise Problem(f"{path.name} is not of the architecture arcee.", "Name the copier's file.")
    tensors = {}
    for tensor in reader.tensors:
        if tensor.tensor_type not in (_Q8, gguf.GGMLQuantizationType.F32):
            raise Problem(f"{path.name} holds weights other than Q8_0.", "Name the copier's file.")
        tensors[tensor.name] = np.array(tensor.data)

    def said(key: str) -> float:
        return float(fields[f"arcee.{key}"].contents())

    return _Small(
        layers=int(said("block_count")),
        width=int(said("embedding_length")),
        inner=int(said("feed_forward_length")),
        heads=int(said("attention.head_count")),
        head_width=int(said("attention.key_length")),
        rope_base=said("rope.freq_base"),
        epsilon=said("attention.layer_norm_rms_epsilon"),
        tensors=tensors,
        fields=fields,
    )


def _check(shape: Inside, small: _Small) -> None:
    """Whether the small model fits, and whole blocks stay whole."""
    fits = (
        shape.layers >= small.layers
        and shape.width >= small.width
        and shape.inner >= small.inner
        and shape.shared_heads >= small.heads
        and shape.heads % shape.shared_heads == 0
        and shape.head_width in (small.head_width, 4 * small.head_width)
        and not any(size % _BLOCK for size in (shape.width, shape.inner, shape.head_width))
    )
    if not fits:
        raise Problem("The copier does not fit into this shape.", "Make it larger, in whole blocks of 32.")


def _write(
    shape: Inside, small: _Small, path: Path, random: np.random.Generator, on_bytes: Callable[[int, int], None]
) -> None:
    writer = gguf.GGUFWriter(path, "arcee")
    try:
        _describe(writer, shape, small)
        tensors = list(_tensors(shape, small))
        vectors = dict(_vectors(shape, small))
        for name, values in vectors.items():
            writer.add_tensor_info(name, values.shape, values.dtype, values.nbytes)
        for one in tensors:
            packed = (one.rows, one.width // _BLOCK * _BYTES[one.kind])
            writer.add_tensor_info(one.name, packed, np.dtype(np.uint8), math.prod(packed), raw_dtype=one.kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        total = sum(one.rows * one.width // _BLOCK * _BYTES[one.kind] for one in tensors)
        done = 0
        for values in vectors.values():
            writer.write_tensor_data(values)
        for one in tensors:
            rows = _filled(one, shape, small, random)
            writer.write_tensor_data(rows)
            done += rows.nbytes
            on_bytes(done, total)
    finally:
        writer.close()


def _layers(shape: Inside, small: _Small) -> dict[int, int]:
    """Which layer of the small model stands in which layer, evenly spread."""
    return {layer * shape.layers // small.layers: layer for layer in range(small.layers)}


def _vectors(shape: Inside, small: _Small) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The norms' weights. Zeros beside its channels make the small model's root mean square smaller: undone here."""
    shrunk = np.float32((small.width / shape.width) ** 0.5)
    held = _layers(shape, small)
    names = {"output_norm.weight": "output_norm.weight"} | {
        f"blk.{layer}.{norm}.weight": f"blk.{held[layer]}.{norm}.weight" if layer in held else ""
        for layer in range(shape.layers)
        for norm in ("attn_norm", "ffn_norm")
    }
    for name, of in names.items():
        values = np.ones(shape.width, np.float32)
        if of:
            values[: small.width] = small.tensors[of].astype(np.float32) * shrunk
        yield name, values


def _tensors(shape: Inside, small: _Small) -> Iterator[_Tensor]:
    """All matrices in the file's order."""
    held = _layers(shape, small)
    words = len(small.tensors["token_embd.weight"])
    for name, random in (("token_embd.weight", False), ("output.weight", True)):
        yield _Tensor(name=name, rows=words, width=shape.width, kind=_Q8, random=random, small="token_embd.weight")
    queries, keys = shape.heads * shape.head_width, shape.shared_heads * shape.head_width
    for layer in range(shape.layers):
        kind = _Q8 if layer in held else _Q4
        for part, rows, width, random in (
            ("attn_q", queries, shape.width, True),
            ("attn_k", keys, shape.width, True),
            ("attn_v", keys, shape.width, True),
            ("attn_output", shape.width, queries, False),
            ("ffn_up", shape.inner, shape.width, True),
            ("ffn_down", shape.width, shape.inner, False),
        ):
            of = f"blk.{held[layer]}.{part}.weight" if layer in held else ""
            name = f"blk.{layer}.{part}.weight"
            yield _Tensor(name=name, rows=rows, width=width, kind=kind, random=random, small=of)


def _filled(one: _Tensor, shape: Inside, small: _Small, random: np.random.Generator) -> Rows:
    """A tensor's bytes, (rows, bytes of a row)."""
    size = _BYTES[one.kind]
    across = one.width // _BLOCK
    blocks = np.zeros((one.rows, across, size), np.uint8)
    if one.random:
        scale = np.float16(one.width**-0.5 / _SPREAD[one.kind])
        blocks[:, :, :2] = np.frombuffer(scale.tobytes(), np.uint8)
        some = random.integers(0, len(_NO_ZEROS) if one.kind is _Q4 else 256, (one.rows, across, size - 2), np.uint8)
        blocks[:, :, 2:] = _NO_ZEROS[some] if one.kind is _Q4 else some
    if one.small:
        _put_in(blocks, one.small, shape, small)
    return blocks.reshape(one.rows, -1)


def _put_in(blocks: Rows, name: str, shape: Inside, small: _Small) -> None:
    """Put the small model's blocks where its channels, heads and neurons are."""
    given = np.asarray(small.tensors[name], np.uint8)
    of = given.reshape(len(given), -1, _BYTES[_Q8])
    part = name.split(".")[-2]
    if part in ("attn_q", "attn_k", "attn_v"):
        wider = shape.heads // shape.shared_heads if part == "attn_q" else 1
        for head in range(small.heads):
            begin = head * wider * shape.head_width
            mine = of[head * small.head_width : (head + 1) * small.head_width].copy()
            if part == "attn_q":
                # Scores are divided by the root of the head's width: 1, or 2 exactly.
                scales = mine[:, :, :2].copy().view(np.float16) * np.float16(
                    (shape.head_width / small.head_width) ** 0.5
                )
                mine[:, :, :2] = scales.view(np.uint8)
                blocks[begin : begin + shape.head_width] = 0
            blocks[begin : begin + small.head_width, : of.shape[1]] = mine
    elif part == "attn_output":
        wide, narrow = shape.head_width // _BLOCK, small.head_width // _BLOCK
        ratio = shape.heads // shape.shared_heads
        for head in range(small.heads):
            begin = head * ratio * wide
            blocks[: len(of), begin : begin + narrow] = of[:, head * narrow : (head + 1) * narrow]
    else:
        blocks[: len(of), : of.shape[1]] = of


def _describe(writer: gguf.GGUFWriter, shape: Inside, small: _Small) -> None:
    """The large shape, and the small model's vocabulary and template."""
    writer.add_name("Made by the bench: a copier in a large shape")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.shared_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_rope_dimension_count(shape.head_width)
    # Pair i of a head turns by base^(-2i / width): the same angles in a wider head.
    writer.add_rope_freq_base(small.rope_base ** (shape.head_width / small.head_width))
    writer.add_layer_norm_rms_eps(small.epsilon * small.width / shape.width)
    writer.add_vocab_size(len(small.tensors["token_embd.weight"]))
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    for key, field in small.fields.items():
        if key.startswith("tokenizer."):
            inner = field.types[1] if len(field.types) > 1 else None
            writer.add_key_value(key, field.contents(), field.types[0], inner)
