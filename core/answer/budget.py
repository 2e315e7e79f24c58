"""How much of what was found a model is given to read: as much as lets the first word come in time. Pure."""

FIRST_WORD_S = 8.0
"""Within this time a person should see the model's first word."""
_SAFELY = 0.9
"""Longer prompts are read somewhat slower than shorter ones were."""
LEAST = 320
"""Tokens of the few best memories: with fewer no model is worth asking, however slowly it reads."""


def memory_budget(prompt_tokens_per_s: float | None, *, around: int, usual: int) -> int:
    """The tokens that memories may take in a prompt, at most `usual`.

    `prompt_tokens_per_s`: how fast the model reads here, None when it has not been measured; `around`: tokens of the
    prompt beside the memories that have to be read each time.
    """
    if prompt_tokens_per_s is None or prompt_tokens_per_s <= 0:
        return usual
    in_time = int(prompt_tokens_per_s * FIRST_WORD_S * _SAFELY) - around
    return min(usual, max(in_time, LEAST))
