"""What may happen to a recorder at work: each is seen on the tray's state within 30 s, and nothing is lost untold."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.pausing import kept_pause, pause, resume
from app.screens import Screens
from core.capture.screen.presets import PRESETS
from core.capture.screen.reader import Reader
from core.capture.screen.reading import SILENT_S
from core.capture.screen.recorder import Screen
from core.capture.screen.windows import Windows
from core.errors import BadInput, DiskFull, Problem
from core.settings import Capture
from tests.integration.capture.at_work import AtWork, recording_at_work
from tests.integration.capture.conftest import Watch
from tests.integration.capture.test_screen import said, settle
from tests.xserver import Desk

pytestmark = pytest.mark.display

SEEN_WITHIN_S = 30
LONG_AGO = datetime(2026, 3, 1, tzinfo=UTC)
MB = 2**20


@pytest.mark.parametrize("preset", ["light", "balanced", "thorough"])
def test_a_frozen_reader_is_seen_within_thirty_seconds_on_a_still_screen_and_its_frame_is_read_afterwards(
    screen: Desk, watch: Watch, preset: str
) -> None:
    window = screen.xterm("page", shell=said("before the frost"))
    settle(screen)
    clock = [0.0]
    reader = Reader(clock=lambda: clock[0])
    watching = watch(reader=reader, settings=Capture(preset=preset), away_since=LONG_AGO)
    try:
        watching.look()
        watching.read()
        assert reader.pid is not None
        screen.run("xdotool", "type", "--window", str(window), "read after the frost")
        settle(screen)
        watching.now += timedelta(seconds=max(0.0, PRESETS[preset].away_gap - 30))
        assert watching.look() == 1
        os.kill(reader.pid, signal.SIGSTOP)
        frozen = watching.reading_in_a_thread()
        states = []
        for _ in range(SEEN_WITHIN_S):
            clock[0] += 1
            watching.pass_time(1)
            states.append(watching.recorder.account().state)
        assert states[: int(SILENT_S) - 2] == ["recording"] * (int(SILENT_S) - 2)
        assert states[-1] == "problem"
        os.kill(reader.pid, signal.SIGCONT)
        frozen.join(60)
        watching.pass_time(2)
        assert watching.recorder.account().state == "recording"
        assert "read after the frost" in watching.kept[-1].observation.text
        assert watching.gaps == [], "nothing was lost, so nothing is drawn"
    finally:
        reader.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 MB: a profile with its reserve fits."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300m,mode=0700", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted by this user")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.usefixtures("screen")
def test_a_full_disk_is_a_problem_at_once_and_what_waits_is_kept_when_there_is_room(
    screen: Desk, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)
    window = screen.xterm("page", shell=said("before the disk was full"))
    settle(screen)
    with recording_at_work(small_disk / "profile") as work:
        assert work.look() == 1
        work.read()
        screen.run("xdotool", "type", "--window", str(window), "seen while it filled")
        settle(screen)
        assert work.look() == 1
        filler = small_disk / "filler"
        _fill(filler, small_disk)
        for _ in range(4):
            with pytest.raises(DiskFull):
                work.read()
        assert work.recording.waiting == 1, "a frame that cannot be kept now waits, however often it was tried"
        screen.run("xdotool", "type", "--window", str(window), " and seen while it was full")
        settle(screen)
        began = work.now + timedelta(seconds=31)
        assert work.look() == 0
        assert work.status.state == "problem"
        assert work.status.reason.startswith("The disk is full")
        work.now += timedelta(seconds=60)
        work.recording.recorder.tick()
        work.recording.write_down()
        filler.unlink()
        assert work.look() == 1
        work.read()
        assert work.status.state == "recording"
        assert work.finds("seen while it filled and seen while it was full")
        (gap,) = work.gaps()
        assert (gap.begins, gap.ends) == (began, work.now)
        assert gap.reason.startswith("The disk is full")


def _fill(file: Path, disk: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as out:
        while out.write(bytes(min(MB, max(4096, shutil.disk_usage(disk).free)))):
            pass
    assert shutil.disk_usage(disk).free < 64 * 1024


@pytest.fixture
def at_work(screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtWork]:
    monkeypatch.setenv("DISPLAY", screen.display)
    with recording_at_work(tmp_path / "profile") as made:
        yield made


def test_a_machine_that_slept_is_a_gap_and_its_looks_count_as_missed(screen: Desk, at_work: AtWork) -> None:
    screen.xterm("page", shell=said("before the lid was shut"))
    settle(screen)
    at_work.look()
    slept = at_work.now
    at_work.now += timedelta(hours=8)
    assert at_work.status.expected == 0, "the tray asks before the first look"
    at_work.look()
    (gap,) = at_work.gaps()
    assert (gap.begins, gap.ends) == (slept, at_work.now)
    assert gap.reason == "the machine slept, or its clock was set forward", "no time passed but on the clock"
    account = at_work.recording.recorder.account()
    assert account.expected - account.looks > 8 * 3600 / PRESETS["balanced"].away_gap - 2
    status = at_work.status
    assert status.expected == status.frames == 1, "what a night missed was not due in the last minute"


def test_before_the_first_look_it_is_not_said_to_be_switched_off(at_work: AtWork) -> None:
    assert (at_work.status.state, at_work.status.reason) == ("off", "it is about to begin")


def test_a_machine_that_fell_asleep_over_a_look_is_a_gap(screen: Desk, watch: Watch) -> None:
    screen.xterm("page", shell=said("before the lid was shut"))
    settle(screen)
    watching = watch()
    watching.look()
    watching.now += timedelta(seconds=31)
    watching.steady_s += 31
    began = watching.now
    watching.sleeps_in_a_look = timedelta(hours=8)
    watching.recorder.tick()
    assert [(gap.begins, gap.ends) for gap in watching.gaps] == [(began, began + timedelta(hours=8))]
    assert watching.gaps[0].reason == "the machine slept, or its clock was set forward"


def test_a_process_that_was_kept_from_running_blames_no_screen(screen: Desk, watch: Watch) -> None:
    screen.xterm("page", shell=said("before it stood still"))
    settle(screen)
    watching = watch()
    watching.look()
    stood = watching.now
    watching.now += timedelta(minutes=3)
    watching.steady_s += 180
    watching.recorder.stood_still(178)
    watching.recorder.watch(watching.recorder.late_s)
    assert watching.recorder.account().state == "recording"
    watching.recorder.tick()
    assert [(gap.begins, gap.ends) for gap in watching.gaps] == [(stood, watching.now)]
    assert watching.gaps[0].reason == "the machine slept, or was too busy to look at the screen"


def test_after_a_clock_that_was_set_back_a_kill_is_still_a_gap(
    screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)
    screen.xterm("page", shell=said("whatever the hour is"))
    settle(screen)
    with recording_at_work(tmp_path / "profile") as work:
        work.look()
        work.recording.write_down()
        work.now -= timedelta(days=1)
        work.look()
        work.recording.write_down()
        seen, work.killed = work.now, True
    with recording_at_work(tmp_path / "profile", now=seen + timedelta(minutes=30)) as work:
        (gap,) = work.gaps()
        assert (gap.begins, gap.ends, gap.reason) == (seen, work.now, "Mneme was not running")


def test_what_was_kept_just_before_a_kill_is_in_no_gap(
    screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)
    window = screen.xterm("page", shell=said("first"))
    settle(screen)
    with recording_at_work(tmp_path / "profile") as work:
        work.look()
        work.recording.write_down()
        screen.run("xdotool", "type", "--window", str(window), "seen last of all")
        settle(screen)
        work.now -= timedelta(seconds=11)  # a look so soon that it is not noted
        assert work.look() == 1
        work.read()
        work.recording.write_down()
        seen, work.killed = work.now, True
    with recording_at_work(tmp_path / "profile", now=seen + timedelta(minutes=30)) as work:
        (gap,) = work.gaps()
        assert (gap.begins, gap.ends) == (seen, work.now)


def test_a_clock_that_was_set_back_while_nothing_ran_is_said(tmp_path: Path) -> None:
    with recording_at_work(tmp_path / "profile") as work:
        then = work.now
    with recording_at_work(tmp_path / "profile", now=then - timedelta(hours=3)) as work:
        (gap,) = work.gaps()
        assert (gap.begins, gap.ends) == (work.now, work.now)
        assert "the clock was set back" in gap.reason


def test_whoever_quits_has_what_waits_read_first(screen: Desk, at_work: AtWork) -> None:
    screen.xterm("page", shell=said("the last thing that was seen"))
    settle(screen)
    assert at_work.look() == 1
    at_work.recording.start()
    at_work.recording.stop("Mneme was not running", finish_s=60)
    assert at_work.recording.waiting == 0
    assert not [gap for gap in at_work.recording.gaps if "read" in gap.reason]
    assert at_work.finds("the last thing that was seen")


class WithABug(Screens):
    """The desktop's screen, after one error that nobody thought of."""

    had: bool = False

    def open(self) -> tuple[Screen, Windows]:
        if not self.had:
            self.had = True
            raise ZeroDivisionError
        return super().open()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_looking_is_begun_again_after_a_bug_has_ended_it(
    screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def until_it_says(state: str) -> None:
        ends = time.monotonic() + 20
        while work.status.state != state and time.monotonic() < ends:
            time.sleep(0.05)
        assert work.status.state == state

    monkeypatch.setenv("DISPLAY", screen.display)
    screen.xterm("page", shell=said("before the bug"))
    settle(screen)
    with recording_at_work(tmp_path / "profile", screens=WithABug) as work:
        work.recording.start()
        until_it_says("problem")
        assert "started again" in work.status.reason
        work.now += timedelta(seconds=10)
        work.recording.begin_again()
        until_it_says("recording")
        assert [gap.reason for gap in work.gaps()] == ["The recorder ended unexpectedly; it is started again."]


def test_a_gap_is_on_the_timeline_while_it_lasts_and_after_a_kill(
    screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)
    screen.xterm("page", shell=said("before the pause"))
    settle(screen)
    with recording_at_work(tmp_path / "profile") as work:
        work.look()
        pause(work.host, work.now + timedelta(hours=2))
        begun = work.now + timedelta(seconds=31)
        for _ in range(6):
            work.look()
            assert work.status.state == "paused"
        (gap,) = work.gaps()
        assert (gap.begins, gap.reason) == (begun, "paused")
        assert work.now - gap.ends < timedelta(seconds=61)
        killed_at, told_until = work.now, gap.ends
        work.killed = True
    with recording_at_work(tmp_path / "profile", now=killed_at + timedelta(minutes=30)) as work:
        assert work.recording.recorder.gate_state == kept_pause(work.host)
        assert work.look() == 0
        assert work.status.state == "paused"
        first, second = work.gaps()[:2]
        assert (first.ends, first.reason) == (told_until, "paused")
        assert (second.begins, second.reason) == (told_until, "Mneme was not running")
        resume(work.host)
        assert work.look() == 1
        assert kept_pause(work.host).paused_until is None


def test_a_pause_ends_by_itself_and_private_mode_by_hand_only(screen: Desk, at_work: AtWork) -> None:
    screen.xterm("page", shell=said("not for everybody"))
    settle(screen)
    pause(at_work.host, at_work.now + timedelta(minutes=1))
    assert [at_work.look(), at_work.look()] == [0, 1]
    pause(at_work.host, None)
    assert at_work.status.reason == "private mode"
    at_work.now += timedelta(days=3)
    assert at_work.look() == 0
    pause(at_work.host, at_work.now + timedelta(minutes=1))
    at_work.now += timedelta(minutes=5)
    assert at_work.look() == 0, "a pause that is over does not end private mode"
    resume(at_work.host)
    at_work.look()
    assert at_work.status.state == "recording"


def test_there_is_nothing_to_pause_where_nothing_records(at_work: AtWork) -> None:
    recording, at_work.host.recording = at_work.host.recording, None
    with pytest.raises(BadInput, match="not being recorded"):
        pause(at_work.host, None)
    assert at_work.status.state == "off"
    at_work.host.recording = recording


def test_a_rule_that_is_added_holds_at_the_next_look_whoever_adds_it(screen: Desk, at_work: AtWork) -> None:
    window = screen.xterm("diary", shell=said("dear diary"))
    settle(screen)
    assert at_work.look() == 1
    at_work.read()
    assert at_work.finds("dear diary")
    at_work.host.add_rule("title", "diary")
    screen.run("xdotool", "type", "--window", str(window), "nobody may know of the heron")
    settle(screen)
    at_work.look()
    at_work.read()
    assert not at_work.finds("heron")


def test_a_thread_that_ended_is_a_problem_that_stays(at_work: AtWork) -> None:
    at_work.recording.recorder.watch(late_s=0.0, ended="The recorder ended unexpectedly.")
    assert at_work.status.state == "problem"
    at_work.now += timedelta(seconds=40)
    at_work.recording.recorder.watch(late_s=0.0, ended="The recorder ended unexpectedly.")
    assert [gap.reason for gap in at_work.gaps()] == ["The recorder ended unexpectedly."]


def test_gaps_that_cannot_be_written_now_are_written_later(screen: Desk, at_work: AtWork) -> None:
    screen.xterm("page", shell=said("one"))
    settle(screen)
    at_work.look()
    pause(at_work.host, at_work.now + timedelta(minutes=1))
    at_work.look()
    at_work.look()
    at_work.host.cover()
    assert at_work.host.recording is None
    with suppress(Problem):
        at_work.recording.write_down()
    at_work.host.unlock("correct horse battery staple")
    assert [gap.reason for gap in at_work.gaps()] == ["paused"]
