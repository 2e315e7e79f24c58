"""The recorder at work for one open profile: its two threads, its gaps, its account."""

import contextlib
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.host import Host, as_rule
from app.screens import Screens
from app.timetable import power_now
from core.capture.gate import GateState, judge
from core.capture.gate import preview as gate_preview
from core.capture.rules import Rule
from core.capture.screen.chat.scrolled import MOST
from core.capture.screen.page import ReadPage
from core.capture.screen.picture import Picture, fill, png
from core.capture.screen.presets import preset
from core.capture.screen.reader import Reader
from core.capture.screen.reading import FrameReading
from core.capture.screen.recorder import Account, Label, Recorder, Screen
from core.capture.screen.talk import Hearing
from core.capture.screen.windows import Windows
from core.errors import Locked, Problem
from core.events import Noticed
from core.memory import Facet, Gap, Memory, Observation, Saved, Selection
from core.store import preferences, timeline
from core.store.media import Spool
from core.store.media.spool import empty_leftovers

_LAST_LOOK = "recorder_last_look"
_SHORT_S = 30.0
"""A pause in the record shorter than this is no gap."""
_ANSWERED_WITHIN_S = 90.0
"""How long a preview waits for the desktop's own question, where there is one."""
_STALE = 3
"""A heartbeat older than this many greatest gaps is a recorder that does not record."""


def left_behind(host: Host) -> Gap | None:
    """Remove what a recorder that was cut off left unread; the gap it makes, None when there was nothing."""
    lost = empty_leftovers(host.paths.spool)
    if not lost.frames or lost.first is None or lost.last is None:
        return None
    zone = host.clock().tzinfo
    reason = f"Mneme ended before {lost.frames} pictures were read"
    return Gap(begins=lost.first.astimezone(zone), ends=lost.last.astimezone(zone), reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Looks taken in the last minute, and how many the preset asks for."""

    looks: int
    expected: int


class Recording:
    """Records the screen of an open profile from `start` to `stop`; `pause` and `resume` in between."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._no_looks, self._stop = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self.gaps: list[Gap] = []
        self.saved: list[Saved] = []
        self._history: deque[tuple[datetime, int, int]] = deque(maxlen=120)
        self._noted: datetime | None = None
        lost = left_behind(host)
        if lost is not None:
            self._gap(lost)
        self._since_last_time()
        self._screens = Screens(host)
        self._spool = Spool(host.paths)
        self.reader = Reader(engine=host.assistant.settings.capture.reader, on_death=self._reader_died)
        self.reading = FrameReading(
            spool=self._spool,
            reader=self.reader,
            keep=self._keep,
            settings=lambda: host.assistant.settings.capture,
            gap=self._gap,
            hear=self._hear,
        )
        self.hearing = Hearing(
            keep=self._keep_turns,
            remembered=self._remembered,
            names=lambda: host.assistant.settings.person.names,
        )
        self.recorder = Recorder(
            open_screen=self._screens.open,
            spool=self._spool,
            events=host.events,
            clock=host.clock,
            settings=lambda: host.assistant.settings.capture,
            rules=self._rules,
            gap=self._gap,
            trouble=self.reading.trouble,
            on_battery=lambda: not power_now().mains,
        )
        self._rules_read: tuple[Rule, ...] | None = None

    def _since_last_time(self) -> None:
        """Whatever was not recorded since the last look of an earlier recorder is a gap with its reason."""
        with self._host.opened.vault.read() as db:
            noted = preferences.noted(db, _LAST_LOOK)
        now = self._host.clock()
        if noted is None:
            return
        seen, _, reason = str(noted).partition("|")
        begins = datetime.fromisoformat(seen)
        if begins < now - timedelta(seconds=_SHORT_S):
            self._gap(Gap(begins=begins, ends=now, reason=reason or "Mneme was not running"))

    def _note_look(self, reason: str = "") -> None:
        now = self._host.clock()
        if reason or self._noted is None or now - self._noted > timedelta(seconds=_SHORT_S):
            self._noted = now
            with self._host.opened.vault.write() as db:
                preferences.note(db, _LAST_LOOK, f"{now.isoformat()}|{reason}")

    def start(self) -> None:
        """Record from now on."""
        if self._threads:
            return
        self._threads = [
            threading.Thread(target=self.recorder.run, args=(self._no_looks,), name="capture", daemon=True),
            threading.Thread(target=self.reading.run, args=(self._stop,), name="reading", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return bool(self._threads) and not self._stop.is_set()

    @property
    def waiting(self) -> int:
        """Frames that wait for their reading."""
        return self._spool.waiting

    def account(self) -> Account:
        """What was done until now; a heartbeat that stopped is a problem, whatever the state says."""
        return self.recorder.account()

    def pace(self) -> Pace:
        """Looks of the last minute against what was due."""
        now, account = self._host.clock(), self.recorder.account()
        self._history.append((now, account.looks, account.expected))
        while self._history and now - self._history[0][0] > timedelta(minutes=1):
            self._history.popleft()
        first = self._history[0] if self._history else (now, account.looks, account.expected)
        return Pace(looks=account.looks - first[1], expected=account.expected - first[2])

    def stalled(self) -> bool:
        """Whether it claims to record but no look has worked for too long."""
        account = self.recorder.account()
        if account.state != "recording" or account.heartbeat is None:
            return False
        longest = preset(self._host.assistant.settings.capture.preset).away_gap * _STALE
        return (self._host.clock() - account.heartbeat).total_seconds() > longest

    def rules_changed(self) -> None:
        """Read the rules anew at the next look."""
        self._rules_read = None

    def _rules(self) -> tuple[Rule, ...]:
        if self._rules_read is None:
            with self._host.opened.vault.read() as db:
                self._rules_read = tuple(as_rule(row) for row in preferences.rules(db))
        return self._rules_read

    def _keep(self, observation: Observation, picture: Picture | None, masked: int) -> None:
        saved = self._host.assistant.keep_frame(observation, picture, masked, self._host.clock())
        self._note_look()
        self.saved.append(saved)
        del self.saved[:-1000]

    def _hear(self, page: ReadPage, label: Label) -> None:
        if self._host.assistant.settings.capture.chats:
            self.hearing.hear(page, label)

    def _keep_turns(self, turns: Sequence[Observation]) -> None:
        self.saved += self._host.assistant.keep(turns, self._host.clock())

    def _remembered(self, conversation: str) -> list[Memory]:
        turns = Selection(conversation=conversation, facets=(Facet.TURN,), limit=MOST)
        return self._host.assistant.memories(turns)[::-1]

    def _gap(self, gap: Gap) -> None:
        self.gaps.append(gap)
        del self.gaps[:-1000]
        try:
            with self._host.opened.vault.write() as db:
                timeline.add_gap(db, gap)
        except Locked:
            self._host.owed_gaps.append(gap)
        except Problem as problem:
            self._host.events.tell(Noticed(problem.title, problem.remedy, problem=True))

    def _reader_died(self, sentence: str) -> None:
        self._host.events.tell(Noticed(sentence, "It is started again with the next picture."))

    def wait_until_read(self, timeout_s: float) -> bool:
        """Whether every waiting frame was read within this time."""
        waited = threading.Event()
        for _ in range(int(timeout_s * 10)):
            if not self._spool.waiting and not self._spool.used_bytes:
                return True
            if waited.wait(0.1):
                break
        return False

    def stop_looking(self) -> None:
        """End the looks; frames that wait are still read until `stop`."""
        self._no_looks.set()
        self._threads[0].join(20)

    def stop(self, reason: str = "the recorder was off") -> None:
        """End both threads and the reader; what was not read becomes a gap, and so does the time until the next."""
        with contextlib.suppress(Problem):  # locked or full: the next start then counts from the last look noted
            self._note_look(reason)
        self._no_looks.set()
        self._stop.set()
        self.reader.close()
        self._screens.close()
        for thread in self._threads:
            thread.join(20)
        self._screens.close()  # again: a look that was under way may have opened it anew
        left = self._spool.close()
        if left.frames and left.first and left.last:
            zone = self._host.clock().tzinfo
            reason = f"stopped before {left.frames} pictures were read"
            self._gap(Gap(begins=left.first.astimezone(zone), ends=left.last.astimezone(zone), reason=reason))


def look_once(host: Host) -> tuple[list[tuple[str, str, str]], bytes, tuple[str, ...]]:
    """What would be captured now: (app, title, why not) of each window, a PNG of it, the gate's sentences.

    Nothing is kept. Raises CaptureProblem.
    """
    screens = Screens(host)
    try:
        return _looked_once(host, *screens.open_within(_ANSWERED_WITHIN_S))
    finally:
        screens.close()


def _looked_once(
    host: Host, screen: Screen, windows: Windows
) -> tuple[list[tuple[str, str, str]], bytes, tuple[str, ...]]:
    try:
        now, settings = host.clock(), host.assistant.settings.capture
        rules = [as_rule(row) for row in host.rules()]
        seen = windows.visible()
        frames = list(screen.grab(now, None))
        verdict = judge(
            seen, rules, settings, now, host.recording.recorder.gate_state if host.recording else GateState()
        )
        for frame in frames:
            origin = frame.geometry
            fill(frame.pixels, (rect.moved(-origin.left, -origin.top) for rect in verdict.blackout))
    finally:
        windows.close()
        screen.close()
    listed = [(window.app, window.title, "") for window in verdict.allowed if not window.popup]
    listed += [(one.app, "", one.reason) for one in verdict.excluded]
    shown = png(frames[0].pixels) if verdict.keep and frames else b""
    return listed, shown, gate_preview(verdict)
