"""What a model file is and how it is run: the one plan, whether it is shown before a choice or carried out."""

from dataclasses import dataclass, replace
from pathlib import Path

from core.inference.header import read_header
from core.inference.layout import Layout, layout_of
from core.inference.stream.beside import beside_bytes, refused
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
    drafter: ModelFile | None = None,
) -> Plan:
    """How this file is run with `budget_bytes` for the whole process.

    `context_tokens`: at most what it was trained on. `cache` None: as memory allows. `streams`: whether weights can be
    brought in as they are needed, None: as this system does. `speeds` decide nothing but the figures that are foretold.
    `drafter`: a small model that drafts; what it takes is not there for this one. Where it may not stand beside it the
    plan is the one without it, and says why.
    """
    wanted = _Wanted(speeds=speeds, context_tokens=context_tokens, cache=cache, streams=streams)
    alone = _alone(model, budget_bytes, wanted)
    if drafter is None:
        return alone
    taken = beside_bytes(drafter.layout, context_tokens=alone.context_tokens)
    why = _unfit(drafter) or refused(model.layout, drafter.layout, taken=taken, budget_bytes=budget_bytes)
    if why:
        return replace(alone, no_draft=why)
    # With the same kind of cache: what is written must be the same with it and without.
    beside = _alone(model, budget_bytes - taken, replace(wanted, cache=alone.cache))
    if beside.way is not alone.way:
        said = f"Beside {drafter.layout.facts.name} the model itself would have too little memory, so nothing drafts."
        return replace(alone, no_draft=said)
    return replace(
        beside,
        draft_bytes=taken,
        draft_slows=alone.tokens_per_s / beside.tokens_per_s if beside.tokens_per_s else 1.0,
        peak_bytes=beside.peak_bytes + taken,
        least_bytes=beside.least_bytes + taken,
        budget_bytes=budget_bytes,
    )


def _unfit(drafter: ModelFile) -> str:
    if drafter.prepared is not None:
        return f"{drafter.layout.facts.name} is prepared, and reads its neurons from the disk: it cannot draft."
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    speeds: Speeds
    context_tokens: int
    cache: Cache | None
    streams: bool | None


def _alone(model: ModelFile, budget_bytes: int, wanted: _Wanted) -> Plan:
    layout = model.layout
    context = min(wanted.context_tokens, layout.facts.context_length or wanted.context_tokens, _MOST_CONTEXT)
    batch = min(context, BATCH_TOKENS)
    if model.prepared is not None:
        return plan_neurons(
            model.prepared,
            layout,
            budget_bytes=budget_bytes,
            context_tokens=context,
            batch_tokens=batch,
            speeds=wanted.speeds,
            cache=wanted.cache,
        )
    return plan(
        layout,
        budget_bytes=budget_bytes,
        context_tokens=context,
        batch_tokens=batch,
        speeds=wanted.speeds,
        can_stream=can_stream() if wanted.streams is None else wanted.streams,
        cache=wanted.cache,
    )
