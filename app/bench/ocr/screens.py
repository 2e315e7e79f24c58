"""Drawn screens for reading: fonts, sizes, themes and layouts as they stand on real ones."""

import random
from collections.abc import Callable, Iterator, Sequence

from app.bench.load.made import SEED, turns
from app.bench.ocr.paper import Paper, face, wrapped
from core.capture.rect import Rect

Size = tuple[int, int]

_NAMES = ("Dana", "Milan", "Aylin", "Tomas", "Ben", "Ingrid")


def sentences(chance: random.Random) -> Iterator[str]:
    """Sentences of the sample, with figures, addresses and names between them, without an end."""
    said = [turn["text"] for turn in turns()]
    while True:
        yield chance.choice(said)
        yield (
            f"Invoice {chance.randint(1000, 99999)} of {chance.randint(1, 28)}.{chance.randint(1, 12)}.2026: "
            f"{chance.randint(10, 9999)}.{chance.randint(10, 99)} EUR, see "
            f"https://example.org/{chance.randint(100, 999)}"
        )


def screens(size: Size) -> Iterator[tuple[str, Paper]]:
    """Each kind of screen once, by its name."""
    for name, draw in _KINDS.items():
        yield name, draw(size, random.Random(f"{SEED} {name}"))


def _text(
    paper: Paper, area: Rect, says: Iterator[str], font: tuple[str, int], fill: str | Sequence[str], pitch: float = 1.45
) -> None:
    name, points = font
    letters = face(name, points)
    colours = [fill] if isinstance(fill, str) else list(fill)
    y, number = area.top, 0
    while True:
        for line in wrapped(next(says), letters, area.width):
            if y + points * 1.4 > area.bottom:
                return
            paper.write(area.left, y, line, letters, colours[number % len(colours)])
            y += round(points * pitch)
        number += 1


def _document(size: Size, chance: random.Random) -> Paper:
    width, height = size
    paper = Paper(width, height, "#e8e8e8")
    paper.pen.rectangle((width // 6, 0, width * 5 // 6, height), fill="white")
    area = Rect(width // 6 + 60, 40, width * 2 // 3 - 120, height - 60)
    _text(paper, area, sentences(chance), ("serif", 19), "#111111")
    return paper


def _mail(size: Size, chance: random.Random) -> Paper:
    width, height = size
    paper = Paper(width, height, "white")
    paper.pen.rectangle((0, 0, width // 3, height), fill="#f3f4f6")
    says = sentences(chance)
    small, strong = face("sans", 12), face("sans", 14)
    for y in range(20, height - 60, 58):
        paper.write(20, y, chance.choice(_NAMES), strong, "#111827")
        paper.write(width // 3 - 70, y + 1, f"{chance.randint(8, 19):02}:{chance.randint(0, 59):02}", small, "#6b7280")
        paper.write(20, y + 22, wrapped(next(says), small, width // 3 - 50)[0], small, "#6b7280")
    _text(paper, Rect(width // 3 + 40, 30, width * 2 // 3 - 90, height - 60), says, ("sans", 15), "#1f2937")
    return paper


def _editor(size: Size, chance: random.Random) -> Paper:
    width, height = size
    paper = Paper(width, height, "#1e1e1e")
    letters = face("mono", 14)
    says = sentences(chance)
    for number, y in enumerate(range(12, height - 24, 20)):
        indent = " " * (4 * chance.randint(0, 2))
        line = wrapped(next(says), letters, width * 0.6)[0]
        kind = chance.choice(
            ("# {}", 'note = "{}"', "def step_{n}(value: int) -> str:", "    return values[{n}] + 0x{n:04X}")
        )
        code = indent + kind.format(line, n=number)
        paper.write(14, y, str(number + 1), letters, "#858585")
        paper.write(64, y, code.strip(), letters, chance.choice(("#d4d4d4", "#9cdcfe", "#ce9178", "#6a9955")))
    return paper


def _terminal(size: Size, chance: random.Random) -> Paper:
    paper = Paper(*size, "black")
    _text(paper, Rect(8, 8, size[0] - 30, size[1] - 16), sentences(chance), ("mono", 13), ("#33ff66", "#e0e0e0"), 1.3)
    return paper


def _chat(size: Size, chance: random.Random) -> Paper:
    width, height = size
    paper = Paper(width, height, "#efeae2")
    says, letters, small = sentences(chance), face("narrow", 16), face("sans", 11)
    y = 20
    while y < height - 140:
        lines = wrapped(next(says), letters, width * 0.42)[:4]
        mine = chance.random() < 0.4
        left = width - 40 - round(width * 0.45) if mine else 40
        tall = 22 * len(lines) + 34
        paper.pen.rounded_rectangle((left, y, left + width * 0.45, y + tall), 9, fill="#d9fdd3" if mine else "white")
        for number, line in enumerate(lines):
            paper.write(left + 12, y + 8 + 22 * number, line, letters, "#111b21")
        paper.write(
            round(left + width * 0.45 - 50), y + tall - 20, f"{chance.randint(8, 19):02}:{y % 60:02}", small, "#667781"
        )
        y += tall + 14
    return paper


def _table(size: Size, chance: random.Random) -> Paper:
    width, height = size
    paper = Paper(width, height, "white")
    letters = face("sans", 13)
    for y in range(10, height - 24, 24):
        paper.pen.line((0, y - 4, width, y - 4), fill="#d0d0d0")
        for column, x in enumerate(range(16, width - 120, 150)):
            value = chance.choice(_NAMES) if column == 0 else f"{chance.uniform(0, 20000):,.2f}"
            paper.write(x, y, value, letters, "#202124")
    return paper


def _small(size: Size, chance: random.Random) -> Paper:
    paper = Paper(*size, "#2b2d31")
    half = size[0] // 2
    says = sentences(chance)
    _text(paper, Rect(16, 12, half - 40, size[1] - 30), says, ("sans", 11), "#b5bac1")
    _text(paper, Rect(half + 16, 12, half - 40, size[1] - 30), says, ("round", 12), ("#f2f3f5", "#949ba4"))
    return paper


def _headlines(size: Size, chance: random.Random) -> Paper:
    width, height = size
    paper = Paper(width, height, "#0f3d5c")
    says = sentences(chance)
    _text(paper, Rect(60, 40, width - 120, height // 2 - 60), says, ("round", 38), "white")
    paper.pen.rectangle((0, height // 2, width, height), fill="#fff7d6")
    _text(paper, Rect(60, height // 2 + 30, width - 120, height // 2 - 50), says, ("serif", 26), "#5b4a00")
    return paper


_KINDS: dict[str, Callable[[Size, random.Random], Paper]] = {
    "document": _document,
    "mail": _mail,
    "editor, dark": _editor,
    "terminal": _terminal,
    "chat": _chat,
    "table": _table,
    "small, dark": _small,
    "headlines": _headlines,
}
