"""The recorder at work for one open profile: its threads, its gaps, its account."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.accessible.listening import Listening
from app.host import Host
from app.kept_rules import as_rule
from app.pace import LooksCounted, Pace
from app.pausing import kept_pause
from app.screens import Screens
from app.timetable import power_now
from core.capture.rules import Rule
from core.capture.screen.afterwards import WITHIN_S
from core.capture.screen.chat.scrolled import MOST
from core.capture.screen.grab import Grabber
from core.capture.screen.label import Label
from core.capture.screen.page import ReadPage
from core.capture.screen.picture import Picture
from core.capture.screen.presets import preset
from core.capture.screen.reader import Reader
from core.capture.screen.reading import FrameReading, Pixels
from core.capture.screen.recorder import Account, Recorder
from core.capture.screen.talk import Hearing
from core.capture.screen.windows import desktop
from core.dates.region import month_first_told
from core.errors import Locked, Problem
from core.events import Noticed
from core.freed import give_back
from core.memory import Facet, Gap, MediaId, Memory, Observation, Saved, Selection
from core.settings import Capture
from core.store import preferences, timeline
from core.store.media import Spool
from core.store.media.spool import empty_leftovers

_LAST_LOOK = "recorder_last_look"
_SHORT_S = 30.0
"""A pause in the record shorter than this is no gap."""
_WATCHED_EVERY_S = 2.0
_STOOD_STILL_S = 8.0
"""The watch itself comes so late only when this whole process was kept from running."""
_BEGUN_AGAIN_EVERY_S = 20.0
_GIVEN_BACK_EVERY_S = 60.0
_HALTED_S = 20.0
_HALTED = "Recording has come to a halt. Nothing is being recorded."
_ENDED = "The recorder ended unexpectedly; it is started again."
_READER_ENDED = "Reading ended unexpectedly; it is started again, and pictures wait."
_NOT_RUNNING = "Mneme was not running"
FINISH_S = 120.0
"""How long pictures that were taken before a cover are read under it; no new one is taken."""
AWAY = "the session was locked"
_SET_BACK = "the clock was set back while Mneme was not running; how long that was is not known"


def left_behind(host: Host) -> Gap | None:
    """Remove what a recorder that was cut off left unread; the gap it makes, None when there was nothing."""
    lost = empty_leftovers(host.paths.spool)
    if not lost.frames or lost.first is None or lost.last is None:
        return None
    zone = host.clock().tzinfo
    reason = f"Mneme ended before {_pictures(lost.frames)} read"
    return Gap(begins=lost.first.astimezone(zone), ends=lost.last.astimezone(zone), reason=reason)


def _pictures(number: int) -> str:
    return "1 picture was" if number == 1 else f"{number} pictures were"


class Recording:
    """Records the screen of an open profile from `start` to `stop`; `pause` and `resume` in between."""

    def __init__(self, host: Host, screens: Screens | None = None) -> None:
        """`screens`: another way to the screen than this desktop's, as a bench has one."""
        self._host, self._opened = host, host.opened
        self._no_looks, self._stop = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self.gaps: list[Gap] = []
        """What was not recorded, one entry a gap, while it grows and afterwards."""
        self._to_write: deque[Gap] = deque()
        self.saved: list[Saved] = []
        self._counted = LooksCounted(host.clock())
        self._noted: datetime | None = None
        self._left: datetime | None = None
        """When the vault was covered, while what waits is read under its cover."""
        self._back = threading.Event()
        self._unwritten = ""
        lost = left_behind(host)
        if lost is not None:
            self._gap(lost)
        self._since_last_time()
        self._screens = screens or Screens(host)
        self._spool = Spool(host.paths)
        self.reader = Reader(engine=self.settings().reader, on_death=self._reader_died)
        self.telling = Listening(on=lambda: self.settings().accessibility, again=Grabber)
        self.reading = FrameReading(
            spool=self._spool,
            reader=self.reader,
            keep=self._keep,
            settings=self.settings,
            gap=self._gap,
            hear=self._hear,
            notice=lambda title, remedy: host.events.tell(Noticed(title, remedy, problem=True)),
            telling=self.telling,
            rules=self._rules,
            since=lambda monitor, at: self.recorder.afterwards.places(monitor, at, WITHIN_S if self.running else 0.0),
        )
        self.hearing = Hearing(
            keep=self._keep_turns,
            remembered=self._remembered,
            names=lambda: self._opened.assistant.settings.person.names,
            month_first=lambda: month_first_told(self._opened.assistant.settings.person.country),
        )
        self.recorder = Recorder(
            open_screen=self._screens.open,
            spool=self._spool,
            events=host.events,
            clock=host.clock,
            settings=self.settings,
            rules=self._rules,
            gap=self._gap,
            trouble=self._trouble,
            on_battery=lambda: not power_now().mains,
            gate=kept_pause(host),
            telling=self.telling,
        )
        self._rules_read: tuple[Rule, ...] | None = None

    def settings(self) -> Capture:
        """What is to be recorded, as it is set now."""
        return self._opened.assistant.settings.capture

    def _since_last_time(self) -> None:
        """Whatever was not recorded since the last look of an earlier recorder is a gap with its reason."""
        now = self._host.clock()
        with self._opened.vault.read() as db:
            noted = preferences.noted(db, _LAST_LOOK)
            kept = timeline.last_frame(db, now)
        if noted is None:
            return
        seen, _, reason = str(noted).partition("|")
        begins = datetime.fromisoformat(seen)
        if begins > now:
            self._gap(Gap(begins=now, ends=now, reason=_SET_BACK))
        elif begins < now - timedelta(seconds=_SHORT_S):
            # A look is noted twice a minute at most; after a kill the last frame may be younger.
            begins = begins if reason or kept is None else max(begins, kept)
            self._gap(Gap(begins=begins, ends=now, reason=reason or _NOT_RUNNING))

    def _note_look(self) -> None:
        """Keep when a look last worked, so that what comes after a kill can be told from what was seen."""
        seen = self.recorder.account().heartbeat
        if seen is not None and self._later(seen - timedelta(seconds=_SHORT_S)):
            with self._opened.vault.write() as db:
                preferences.note(db, _LAST_LOOK, f"{seen.isoformat()}|")
            self._noted = seen

    def _later(self, moment: datetime) -> bool:
        """Whether it is later than what is noted; what is noted may lie ahead, where the clock was set back."""
        return self._noted is None or moment > self._noted or self._noted > self._host.clock()

    def start(self) -> None:
        """Record from now on."""
        if self._threads:
            return
        self._threads = [
            self._looking(),
            self._reads(),
            threading.Thread(target=self._watch, name="recorder's watch", daemon=True),
        ]
        if desktop() == "x11":
            self.telling.start()
        for thread in self._threads:
            thread.start()

    def _looking(self) -> threading.Thread:
        return threading.Thread(target=self.recorder.run, args=(self._no_looks,), name="capture", daemon=True)

    def _reads(self) -> threading.Thread:
        return threading.Thread(target=self._read, name="reading", daemon=True)

    def _read(self) -> None:
        with self._opened.vault.cover.lease():  # what was taken before a cover is kept under it, see `leave`
            self.reading.run(self._stop)

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return bool(self._threads) and not self._stop.is_set()

    @property
    def waiting(self) -> int:
        """Frames that wait for their reading."""
        return self._spool.waiting

    def _watch(self) -> None:
        """Until the end: a look that does not come back, a thread that ended, gaps on their way to the vault."""
        began = again = back = time.monotonic()
        while not self._stop.wait(_WATCHED_EVERY_S):
            late = time.monotonic() - began - _WATCHED_EVERY_S
            if late > _STOOD_STILL_S:
                for one in (self.recorder, self.reader, self.reading):
                    one.stood_still(late)
            if not self._no_looks.is_set():
                self.recorder.watch(self.recorder.late_s, "" if self._threads[0].is_alive() else _ENDED)
            if time.monotonic() - again > _BEGUN_AGAIN_EVERY_S:
                again = time.monotonic()
                self.begin_again()
            if time.monotonic() - back > _GIVEN_BACK_EVERY_S:
                back = time.monotonic()
                give_back()
            self.pace()
            self.write_down()
            began = time.monotonic()

    def begin_again(self) -> None:
        """Start a thread anew that a bug has ended; the log says where."""
        for place, make, ends in ((0, self._looking, self._no_looks), (1, self._reads, self._stop)):
            if self._threads and not self._threads[place].is_alive() and not ends.is_set():
                thread = make()
                thread.start()
                self._threads[place] = thread

    def standstill(self) -> str:
        """A sentence where a thread of this has come to a halt, whether or not another has noticed; else empty."""
        if self._no_looks.is_set() or not self._threads:
            return ""
        if self.recorder.late_s >= _HALTED_S or not self._threads[2].is_alive():
            return _HALTED
        return self._trouble()

    def _trouble(self) -> str:
        ended = len(self._threads) > 1 and not self._threads[1].is_alive() and not self._stop.is_set()
        return _READER_ENDED if ended else self.reading.trouble()

    def account(self) -> Account:
        """What was done until now."""
        return self.recorder.account()

    def pace(self) -> Pace:
        """Looks of the last minute against what was due while the machine was awake."""
        most = int(60 / preset(self.settings().preset).least_gap)
        return self._counted.now(self._host.clock(), self.recorder.account(), most)

    def rules_changed(self) -> None:
        """Read the rules anew at the next look."""
        self._rules_read = None

    def _rules(self) -> tuple[Rule, ...]:
        if self._rules_read is None:
            with self._opened.vault.read() as db:
                self._rules_read = tuple(as_rule(row) for row in preferences.rules(db))
        return self._rules_read

    def _keep(self, observation: Observation, picture: Picture | None, masked: int) -> MediaId | None:
        saved = self._opened.assistant.keep_frame(observation, picture, masked, self._host.clock())
        self.saved.append(saved)
        del self.saved[:-1000]
        return saved.picture

    def _hear(self, page: ReadPage, label: Label, pixels: Pixels) -> None:
        if self.settings().chats:
            self.hearing.hear(page, label, pixels)

    def _keep_turns(self, turns: Sequence[Observation]) -> None:
        self.saved += self._opened.assistant.keep(turns, self._host.clock())

    def _remembered(self, conversation: str) -> list[Memory]:
        turns = Selection(conversation=conversation, facets=(Facet.TURN,), limit=MOST)
        return self._opened.assistant.memories(turns)[::-1]

    def _gap(self, gap: Gap) -> None:
        """From any thread; it is written by the watch, since a look never waits for the vault."""
        same = self.gaps[-1:] and (self.gaps[-1].begins, self.gaps[-1].reason) == (gap.begins, gap.reason)
        self.gaps[-1 if same else len(self.gaps) :] = [gap]
        del self.gaps[:-1000]
        self._to_write.append(gap)

    def write_down(self) -> None:
        """Gaps and the last look into the vault; what cannot be written now (locked, full) is tried again."""
        try:
            while self._to_write:
                gap = self._to_write[0]
                with self._opened.vault.write() as db:
                    timeline.add_gap(db, gap)
                    later = self._later(gap.ends)
                    if later:
                        preferences.note(db, _LAST_LOOK, f"{gap.ends.isoformat()}|")
                self._noted = gap.ends if later else self._noted
                self._to_write.popleft()
            self._note_look()
        except Locked:
            return  # written after the unlock
        except Problem as problem:
            if problem.title != self._unwritten:
                self._host.events.tell(Noticed(problem.title, problem.remedy, problem=True))
            self._unwritten = problem.title
        else:
            self._unwritten = ""

    def _reader_died(self, sentence: str) -> None:
        self._host.events.tell(Noticed(sentence, "It is started again with the next picture."))

    def wait_until_read(self, timeout_s: float) -> bool:
        """Whether every waiting frame was read within this time."""
        waited = threading.Event()
        for _ in range(int(timeout_s * 10)):
            if not self._unread:
                return True
            if waited.wait(0.1):
                break
        return False

    @property
    def _unread(self) -> bool:
        return bool(self._spool.waiting or self._spool.used_bytes)

    def stop_looking(self) -> None:
        """End the looks; frames that wait are still read until `stop`."""
        self._no_looks.set()
        for thread in self._threads[:1]:
            thread.join(20)

    def leave(self) -> bool:
        """The vault is being covered: look no more from now on; what waits is read under its cover, for `FINISH_S`.

        Then the host is asked to end this, from a thread of its own; not after a `go_on` or a `stop`. False where
        nothing is at work that could read.
        """
        if not self.running:
            return False
        self._left, self._back = self._host.clock(), threading.Event()
        self._no_looks.set()
        threading.Thread(target=self._finish, args=(self._back,), name="leaving", daemon=True).start()
        return True

    def _finish(self, back: threading.Event) -> None:
        until = time.monotonic() + FINISH_S
        self.stop_looking()
        while self._unread and not self._stop.is_set() and time.monotonic() < until:
            if back.wait(0.1):
                return
        if not back.is_set() and not self._stop.is_set():
            self._host.recording_left(self)

    def go_on(self) -> None:
        """The vault was covered and is open again: look on, after a gap; nothing where it was not left."""
        left, self._left = self._left, None
        if left is None:
            return
        self._back.set()
        if (now := self._host.clock()) - left > timedelta(seconds=_SHORT_S):
            self._gap(Gap(begins=left, ends=now, reason=AWAY))
        self.stop_looking()
        self._no_looks = threading.Event()
        self.begin_again()

    def stop(self, reason: str = "the recorder was off", *, finish_s: float = 0.0) -> None:
        """End both threads and the reader; what was not read becomes a gap, and so does the time until the next.

        `finish_s`: how long what waits may still be read.
        """
        self._no_looks.set()
        if finish_s and self._threads:
            self.stop_looking()
            self.wait_until_read(finish_s)
        self._stop.set()
        self.reader.close()
        self.telling.close()
        self._screens.close()
        for thread in self._threads:
            thread.join(20)
        self._screens.close()  # again: a look that was under way may have opened it anew
        self.reading.forget()
        self.hearing.forget()
        give_back()
        left = self._spool.close()
        if left.frames and left.first and left.last:
            zone = self._host.clock().tzinfo
            said = f"stopped before {_pictures(left.frames)} read"
            self._gap(Gap(begins=left.first.astimezone(zone), ends=left.last.astimezone(zone), reason=said))
        with self._opened.vault.cover.lease():
            self.write_down()
            self._host.owed_gaps += self._to_write
            with contextlib.suppress(Problem), self._opened.vault.write() as db:
                # locked or full: the next start then counts from the last look noted
                preferences.note(db, _LAST_LOOK, f"{(self._left or self._host.clock()).isoformat()}|{reason}")
