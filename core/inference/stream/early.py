"""How long a prompt is made: as long as its first word still comes in time; one rule for answers and verdicts. Pure."""

from bisect import bisect_right

from core.inference.stream.costs import CONTEXT_TOKENS, Work, prompt_s, token_s
from core.inference.stream.speeds import Speeds

FIRST_WORD_S = 8.0
"""Within this time a person should see the model's first word."""
_SAFELY = 0.9
"""Longer prompts are read somewhat slower than shorter ones were."""
LEAST = 320
"""Tokens of the few best memories: with fewer no model is worth asking, however slowly it reads."""
USUAL = 850
"""Tokens of memories where there is time for them, as the settings have it."""
AROUND = 130
"""Tokens beside the memories that are read each time, usually: the question, its day, who asks, the format's marks."""


def memory_budget(prompt_tokens_per_s: float | None, *, around: int, usual: int) -> int:
    """The tokens that memories may take in a prompt, at most `usual`.

    `prompt_tokens_per_s`: how fast the model reads here, None when it has not been measured; `around`: tokens of the
    prompt beside the memories that have to be read each time.
    """
    if prompt_tokens_per_s is None or prompt_tokens_per_s <= 0:
        return usual
    in_time = int(prompt_tokens_per_s * FIRST_WORD_S * _SAFELY) - around
    return min(usual, max(in_time, LEAST))


def planned_rate(work: Work, speeds: Speeds, batch_tokens: int, unread: int = 0) -> float:
    """Tokens of a prompt a second to count on before any was read: of the longest whose first word comes in time.

    A streamed model is read once for every batch that is begun, so that shorter and longer prompts have other rates.
    `unread`: tokens that the first prompt has to begin with beside those that are counted each time.
    """
    left = FIRST_WORD_S - token_s(work, speeds)
    lengths = range(1, CONTEXT_TOKENS + 1)
    in_time = bisect_right(lengths, left, key=lambda tokens: prompt_s(work, speeds, tokens, batch_tokens))
    return max(in_time - unread, 1) / FIRST_WORD_S


def first_word_s(work: Work, speeds: Speeds, batch_tokens: int) -> float:
    """Seconds to the first word, at most, with as many memories as `memory_budget` gives for the planned rate."""
    one = token_s(work, speeds)
    usual, least = (prompt_s(work, speeds, AROUND + tokens, batch_tokens) + one for tokens in (USUAL, LEAST))
    return min(usual, max(least, FIRST_WORD_S))
