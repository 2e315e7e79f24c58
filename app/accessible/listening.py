"""The host's side: asks windows what they show just after a look, on a thread of its own: no look ever waits."""

import os
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from app.accessible.asked import Answer, Asked, Row, answer_from
from core.capture.rect import Rect
from core.capture.rules import is_browser, is_one_of, seeds
from core.capture.screen.believed import Told, believed
from core.capture.screen.grab import Frame, Pixels
from core.capture.screen.page import Line
from core.capture.screen.told import Heard
from core.capture.screen.windows import VisibleWindow
from core.errors import Cancelled, Problem
from core.inference.child import Child, Json, Limits
from core.memory import WordBox

MODULE = "app.accessible.telling_child"
WITHIN_S = 0.2
"""For the windows of one look together."""
_ANSWERS_WITHIN_S = 3.0
_HEARD_WITHIN_S = 1.0
_LATELY_S = 600.0
"""What a browser told of itself longer ago is not known any more. After each look it has to tell the same again."""
_ASKED_AGAIN_S = 2.0
_RESTS_S = 60.0
"""After the child has ended it is not asked for so long."""
_MOST_HEARD = 64
_MOST_WINDOWS = 8
_MOST_FRAMES = 4
"""Frames that wait for their windows to be asked; of an older one nothing is told."""
_MEMORY_MB = 400
_NAMED_BY_TITLE = ("chromium", "chrome")
"""Browsers whose windows of pages alone are called otherwise when they are private."""
_STEP, _AROUND = 24, 32
"""Difference of brightness that is a change; pixels around one in which words are asked for as well."""

Key = tuple[int, str, str]
"""Process, class and title of a window."""


Place = tuple[Key, Rect | None]


class Again(Protocol):
    """Looks at a part of the screen once more."""

    def part(self, rect: Rect) -> Pixels | None:
        """The pixels there now (h, w, 3), None where they cannot be read."""
        ...

    def close(self) -> None:
        """Give the screen back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What a browser's window told of itself."""

    url: str
    private: bool | None
    told: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Wanted:
    """A frame whose windows are to be asked."""

    key: tuple[str, str]
    frame: Frame
    shown: tuple[VisibleWindow, ...]
    windows: tuple[VisibleWindow, ...]


class Listening:
    """Asks in a child, from `start` to `close`. Fulfils `core.capture.screen.told.Telling`."""

    def __init__(
        self,
        on: Callable[[], bool],
        again: Callable[[], Again],
        *,
        within_s: float = WITHIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on`: whether the person wants windows to be asked; `within_s`: how long those of one look may take."""
        self._on, self._open_again, self._clock = on, again, clock
        self.within_s = within_s
        self._work = threading.Condition()
        self._frames: deque[_Wanted] = deque()
        self._wondered: dict[Key, VisibleWindow] = {}
        self._pending: set[tuple[str, str]] = set()
        self._heard: OrderedDict[tuple[str, str], Heard] = OrderedDict()
        self._about: dict[Key, _About] = {}
        self._learnt = self._ended = self._asking = False
        self.words = 0
        """Words that were taken as they were told, since the start."""
        self._rests_until = 0.0
        self._again: Again | None = None
        self._before: dict[str, tuple[Pixels, frozenset[Place]]] = {}
        """The frame of each monitor that was asked about last, and the windows on it."""
        self._thread: threading.Thread | None = None
        names = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
        self._child = Child(
            MODULE,
            name="process that asks windows",
            limits=Limits(memory_mb=_MEMORY_MB, start_s=20.0),
            nice=5,
            hello={name: os.environ.get(name, "") for name in names},
        )

    def start(self) -> None:
        """Ask from now on."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="accessibility", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ask nobody any more."""
        with self._work:
            self._ended = True
            self._work.notify_all()
        self._child.close()
        if self._thread is not None:
            self._thread.join(10)
        self.forget()

    # -- from the looks' thread, and the reading's; see Telling

    def known(self, windows: Sequence[VisibleWindow]) -> tuple[VisibleWindow, ...]:
        """See Telling."""
        if not self._on():
            return tuple(windows)
        with self._work:
            return tuple(self._filled(window) for window in windows)

    def _filled(self, window: VisibleWindow) -> VisibleWindow:
        if window.tells_of:
            window = replace(window, tells_of=tuple(self._filled(other) for other in window.tells_of))
        about = self._about.get(_key(window))
        if about is None or self._clock() - about.told > _LATELY_S or window.url or window.private is not None:
            return window
        if is_one_of(window, _NAMED_BY_TITLE) and not window.browser:
            return window  # a film in a window of its own, a list of tasks: called the same, private or not
        return replace(window, url=about.url, private=about.private, by_word=True)

    def wonder(self, windows: Sequence[VisibleWindow]) -> None:
        """See Telling."""
        now = self._clock()
        wanted = [one for one in windows if _browser(one) and _askable(one)] if self._on() else []
        with self._work:
            for window in wanted:
                about = self._about.get(_key(window))
                if about is None or now - about.told > _ASKED_AGAIN_S:
                    self._wondered[_key(window)] = window
            if self._wondered:
                self._work.notify_all()

    def learnt(self) -> bool:
        """See Telling."""
        with self._work:
            learnt, self._learnt = self._learnt, False
        return learnt

    def listen(self, frame: Frame, shown: Sequence[VisibleWindow], windows: Sequence[VisibleWindow]) -> None:
        """See Telling."""
        if not self._on() or self._thread is None:
            return
        asked = sorted((one for one in shown if _askable(one)), key=lambda one: not one.focused)[:_MOST_WINDOWS]
        if not asked:
            return
        key = (frame.monitor, frame.at.isoformat())
        wanted = _Wanted(key=key, frame=frame, shown=tuple(asked), windows=tuple(windows))
        with self._work:
            if len(self._frames) >= _MOST_FRAMES:
                self._done(self._frames.popleft(), Heard())
            self._frames.append(wanted)
            self._pending.add(key)
            self._work.notify_all()

    def heard(self, monitor: str, at: str) -> Heard:
        """See Telling."""
        key = (monitor, at)
        with self._work:
            self._work.wait_for(lambda: key not in self._pending or self._ended, _HEARD_WITHIN_S)
            if key in self._pending:
                self._pending.discard(key)
                self._about.clear()  # what was not proven in time is asked for anew
            return self._heard.get(key, Heard())  # it stays: what could not be read is read once more

    def forget(self) -> None:
        """See Telling."""
        with self._work:
            self._frames.clear()
            self._pending.clear()
            self._heard.clear()
            self._about.clear()
            self._wondered.clear()
            self._before = {}
            self._work.notify_all()

    def settled(self, within_s: float) -> None:
        """Wait until nobody is left to be asked, at most so long: for a preview, which has the time."""
        with self._work:
            self._work.wait_for(lambda: not (self._frames or self._wondered or self._asking) or self._ended, within_s)

    # -- on its own thread

    def _run(self) -> None:
        while True:
            with self._work:
                self._work.wait_for(lambda: self._frames or self._wondered or self._ended)
                if self._ended:
                    break
                wanted = self._frames.popleft() if self._frames else None
                wondered, self._wondered = (self._wondered, {}) if wanted is None else ({}, self._wondered)
                self._asking = True
            if wanted is not None:
                self._ask_about_frame(wanted)
            else:
                self._ask_about_browsers(tuple(wondered.values())[:_MOST_WINDOWS])
            with self._work:
                self._asking = False
                self._work.notify_all()
        if self._again is not None:
            self._again.close()

    def _ask_about_browsers(self, windows: Sequence[VisibleWindow]) -> None:
        answers = self._asked(windows, [None] * len(windows))
        with self._work:
            for window, answer in zip(windows, answers, strict=False):
                self._note(window, answer)

    def _note(self, window: VisibleWindow, answer: Answer) -> bool:
        """Keep what a browser told of itself; whether it is what it was let through with."""
        if not _browser(window):
            return False
        key, before = _key(window), self._about.get(_key(window))
        if not answer.found:
            self._about.pop(key, None)
            return False
        now = _About(url=answer.url, private=answer.private, told=self._clock())
        self._about[key] = now
        for one in [one for one, about in self._about.items() if now.told - about.told > _LATELY_S]:
            del self._about[one]
        self._learnt |= before is None or (before.url, before.private) != (now.url, now.private)
        return (window.url, window.private) == (now.url, now.private)

    def _ask_about_frame(self, wanted: _Wanted) -> None:
        parts = self._parts(wanted)
        answers = self._asked(wanted.shown, parts)
        answers = [*answers, *[Answer()] * (len(wanted.shown) - len(answers))]
        with self._work:
            well = [self._note(window, answer) for window, answer in zip(wanted.shown, answers, strict=True)]
        believable = [
            (window, answer)
            for window, answer, proven in zip(wanted.shown, answers, well, strict=True)
            if proven or not window.by_word
        ]
        lines = self._lines(wanted, believable)
        origin = wanted.frame.geometry
        places = [one.geometry for one, proven in zip(wanted.shown, well, strict=True) if proven and one.geometry]
        rects = tuple(place.meet(origin).moved(-origin.left, -origin.top) for place in places)
        with self._work:
            self.words += sum(len(line) for line in lines)
            self._done(wanted, Heard(lines=lines, proven=rects))

    def _done(self, wanted: _Wanted, heard: Heard) -> None:
        """The frame has its answer; with the lock held."""
        if wanted.key in self._pending:
            self._pending.discard(wanted.key)
            self._heard[wanted.key] = heard
            while len(self._heard) > _MOST_HEARD:
                self._heard.popitem(last=False)
        self._work.notify_all()

    def _parts(self, wanted: _Wanted) -> list[Rect | None]:
        """Of each window the part that has changed since the last frame of its monitor; None where nothing has."""
        frame, before = wanted.frame, self._before.get(wanted.frame.monitor)
        self._before[frame.monitor] = (frame.pixels, frozenset(map(_placed, wanted.shown)))
        everything = [one.geometry for one in wanted.shown]
        if before is None or before[0].shape != frame.pixels.shape:
            return everything
        apart = cv2.absdiff(before[0], frame.pixels).max(axis=2) >= _STEP
        left, top, width, height = cv2.boundingRect(apart.astype(np.uint8))
        changed = Rect(left, top, width, height).moved(frame.geometry.left, frame.geometry.top).grown(_AROUND)
        return [
            place if place is None or _placed(one) not in before[1] else _part(place.meet(changed))
            for one, place in zip(wanted.shown, everything, strict=True)
        ]

    def _asked(self, windows: Sequence[VisibleWindow], parts: Sequence[Rect | None]) -> list[Answer]:
        """What each tells, words of these parts alone; nothing of any where the child does not answer."""
        if self._clock() < self._rests_until:
            return []
        asked: list[Json] = [
            Asked(
                pid=one.pid,
                title=one.title,
                place=one.geometry,
                words=part is not None,
                browser=(one.app or one.cls) if _browser(one) else "",
                focused=one.focused,
                part=part,
            ).as_json()
            for one, part in zip(windows, parts, strict=True)
            if one.geometry is not None
        ]
        try:
            request: dict[str, Json] = {"do": "tell", "windows": asked, "within_s": self.within_s}
            said, _ = self._child.call(request, timeout_s=_ANSWERS_WITHIN_S + self.within_s)
        except Cancelled:
            return []
        except Problem:
            self._rests_until = self._clock() + _RESTS_S
            return []
        answers = said.get("windows")
        return [answer_from(one) for one in answers] if isinstance(answers, list) else []

    def _lines(self, wanted: _Wanted, answers: Sequence[tuple[VisibleWindow, Answer]]) -> tuple[Line, ...]:
        """The lines that the frame's pixels, and those of now, bear out."""
        frame, origin = wanted.frame, wanted.frame.geometry
        told = [
            _told(window, answer, wanted.windows, origin) for window, answer in answers if answer.rows or answer.names
        ]
        if not told:
            return ()
        after = self._looked_again(origin)
        if after is None or after.shape != frame.pixels.shape:
            return ()
        return tuple(line for one in told for line in believed(one, frame.pixels, after))

    def _looked_again(self, rect: Rect) -> Pixels | None:
        try:
            if self._again is None:
                self._again = self._open_again()
            return self._again.part(rect)
        except Problem:
            return None


def _told(window: VisibleWindow, answer: Answer, windows: Sequence[VisibleWindow], origin: Rect) -> Told:
    """An answer in the pixels of a monitor that lies at `origin`, and where the window can be seen on it."""
    parts = [window.geometry.meet(origin)] if window.geometry is not None else []
    for other in windows:
        if other.stacking > window.stacking and other.geometry is not None:
            parts = [piece for part in parts for piece in part.minus(other.geometry)]
    return Told(
        parts=tuple(part.moved(-origin.left, -origin.top) for part in parts),
        lines=tuple(tuple(_word(word, origin) for word in row) for row in answer.rows),
        names=tuple(_word(name, origin) for name in answer.names),
    )


def _word(row: Row, origin: Rect) -> WordBox:
    text, rect = row
    return WordBox(
        text=text, left=rect.left - origin.left, top=rect.top - origin.top, width=rect.width, height=rect.height
    )


def _key(window: VisibleWindow) -> Key:
    return window.pid, window.cls, window.title


def _placed(window: VisibleWindow) -> Place:
    return _key(window), window.geometry


def _part(rect: Rect) -> Rect | None:
    return None if rect.empty else rect


def _askable(window: VisibleWindow) -> bool:
    return window.pid > 0 and window.geometry is not None and not window.own


def _browser(window: VisibleWindow) -> bool:
    return is_browser(window, seeds().browsers)
