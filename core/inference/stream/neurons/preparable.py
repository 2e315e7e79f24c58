"""Which models can be prepared: those of whose neurons most are exactly silent for a token."""

from collections.abc import Iterable

from core.errors import BadInput
from core.inference.layout import Layout
from core.inference.stream.neurons.prepared import FAMILIES, PREFIX
from core.inference.stream.pages import can_stream


def refuse_unpreparable(layout: Layout, entries: Iterable[str] = ()) -> None:
    """Raise BadInput with the reason when a model cannot be prepared."""
    family = layout.facts.architecture
    if any(name.startswith(PREFIX) for name in entries):
        raise BadInput("This model is prepared already.", "Use it as it is.")
    if family not in FAMILIES:
        raise BadInput(
            f"Models of the family {family} cannot be prepared: their neurons are never exactly silent.",
            f"Only {', '.join(FAMILIES)} can; others are streamed whole.",
        )
    shapes = {tensor.name: tensor.shape for tensor in layout.tensors}
    count = shapes.get("blk.0.ffn_up.weight", (0, 0))[1]
    usual = {"ffn_up.weight": (layout.facts.width, count), "ffn_down.weight": (count, layout.facts.width)}
    for layer in range(layout.facts.layers):
        for name, shape in usual.items():
            if shapes.get(f"blk.{layer}.{name}") != shape:
                raise BadInput("This model cannot be prepared: its layers are not alike.", "Use it as it is.")
    if layout.facts.width % 32:
        raise BadInput("This model cannot be prepared: its width is not a multiple of 32.", "Use it as it is.")


def preparable(layout: Layout) -> bool:
    """Whether a file that is not prepared yet can be, on this system."""
    try:
        refuse_unpreparable(layout)
    except BadInput:
        return False
    return can_stream()
