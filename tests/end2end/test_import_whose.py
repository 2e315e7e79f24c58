"""`mneme import` of a chat that does not know the person: told, asked at a terminal, answered at once."""

import json
import os
import pty
import shlex
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.end2end.command_line import NOW, Mneme

CHAT = """[14:05, 15/03/2024] Dana Kim: I live in Leeds now.
[14:06, 15/03/2024] Robin: Nice, I live in York.
[14:07, 15/03/2024] Dana Kim: The train was late.
"""


def group(folder: Path) -> str:
    file = folder / "Reading group.txt"
    file.write_text(CHAT, encoding="utf-8")
    return str(file)


def at_a_terminal(mneme: Mneme, *arguments: str, typed: str) -> str:
    """What a person sees who answers `typed`."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        mneme.words("--now", NOW, *arguments), stdin=theirs, stdout=theirs, stderr=theirs, env=mneme.environment()
    )
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # the terminal goes with the process
        while piece := os.read(ours, 4096):
            seen += piece
            if b"Enter if none is" in seen and typed:
                os.write(ours, typed.encode())
                typed = ""
    os.close(ours)
    assert process.wait(60) == 0, seen.decode("utf-8", "replace")
    return seen.decode("utf-8", "replace").replace("\r\n", "\n")


def test_nobody_known_to_be_the_person_is_told_with_what_to_do(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    told = mneme.run("import", group(tmp_path), "--no-wait")
    assert "Nobody in it is known to be you" in told.err
    assert "mneme settings set person.names 'Dana Kim'" in told.err.replace("\n", " ")
    listed = mneme.run("import", group(tmp_path), "--no-wait", "--json").last()
    assert listed["who_is_it"] == ["Dana Kim", "Robin"]
    assert [(one["name"], one["turns"], one["mine"]) for one in listed["people"]] == [
        ("Dana Kim", 2, False),
        ("Robin", 1, False),
    ]
    mneme.run("settings", "set", "person.names", "Dana Kim")
    known = mneme.run("import", group(tmp_path), "--no-wait")
    assert "Nobody in it" not in known.err
    assert "2 of them are your own words (Dana Kim)." in known.out


def test_a_name_that_is_a_shells_command_is_offered_as_a_name(tmp_path: Path) -> None:
    name = 'Dana $(id)"; id'
    turn = {
        "conversation": "group",
        "id": "1",
        "at": "2024-03-15T14:05:00Z",
        "speaker": name,
        "text": "I live in Leeds.",
    }
    file = tmp_path / "group.jsonl"
    file.write_text(json.dumps(turn), encoding="utf-8")
    told = Mneme(tmp_path / "profile").run("import", str(file), "--no-wait").err
    assert shlex.split(told.partition("say so once: ")[2]) == ["mneme", "settings", "set", "person.names", name]


def test_at_a_terminal_it_asks_which_one_and_goes_by_the_answer_at_once(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    seen = at_a_terminal(mneme, "import", group(tmp_path), "--no-wait", typed="1\n")
    assert "  1  Dana Kim\n  2  Robin\n" in seen
    assert "Dana Kim is you from now on" in seen
    answer = mneme.run("ask", "Where do I live?", "--json").one()
    assert not answer["abstained"]
    assert "Leeds" in answer["answer"]


def test_an_end_of_input_is_no_answer(tmp_path: Path) -> None:
    seen = at_a_terminal(Mneme(tmp_path / "profile"), "import", group(tmp_path), "--no-wait", typed="\x04")
    assert "Nothing was changed." in seen
