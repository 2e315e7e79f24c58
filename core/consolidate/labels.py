"""The label of what is derived: the most private of its sources', so that it tells no other reader what they do not."""

from collections.abc import Iterable

from core.memory import MOST_PRIVATE_FIRST, Sensitivity


def most_private(labels: Iterable[Sensitivity]) -> Sensitivity:
    """The most private of these; none of none."""
    found = set(labels)
    return next((label for label in MOST_PRIVATE_FIRST if label in found), Sensitivity.NONE)
