"""The screen under Wayland: the conversation with a portal of the tests' own over a real message bus, and its pictures.

Never run on a Wayland desktop of a person; GStreamer is played by a program of the tests that writes PNGs.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil
import pytest
from jeepney.io.blocking import DBusConnection

from app.dbus import Bus
from app.screencast.pictures import Cutter, Pictures, command, ready
from app.screencast.portal import MONITOR, WINDOW, Cast, Declined, Portal
from app.screencast.portal_child import decoded
from core.capture.gate import GateState, judge, preview
from core.capture.screen.grab import Frame
from core.capture.screen.recorder import Screen
from core.errors import CaptureProblem, Missing, Problem
from core.settings import Capture
from tests.integration.app.stage import PATIENCE_S, Stage, png, until
from tests.integration.app.stage import bus as bus
from tests.integration.app.stage import played as played
from tests.integration.app.stage import stage as stage
from tests.portal import DECLINED, ENDED, PlayedPortal

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def portal(played: PlayedPortal) -> Iterator[Portal]:
    mine = Bus("SESSION", descriptors=True)
    yield Portal(mine)
    mine.close()


def begun(portal: Portal, *, whole: bool = False, token: str = "", patience_s: float = PATIENCE_S) -> Cast:
    return portal.begin(whole_screen=whole, token=token, patience_s=patience_s)


def test_single_windows_are_asked_for_without_the_pointer_and_the_choice_is_to_last(
    played: PlayedPortal, portal: Portal
) -> None:
    cast = begun(portal)
    assert played.members() == ["CreateSession", "SelectSources", "Start"]
    assert played.options("SelectSources") == {"types": WINDOW, "multiple": True, "cursor_mode": 1, "persist_mode": 2}
    assert [(one.node, one.kind) for one in cast.streams] == [(42, WINDOW)]
    assert cast.token == "restore-me"
    assert {one.session for one in played.asked[1:]} == {cast.session}
    portal.end()
    assert played.asked[-1].member == "Close"
    assert played.asked[-1].session == cast.session


def test_the_whole_screen_is_asked_for_only_by_setting(played: PlayedPortal, portal: Portal) -> None:
    played.streams = [(7, {"source_type": ("u", 1)}), (8, {"source_type": ("u", 1)})]
    assert [one.kind for one in begun(portal, whole=True).streams] == [MONITOR, MONITOR]
    assert played.options("SelectSources")["types"] == MONITOR


def test_a_kept_choice_is_restored_by_its_token(played: PlayedPortal, portal: Portal) -> None:
    played.token = "the next one"
    assert begun(portal, token="restore-me").token == "the next one"
    assert played.options("SelectSources")["restore_token"] == "restore-me"


@pytest.mark.parametrize("how", ["response", "error"])
def test_a_token_that_is_refused_is_left_out_and_the_person_asked_anew(
    played: PlayedPortal, portal: Portal, how: str
) -> None:
    played.refuses_tokens = how
    cast = begun(portal, token="long revoked")
    assert cast.streams
    assert played.members() == [
        "CreateSession",
        "SelectSources",
        "Close",
        "CreateSession",
        "SelectSources",
        "Start",
    ]
    assert "restore_token" not in played.options("SelectSources")


def test_a_token_that_is_ignored_is_replaced_by_the_one_that_was_given(played: PlayedPortal, portal: Portal) -> None:
    assert begun(portal, token="long revoked").token == "restore-me"


def test_a_no_of_the_person_is_not_asked_about_again(played: PlayedPortal, portal: Portal) -> None:
    played.codes["Start"] = DECLINED
    with pytest.raises(Declined, match="closed the desktop's question"):
        begun(portal, token="restore-me")
    assert played.members().count("CreateSession") == 1


@pytest.mark.parametrize("step", ["CreateSession", "SelectSources", "Start"])
def test_a_step_that_is_not_granted_is_a_sentence_and_final_where_the_person_may_have_been_asked(
    played: PlayedPortal, portal: Portal, step: str
) -> None:
    played.codes[step] = ENDED
    with pytest.raises(CaptureProblem, match="did not grant") as told:
        begun(portal)
    assert isinstance(told.value, Declined) == (step == "Start")


@pytest.mark.parametrize("step", ["CreateSession", "SelectSources", "Start"])
def test_a_portal_that_denies_it_says_so(played: PlayedPortal, portal: Portal, step: str) -> None:
    played.errors[step] = "org.freedesktop.DBus.Error.AccessDenied"
    with pytest.raises(CaptureProblem, match="does not allow"):
        begun(portal)


def test_a_question_that_nobody_answers_is_taken_back(played: PlayedPortal, portal: Portal) -> None:
    played.silent.add("Start")
    with pytest.raises(Declined, match="was not answered"):
        begun(portal, patience_s=0.5)
    assert played.asked[-1].member == "Close"
    assert "/request/" in played.asked[-1].session


def test_an_answer_that_comes_before_its_calls_own_is_not_lost(played: PlayedPortal, portal: Portal) -> None:
    played.early = True
    assert begun(portal, patience_s=5.0).streams


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_portal_too_old_to_keep_choices_is_not_asked_to(played: PlayedPortal, portal: Portal, version: int) -> None:
    played.version = version
    cast = begun(portal, token="restore-me")
    assert cast.token == ""
    asked = played.options("SelectSources")
    assert asked == {"types": WINDOW, "multiple": True} | ({"cursor_mode": 1} if version > 1 else {})


@pytest.mark.parametrize("about", [{"source_type": ("u", 1)}, {}], ids=["a monitor", "not told"])
def test_a_screen_offered_where_windows_were_asked_for_is_refused(
    played: PlayedPortal, portal: Portal, about: dict[str, tuple[str, int]]
) -> None:
    played.streams.append((9, about))
    with pytest.raises(CaptureProblem, match="nothing is recorded"):
        begun(portal)
    assert played.asked[-1].member == "Close"


def test_nothing_picked_is_a_sentence(played: PlayedPortal, portal: Portal) -> None:
    played.streams = []
    with pytest.raises(Declined, match="Nothing was picked"):
        begun(portal)


def test_a_portal_without_single_windows_points_to_the_setting_and_its_meaning(
    played: PlayedPortal, portal: Portal
) -> None:
    played.kinds = MONITOR
    with pytest.raises(CaptureProblem, match=r"only the whole screen.*wayland_whole_screen"):
        begun(portal)
    assert played.asked == []


def test_a_session_that_the_desktop_ends_is_noticed(played: PlayedPortal, portal: Portal) -> None:
    cast = begun(portal)
    assert not portal.over()
    played.close_session("/org/freedesktop/portal/desktop/session/someone/elses")
    played.close_session(cast.session)
    until = time.monotonic() + PATIENCE_S
    while not portal.over() and time.monotonic() < until:
        time.sleep(0.01)
    assert portal.over()


def test_without_a_portal_it_says_what_to_install(bus: DBusConnection) -> None:
    with closing(Bus("SESSION", descriptors=True)) as mine, pytest.raises(CaptureProblem, match="xdg-desktop-portal"):
        begun(Portal(mine))


# -- pictures


def test_pictures_are_cut_apart_wherever_the_pipe_breaks_them() -> None:
    files = [png(30, 20, 10), png(7, 5, 250), png(300, 200, 90)]
    for step in (1, 7, 64, 100_000):
        cutter, found = Cutter(), []
        stream = b"".join(files)
        for at in range(0, len(stream), step):
            found += cutter.take(stream[at : at + step])
        assert found == files
        assert not cutter.within


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(CaptureProblem, match="cannot be read"):
        Cutter().take(b"\x00" * 100)
    for spoilt in (b"", png(5, 5, 1)[:40], b"\x89PNG\r\n\x1a\n" + bytes(200)):
        with pytest.raises(CaptureProblem, match="cannot be read"):
            decoded(spoilt)


def test_a_picture_larger_than_can_be_handed_on_is_halved() -> None:
    assert decoded(png(800, 600, 3)).shape == (600, 800, 3)
    assert decoded(png(8192, 4096, 3)).shape == (2048, 4096, 3)


def test_the_newest_picture_is_taken_and_a_still_screen_gives_none(tmp_path: Path) -> None:
    program = (
        "import sys,time,pathlib\n"
        "for name in sys.argv[1:]:\n"
        "    sys.stdout.buffer.write(pathlib.Path(name).read_bytes()); sys.stdout.buffer.flush()\n"
        "time.sleep(60)\n"
    )
    files = [tmp_path / f"{shade}.png" for shade in (10, 20)]
    for file in files:
        file.write_bytes(png(40, 30, int(file.stem)))
    with closing(Pictures([sys.executable, "-c", program, *map(str, files)])) as pictures:
        assert pictures.newest(PATIENCE_S) == files[1].read_bytes()
        assert pictures.seen == 2
        assert not pictures.waiting()
        assert pictures.newest(0.0) is None


def test_a_stream_that_ends_is_a_sentence() -> None:
    with (
        closing(Pictures([sys.executable, "-c", ""])) as pictures,
        pytest.raises(CaptureProblem, match="has ended"),
    ):
        pictures.newest(PATIENCE_S)


def test_a_program_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(CaptureProblem, match="could not be started"):
        Pictures([str(tmp_path / "gst-launch-1.0")])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match=r"gstreamer1\.0-pipewire"):
        ready()


def test_the_pipeline_drops_what_is_old_and_writes_rgb_pngs() -> None:
    words = command(5, 42)
    assert words[:5] == ["gst-launch-1.0", "-q", "pipewiresrc", "fd=5", "path=42"]
    assert "leaky=downstream" in words
    assert words.index("queue") < words.index("video/x-raw,format=RGB") < words.index("pngenc") < words.index("fdsink")


# -- the helper's process, with a GStreamer that is played


def test_a_picked_window_is_seen_its_changes_noticed_and_its_choice_kept(stage: Stage) -> None:
    stage.show(42, png(640, 480, 30))
    screen, windows = stage.cast().open()
    (frame,) = screen.grab(NOW)
    assert (frame.monitor, frame.pixels.shape, frame.geometry.width) == ("window 1", (480, 640, 3), 640)
    assert int(frame.pixels.mean()) == 30
    assert stage.tokens == ["restore-me"]
    assert (windows.idle_s(), windows.pointer()) == (12.0, None)
    still = windows.front()
    frame.pixels[:] = 0
    assert windows.front() == still
    (again,) = screen.grab(NOW)
    assert int(again.pixels.mean()) == 30, "what the recorder blackens is not what is held"
    stage.show(42, png(320, 200, 90))
    until(lambda: windows.front() != still)
    (changed,) = screen.grab(NOW)
    assert (changed.pixels.shape, int(changed.pixels.mean())) == ((200, 320, 3), 90)


def test_what_was_picked_is_kept_without_a_name_and_the_preview_says_what_it_is(stage: Stage) -> None:
    stage.show(42, png(64, 48, 30))
    screen, windows = stage.cast().open()
    list(screen.grab(NOW))
    verdict = judge(windows.visible(), (), Capture(), NOW, GateState())
    assert verdict.keep
    assert preview(verdict) == ("Would be kept: a window that you picked.",)


def test_several_streams_are_frames_of_their_own_in_places_of_their_own(stage: Stage) -> None:
    stage.portal.streams = [(1, {"source_type": ("u", 1)}), (2, {"source_type": ("u", 1)})]
    stage.show(1, png(100, 80, 10))
    stage.show(2, png(120, 90, 20))
    screen, windows = stage.cast(whole=True).open()
    frames: list[Frame] = []

    def both() -> bool:
        frames[:] = screen.grab(NOW)
        return len(frames) == 2

    until(both)
    first, second = frames
    assert (first.monitor, second.monitor) == ("monitor 1", "monitor 2")
    assert first.geometry.meet(second.geometry).empty
    assert [window.cls for window in windows.visible()] == ["the whole screen", "the whole screen"]
    assert np.asarray(second.pixels).shape == (90, 120, 3)


def test_while_the_question_stands_open_it_says_so_and_begins_once_it_is_answered(stage: Stage) -> None:
    stage.portal.silent.add("Start")
    cast = stage.cast()
    with pytest.raises(CaptureProblem, match="asks what Mneme may record"):
        cast.open()
    with pytest.raises(CaptureProblem, match="asks what Mneme may record"):
        cast.open()
    assert stage.portal.members().count("Start") == 1


def test_a_no_stays_a_no_until_recording_is_switched_on_anew(stage: Stage) -> None:
    stage.portal.codes["Start"] = DECLINED
    cast = stage.cast()
    for _ in range(3):
        with pytest.raises(Problem, match="closed the desktop's question"):
            cast.open()
    assert stage.portal.members().count("Start") == 1
    cast.close()
    stage.portal.codes.clear()
    stage.show(42, png(64, 48, 30))
    assert stage.cast().open()


def test_a_session_that_was_given_back_is_restored_without_a_question(stage: Stage) -> None:
    stage.show(42, png(64, 48, 30))
    cast = stage.cast()
    screen, windows = cast.open()
    list(screen.grab(NOW))
    for one in (windows, screen):
        one.close()
    with pytest.raises(CaptureProblem, match="has ended"):
        windows.front()
    again, _ = cast.open()
    assert stage.portal.options("SelectSources")["restore_token"] == "restore-me"
    assert [frame.pixels.shape for frame in again.grab(NOW)] == [(48, 64, 3)]


def test_the_programs_of_the_pictures_end_with_the_helper(stage: Stage) -> None:
    stage.show(42, png(64, 48, 30))
    screen, _ = stage.cast().open()
    list(screen.grab(NOW))
    playing = _pictures(stage)
    assert len(playing) == 1
    screen.close()
    assert psutil.wait_procs(playing, PATIENCE_S)[1] == []


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_recording_that_the_person_ends_in_the_desktops_menu_is_not_begun_again_by_itself(stage: Stage) -> None:
    stage.show(42, png(64, 48, 30))
    cast = stage.cast()
    screen, windows = cast.open()
    list(screen.grab(NOW))
    started = next(one for one in stage.portal.asked if one.member == "Start")
    stage.portal.close_session(started.session)

    def ended() -> bool:
        try:
            windows.front()
        except Problem as problem:
            return "ended the recording" in problem.title
        return False

    until(ended)
    for one in (windows, screen):
        one.close()
    for _ in range(2):
        with pytest.raises(CaptureProblem, match="ended the recording"):
            cast.open()
    assert stage.portal.members().count("CreateSession") == 1


def test_pictures_that_end_with_the_session_are_its_end_and_others_are_begun_again(stage: Stage) -> None:
    stage.show(42, png(64, 48, 30))
    cast = stage.cast()
    screen, _ = cast.open()
    list(screen.grab(NOW))
    _kill_pictures(stage)
    until(lambda: "picture has ended" in _why_not(screen))
    screen.close()
    screen, _ = cast.open()
    list(screen.grab(NOW))
    started = [one for one in stage.portal.asked if one.member == "Start"]
    assert len(started) == 2
    _kill_pictures(stage)
    stage.portal.close_session(started[-1].session)
    until(lambda: bool(_why_not(screen)))
    assert "ended the recording" in _why_not(screen)


def _why_not(screen: Screen) -> str:
    """Why there is no picture; empty when there is."""
    try:
        list(screen.grab(NOW))
    except Problem as problem:
        return problem.title
    return ""


def _pictures(stage: Stage) -> list[psutil.Process]:
    return [one for one in psutil.process_iter() if str(stage.root / "bin") in " ".join(_words(one))]


def _kill_pictures(stage: Stage) -> None:
    for one in _pictures(stage):
        one.kill()


def test_a_screen_on_which_nothing_moves_begins_with_its_first_change(stage: Stage) -> None:
    cast = stage.cast()
    for _ in range(2):
        with pytest.raises(CaptureProblem, match="no picture yet"):
            cast.open()
    stage.show(42, png(64, 48, 30))
    opened: list[Screen] = []

    def begins() -> bool:
        try:
            opened.append(cast.open()[0])
        except CaptureProblem:
            return False
        return True

    until(begins)
    assert [frame.pixels.shape for frame in opened[0].grab(NOW)] == [(48, 64, 3)]
    assert stage.portal.members().count("Start") == 1


def test_the_helper_opens_no_socket_to_another_machine() -> None:
    program = (
        "import socket, sys\n"
        "from core.inference.serving import _refuse_far_sockets\n"
        "near = socket.socketpair()[0]\n"
        "sys.addaudithook(_refuse_far_sockets)\n"
        "socket.socket(socket.AF_UNIX).close()\n"
        "for far in (lambda: socket.socket(socket.AF_INET), lambda: socket.getaddrinfo('localhost', 80)):\n"
        "    try:\n"
        "        far()\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused", "refused"]
