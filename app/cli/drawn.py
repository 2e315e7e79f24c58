"""The curve of a memory as a picture in a file, SVG or PNG: it shows dates, and no word that is kept."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise
from pathlib import Path

from app.commands.request import JSON
from core.errors import BadInput, Problem

WIDTH, HEIGHT = 960, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 36, 108, 64
_FINE = 3
"""A PNG is drawn so many times larger and then made smaller: Pillow's lines have no soft edges."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Those of the window; every text and mark has a contrast of 4.5 or more on the ground (WCAG AA)."""

    ground: str
    line: str
    text: str
    muted: str
    accent: str
    shade: str
    warn: str


LIGHT = Colours(
    ground="#ffffff",
    line="#e5e1d9",
    text="#21201c",
    muted="#66625a",
    accent="#24665a",
    shade="#dcebe7",
    warn="#8a5300",
)
DARK = Colours(
    ground="#232423",
    line="#3a3c3a",
    text="#eceae5",
    muted="#a8a59d",
    accent="#82cbb6",
    shade="#263a34",
    warn="#e6b866",
)


@dataclass(frozen=True, slots=True)
class Area:
    """A filled outline."""

    points: Sequence[Point]
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points."""

    points: Sequence[Point]
    colour: str
    width: float
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A ring, filled."""

    at: Point
    radius: float
    colour: str
    inside: str


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `at` is its foot."""

    at: Point
    said: str
    size: int
    colour: str
    anchor: str = "start"
    """start | middle | end"""


Shape = Area | Line | Dot | Words


def write(file: Path, life: JSON, title: str, said: str, *, dark: bool = False) -> None:
    """Write the picture; the file's ending says which kind. Raises BadInput, Problem."""
    shapes, colours = list(shapes_of(life, title, said, DARK if dark else LIGHT)), DARK if dark else LIGHT
    kind = file.suffix.lower()
    if kind == ".svg":
        data = _svg(shapes, colours, f"{title}. {said}").encode("utf-8")
    elif kind == ".png":
        data = _png(shapes, colours)
    else:
        raise BadInput(f"A picture cannot be written to {file.name}.", "End its name in .svg or .png.")
    try:
        file.write_bytes(data)
    except OSError as error:
        raise Problem(f"{file.name} cannot be written.", "Name another file.") from error


def shapes_of(life: JSON, title: str, said: str, colours: Colours) -> Iterator[Shape]:
    """Back to front."""
    points = [(datetime.fromisoformat(at), float(held)) for at, held in life["points"]]
    begins, ends, now = points[0][0], points[-1][0], datetime.fromisoformat(life["now"])
    span = max((ends - begins).total_seconds(), 1.0)

    def place(moment: datetime, held: float) -> Point:
        across = (moment - begins).total_seconds() / span
        return (_LEFT + (WIDTH - _LEFT - _RIGHT) * across, HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * held)

    yield Words((_LEFT, 48), title, 26, colours.text)
    yield Words((_LEFT, 76), said, 15, colours.muted)
    for share in (0.0, 0.5, 1.0):
        height = place(begins, share)[1]
        yield Line([(_LEFT, height), (WIDTH - _RIGHT, height)], colours.line, 1)
        yield Words((_LEFT - 12, height + 5), _percent(share), 14, colours.muted, "end")
    for tick in _ticks(begins, ends):
        across = place(tick, 0)[0]
        yield Line([(across, HEIGHT - _BOTTOM), (across, HEIGHT - _BOTTOM + 5)], colours.muted, 1)
        yield Words((across, HEIGHT - _BOTTOM + 22), _tick(tick, ends - begins), 13, colours.muted, "middle")
    past = [place(at, held) for at, held in points if at <= now]
    future = [place(at, held) for at, held in points if at >= now]
    yield Area([*past, (past[-1][0], place(now, 0)[1]), place(begins, 0)], colours.shade)
    below = place(begins, life["fades_below"])[1]
    yield Line([(_LEFT, below), (WIDTH - _RIGHT, below)], colours.warn, 1.4, dashed=True)
    yield Words((_LEFT + 10, below + 18), "below this it is no longer offered", 13, colours.warn)
    yield Line(future, colours.accent, 2.6, dashed=True)
    yield Line(past, colours.accent, 3)
    for use in life["uses"]:
        moment = datetime.fromisoformat(use)
        top = next(held for at, held in reversed(points) if at <= moment)
        yield Dot(place(moment, top), 6, colours.accent, colours.ground)
    if life["fades_on"] is not None and datetime.fromisoformat(life["fades_on"]) <= ends:
        yield from _fading(datetime.fromisoformat(life["fades_on"]), place, life, colours)
    today = place(now, life["strength"])
    yield Line([(today[0], place(now, 0)[1]), (today[0], _TOP - 10)], colours.muted, 1)
    side = "start" if today[0] < WIDTH / 2 else "end"
    aside = 8 if side == "start" else -8
    yield Words((today[0] + aside, _TOP - 2), f"today, {_percent(life['strength'])}", 14, colours.text, side)
    yield Dot(today, 7, colours.ground, colours.accent)


def _fading(fades: datetime, place: object, life: JSON, colours: Colours) -> Iterator[Shape]:
    assert callable(place)
    at = place(fades, life["fades_below"])
    floor = place(fades, 0.0)[1]
    yield Line([(at[0], at[1]), (at[0], floor)], colours.warn, 1.4)
    yield Dot(at, 6, colours.warn, colours.ground)
    side = "end" if at[0] > WIDTH / 2 else "start"
    aside = -10 if side == "end" else 10
    yield Words((at[0] + aside, floor - 10), f"{fades.day} {fades:%B %Y}", 14, colours.warn, side)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _ticks(begins: datetime, ends: datetime) -> Iterator[datetime]:
    """Five to nine moments: first days of months, else days."""
    days = (ends - begins) / timedelta(days=1)
    if days < 70:
        step = timedelta(days=max(1, round(days / 7)))
        first = begins.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        while first < ends:
            yield first
            first += step
        return
    months = max(1, round(days / 30.4 / 8))
    year, month = begins.year, begins.month
    while True:
        month += months
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        first = begins.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
        if first >= ends:
            return
        yield first


def _tick(moment: datetime, span: timedelta) -> str:
    if span < timedelta(days=70):
        return f"{moment.day} {moment:%b}"
    return f"{moment:%b %Y}" if moment.month == 1 or span > timedelta(days=700) else f"{moment:%b}"


def _svg(shapes: Sequence[Shape], colours: Colours, described: str) -> str:
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="Inter, Cantarell, Noto Sans, sans-serif"><title>{escape(described)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14" fill="{colours.ground}"/>',
    ]
    for shape in shapes:
        match shape:
            case Area(points, colour):
                parts.append(f'<polygon points="{_listed(points)}" fill="{colour}"/>')
            case Line(points, colour, width, dashed):
                dash = ' stroke-dasharray="7 6"' if dashed else ""
                parts.append(
                    f'<polyline points="{_listed(points)}" fill="none" stroke="{colour}" stroke-width="{width:g}"'
                    f' stroke-linejoin="round" stroke-linecap="round"{dash}/>'
                )
            case Dot((x, y), radius, colour, inside):
                parts.append(
                    f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{inside}" stroke="{colour}"'
                    ' stroke-width="2.5"/>'
                )
            case Words((x, y), said, size, colour, anchor):
                weight = ' font-weight="600"' if size > 20 else ""
                parts.append(
                    f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>'
                    f"{escape(said)}</text>"
                )
    return "\n".join([*parts, "</svg>"])


def _listed(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _png(shapes: Sequence[Shape], colours: Colours) -> bytes:
    # Imported here: no other command needs it, and it takes 40 ms.
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), colours.ground)
    draw = ImageDraw.Draw(image)

    def scaled(points: Sequence[Point]) -> list[Point]:
        return [(x * _FINE, y * _FINE) for x, y in points]

    for shape in shapes:
        match shape:
            case Area(points, colour):
                draw.polygon(scaled(points), fill=colour)
            case Line(points, colour, width, dashed):
                for piece in _dashes(points) if dashed else [points]:
                    draw.line(scaled(piece), fill=colour, width=round(width * _FINE), joint="curve")
            case Dot(at, radius, colour, inside):
                draw.circle(scaled([at])[0], radius * _FINE, fill=inside, outline=colour, width=round(2.5 * _FINE))
            case Words(at, said, size, colour, anchor):
                font = ImageFont.load_default(size * _FINE)
                side = {"start": "ls", "middle": "ms", "end": "rs"}[anchor]
                draw.text(scaled([at])[0], said, fill=colour, font=font, anchor=side)
    out = io.BytesIO()
    image.resize((WIDTH * 2, HEIGHT * 2), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _dashes(points: Sequence[Point], length: float = 7.0, gap: float = 6.0) -> Iterator[list[Point]]:
    """A line cut into dashes along its way."""
    dash: list[Point] = [points[0]]
    left, drawing = length, True
    for (x1, y1), (x2, y2) in pairwise(points):
        way = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        gone = 0.0
        while way - gone > left:
            gone += left
            turn = (x1 + (x2 - x1) * gone / way, y1 + (y2 - y1) * gone / way)
            if drawing:
                yield [*dash, turn]
            dash, drawing = [turn], not drawing
            left = length if drawing else gap
        left -= way - gone
        if drawing:
            dash.append((x2, y2))
    if drawing and len(dash) > 1:
        yield dash
