"""What a model file is and how it is run: the one plan, whether it is shown before a choice or carried out."""

from dataclasses import dataclass
from pathlib import Path

from core.inference.header import read_header
from core.inference.layout import Layout, layout_of
from core.inference.stream.costs import BATCH_TOKENS, CONTEXT_TOKENS, Cache
from core.inference.stream.neurons.planned import plan_neurons
from core.inference.stream.neurons.prepared import ENTRIES, Prepared, prepared_of
from core.inference.stream.pages import can_stream
from core.inference.stream.plan import Plan, plan
from core.inference.stream.speeds import USUAL, Speeds

_MOST_CONTEXT = 2**17


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """Where everything lies in a model file; `prepared` of one whose neurons are bundled."""

    layout: Layout
    prepared: Prepared | None

    @property
    def weight_bytes(self) -> int:
        """All weights, those outside of llama.cpp's tensors too."""
        beside = 0 if self.prepared is None else self.prepared.bytes
        return self.layout.weight_bytes + beside


def read_model(path: Path) -> ModelFile:
    """A model file, its header read once and checked. ModelMissing, ModelProblem."""
    header = read_header(path, *ENTRIES)
    layout = layout_of(header)
    return ModelFile(layout=layout, prepared=prepared_of(header, layout))


def planned(
    model: ModelFile,
    *,
    budget_bytes: int,
    speeds: Speeds = USUAL,
    context_tokens: int = CONTEXT_TOKENS,
    cache: Cache | None = None,
    streams: bool | None = None,
) -> Plan:
    """How this file is run with `budget_bytes` for the whole process.

    `context_tokens`: at most what it was trained on. `cache` None: as memory allows. `streams`: whether weights can be
    brought in as they are needed, None: as this system does. `speeds` decide nothing but the figures that are foretold.
    """
    layout = model.layout
    context = min(context_tokens, layout.facts.context_length or context_tokens, _MOST_CONTEXT)
    batch = min(context, BATCH_TOKENS)
    if model.prepared is not None:
        return plan_neurons(
            model.prepared,
            layout,
            budget_bytes=budget_bytes,
            context_tokens=context,
            batch_tokens=batch,
            speeds=speeds,
            cache=cache,
        )
    return plan(
        layout,
        budget_bytes=budget_bytes,
        context_tokens=context,
        batch_tokens=batch,
        speeds=speeds,
        can_stream=can_stream() if streams is None else streams,
        cache=cache,
    )
