"""What a text is about as far as other readers are concerned: health, money, love, work or none of them. Pure.

It decides only what MCP clients are kept from; the person's own questions are never limited by it. It goes by
words, so it errs towards keeping back.
"""

import json
import re
from functools import lru_cache

from core.memory import Sensitivity
from core.paths import RESOURCES

_READ_AT_MOST = 20_000
_AMOUNT = re.compile(
    r"(?<!\w)(?:[£$€¥]\s?\d|\d[\d.,]*\s?(?:[£$€¥]|(?:euros?|dollars?|pounds?|eur|usd|gbp)\b))", re.IGNORECASE
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Sensitivity, re.Pattern[str]], ...]:
    words = json.loads((RESOURCES / "sensitive_words.json").read_text(encoding="utf-8"))
    order = (Sensitivity.HEALTH, Sensitivity.LOVE, Sensitivity.MONEY, Sensitivity.WORK)
    return tuple(
        (kind, re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words[kind.value])) + r")(?!\w)", re.IGNORECASE))
        for kind in order
    )


def sensitivity_of(*texts: str) -> Sensitivity:
    """The most private thing these texts (what was said, a caption, a window's title) speak of."""
    text = "\n".join(part[:_READ_AT_MOST] for part in texts if part)
    for kind, pattern in _patterns():
        if pattern.search(text) or (kind is Sensitivity.MONEY and _AMOUNT.search(text)):
            return kind
    return Sensitivity.NONE
