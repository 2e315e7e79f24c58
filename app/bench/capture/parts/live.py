"""`mneme capture` as a person runs it, on one 1080p monitor, by the wall clock: what it uses and how soon it finds."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.bench.capture import found
from app.bench.capture.session import Over, Session
from app.bench.capture.setting import Setting, at_least, at_most
from app.bench.capture.stage import Stage, stage
from app.bench.capture.watched import HOST, READER, Processes, between
from app.bench.capture.words import CANARIES, pairs, sentences, stands_in
from app.bench.outside import Outside, memory_mb, outside
from app.bench.row import Row, percentile
from app.host import local_now
from app.wiring import open_profile
from core.capture.screen.presets import PRESETS
from core.errors import Problem
from core.events import Events
from core.store.profile import Profile

_STARTS_WITHIN_S, _ENDS_WITHIN_S = 120.0, 150.0
_SOUGHT_EVERY_S, _SOUGHT_FOR_S = 0.5, 40.0
_POLL_S, _LOOKED_EVERY_S = 0.1, 0.5
_FINDABLE_S = 10.0
_STILL, _BUSY, _BUSY_READING = 0.5, 8.0, 35.0
_AWAY_AFTER_S = 62.0
_QUIET_S, _QUIET = 3.0, 0.05
_PER_CENT = 100.0


@dataclass(slots=True, kw_only=True)
class _Lived:
    """A running Mneme in front of a stage."""

    place: Outside
    made: Stage
    process: "subprocess.Popen[bytes]"
    processes: Processes

    def wait(self, seconds: float, touching: bool = False) -> None:
        """Time passes on the stage; the pointer is moved every few seconds where somebody is there."""
        until = time.monotonic() + seconds
        touch = look = time.monotonic()
        while time.monotonic() < until:
            if touching and time.monotonic() >= touch:
                self.made.touch()
                touch = time.monotonic() + 10
            self.made.clock(local_now())
            if time.monotonic() >= look:
                self.processes.look()
                look = time.monotonic() + _LOOKED_EVERY_S
            time.sleep(min(_POLL_S, max(0.0, until - time.monotonic())))
        if self.process.poll() is not None:
            raise Problem("`mneme capture` ended while it was measured.", "Run it by hand; it says why.")

    def until_quiet(self, within_s: float) -> None:
        """Until nothing waits to be read any more, as its processor time tells."""
        ends = time.monotonic() + within_s
        while time.monotonic() < ends:
            before = self.processes.look().get(READER, 0.0)
            self.wait(_QUIET_S)
            if self.processes.look().get(READER, 0.0) - before < _QUIET:
                return


def rows(setting: Setting) -> Iterator[Row]:
    """Found, busy, still before somebody, still with nobody there. Raises Problem."""
    with outside() as place, stage(1) as made:
        profile, _ = Profile.create(place.paths, passphrase=place.passphrase)
        opened = open_profile(profile, Events(), local_now, stays=False)
        opened.assistant.set_setting("capture.preset", setting.preset)
        opened.close()
        with place.staying("capture", "--json", **made.server.environment()) as process:
            lived = _Lived(place=place, made=made, process=process, processes=Processes(process.pid))
            _started(lived)
            yield from _found(setting, lived)
            yield from _busy(setting, lived)
            yield from _still(setting, lived)
            process.send_signal(signal.SIGINT)
            _ended(lived)
        yield from _left(place)


def _started(lived: _Lived) -> None:
    """Until the first frame can be found."""
    lived.place.until("status", {}, lambda said: said["memories"] > 0, _STARTS_WITHIN_S)
    lived.until_quiet(60)


def _ended(lived: _Lived) -> None:
    try:
        lived.process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired as late:
        raise Problem("`mneme capture` did not end in time after Ctrl+C.", "Run it by hand.") from late


def _found(setting: Setting, lived: _Lived) -> Iterator[Row]:
    """A sentence comes into the chat, and it is asked for until it is found."""
    setting.told("Seconds until findable …")
    took: list[float] = []
    count = max(2, int(setting.live_s // 12))
    lived.made.front("chat", focus=False)
    for text in sentences(count, 41, 7):
        lived.made.programs["chat"].add(f"Sam: {text}")
        begun = time.monotonic()
        while time.monotonic() - begun < _SOUGHT_FOR_S and not _hit(lived.place, text):
            lived.wait(_SOUGHT_EVERY_S, touching=True)
        took.append(time.monotonic() - begun)
        lived.wait(2.0, touching=True)
    for share in (0.5, 0.95):
        name = f"until a chat line can be found, p{share * 100:.0f}"
        yield at_most(name, percentile(took, share), "s", len(took), _FINDABLE_S)


def _hit(place: Outside, text: str) -> bool:
    said = place.ask("recall", {"question": text, "k": 3})
    return said is not None and any(stands_in(text, pairs(hit["text"])) for hit in said["hits"])


def _busy(setting: Setting, lived: _Lived) -> Iterator[Row]:
    setting.told("Busy …")
    lived.until_quiet(60)
    before, begun = lived.processes.look(), time.monotonic()

    def seconds() -> float:
        return time.monotonic() - begun

    def wait(pause: float) -> None:
        lived.wait(pause)
        if seconds() >= setting.live_s:
            raise Over

    session = Session(stage=lived.made, wait=wait, seconds=seconds)
    session.play()
    lived.made.clear()
    span = seconds()
    caught_up = time.monotonic()
    lived.until_quiet(120)
    late = time.monotonic() - caught_up
    used = between(before, lived.processes.look())
    for name, spent in used.items():
        yield Row(name=f"busy: {name}", value=spent / span * _PER_CENT, unit="% of a core", n=1)
    reader = used.get(READER, 0.0)
    without = (sum(used.values()) - reader) / span * _PER_CENT
    yield at_most("busy: all but the text reader", without, "% of a core", 1, _BUSY)
    yield at_most("busy: all", sum(used.values()) / span * _PER_CENT, "% of a core", 1, _BUSY_READING)
    yield Row(name="busy: until all of it was read, after its end", value=late, unit="s", n=1)
    yield Row(name="busy: memory of all processes", value=memory_mb(lived.process.pid), unit="MB", n=1)


def _still(setting: Setting, lived: _Lived) -> Iterator[Row]:
    """The clock ticks, the caret blinks. Of nobody there nothing is said by a run too short for anybody to leave."""
    setting.told("Still …")
    span = max(10.0, setting.live_s / 2)
    lived.wait(5, touching=True)
    pace = PRESETS[setting.preset]
    yield from _share("still, somebody reads", lived, span, lambda: lived.wait(span, touching=True))
    yield _looks("still, somebody reads", lived, pace.greatest_gap)
    if span >= 60:
        lived.wait(_AWAY_AFTER_S)
        yield from _share("still, nobody there", lived, span, lambda: lived.wait(span))
        yield _looks("still, nobody there", lived, pace.away_gap)


def _looks(name: str, lived: _Lived, gap_s: float) -> Row:
    """A control: what does not look at all needs no processor. On battery the gaps are twice as long."""
    said = lived.place.ask("recorder", {})
    looks = float(said["looks"]) if said is not None else 0.0
    return at_least(f"control: {name}, looks in the last minute", looks, "looks", 1, 60 // (2 * gap_s))


def _share(name: str, lived: _Lived, span: float, pass_: Callable[[], None]) -> Iterator[Row]:
    before = lived.processes.look()
    pass_()
    used = between(before, lived.processes.look())
    yield at_most(name, sum(used.values()) / span * _PER_CENT, "% of a core", 1, _STILL)
    yield Row(name=f"{name}: {HOST}", value=used.get(HOST, 0.0) / span * _PER_CENT, unit="% of a core", n=1)


def _left(place: Outside) -> Iterator[Row]:
    """What the profile holds once it is over."""
    profile = Profile(place.paths)
    profile.unlock(place.passphrase)
    opened = open_profile(profile, Events(), local_now, stays=False)
    try:
        leaks = found.leaked(opened)
    finally:
        opened.close()
    yield at_most("left out, leaked in text or titles", leaks.texts, "canaries", len(CANARIES), 0.0)
    yield at_most("left out, leaked in pixels", leaks.pictures, "pictures", leaks.looked_at, 0.0)
    readable = found.readable_on_disk(place, CANARIES)
    yield at_most("files of the profile with anything readable", readable.files, "files", readable.looked_at, 0.0)
