"""What keeping a share of a model's neurons costs, in a terminal: a picture of the curve and its figures."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.table import Table
from rich.text import Text

from app.commands.request import JSON

_LEVELS = " ▁▂▃▄▅▆▇█"
_ROWS, _WIDTH, _LEFT = 6, 48, 9
_TWICE = math.log(2)
"""The picture ends where the perplexity is twice the whole model's: what is worse is as high as that."""
_MB = 2**20


def picture(costs: JSON) -> list[Text]:
    """Lines in characters: how much the loss grows (upwards) as fewer neurons are kept (to the right)."""
    points = sorted(((one["keep"], max(one["loss"] - costs["loss"], 0.0)) for one in costs["shares"]), reverse=True)
    top = min(max(max(more for _, more in points), 1e-3), _TWICE)
    first, last = points[0][0], points[-1][0]
    columns = [_at(points, first + (last - first) * column / (_WIDTH - 1)) for column in range(_WIDTH)]
    lines = [_row(number, columns, top) for number in reversed(range(_ROWS))]
    marks = ["─"] * _WIDTH
    for keep, _ in points:
        marks[_column(keep, first, last)] = "┴"
    return [*lines, Text(" " * _LEFT + "".join(marks)), _named(points)]


def figures(costs: JSON) -> Table:
    """The whole model as it is, then each share in a row."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("kept", "perplexity", "same word", "read a token", "here"):
        table.add_column(name, justify="left" if name == "here" else "right")
    whole = costs["whole"]
    table.add_row("as it is", "", "", f"{whole['read_bytes'] / _MB:.1f} MB", _short(whole), style="dim")
    for one in costs["shares"]:
        table.add_row(
            percent(one["keep"]),
            f"{more(one['perplexity'])} ± {100 * one['error']:.1f}",
            f"{100 * one['same']:.1f} %",
            f"{one['read_bytes'] / _MB:.1f} MB",
            _short(one),
        )
    return table


def _short(one: JSON) -> str:
    """What the picker would say, without the first word."""
    return str(one["sentence"]).partition(", first word")[0]


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{100 * share:.0f} %"


def more(perplexity: float) -> str:
    """How much higher than the whole model's."""
    change = 100 * (perplexity - 1)
    return f"{change:+.1f} %" if abs(change) < 100 else f"x {perplexity:.1f}"


def _at(points: Sequence[tuple[float, float]], keep: float) -> float:
    """Between two shares that were measured, on a straight line."""
    for (more_kept, low), (fewer, high) in pairwise(points):
        if fewer <= keep <= more_kept:
            return low + (high - low) * (more_kept - keep) / max(more_kept - fewer, 1e-9)
    return points[-1][1]


def _row(number: int, columns: Sequence[float], top: float) -> Text:
    named = {_ROWS - 1: more(math.exp(top)), 0: "+0 %"}.get(number, "")
    line = Text(f"{named:>{_LEFT - 1}} ", style="dim")
    for value in columns:
        level = round(min(max(value / top * _ROWS - number, 0.0), 1.0) * 8)
        line.append(_LEVELS[level], style="cyan")
    return line


def _column(keep: float, first: float, last: float) -> int:
    return round((first - keep) / max(first - last, 1e-9) * (_WIDTH - 1))


def _named(points: Sequence[tuple[float, float]]) -> Text:
    """The shares under their marks, as far as there is room."""
    line = [" "] * (_WIDTH + 4)
    for at, said in _labels(points):
        begin = max(0, at - len(said) // 2)
        if all(letter == " " for letter in line[max(0, begin - 1) : begin + len(said) + 1]):
            line[begin : begin + len(said)] = said
    return Text(" " * _LEFT + "".join(line).rstrip() + "  of the neurons kept", style="dim")


def _labels(points: Sequence[tuple[float, float]]) -> Iterator[tuple[int, str]]:
    for keep, _ in points:
        yield _column(keep, points[0][0], points[-1][0]), f"{100 * keep:.0f}"
