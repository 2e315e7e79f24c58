"""How a prepared model is run in the memory that it is given: the hollow model stays, the rest is its window. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from core.inference.layout import Layout, Tensor
from core.inference.stream.costs import (
    BATCH_TOKENS,
    OUTPUTS,
    Cache,
    Work,
    caches,
    compute_bytes,
    program_bytes,
    token_s,
)
from core.inference.stream.neurons.bundles import GATED_GAP
from core.inference.stream.neurons.feed import PIECE
from core.inference.stream.neurons.ggml import F16, F32, Q8_0
from core.inference.stream.neurons.prepared import Gated, Prepared, bundle_bytes, is_ffn
from core.inference.stream.neurons.rewritten import KINDS
from core.inference.stream.plan import Plan, Way
from core.inference.stream.residency import residency
from core.inference.stream.speeds import Speeds

_READ_BYTES = 16_384
"""Of a usual read: a few neighbours together."""
_USED_AGAIN = 0.8
"""Of a token's neurons, those that one of the last eight has used, where trained models were tried."""

_OWN_BYTES = 56 * 2**20
"""What numpy, the reader and the graphs over the buffers hold: 14 MB were measured with few tokens, 40 with many."""


def beside_bytes(prepared: Prepared, most_tokens: int) -> int:
    """Memory that prepared neurons need beside their window: predictors, a piece's buffers, two pieces read ahead."""
    piece = prepared.up_bytes + prepared.down_bytes + 4 * prepared.width + 3 * prepared.bundle
    scores = prepared.layers * (prepared.count + 2 * prepared.width) * 4
    if prepared.gated is not None:  # a gate before and behind its act, for one token in each layer, for many in one
        scores += (prepared.layers + 2 * most_tokens) * prepared.count * 4
    return _OWN_BYTES + prepared.head_bytes + PIECE * piece + most_tokens * (prepared.width + PIECE) * 16 + scores


def plan_neurons(
    prepared: Prepared,
    layout: Layout,
    *,
    budget_bytes: int,
    context_tokens: int,
    batch_tokens: int = BATCH_TOKENS,
    speeds: Speeds,
    cache: Cache | None = None,
) -> Plan:
    """The plan for a prepared model within `budget_bytes` for the whole process.

    Keys and values have 16 bits where that leaves room for every active neuron of a token, else 8.
    """
    computing = compute_bytes(layout, context_tokens=context_tokens, batch_tokens=batch_tokens, outputs=OUTPUTS)
    program = program_bytes(layout.facts.vocabulary)
    hollow = residency(layout, ()).resident_bytes
    resident = hollow + beside_bytes(prepared, batch_tokens)
    everything = prepared.layers * prepared.count * prepared.bundle
    least_window = prepared.layers * min(PIECE, prepared.count) * prepared.bundle
    share = sum(prepared.shares) / prepared.layers
    for one in caches(in_blocks=layout.facts.cache_in_blocks, wanted=cache):
        kept = one.bytes_of(layout.facts.cache_bytes_per_token * context_tokens)
        room = budget_bytes - program - computing - kept - resident
        chosen = one
        if room >= share * everything:
            break
    fixed = program + computing + kept + resident
    window = min(max(room, least_window), everything)
    way = Way.NEURONS if room >= least_window else Way.CANNOT
    work = Work(
        active_bytes=hollow + prepared.head_bytes + int(share * prepared.weight_bytes),
        read_bytes=int(_read(prepared, _missed(share, window / everything)) * everything),
        sweep_bytes=everything if window < everything else 0,
        piece_bytes=_READ_BYTES,
        repacked=False,
        # Some token of a batch needs each neuron.
        prompt_bytes=hollow + prepared.weight_bytes + (0 if prepared.gated is None else prepared.head_bytes),
    )
    one_s, runs = token_s(work, speeds), way is Way.NEURONS
    return Plan(
        way=way,
        resident=frozenset(tensor.name for tensor in layout.tensors),
        streamed=((),) * layout.layers,
        cache=chosen,
        context_tokens=context_tokens,
        batch_tokens=batch_tokens,
        repack=False,
        program_bytes=program,
        cache_bytes=kept,
        compute_bytes=computing,
        resident_bytes=resident,
        window_bytes=window,
        peak_bytes=fixed + window,
        least_bytes=fixed + least_window,
        budget_bytes=budget_bytes,
        work=work,
        tokens_per_s=1 / one_s if runs else 0.0,
        load_s=(resident + window) / speeds.disk.long_bytes_s,
    )


def _missed(share: float, window: float) -> float:
    """The part of all neurons that is read for a token: none when all stay, all active ones when there is no window.

    Where most are active no token's are those of the last ones in particular; then what stays is found by its share.
    """
    of_recent = share * (1 - _USED_AGAIN * min(window / max(3 * share, 1e-6), 1.0))
    return min(of_recent, share * (1 - window))


def _read(prepared: Prepared, missed: float) -> float:
    """The part of all neurons that is read when so many are missing: of gated ones short gaps between them too.

    Gaps between neurons that are missing by chance are k long with probability missed (1 - missed)^k.
    """
    if prepared.gated is None:
        return missed
    gap = GATED_GAP // prepared.bundle
    return missed * (1 + sum(k * missed * (1 - missed) ** k for k in range(1, gap + 1)))


def expected(layout: Layout, keep: float) -> tuple[Prepared, Layout]:
    """What a gated model would be when so many of its neurons are kept, before it is prepared.

    Columns of quantised matrices are taken to have 8 bits, as they nearly always come to have.
    """
    kinds = {tensor.name: KINDS[tensor.type] for tensor in layout.tensors}
    downs = {kinds[f"blk.{layer}.ffn_down.weight"] for layer in range(layout.layers)}
    up, gate = (kinds[f"blk.0.ffn_{name}.weight"] for name in ("up", "gate"))
    down = next(iter(downs)) if downs in ({F32}, {F16}) else Q8_0
    width = layout.facts.width
    made = Prepared(
        width=width,
        count=next(one.shape[1] for one in layout.tensors if one.name == "blk.0.ffn_up.weight"),
        up_kind=up,
        down_kind=down,
        bundle=bundle_bytes(up, down, width),
        ranks=(),
        shares=(keep,) * layout.layers,
        place=0,
        head_hash="",
        gated=Gated(kind=gate, act="", keep=keep, perplexity=1.0, same=1.0),
    )
    return made, replace(layout, tensors=tuple(_closed_up(layout)))


def _closed_up(layout: Layout) -> Iterator[Tensor]:
    """The tensors that stay, one behind the other as they are written: a gap would be counted as memory."""
    offset = layout.data_begin
    for tensor in layout.tensors:
        if not is_ffn(tensor):
            yield replace(tensor, offset=offset)
            offset += tensor.bytes
