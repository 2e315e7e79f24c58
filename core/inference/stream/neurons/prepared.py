"""What a prepared model's file holds behind its last tensor: each layer's bundles, then predictors; checked.

The file is a sound GGUF of a hollow model (its feed-forward parts are 32 zero neurons) followed by our side data at a
page's beginning. llama.cpp maps tensors by their offsets and does not mind what follows them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.header import GgufHeader
from core.inference.layout import Layout, Tensor
from core.inference.stream.neurons.ggml import Q8_0, row_bytes
from core.inference.stream.neurons.rewritten import Value
from core.inference.tensor_types import TENSOR_TYPES

FAMILIES = ("arcee", "nemotron", "plm", "jais2")
"""Architectures whose feed-forward part is relu(x)^2 of one matrix: what is not active is exactly zero."""
GATED = {"llama": "silu", "qwen2": "silu", "qwen3": "silu", "gemma": "gelu"}
"""Architectures whose neurons are act(gate x) (up x), added to the layer's sum as they are; what `act` is."""
HOLLOW = 32
"""Neurons of the hollow model's layers, all zero."""
PREFIX = "mneme.neurons."
KEYS = ("version", "place", "bytes", "count", "bundle", "up_kind", "down_kind", "ranks", "shares", "head_hash")
GATED_KEYS = ("gate_kind", "told")
ENTRIES = tuple(PREFIX + key for key in (*KEYS, *GATED_KEYS))
VERSION, GATED_VERSION = 1, 2
FFN = ("ffn_up.weight", "ffn_gate.weight", "ffn_down.weight", "ffn_up.bias")
"""A layer's tensors that are taken apart."""
SECTOR = 512
PAGE = 4096
_ALIGN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """Of a model whose neurons have gates: how small ones are left out, and what that was measured to cost."""

    kind: int
    """ggml_type of the gates' matrix, which stays in memory."""
    act: str
    """silu or gelu."""
    keep: float
    """The share of neurons that was asked to be kept for a token."""
    perplexity: float
    """On text held back, times the whole model's."""
    same: float
    """Of its words, the share for which the likeliest one is the whole model's."""

    @property
    def sentence(self) -> str:
        """What a person is told of it."""
        change = 100 * (self.perplexity - 1)
        grown = f"{change:+.1f} %" if abs(change) < 100 else f"{self.perplexity:.1f} times as high"
        return f"Keeps {100 * self.keep:.0f} % of its neurons, so its answers differ: perplexity {grown}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The side data's shape. A layer's neurons stand hot ones first; bundle: row of `up`, column of `down`, padding."""

    width: int
    count: int
    """Neurons of a layer."""
    up_kind: int
    down_kind: int
    """ggml_type of a neuron's row and column."""
    bundle: int
    """Bytes from one neuron to the next, a multiple of 512."""
    ranks: tuple[int, ...]
    """Of each layer's predictor; a multiple of 32. Empty where gates decide."""
    shares: tuple[float, ...]
    """Of each layer's neurons, the part that was read for a token when it was prepared."""
    place: int
    """Where the side data begins in the file."""
    head_hash: str
    """SHA-256 of the predictors' part."""
    gated: Gated | None = None

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return len(self.shares)

    @property
    def up_bytes(self) -> int:
        """Bytes of a neuron's row."""
        return row_bytes(self.up_kind, self.width)

    @property
    def down_bytes(self) -> int:
        """Bytes of a neuron's column."""
        return row_bytes(self.down_kind, self.width)

    def parts(self, layer: int) -> tuple[int, ...]:
        """Bytes of a layer's predictor: inner rows, outer rows, thresholds, biases. Of gates: rows, thresholds."""
        if self.gated is not None:
            return (self.count * row_bytes(self.gated.kind, self.width), self.count * 4)
        rank = self.ranks[layer]
        return (rank * row_bytes(Q8_0, self.width), self.count * row_bytes(Q8_0, rank), self.count * 4, self.count * 4)

    @property
    def head_bytes(self) -> int:
        """Bytes of all predictors; they stay in memory."""
        return sum(padded(part, _ALIGN) for layer in range(self.layers) for part in self.parts(layer))

    def bundles_at(self, layer: int) -> int:
        """Where a layer's first neuron stands in the file."""
        return self.place + layer * self.layer_bytes

    @property
    def head_at(self) -> int:
        """Where the predictors stand in the file: behind all bundles."""
        return self.place + self.layers * self.layer_bytes

    @property
    def layer_bytes(self) -> int:
        """From one layer's bundles to the next one's."""
        return padded(self.count * self.bundle, PAGE)

    @property
    def bytes(self) -> int:
        """Of the side data."""
        return padded(self.head_bytes, PAGE) + self.layers * self.layer_bytes

    @property
    def weight_bytes(self) -> int:
        """What the layers' feed-forward parts take without padding."""
        return self.layers * self.count * (self.up_bytes + self.down_bytes)


def is_ffn(tensor: Tensor) -> bool:
    """Whether a tensor is one of those that are taken apart."""
    return tensor.layer is not None and tensor.name.split(".", 2)[2] in FFN


def padded(size: int, unit: int) -> int:
    """The next whole number of units."""
    return -(-size // unit) * unit


def bundle_bytes(up_kind: int, down_kind: int, width: int) -> int:
    """Bytes from one neuron to the next."""
    return padded(row_bytes(up_kind, width) + row_bytes(down_kind, width), SECTOR)


def prepared_of(header: GgufHeader, layout: Layout) -> Prepared | None:
    """The side data that a header read with ENTRIES names, checked against the file; None where it names none.

    ModelProblem when the file is damaged.
    """
    found = {key: header.values.get(PREFIX + key) for key in KEYS}
    if found["version"] is None:
        return None
    if found["version"] not in (VERSION, GATED_VERSION):
        raise ModelProblem("This model was prepared by a later Mneme.", "Prepare it again, or install the later one.")
    gated = _gated_of(header, layout) if found["version"] == GATED_VERSION else None
    ranks, shares, hashed = found["ranks"] if gated is None else (), found["shares"], found["head_hash"]
    if not isinstance(ranks, tuple) or not isinstance(shares, tuple) or not isinstance(hashed, str):
        raise _damaged()
    prepared = Prepared(
        width=layout.facts.width,
        count=_whole(found["count"]),
        up_kind=_whole(found["up_kind"]),
        down_kind=_whole(found["down_kind"]),
        bundle=_whole(found["bundle"]),
        ranks=tuple(_whole(rank) for rank in ranks),
        shares=tuple(share if isinstance(share, float) and 0 < share <= 1 else 1.0 for share in shares),
        place=_whole(found["place"]),
        head_hash=hashed,
        gated=gated,
    )
    _check(prepared, layout.facts.architecture, layout.layers, max(tensor.end for tensor in layout.tensors))
    if found["bytes"] != prepared.bytes or layout.facts.bytes != prepared.place + prepared.bytes:
        raise _damaged()
    return prepared


def described(prepared: Prepared) -> dict[str, Value]:
    """What the header says of the side data, by KEYS and GATED_KEYS."""
    said: dict[str, Value] = {
        "version": VERSION if prepared.gated is None else GATED_VERSION,
        "place": prepared.place,
        "bytes": prepared.bytes if prepared.place else 0,
        "count": prepared.count,
        "bundle": prepared.bundle,
        "up_kind": prepared.up_kind,
        "down_kind": prepared.down_kind,
        "shares": prepared.shares,
        "head_hash": prepared.head_hash,
    }
    if prepared.gated is None:
        return said | {"ranks": prepared.ranks}
    gated = prepared.gated
    return said | {"gate_kind": gated.kind, "told": (float(gated.keep), float(gated.perplexity), float(gated.same))}


def read_head(path: Path, prepared: Prepared) -> Iterator[tuple[NDArray[np.uint8], ...]]:
    """Each layer's predictor as its parts' bytes, as they stand in the file. ModelProblem, behind the last, when any
    of them changed: nothing may be computed before that."""
    told = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(prepared.head_at)
        for layer in range(prepared.layers):
            parts = []
            for size in prepared.parts(layer):
                data = np.fromfile(file, np.uint8, padded(size, _ALIGN))
                told.update(data.tobytes())
                if len(data) < size:
                    raise _damaged()
                parts.append(data[:size])
            yield tuple(parts)
    if told.hexdigest() != prepared.head_hash:
        raise _damaged()


def head_part(data: bytes) -> bytes:
    """A part of a predictor as it is written."""
    return data + bytes(padded(len(data), _ALIGN) - len(data))


def _check(prepared: Prepared, architecture: str, layers: int, last: int) -> None:
    """Every number within what the file and the kernels bear."""
    kinds, gated = (prepared.up_kind, prepared.down_kind), prepared.gated
    all_kinds = kinds if gated is None else (*kinds, gated.kind)
    sound = (
        architecture in (FAMILIES if gated is None else GATED)
        and prepared.layers == layers
        and len(prepared.ranks) == (layers if gated is None else 0)
        and 0 < prepared.count <= 2**20
        and 0 < prepared.width <= 2**16
        and prepared.width % 32 == 0
        and all(kind in TENSOR_TYPES and prepared.width % TENSOR_TYPES[kind].block == 0 for kind in all_kinds)
        and all(0 < rank <= prepared.width and rank % 32 == 0 for rank in prepared.ranks)
        and prepared.place % PAGE == 0
        and prepared.place >= last
    )
    if not sound or prepared.bundle != bundle_bytes(*kinds, prepared.width):
        raise _damaged()


def _gated_of(header: GgufHeader, layout: Layout) -> Gated:
    told = header.values.get(PREFIX + "told")
    act = GATED.get(layout.facts.architecture)
    if act is None or not isinstance(told, tuple) or len(told) != 3:
        raise _damaged()
    keep, perplexity, same = (one if isinstance(one, float) and 0 <= one < 1e6 else 0.0 for one in told)
    kind = _whole(header.values.get(PREFIX + "gate_kind"))
    return Gated(kind=kind, act=act, keep=keep, perplexity=perplexity, same=same)


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**48:
        raise _damaged()
    return value


def _damaged() -> ModelProblem:
    return ModelProblem("This prepared model's file is damaged.", "Prepare it again from the model it was made of.")
