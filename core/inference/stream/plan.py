"""How a model is run in the memory that it is given: whole, layer by layer, expert by expert, or not at all. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.errors import ModelProblem
from core.inference.layout import Layout
from core.inference.stream.costs import (
    BATCH_TOKENS,
    EARLY_FOR_NOTHING,
    OUTPUTS,
    Cache,
    Work,
    active_bytes,
    caches,
    compute_bytes,
    load_s,
    missed_share,
    program_bytes,
    token_s,
)
from core.inference.stream.places import must_stay, order_of_staying
from core.inference.stream.residency import Residency, residency, widest
from core.inference.stream.slices import least_bytes, most_tokens, routed_layers
from core.inference.stream.speeds import Speeds

AHEAD = 1
"""Tensors that are brought in while one is computed with. With more the disk is no busier, and less stays in memory."""


class Way(StrEnum):
    """How the weights are held."""

    FITS = "fits"
    """All in memory, laid out for this CPU."""
    DENSE = "dense"
    """Some stay, the others come in layer by layer for every token."""
    EXPERTS = "experts"
    """What every token needs stays; of the experts those that are chosen come in."""
    NEURONS = "neurons"
    """A prepared file: of each layer only the neurons that matter come in."""
    MAPPED = "mapped"
    """Mapped as the system does it: weights cannot be streamed here."""
    CANNOT = "cannot"
    """The memory given is below the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A model's way through memory. Bytes unless said otherwise; `peak_bytes` is what the process will hold at most."""

    way: Way
    resident: frozenset[str]
    """Tensors that stay, by name."""
    streamed: tuple[tuple[str, ...], ...]
    """Of each layer the tensors that are brought in, in the order they lie in."""
    cache: Cache
    context_tokens: int
    """Prompt and answer together, as keys and values have room for."""
    batch_tokens: int
    """Tokens of a prompt that are read in one sweep: fewer than asked for where the window cannot hold more experts."""
    repack: bool
    program_bytes: int
    cache_bytes: int
    compute_bytes: int
    resident_bytes: int
    """Weights that stay, in whole pages."""
    window_bytes: int
    """What streamed weights take at most at any time."""
    peak_bytes: int
    least_bytes: int
    """With less than this it cannot run this way."""
    budget_bytes: int
    """What was given."""
    work: Work
    """What a token costs; `work.read_bytes` come from the disk for each."""
    tokens_per_s: float
    load_s: float
    draft_bytes: int = 0
    """What a small model that drafts takes beside it, in all (see beside.py)."""
    draft_slows: float = 1.0
    """How many times as long a sweep takes, because of the memory that is not there for the weights."""
    no_draft: str = ""
    """Why the small model that was chosen may not, as a sentence."""


def plan(
    layout: Layout,
    *,
    budget_bytes: int,
    context_tokens: int,
    batch_tokens: int = BATCH_TOKENS,
    speeds: Speeds,
    can_stream: bool,
    cache: Cache | None = None,
) -> Plan:
    """The plan for a model of this layout within `budget_bytes` for the whole process.

    `cache` None: 16 bits where all fits with that, 8 otherwise. More memory never makes less stay, nor a figure worse.
    """
    given = _Given(
        layout=layout,
        budget=budget_bytes,
        batch=batch_tokens,
        program=program_bytes(layout.facts.vocabulary, layout.facts.merges),
        compute=compute_bytes(layout, context_tokens=context_tokens, batch_tokens=batch_tokens, outputs=OUTPUTS),
        context=context_tokens,
        speeds=speeds,
    )
    tables = [_Table(given, one) for one in caches(in_blocks=layout.facts.cache_in_blocks, wanted=cache)]
    for table in tables:
        fits = table.whole(Way.FITS)
        if fits.peak_bytes <= budget_bytes:
            return fits
    if not can_stream:
        return tables[-1].whole(Way.MAPPED)
    return tables[-1].by_experts() if _are_routed(layout) else tables[-1].by_layers()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    layout: Layout
    budget: int
    batch: int
    program: int
    compute: int
    context: int
    speeds: Speeds


class _Table:
    """The plans of one model with one kind of cache."""

    def __init__(self, given: _Given, cache: Cache) -> None:
        self._given, self._layout, self._cache = given, given.layout, cache
        self._cache_bytes = cache.bytes_of(given.layout.facts.cache_bytes_per_token * given.context)
        self._fixed = given.program + given.compute + self._cache_bytes

    def whole(self, way: Way) -> Plan:
        """Everything in memory."""
        names = [tensor.name for tensor in self._layout.tensors]
        size = self._layout.weight_bytes
        return self._made(way, names, resident=size, window=0, least=self._fixed + size)

    def by_layers(self) -> Plan:
        """As many tensors stay as there is room for beside the window."""
        order = order_of_staying(self._layout)
        room = self._given.budget - self._fixed
        least = sum(self._sizes(order, 0))
        if least > room:
            return self._dense(Way.CANNOT, (), self._fixed + least)
        low, high = 0, len(order)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if sum(self._sizes(order, middle)) <= room else (low, middle - 1)
        return self._dense(Way.DENSE, order[:low], self._fixed + least)

    def by_experts(self) -> Plan:
        """All but the experts stays; they have the rest as their window."""
        layout, layers = self._layout, routed_layers(self._layout)
        routed = {tensor.name for tensor in layout.tensors if tensor.experts}
        stay = [tensor.name for tensor in layout.tensors if tensor.name not in routed]
        resident = residency(layout, routed, tables_stay=False).resident_bytes
        smallest, all_bytes = least_bytes(layout), sum(one.experts * one.expert_bytes for one in layers)
        window = min(max(self._given.budget - self._fixed - resident, smallest), all_bytes)
        least = self._fixed + resident + smallest
        batch = most_tokens(layout, window, self._given.batch)
        asked = 1 - (1 - layout.facts.experts_used / max(one.experts for one in layers)) ** batch
        chosen = active_bytes(layout) - sum(tensor.bytes for tensor in layout.tensors if tensor.name not in routed)
        return self._made(
            Way.EXPERTS if least <= self._given.budget else Way.CANNOT,
            stay,
            resident=resident,
            window=window,
            least=least,
            read=round(max(chosen, 0) * missed_share(window / all_bytes) * EARLY_FOR_NOTHING),
            sweep=round((all_bytes - window) * asked),
            batch=batch,
        )

    def _dense(self, way: Way, stay: Sequence[str], least: int) -> Plan:
        parts, window = self._parts(stay, len(stay))
        read = sum(_of_layers(parts))
        return self._made(way, stay, resident=parts.resident_bytes, window=window, least=least, read=read, sweep=read)

    def _sizes(self, order: Sequence[str], count: int) -> tuple[int, int]:
        """Bytes that stay and bytes of the window when the first `count` tensors stay; their sum grows with it."""
        parts, window = self._parts(order, count)
        return parts.resident_bytes, window

    def _parts(self, order: Sequence[str], count: int) -> tuple[Residency, int]:
        stay = frozenset(order[:count])
        leaving = (one.name for one in self._layout.tensors if not must_stay(one) and one.name not in stay)
        parts = residency(self._layout, leaving, tables_stay=False)
        return parts, widest(parts.parts, AHEAD + 1)

    def _made(
        self,
        way: Way,
        stay: Sequence[str],
        *,
        resident: int,
        window: int,
        least: int,
        read: int = 0,
        sweep: int = 0,
        batch: int | None = None,
    ) -> Plan:
        layout, given = self._layout, self._given
        named = frozenset(stay) | {tensor.name for tensor in layout.tensors if must_stay(tensor)}
        work = Work(
            active_bytes=active_bytes(layout),
            read_bytes=read,
            sweep_bytes=sweep,
            piece_bytes=_piece(layout) if way is Way.EXPERTS else 0,
            repacked=way is Way.FITS,
            sparse=any(tensor.experts for tensor in layout.tensors),
            stops=layout.layers if way is Way.EXPERTS else 0,
        )
        one, runs = token_s(work, given.speeds), way is not Way.CANNOT
        batch = given.batch if batch is None else batch
        return Plan(
            way=way,
            resident=named,
            streamed=_by_layer(layout, named),
            cache=self._cache,
            context_tokens=given.context,
            batch_tokens=batch,
            repack=way is Way.FITS,
            program_bytes=given.program,
            cache_bytes=self._cache_bytes,
            compute_bytes=given.compute,
            resident_bytes=resident,
            window_bytes=window,
            peak_bytes=self._fixed + resident + window,
            least_bytes=min(least, self._fixed + layout.weight_bytes),
            budget_bytes=given.budget,
            work=work,
            tokens_per_s=1 / one if runs else 0.0,
            load_s=load_s(resident, given.speeds, repacked=way is Way.FITS),
        )


def _by_layer(layout: Layout, stay: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    layers: list[list[str]] = [[] for _ in range(layout.layers)]
    for tensor in layout.tensors:
        if tensor.name not in stay and tensor.layer is not None:
            layers[tensor.layer].append(tensor.name)
    return tuple(map(tuple, layers))


def _of_layers(parts: Residency) -> list[int]:
    return [parts.streamed_bytes(layer) for layer in parts.streamed]


def _are_routed(layout: Layout) -> bool:
    """Whether experts can be brought in as they are chosen; those of a kind not known go layer by layer."""
    try:
        return any(tensor.experts for tensor in layout.tensors) and bool(routed_layers(layout))
    except ModelProblem:
        return False


def _piece(layout: Layout) -> int:
    """Bytes of one expert's part of one tensor: what is read at once."""
    return max((tensor.bytes // tensor.experts for tensor in layout.tensors if tensor.experts), default=0)
