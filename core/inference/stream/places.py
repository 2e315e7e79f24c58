"""Which tensors stay in memory and in which order more of them come to stay. Pure."""

from core.inference.layout import Layout, Tensor

SMALL = 65_536
"""Tensors of fewer bytes (norms, biases) stay: to bring them in costs more reads than it saves memory."""


def must_stay(tensor: Tensor) -> bool:
    """What every token needs wholly, or is too small to be worth a read: what is outside of layers, norms, routers."""
    return tensor.layer is None or tensor.bytes < SMALL or ".ffn_gate_inp" in tensor.name


def order_of_staying(layout: Layout) -> tuple[str, ...]:
    """The tensors that may be streamed, in the order in which they come to stay as memory grows.

    Kind by kind, those of the smallest tensors first, so that what is left over is used up; within a kind with layers
    spread evenly, so that each stretch of the model streams about the same number of bytes. It depends on the file
    alone: more memory never sends out what stayed with less.
    """
    kinds: dict[str, list[Tensor]] = {}
    for tensor in sorted(layout.tensors, key=lambda one: one.layer or 0):
        if not must_stay(tensor):
            kinds.setdefault(tensor.name.split(".", 2)[2], []).append(tensor)
    by_size = sorted(kinds.items(), key=lambda kind: (max(one.bytes for one in kind[1]), kind[0]))
    return tuple(one.name for _, kind in by_size for one in _spread(kind))


def _spread(kind: list[Tensor]) -> list[Tensor]:
    """The same by the bits of their place reversed: the first few are already spread over the model."""
    bits = (len(kind) - 1).bit_length()
    slots = [(number * 2**bits // len(kind), tensor) for number, tensor in enumerate(kind)]
    return [tensor for _, tensor in sorted(slots, key=lambda slot: _reversed_bits(slot[0], bits))]


def _reversed_bits(number: int, bits: int) -> int:
    return int(format(number, f"0{max(bits, 1)}b")[::-1], 2)
