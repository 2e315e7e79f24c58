"""`mneme capture`, `pause`, `resume`, `recorder` and `rules test` as a script or a person at a terminal uses them."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.end2end.command_line import Mneme
from tests.xserver import Desk, desk

pytestmark = pytest.mark.display

PATIENCE_S = 90.0


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desk]:
    home = tmp_path / "home"
    home.mkdir()
    with desk(home, screen="900x600x24") as made:
        made.xterm("notes", shell="echo The heron stands in the reeds; exec cat", geometry="60x8+20+20")
        made.xterm("vault - KeePassXC", shell="echo quetzalcoatl; exec cat", geometry="30x6+20+350")
        time.sleep(0.7)
        yield made


@pytest.fixture
def mneme(tmp_path: Path) -> Mneme:
    made = Mneme(tmp_path / "profile")
    made.run("remember", "The first note of all.", "--no-wait")
    return made


def recorded(mneme: Mneme, screen: Desk, *words: str) -> "subprocess.Popen[str]":
    environment = mneme.environment() | {name: screen.environment[name] for name in ("DISPLAY", "XDG_SESSION_TYPE")}
    environment.pop("WAYLAND_DISPLAY", None)
    return subprocess.Popen(
        mneme.words(*words), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: "subprocess.Popen[str]") -> list[dict[str, object]]:
    out, err = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in err
    return [json.loads(line) for line in out.splitlines()]


def test_a_recording_for_some_seconds_tells_all_that_it_did(mneme: Mneme, screen: Desk) -> None:
    *saved, last = ended(recorded(mneme, screen, "capture", "--seconds", "4", "--json"))
    assert set(last) == {
        "state", "reason", "looks", "expected", "frames", "read", "unread", "saved_count", "gaps",
    }  # fmt: skip
    assert (last["state"], last["reason"], last["gaps"], last["unread"]) == ("recording", "", [], 0)
    assert int(str(last["looks"])) == int(str(last["expected"])) >= 1
    assert last["frames"] == last["read"] == last["saved_count"] == 1
    ids = [id for line in saved for id in line["saved"]]  # type: ignore[attr-defined]
    assert len(ids) == 1
    found = mneme.run("memories", "show", ids[0], "--json").one()
    assert "heron stands" in json.dumps(found)
    assert "quetzalcoatl" not in json.dumps(found)


def test_a_recording_without_a_display_says_so_in_its_gap(mneme: Mneme) -> None:
    last = mneme.run("capture", "--seconds", "3", "--json").last()
    assert last["state"] == "problem"
    assert "no display" in last["reason"]
    assert (last["frames"], last["saved_count"]) == (0, 0)
    (gap,) = last["gaps"]
    assert "no display" in gap["reason"]


def test_a_preview_shows_what_would_be_kept_and_keeps_nothing(mneme: Mneme, screen: Desk, tmp_path: Path) -> None:
    file = tmp_path / "preview.png"
    process = recorded(mneme, screen, "capture", "--preview", "--picture", str(file))
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert "Would be kept: xterm." in out
    assert "notes" in out
    assert "Blacked out: xterm - a password manager" in out
    assert "KeePassXC" not in out.replace("(any: KeePassXC)", "")
    assert file.stat().st_mode & 0o777 == 0o600
    with Image.open(file) as picture:
        assert picture.size == (900, 600)
        assert picture.getpixel((60, 420)) == (0, 0, 0)
    assert mneme.run("status", "--json").one()["memories"] == 1


def test_a_pause_from_another_terminal_holds_at_once_and_ends_by_resume(mneme: Mneme, screen: Desk) -> None:
    process = recorded(mneme, screen, "capture", "--json")
    try:
        until = time.monotonic() + PATIENCE_S
        while mneme.run("recorder", "--json").one()["state"] != "recording":
            assert time.monotonic() < until
            time.sleep(0.3)
        paused = mneme.run("pause", "15", "--json").one()
        assert (paused["state"], paused["private"]) == ("paused", False)
        assert paused["until"]
        assert mneme.run("recorder").out.startswith("Paused until")
        private = mneme.run("pause", "private", "--json").one()
        assert (private["state"], private["private"], private["until"]) == ("paused", True, None)
        assert mneme.run("resume", "--json").one()["state"] == "recording"
        assert mneme.run("pause", "someday", code=1).err.startswith("'someday' is not a length of a pause.")
    finally:
        process.send_signal(2)
    last = ended(process)[-1]
    assert "error" in last or [gap["reason"] for gap in last["gaps"]] == ["paused", "private mode"]  # type: ignore[attr-defined]


def test_there_is_nothing_to_pause_while_nothing_records(mneme: Mneme) -> None:
    assert "not being recorded" in mneme.run("pause", code=1).err
    assert mneme.run("recorder").out.strip() == "Not recording: it is switched off."


def test_the_tester_says_what_would_become_of_a_window_browsers_too(mneme: Mneme) -> None:
    def tested(title: str) -> dict[str, object]:
        return mneme.run("rules", "test", title, "--json").one()

    assert (tested("KeePassXC - Database")["excluded"], tested("letter.txt")["excluded"]) == (True, False)
    browser = tested("Mozilla Firefox")
    assert (browser["excluded"], browser["rule"]) == (True, None)
    assert "may be private" in str(browser["reason"])
    mneme.run("settings", "set", "capture.unknown_browsers", "true")
    assert tested("Mozilla Firefox")["excluded"] is False
