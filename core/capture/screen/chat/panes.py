"""The panes of a window: lists of chats, the log, lists of people. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from core.capture.screen.chat.lists import list_end
from core.capture.screen.chat.runs import CLOCK, INITIALS, Run, letters, rows

_LEAST_ROWS = 4
_MET, _MET_IF_ONE_SIDE = 0.15, 0.3
_FEW = 3
_BEGIN = 0.2
"""Share of a pane's lines that begin at its left edge, at the least."""
_LEAST_BEGIN = 3
_LEVEL = 0.75
CROSSING, MOST_CROSSING = 0.08, 6


def panes(found: Sequence[Run]) -> list[list[Run]]:
    """The parts of a window that stand beside each other: lists of chats, the log, lists of people.

    A cut goes where nearly nothing crosses it and both sides have lines at each other's height, but not the same
    lines: columns of one table stay together, and so do messages that stand left and right.
    """
    if len(found) < 2 * _LEAST_ROWS:
        return [list(found)]
    tall = letters(found)
    if (listed := _listed(found, tall)) is not None:
        return [listed[0], *panes(listed[1])]
    seen = [run for run in found if not (INITIALS.compiled.fullmatch(run.text) or CLOCK.compiled.fullmatch(run.text))]
    best: tuple[int, int] | None = None
    for edge in sorted({run.left for run in seen}):
        crossing = [run for run in seen if run.left < edge < run.right]
        left = [run for run in seen if run.right <= edge]
        right = [run for run in seen if run.left >= edge]
        if len(crossing) > max(MOST_CROSSING, CROSSING * len(seen)) or not left:
            continue
        begins = len(rows([run for run in right if run.left - edge < 0.6 * tall]))
        clear = edge - end_before(left, edge, tall) >= 0.6 * tall
        if not clear or begins < max(_LEAST_BEGIN, _BEGIN * len(rows(right))):
            continue
        gutter = rows([run for run in left if edge - run.right < 5 * tall and run.box.width < 7 * tall])
        level = bool(gutter) and _level(gutter, rows(right)) > _LEVEL * len(gutter)
        if not level and _beside(left, right, tall):
            best = max(best or (0, 0), (begins, edge))
    if best is None:
        return [list(found)]
    end = end_before(found, best[1], tall)
    left = [run for run in found if run.left < end]
    right = [run for run in found if run.left >= end]
    if not left or not right:
        return [list(found)]
    return [*panes(left), *panes(right)]


def _listed(found: Sequence[Run], tall: float) -> tuple[list[Run], list[Run]] | None:
    """A list at the left, and what is right of it at whatever heights: a log is filled from below."""
    end = list_end(found, tall)
    if end is None:
        return None
    left = [run for run in found if run.right <= end]
    right = [run for run in found if run.left > end]
    crossing = len(found) - len(left) - len(right)
    if crossing > CROSSING * len(found) or len(rows(right)) < _LEAST_ROWS:
        return None
    return [run for run in found if run.left <= end], right


def end_before(found: Sequence[Run], edge: int, tall: float) -> int:
    """Where the pane left of an edge ends: a few words right before the edge are avatars, a title, a field."""
    before = sorted((run for run in found if run.right <= edge), key=lambda run: run.left)
    islands: list[list[Run]] = []
    for run in before:
        if islands and run.left < max(other.right for other in islands[-1]) + 0.6 * tall:
            islands[-1].append(run)
        else:
            islands.append([run])
    after = rows([run for run in found if run.left >= edge])
    while len(islands) > 1 and _is_margin(islands[-1], after):
        islands.pop()
    return max(run.right for run in islands[-1])


def _is_margin(island: Sequence[Run], after: Sequence[Sequence[Run]]) -> bool:
    """Whether it belongs to the lines right of it: a few words, avatars, the times of the lines."""
    rest = [run for run in island if not INITIALS.compiled.fullmatch(run.text)]
    times = [[run] for run in rest if CLOCK.compiled.fullmatch(run.text)]
    if len(rest) <= _FEW:
        return True
    return len(rest) - len(times) <= _FEW and _level(times, after) > _LEVEL * len(times)


def _beside(left: Sequence[Run], right: Sequence[Run], tall: float) -> bool:
    """Whether two groups of runs are two panes."""
    fewer, more = sorted((rows(left), rows(right)), key=len)
    if len(fewer) < _LEAST_ROWS:
        return False
    begin = max(fewer[0][0].top, more[0][0].top)
    end = min(fewer[-1][0].bottom, more[-1][0].bottom)
    shared = [row for row in fewer if row[0].bottom > begin and row[0].top < end]
    if len(shared) < 0.5 * len(fewer):
        return False
    shared = shared[1:-1]  # a bar at the top goes over all of a log
    if len(shared) < _LEAST_ROWS - 1 or _one_block(rows(right), tall):
        return False
    least = _MET_IF_ONE_SIDE if _one_side(right, tall) else _MET
    return _met(shared, more) >= least * len(shared) and _level(shared, more) <= _LEVEL * len(shared)


def _one_block(written: Sequence[Sequence[Run]], tall: float) -> bool:
    """Whether a few lines stand close below one another: one message, not a pane."""
    near = sum(below[0].top - above[0].top < 1.7 * tall for above, below in pairwise(written))
    return len(written) <= 2 * _LEAST_ROWS and near >= len(written) - 2


def _one_side(right: Sequence[Run], tall: float) -> bool:
    """Whether lines end rather than begin at one place: what the owner said, at the right of a log."""
    written = rows(right)
    begin, end = min(run.left for run in right), max(run.right for run in right)
    ends = sum(end - row[-1].right < 1.5 * tall for row in written)
    begins = sum(row[0].left - begin < 0.6 * tall for row in written)
    return ends > begins


def _level(some: Sequence[Sequence[Run]], others: Sequence[Sequence[Run]]) -> int:
    """How many rows stand on one line with one of the others."""
    return sum(any(_even(row[0], other[0]) for other in others) for row in some)


def _met(some: Sequence[Sequence[Run]], others: Sequence[Sequence[Run]]) -> int:
    """How many rows overlap with one of the others in height."""
    return sum(
        any(row[0].top < other[0].bottom - 2 and other[0].top < row[0].bottom - 2 for other in others) for row in some
    )


def _even(one: Run, other: Run) -> bool:
    return abs(one.middle - other.middle) < 0.25 * max(one.height, other.height)
