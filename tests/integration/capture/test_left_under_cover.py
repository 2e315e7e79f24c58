"""The session is locked: no look more, covered at once, and pictures that were taken before are read for a while."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import recording as recording_module
from app.desk import HostDesk
from app.host import Host
from app.screens import Screens
from app.session import Happened
from core.capture.screen.recorder import Screen
from core.capture.screen.windows import Windows
from core.errors import Locked
from core.events import RecorderChanged
from tests.integration.app.hosts import PASSPHRASE, hosting
from tests.integration.app.test_covered import nothing_is_read
from tests.integration.capture.at_work import AtWork, recording_at_work
from tests.integration.capture.test_screen import said, settle
from tests.xserver import Desk

pytestmark = pytest.mark.display
PATIENCE_S = 90.0


def until(true: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


@pytest.fixture
def at_work(screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtWork]:
    """One picture waits, and its reader is only about to be started."""
    monkeypatch.setenv("DISPLAY", screen.display)
    screen.xterm("page", shell=said("the last thing before the lock"))
    settle(screen)
    with recording_at_work(tmp_path / "profile") as made:
        assert made.look() == 1
        made.recording.start()
        yield made


def read_gaps(work: AtWork) -> list[str]:
    return [gap.reason for gap in work.gaps() if "read" in gap.reason]


def test_what_waits_at_a_session_lock_is_read_under_the_cover_and_nothing_else_is(at_work: AtWork) -> None:
    at_work.host.cover()
    assert at_work.recording._unread, "it was read before the lock: the test shows nothing"
    assert at_work.status.state == "locked"
    nothing_is_read(at_work.host)
    until(lambda: at_work.host.recording is None)
    nothing_is_read(at_work.host)
    assert at_work.recording.reader.pid is None
    assert not list(at_work.host.paths.spool.glob("*"))
    at_work.host.unlock(PASSPHRASE)
    assert at_work.finds("the last thing before the lock")
    assert read_gaps(at_work) == []


def test_what_is_not_read_in_time_is_a_gap_that_tells_how_many_and_from_when(
    at_work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_module, "FINISH_S", 0.0)
    at_work.host.cover()
    until(lambda: at_work.host.recording is None)
    at_work.host.unlock(PASSPHRASE)
    (gap,) = [gap for gap in at_work.recording.gaps if "read" in gap.reason]
    assert gap.reason == "stopped before 1 picture was read"
    assert gap.begins == gap.ends, "the moment of the one that was lost"
    assert not at_work.finds("the last thing before the lock")


def test_who_locks_by_hand_meanwhile_ends_the_reading_with_the_key(at_work: AtWork) -> None:
    at_work.host.cover()
    at_work.host.lock()
    assert at_work.host.recording is None
    assert at_work.recording.reader.pid is None
    assert at_work.recording.waiting == 0
    with pytest.raises(Locked), at_work.host.leased():
        pass


class Stuck(Screens):
    """A screen that does not answer until it is told to."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.asked, self.answers = threading.Event(), threading.Event()

    def open(self) -> tuple[Screen, Windows]:
        self.asked.set()
        self.answers.wait(PATIENCE_S)
        return super().open()


def test_a_screen_that_does_not_answer_holds_up_no_cover(
    screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)
    made: list[Stuck] = []

    def stuck(host: Host) -> Stuck:
        made.append(Stuck(host))
        return made[-1]

    with recording_at_work(tmp_path / "profile", screens=stuck) as work:
        work.recording.start()
        assert made[0].asked.wait(PATIENCE_S)
        work.host.cover()
        assert work.host.covered
        nothing_is_read(work.host)
        assert work.recording._threads[0].is_alive(), "the look came back: the test shows nothing"
        made[0].answers.set()
        until(lambda: work.host.recording is None)
        assert work.recording.account().looks == 0


def test_who_is_back_before_all_is_read_loses_nothing_and_it_records_on(
    screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)
    screen.xterm("page", shell=said("read by the one who was there before"))
    settle(screen)
    with hosting(tmp_path / "profile", stays=True) as host:
        clock = [host.clock()]
        host.clock = lambda: clock[0]
        desk = HostDesk(host)
        try:
            host.assistant.set_setting("capture.screen", True)
            recording = host.recording
            assert recording is not None
            until(lambda: recording.account().frames)
            desk.session_told(Happened.LOCKED)
            assert recording._unread, "it was read before the lock: the test shows nothing"
            begun = clock[0]
            clock[0] += timedelta(minutes=5)
            states: list[str] = []
            host.events.listen(lambda event: states.append(event.state) if isinstance(event, RecorderChanged) else None)
            desk.unlock(PASSPHRASE)
            assert host.recording is recording
            until(lambda: desk.recorder().state == "recording")
            assert "problem" not in states
            assert recording.wait_until_read(PATIENCE_S)
            recording.write_down()
            assert host.assistant.recall("read by the one who was there before", clock[0]).hits
            (gap,) = host.assistant.day(clock[0].date(), clock[0]).gaps
            assert (gap.begins, gap.ends, gap.reason) == (begun, clock[0], "the session was locked")
        finally:
            desk.close()
