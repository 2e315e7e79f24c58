"""Words that stand together on a line, and the panes of a window that they stand in. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from core.capture.rect import Rect
from core.capture.screen.page import Line, line_box
from core.memory import WordBox
from core.pattern import Pattern

INITIALS = Pattern(r"[A-ZÀ-Þ]{1,2}")
"""In an avatar."""
_CLOCK = Pattern(r"\[?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\]?(?:\s?[AP]\.?M\.?)?(?:\s\W{1,3})?|\d{1,3}", re.IGNORECASE)
"""A time, or a count: no pane consists of these."""
_GLUED = Pattern(r"([^\W\d_][\w'’.\-]*[^\W\d_])(\d{1,2}[:.]\d{2}(?:\s?[AP]M)?)$", re.IGNORECASE)
_SHORT, _HIGH, _MOST_SPARE = 2, 1.9, 0.4
"""Letters are about this much higher than wide, with what reaches above and below."""
_APART = 1.5
"""Heights of a line from which a gap within it parts two runs."""
_LEAST_ROWS = 4
_MET, _MET_IF_ONE_SIDE = 0.15, 0.3
_FEW = 3
_BEGIN = 0.2
"""Share of a pane's lines that begin at its left edge, at the least."""
_LEAST_BEGIN = 3
_LEVEL = 0.75
_CROSSING, _MOST_CROSSING = 0.08, 6


@dataclass(frozen=True)
class Run:
    """Words of one line without a wide gap between them."""

    words: Line
    trim: int = 0
    """Pixels above and below its letters that its boxes have too many."""

    @cached_property
    def text(self) -> str:
        """With a blank between words."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def box(self) -> Rect:
        """Around all words, as high as its letters."""
        whole = line_box(self.words)
        return Rect(whole.left, whole.top + self.trim, whole.width, whole.height - 2 * self.trim)

    @property
    def left(self) -> int:
        """First column."""
        return self.box.left

    @property
    def right(self) -> int:
        """First column past it."""
        return self.box.right

    @property
    def top(self) -> int:
        """First row."""
        return self.box.top

    @property
    def bottom(self) -> int:
        """First row past it."""
        return self.box.bottom

    @property
    def height(self) -> int:
        """Of its letters and the room a reader leaves around them."""
        return self.box.height

    @property
    def middle(self) -> float:
        """Row halfway down."""
        return self.top + self.height / 2

    def level(self, other: "Run") -> bool:
        """Whether both stand on one line."""
        return abs(self.middle - other.middle) < 0.45 * max(self.height, other.height)


def runs(lines: Sequence[Line]) -> list[Run]:
    """The runs of a page, from the top, those of a row from the left."""
    share = _spare(lines)
    found = []
    for line in lines:
        part: list[WordBox] = []
        for word in (half for whole in line for half in _halves(whole)):
            if part and word.left - (part[-1].left + part[-1].width) > _APART * word.height:
                found.append(_run(part, share))
                part = []
            part.append(word)
        if part:
            found.append(_run(part, share))
    return sorted(found, key=lambda run: (run.top, run.left))


def _halves(word: WordBox) -> tuple[WordBox, ...]:
    """A word that a time was read together with: `Patel5:37`."""
    match = _GLUED.match(word.text)
    if match is None:
        return (word,)
    at = word.left + round(word.width * match.end(1) / len(word.text))
    name = replace(word, text=match[1], width=max(1, at - word.left))
    return name, replace(word, text=match[2], left=at, width=max(1, word.left + word.width - at))


def _run(words: Sequence[WordBox], share: float) -> Run:
    return Run(tuple(words), trim=int(share * words[0].height / 2 + 0.3))


def _spare(lines: Sequence[Line]) -> float:
    """Share of a line's height that is room around its letters: it shows beside their width."""
    words = [word for line in lines for word in line if len(word.text) > _SHORT]
    if not words:
        return 0.0
    wide = sorted(word.width / len(word.text) for word in words)[len(words) // 2]
    high = sorted(word.height for word in words)[len(words) // 2]
    return min(_MOST_SPARE, max(0.0, 1.0 - _HIGH * wide / max(1, high)))


def rows(found: Sequence[Run]) -> list[list[Run]]:
    """The runs that stand on one line together, from the top, each row from the left."""
    done: list[list[Run]] = []
    for run in sorted(found, key=lambda run: run.middle):
        row = done[-1] if done else []
        if row and any(run.level(other) for other in row):
            row.append(run)
        else:
            done.append([run])
    return [sorted(row, key=lambda run: run.left) for row in done]


def letters(found: Sequence[Run]) -> float:
    """The usual height of a line, by how much is written in it."""
    weighed = sorted((run.height, len(run.text)) for run in found)
    half = sum(weight for _, weight in weighed) / 2
    for height, weight in weighed:
        half -= weight
        if half <= 0:
            return float(height)
    return 16.0


def panes(found: Sequence[Run]) -> list[list[Run]]:
    """The parts of a window that stand beside each other: lists of chats, the log, lists of people.

    A cut goes where nearly nothing crosses it and both sides have lines at each other's height, but not the same
    lines: columns of one table stay together, and so do messages that stand left and right.
    """
    if len(found) < 2 * _LEAST_ROWS:
        return [list(found)]
    tall = letters(found)
    seen = [run for run in found if not (INITIALS.compiled.fullmatch(run.text) or _CLOCK.compiled.fullmatch(run.text))]
    best: tuple[int, int] | None = None
    for edge in sorted({run.left for run in seen}):
        crossing = [run for run in seen if run.left < edge < run.right]
        left = [run for run in seen if run.right <= edge]
        right = [run for run in seen if run.left >= edge]
        if len(crossing) > max(_MOST_CROSSING, _CROSSING * len(seen)) or not left:
            continue
        begins = len(rows([run for run in right if run.left - edge < 0.6 * tall]))
        clear = edge - _end(left, edge, tall) >= 0.6 * tall
        if not clear or begins < max(_LEAST_BEGIN, _BEGIN * len(rows(right))):
            continue
        gutter = rows([run for run in left if edge - run.right < 5 * tall and run.box.width < 7 * tall])
        level = bool(gutter) and _level(gutter, rows(right)) > _LEVEL * len(gutter)
        if not level and _beside(left, right, tall):
            best = max(best or (0, 0), (begins, edge))
    if best is None:
        return [list(found)]
    end = _end(found, best[1], tall)
    left = [run for run in found if run.left < end]
    right = [run for run in found if run.left >= end]
    if not left or not right:
        return [list(found)]
    return [*panes(left), *panes(right)]


def _end(found: Sequence[Run], edge: int, tall: float) -> int:
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
    times = [[run] for run in rest if _CLOCK.compiled.fullmatch(run.text)]
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
