"""How a model is run in the memory that it is given: whole, layer by layer, expert by expert, or not at all. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.inference.layout import Layout
from core.inference.stream.costs import (
    PROGRAM_BYTES,
    Cache,
    Work,
    active_bytes,
    compute_bytes,
    expert_bytes,
    first_word_s,
    token_s,
)
from core.inference.stream.places import must_stay, order_of_staying
from core.inference.stream.residency import Residency, residency
from core.inference.stream.speeds import Speeds

AHEAD = 2
"""Layers that are brought in while one is computed; 1 where memory is too short for that."""
USUAL_PROMPT = 1500
"""Tokens of a question with its memories, for the time to the first word."""


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
    ahead: int
    """Layers brought in while one is computed."""
    cache: Cache
    batch_tokens: int
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
    read_bytes_per_token: int
    tokens_per_s: float
    first_word_s: float
    """From the question to its first word, with the model loaded and nothing of the prompt read before."""
    load_s: float


def plan(
    layout: Layout,
    *,
    budget_bytes: int,
    context_tokens: int,
    batch_tokens: int,
    speeds: Speeds,
    can_stream: bool,
    prompt_tokens: int = USUAL_PROMPT,
    cache: Cache | None = None,
    outputs: int = 16,
    program_bytes: int = PROGRAM_BYTES,
) -> Plan:
    """The plan for a model of this layout within `budget_bytes` for the whole process.

    `cache` None: 16 bits where all fits with that, 8 otherwise. `outputs`: positions of a batch whose logits are asked
    for at most. More memory never makes less stay, nor any figure worse.
    """
    choices = (cache,) if cache is not None else (Cache.F16, Cache.Q8_0)
    tables = [
        _Table(layout, one, context_tokens, batch_tokens, outputs, program_bytes, speeds, prompt_tokens)
        for one in choices
    ]
    for table in tables:
        fits = table.whole(Way.FITS)
        if fits.peak_bytes <= budget_bytes:
            return fits
    if not can_stream:
        return tables[-1].whole(Way.MAPPED)
    if expert_bytes(layout):
        return tables[-1].by_experts(budget_bytes)
    return tables[-1].by_layers(budget_bytes)


class _Table:
    """The plans of one model with one kind of cache."""

    def __init__(
        self,
        layout: Layout,
        cache: Cache,
        context_tokens: int,
        batch_tokens: int,
        outputs: int,
        program_bytes: int,
        speeds: Speeds,
        prompt_tokens: int,
    ) -> None:
        self._layout, self._cache, self._batch = layout, cache, batch_tokens
        self._speeds, self._prompt, self._program = speeds, prompt_tokens, program_bytes
        self._cache_bytes = cache.bytes_of(layout.facts.cache_bytes_per_token * context_tokens)
        self._compute = compute_bytes(layout, context_tokens=context_tokens, batch_tokens=batch_tokens, outputs=outputs)
        self._fixed = program_bytes + self._cache_bytes + self._compute

    def whole(self, way: Way) -> Plan:
        """Everything in memory."""
        names = [tensor.name for tensor in self._layout.tensors]
        return self._made(way, names, 0, self._layout.weight_bytes, 0, self._fixed + self._layout.weight_bytes, 0)

    def by_layers(self, budget: int) -> Plan:
        """As many tensors stay as there is room for beside the window."""
        order = order_of_staying(self._layout)
        room = budget - self._fixed
        none, window = self._parts(order, 0, 1)
        least = self._fixed + none.resident_bytes + window
        if least > budget:
            return self._dense(Way.CANNOT, order[:0], 1, least)
        if sum(self._sizes(order, 0, AHEAD)) > room:
            # What the shorter window leaves is not given to tensors, so that more memory never lets fewer stay.
            return self._dense(Way.DENSE, order[:0], 1, least)
        low, high = 0, len(order)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if sum(self._sizes(order, middle)) <= room else (low, middle - 1)
        return self._dense(Way.DENSE, order[:low], AHEAD, least)

    def by_experts(self, budget: int) -> Plan:
        """All but the experts stays; they have the rest as their window."""
        layout = self._layout
        routed = {tensor.name for tensor in layout.tensors if tensor.experts}
        stay = [tensor.name for tensor in layout.tensors if tensor.name not in routed]
        parts = residency(layout, routed)
        resident = parts.resident_bytes
        of_layers = _of_layers(parts)
        least = self._fixed + resident + max(of_layers, default=0)
        window = min(budget - self._fixed - resident, sum(of_layers))
        share = max(window, 0) / max(sum(of_layers), 1)
        way = Way.EXPERTS if budget >= least else Way.CANNOT
        # Tokens near each other choose alike: more is found than the share that is kept (55-75 % at 44 %).
        missed = 1 - share**0.6
        read = int(expert_bytes(layout) * layout.facts.experts_used / max(_experts(layout), 1) * missed)
        return self._made(way, stay, 0, resident, max(window, max(of_layers, default=0)), least, read)

    def _dense(self, way: Way, stay: Sequence[str], ahead: int, least: int) -> Plan:
        parts, window = self._parts(stay, len(stay), ahead)
        return self._made(way, stay, ahead, parts.resident_bytes, window, least, sum(_of_layers(parts)))

    def _sizes(self, order: Sequence[str], count: int, ahead: int = AHEAD) -> tuple[int, int]:
        """Bytes that stay and bytes of the window when the first `count` tensors stay; their sum grows with it."""
        parts, window = self._parts(order, count, ahead)
        return parts.resident_bytes, window

    def _parts(self, order: Sequence[str], count: int, ahead: int) -> tuple[Residency, int]:
        stay = frozenset(order[:count])
        parts = residency(
            self._layout, (one.name for one in self._layout.tensors if not must_stay(one) and one.name not in stay)
        )
        return parts, sum(sorted(_of_layers(parts), reverse=True)[: ahead + 1])

    def _made(
        self, way: Way, stay: Sequence[str], ahead: int, resident: int, window: int, least: int, read: int
    ) -> Plan:
        layout = self._layout
        named = frozenset(stay) | {tensor.name for tensor in layout.tensors if must_stay(tensor)}
        streamed: list[list[str]] = [[] for _ in range(layout.layers)]
        for tensor in layout.tensors:
            if tensor.name not in named and tensor.layer is not None:
                streamed[tensor.layer].append(tensor.name)
        fits = way is Way.FITS
        work = Work(
            active_bytes=active_bytes(layout),
            weight_bytes=layout.weight_bytes,
            read_bytes=read,
            sweep_bytes=sum(tensor.bytes for tensor in layout.tensors if tensor.name not in named),
            piece_bytes=_piece(layout) if way is Way.EXPERTS else 0,
            repacked=fits,
        )
        runs = way is not Way.CANNOT
        return Plan(
            way=way,
            resident=named,
            streamed=tuple(map(tuple, streamed)),
            ahead=ahead,
            cache=self._cache,
            batch_tokens=self._batch,
            repack=fits,
            program_bytes=self._program,
            cache_bytes=self._cache_bytes,
            compute_bytes=self._compute,
            resident_bytes=resident,
            window_bytes=window,
            peak_bytes=self._fixed + resident + window,
            least_bytes=least,
            read_bytes_per_token=read,
            tokens_per_s=1 / token_s(work, self._speeds) if runs else 0.0,
            first_word_s=first_word_s(work, self._speeds, self._prompt, self._batch) if runs else math.inf,
            load_s=resident / self._speeds.disk.long_bytes_s,
        )


def _of_layers(parts: Residency) -> list[int]:
    return [parts.streamed_bytes(layer) for layer in parts.streamed]


def _experts(layout: Layout) -> int:
    return max((tensor.experts for tensor in layout.tensors), default=0)


def _piece(layout: Layout) -> int:
    """Bytes of one expert's part of one tensor: what is read at once."""
    return max((tensor.bytes // tensor.experts for tensor in layout.tensors if tensor.experts), default=0)
