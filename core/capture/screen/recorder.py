"""The recorder: when the screen is looked at, what of it is let through, and an honest account of both."""

import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from core.capture.gate import GateState, judge, left_out_by_now, opens, shows_any, titles_left_out
from core.capture.reasons import Reasons
from core.capture.rect import Rect
from core.capture.redact import redact
from core.capture.rules import Rule
from core.capture.screen.absence import Absence
from core.capture.screen.account import Account as Account
from core.capture.screen.afterwards import Afterwards
from core.capture.screen.blackout import Uncovering, blackout, strangers
from core.capture.screen.change import Seen, look_at
from core.capture.screen.grab import Frame
from core.capture.screen.label import Label, judged
from core.capture.screen.lingering import Lingering
from core.capture.screen.naming import Judgement, named, placed
from core.capture.screen.pacing import Pacing
from core.capture.screen.picture import fill
from core.capture.screen.presets import Preset, preset
from core.capture.screen.terminals import at_work_in_secret
from core.capture.screen.told import Silence, Telling
from core.capture.screen.unseen import SLEPT, Unseen
from core.capture.screen.windows import Stir, VisibleWindow, Windows, focused_of
from core.errors import Problem
from core.events import Events, FrameKept, RecorderChanged
from core.memory import Gap
from core.settings import Capture

_TRY_AGAIN_S = 5.0
STUCK_S = 15.0
"""A look that takes longer, or a loop that is so late, is a screen that does not answer."""
_DISK = "The disk does not answer."
"""Where the look was made and its picture cannot be put away."""


class Screen(Protocol):
    """What reads the pixels: `grab.Grabber`."""

    def grab(self, at: datetime, active: Rect | None = None) -> Iterator[Frame]:
        """Each monitor's frame, the active one first. Raises CaptureProblem."""
        ...

    def close(self) -> None:
        """Give the screen back."""
        ...


class FrameQueue(Protocol):
    """Where frames wait for their reading: `store.media.Spool`."""

    def put(self, frame: bytes, label: bytes = b"") -> int:
        """Let a frame wait. Raises a CaptureProblem when there is no room."""
        ...


class Recorder:
    """One loop on one thread; `tick` does what is due and never waits for a reading."""

    def __init__(
        self,
        *,
        open_screen: Callable[[], tuple[Screen, Windows]],
        spool: FrameQueue,
        events: Events,
        clock: Callable[[], datetime],
        settings: Callable[[], Capture],
        rules: Callable[[], Sequence[Rule]],
        gap: Callable[[Gap], None],
        trouble: Callable[[], str] = lambda: "",
        on_battery: Callable[[], bool] = lambda: False,
        gate: GateState | None = None,
        steady: Callable[[], float] = time.monotonic,
        telling: Telling | None = None,
    ) -> None:
        """`trouble` is a sentence when the reader is stuck; `gap` is told each gap as it grows and when it ends.

        `gate`: what the person said to an earlier recorder; `steady` only ever measures how long something took.
        """
        self._open_screen, self._spool, self._events, self._clock = open_screen, spool, events, clock
        self._settings, self._rules = settings, rules
        self._trouble, self._on_battery, self._steady = trouble, on_battery, steady
        self._absence, self._unseen, self._telling = Absence(gap), Unseen(gap, steady), telling or Silence()
        self._screen: Screen | None = None
        self._windows: Windows | None = None
        self._seen: dict[str, Seen] = {}
        self._guard = threading.Lock()
        self._gate = gate or GateState()
        self._state, self._reason, self._bare = "off", "", ""
        self._well = self._put_off = False
        self._wanted = True
        """For a while nothing was recorded: the next look is due, whoever is there."""
        self._pacing, self._uncovering, self._lingering = Pacing(), Uncovering(), Lingering()
        self._reasons = Reasons()
        self.afterwards = Afterwards()
        self._tick_due = steady()
        self._tried: datetime | None = None
        self._heartbeat: datetime | None = None
        self._looks = self._frames = self._expected = self._slept = 0
        self._late_s = 0.0
        self._keeping = False

    # -- what the person and the session say; safe from any thread

    def pause(self, until: datetime) -> None:
        """Record nothing until then (aware)."""
        self.say(replace(self._gate, paused_until=until))

    def resume(self) -> None:
        """Go on before the pause or private mode is over."""
        self.say(replace(self._gate, paused_until=None, private=False))

    def private(self, on: bool) -> None:
        """Private mode: nothing is recorded until it is switched off."""
        self.say(replace(self._gate, private=on))

    def lock(self) -> None:
        """The vault or the session is locked: nothing is recorded, and no look is kept in memory."""
        self.say(replace(self._gate, locked=True))

    def unlock(self) -> None:
        """Recording may go on."""
        self.say(replace(self._gate, locked=False))

    def say(self, state: GateState) -> None:
        """All of it at once."""
        with self._guard:
            self._gate = state

    @property
    def gate_state(self) -> GateState:
        """What was said last."""
        return self._gate

    def account(self) -> Account:
        """What was done until now."""
        return Account(
            state=self._state,
            reason=self._reason,
            heartbeat=self._heartbeat,
            looks=self._looks,
            frames=self._frames,
            expected=self._expected,
            slept=self._slept,
        )

    # -- the loop

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop` is set, then close."""
        try:
            while not stop.wait(self.tick()):
                pass
        finally:
            self.close()

    @property
    def late_s(self) -> float:
        """Seconds since the loop should have begun its next look, or began the one under way."""
        return self._steady() - self._tick_due

    def stood_still(self, seconds: float) -> None:
        """This whole process was kept from running for so long: that is no lateness of the screen's."""
        self._tick_due += seconds

    def watch(self, late_s: float, ended: str = "") -> None:
        """From another thread, every few seconds: a look that does not end is a problem and a gap, as long as it lasts.

        `ended`: a sentence when the loop itself has ended.
        """
        if not ended and late_s < STUCK_S:
            return
        said = ended or (_DISK if self._keeping else "The screen does not answer.")
        self._well, self._wanted = False, True
        self._absence.goes_on(said, self._clock(), self._heartbeat)
        self._tell("problem", f"{said} Nothing is being recorded.")

    def close(self) -> None:
        """Give the screen back and end an open gap."""
        self._well, self._wanted = False, True
        self._absence.end(self._clock())
        self._let_go()
        self._tell("off", "")

    def tick(self) -> float:
        """Look at the screen if it is time; seconds until the next tick is wanted."""
        self._late_s, self._tick_due = self.late_s, self._steady()
        self._wanted |= self._late_s >= STUCK_S
        wait = self._tick()
        self._tick_due = self._steady() + wait
        return wait

    def _tick(self) -> float:
        now, settings = self._clock(), self._settings()
        pace = preset(settings.preset, self._on_battery())
        self._unseen.overslept(now, self._absence.end)
        if closed := judge((), (), settings, now, self._gate).reasons:
            self._wanted = True
            self._unseen.closed_until(opens(settings, now, self._gate))
            self._rest(closed[0], now)
            with suppress(Problem):
                if self._windows is not None:
                    self._windows.front()  # takes in what the display reports meanwhile: it would pile up there
            return max(1.0, pace.poll)
        if self._tried is not None and 0 <= (now - self._tried).total_seconds() < _TRY_AGAIN_S:
            return pace.poll
        try:
            screen, windows = self._connected()
            if self.afterwards.due():
                seen = self._telling.known(windows.visible())
                self.afterwards.turned_out(left_out_by_now(seen, self._rules(), settings, self._reasons))
            if not self._pacing.due(windows, now, pace, self._asked):
                if self._well:
                    self._tell_well()
                return pace.poll
            self._expected += 1 + self._missed(now, pace)
            self._look(screen, windows, now, settings)
        except Problem as problem:
            self._tried = now
            self._let_go()
            self._fail(problem, now)
            return pace.poll
        self._tried = None
        return pace.poll

    def _connected(self) -> tuple[Screen, Windows]:
        if self._screen is None or self._windows is None:
            self._screen, self._windows = self._open_screen()
            self._pacing.begins_anew()
        return self._screen, self._windows

    def _let_go(self) -> None:
        for one in (self._windows, self._screen):
            if one is not None:
                one.close()
        self._screen = self._windows = None
        self.afterwards.forget()
        self._seen.clear()

    def _asked(self) -> bool:
        return self._wanted or self._put_off or self._telling.learnt()

    def _missed(self, now: datetime, pace: Preset) -> int:
        """Looks that were due and never began: a gap."""
        missed, last = self._pacing.missed(now, pace), self._pacing.last
        if not self._well or last is None:
            return 0
        if not missed:
            self._unseen.kept_waiting(now, self._late_s)
        elif self._unseen.missed(last, now) == SLEPT:
            self._slept += missed
        return missed

    def _look(self, screen: Screen, windows: Windows, now: datetime, settings: Capture) -> None:
        """One look: what is visible is judged before and after the grab, and both judgements hold."""
        rules = self._rules()
        self._lingering.under(rules)
        windows.watch()
        before = self._telling.known(windows.visible())
        self._put_off = self._uncovering.now(before, judge(before, rules, settings, now, self._gate, self._reasons))
        if self._put_off:
            self._expected -= 1
            return
        frames, after, stirred = self._pictured(screen, windows, now, before)
        if strangers(before, after, stirred):  # a menu came or went: once more, and then it is blackened
            windows.watch()
            before = self._telling.known(windows.visible())
            frames, after, stirred = self._pictured(screen, windows, now, before)
        verdicts = [judge(seen, rules, settings, now, self._gate, self._reasons) for seen in (before, after)]
        done = self._clock()
        self._looks += 1
        if self._unseen.stood(now, done):  # it fell asleep over the look
            self._unseen.missed(now, done)
        self._unseen.at_work()
        self._wanted = False
        self._pacing.looked(windows, done)
        self._telling.wonder((*verdicts[1].untold, *verdicts[1].allowed))
        if refused := next((verdict for verdict in verdicts if not verdict.keep), None):
            self._rest(refused.reasons[0], now)
            return
        self._bare = "" if shows_any(verdicts[1]) else "every window in view is left out"
        black = blackout(verdicts, windows, frames, stirred)
        by_word = not settings.unknown_browsers or any(rule.field == "url" for rule in rules)

        def left_out() -> tuple[str, ...]:
            others = self._telling.known(windows.others())
            return titles_left_out((*before, *after), others, rules, settings, self._reasons)

        judgement = Judgement(windows=after, allowed=verdicts[1].allowed, rules=rules, left_out=left_out)
        for frame in frames:
            stands = self._lingering.places(frame, [place for one in verdicts for place in one.lingers])
            fill(frame.pixels, (rect.moved(-frame.geometry.left, -frame.geometry.top) for rect in (*black, *stands)))
            shown = named(verdicts[0].allowed, verdicts[1].allowed, frame.geometry)
            shown = tuple(replace(one, by_word=one.by_word and by_word) for one in shown)
            self._take(frame, shown, judgement)
        self._heartbeat = done
        self._well = True
        if (put_away := self._clock()) - done >= timedelta(seconds=STUCK_S):
            self._absence.goes_on(_DISK, put_away, done)
            self._pacing.last = put_away
        self._absence.end(put_away)
        self._tell_well()

    def _pictured(
        self, screen: Screen, windows: Windows, now: datetime, before: Sequence[VisibleWindow]
    ) -> tuple[list[Frame], tuple[VisibleWindow, ...], tuple[Stir, ...]]:
        """The pictures, what is visible after them, and what has stirred meanwhile."""
        front = focused_of(before)
        frames = list(screen.grab(now, front.geometry if front else None))
        return frames, self._telling.known(windows.visible()), windows.stirred()

    def _take(
        self,
        frame: Frame,
        shown: Sequence[VisibleWindow],
        judgement: Judgement,
    ) -> None:
        """Compare, and let it wait for its reading when something has changed."""
        origin = frame.geometry
        window = focused_of(shown)
        name = f"{window.app}\n{window.cls}\n{window.title}" if window is not None else ""
        seen = self._seen.setdefault(frame.monitor, Seen())
        look = look_at(frame.pixels)
        panels = (one.geometry for one in shown if one.furniture and one.geometry)
        change = seen.differs(look, name, [panel.moved(-origin.left, -origin.top) for panel in panels], frame.at)
        self._pacing.hurried |= change.pending
        if not change.real:
            return
        secret = at_work_in_secret(judgement.allowed, judgement.rules)
        places = [one.geometry for one in secret if one.geometry is not None]
        fill(frame.pixels, (place.moved(-origin.left, -origin.top) for place in places))
        handles = {one.handle for one in secret}
        allowed, shown = ([one for one in some if one.handle not in handles] for some in (judgement.allowed, shown))
        window = focused_of(shown)
        label = Label(
            at=frame.at.isoformat(),
            monitor=frame.monitor,
            width=origin.width,
            height=origin.height,
            app=window.app if window is not None else "",
            window=redact(window.title).text if window is not None else "",
            url=redact(window.url).text if window is not None else "",
            windows=placed(shown, origin),
            by_word=tuple(one[3:] for one in placed([one for one in shown if one.by_word], origin)),
            judged=judged(allowed, origin),
            left_out=judgement.left_out(),
        )
        self._telling.listen(frame, shown, judgement.windows)
        shows = {one.handle: one.geometry.moved(-origin.left, -origin.top) for one in allowed if one.geometry}
        self.afterwards.taken(frame.monitor, label.at, shows)
        self._keeping = True
        try:
            self._spool.put(zlib.compress(frame.pixels.tobytes(), 1), label.packed())
        finally:
            self._keeping = False
        seen.kept(look, name)
        self._frames += 1
        self._events.tell(FrameKept(frame.at, label.app))

    # -- the account

    def _rest(self, reason: str, now: datetime) -> None:
        if self._gate.locked:
            self._let_go()
            self._telling.forget()
            self._lingering.forget()
            self._reasons.forget()
        self._well = False
        self._absence.goes_on(reason, now)
        self._tell("locked" if self._gate.locked else "paused", reason)

    def _fail(self, problem: Problem, now: datetime) -> None:
        self._well, self._wanted = False, True
        self._absence.goes_on(problem.title, now)
        self._tell("problem", f"{problem.title} {problem.remedy}".strip())

    def _tell_well(self) -> None:
        """The looks work; whether what waits is read as well, and whether anything in view may be kept."""
        sentence = self._trouble()
        self._tell("problem" if sentence else "recording", sentence or self._bare)

    def _tell(self, state: str, reason: str) -> None:
        with self._guard:
            if (state, reason) == (self._state, self._reason):
                return
            self._state, self._reason = state, reason
        self._events.tell(RecorderChanged(state, reason))
