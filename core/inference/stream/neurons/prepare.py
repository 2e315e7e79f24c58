"""Makes a prepared model of a dense one: attention as it is, neurons bundled and sorted, predictors fitted."""

import hashlib
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, ModelProblem
from core.inference.layout import Layout, Tensor, read_layout
from core.inference.llama import library
from core.inference.stream.neurons.calibrate import inputs_of
from core.inference.stream.neurons.columns import Columns, ColumnsDiffer
from core.inference.stream.neurons.fit import Fitted, Floats, fit
from core.inference.stream.neurons.ggml import Q8_0, Ggml, row_bytes
from core.inference.stream.neurons.preparable import refuse_unpreparable
from core.inference.stream.neurons.prepared import (
    HOLLOW,
    PAGE,
    PREFIX,
    VERSION,
    Prepared,
    bundle_bytes,
    head_part,
    padded,
)
from core.inference.stream.neurons.rewritten import KINDS, Value, entries_of, entry, header, whole_number
from core.inference.stream.pages import can_stream

TOKENS = 1536
"""Of text that a model is tried on."""
_HELD_BACK = 4
"""Every so-manieth token sets thresholds and fits nothing."""
_CHUNK = 2**23
_SPARE_BYTES = 2**28
_FFN = ("ffn_up.weight", "ffn_down.weight", "ffn_up.bias")

_READING = 0.3


class Step(NamedTuple):
    """What is being done, and the part of all that is done (0 to 1)."""

    what: str
    part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A layer as it will be written."""

    head: tuple[bytes, ...]
    fitted: Fitted


def prepare(source: Path, target: Path, text: str, *, threads: int, tokens: int = TOKENS) -> Iterator[Step]:
    """Write a prepared model of `source` to `target`, yielding after each step; nothing is left when it is ended early.

    BadInput (cannot be prepared, no room), ModelProblem, OSError.
    """
    layout = read_layout(source)
    entries = entries_of(source)
    refuse_unpreparable(layout, entries)
    if not can_stream():
        raise BadInput("Models are prepared on Linux only.", "Prepare it there.")
    if shutil.disk_usage(target.parent).free < 1.5 * layout.facts.bytes + _SPARE_BYTES:
        raise BadInput("There is not enough room on that disk for a prepared model.", "Name another folder.")
    inputs = yield from _reading(inputs_of(source, layout, text, tokens, threads))
    part = target.with_name(target.name + ".part")
    try:
        for exact in (True, False):
            with suppress(ColumnsDiffer), part.open("wb") as file:
                yield from _Preparation(source, layout, entries, inputs, exact).write(file)
                break
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink()


_Inputs = list[NDArray[np.float16]]


def _reading(work: Generator[float, None, _Inputs]) -> Generator[Step, None, _Inputs]:
    while True:
        try:
            yield Step("The model reads a text", _READING * next(work))
        except StopIteration as end:
            inputs: _Inputs = end.value
            return inputs


class _Preparation:
    """Writes one prepared file."""

    def __init__(
        self,
        source: Path,
        layout: Layout,
        entries: dict[str, bytes],
        inputs: list[NDArray[np.float16]],
        exact: bool,
    ) -> None:
        self._source, self._layout, self._entries = source, layout, entries
        self._inputs = inputs
        self._tensors = {tensor.name: tensor for tensor in layout.tensors}
        self._width, self._layers = layout.facts.width, layout.layers
        up, down = (self._tensors[f"blk.0.{name}"] for name in _FFN[:2])
        self._count = up.shape[1]
        self._up_kind = KINDS[up.type]
        self._ggml = Ggml(library())
        self._columns = Columns(self._ggml, KINDS[down.type], exact)
        self._bundle = bundle_bytes(self._up_kind, self._columns.kind, self._width)
        self._alignment = _alignment(entries)

    def write(self, file: IO[bytes]) -> Iterator[Step]:
        """Write everything; the header last, when all of it is known."""
        place = self._hollow(file)
        file.seek(place)
        made: list[_Made] = []
        for layer in range(self._layers):
            made.append(self._layer(layer, file))
            yield Step("Neurons are sorted", _READING + (1 - _READING) * (layer + 1) / self._layers)
        head = b"".join(head_part(part) for one in made for part in one.head)
        file.write(head + bytes(padded(len(head), PAGE) - len(head)))
        prepared = self._described(made, place, hashlib.sha256(head).hexdigest())
        file.seek(0)
        file.write(self._header(prepared))
        file.flush()
        os.fsync(file.fileno())

    def _hollow(self, file: IO[bytes]) -> int:
        """Write all but the neurons behind room for the header; returns where the side data may begin."""
        begin = len(self._header(self._described([], 0, "0" * 64)))
        file.write(bytes(begin))
        with self._source.open("rb") as source:
            for tensor, (_, shape, kind, offset) in zip(self._layout.tensors, self._infos(), strict=True):
                file.seek(begin + offset)
                if _is_ffn(tensor):
                    file.write(bytes(_size(kind, shape)))
                else:
                    source.seek(tensor.offset)
                    _copy(source, file, tensor.bytes)
        return padded(file.tell(), PAGE)

    def _infos(self) -> list[tuple[str, tuple[int, ...], str, int]]:
        """The hollow file's tensors: name, shape, kind, offset."""
        infos, offset = [], 0
        shapes = {"ffn_up.weight": (self._width, HOLLOW), "ffn_down.weight": (HOLLOW, self._width)}
        for tensor in self._layout.tensors:
            shape, kind = tensor.shape, tensor.type
            if _is_ffn(tensor):
                part = tensor.name.split(".", 2)[2]
                shape, kind = shapes.get(part, (HOLLOW,)), "F32" if part == "ffn_up.bias" else "Q4_0"
            infos.append((tensor.name, shape, kind, offset))
            offset += padded(_size(kind, shape), self._alignment)
        return infos

    def _header(self, prepared: Prepared) -> bytes:
        entries = dict(self._entries)
        entries[f"{self._layout.facts.architecture}.feed_forward_length"] = whole_number(HOLLOW)
        said: dict[str, Value] = {
            "version": VERSION,
            "place": prepared.place,
            "bytes": prepared.bytes if prepared.place else 0,
            "count": prepared.count,
            "bundle": prepared.bundle,
            "up_kind": prepared.up_kind,
            "down_kind": prepared.down_kind,
            "ranks": prepared.ranks,
            "shares": prepared.shares,
            "head_hash": prepared.head_hash,
        }
        entries |= {PREFIX + key: entry(value) for key, value in said.items()}
        return header(entries, self._infos(), self._alignment)

    def _described(self, made: list[_Made], place: int, hashed: str) -> Prepared:
        blank = ((32,) * self._layers, (1.0,) * self._layers)
        ranks, shares = (
            zip(*((len(one.fitted.inner), one.fitted.share) for one in made), strict=True) if made else blank
        )
        return Prepared(
            width=self._width,
            count=self._count,
            up_kind=self._up_kind,
            down_kind=self._columns.kind,
            bundle=self._bundle,
            ranks=ranks,
            shares=shares,
            place=place,
            head_hash=hashed,
        )

    def _layer(self, layer: int, file: IO[bytes]) -> _Made:
        """Fit a layer's predictor and write its neurons, hot ones first."""
        up = self._raw(layer, "ffn_up.weight")
        rows = self._columns.floats(self._up_kind, up, self._width)
        bias = np.zeros(self._count, np.float32)
        if f"blk.{layer}.ffn_up.bias" in self._tensors:
            bias = self._raw(layer, "ffn_up.bias").view(np.float32).ravel()
        columns, lengths = self._columns.of(self._raw(layer, "ffn_down.weight"), self._count)
        inputs = self._inputs[layer].astype(np.float32)
        held = np.arange(len(inputs)) % _HELD_BACK == 0
        costs = (float(self._bundle), row_bytes(Q8_0, 32) / 32)
        fitted = fit(rows, bias, lengths, inputs[~held], inputs[held], costs)
        order = np.argsort(-fitted.use, kind="stable")
        bundles = np.zeros((self._count, self._bundle), np.uint8)
        bundles[:, : up.shape[1]] = up[order]
        bundles[:, up.shape[1] : up.shape[1] + columns.shape[1]] = columns[order]
        file.write(bundles.tobytes())
        file.write(bytes(padded(bundles.size, PAGE) - bundles.size))
        return _Made(head=self._head(fitted, bias, order), fitted=fitted)

    def _head(self, fitted: Fitted, bias: Floats, order: NDArray[np.int64]) -> tuple[bytes, ...]:
        quantised = (self._ggml.quantize(Q8_0, rows) for rows in (fitted.inner, fitted.outer[order]))
        vectors = (fitted.thresholds[order], bias[order])
        return (*(rows.tobytes() for rows in quantised), *(vector.tobytes() for vector in vectors))

    def _raw(self, layer: int, name: str) -> NDArray[np.uint8]:
        """A tensor's bytes, (rows, bytes of a row)."""
        tensor = self._tensors[f"blk.{layer}.{name}"]
        with self._source.open("rb") as file:
            file.seek(tensor.offset)
            data = np.fromfile(file, np.uint8, tensor.bytes)
        if len(data) != tensor.bytes:
            raise ModelProblem("The model's file cannot be read any more.", "Check the disk; add the model again.")
        return data.reshape(tensor.shape[1] if len(tensor.shape) > 1 else 1, -1)


def _is_ffn(tensor: Tensor) -> bool:
    return tensor.layer is not None and tensor.name.split(".", 2)[2] in _FFN


def _size(kind: str, shape: tuple[int, ...]) -> int:
    return row_bytes(KINDS[kind], shape[0]) * int(np.prod(shape[1:], dtype=np.int64))


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size > 0:
        data = source.read(min(size, _CHUNK))
        if not data:
            raise ModelProblem("The model's file cannot be read any more.", "Check the disk; add the model again.")
        target.write(data)
        size -= len(data)


def _alignment(entries: dict[str, bytes]) -> int:
    raw = entries.get("general.alignment")
    return int.from_bytes(raw[4:8], "little") if raw else 32
