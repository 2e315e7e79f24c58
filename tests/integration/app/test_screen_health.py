"""What the doctor says of the screen, on a real X server and in sessions that are none."""

from contextlib import closing
from pathlib import Path

import pytest

from app.screen_health import looked_at
from core.capture.screen.windows import desktop
from tests.integration.capture.clients import Client
from tests.xserver import desk


@pytest.fixture(autouse=True)
def no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.display
def test_monitors_and_windows_of_an_x_server_are_counted_and_never_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(tmp_path, manager=False) as shown, closing(Client(shown.display)) as client:
        monkeypatch.setenv("DISPLAY", shown.display)
        client.window(b"quetzalcoatl")
        seen = looked_at()
        assert seen.ok
        assert seen.said.startswith("X11: 1 monitor, 1 window can be told apart")
        shown.split(640, 640)
        client.window(b"another", place=(400, 300, 90, 90))
        assert looked_at().said.startswith("X11: 2 monitors, 2 windows can be told apart")
        assert "quetzalcoatl" not in looked_at().said


@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_does_not_answer_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4093")
    seen = looked_at()
    assert not seen.ok
    assert seen.remedy


def test_without_a_display_there_is_nothing_to_record() -> None:
    assert desktop() != "x11" or looked_at().said == "no display, so nothing to record"


def test_under_wayland_it_says_that_it_is_off_and_whether_gstreamer_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("PATH", str(tmp_path))
    seen = looked_at()
    assert seen.ok
    assert seen.said.startswith("Wayland: off")
    assert "gstreamer1.0-pipewire" in seen.said
    for name in ("gst-launch-1.0", "gst-inspect-1.0"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 0\n")
        (tmp_path / name).chmod(0o755)
    assert looked_at().said.endswith("GStreamer with PipeWire is there")
