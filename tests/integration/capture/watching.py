"""A recorder and its reading at work on a real display, stepped by the test."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from core.capture.rect import Rect
from core.capture.rules import Rule, seeds
from core.capture.screen.grab import Grabber
from core.capture.screen.picture import Picture
from core.capture.screen.reader import Reader
from core.capture.screen.reading import FrameReading
from core.capture.screen.recorder import Recorder, Screen
from core.capture.screen.windows import Stir, VisibleWindow, Windows
from core.capture.screen.x11 import X11Windows
from core.events import Event, Events
from core.memory import Gap, Observation
from core.paths import ProfilePaths
from core.settings import Capture
from core.store.media.spool import Spool
from tests.xserver import Desk


@dataclass
class Kept:
    observation: Observation
    picture: Picture | None
    masked: int

    @property
    def pixels(self) -> np.ndarray:
        assert self.picture is not None
        return np.asarray(Image.open(BytesIO(self.picture.data)).convert("RGB"))


@dataclass
class Left:
    """The windows of a machine that nobody touches any more."""

    windows: Windows
    idle: Callable[[], float]

    def visible(self) -> tuple[VisibleWindow, ...]:
        return self.windows.visible()

    def others(self) -> tuple[VisibleWindow, ...]:
        return self.windows.others()

    def watch(self) -> None:
        self.windows.watch()

    def stirred(self) -> tuple[Stir, ...]:
        return self.windows.stirred()

    def front(self) -> tuple[int, str]:
        return self.windows.front()

    def idle_s(self) -> float:
        return self.idle()

    def pointer(self) -> tuple[int, int] | None:
        return self.windows.pointer()

    def drawn(self, handle: int, place: Rect) -> np.ndarray | None:
        return self.windows.drawn(handle, place)

    def close(self) -> None:
        self.windows.close()


@dataclass
class Watching:
    desk: Desk
    root: Path
    reader: Reader
    settings: Capture = field(default_factory=Capture)
    rules: tuple[Rule, ...] = field(default_factory=lambda: seeds().rules)
    own: frozenset[int] = frozenset()
    most_frames: int = 500
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    steady_s: float = 0.0
    away_since: datetime | None = None
    """By the test's clock, that the X server does not know; asked for when the screen is opened."""
    sleeps_in_a_look: timedelta = timedelta()
    kept: list[Kept] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        events = Events()
        events.listen(self.events.append)
        paths = ProfilePaths(self.root)
        paths.spool.mkdir(mode=0o700, parents=True)
        self.spool = Spool(paths, most_frames=self.most_frames)
        self.reading = FrameReading(
            spool=self.spool,
            reader=self.reader,
            keep=lambda observation, picture, masked: self.kept.append(Kept(observation, picture, masked)),
            settings=lambda: self.settings,
            gap=self.draw,
        )
        self.recorder = Recorder(
            open_screen=self.open_screen,
            spool=self.spool,
            events=events,
            clock=lambda: self.now,
            settings=lambda: self.settings,
            rules=self.rules_of_a_look,
            gap=self.draw,
            trouble=self.reading.trouble,
            steady=lambda: self.steady_s,
        )

    def rules_of_a_look(self) -> tuple[Rule, ...]:
        """Asked for when a look has begun; the machine may fall asleep over it."""
        self.now, self.sleeps_in_a_look = self.now + self.sleeps_in_a_look, timedelta()
        return self.rules

    def open_screen(self) -> tuple[Screen, Windows]:
        windows: Windows = X11Windows(self.own, self.desk.display)
        if self.away_since is not None:
            windows = Left(windows, lambda: (self.now - (self.away_since or self.now)).total_seconds())
        return Grabber(self.desk.display), windows

    def look(self) -> int:
        """A look at the screen, half a minute after the last; how many frames it let wait."""
        before = self.recorder.account().frames
        self.now += timedelta(seconds=31)
        self.recorder.tick()
        return self.recorder.account().frames - before

    def draw(self, gap: Gap) -> None:
        """As the store does it: the same gap told again, longer, is one."""
        if self.gaps and (self.gaps[-1].begins, self.gaps[-1].reason) == (gap.begins, gap.reason):
            self.gaps[-1] = gap
        else:
            self.gaps.append(gap)

    def pass_time(self, seconds: float) -> None:
        """Let the clocks go on, the recorder ticking and watched as it would be."""
        ends = self.now + timedelta(seconds=seconds)
        while self.now < ends:
            step = self.recorder.tick()
            self.now += timedelta(seconds=step)
            self.steady_s += step
            self.recorder.watch(self.recorder.late_s)

    def reading_in_a_thread(self) -> threading.Thread:
        """One reading, under way when this returns."""
        thread = threading.Thread(target=self.reading.step)
        thread.start()
        while thread.is_alive() and not self.reader.busy:
            thread.join(0.01)
        return thread

    def read(self) -> list[Kept]:
        """Read everything that waits; what was kept of it."""
        before = len(self.kept)
        while self.reading.step():
            pass
        return self.kept[before:]

    def close(self) -> None:
        self.recorder.close()
        self.spool.close()
