"""A made session played to the real recorder, reader and store by a clock of its own: hours in minutes."""

import time
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import psutil
from numpy.typing import NDArray

from app.bench.asking import Step
from app.bench.capture.scripted import SessionClock
from app.bench.capture.session import Over, Session
from app.bench.capture.stage import Stage
from app.bench.capture.words import words_of
from app.recording import Recording
from core.capture.rect import Rect
from core.capture.screen.grab import Grabber
from core.capture.screen.label import unpacked
from core.capture.screen.picture import Picture, png
from core.memory import MediaId, Observation

_PNG_EVERY = 25
"""Looks from one that is also encoded as PNG, for comparing, to the next."""
Pixels = NDArray[np.uint8]
State = tuple[frozenset[tuple[str, Rect]], tuple[tuple[str, Rect], ...]]
"""What can be read on a monitor and where, and which programs lie there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A frame that the recorder let through, with what could be read on the screen when it did."""

    at: float
    """Seconds since the session's beginning."""
    pixels: Pixels | None
    """Of a few, for reading them whole."""
    drawn: Counter[str]
    """Words that stood on the monitor with nothing before them, and how often each."""
    anywhere: Counter[str]
    """Words of all windows, also of rows of which something hides a part."""
    read: Counter[str]
    """Words that were read of it."""
    video: bool
    """A video ran."""
    unchanged: bool
    """Nothing readable on its monitor has changed since the one before."""
    again: bool
    """The same could be read in an earlier one, not the one before."""
    picture_bytes: int
    reader_s: float
    """Seconds of processor time of the reader's process."""


@dataclass(slots=True, kw_only=True)
class Replay:
    """The session under way."""

    stage: Stage
    recording: Recording
    clock: SessionClock
    ends_s: float
    step: Step
    every: int
    """Of so many frames one is kept in memory, for reading it whole."""
    embed: Callable[[], object]
    """Give what was kept its vectors, as the background does between two frames; nobody's time is counted for it."""
    session: Session = field(init=False)
    kept: list[Kept] = field(default_factory=list)
    recorder_s: float = 0.0
    """Seconds of processor time of this process in the recorder."""
    keeping_s: float = 0.0
    """The same in reading's own part: comparing, masking, encoding, the store."""
    png_bytes: list[int] = field(default_factory=list)
    """Of all monitors at some looks, as PNG."""
    _places: dict[str, Rect] = field(default_factory=dict)
    _due: float = 0.0
    _blink: float = 0.0
    _states: dict[str, list[State]] = field(default_factory=dict)
    _observed: tuple[Observation, int] | None = None
    _looks: int = 0
    _told: int = 0

    def __post_init__(self) -> None:
        self.session = Session(stage=self.stage, wait=self.wait, seconds=lambda: self.clock.seconds)

    def play(self) -> None:
        """All of it; then what was seen last has its time. Raises Problem."""
        keep = self.recording.reading.keep

        def noting(observation: Observation, picture: Picture | None, masked: int) -> MediaId | None:
            size = len(picture.data) + len(picture.thumbnail) if picture is not None else 0
            self._observed = observation, size
            return keep(observation, picture, masked)

        self.recording.reading.keep = noting
        with Grabber(self.stage.server.display) as grabber:
            self._places = grabber.monitors()
        self.session.play()
        self._ends_never()
        self.wait(12.0)

    def _ends_never(self) -> None:
        self.ends_s = float("inf")

    def wait(self, seconds: float) -> None:
        """Let time pass: what goes on by itself goes on, and the recorder ticks when it wants to. Raises Over."""
        until = self.clock.seconds + seconds
        while self.clock.seconds < until:
            if self.stage.touched:
                self.clock.touched, self.stage.touched = self.clock.now, False
            if self.clock.seconds >= self._blink:
                self._blink = self.clock.seconds + (0.5 if self.stage.playing else 1.0)
                self.stage.clock(self.clock.now)
            if self.clock.seconds >= self._due:
                self._tick()
            self.clock.on(max(0.05, min(self._due, until, self._blink) - self.clock.seconds))
            if self.clock.seconds >= self.ends_s:
                raise Over
        self.step.on(int(self.clock.seconds) - self._told)
        self._told = int(self.clock.seconds)

    def _tick(self) -> None:
        before = time.process_time()
        wanted = self.recording.recorder.tick()
        self.recorder_s += time.process_time() - before
        self._due = self.clock.seconds + wanted
        looks = self.recording.recorder.account().looks
        if looks != self._looks and looks % _PNG_EVERY == 1:
            self.png_bytes.append(self._as_png())
        self._looks = looks
        while self._read():
            pass

    def _as_png(self) -> int:
        with Grabber(self.stage.server.display) as grabber:
            return sum(len(png(frame.pixels)) for frame in grabber.grab(self.clock.now))

    def _read(self) -> bool:
        """Read one waiting frame, if there is one, and note what came of it."""
        reading = self.recording.reading
        waiting = reading.spool.take()
        if waiting is None:
            return False
        label = unpacked(waiting.label)
        place = self._places[label.monitor]
        rows = self.stage.readable(place)
        state = frozenset((row.text, row.place) for row in rows), self.stage.lying(place)
        chosen = len(self.kept) % self.every == self.every // 2
        pixels = None
        if chosen:
            whole = np.frombuffer(zlib.decompress(waiting.frame), np.uint8)
            pixels = whole.reshape(label.height, label.width, 3)
        reading.spool.give_back(waiting.ticket)
        self._observed = None
        reader, before = _cpu_s(self.recording.reader.pid), time.process_time()
        reading.step()
        self.keeping_s += time.process_time() - before
        seen = self._states.setdefault(label.monitor, [])
        drawn = Counter(word for row in rows for word in words_of(row.text))
        observed = self._observed
        self.kept.append(
            Kept(
                at=self.clock.seconds,
                pixels=pixels,
                drawn=drawn,
                anywhere=drawn | Counter(word for row in self.stage.drawn() for word in words_of(row.text)),
                read=Counter(words_of(observed[0].text)) if observed is not None else Counter(),
                video=self.stage.playing,
                unchanged=bool(seen) and seen[-1] == state,
                again=bool(seen) and seen[-1] != state and state in seen,
                picture_bytes=observed[1] if observed is not None else 0,
                reader_s=max(0.0, _cpu_s(self.recording.reader.pid) - reader),
            )
        )
        seen.append(state)
        self.embed()
        return True


def _cpu_s(pid: int | None) -> float:
    with suppress(psutil.Error):
        if pid is not None:
            used = psutil.Process(pid).cpu_times()
            return float(used.user + used.system)
    return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Frames read whole, as one would without comparing: the same pixels, the same reader."""

    frames: int
    seconds: float
    """Of processor time of the reader's process."""
    ours_seconds: float
    """The same frames by what changed."""
    right: float
    """Words right of those that were drawn."""
    ours_right: float


def read_whole(recording: Recording, kept: list[Kept], most: int, on: Callable[[], None]) -> Whole:
    """The frames whose pixels are there, at most so many, each read whole. Raises Problem."""
    spent = ours = 0.0
    drawn = found = ours_found = 0
    chosen = [one for one in kept if one.pixels is not None and one.drawn][:most]
    for one in chosen:
        assert one.pixels is not None
        before = _cpu_s(recording.reader.pid)
        page = recording.reader.read(one.pixels)
        spent += _cpu_s(recording.reader.pid) - before
        ours += one.reader_s
        drawn += one.drawn.total()
        found += (one.drawn & Counter(words_of(page.text))).total()
        ours_found += (one.drawn & one.read).total()
        on()
    count = max(drawn, 1)
    return Whole(
        frames=len(chosen), seconds=spent, ours_seconds=ours, right=found / count, ours_right=ours_found / count
    )


def begins_at(now: datetime) -> datetime:
    """A whole second, so that the made clock begins with one."""
    return now.replace(microsecond=0)
