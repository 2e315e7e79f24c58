"""A recorder and its reading at work on a real display, stepped by the test."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from core.capture.rules import Rule, seeds
from core.capture.screen.grab import Grabber
from core.capture.screen.picture import Picture
from core.capture.screen.reader import Reader
from core.capture.screen.reading import FrameReading
from core.capture.screen.recorder import Recorder, Screen
from core.capture.screen.windows import Windows
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
class Watching:
    desk: Desk
    root: Path
    reader: Reader
    settings: Capture = field(default_factory=Capture)
    rules: tuple[Rule, ...] = field(default_factory=lambda: seeds().rules)
    own: frozenset[int] = frozenset()
    most_frames: int = 500
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
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
            gap=self.gaps.append,
        )
        self.recorder = Recorder(
            open_screen=self.open_screen,
            spool=self.spool,
            events=events,
            clock=lambda: self.now,
            settings=lambda: self.settings,
            rules=lambda: self.rules,
            gap=self.gaps.append,
            trouble=self.reading.trouble,
        )

    def open_screen(self) -> tuple[Screen, Windows]:
        return Grabber(self.desk.display), X11Windows(self.own, self.desk.display)

    def look(self) -> int:
        """A look at the screen, ten seconds after the last; how many frames it let wait."""
        before = self.recorder.account().frames
        self.now += timedelta(seconds=61)
        self.recorder.tick()
        return self.recorder.account().frames - before

    def read(self) -> list[Kept]:
        """Read everything that waits; what was kept of it."""
        before = len(self.kept)
        while self.reading.step():
            pass
        return self.kept[before:]

    def close(self) -> None:
        self.recorder.close()
        self.spool.close()
