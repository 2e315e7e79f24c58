"""The screen of a Wayland session in a real host: off until allowed, picked by the person, remembered in the vault."""

import io
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from app.host import Host
from app.preview import look_once
from app.recording import Recording
from app.screens import Screens
from core.errors import CaptureProblem, Problem
from core.store import preferences
from tests.integration.app.hosts import hosting
from tests.integration.app.stage import Stage, png, until
from tests.integration.app.stage import bus as bus
from tests.integration.app.stage import played as played
from tests.integration.app.stage import stage as stage
from tests.portal import DECLINED


@pytest.fixture
def host(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    with hosting(tmp_path / "profile") as made:
        yield made


def allowed(host: Host, **more: bool) -> Host:
    for key, value in {"untried_systems": True, **more}.items():
        host.assistant.set_setting(f"capture.{key}", value)
    return host


def page(text: str) -> bytes:
    image = Image.new("RGB", (640, 360), "white")
    ImageDraw.Draw(image).text((40, 60), text, fill="black", font=ImageFont.load_default(28))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_until_it_is_allowed_nothing_is_asked_of_the_desktop(host: Host, stage: Stage) -> None:
    with pytest.raises(CaptureProblem, match="it is off"):
        Screens(host).open()
    with pytest.raises(CaptureProblem, match="it is off"):
        look_once(host)
    assert stage.portal.asked == []


def test_a_preview_shows_what_was_picked_and_remembers_the_choice_in_the_vault_alone(
    host: Host, stage: Stage, tmp_path: Path
) -> None:
    stage.portal.token = "quetzalcoatl-restores"
    stage.show(42, png(320, 200, 77))
    listed, picture, sentences = look_once(allowed(host))
    assert listed == [("", "", "")]
    assert sentences == ("Would be kept: a window that you picked.",)
    assert Image.open(io.BytesIO(picture)).size == (320, 200)
    with host.opened.vault.read() as db:
        assert preferences.noted(db, "screencast_windows") == "quetzalcoatl-restores"
        assert preferences.noted(db, "screencast_screen") is None
    kept = b"".join(file.read_bytes() for file in (tmp_path / "profile").rglob("*") if file.is_file())
    assert b"quetzalcoatl" not in kept
    stage.portal.good_tokens.add("quetzalcoatl-restores")
    look_once(host)
    assert stage.portal.options("SelectSources")["restore_token"] == "quetzalcoatl-restores"


def test_the_choice_of_windows_is_never_used_for_the_whole_screen(host: Host, stage: Stage) -> None:
    stage.show(42, png(320, 200, 77))
    look_once(allowed(host))
    stage.portal.streams = [(42, {"source_type": ("u", 1)})]
    _, _, sentences = look_once(allowed(host, wayland_whole_screen=True))
    assert "restore_token" not in stage.portal.options("SelectSources")
    assert sentences == ("Would be kept: the whole screen.",)


def test_a_preview_that_is_declined_says_so(host: Host, stage: Stage) -> None:
    stage.portal.codes["Start"] = DECLINED
    with pytest.raises(Problem, match="closed the desktop's question"):
        look_once(allowed(host))


def test_without_gstreamer_the_person_is_not_asked_at_all(
    host: Host, stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(Problem, match="GStreamer"):
        look_once(allowed(host))
    assert stage.portal.asked == []


def test_a_picked_window_is_recorded_read_and_found(host: Host, stage: Stage) -> None:
    stage.show(42, page("The ferry leaves at noon"))
    recording = Recording(allowed(host))
    recording.start()
    try:
        until(lambda: bool(recording.saved), patience_s=90.0)
        assert recording.account().state == "recording"
    finally:
        recording.stop()
    found = host.assistant.recall("ferry", datetime.now(UTC))
    assert "The ferry leaves at noon" in found.hits[0].memory.text


def test_a_no_is_shown_as_a_problem_and_not_asked_about_again(host: Host, stage: Stage) -> None:
    stage.portal.codes["Start"] = DECLINED
    recording = Recording(allowed(host))
    recording.start()
    try:
        until(lambda: "closed the desktop's question" in recording.account().reason)
        assert recording.account().state == "problem"
    finally:
        recording.stop()
    assert stage.portal.members().count("Start") == 1
