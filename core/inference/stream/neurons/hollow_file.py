"""A prepared file as it is written: the hollow model, then layer after layer its neurons, then what chooses them."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.layout import Layout
from core.inference.stream.neurons.ggml import row_bytes
from core.inference.stream.neurons.prepared import HOLLOW, PAGE, PREFIX, Prepared, described, head_part, is_ffn, padded
from core.inference.stream.neurons.rewritten import KINDS, entry, header, whole_number

_CHUNK = 2**23


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer as it is written: `bundles` (neurons, bundle), and its part of the head."""

    bundles: NDArray[np.uint8]
    head: tuple[bytes, ...]
    share: float
    rank: int = 0


class HollowFile:
    """Writes the prepared file of one model."""

    def __init__(self, source: Path, layout: Layout, entries: dict[str, bytes]) -> None:
        self._source, self._layout, self._entries = source, layout, entries
        self._tensors = {tensor.name: tensor for tensor in layout.tensors}
        self._width = layout.facts.width
        self._alignment = _alignment(entries)

    def kind(self, name: str, layer: int = 0) -> int:
        """ggml_type of a layer's tensor of this name."""
        return KINDS[self._tensors[f"blk.{layer}.{name}"].type]

    def kinds(self, name: str) -> set[int]:
        """The types that the layers' tensors of this name have."""
        return {self.kind(name, layer) for layer in range(self._layout.layers)}

    def has(self, layer: int, name: str) -> bool:
        """Whether a layer has a tensor of this name."""
        return f"blk.{layer}.{name}" in self._tensors

    def raw(self, layer: int, name: str) -> NDArray[np.uint8]:
        """A tensor's bytes, (rows, bytes of a row)."""
        tensor = self._tensors[f"blk.{layer}.{name}"]
        with self._source.open("rb") as file:
            file.seek(tensor.offset)
            data = np.fromfile(file, np.uint8, tensor.bytes)
        if len(data) != tensor.bytes:
            raise _gone()
        return data.reshape(tensor.shape[1] if len(tensor.shape) > 1 else 1, -1)

    def write(self, file: IO[bytes], blank: Prepared, layers: Iterable[Layer]) -> Iterator[int]:
        """Write everything, yielding how many layers are; the header last, when all of it is known.

        `blank`: the side data's shape, its place, ranks and shares not known yet.
        """
        prepared = replace(blank, place=self._hollow(file, blank))
        head_at, told = prepared.head_at, hashlib.sha256()
        made: list[tuple[float, int]] = []
        for number, layer in enumerate(layers):
            file.seek(prepared.bundles_at(number))
            file.write(layer.bundles.tobytes())
            head = b"".join(head_part(part) for part in layer.head)
            told.update(head)
            file.seek(head_at)
            file.write(head)
            head_at += len(head)
            made.append((layer.share, layer.rank))
            yield number + 1
        shares, ranks = zip(*made, strict=True)
        prepared = replace(prepared, shares=shares, ranks=ranks if blank.ranks else (), head_hash=told.hexdigest())
        file.truncate(prepared.place + prepared.bytes)
        file.seek(0)
        file.write(self._header(prepared))
        file.flush()
        os.fsync(file.fileno())

    def _hollow(self, file: IO[bytes], blank: Prepared) -> int:
        """Write all but the neurons behind room for the header; returns where the side data may begin."""
        begin = len(self._header(blank))
        file.write(bytes(begin))
        with self._source.open("rb") as source:
            for tensor, (_, shape, kind, offset) in zip(self._layout.tensors, self._infos(), strict=True):
                file.seek(begin + offset)
                if is_ffn(tensor):
                    file.write(bytes(_size(kind, shape)))
                else:
                    source.seek(tensor.offset)
                    _copy(source, file, tensor.bytes)
        return padded(file.tell(), PAGE)

    def _infos(self) -> list[tuple[str, tuple[int, ...], str, int]]:
        """The hollow file's tensors: name, shape, kind, offset."""
        infos, offset = [], 0
        wide, tall = (self._width, HOLLOW), (HOLLOW, self._width)
        shapes = {"ffn_up.weight": wide, "ffn_gate.weight": wide, "ffn_down.weight": tall}
        for tensor in self._layout.tensors:
            shape, kind = tensor.shape, tensor.type
            if is_ffn(tensor):
                part = tensor.name.split(".", 2)[2]
                shape, kind = shapes.get(part, (HOLLOW,)), "F32" if part == "ffn_up.bias" else "Q4_0"
            infos.append((tensor.name, shape, kind, offset))
            offset += padded(_size(kind, shape), self._alignment)
        return infos

    def _header(self, prepared: Prepared) -> bytes:
        entries = dict(self._entries)
        entries[f"{self._layout.facts.architecture}.feed_forward_length"] = whole_number(HOLLOW)
        entries |= {PREFIX + key: entry(value) for key, value in described(prepared).items()}
        return header(entries, self._infos(), self._alignment)


def bundled(up: NDArray[np.uint8], columns: NDArray[np.uint8], bundle: int) -> NDArray[np.uint8]:
    """Rows and columns side by side, (neurons, bundle)."""
    bundles = np.zeros((len(up), bundle), np.uint8)
    bundles[:, : up.shape[1]] = up
    bundles[:, up.shape[1] : up.shape[1] + columns.shape[1]] = columns
    return bundles


def _size(kind: str, shape: tuple[int, ...]) -> int:
    return row_bytes(KINDS[kind], shape[0]) * int(np.prod(shape[1:], dtype=np.int64))


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size > 0:
        data = source.read(min(size, _CHUNK))
        if not data:
            raise _gone()
        target.write(data)
        size -= len(data)


def _gone() -> ModelProblem:
    return ModelProblem("The model's file cannot be read any more.", "Check the disk; add the model again.")


def _alignment(entries: dict[str, bytes]) -> int:
    raw = entries.get("general.alignment")
    return int.from_bytes(raw[4:8], "little") if raw else 32
