"""Stretches of a text around what a cheap expression found, so that costly ones need not read all of it."""

import re
from collections.abc import Iterator, Sequence

from core.pattern import Pattern


def stretches(text: str, marks: Pattern, before: int, after: int) -> list[tuple[int, int]]:
    """Characters `begin <= i < end` around each mark; overlapping ones are one."""
    found: list[tuple[int, int]] = []
    for match in marks.finditer(text):
        begin, end = max(0, match.start() - before), min(len(text), match.end() + after)
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def matches_in(text: str, parts: Sequence[tuple[int, int]], patterns: Sequence[Pattern]) -> Iterator[re.Match[str]]:
    """What matches inside of one of the stretches; what stands before a stretch is seen by looks back."""
    for pattern in patterns:
        for begin, end in parts:
            yield from pattern.compiled.finditer(text, begin, end)
