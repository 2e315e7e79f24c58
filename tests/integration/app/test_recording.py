"""A recording of a real host on a played desktop: pauses that outlive it, what it says of itself and leaves behind."""

from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.host import Host
from app.pausing import kept_pause, pause, resume
from app.recorder_state import recorder_form, recorder_sentence, recorder_state
from app.screens import Screens
from core.capture.gate import GateState
from core.capture.screen.recorder import Label
from core.memory import Gap, Observation
from core.store import preferences
from tests.integration.app.hosts import NOW
from tests.integration.capture.at_work import AtWork, recording_at_work
from tests.unit.capture.chat.test_talk import MESSENGER, label
from tests.unit.capture.test_recorder import Desktop

HOUR = timedelta(hours=1)


class Played(Screens):
    """The way to a desktop that is only played."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.desktop = Desktop()

    def open(self) -> tuple[Desktop, Desktop]:
        return self.desktop, self.desktop


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[AtWork]:
    with recording_at_work(tmp_path / "profile", screens=Played) as made:
        yield made


# -- pauses


def test_a_pause_and_private_mode_are_kept_beside_each_other_until_somebody_ends_them(at_work: AtWork) -> None:
    host = at_work.host
    pause(host, at_work.now + HOUR)
    both = pause(host, None)
    assert both == kept_pause(host) == GateState(paused_until=at_work.now + HOUR, private=True)
    longer = pause(host, at_work.now + 2 * HOUR)
    assert longer == kept_pause(host) == GateState(paused_until=at_work.now + 2 * HOUR, private=True)
    at_work.now += 2 * HOUR
    assert kept_pause(host) == GateState(private=True), "a pause that is over is none"
    assert resume(host) == kept_pause(host) == GateState()
    with host.opened.vault.read() as db:
        assert preferences.noted(db, "recorder_pause") is None


def test_neither_a_pause_nor_its_end_takes_a_lock_away(at_work: AtWork) -> None:
    recorder = at_work.recording.recorder
    recorder.lock()
    pause(at_work.host, None)
    assert recorder.gate_state == GateState(locked=True, private=True)
    resume(at_work.host)
    assert recorder.gate_state == GateState(locked=True)


def test_a_pause_said_before_the_recording_begins_is_told_and_holds_when_it_does(at_work: AtWork) -> None:
    host, until = at_work.host, at_work.now + HOUR
    recording, host.recording = at_work.recording, None
    host.assistant.set_setting("capture.screen", True)
    pause(host, until)
    form = recorder_form(host)
    assert (form["state"], form["private"], form["until"]) == ("off", False, until.isoformat())
    pause(host, None)
    assert recorder_form(host)["private"] is True
    host.recording = recording
    resume(host)
    pause(host, until)
    at_work.killed = True
    with_pause = type(recording)(host, Played(host))
    assert with_pause.recorder.gate_state == GateState(paused_until=until)
    with_pause.recorder.close()
    with_pause.reader.close()


# -- what it says of itself


def test_what_was_just_said_is_shown_before_the_recorder_acts_on_it(at_work: AtWork) -> None:
    host, until = at_work.host, at_work.now + HOUR
    assert at_work.look() == 1
    pause(host, until)
    assert (at_work.status.state, at_work.status.reason, at_work.status.until) == ("paused", "paused", until)
    pause(host, None)
    assert (at_work.status.state, at_work.status.reason) == ("paused", "private mode")
    assert at_work.status.until is None, "private mode does not end by itself"
    resume(host)
    at_work.look()
    assert (at_work.status.state, at_work.status.until) == ("recording", None)


def test_a_pause_that_is_over_is_no_end_that_lies_ahead(at_work: AtWork) -> None:
    pause(at_work.host, at_work.now + timedelta(seconds=30))
    at_work.look()
    at_work.look()
    assert (at_work.status.state, at_work.status.until) == ("recording", None)


def test_a_locked_host_records_nothing_and_says_so(at_work: AtWork) -> None:
    at_work.look()
    at_work.killed = True
    at_work.host.lock()
    at_work.host.recording = at_work.recording
    status = recorder_state(at_work.host)
    assert (status.state, status.reason, status.last_look) == ("locked", "locked", None)


@pytest.mark.parametrize(
    ("state", "reason", "looks", "well", "begins"),
    [
        ("recording", "", 6, True, "recording: 6 looks in the last minute, 12 were due; 1 picture waits"),
        ("recording", "", 5, False, "recording: 5 looks in the last minute"),
        ("problem", "The screen does not answer.", 12, False, "The screen does not answer. 12 looks"),
        ("paused", "private mode", 0, True, "paused: private mode"),
        ("off", "", 0, True, "off"),
    ],
)
def test_it_is_well_with_half_of_the_looks_that_were_due(
    state: str, reason: str, looks: int, well: bool, begins: str
) -> None:
    form = {"state": state, "reason": reason, "looks": looks, "expected": 12, "waiting": 1}
    found, said = recorder_sentence(form)
    assert (found, said.startswith(begins)) == (well, True), said


# -- what it leaves behind


def gaps_of_the_next(at_work: AtWork) -> list[Gap]:
    """What a recording that begins now finds."""
    following = type(at_work.recording)(at_work.host, Played(at_work.host))
    found = list(following.gaps)
    following.recorder.close()
    following.reader.close()
    return found


def test_what_waits_when_it_is_stopped_is_a_gap_and_so_is_the_time_until_the_next_with_its_reason(
    at_work: AtWork,
) -> None:
    assert at_work.look() == 1
    at_work.recording.stop("the recorder was switched off")
    assert [gap.reason for gap in at_work.recording.gaps] == ["stopped before 1 picture was read"]
    stopped = at_work.now
    at_work.now += HOUR
    (gap,) = gaps_of_the_next(at_work)
    assert (gap.begins, gap.ends, gap.reason) == (stopped, at_work.now, "the recorder was switched off")


def test_a_stop_forgets_what_was_seen_and_kept(at_work: AtWork) -> None:
    reading = at_work.recording.reading
    reading._known._pages["one"] = deque()
    reading._grounds._grounds["one"] = deque()
    at_work.recording.hearing._talks["a chat"] = ()
    at_work.recording.stop()
    assert not at_work.recording.hearing._talks
    assert not reading._known._pages
    assert not reading._grounds._grounds


def test_frames_that_an_ended_recorder_left_are_a_gap_of_the_next_one(at_work: AtWork) -> None:
    at_work.host.paths.spool.mkdir(mode=0o700, exist_ok=True)
    (at_work.host.paths.spool / "dead-1.bin").write_bytes(b"nobody has the key")
    assert [gap.reason for gap in gaps_of_the_next(at_work)] == ["Mneme ended before 1 picture was read"]


def test_a_look_in_the_future_is_a_clock_that_was_set_back_and_is_said(at_work: AtWork) -> None:
    at_work.look()
    at_work.recording.write_down()
    at_work.now -= HOUR
    gap = gaps_of_the_next(at_work)[-1]
    assert (gap.begins, gap.ends) == (at_work.now, at_work.now)
    assert "set back" in gap.reason


def test_a_gap_is_written_once_and_grows(at_work: AtWork) -> None:
    recording, written = at_work.recording, []
    at_work.host.events.listen(written.append)
    for seconds in (20, 80):
        recording._gap(Gap(begins=NOW, ends=NOW + timedelta(seconds=seconds), reason="paused"))
        recording.write_down()
    assert [(gap.ends - gap.begins).total_seconds() for gap in at_work.gaps()] == [80]
    assert not recording._to_write, "what is written is not written again"


# -- chats


@pytest.mark.parametrize("on", [True, False])
def test_chats_on_the_screen_are_read_only_where_the_person_wants_it(at_work: AtWork, on: bool) -> None:
    kept: list[Observation] = []
    at_work.host.assistant.set_setting("capture.chats", on)
    at_work.recording.hearing.keep = kept.extend
    shot = MESSENGER(1).at(0)
    told: Label = label(shot, at=0, app="", url="")
    at_work.recording._hear(shot.sheet.page, told, None)
    assert bool(kept) is on
