"""Carets, spinners and signs as a pen draws them: what goes on by itself on a screen."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import ImageColor, ImageDraw

from app.bench.ocr.paper import Font, face

Pen = ImageDraw.ImageDraw
_BRAILLE = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Where something is drawn, and in which look."""

    left: int
    top: int
    size: int
    """Pixels of its letters."""
    row: int
    """Pixels from one row of them to the next."""
    ink: str
    ground: str
    font: Font

    def faint(self, share: float) -> tuple[int, int, int]:
        """The ink, thinned: 0 is the ground."""
        ink, ground = (ImageColor.getrgb(colour) for colour in (self.ink, self.ground))
        red, green, blue = (int(below + (above - below) * share) for above, below in zip(ink, ground, strict=True))
        return red, green, blue

    def text(self, pen: Pen, said: str) -> None:
        """Its own letters at its place."""
        pen.text((self.left, self.top), said, fill=self.ink, font=self.font)


def _bar(pen: Pen, hand: Hand, wide: int) -> None:
    pen.rectangle((hand.left, hand.top, hand.left + wide, hand.top + hand.size), fill=hand.ink)


def _block(pen: Pen, hand: Hand, wide: int) -> None:
    pen.rectangle((hand.left, hand.top, hand.left + int(hand.size * 0.6), hand.top + hand.row), fill=hand.ink)


def _frame(pen: Pen, hand: Hand, wide: int) -> None:
    pen.rectangle((hand.left, hand.top, hand.left + int(hand.size * 0.6), hand.top + hand.row), outline=hand.ink)


def _line(pen: Pen, hand: Hand, wide: int) -> None:
    bottom = hand.top + hand.row
    pen.rectangle((hand.left, bottom - 2, hand.left + int(hand.size * 0.6), bottom), fill=hand.ink)


CARETS: Mapping[str, Callable[[Pen, Hand, int], None]] = {
    "bar": _bar,
    "block": _block,
    "frame": _frame,
    "line": _line,
}
"""(pen, where, pixels of a bar beside its first)."""


def _dots(pen: Pen, hand: Hand, side: int, phase: float, steps: int) -> None:
    radius, first = max(1.0, side / 10), int(phase * steps)
    for dot in range(steps):
        angle = 2 * math.pi * dot / steps
        x, y = hand.left + side / 2 * math.cos(angle), hand.top + side / 2 * math.sin(angle)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=hand.faint((dot - first) % steps / steps))


def _arc(pen: Pen, hand: Hand, side: int, phase: float, steps: int) -> None:
    pen.arc(_circle(hand, side), phase * 360, phase * 360 + 100, fill=hand.ink, width=2)


def _track(pen: Pen, hand: Hand, side: int, phase: float, steps: int) -> None:
    pen.ellipse(_circle(hand, side), outline=hand.faint(0.25), width=2)
    _arc(pen, hand, side, phase, steps)


def _circle(hand: Hand, side: int) -> tuple[float, float, float, float]:
    return hand.left - side / 2, hand.top - side / 2, hand.left + side / 2, hand.top + side / 2


def _dash(pen: Pen, hand: Hand, side: int, phase: float, steps: int) -> None:
    pen.text((hand.left, hand.top), "|/-\\"[int(phase * 4)], fill=hand.ink, font=face("sans", min(side, 20)))


def _braille(pen: Pen, hand: Hand, side: int, phase: float, steps: int) -> None:
    said = _BRAILLE[int(phase * len(_BRAILLE))]
    pen.text((hand.left, hand.top), said, fill=hand.ink, font=face("sans", min(side, 20)))


SPINNERS: Mapping[str, Callable[[Pen, Hand, int, float, int], None]] = {
    "dots": _dots,
    "arc": _arc,
    "dash": _dash,
    "braille": _braille,
    "track": _track,
}
"""(pen, where, pixels a side, share of a turn, dots of a ring)."""


def _random(seed: int, second: float, every: float) -> np.random.Generator:
    return np.random.default_rng(seed + int(second / every))


def _load(pen: Pen, hand: Hand, second: float, seed: int, level: int) -> None:
    hand.text(pen, f"{_random(seed, second, 2).integers(0, 101)}%")


def _rate(pen: Pen, hand: Hand, second: float, seed: int, level: int) -> None:
    hand.text(pen, f"{_random(seed, second, 2).integers(0, 2000)} KB/s")


def _battery(pen: Pen, hand: Hand, second: float, seed: int, level: int) -> None:
    left = max(0, level - int(second / 25))
    pen.rectangle((hand.left, hand.top, hand.left + 22, hand.top + 10), outline=hand.ink)
    pen.rectangle((hand.left + 2, hand.top + 2, hand.left + 2 + left * 18 // 100, hand.top + 8), fill=hand.ink)
    pen.text((hand.left + 26, hand.top), f"{left}%", fill=hand.ink, font=hand.font)


def _signal(pen: Pen, hand: Hand, second: float, seed: int, level: int) -> None:
    strong = int(_random(seed, second, 20).integers(0, 5))
    for bar in range(4):
        fill = hand.ink if bar < strong else hand.faint(0.25)
        left, bottom = hand.left + 5 * bar, hand.top + 14
        pen.rectangle((left, bottom - 2 - 3 * bar, left + 3, bottom), fill=fill)


def _graph(pen: Pen, hand: Hand, second: float, seed: int, level: int) -> None:
    for bar in range(24):
        high = int(_random(seed, int(second) + bar, 1).integers(1, 16))
        pen.rectangle((hand.left + bar, hand.top + 16 - high, hand.left + bar, hand.top + 16), fill=hand.ink)


def _volume(pen: Pen, hand: Hand, second: float, seed: int, level: int) -> None:
    x, y = hand.left, hand.top
    corners = [(x, y + 5), (x + 4, y + 5), (x + 8, y + 1), (x + 8, y + 15), (x + 4, y + 11), (x, y + 11)]
    pen.polygon([coordinate for corner in corners for coordinate in corner], fill=hand.ink)
    for wave in range(int(_random(seed, second, 30).integers(0, 4))):
        grown = 3 * wave
        pen.arc((x + 2 - grown, y + 3 - grown, x + 14 + grown, y + 13 + grown), -45, 45, fill=hand.ink, width=1)


SIGNS: Mapping[str, Callable[[Pen, Hand, float, int, int], None]] = {
    "load": _load,
    "rate": _rate,
    "battery": _battery,
    "signal": _signal,
    "graph": _graph,
    "volume": _volume,
}
"""(pen, where, second, a seed, how full)."""
