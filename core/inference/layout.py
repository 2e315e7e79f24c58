"""Where each tensor of a model lies in its file: the checked table that streaming is planned from."""

import re
from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelProblem
from core.inference.header import GgufFacts, GgufHeader, read_header

_REMEDY = "Download it again, or choose another file."
_LAYER = re.compile(r"blk\.(\d+)\.")
_EXPERTS = re.compile(r"_exps\.weight$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One tensor: `offset` from the file's beginning and `bytes`; `shape` as GGUF has it, rows first in memory."""

    name: str
    offset: int
    bytes: int
    shape: tuple[int, ...]
    type: str

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.offset + self.bytes

    @property
    def layer(self) -> int | None:
        """The layer it belongs to, counted from 0; None for what stands outside of all."""
        found = _LAYER.match(self.name)
        return int(found[1]) if found else None

    @property
    def experts(self) -> int:
        """How many experts' matrices lie in it, one behind the other; 0 when it is not routed."""
        return self.shape[-1] if _EXPERTS.search(self.name) and len(self.shape) == 3 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A model file: what it says of itself, and its tensors in the order they lie in."""

    facts: GgufFacts
    data_begin: int
    """Bytes of the header: all tensors lie behind it."""
    tensors: tuple[Tensor, ...]

    @property
    def layers(self) -> int:
        """How many layers have tensors."""
        return 1 + max((tensor.layer for tensor in self.tensors if tensor.layer is not None), default=-1)

    @property
    def weight_bytes(self) -> int:
        """All tensors together."""
        return sum(tensor.bytes for tensor in self.tensors)


def read_layout(path: Path) -> Layout:
    """The layout of a model file, its header checked. ModelMissing, ModelProblem."""
    return layout_of(read_header(path))


def layout_of(header: GgufHeader) -> Layout:
    """The layout that a header describes. ModelProblem when its layers cannot be."""
    begin = header.data_begin
    tensors = tuple(
        Tensor(name=one.name, offset=begin + one.offset, bytes=one.bytes, shape=one.shape, type=one.kind.name)
        for one in sorted(header.tensors, key=lambda one: one.offset)
    )
    layout = Layout(facts=header.facts, data_begin=begin, tensors=tensors)
    if layout.layers > len(tensors):
        raise ModelProblem("This is not a sound model file: its layers are not counted one by one.", _REMEDY)
    return layout
