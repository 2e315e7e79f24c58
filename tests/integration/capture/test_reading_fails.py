"""What comes of a picture that cannot be read: said while it matters, drawn as a gap, never in the way."""

import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from core.capture.rect import Rect
from core.capture.screen.page import ReadPage
from core.capture.screen.reading import FrameReading
from core.capture.screen.recorder import Label
from core.errors import ChildDied
from core.memory import Gap
from core.paths import ProfilePaths
from core.settings import Capture
from core.store.media.spool import Spool

ENDED = ChildDied("The text reader ended while it was needed.", "It is started again when it is needed.")


@dataclass
class Failing:
    """What reads pixels, on its bad days."""

    errors: list[Exception]
    silent_s: float = 0.0

    def read(self, pixels: np.ndarray, before: ReadPage | None = None, changed: Sequence[Rect] = ()) -> ReadPage:
        if self.errors:
            raise self.errors.pop(0)
        return ReadPage(lines=(), width=2, height=2)

    def rest(self) -> bool:
        return False


@dataclass
class Turns(threading.Event):
    """Never set, until it was waited for often enough; what was said each time."""

    reading: FrameReading
    most: int
    said: list[str] = field(default_factory=list)

    def wait(self, timeout: float | None = None) -> bool:
        self.said.append(self.reading.trouble())
        return len(self.said) > self.most


def reading_one(root: Path, *errors: Exception) -> tuple[FrameReading, Spool, list[Gap]]:
    paths, gaps = ProfilePaths(root), list[Gap]()
    paths.spool.mkdir(parents=True)
    spool = Spool(paths)
    label = Label(at="2026-03-02T09:00:00+00:00", monitor="m", width=2, height=2)
    spool.put(zlib.compress(bytes(12)), label.packed())
    reader = Failing(list(errors))

    def keep(*_: object) -> None:
        pytest.fail("nothing was read that could be kept")

    return FrameReading(spool=spool, reader=reader, keep=keep, settings=Capture, gap=gaps.append), spool, gaps


def test_a_bug_while_a_picture_is_read_costs_that_picture_alone_and_is_a_gap(tmp_path: Path) -> None:
    reading, spool, gaps = reading_one(tmp_path, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        reading.step()
    assert (spool.waiting, spool.used_bytes) == (0, 0), "it would take its room for ever"
    (gap,) = gaps
    assert gap.reason.startswith("Something unexpected")


def test_a_reader_that_ended_is_said_with_what_comes_next_and_no_longer_than_something_waits(tmp_path: Path) -> None:
    reading, spool, gaps = reading_one(tmp_path, ENDED, ENDED)
    turns = Turns(reading, most=3)
    reading.run(turns)
    told = f"{ENDED.title} {ENDED.remedy}"
    assert turns.said == ["", told, told, ""]
    assert spool.waiting == 0
    assert [gap.reason for gap in gaps] == [ENDED.title]
