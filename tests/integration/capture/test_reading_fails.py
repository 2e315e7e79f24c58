"""What comes of a picture that cannot be read: said while it matters, drawn as a gap, never in the way."""

import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from core.capture.rect import Rect
from core.capture.screen.label import Label
from core.capture.screen.page import ReadPage
from core.capture.screen.reading import FrameReading
from core.errors import ChildDied
from core.memory import Gap, WordBox
from core.paths import ProfilePaths
from core.settings import Capture
from core.store.media.spool import Spool

ENDED = ChildDied("The text reader ended while it was needed.", "It is started again when it is needed.")

EMPTY = ReadPage(lines=(), width=2, height=2)


@dataclass
class Failing:
    """What reads pixels, on its bad days."""

    errors: list[Exception]
    silent_s: float = 0.0
    quiet_s: float = 0.0
    page: ReadPage = EMPTY

    def read(self, pixels: np.ndarray, before: ReadPage | None = None, changed: Sequence[Rect] = ()) -> ReadPage:
        if self.errors:
            raise self.errors.pop(0)
        return self.page

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


def test_a_bug_in_reading_a_talk_costs_no_page_and_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reading, spool, gaps = reading_one(tmp_path)
    word = WordBox(text="gannet", left=0, top=0, width=2, height=2)
    kept: list[str] = []
    told: list[str] = []

    def hear(page: ReadPage, label: Label) -> None:
        raise IndexError("gannet")

    reading.reader = Failing([], page=ReadPage(lines=((word,),), width=2, height=2))
    reading.hear = hear
    reading.keep = lambda observation, picture, masked: kept.append(observation.text)
    reading.notice = lambda title, remedy: told.append(f"{title} {remedy}")
    label = Label(at="2026-03-02T09:01:00+00:00", monitor="m", width=2, height=2)
    spool.put(zlib.compress(bytes(12)), label.packed())
    while reading.step():
        pass
    assert kept == ["gannet", "gannet"]
    assert (gaps, reading.read, reading.unheard) == ([], 2, 2)
    assert len(told) == 1
    assert "a talk" in caplog.text
