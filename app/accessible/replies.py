"""What came over the bus, read as what it should be: anything else is nothing. Pure."""

from typing import Any

from core.capture.rect import Rect

Reply = tuple[Any, ...] | None
"""What was answered; None where nothing was."""

_FARTHEST = 100_000
"""Pixels: nothing on a screen is farther away, or larger."""


def as_rect(told: Reply) -> Rect | None:
    """A place, as a struct of four or as four numbers; None where it can be none."""
    numbers = told[0] if told and len(told) == 1 else told
    if not isinstance(numbers, tuple) or len(numbers) != 4 or not all(isinstance(n, int) for n in numbers):
        return None
    left, top, width, height = numbers
    if max(abs(left), abs(top), width, height) > _FARTHEST or width < 0 or height < 0:
        return None
    return Rect(left, top, width, height)


def as_value(told: Reply) -> Reply:
    """What is in a property's variant."""
    inside = told[0] if told else None
    return (inside[1],) if isinstance(inside, tuple) and len(inside) == 2 else None


def as_number(told: Reply, otherwise: int = 0) -> int:
    """A number; `otherwise` where none came."""
    return told[0] if told and isinstance(told[0], int) else otherwise


def as_text(told: Reply) -> str | None:
    """A text, alone or in a variant."""
    inside = told[0] if told else None
    if isinstance(inside, tuple) and len(inside) == 2:
        inside = inside[1]
    return inside if isinstance(inside, str) else None


def as_pairs(told: Reply) -> dict[str, str]:
    """Names and values."""
    listed = told[0] if told and isinstance(told[0], dict) else {}
    return {str(key): str(value) for key, value in listed.items()}
