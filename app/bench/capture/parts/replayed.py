"""Hours by the session's own clock on two monitors: what is kept, what is not, what leaks, what it takes."""

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.bench.capture import found
from app.bench.capture.replay import Kept, Replay, Whole, begins_at, read_whole
from app.bench.capture.scripted import ScriptedScreens, SessionClock
from app.bench.capture.session import OVER, OVER_FOR_S, Planted
from app.bench.capture.setting import Setting, at_least, at_most
from app.bench.capture.stage import Stage, stage
from app.bench.capture.words import CANARIES
from app.bench.outside import Outside, outside
from app.bench.row import Row, mean, percentile
from app.host import Host, local_now
from app.recording import Recording
from core.assistant import finish
from core.errors import Problem

_MONITORS = 2
_MOST_WHOLE = 16
_CONTROLS, _WORDS = 200, 7
"""Sentences never shown, and the words of each: as many as a planted one has."""
_FRAMES_A_MINUTE = 8
_PER_CENT = 100.0
_BUSY, _BUSY_READING = 8.0, 35.0
_MB_AN_HOUR = 12.0
_FEWER = 5.0
_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Played:
    """What a replay came to."""

    replay: Replay
    whole: Whole
    seconds: float
    planted: Sequence[Planted]
    kept: Sequence[float | None]
    imagined: int
    """Of `_CONTROLS` sentences that were never shown, those that would count as kept."""
    leaks: found.Leaked
    control: found.Leaked
    grown: int
    """Bytes on the disk beyond those of the empty profile."""
    readable: found.Readable
    gaps: int


def rows(setting: Setting) -> Iterator[Row]:
    """One session through the real recorder, reader and store. Raises Problem."""
    with outside() as place, stage(_MONITORS) as made:
        played = _played(setting, place, made)
    yield from _kept(played)
    yield from _left_out(played)
    yield from _read(played)
    yield from _spent(played)
    yield from _stored(played)


def _played(setting: Setting, place: Outside, made: Stage) -> _Played:
    clock = SessionClock(begins_at(local_now()))
    host = Host.become(place.paths, make=True, clock=clock)
    if host is None:
        raise Problem("The bench's own profile is busy.", "Run it again.")
    with ExitStack() as ending:
        ending.callback(host.close)
        host.create(place.passphrase, False, recovery=False)
        host.assistant.set_setting("capture.preset", setting.preset)
        screens = ScriptedScreens(host, made.server.display, clock.idle_s)
        recording = Recording(host, screens)
        ending.callback(recording.stop)
        ending.callback(recording.recorder.close)
        recording.reader.read(_blank())  # its start is not what is measured
        empty = found.disk_bytes(place)
        compared = max(2, min(_MOST_WHOLE, int(setting.minutes)))
        with setting.bar.over(f"Playing {setting.minutes:g} minutes", int(setting.minutes * 60)) as step:
            replay = Replay(
                stage=made, recording=recording, clock=clock, ends_s=setting.minutes * 60, step=step,
                every=max(1, int(setting.minutes * _FRAMES_A_MINUTE) // compared),
                embed=lambda: finish(host.assistant.embedding()),
            )  # fmt: skip
            replay.play()
        seconds = clock.seconds
        finish(host.assistant.embedding())
        host.opened.vault.checkpoint()
        grown = found.disk_bytes(place) - empty
        leaks = found.leaked(host.opened)
        seen = found.frames(host.opened.vault)
        planted = tuple(replay.session.planted)
        kept = found.kept(planted, clock.begins.timestamp(), seen)
        for one, after in zip(planted, kept, strict=True):
            if after is None:
                setting.told(f"Not kept ({one.how}, after {one.at:.0f} s): {one.text}")
        for frame in replay.kept:
            if frame.unchanged and not frame.video:
                setting.told(f"Kept though unchanged, after {frame.at:.1f} s ({replay.session.doing(frame.at)})")
        readable = found.readable_on_disk(place, [*(one.text for one in planted), *CANARIES])
        gaps = len(recording.gaps)
        with setting.bar.over("Reading frames whole, to compare", compared) as step:
            whole = read_whole(recording, replay.kept, compared, step.on)
        made.clear()
        made.front("control")
        replay.wait(_WITHIN_S)
        control = found.leaked(host.opened)
    return _Played(
        replay=replay, whole=whole, seconds=seconds, planted=planted, kept=kept, leaks=leaks, control=control,
        imagined=found.never_shown(_CONTROLS, _WORDS, seen), grown=grown, readable=readable, gaps=gaps,
    )  # fmt: skip


def _blank() -> NDArray[np.uint8]:
    return np.full((64, 64, 3), 255, np.uint8)


def _kept(played: _Played) -> Iterator[Row]:
    after = [seconds for seconds in played.kept if seconds is not None]
    count = len(played.kept)
    yield at_least("planted changes kept", len(after) / max(count, 1), "share", count, 1.0)
    yield at_most("control: sentences never shown, taken for kept", played.imagined, "sentences", _CONTROLS, 0.0)
    for how in dict.fromkeys(one.how for one in played.planted):
        these = [one for one, planted in zip(played.kept, played.planted, strict=True) if planted.how == how]
        within = OVER_FOR_S if how == OVER else math.inf  # later nothing is left out before or behind it any more
        held = sum(one is not None and one <= within for one in these)
        yield Row(name=f"planted changes kept, {how}", value=held / len(these), unit="share", n=len(these))
    yield Row(name="seconds until a change is in a frame, p95", value=percentile(after, 0.95), unit="s", n=len(after))
    frames = played.replay.kept
    still = [one for one in frames if not one.video]
    unchanged = sum(one.unchanged for one in still)
    yield at_most("unchanged frames kept", unchanged, "frames", len(still), 0.0)
    yield Row(name="pages kept again", value=sum(one.again for one in frames), unit="frames", n=len(frames))
    filmed = sum(one.video and one.unchanged for one in frames)
    yield Row(name="frames kept for a video alone", value=filmed, unit="frames", n=len(frames))
    looks = played.replay.recording.recorder.account().looks
    yield Row(name="looks", value=looks, unit="looks", n=1)
    yield at_most("gaps in the record", played.gaps, "gaps", 1, 0.0)


def _left_out(played: _Played) -> Iterator[Row]:
    leaks, control = played.leaks, played.control
    yield at_most("left out, leaked in text or titles", leaks.texts, "canaries", len(CANARIES), 0.0)
    yield at_most("left out, leaked in pixels", leaks.pictures, "pictures", leaks.looked_at, 0.0)
    yield at_least("control: the same in a window that is kept, found in text", control.texts, "canaries", 8, 6.0)
    yield at_least("control: the same, found in pixels", control.pictures, "pictures", control.looked_at, 1.0)
    readable = played.readable
    yield at_most("files of the profile with anything readable", readable.files, "files", readable.looked_at, 0.0)


def _read(played: _Played) -> Iterator[Row]:
    frames: Sequence[Kept] = [one for one in played.replay.kept if one.drawn]
    drawn = sum(one.drawn.total() for one in frames)
    right = sum((one.drawn & one.read).total() for one in frames)
    more = sum((one.read - one.anywhere).total() for one in frames)
    yield Row(name="words right of those that were drawn", value=right / max(drawn, 1), unit="share", n=drawn)
    read = sum(one.read.total() for one in frames)
    yield Row(name="words read that were drawn nowhere", value=more / max(read, 1), unit="share", n=read)
    whole = played.whole
    yield Row(
        name="words right, frames read whole", value=whole.right, unit="share", n=whole.frames,
        baseline=whole.ours_right,
    )  # fmt: skip
    ours = sum(one.reader_s for one in frames)
    each = whole.seconds / max(whole.frames, 1)
    yield Row(
        name="reading a frame by what changed", value=ours / max(len(frames), 1), unit="s of a core", n=len(frames)
    )
    yield Row(name="reading a frame whole", value=each, unit="s of a core", n=whole.frames)
    fewer = each * len(frames) / max(ours, 1e-9)
    yield at_least("seconds of reading against whole frames", fewer, "times fewer", len(frames), _FEWER)


def _spent(played: _Played) -> Iterator[Row]:
    replay, seconds = played.replay, played.seconds
    reader = sum(one.reader_s for one in replay.kept)
    own = replay.recorder_s + replay.keeping_s
    for name, used in (
        ("looking", replay.recorder_s),
        ("comparing, masking, encoding, storing", replay.keeping_s),
        ("reading", reader),
    ):
        yield Row(name=f"processor: {name}", value=used / seconds * _PER_CENT, unit="% of a core", n=1)
    two = f"processor on {_MONITORS} monitors"
    yield at_most(f"{two}, without reading", own / seconds * _PER_CENT, "% of a core", 1, _BUSY)
    yield at_most(f"{two}, with reading", (own + reader) / seconds * _PER_CENT, "% of a core", 1, _BUSY_READING)


def _stored(played: _Played) -> Iterator[Row]:
    replay = played.replay
    active = (played.seconds - replay.session.away_s) / 3600
    mb = played.grown / 2**20
    yield at_most("on the disk an hour, without the time away", mb / active, "MB", 1, _MB_AN_HOUR)
    pictures = sum(one.picture_bytes for one in replay.kept)
    yield Row(name="of it pictures", value=pictures / 2**20 / active, unit="MB", n=len(replay.kept))
    looks = replay.recording.recorder.account().looks
    raw = mean(replay.png_bytes) * looks
    yield Row(name="bytes kept of a PNG at each look", value=played.grown / raw, unit="share", n=len(replay.png_bytes))
    hours = f"{played.seconds / 3600:.2g} hours"
    yield Row(name=f"frames kept in {hours}", value=len(replay.kept), unit="frames", n=1)
