"""Chats in lines without marks: `12:03 Dana Kim text`, where names are known because they come back. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

from core.capture.screen.chat.alike import key
from core.capture.screen.chat.columns import lines_of
from core.capture.screen.chat.runs import Run, letters
from core.capture.screen.chat.shapes import (
    NOTHING,
    Reading,
    ScreenTurn,
    furniture,
    name_like,
    notice,
    reaction,
    unmarked,
)
from core.capture.screen.chat.terminal import NO_NAME, people
from core.capture.screen.chat.times import Now, Stamp, between, in_order, leading
from core.memory import WordBox

_LEAST = 4
_LONGEST = 3
"""Words of a name."""
_MOST_OF_SHORTER = 0.6
_NAMED = 0.5
_SOON = timedelta(minutes=6)
_MOST_BEGIN, _NEXT_TO = 0.85, 1.5
"""Of the rows: what was said begins in one column; and heights of a line from a name to it."""
_FAR, _EVEN = 3.0, 2
"""Heights of a line between rows of a table, and pixels by which its steps err."""
_COLUMN, _GOES_ON = 0.5, 2.0
"""Heights of a line: within which times begin in one column, and to the next line of a message."""


@dataclass(slots=True)
class _Line:
    """A row that begins with a time."""

    stamp: Stamp
    left: int
    top: int
    words: tuple[WordBox, ...]
    """After the time."""
    name: str = ""
    more: list[WordBox] = field(default_factory=list)
    """Of the rows below it that go on."""
    bottom: int = 0


def bare_turns(found: Sequence[Run], now: Now, names: frozenset[str], called: frozenset[str]) -> Reading:
    """The turns of a part of a window in which each row begins with a time and the names stand before what was said.

    `names`: the owner's; `called`: what else stands in the window (keys), so lists of people too. A row without a
    name goes on what was said a few minutes before, or is nobody's.
    """
    tall = letters(found)
    lines, stray = _lines(found, now, tall)
    if len(lines) < _LEAST or not in_order([line.stamp for line in lines]) or _a_table(lines, tall):
        return NOTHING
    known = _names(lines, called)
    column = _text_column(lines)
    if column is not None:
        lines = [line for line in lines if name_like(_before(line, column), recurs=True)]
    for line in lines:
        line.name = _before(line, column) if column is not None else _begins_with(line, known)
    if not lines:
        return NOTHING
    named = Counter(line.name for line in lines if line.name)
    if len(named) < 2 or max(named.values()) < 2 or named.total() < _NAMED * len(lines):
        return NOTHING
    turns = _turns(lines, names)
    if not people(turns, "bare"):
        return NOTHING
    return Reading(turns=tuple(turns), sure=2, proof=1.5 * len(turns), stray=0.5 * stray)


def _lines(found: Sequence[Run], now: Now, tall: float) -> tuple[list[_Line], int]:
    """The rows that begin with a time in the column in which most of them do, with what goes on below them."""
    written = lines_of([run for run in found if not reaction(run)], now, tall)
    told = [(row, leading([word.text for run in row for word in run.words], now)) for row in written]
    begins = Counter(round(row[0].right if _alone(row, count) else row[0].left) for row, (count, _) in told if count)
    if not begins:
        return [], 0
    column = max(begins, key=lambda left: sum(n for other, n in begins.items() if abs(other - left) < _COLUMN * tall))
    lines: list[_Line] = []
    stray = 0
    for row, (count, said) in told:
        words = tuple(word for run in row for word in (unmarked(run) or run).words)
        edge = row[0].right if _alone(row, count) else row[0].left
        if said is not None and abs(edge - column) < _COLUMN * tall and len(words) > count:
            rest = words[count:]
            lines.append(_Line(stamp=said, left=rest[0].left, top=row[0].top, words=rest, bottom=row[0].bottom))
        elif lines and said is None and _goes_on(row, lines[-1], tall):
            lines[-1].more.extend(words)
            lines[-1].bottom = row[0].bottom
        elif lines and not furniture(" ".join(word.text for word in words)):
            stray += 1
    return lines, stray


def _a_table(lines: Sequence[_Line], tall: float) -> bool:
    """Whether the rows stand far apart at even steps: a timetable, a board."""
    steps = sorted(below.top - above.top for above, below in pairwise(lines))
    usual = steps[len(steps) // 2]
    even = sum(abs(step - usual) <= _EVEN for step in steps)
    return usual > _FAR * tall and even >= 0.9 * len(steps)


def _alone(row: Sequence[Run], count: int) -> bool:
    """Whether the time is a run of its own: such ones end in a column."""
    return len(row[0].words) == count


def _goes_on(row: Sequence[Run], last: _Line, tall: float) -> bool:
    return row[0].left > last.left - 0.3 * tall and row[0].top - last.bottom < (_GOES_ON - 1) * tall


def _text_column(lines: Sequence[_Line]) -> int | None:
    """Where what was said begins in nearly all rows, after names that end there; None without such a column."""
    lefts = Counter(word.left for line in lines for word in line.words[1 : _LONGEST + 1])
    if not lefts:
        return None
    left, number = lefts.most_common(1)[0]
    begins = {line.words[0].left for line in lines}
    ends = {word.left + word.width for line in lines for word in line.words if word.left + word.width <= left}
    close = sum(left - end < _NEXT_TO * lines[0].words[0].height for end in ends)
    if number < max(_LEAST, _MOST_BEGIN * len(lines)) or len(begins) == 1 or not close:
        return None
    return left if all(line.words[0].left < left for line in lines) else None


def _before(line: _Line, column: int) -> str:
    return " ".join(word.text for word in line.words if word.left < column - _EVEN)


def _prefix(line: _Line, size: int) -> str:
    return " ".join(word.text for word in line.words[:size])


def _names(lines: Sequence[_Line], called: frozenset[str]) -> frozenset[str]:
    """What rows begin with again and again and can be a name; the longest of them."""
    counts = [Counter(_prefix(line, size) for line in lines if len(line.words) > size) for size in range(1, 4)]
    known: set[str] = set()
    for size in range(1, _LONGEST + 1):
        for words, number in counts[size - 1].items():
            if not name_like(words, recurs=size == 1) or words.casefold() in NO_NAME:
                continue
            shorter = counts[size - 2][words.rsplit(" ", 1)[0]] if size > 1 else number
            if key(words) in called or (number > 1 and number >= _MOST_OF_SHORTER * shorter):
                known.discard(words.rsplit(" ", 1)[0])
                known.add(words)
    if 2 * sum(" " in words for words in known) > len(known):
        # one that is seen once is written as the others are
        pairs = (_prefix(line, 2) for line in lines if len(line.words) > 2 and not _begins_with(line, frozenset(known)))
        known |= {words for words in pairs if name_like(words) and words[-1].isalpha()}
    return frozenset(known)


def _begins_with(line: _Line, known: frozenset[str]) -> str:
    """The name at the beginning of a row. None of what the program says of somebody."""
    for size in range(_LONGEST, 0, -1):
        if _prefix(line, size) in known and len(line.words) > size:
            return _prefix(line, size)
    return ""


def _turns(lines: Sequence[_Line], names: frozenset[str]) -> list[ScreenTurn]:
    turns: list[ScreenTurn] = []
    for before, line in pairwise([None, *lines]):
        assert line is not None
        size = len(line.name.split())
        said = (*line.words[size:], *line.more)
        if notice(" ".join(word.text for word in said)) and line.name:
            continue
        if not line.name:
            soon = before is not None and before.name and between(before.stamp, line.stamp) < _SOON
            line.name = before.name if soon and before is not None else ""
        if not line.name:
            continue
        turns.append(
            ScreenTurn(
                speaker=line.name,
                mine=line.name.casefold() in names,
                text=" ".join(word.text for word in said),
                day=line.stamp.day,
                clock=line.stamp.clock,
                boxes=said,
            )
        )
    return [replace(turn, text=turn.text.strip()) for turn in turns]
