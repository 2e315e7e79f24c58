"""Which models can be prepared: those of whose neurons some are silent for a token, exactly or nearly."""

from collections.abc import Iterable
from enum import StrEnum

from core.errors import BadInput
from core.inference.layout import Layout
from core.inference.stream.neurons.prepared import FAMILIES, GATED, PREFIX
from core.inference.stream.pages import can_stream

_AS_IT_IS = "Use it as it is."


class Neurons(StrEnum):
    """What leaving neurons out does."""

    SILENT = "silent"
    """Most are exactly zero for a token: nothing changes."""
    GATED = "gated"
    """Some add little: answers change a little, and somebody has to choose how much."""


def neurons_of(layout: Layout, entries: Iterable[str] = ()) -> Neurons:
    """What a model's neurons are like. BadInput with the reason when it cannot be prepared."""
    family = layout.facts.architecture
    if any(name.startswith(PREFIX) for name in entries):
        raise BadInput("This model is prepared already.", _AS_IT_IS)
    if any(tensor.experts for tensor in layout.tensors):
        raise BadInput("A mixture of experts is not prepared: only its chosen experts are read already.", _AS_IT_IS)
    if family not in FAMILIES and family not in GATED:
        raise BadInput(
            f"Models of the family {family} cannot be prepared: how their neurons work is not known to Mneme.",
            f"Only {', '.join((*FAMILIES, *GATED))} can; others are streamed whole.",
        )
    _check_shapes(layout, gated=family in GATED)
    return Neurons.GATED if family in GATED else Neurons.SILENT


def preparable(layout: Layout) -> Neurons | None:
    """What a file that is not prepared yet would be prepared by, on this system; None where it cannot be."""
    try:
        found = neurons_of(layout)
    except BadInput:
        return None
    return found if can_stream() else None


def _check_shapes(layout: Layout, *, gated: bool) -> None:
    width, shapes = layout.facts.width, {tensor.name: tensor.shape for tensor in layout.tensors}
    kinds = {tensor.name: tensor.type for tensor in layout.tensors}
    count = shapes.get("blk.0.ffn_up.weight", (0, 0))[1]
    usual = {"ffn_up.weight": (width, count), "ffn_down.weight": (count, width)}
    if gated:
        usual["ffn_gate.weight"] = (width, count)
    for layer in range(layout.facts.layers):
        for name, shape in usual.items():
            full = f"blk.{layer}.{name}"
            # Columns are rounded anew where their kinds differ, as they do in mixed files (Q4_K_M); rows are not.
            same = name == "ffn_down.weight" or kinds.get(full) == kinds.get(f"blk.0.{name}")
            if shapes.get(full) != shape or not same:
                raise BadInput("This model cannot be prepared: its layers are not alike.", _AS_IT_IS)
    known = (*usual, "ffn_norm.weight", *(() if gated else ("ffn_norm.bias", "ffn_up.bias", "ffn_down.bias")))
    for name in shapes:
        part = name.split(".", 2)[-1]
        if part.startswith(("ffn_", "post_ff")) and part not in known:
            raise BadInput(
                f"This model cannot be prepared: what {part} does there is not known to Mneme.",
                _AS_IT_IS,
            )
    if width % 32:
        raise BadInput("This model cannot be prepared: its width is not a multiple of 32.", _AS_IT_IS)
