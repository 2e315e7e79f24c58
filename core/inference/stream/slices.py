"""Where each routed expert's matrices lie in a model's file, and the pages that they share with neighbours. Pure."""

import re
from collections import Counter
from dataclasses import dataclass

from core.errors import ModelProblem
from core.inference.layout import Layout, Tensor
from core.inference.stream.pages import PAGE, Range, inner, whole

_ROUTED = re.compile(r"blk\.\d+\.ffn_(gate|up|down|gate_up)_exps\.weight")
_TWICE_A_LAYER = ("grovemoe", "graniteswitch", "dflash")
"""Architectures of llama.cpp whose layers choose experts more than once, or by other nodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer with routed experts: its matrices, what works first before what works last."""

    number: int
    first: tuple[Tensor, ...]
    """The gate's and up's experts, or both in one."""
    last: Tensor
    experts: int
    expert_bytes: int
    """What one expert takes at most, in whole pages."""


def routed_layers(layout: Layout) -> tuple[Layer, ...]:
    """The layers that have routed experts, in order. ModelProblem where there are none, or of a kind not known."""
    found: dict[int, list[Tensor]] = {}
    for tensor in layout.tensors:
        if tensor.experts and tensor.layer is not None:
            if not _ROUTED.fullmatch(tensor.name):
                raise not_known()
            found.setdefault(tensor.layer, []).append(tensor)
    if not found or layout.facts.architecture in _TWICE_A_LAYER or not layout.facts.experts_used:
        raise not_known()
    return tuple(_layer(number, tensors) for number, tensors in sorted(found.items()))


def least_bytes(layout: Layout, tokens: int = 1) -> int:
    """The smallest window with which `tokens` tokens can be computed at once, however they choose. ModelProblem.

    All that a layer's tokens choose must be there together, at most every expert of it.
    """
    used = layout.facts.experts_used
    return max(min(layer.experts, used * tokens) * layer.expert_bytes for layer in routed_layers(layout))


def most_tokens(layout: Layout, window_bytes: int, most: int) -> int:
    """How many tokens, up to `most`, can be computed at once with a window; 0 when not even one. ModelProblem."""
    if least_bytes(layout, most) <= window_bytes:
        return most
    used = layout.facts.experts_used
    return min(window_bytes // layer.expert_bytes // used for layer in routed_layers(layout))


def slice_of(tensor: Tensor, expert: int) -> Range:
    """The whole pages that one expert's matrix lies in."""
    size = tensor.bytes // tensor.experts
    return whole(tensor.offset + expert * size, size)


def core_of(tensor: Tensor, expert: int) -> Range:
    """Pages inside one expert's matrix that are nobody else's: as many for each expert of a tensor; none of a small."""
    size = tensor.bytes // tensor.experts
    begin, _ = inner(tensor.offset + expert * size, size)
    return begin, max(size // PAGE - 1, 0) * PAGE


def joined(ranges: list[Range]) -> list[Range]:
    """The same pages in as few ranges as there can be, in order."""
    found: list[Range] = []
    for offset, length in sorted(ranges):
        if found and offset <= sum(found[-1]):
            begin, before = found[-1]
            found[-1] = (begin, max(before, offset + length - begin))
        else:
            found.append((offset, length))
    return found


class Shared:
    """Which pages are held by whom: those at the ends of a slice may hold bytes of a neighbour too."""

    def __init__(self, layout: Layout) -> None:
        self._holders: Counter[int] = Counter()
        for tensor in layout.tensors:
            if not tensor.experts:
                begin, length = whole(tensor.offset, tensor.bytes)
                self._holders.update((begin, begin + length - PAGE))

    def take(self, pages: Range) -> Range:
        """Hold a slice's pages; of them those, in one range, that nobody held before."""
        begin, length = pages
        end = begin + length
        fresh_begin = begin if self._first(begin) else begin + PAGE
        if length == PAGE:
            return fresh_begin, end - fresh_begin
        fresh_end = end if self._first(end - PAGE) else end - PAGE
        return fresh_begin, fresh_end - fresh_begin

    def leave(self, pages: Range) -> Range:
        """Hold a slice's pages no longer; of them those, in one range, that nobody holds any more."""
        begin, length = pages
        end = begin + length
        free_begin = begin if self._last(begin) else begin + PAGE
        if length == PAGE:
            return free_begin, end - free_begin
        free_end = end if self._last(end - PAGE) else end - PAGE
        return free_begin, free_end - free_begin

    def _first(self, page: int) -> bool:
        self._holders[page] += 1
        return self._holders[page] == 1

    def _last(self, page: int) -> bool:
        self._holders[page] -= 1
        if self._holders[page]:
            return False
        del self._holders[page]
        return True


def _layer(number: int, tensors: list[Tensor]) -> Layer:
    last = [tensor for tensor in tensors if "ffn_down_exps" in tensor.name]
    first = [tensor for tensor in tensors if "ffn_down_exps" not in tensor.name]
    counts = {tensor.experts for tensor in tensors}
    if len(last) != 1 or not first or len(counts) != 1 or any(tensor.bytes % tensor.experts for tensor in tensors):
        raise not_known()
    experts = counts.pop()
    sizes = [max(slice_of(tensor, expert)[1] for expert in range(experts)) for tensor in tensors]
    return Layer(number=number, first=tuple(first), last=last[0], experts=experts, expert_bytes=sum(sizes))


def not_known() -> ModelProblem:
    """The refusal of a mixture whose experts would not be found."""
    return ModelProblem(
        "This mixture of experts cannot be streamed: its experts are not laid out in a way that is known.",
        "Give it more memory, or choose another model.",
    )
