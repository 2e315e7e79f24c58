"""Times of day in words: where they stand, and which they are."""

import re
from collections.abc import Iterator
from datetime import time

from core.dates.words import NUMBERS, fold

_HOUR = "(?:" + "|".join(NUMBERS) + ")"
_CLOCK = re.compile(
    rf"\b(?:\d{{1,2}}|{_HOUR}) (?:in the (?:morning|afternoon|evening)|at night)\b|"
    r"\b(?:[01]?\d|2[0-3])[:.][0-5]\d(?: ?[ap]\.?m\b\.?)?|\b(?:1[0-2]|[1-9]) ?(?:[ap]\.?m\b\.?|o[’']clock\b)"
    r"|\b(?:half past|quarter (?:past|to)) \w+|\b(?:noon|midnight)\b",
    re.IGNORECASE,
)
BEFORE_A_DAY = re.compile(
    r"\b(?:at\s+)?(?P<clock>[0-2]?\d:[0-5]\d(?:\s*[ap]m)?|[01]?\d\s*[ap]m|noon)\s+(?:on\s+)?$", re.IGNORECASE
)
"""A time of day right before the day it is on: "at 3pm on" Friday."""
AFTER_A_DAY = re.compile(
    r"\s*,?\s*(?:at|by|from|around)?\s*(?P<clock>(?<=at\s)"
    rf"{_HOUR}(?:\s+o'clock)?(?:\s+in\s+the\s+(?:morning|afternoon|evening))?|noon|midnight"
    r"|[0-2]?\d:[0-5]\d(?:\s*[ap]\.?m\b\.?)?|[01]?\d\s*[ap]\.?m\b\.?|(?<=at\s)[0-2]?\d(?=\s*(?:[.,;!]|$)))",
    re.IGNORECASE,
)
"""And right behind it: Friday "at 3pm"."""


def clocks(text: str) -> Iterator[tuple[int, int]]:
    """Where times of day stand: 14:30, 6 pm, half past two."""
    for match in _CLOCK.finditer(text):
        yield match.span()


def clock(words: str) -> time | None:
    """The time of day that the words mean, None where there is no such hour. Midnight is the end of its day."""
    text = fold(words).replace(".", "").strip()
    if text in ("noon", "midnight"):
        return time(12) if text == "noon" else time(23, 59)
    match = re.fullmatch(r"(\d{1,2})(?::(\d\d))?\s*([ap]m)?", text)
    if match is None:
        return _spelt(text)
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] == "pm" and hour < 12:
        hour += 12
    elif match[3] == "am" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _spelt(text: str) -> time | None:
    """ "six in the evening" and the like."""
    first, _, rest = text.partition(" ")
    if first not in NUMBERS:
        return None
    late = "evening" in rest or "afternoon" in rest
    return time((NUMBERS.index(first) + 1) % 12 + (12 if late else 0))
