"""What is noted with a model in the vault: the figures of its last answer, and whether others are worth a write."""

import math
from collections.abc import Mapping
from typing import Any

from core.inference.spent import Spent

_MOVED = 0.1
"""By how much an answer's figures must differ to be kept: else each answer would write to the vault."""


def about_the_same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether no figure of an answer has moved by more than a tenth, and nothing else at all."""
    if before.keys() != after.keys() or before.get("memory_mb") != after.get("memory_mb"):
        return False
    return all(
        about_the_same(one, other)
        if isinstance(one, Mapping) and isinstance(other, Mapping)
        else math.isclose(one, other, rel_tol=_MOVED)
        if isinstance(one, (int, float)) and isinstance(other, (int, float))
        else one == other
        for one, other in ((before[name], after[name]) for name in before)
    )


def spent_of(note: dict[str, Any], memory_mb: int) -> Spent | None:
    """What its last answer took, where it was given the same memory as now."""
    measured = note.get("measured", {})
    told = measured.get("spent") if measured.get("memory_mb") == memory_mb else None
    return None if told is None else Spent.from_json(told)


def as_json(spent: Spent | None) -> dict[str, Any]:
    """The same for whoever asks, with its sentence; nothing where it is not known."""
    return {} if spent is None else {"spent": spent.as_json() | {"sentence": spent.sentence}}
