"""Whether a secret survived: in the masked text, or in what can still be read of a masked picture."""

import re
from collections.abc import Sequence

from app.bench.masks.corpus import Item
from core.capture.redact import Masked

_MASK = re.compile(r"\[masked: [a-z ]+\]")
_PIECE = re.compile(r"\w+")
_TELLS = 4
"""A piece of a secret with fewer signs tells nothing (the year of a card, a 2 of a list)."""


def survives(secret: str, text: str) -> bool:
    """Whether the secret, or a piece of it that tells something, can still be read in `text`."""
    left = _MASK.sub("\n", text)
    pieces = [piece for piece in _PIECE.findall(secret) if len(piece) >= _TELLS] or [secret]
    words = set(_PIECE.findall(left))
    return secret in left or any(piece in words or (len(piece) >= 2 * _TELLS and piece in left) for piece in pieces)


def missed(item: Item, text: str) -> bool:
    """Whether any of its secrets survived."""
    return any(survives(secret, text) for secret in item.secrets)


def legible_of(item: Item, read: str) -> list[str]:
    """What can be told about a drawn item by what was `read` of it unmasked: its secrets, of a look-alike its lines."""
    if item.secrets:
        return [secret for secret in item.secrets if survives(secret, read)]
    return [line for line in item.text.splitlines() if line.strip() and line in read]


def too_much(item: Item, masked: Masked) -> int:
    """Characters that were masked though they belong to no secret of the item."""
    mine: set[int] = set()
    for secret in item.secrets:
        at = item.text.find(secret)
        while at >= 0:
            mine.update(range(at, at + len(secret)))
            at = item.text.find(secret, at + 1)
    return sum(place not in mine for span in masked.spans for place in range(span.begin, span.end))


def share(hits: Sequence[bool]) -> float:
    """How many of them."""
    return sum(hits) / len(hits) if hits else float("nan")
