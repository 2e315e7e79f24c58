"""A made desktop: its programs from the lowest to the highest, its clock, and what can be read on it at a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from app.bench.capture.program import Look, Program, Row
from app.bench.capture.words import CANARIES, sentences
from app.bench.capture.xvfb import Pointer, Server, server
from core.capture.rect import Rect

_DARK = Look(ground="#1e2127", ink="#d8d8d8", size=16)
_PANEL = 30
_DOCUMENT_ROWS = 1_000
_VIDEO = 16
"""Pixels a side of one of a video's blocks."""


@dataclass(slots=True, kw_only=True)
class Stage:
    """Programs by name; `order` from the lowest to the highest of those that are visible."""

    server: Server
    pointer: Pointer
    programs: dict[str, Program]
    order: list[str] = field(default_factory=list)
    touched: bool = False
    """Somebody has touched the machine since this was last set to False."""
    playing: bool = False
    """A video runs."""
    _second: int = -1
    _random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))

    def touch(self) -> None:
        """A key or the pointer."""
        self.touched = True
        self.pointer.touch()

    def front(self, name: str, focus: bool = True) -> Program:
        """A program lifted to the front."""
        program = self.programs[name]
        program.lift(focus)
        self.order = [one for one in self.order if one != name] + [name]
        return program

    def away(self, name: str) -> None:
        """A program off the screen; the highest that is left has the focus."""
        self.programs[name].hide()
        self.order.remove(name)
        self.programs[self.order[-1]].lift()

    def clear(self) -> None:
        """Off the screen with a video and with all that is to be left out."""
        self.playing = False
        for name in [one for one in self.order if self.programs[one].left_out or one == "video"]:
            self.away(name)

    def clock(self, now: datetime) -> None:
        """What goes on by itself: the panel's clock and a caret each second, a video at each call."""
        if int(now.timestamp()) != self._second:
            self._second = int(now.timestamp())
            panel = self.programs["panel"]
            panel.title = f"{now:%A %d %B   %H:%M:%S}"
            panel.draw()
            self.programs["editor"].blink()
        if self.playing:
            video = self.programs["video"]
            place = Rect(0, 26, video.place.width, video.place.height - 26)
            small = self._random.integers(
                30, 150, (place.height // _VIDEO + 1, place.width // _VIDEO + 1, 3), dtype=np.uint8
            )
            small[:, :, 0] //= 2
            pixels = small.repeat(_VIDEO, axis=0).repeat(_VIDEO, axis=1)[: place.height, : place.width]
            video.paint(place, np.ascontiguousarray(pixels))

    def readable(self, monitor: Rect) -> list[Row]:
        """Rows on a monitor that nothing hides, of programs that may be kept; without the clock."""
        found: list[Row] = []
        for at, name in enumerate(self.order):
            program = self.programs[name]
            if program.left_out or name == "panel":
                continue
            above = [self.programs[other].place for other in self.order[at + 1 :]]
            found += [
                row
                for row in program.shown()
                if not row.place.meet(monitor).empty and all(row.place.meet(other).empty for other in above)
            ]
        return found

    def drawn(self) -> list[Row]:
        """Rows of all visible programs, whatever hides them."""
        return [row for name in self.order for row in self.programs[name].shown()]

    def lying(self, monitor: Rect) -> tuple[tuple[str, Rect], ...]:
        """Where programs lie on a monitor, the lowest first."""
        places = ((name, self.programs[name].place) for name in self.order)
        return tuple((name, place) for name, place in places if not place.meet(monitor).empty)


@contextmanager
def stage(monitors: int, width: int = 1920, height: int = 1080) -> Iterator[Stage]:
    """A desktop with all its programs, opened; ended with it. Raises Problem."""
    with server(monitors, width, height) as screen:
        pointer = Pointer(screen)
        made = Stage(server=screen, pointer=pointer, programs=_programs(screen, width, height))
        try:
            for name in ("document", "terminal", "chat", "editor", "panel"):
                made.programs[name].open()
                made.order.append(name)
            for name in ("vault", "private", "video", "control"):
                program = made.programs[name]
                program.open()
                program.hide()
            made.front("editor")
            yield made
        finally:
            for program in made.programs.values():
                program.close()
            pointer.close()


def _programs(screen: Server, width: int, height: int) -> dict[str, Program]:
    """In tenths of a monitor: a document left, a chat and a terminal right, an editor over a part of both."""
    across, down = width // 20, (height - _PANEL) // 20
    other = screen.monitors[-1].left

    def place(left: int, top: int, wide: int, high: int, begins: int = 0) -> Rect:
        return Rect(begins + left * across, _PANEL + top * down, wide * across, high * down)

    document = Program(
        server=screen, name="evince", title="Handbook of the garden - Document Viewer", place=place(0, 0, 10, 20),
        rows=[text if number % 7 else "" for number, text in enumerate(sentences(_DOCUMENT_ROWS, 5, 9))],
    )  # fmt: skip
    return {
        "panel": Program(
            server=screen, name="xfce4-panel", title="", place=Rect(0, 0, width, _PANEL), look=Look(ground="#d9dde3")
        ),
        "document": document,
        "terminal": Program(
            server=screen, name="xterm", title="notes: less", place=place(10, 10, 10, 10), look=_DARK,
            rows=list(sentences(12, 9, 6)),
        ),
        "chat": Program(
            server=screen, name="slack", title="allotment - Slack",
            place=place(10, 0, 10, 10) if len(screen.monitors) == 1 else place(2, 1, 14, 16, other),
            rows=list(sentences(8, 11, 7)),
        ),
        "editor": Program(
            server=screen, name="gedit", title="letter.txt - Text Editor", place=place(6, 6, 9, 11),
            look=Look(size=18), rows=list(sentences(5, 13, 7)),
        ),
        "vault": Program(
            server=screen, name="keepassxc", title=f"{CANARIES[0]} {CANARIES[1]} - KeePassXC", place=place(1, 3, 10, 9),
            left_out=True, rows=[f"{CANARIES[2]} {CANARIES[3]}", f"user {CANARIES[4]}", CANARIES[5]],
        ),
        "private": Program(
            server=screen, name="firefox", title="Weather - Mozilla Firefox Private Browsing",
            place=place(8, 4, 10, 9, other), left_out=True, rows=[f"{CANARIES[6]} clinic", f"{CANARIES[7]} results"],
        ),
        "video": Program(server=screen, name="mpv", title="harvest.mkv - mpv", place=place(1, 11, 8, 8)),
        "control": Program(
            server=screen, name="mousepad", title="list - Mousepad", place=place(2, 2, 8, 8), left_out=True,
            rows=list(CANARIES),
        ),
    }  # fmt: skip
