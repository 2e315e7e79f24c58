"""The curve of a memory in a terminal: what its strength was and will be, its uses, today, the day it fades."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from app.commands.request import JSON

_LEVELS = " ▁▂▃▄▅▆▇█"
_ROWS, _WIDTH, _LEFT = 6, 60, 7
_GAP = "┄"


def plot(life: JSON, width: int = _WIDTH) -> list[Text]:
    """Lines of a picture in characters, `life` being that of `memories show`."""
    points = [(datetime.fromisoformat(at), float(held)) for at, held in life["points"]]
    now, begins, ends = datetime.fromisoformat(life["now"]), points[0][0], points[-1][0]
    columns = [_held(points, begins + (ends - begins) * (column + 0.5) / width) for column in range(width)]
    place = _Place(begins, ends, width)
    today = place.of(now)
    lines = [_row(number, columns, today, life["fades_below"]) for number in reversed(range(_ROWS))]
    return [*lines, _axis(life, place, today), _dates(life, place, now)]


class _Place:
    """Where a moment stands among so many columns."""

    def __init__(self, begins: datetime, ends: datetime, width: int) -> None:
        self._begins, self._span, self.width = begins, max((ends - begins).total_seconds(), 1.0), width

    def of(self, moment: datetime) -> int:
        share = (moment - self._begins).total_seconds() / self._span
        return min(self.width - 1, max(0, int(share * self.width)))


def _held(points: Sequence[tuple[datetime, float]], moment: datetime) -> float:
    """The strength of the last point before a moment: between two points it hardly falls."""
    return next((held for at, held in reversed(points) if at <= moment), points[0][1])


def _row(number: int, columns: Sequence[float], today: int, below: float) -> Text:
    """One row of the picture, row 0 lowest; the past is bold, the future plain."""
    threshold = min(_ROWS - 1, int(below * _ROWS))
    named = {_ROWS - 1: "100 %", threshold: f"{below:.0%}".replace("%", " %")}.get(number, "")
    line = Text(f"{named:>{_LEFT - 1}} ", style="dim")
    for column, held in enumerate(columns):
        level = round(min(max(held * _ROWS - number, 0.0), 1.0) * 8)
        if level:
            line.append(_LEVELS[level], style="bold cyan" if column <= today else "cyan")
        else:
            line.append(_GAP if number == threshold else " ", style="yellow")
    return line


def _axis(life: JSON, place: _Place, today: int) -> Text:
    marks = ["─"] * place.width
    if life["fades_on"] is not None:
        marks[place.of(datetime.fromisoformat(life["fades_on"]))] = "┴"
    marks[today] = "▲"
    for use in life["uses"]:
        marks[place.of(datetime.fromisoformat(use))] = "●"
    return Text(" " * _LEFT + "".join(marks))


def _dates(life: JSON, place: _Place, now: datetime) -> Text:
    """What stands under the axis, as far as there is room: today first, then the fading, then the beginning."""
    words = [(place.of(now), "today")]
    if life["fades_on"] is not None:
        fades = datetime.fromisoformat(life["fades_on"])
        words.append((place.of(fades), f"fades {_day(fades)}" if fades > now else f"faded {_day(fades)}"))
    words += [(0, _day(datetime.fromisoformat(life["points"][0][0])))]
    words += [(place.width - 1, _day(datetime.fromisoformat(life["points"][-1][0])))]
    line = [" "] * place.width
    for at, said in words:
        begin = min(max(0, at - len(said) // 2), place.width - len(said))
        if all(letter == " " for letter in line[max(0, begin - 1) : begin + len(said) + 1]):
            line[begin : begin + len(said)] = said
    dots = "   ● of use" if life["uses"] else ""
    return Text(" " * _LEFT + "".join(line) + dots, style="dim")


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %y}"
