"""The window as a person meets it: the real process under Xvfb, driven by keys and mouse."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.capture.screen.reader import Reader
from tests.end2end.driven import PASSPHRASE, QUICK, SHOTS, TITLE, Driven, opened, until

pytestmark = [pytest.mark.display, pytest.mark.timeout(600)]


def brightness(person: Driven) -> float:
    """The mean of the window's pixels, 0 to 255."""
    return float(np.asarray(person.settled(TITLE).convert("L")).mean())


def place_of(person: Driven, reader: Reader, word: str) -> tuple[int, int]:
    """Where the last line that holds this word begins."""
    boxes = [box for box in reader.read(np.asarray(person.settled(TITLE))).boxes if word in box.text]
    assert boxes, f"{word!r} cannot be read"
    return boxes[-1].left + 4, boxes[-1].top + boxes[-1].height // 2


def forward(person: Driven) -> None:
    """Have the window in front with nothing above it."""
    if person.window(QUICK):
        person.press("Escape")
    person.xdotool("windowactivate", "--sync", str(person.window()))


def test_asking_by_keys_shows_the_answer_and_what_it_rests_on(open_window: Driven, reader: Reader) -> None:
    forward(open_window)
    open_window.press("ctrl+1")
    open_window.type("How much did the repair of the kiln cost?")
    open_window.press("Return")
    shown = ""

    def answered() -> bool:
        nonlocal shown
        shown = open_window.words(reader, TITLE)
        return "340" in shown

    until(answered, "no answer in the window")
    assert "What it rests on" in shown
    assert "Verdict" in shown, "the memory it was taken from is a card below the answer"


def test_what_was_understood_is_taken_away_and_back_by_keys_and_by_the_mouse(
    open_window: Driven, reader: Reader
) -> None:
    def shown() -> str:
        return open_window.words(reader, TITLE)

    forward(open_window)
    open_window.press("ctrl+1")
    open_window.type('What did the kiln cost? "nobody ever said this" -glaze')
    open_window.press("Return")
    until(lambda: "Nothing holds" in shown(), "a phrase that nothing holds is not told")
    assert "within the conditions" in shown()
    x, y = place_of(open_window, reader, "without")
    ring = (x, y - 14, x + 40, y + 14)
    unfocused = open_window.settled(TITLE).crop(ring)
    for _ in range(20):
        open_window.press("Tab")
        if open_window.settled(TITLE).crop(ring) != unfocused:
            break
    open_window.press("Delete")
    until(lambda: "within the conditions" not in shown(), "Delete does not take the condition away")
    open_window.press("Return")
    until(lambda: "within the conditions" in shown(), "Return does not bring it back")
    open_window.click(*place_of(open_window, reader, "without"))
    until(lambda: "within the conditions" not in shown(), "a click does not take it away")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_place_has_its_key_in_light_and_dark(open_window: Driven, reader: Reader, theme: str) -> None:
    forward(open_window)
    open_window.mneme("settings", "set", "look.theme", theme)
    until(lambda: (brightness(open_window) > 128) == (theme == "light"), f"the open window does not become {theme}")
    seen = {}
    for number, place in enumerate(("ask", "timeline", "memories", "sleep", "settings", "health"), start=1):
        open_window.press(f"ctrl+{number}")
        picture = open_window.settled(TITLE)
        picture.save(SHOTS / f"{place}-{theme}.png", optimize=True)
        seen[picture.tobytes()] = place
        if place == "settings":
            assert "Quick recall" in open_window.words(reader, TITLE)
    assert len(seen) == 6, "each key leads to another picture"


def test_what_another_process_keeps_is_in_the_open_window_at_once(open_window: Driven, reader: Reader) -> None:
    forward(open_window)
    open_window.press("ctrl+3")
    open_window.mneme("remember", "The ladder was lent to Giacomo in the bakery.")
    until(lambda: "Giacomo" in open_window.words(reader, TITLE), "the new memory is not shown")


def test_quick_recall_comes_by_its_key_from_anywhere_and_enter_opens_the_memory(
    open_window: Driven, reader: Reader
) -> None:
    forward(open_window)
    other = open_window.screen.xterm("elsewhere", geometry="40x10+20+40")
    open_window.xdotool("windowactivate", "--sync", str(other))
    open_window.press("ctrl+alt+space")
    until(lambda: open_window.window(QUICK), "quick recall does not come")
    until(lambda: open_window.active() == "Mneme: quick recall", "quick recall does not get the keys")
    open_window.type("spare key flower pot")
    until(lambda: "blue flower" in open_window.words(reader, QUICK), "no hit is shown")
    open_window.press("Return")
    until(lambda: not open_window.window(QUICK), "it stays")
    until(lambda: open_window.active() == "Mneme", "the window does not come forward")
    until(lambda: "under the blue flower pot" in open_window.words(reader, TITLE), "the memory is not open")


def test_escape_closes_quick_recall_and_nothing_of_the_question_is_left(open_window: Driven, reader: Reader) -> None:
    forward(open_window)
    for _ in range(2):
        open_window.press("ctrl+alt+space")
        until(lambda: open_window.active() == "Mneme: quick recall", "quick recall does not come")
        assert "zanzibar" not in open_window.words(reader, QUICK).lower()
        open_window.type("zanzibar")
        open_window.press("Escape")
        until(lambda: not open_window.window(QUICK), "quick recall does not go")


def test_recall_from_a_terminal_opens_quick_recall_in_the_running_window(open_window: Driven) -> None:
    forward(open_window)
    done = subprocess.run(
        [sys.executable, "-m", "app", "--profile", str(open_window.profile), "recall"],
        env=open_window.environment, cwd=open_window.folder, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    until(lambda: open_window.window(QUICK), "quick recall does not come")
    open_window.press("Escape")
    until(lambda: not open_window.window(QUICK), "quick recall does not go")


def test_a_second_start_brings_the_first_to_the_front_and_ends(open_window: Driven) -> None:
    forward(open_window)
    other = open_window.screen.xterm("before it", geometry="120x40+50+50")
    open_window.xdotool("windowactivate", "--sync", str(other))
    assert open_window.active() == "before it"
    done = subprocess.run(
        [sys.executable, "-m", "app", "--profile", str(open_window.profile)],
        env=open_window.environment, cwd=open_window.folder, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    until(lambda: open_window.active() == "Mneme", f"in front is {open_window.active()!r}")
    assert len(open_window.xdotool("search", "--onlyvisible", "--name", TITLE).split()) == 1, "one window only"


def test_closing_the_window_leaves_the_process_and_the_tray_brings_it_back(open_window: Driven) -> None:
    forward(open_window)
    open_window.press("alt+F4")
    until(lambda: not open_window.window(), "the window stays")
    assert opened(open_window), "closing is not quitting"
    (place,) = open_window.xdotool("search", "--class", "trayer").split()[-1:]
    where = dict(
        line.split("=") for line in open_window.xdotool("getwindowgeometry", "--shell", place).split() if "=" in line
    )
    middle = int(where["X"]) + int(where["WIDTH"]) // 2, int(where["Y"]) + int(where["HEIGHT"]) // 2
    open_window.xdotool("mousemove", str(middle[0]), str(middle[1]), "click", "1")
    until(lambda: open_window.window(), "the tray does not bring it back")


def test_ten_commands_at_once_beside_the_window_all_succeed_and_the_counts_are_exact(
    open_window: Driven, tmp_path: Path
) -> None:
    before = open_window.status()["memories"]
    files = []
    for number in range(3):
        turns = [
            {"id": f"t{number}-{n}", "at": f"2026-06-0{number + 1}T10:{n:02}:00Z", "speaker": "Robin", "text": text}
            for n, text in enumerate(f"Ten at once, file {number}, turn {m}." for m in range(20))
        ]
        path = tmp_path / f"many-{number}.jsonl"
        path.write_text("".join(json.dumps({"conversation": f"many-{number}", **one}) + "\n" for one in turns))
        files.append(str(path))
    goes = open_window.mneme("remember", "This sentence is to be forgotten again.").result["saved"][0]
    commands = [
        *(["import", file] for file in files),
        *(["remember", f"Kept beside nine others, number {n}."] for n in range(3)),
        *(["recall", "kiln", "-k", "3"] for _ in range(3)),
        ["forget", "--id", goes, "--yes"],
    ]
    with ThreadPoolExecutor(10) as pool:
        said = list(pool.map(lambda words: open_window.mneme(*words, code=None), commands))
    assert [one.code for one in said] == [0] * 10, [one.err for one in said if one.code]
    assert open_window.status()["memories"] == before + 60 + 3
    texts = open_window.texts()
    assert sum(text.startswith("Kept beside nine others") for text in texts) == 3
    assert sum(text.startswith("Ten at once") for text in texts) == 60
    assert not any("forgotten again" in text for text in texts)


def test_locking_by_keys_shuts_the_door_for_commands_and_the_passphrase_opens_it(
    open_window: Driven, reader: Reader
) -> None:
    forward(open_window)
    before = open_window.status()["memories"]
    open_window.press("ctrl+l")
    until(lambda: not opened(open_window), "it is not locked")
    refused = open_window.mneme("recall", "kiln", code=1)
    assert "Mneme is locked" in refused.out
    shown = open_window.words(reader, TITLE)
    assert "locked" in shown
    assert "kiln" not in shown
    open_window.press("ctrl+alt+space")
    open_window.type("a wrong passphrase")
    open_window.press("Return")
    until(lambda: "does not open" in open_window.words(reader, TITLE), "nothing is said of the wrong one")
    assert not opened(open_window)
    open_window.press("ctrl+a")
    open_window.type(PASSPHRASE)
    open_window.press("Return")
    until(lambda: opened(open_window), "the right passphrase does not open it")
    assert open_window.status()["memories"] == before


def test_quitting_by_keys_ends_every_process_and_leaves_nothing_behind(open_window: Driven) -> None:
    forward(open_window)
    until(lambda: len(open_window.family()) > 1, "the embedder has no process")
    socket = open_window.socket
    open_window.press("ctrl+q")
    assert open_window.ended() == 0
    assert not socket.exists()
    assert open_window.mneme("status", passphrase=PASSPHRASE).result["locked"] is False, "the lock is free"
    left = [path for path in (open_window.folder / "tmp").rglob("*") if path.is_file()]
    assert not left, "temporary files"
