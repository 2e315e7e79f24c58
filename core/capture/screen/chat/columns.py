"""Lines of a log without the lists that stand beside them at the same heights. Pure."""

from collections.abc import Sequence

from core.capture.screen.chat.runs import Run, rows
from core.capture.screen.chat.times import Now, leading

_LEAST = 4
_APART = 2.5
"""Heights of a line between what was said and the list beside it, at the least."""
_FEW_WORDS, _SEVERAL = 3, 3
"""Words of an entry, and entries of a list."""
_MOST = 0.6
"""Of the lines with a time: more of them begin a run in one column where names or words stand, not a list."""


def lines_of(found: Sequence[Run], now: Now, tall: float) -> list[list[Run]]:
    """The rows of a part of a window. Where they begin with times in a column, without what is left of those.

    And without entries at the right: a few words far from the line before them, in a column of their own.
    """
    written = rows(found)
    begun = [run for run in found if _timed(run, now)]
    if len(begun) < _LEAST:
        return written
    column = max((run.left for run in begun), key=lambda left: sum(abs(left - run.left) < tall for run in begun))
    begun = [run for run in begun if abs(run.left - column) < tall]
    edge = min(run.left for run in begun) - 0.5 * tall
    entries = _entries(written, edge, len(begun), tall)
    kept = [[run for run in row if run.right > edge and id(run) not in entries] for row in written]
    return [row for row in kept if row]


def _timed(run: Run, now: Now) -> bool:
    texts = [word.text for word in run.words]
    return any(c.isdigit() for c in texts[0]) and leading(texts, now)[1] is not None


def _entries(written: Sequence[Sequence[Run]], edge: float, number: int, tall: float) -> frozenset[int]:
    """The runs (by their id) that are entries of a list at the right of the lines."""
    loose = []
    for row in written:
        last = row[-1]
        before = row[-2].right if len(row) > 1 else edge
        if len(last.words) <= _FEW_WORDS and last.left - before > _APART * tall:
            loose.append(last)
    found: set[int] = set()
    for run in loose:
        level = [other for other in loose if abs(other.left - run.left) < 0.3 * tall]
        if _SEVERAL <= len(level) <= _MOST * number and not _crossed(run.left, written, tall):
            found.update(map(id, level))
            ends = (row[-1] for row in written if len(row) > 1 and len(row[-1].words) <= _FEW_WORDS)
            found.update(id(last) for last in ends if abs(last.left - run.left) < 0.3 * tall)
    return frozenset(found)


def _crossed(left: int, written: Sequence[Sequence[Run]], tall: float) -> bool:
    """Whether lines go over where a column begins."""
    return any(run.left < left - tall and run.right > left for row in written for run in row)
