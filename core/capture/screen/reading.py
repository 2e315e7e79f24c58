"""From waiting frames to observations: read what changed, mask secrets, encode the picture, keep."""

import logging
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.redact import redact_page
from core.capture.rules import Rule
from core.capture.screen.betrayed import betrayed
from core.capture.screen.grounds import Grounds
from core.capture.screen.known import KnownPages
from core.capture.screen.label import Label, now_left_out, unpacked, without
from core.capture.screen.page import ReadPage
from core.capture.screen.picture import Picture, encoded, filled
from core.capture.screen.told import Silence, Telling, outside, rest_of, with_told
from core.errors import Cancelled, ChildDied, DiskFull, Problem
from core.memory import Channel, Facet, Gap, MediaId, Observation, Provenance
from core.settings import Capture
from core.store.media import BaseGone
from core.store.media.spool import FrameLost

log = logging.getLogger(__name__)

Pixels = NDArray[np.uint8]

SILENT_S = 25.0
"""Without a sign of life for so long a reading is taken to be stuck; the tray says it within 30 s."""
_POLL_S = 0.5
_MOST_TRIES = 2
_WAIT_AFTER_DEATH_S = 20.0
_WAIT_FOR_ROOM_S = 10.0
_UNHEARD = "A conversation on the screen could not be read."
_UNHEARD_REMEDY = "What it shows is kept as a page all the same; the log in Health says where it failed."
_UNEXPECTED = "Something unexpected went wrong while a picture was read."


class Waiting(Protocol):
    """A frame taken from the queue."""

    @property
    def ticket(self) -> int:
        """Names it."""
        ...

    @property
    def frame(self) -> bytes:
        """As the recorder put it."""
        ...

    @property
    def label(self) -> bytes:
        """What the recorder knew of it."""
        ...


class WaitingFrames(Protocol):
    """Where frames wait: `store.media.Spool`."""

    @property
    def waiting(self) -> int:
        """How many nobody has taken yet."""
        ...

    def take(self) -> Waiting | None:
        """The newest, or None. FrameLost when its bytes changed."""
        ...

    def give_back(self, ticket: int) -> None:
        """It waits again."""
        ...

    def done(self, ticket: int) -> None:
        """It is gone."""
        ...


class PageReader(Protocol):
    """What reads pixels: `reader.Reader`."""

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign of life of a reading in progress."""
        ...

    @property
    def quiet_s(self) -> float:
        """Seconds since it was last asked, gave a sign of life, or was done."""
        ...

    def read(self, pixels: Pixels, before: ReadPage | None = None, changed: Sequence[Rect] = ()) -> ReadPage:
        """The words of a frame; with `before` only `changed` is read."""
        ...

    def rest(self) -> bool:
        """Give memory back when nothing was read for a while."""
        ...


Hear = Callable[[ReadPage, Label, Pixels], object]
"""Take what a page and its pixels (h, w, 3), secrets masked in both, show of conversations: `talk.Hearing`."""
Keep = Callable[[Observation, Picture | None, int], MediaId | None]
"""Commit an observation with its picture (None when pictures are off) and how many secrets were masked; the picture's
id where it was kept. Raises BaseGone."""


@dataclass(slots=True)
class FrameReading:
    """Reads waiting frames, newest first, on a thread of its own."""

    spool: WaitingFrames
    reader: PageReader
    keep: Keep
    settings: Callable[[], Capture]
    gap: Callable[[Gap], None]
    hear: Hear = lambda page, label, pixels: None
    telling: Telling = field(default_factory=Silence)
    rules: Callable[[], Sequence[Rule]] = tuple
    since: Callable[[str, str], Sequence[Rect]] = lambda monitor, at: ()
    """What has turned out to be left out since a frame was taken, in its pixels."""
    notice: Callable[[str, str], object] = lambda title, remedy: None
    """Tell the person something, with what to do about it."""
    read: int = 0
    """Frames read since the start."""
    unheard: int = 0
    """Of them, those on which a bug ended the looking for conversations."""
    _known: KnownPages = field(default_factory=KnownPages)
    _grounds: Grounds = field(default_factory=Grounds)
    _tries: dict[int, int] = field(default_factory=dict)
    steady: Callable[[], float] = time.monotonic
    _resting: str = ""
    _under: Sequence[Rule] = ()
    """The rules of the last reading."""
    _sign: float | None = None
    """When the loop last went on, by the steady clock."""

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set."""
        wait = 0.0
        while not stop.wait(wait):
            self._sign = self.steady()
            try:
                wait = 0.0 if self.step() else _POLL_S
            except Cancelled:
                wait = _POLL_S
            except (ChildDied, DiskFull) as problem:
                self._resting = _said(problem)
                wait = _WAIT_AFTER_DEATH_S if isinstance(problem, ChildDied) else _WAIT_FOR_ROOM_S
            except Problem as problem:
                self._resting = _said(problem)
                wait = _POLL_S

    def trouble(self) -> str:
        """A sentence when the reading is stuck or has ended, else empty; for the recorder's account."""
        if self.reader.silent_s >= SILENT_S:
            return "The text reader does not answer; pictures wait until it does."
        if self.quiet_s >= SILENT_S and not self._resting and self.spool.waiting:
            return "Reading does not go on; pictures wait until it does."
        return self._resting

    @property
    def quiet_s(self) -> float:
        """Seconds since the reading last went on, here or in the reader's process."""
        return 0.0 if self._sign is None else min(self.reader.quiet_s, self.steady() - self._sign)

    def _goes_on(self) -> None:
        if self._sign is not None:
            self._sign = self.steady()

    def stood_still(self, seconds: float) -> None:
        """This whole process was kept from running for so long: that is no silence of the reading's."""
        if self._sign is not None:
            self._sign += seconds

    def forget(self) -> None:
        """Drop what is remembered of earlier pages, as at a lock."""
        self._known.forget()
        self.telling.forget()
        self._grounds.forget()

    def step(self) -> bool:
        """Read one waiting frame; whether there was one. Raises ChildDied and what `keep` raises.

        What could not be read is tried once more later, then becomes a gap with its reason; where nothing waits
        any more there is no trouble any more.
        """
        try:
            waiting = self.spool.take()
        except FrameLost as lost:
            self._draw_gap(unpacked(lost.label), lost.title)
            return True
        if waiting is None:
            self._resting = ""
            self.reader.rest()
            return False
        label = unpacked(waiting.label)
        try:
            self._read(label, waiting.frame)
        except Problem as problem:
            tries = self._tries[waiting.ticket] = self._tries.get(waiting.ticket, 0) + 1
            if tries < _MOST_TRIES or isinstance(problem, Cancelled | DiskFull):
                self.spool.give_back(waiting.ticket)
            else:
                self._give_up(waiting.ticket, label, problem.title)
            raise
        except Exception:  # a bug: without this picture the next reading goes on
            self._give_up(waiting.ticket, label, _UNEXPECTED)
            raise
        self._tries.pop(waiting.ticket, None)
        self._resting = ""
        self.read += 1
        self.spool.done(waiting.ticket)
        return True

    def _give_up(self, ticket: int, label: Label, reason: str) -> None:
        self._tries.pop(ticket, None)
        self.spool.done(ticket)
        self._draw_gap(label, reason)

    def _draw_gap(self, label: Label, reason: str) -> None:
        at = datetime.fromisoformat(label.at)
        self.gap(Gap(begins=at, ends=at, reason=reason))

    def _read(self, label: Label, frame: bytes) -> None:
        pixels = np.frombuffer(zlib.decompress(frame), dtype=np.uint8).reshape(label.height, label.width, 3)
        heard = self.telling.heard(label.monitor, label.at)
        doubtful = [rect for rect in (Rect(*one) for one in label.by_word) if rect not in heard.proven]
        rules = self.rules()
        if rules != self._under:
            self._known.forget()  # words of what is left out by now; dark ones look like what is made black
            self._under = rules
        doubtful += now_left_out(label, rules)
        label, pixels, told = without(label, doubtful), filled(pixels, doubtful), outside(heard.lines, doubtful)
        rest = rest_of(pixels, self._known.expect(label.monitor, pixels), told)
        page = with_told(self.reader.read(rest.pixels, rest.expected.page, rest.expected.changed), told)
        self._known.keep(label.monitor, pixels, page)
        if shows := (*betrayed(page.lines, label), *self.since(label.monitor, label.at)):
            label, pixels = without(label, shows), filled(pixels, shows)
            page = replace(page, lines=outside(page.lines, shows))
        self._goes_on()
        masked = redact_page(page.lines)
        if not masked.text.strip():
            return
        observation = Observation(
            text=masked.text,
            at=datetime.fromisoformat(label.at),
            facet=Facet.FRAME,
            provenance=Provenance(channel=Channel.SCREEN, app=label.app, window=label.window, url=label.url),
            boxes=tuple(word for line in masked.lines for word in line),
        )
        pixels = filled(pixels, masked.fill)
        if self.settings().pictures:
            self._keep_with_picture(label.monitor, observation, pixels, masked.count)
        else:
            self.keep(observation, None, masked.count)
        self._goes_on()
        try:
            self.hear(replace(page, lines=masked.lines), label, pixels)
        except Problem:
            raise
        except Exception:  # a bug there costs the talk and never the page, which is kept by now
            log.exception("unexpected while a talk was read on the screen")
            if not self.unheard:
                self.notice(_UNHEARD, _UNHEARD_REMEDY)
            self.unheard += 1

    def _keep_with_picture(self, monitor: str, observation: Observation, pixels: Pixels, masked: int) -> None:
        picture = self._grounds.prepared(monitor, pixels)
        try:
            id = self.keep(observation, picture, masked)
        except BaseGone:
            self._grounds.gone(monitor, picture.base)
            picture = encoded(pixels)
            id = self.keep(observation, picture, masked)
        if id is not None:
            self._grounds.kept(monitor, pixels, picture, id)


def _said(problem: Problem) -> str:
    return f"{problem.title} {problem.remedy}".strip()
