"""What a model would be like on this machine, in one sentence: fits, streams at so many tokens a second, or too slow.

For a file from its plan; for a model on offer from its published figures. Pure.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from core.inference.stream.costs import (
    BATCH_TOKENS,
    CONTEXT_TOKENS,
    EARLY_FOR_NOTHING,
    Cache,
    Work,
    caches,
    missed_share,
    program_bytes,
    token_s,
)
from core.inference.stream.early import first_word_s
from core.inference.stream.plan import AHEAD, Plan, Way
from core.inference.stream.speeds import Speeds

SLOWEST_TOKENS_S = 0.7
"""Forty tokens, which is two sentences with where they come from, take a minute at this rate."""
LATEST_WORD_S = 60.0
"""Longer than this nobody waits for a first word, even with the fewest memories."""
_BUFFERS = 64 * 2**20
_WORDS = 128_000
_OUTSIDE = 0.12
"""Of a model's bytes those outside of its layers: the tables of words."""
_LARGEST = 0.3
"""Of a layer's bytes its largest tensor."""
_CHOSEN = 1 / 16
"""Of a mixture's experts those that are chosen (8 of 128, 4 of 64), where only the sums are published."""
_PIECE = 2**20


class Fit(StrEnum):
    """What the person can expect."""

    FITS = "fits"
    STREAMS = "streams"
    SLOW = "slow"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`first_word_s` counts from the question, with the prompt as long as it is made for this model."""

    fit: Fit
    tokens_per_s: float
    first_word_s: float
    bytes_needed: int
    """What the engine would hold at most."""
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What is known of a model before its file is there. `active`: parameters that work on each token."""

    bytes: int
    parameters: int
    active: int
    layers: int
    cache_bytes_per_token: int


def verdict(
    need: Need,
    *,
    budget_bytes: int,
    context_tokens: int = CONTEXT_TOKENS,
    speeds: Speeds,
    can_stream: bool = True,
) -> Verdict:
    """Of a model on offer."""
    cached = need.cache_bytes_per_token * context_tokens
    fixed = program_bytes(_WORDS) + _BUFFERS
    active = round(need.bytes * min(need.active / max(need.parameters, 1), 1.0))
    sparse = active < 0.7 * need.bytes
    for cache in caches():
        whole = fixed + cache.bytes_of(cached) + need.bytes
        if whole <= budget_bytes:
            work = Work(active_bytes=active, read_bytes=0, sweep_bytes=0, piece_bytes=0, repacked=True, sparse=sparse)
            return _judged(Way.FITS, work, speeds, BATCH_TOKENS, needed=whole, least=whole, given=budget_bytes)
    room = budget_bytes - fixed - Cache.Q8_0.bytes_of(cached)
    experts = (need.bytes - active) / (1 - _CHOSEN) if sparse else 0.0
    base = need.bytes - experts if sparse else _OUTSIDE * need.bytes
    streamed = need.bytes - base
    layer = streamed / max(need.layers, 1)
    window = layer if sparse else (AHEAD + 1) * _LARGEST * layer
    least = budget_bytes - room + round(base + window)
    if sparse:
        kept = min(max(room - base, 0.0) / streamed, 1.0)
        read, sweep = experts * _CHOSEN * missed_share(kept) * EARLY_FOR_NOTHING, (1 - kept) * streamed
    else:
        read = sweep = streamed - max(room - base - window, 0.0)
    work = Work(
        active_bytes=active,
        read_bytes=round(read),
        sweep_bytes=round(sweep),
        piece_bytes=_PIECE if sparse else 0,
        repacked=False,
        sparse=sparse,
        stops=need.layers if sparse else 0,
    )
    way = Way.MAPPED if not can_stream else Way.CANNOT if least > budget_bytes else Way.DENSE
    return _judged(
        way,
        work,
        speeds,
        BATCH_TOKENS,
        needed=min(whole, budget_bytes) if can_stream else whole,
        least=least,
        given=budget_bytes,
    )


def verdict_of(plan: Plan, speeds: Speeds) -> Verdict:
    """Of a model that is here."""
    return _judged(
        plan.way,
        plan.work,
        speeds,
        plan.batch_tokens,
        needed=plan.peak_bytes,
        least=plan.least_bytes,
        given=plan.budget_bytes,
    )


def _judged(way: Way, work: Work, speeds: Speeds, batch: int, *, needed: int, least: int, given: int) -> Verdict:
    if way is Way.CANNOT:
        sentence = f"needs at least {_size(least)}, and {_size(given)} are given"
        return Verdict(fit=Fit.CANNOT, tokens_per_s=0.0, first_word_s=math.inf, bytes_needed=least, sentence=sentence)
    if way is Way.MAPPED:
        sentence = (
            f"needs {_size(needed)}, and {_size(given)} are given: too slow here, as this system cannot stream it"
        )
        return Verdict(fit=Fit.SLOW, tokens_per_s=0.0, first_word_s=math.inf, bytes_needed=needed, sentence=sentence)
    rate = 1 / token_s(work, speeds)
    first = first_word_s(work, speeds, batch)
    if rate < SLOWEST_TOKENS_S or first > LATEST_WORD_S:
        fit, begin = Fit.SLOW, f"too slow here: about {_rate(rate)} tokens/s"
    elif way is Way.FITS or (way is Way.NEURONS and not work.read_bytes):
        fit, begin = Fit.FITS, f"fits: about {_rate(rate)} tokens/s"
    else:
        fit, begin = Fit.STREAMS, f"streams at about {_rate(rate)} tokens/s"
    return Verdict(
        fit=fit,
        tokens_per_s=rate,
        first_word_s=first,
        bytes_needed=needed,
        sentence=f"{begin}, first word after {_seconds(first)}",
    )


def _rate(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 9.5 else f"{rate:.1f}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 9.5 else f"{seconds:.1f} s"


def _size(size: int) -> str:
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size / 2**20:.0f} MB"
