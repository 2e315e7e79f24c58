"""Lists beside a log: entries at even steps, with their times and counts in a column of their own. Pure."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from core.capture.screen.chat.runs import Run

_LEAST = 4
_EVEN = 0.75
_SHORT = 10
"""Letters of a time or a count as lists have them."""
_APART = 4.0
"""Heights of a line between where entries begin and where their times do."""
_LEAST_STEP, _MOST_STEP = 1.8, 8.0


def list_end(found: Sequence[Run], tall: float) -> int | None:
    """Where a list among these runs ends at the right; None where they hold no list.

    Its entries begin in one column, the times and counts end in another, and both go down at even steps: messages
    are of different lengths, so what stands at their end does neither.
    """
    lefts = Counter(run.left for run in found if len(run.text) > 1)
    best: int | None = None
    for edge, _ in sorted(Counter(run.right for run in found if len(run.text) <= _SHORT).items()):
        column = [r for r in found if _time_like(r) and -0.3 * tall < edge - r.right <= 0.3 * tall]
        if len(column) < _LEAST or not _even(column, tall):
            continue
        inside = [run for run in found if run.right <= edge + 0.3 * tall]
        begin = max(
            (left for left in lefts if left < min(r.left for r in column) - _APART * tall),
            key=lambda left: sum(abs(run.left - left) < 0.3 * tall for run in inside),
            default=None,
        )
        if begin is None:
            continue
        entries = [run for run in inside if abs(run.left - begin) < 0.3 * tall]
        if len(entries) >= _LEAST and _beside(column, entries) >= _EVEN * len(column):
            best = max(run.right for run in inside)
    return best


def _time_like(run: Run) -> bool:
    """Whether it is as short as a time or a day, and no count."""
    return 1 < len(run.text) <= _SHORT and not run.text.isdecimal()


def _even(column: Sequence[Run], tall: float) -> bool:
    """Whether most steps down the column are the same, each as high as an entry."""
    tops = sorted(run.top for run in column)
    steps = sorted(b - a for a, b in pairwise(tops))
    if len(steps) < _LEAST - 1:
        return False
    usual = steps[len(steps) // 2]
    even = sum(abs(step - usual) <= 2 + 0.05 * usual for step in steps)
    return _LEAST_STEP * tall < usual < _MOST_STEP * tall and even >= _EVEN * len(steps)


def _beside(column: Sequence[Run], entries: Sequence[Run]) -> int:
    """How many times stand on a line with an entry."""
    return sum(any(run.level(entry) for entry in entries) for run in column)
