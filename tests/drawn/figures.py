"""Prints how well drawn chats are read: `python -m tests.drawn.figures [--reader] [--seen] [--seeds 3]`.

Every layout with each seed at two places of its log; scrolled through once; with `--reader` from the pixels by the
text reader (one look a layout and seed) instead of from the words that were drawn. Then the screens that are no chats.
"""

import argparse
import sys
from dataclasses import fields

from core.capture.screen.chat.read import read_chat
from core.capture.screen.reader import Reader
from tests.drawn.chats import LAYOUTS
from tests.drawn.pages import PAGES
from tests.drawn.score import Score, read, score
from tests.drawn.scrolling import Walk, walked
from tests.drawn.talk import NOW

FIRST = 301
"""Seeds from here on were never looked at while the reading was written."""


def told(seeds: int, reader: Reader | None, *, seen: bool = False) -> Score:
    """All layouts, one line each."""
    total = Score()
    for make in LAYOUTS:
        here = Score()
        for seed in range(FIRST, FIRST + seeds):
            window = make(seed)
            for back in (0,) if reader else (0, window.furthest // 3):
                shot = window.at(back)
                lines = reader.read(shot.sheet.pixels).lines if reader else None
                here += score(shot.told, read(shot, lines, seen=seen), reader=reader is not None)
        _say(f"{window.name:34}", here)
        total += here
    _say(f"{'all':34}", total)
    return total


def _say(name: str, one: Score) -> None:
    found, right = one.found / max(1, one.told), one.right / max(1, one.found)
    clock = f"{one.clock / one.timed:.3f}" if one.timed else "  -  "
    sys.stdout.write(f"{name} told {one.told:4} found {found:.3f} speaker {right:.3f} ")
    sys.stdout.write(f"time {clock} under a wrong name or of no one {one.extra}\n")


def scrolled(seeds: int) -> None:
    """All layouts scrolled through, in one line."""
    walks = [walked(make(seed), seed)[0] for make in LAYOUTS for seed in range(FIRST, FIRST + seeds)]
    names = [field.name for field in fields(Walk)]
    sums = {name: sum(int(getattr(walk, name)) for walk in walks) for name in names}
    sys.stdout.write(f"scrolled through {len(walks)} windows: {sums}\n")


def others(seeds: int, reader: Reader | None, *, seen: bool = False) -> None:
    """The screens that are none."""
    count = wrong = 0
    for make in PAGES:
        for seed in range(FIRST, FIRST + seeds):
            page, count = make(seed), count + 1
            lines = reader.read(page.sheet.pixels).lines if reader else page.sheet.lines
            size = page.sheet.width, page.sheet.height
            pixels = page.sheet.pixels if seen else None
            wrong += read_chat(lines, *size, now=NOW, app=page.app, title=page.title, pixels=pixels) is not None
    sys.stdout.write(f"no chats: {wrong} of {count} taken for one\n")


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--reader", action="store_true")
    parser.add_argument("--seen", action="store_true", help="with the grounds of the pictures")
    asked = parser.parse_args()
    reader = Reader() if asked.reader else None
    try:
        told(asked.seeds, reader, seen=asked.seen)
        if reader is None:
            scrolled(asked.seeds)
        others(asked.seeds, reader, seen=asked.seen)
    finally:
        if reader is not None:
            reader.close()


if __name__ == "__main__":
    main()
