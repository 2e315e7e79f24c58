"""A drawn session of screens: typing, scrolling, chat lines, switching windows, pages that come back."""

import random
from collections.abc import Iterator

from app.bench.load.made import SEED
from app.bench.ocr.paper import Paper, face, wrapped
from app.bench.ocr.screens import Size, sentences

_BAR = 34
_TYPED, _SCROLLED, _CHATTED = 8, 8, 8


def session(size: Size) -> Iterator[tuple[str, Paper]]:
    """Frames in their order, each with what was done: about half an hour of a desktop with three windows."""
    chance = random.Random(SEED)
    written, pages, talk = _Letter(size, chance), _Pages(size, chance), _Talk(size, chance)
    yield "first", _framed(size, "letter", written.paper())
    for _ in range(_TYPED):
        written.type()
        yield "typing", _framed(size, "letter", written.paper())
    yield "switching", _framed(size, "pages", pages.paper())
    for _ in range(_SCROLLED):
        pages.scroll(chance.choice((57, 96, 143, 210)))
        yield "scrolling", _framed(size, "pages", pages.paper())
    yield "coming back", _framed(size, "letter", written.paper())
    yield "switching", _framed(size, "talk", talk.paper())
    for _ in range(_CHATTED):
        talk.say()
        yield "chat lines", _framed(size, "talk", talk.paper())
    yield "coming back", _framed(size, "pages", pages.paper())
    pages.scroll(-120)
    yield "scrolling", _framed(size, "pages", pages.paper())
    yield "coming back", _framed(size, "talk", talk.paper())
    talk.say()
    yield "chat lines", _framed(size, "talk", talk.paper())
    yield "coming back", _framed(size, "letter", written.paper())
    written.type()
    yield "typing", _framed(size, "letter", written.paper())


def _framed(size: Size, title: str, inside: Paper) -> Paper:
    """A window with a bar of its own on a desktop with a panel."""
    paper = Paper(*size, "#20303f")
    font = face("sans", 13)
    paper.pen.rectangle((0, 0, size[0], _BAR), fill="#101820")
    paper.write(16, 9, "Activities", font, "#e5e7eb")
    paper.write(size[0] // 2 - 40, 9, "Tuesday 10:24", font, "#e5e7eb")
    paper.pen.rectangle((0, _BAR, size[0], 2 * _BAR), fill="#d6d9de")
    paper.write(
        24,
        _BAR + 9,
        {"letter": "Letter to the council", "pages": "Handbook", "talk": "Garden group"}[title],
        font,
        "#222222",
    )
    paper.paste(inside, 0, 2 * _BAR, size[1] - 2 * _BAR)
    return paper


class _Letter:
    """A text that grows by some words at its end."""

    def __init__(self, size: Size, chance: random.Random) -> None:
        self._size, self._font = size, face("serif", 18)
        self._says = sentences(chance)
        self._chance = chance
        room = (size[1] - 2 * _BAR) // 27 - 6
        self._lines: list[str] = []
        while len(self._lines) < room:
            self._lines += wrapped(next(self._says), self._font, size[0] * 0.62)
        self._lines = self._lines[:room]
        self._words: list[str] = []

    def type(self) -> None:
        """Some words more."""
        while len(self._words) < 12:
            self._words += next(self._says).split()
        for _ in range(self._chance.randint(3, 9)):
            word = self._words.pop(0)
            longer = f"{self._lines[-1]} {word}".strip()
            if self._font.getlength(longer) > self._size[0] * 0.62:
                self._lines.append(word)
            else:
                self._lines[-1] = longer

    def paper(self) -> Paper:
        """As it looks."""
        paper = Paper(self._size[0], self._size[1] - 2 * _BAR, "#ffffff")
        paper.pen.rectangle((0, 0, self._size[0] // 6, self._size[1]), fill="#eceff3")
        for number, line in enumerate(self._lines):
            paper.write(self._size[0] // 6 + 40, 24 + 27 * number, line, self._font, "#111111")
        return paper


class _Pages:
    """A long text beside a column that stays, with a bar that shows how far it is scrolled."""

    def __init__(self, size: Size, chance: random.Random) -> None:
        self._size, self._down = size, 0
        self._left = size[0] // 4
        width = size[0] - self._left - 60
        self._long = Paper(width, 4 * size[1], "#fbfbf8")
        says, font, y = sentences(chance), face("sans", 15), 10
        while y < 4 * size[1] - 60:
            for line in wrapped(next(says), font, width - 60):
                self._long.write(20, y, line, font, "#1b1b1b")
                y += 23
            y += 14
        self._names = [" ".join(next(says).split()[:3]) for _ in range(14)]

    def scroll(self, by: int) -> None:
        """That many pixels down."""
        self._down = max(0, self._down + by)

    def paper(self) -> Paper:
        """As it looks."""
        height = self._size[1] - 2 * _BAR
        paper = Paper(self._size[0], height, "#fbfbf8")
        paper.pen.rectangle((0, 0, self._left - 10, height), fill="#e6e9ee")
        for number, name in enumerate(self._names):
            paper.write(20, 20 + 34 * number, name, face("sans", 14), "#30363d")
        paper.paste(self._long, self._left, 0, height, self._down)
        top = 10 + self._down * height // (4 * self._size[1])
        paper.pen.rectangle((self._size[0] - 14, top, self._size[0] - 4, top + height // 4), fill="#9aa4b1")
        return paper


class _Talk:
    """A chat: what is said comes in at the bottom and moves the rest up."""

    def __init__(self, size: Size, chance: random.Random) -> None:
        self._size, self._chance, self._says = size, chance, sentences(chance)
        self._font = face("narrow", 17)
        self._bubbles: list[tuple[bool, list[str]]] = []
        for _ in range(14):
            self.say()

    def say(self) -> None:
        """One more message."""
        lines = wrapped(next(self._says), self._font, self._size[0] * 0.4)[:3]
        self._bubbles.append((self._chance.random() < 0.4, lines))

    def paper(self) -> Paper:
        """As it looks."""
        width, height = self._size[0], self._size[1] - 2 * _BAR
        paper = Paper(width, height, "#e9e4da")
        bottom = height - 70
        for mine, lines in reversed(self._bubbles):
            tall = 23 * len(lines) + 16
            top = bottom - tall
            if top < 8:
                break
            left = width - 40 - round(width * 0.43) if mine else 40
            paper.pen.rounded_rectangle(
                (left, top, left + width * 0.43, bottom), 9, fill="#d6f5cf" if mine else "white"
            )
            for number, line in enumerate(lines):
                paper.write(left + 12, top + 7 + 23 * number, line, self._font, "#10181d")
            bottom = top - 12
        paper.pen.rectangle((0, height - 58, width, height), fill="#f4f4f4")
        paper.write(30, height - 40, "Write a message", face("sans", 14), "#7a7a7a")
        return paper
