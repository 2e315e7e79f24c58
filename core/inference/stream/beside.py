"""What a small model that drafts takes beside the large one, and whether it may stand there. Pure."""

from core.inference.layout import Layout
from core.inference.stream.costs import Cache, compute_bytes

SHARE = 3
"""Of the memory that is given it takes at most this part: what it holds, the large model reads for every sweep."""
SMALLER = 4
"""Its weights are at most this part of the large one's: a token of its own has to cost little beside a sweep."""
READ_AT_ONCE = 64
"""Tokens of a prompt that it reads in one sweep: their buffers are small, and a cancel is heard soon."""
CACHE = Cache.F16
_OUTPUTS = 1
_OWN_BYTES = 10 * 2**20
"""Of llama.cpp for a second model and context."""
_BYTES_PER_WORD = 64
"""It is loaded without its vocabulary, which is the large one's: places without a text are left."""


def beside_bytes(small: Layout, *, context_tokens: int) -> int:
    """All that it takes in memory: weights, keys and values, buffers."""
    facts = small.facts
    context = draft_context(small, context_tokens)
    computing = compute_bytes(small, context_tokens=context, batch_tokens=min(context, READ_AT_ONCE), outputs=_OUTPUTS)
    kept = CACHE.bytes_of(facts.cache_bytes_per_token * context)
    return small.weight_bytes + kept + computing + _OWN_BYTES + _BYTES_PER_WORD * facts.vocabulary


def draft_context(small: Layout, context_tokens: int) -> int:
    """Tokens that it can keep beside a model that keeps so many."""
    return min(context_tokens, small.facts.context_length or context_tokens)


def refused(large: Layout, small: Layout, *, taken: int, budget_bytes: int) -> str:
    """Why this model may not draft for that one, as a sentence; empty when it may. `taken` as `beside_bytes` says."""
    name, facts = small.facts.name, small.facts
    if facts.is_embedder or not facts.words:
        return f"{name} does not write text, so it cannot draft."
    if facts.words != large.facts.words:
        return f"{name} has another vocabulary than {large.facts.name}: it cannot draft for it."
    if small.weight_bytes * SMALLER > large.weight_bytes:
        return f"{name} is more than a quarter of {large.facts.name}: drafting with it would cost too much."
    if taken * SHARE > budget_bytes:
        return f"{name} would take {taken // 2**20} MB to draft, more than a third of the memory for the model."
    return ""
