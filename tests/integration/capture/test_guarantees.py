"""The eight guarantees of recording the screen, each tried on a real X server, one test named after each."""

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from core.capture.screen.grab import Grabber
from core.capture.screen.presets import PRESETS
from core.capture.screen.recorder import STUCK_S
from core.events import RecorderChanged
from core.paths import ProfilePaths
from tests.integration.capture.at_work import AtWork, recording_at_work
from tests.integration.capture.conftest import Watch
from tests.integration.capture.test_screen import place, said, settle
from tests.integration.capture.watching import Watching
from tests.xserver import Desk, desk

pytestmark = pytest.mark.display

BALANCED = PRESETS["balanced"]
MANAGED = pytest.mark.parametrize("managed", [True, False], ids=["openbox", "no window manager"])
CANARY = "quetzalcoatl feathers"


@contextmanager
def any_desk(home: Path, managed: bool) -> Iterator[Desk]:
    home.mkdir(exist_ok=True)
    with desk(home, manager=managed) as made:
        yield made


@pytest.fixture
def at_work(screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtWork]:
    monkeypatch.setenv("DISPLAY", screen.display)
    with recording_at_work(tmp_path / "profile") as made:
        yield made


def _until_painted(watching: Watching) -> int:
    """The frames of the look that lets the new line through: a few letters must stay for two looks, to be no clock."""
    for _ in range(20):
        if frames := watching.look():
            return frames
        time.sleep(0.3)
    return 0


@MANAGED
def test_guarantee_1_every_change_of_what_can_be_read_is_kept_and_a_clock_or_a_caret_is_no_change(
    tmp_path: Path, watch: Watch, managed: bool
) -> None:
    lines = [
        "ok",
        "Dana: see you at six",
        "yes",
        "Tom: bring the keys",
        "no",
        "ja",
        "the blue one",
        "hi",
        "Rent is due Friday",
    ]
    with any_desk(tmp_path / "desk", managed) as screen:
        chat = tmp_path / "chat"
        chat.write_text("Team chat\n")
        screen.xterm("chat", shell=f"exec tail -n 40 -f {chat}", geometry="60x20+20+20")
        ticking = "while :; do printf '\\r%s' \"$(date +%T)\"; sleep 0.5; done"
        screen.xterm("clock", shell=ticking, geometry="20x2+800+20", options=("-bc", "-bcf", "200", "-bcn", "200"))
        settle(screen)
        watching = watch(on=screen)
        frames = [watching.look()]
        for line in lines:
            with chat.open("a") as out:
                out.write(line + "\n")
            settle(screen)
            frames += [_until_painted(watching)]
            time.sleep(0.6)
            frames += [watching.look()]
        kept = watching.read()
        watching.recorder.close()
    assert frames[0] == 1
    seen = dict(zip(lines, frames[1::2], strict=True))
    assert all(seen.values()), f"a new line was not let through: {seen}"
    after = frames[2::2]
    assert after == [0] * len(after), "the clock alone was taken for a change"
    words = " ".join(" ".join(one.observation.text.split()) for one in kept)
    for line in lines:
        assert f" {line.split(': ')[-1]} " in f" {words} ", "as words of their own: two letters stand in many words"


def test_guarantee_2_while_someone_works_it_looks_every_five_seconds_and_at_rest_hardly_ever(
    screen: Desk, watch: Watch
) -> None:
    screen.xterm("work", shell=said("nothing moves"))
    settle(screen)
    watching = watch()
    watching.look()
    for _ in range(6):
        before = watching.recorder.account().looks
        screen.run("xdotool", "mousemove_relative", "--", "3", "2")
        watching.pass_time(BALANCED.greatest_gap + BALANCED.poll)
        assert watching.recorder.account().looks > before, "five seconds of work without a look"
    resting = watch(away_since=watching.now, root=watching.root.with_name("resting"))
    resting.look()
    resting.pass_time(100)  # until nobody is taken to be there
    looks = resting.recorder.account().looks
    resting.pass_time(600)
    assert 600 / BALANCED.away_gap - 2 <= resting.recorder.account().looks - looks <= 600 / BALANCED.away_gap + 1
    assert (resting.recorder.account().frames, resting.gaps, watching.gaps) == (1, [], [])
    assert resting.recorder.account().state == "recording"


def test_guarantee_3_a_look_waits_for_no_reader_and_for_no_vault(screen: Desk, at_work: AtWork) -> None:
    window = screen.xterm("notes", shell=said("before everything is busy"))
    settle(screen)
    assert at_work.look() == 1
    at_work.read()
    reader = at_work.recording.reader.pid
    assert reader is not None
    frames = []
    os.kill(reader, signal.SIGSTOP)
    try:
        for number in range(3):
            screen.run("xdotool", "type", "--window", str(window), f"line number {number} of many words ")
            settle(screen)
            looking = threading.Thread(target=lambda: frames.append(at_work.look()))
            with at_work.host.opened.vault.write():
                looking.start()
                looking.join(30)
                assert not looking.is_alive(), "the look waits for a vault that is being written"
            if number == 0:
                reading = at_work.reading()
    finally:
        os.kill(reader, signal.SIGCONT)
    reading.join(60)
    assert frames == [1, 1, 1]
    at_work.read()
    assert at_work.recording.reading.read == 4
    assert at_work.recording.gaps == []


def test_guarantee_4_what_is_on_the_screen_is_found_before_ten_seconds_are_over(screen: Desk, at_work: AtWork) -> None:
    """The longest wait for a look is by the clock of the test; the reading's seconds are measured by the bench."""
    assert BALANCED.greatest_gap + BALANCED.poll < 10
    window = screen.xterm("page", shell=said("an old page"))
    for number in range(4):
        screen.run("xdotool", "type", "--window", str(window), f"older line {number} with some words ")
        settle(screen)
        assert at_work.look() == 1
    screen.run("xdotool", "key", "--window", str(window), "Return")
    screen.run("xdotool", "type", "--window", str(window), "the ferry to Helsinki leaves at noon")
    settle(screen)
    screen.run("xdotool", "mousemove_relative", "--", "3", "2")
    ends = at_work.now + timedelta(seconds=BALANCED.greatest_gap + BALANCED.poll)
    while at_work.recording.waiting < 5 and at_work.now < ends:
        at_work.now += timedelta(seconds=at_work.recording.recorder.tick())
    assert at_work.recording.waiting == 5
    assert at_work.recording.reading.step(), "the newest is read first, however many wait"
    assert at_work.finds("ferry to Helsinki")


@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_guarantee_5_nothing_is_dropped_in_silence(screen: Desk, at_work: AtWork, tmp_path: Path) -> None:
    window = screen.xterm("page", shell=said("one"))
    settle(screen)
    spool = ProfilePaths(tmp_path / "profile").spool
    dropped = []
    for number in range(3):
        screen.run("xdotool", "type", "--window", str(window), f"line {number} of the page, with some more words ")
        settle(screen)
        assert at_work.look() == 1
        if number:
            (waiting,) = spool.iterdir()
            waiting.write_bytes(b"") if number == 1 else waiting.unlink()
            dropped.append(at_work.now)
        at_work.read()
    assert [gap.begins for gap in at_work.gaps()] == dropped
    assert {gap.reason for gap in at_work.gaps()} == {"A picture that waited to be read was damaged and is lost."}
    screen.close()
    assert at_work.look() == 0
    assert at_work.status.state == "problem"
    at_work.now += timedelta(seconds=20)
    at_work.recording.recorder.close()
    assert len({gap.reason for gap in at_work.gaps()}) == 2
    gc.collect()  # python-xlib leaves the socket of a server that is gone to it


def test_guarantee_6_recording_is_only_shown_while_frames_are_made(screen: Desk, at_work: AtWork) -> None:
    assert at_work.status.state == "off"
    screen.xterm("page", shell=said("seen before the display froze"))
    settle(screen)
    at_work.look()
    assert at_work.status.state == "recording"
    assert at_work.status.last_look == at_work.now
    server = screen.running[0]
    server.send_signal(signal.SIGSTOP)
    stuck = threading.Thread(target=at_work.look)
    try:
        stuck.start()
        stuck.join(1)
        assert stuck.is_alive()
        at_work.watch_after(STUCK_S - 1)
        assert at_work.status.state == "recording"
        at_work.watch_after(STUCK_S + 2)
        assert at_work.status.state == "problem"
        assert RecorderChanged("problem", "The screen does not answer. Nothing is being recorded.") in at_work.events
        at_work.now += timedelta(seconds=5)
        at_work.watch_after(STUCK_S + 5)
        assert [gap.reason for gap in at_work.gaps()] == ["The screen does not answer."]
    finally:
        server.send_signal(signal.SIGCONT)
        stuck.join(30)
    at_work.look()
    assert at_work.status.state == "recording"
    (gap,) = at_work.gaps()
    assert gap.begins < gap.ends <= at_work.now


@MANAGED
def test_guarantee_7_what_is_excluded_leaves_no_pixel_no_text_and_no_title_on_any_monitor(
    tmp_path: Path, watch: Watch, managed: bool
) -> None:
    with any_desk(tmp_path / "desk", managed) as screen:
        screen.split(640, 640)
        secret = screen.xterm("bank - KeePassXC", shell=said(CANARY), geometry="30x6+700+60", size=12)
        beside = screen.xterm("Bitwarden", shell=said(CANARY), geometry="30x6+80+400", size=12)
        screen.xterm("letter", shell=said("Dear neighbour"), geometry="40x8+60+60", size=12)
        settle(screen)
        places = [place(screen, secret), place(screen, beside)]
        watching = watch(on=screen)
        assert watching.look() == 2
        kept = watching.read()
        watching.recorder.close()
    assert "Dear neighbour" in " ".join(one.observation.text for one in kept)
    for one in kept:
        for word in (*CANARY.split(), "KeePassXC", "Bitwarden", "bank"):
            assert word not in repr(one.observation)
    (left,) = [one for one in kept if "neighbour" in one.observation.text]
    inside = left.pixels[places[1].top : places[1].bottom, places[1].left : places[1].right]
    assert inside.size
    assert not inside.any()
    assert len(kept) == 1, "a monitor with nothing but what is left out has no words, and so no picture"


def test_guarantee_8_its_own_windows_are_never_captured(screen: Desk, watch: Watch) -> None:
    ours = screen.xterm("Mneme", shell=said(CANARY), geometry="40x8+500+300")
    screen.xterm("letter", shell=said("Dear neighbour"), geometry="40x8+20+20")
    settle(screen)
    process = int(screen.run("xdotool", "getwindowpid", str(ours)))
    watching = watch(own=frozenset({process}))
    for window in (None, ours):
        if window is not None:
            screen.run("xdotool", "windowactivate", "--sync", str(window))
            settle(screen)
        watching.look()
    where = place(screen, ours)
    kept = watching.read()
    assert kept
    with Grabber(screen.display) as grabber:
        (frame,) = grabber.grab(watching.now)
    assert np.ptp(frame.pixels[where.top : where.bottom, where.left : where.right]) > 0
    for one in kept:
        assert "quetzalcoatl" not in repr(one.observation)
        assert not one.pixels[where.top : where.bottom, where.left : where.right].any()
