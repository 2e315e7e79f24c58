"""Which parts of a window could be a log: every way to cut it from top to bottom that few words cross. Pure."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from core.capture.screen.chat.panes import CROSSING, MOST_CROSSING, end_before, panes
from core.capture.screen.chat.runs import CLOCK, INITIALS, Run, letters, rows

_LEAST_BEGIN = 3
_MOST_EDGES = 7
_CLEAR = 0.6
"""Heights of a line without words before an edge."""
_CLOSE = 0.15
"""Words nearer to it, of the lines that begin there: a bar's."""


def regions(found: Sequence[Run], borders: Sequence[int] = ()) -> Iterator[list[Run]]:
    """The panes of a window as they seem, then every other part between two edges; none of them twice.

    `borders`: columns at which its picture shows that panes end; a part over one holds all of both panes.
    """
    seen: set[frozenset[int]] = set()
    between = {id(run): bisect_right(borders, (run.left + run.right) / 2) for run in found}
    whole = Counter(between.values())
    for part in (*_bordered(found, borders), *_proposed(found)):
        key = frozenset(map(id, part))
        if not key or key in seen:
            continue
        seen.add(key)
        held = Counter(between[id(run)] for run in part)
        if len(held) == 1 or all(whole[pane] == number for pane, number in held.items()):
            yield part


def _bordered(found: Sequence[Run], borders: Sequence[int]) -> Iterator[list[Run]]:
    """The parts between two borders, next to each other or not."""
    ends = [0, *borders[:_MOST_EDGES], max((run.right for run in found), default=0) + 1]
    for left, right in combinations(ends, 2) if borders else ():
        yield [run for run in found if left <= (run.left + run.right) / 2 < right]


def _proposed(found: Sequence[Run]) -> Iterator[list[Run]]:
    yield from panes(found)
    yield list(found)
    for left, right in combinations([0, *_edges(found), max((run.right for run in found), default=0) + 1], 2):
        yield [run for run in found if left <= run.left < right]


def _edges(found: Sequence[Run]) -> list[int]:
    """Where lines begin below each other with room before them; the gutter at their left is theirs."""
    tall = letters(found)
    seen = [run for run in found if not (INITIALS.compiled.fullmatch(run.text) or CLOCK.compiled.fullmatch(run.text))]
    ends: dict[int, int] = {}
    for edge in sorted({run.left for run in seen}):
        crossing = sum(run.left < edge < run.right for run in seen)
        if crossing > max(MOST_CROSSING, CROSSING * len(seen)):
            continue
        begins = len(rows([run for run in seen if 0 <= run.left - edge < _CLEAR * tall]))
        before = [run for run in found if run.right <= edge]
        if begins < _LEAST_BEGIN or not before:
            continue
        if sum(edge - run.right < _CLEAR * tall for run in before) > _CLOSE * begins:
            continue
        end = end_before(found, edge, tall)
        ends[end] = max(ends.get(end, 0), begins)
    most = sorted(ends, key=lambda end: -ends[end])[:_MOST_EDGES]
    return sorted(most)
