"""Starts and ends of the real process: the first, the next, an old store, kill -9, recording."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.capture.screen.reader import Reader
from tests.end2end.conftest import Someone
from tests.end2end.driven import PASSPHRASE, PROJECT, QUICK, TITLE, Driven, opened, until

pytestmark = [pytest.mark.display, pytest.mark.timeout(600)]


def test_the_first_start_makes_a_profile_and_the_next_asks_for_its_passphrase(
    someone: Someone, reader: Reader, record_property: Callable[[str, object], None]
) -> None:
    person = someone()
    person.start()
    assert "Encrypted, on this machine only" in person.words(reader, TITLE)
    person.press("Return")
    until(lambda: "Who may open it" in person.words(reader, TITLE), "no page for the key")
    person.type(PASSPHRASE)
    person.press("Return")
    person.type("something else")
    person.press("Return")
    until(lambda: "not the same" in person.words(reader, TITLE), "two passphrases were taken for the same")
    person.press("ctrl+a")
    person.type(PASSPHRASE)
    person.press("Return")
    until(lambda: "recovery key" in person.words(reader, TITLE), "no recovery key")
    assert opened(person)
    person.press("space", "Tab", "Return")
    until(lambda: "whole answers" in person.words(reader, TITLE), "no model is offered")
    person.press("Return")  # goes on without: a key never begins a download
    until(lambda: "Start empty" in person.words(reader, TITLE), "not ready")
    person.press("Return")
    until(lambda: person.status()["memories"] >= 178, "no sample memories")
    # The sample's pictures are still being read: quitting does not wait for them.
    person.press("ctrl+q")
    assert person.ended() == 0

    record_property("seconds from start to window", round(person.start(), 2))
    until(lambda: "Mneme is locked" in person.words(reader, TITLE), "no door")
    person.type("not my passphrase")
    person.press("Return")
    until(lambda: "does not open" in person.words(reader, TITLE), "nothing is said of the wrong one")
    assert not opened(person)
    person.press("ctrl+a")
    person.type(PASSPHRASE)
    person.press("Return")
    until(lambda: opened(person), "the right passphrase does not open it")
    os.kill(person.process.pid, signal.SIGTERM) if person.process else None
    assert person.ended() == 0, "SIGTERM is a quit"
    assert not person.socket.exists()
    assert "Traceback" not in (person.folder / "mneme.out").read_text()


def test_a_store_of_the_first_version_opens_in_the_window(someone: Someone) -> None:
    person = someone()
    old = PROJECT / "tests" / "data" / "stores" / "v1"
    expected = json.loads((old / "expected.json").read_text(encoding="utf-8"))
    person.profile.mkdir(mode=0o700)
    for name in ("vault.db", "profile.json", "commits.bin"):
        shutil.copyfile(old / name, person.profile / name)
        (person.profile / name).chmod(0o600)
    person.start()
    person.type(expected["passphrase"])
    person.press("Return")
    until(lambda: opened(person), "the old store does not open")
    assert sorted(person.texts()) == sorted(expected["texts"])


def long_conversation(folder: Path) -> Path:
    """A file that takes a while to import."""
    path = folder / "many.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for n in range(2500):
            turn = {"conversation": "many", "id": f"m{n}", "at": "2026-05-01T10:00:00Z", "speaker": "Robin"}
            file.write(json.dumps({**turn, "text": f"Turn number {n} of a long conversation about tides."}) + "\n")
    return path


def saved_until(person: Driven, file: Path, then: Callable[[], object]) -> tuple[list[str], int, str]:
    """Import beside the window, do `then` in the middle; what was said to be saved, how it ended, what it said."""
    with subprocess.Popen(
        [sys.executable, "-m", "app", "--profile", str(person.profile), "--json", "import", str(file)],
        env=person.environment, cwd=person.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as importing:  # fmt: skip
        assert importing.stdout is not None
        saved: list[str] = []
        while len(saved) < 300:
            line = importing.stdout.readline()
            assert line, "the import ended too early"
            saved += json.loads(line).get("saved", [])
        then()
        rest, problem = importing.communicate(timeout=120)
    for line in rest.splitlines():
        saved += json.loads(line).get("saved", [])
    return saved, importing.returncode, problem


def test_what_was_said_to_be_saved_survives_kill_9_while_importing(someone: Someone, tmp_path: Path) -> None:
    person, many = someone(), long_conversation(tmp_path)
    person.make_profile()
    person.start(passphrase=PASSPHRASE)
    until(lambda: opened(person), "not open")
    person.mneme("remember", "Before the crash.", "--no-wait")
    saved, code, problem = saved_until(person, many, person.kill)
    assert code == 1, "the command says that it could not finish"
    assert "went away" in problem
    person.start(passphrase=PASSPHRASE)
    until(lambda: opened(person), "not open after the crash")
    kept = {one["memory"] for one in person.door("memories", limit=10_000)["result"]["memories"]}
    assert not set(saved) - kept, "said to be saved and lost"
    assert "Before the crash." in person.texts(query="crash")
    assert person.mneme("import", str(many), "--no-wait").result["known"] == len(kept) - 1, "the rest comes, none twice"


def test_quitting_stops_what_a_command_has_under_way_and_keeps_what_was_saved(someone: Someone, tmp_path: Path) -> None:
    person, many = someone(), long_conversation(tmp_path)
    person.make_profile()
    person.start(passphrase=PASSPHRASE)
    until(lambda: opened(person), "not open")
    saved, code, problem = saved_until(person, many, lambda: person.press("ctrl+q"))
    assert person.ended() == 0
    assert code == 130
    assert "of its memories are in and stay" in problem
    assert len(saved) < 2500
    kept = person.mneme("status", passphrase=PASSPHRASE).result["memories"]
    assert kept == len(saved)


def test_the_screen_is_recorded_and_what_is_excluded_never_is(someone: Someone) -> None:
    person = someone()
    person.make_profile()
    secret = person.screen.xterm("KeePassXC - vault", geometry="50x8+700+40", shell="echo heliotrope armadillo; cat")
    person.screen.xterm("notes", geometry="60x12+20+40", shell="echo the walrus agenda; cat")
    person.start(passphrase=PASSPHRASE)
    until(lambda: opened(person), "not open")
    assert secret
    person.press("alt+F4")
    until(lambda: not person.window(), "the window stays")
    person.mneme("settings", "set", "capture.screen", "true")
    person.mneme("settings", "set", "capture.preset", "thorough")
    person.xdotool("windowactivate", "--sync", person.xdotool("search", "--name", "^notes$").split()[0])
    person.type("the juniper invoice is due\n")
    until(lambda: any("juniper invoice" in text for text in person.texts(query="juniper")), "not recorded")
    found = person.mneme("recall", "juniper invoice").result["hits"]
    assert any("juniper" in hit["text"] for hit in found)
    person.press("ctrl+alt+space")
    until(lambda: person.window(QUICK), "the key is dead while recording")
    person.press("Escape")
    texts = " ".join(person.texts())
    assert "walrus" in texts
    assert "heliotrope" not in texts
    assert "KeePassXC" not in texts
    windows = [one.get("window", "") for one in person.door("memories", limit=1000)["result"]["memories"]]
    assert not any("KeePass" in (window or "") for window in windows)
