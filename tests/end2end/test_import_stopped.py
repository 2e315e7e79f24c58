"""An import that is stopped with Ctrl+C: what is in stays, is said, and the same command brings the rest."""

import json
import signal
from pathlib import Path

from tests.end2end.command_line import Mneme

TURNS = 6000


def chat(folder: Path) -> str:
    file = folder / "long.jsonl"
    lines = (
        {
            "conversation": "long",
            "id": str(number),
            "speaker": "Dana",
            "text": f"Row {number} of the long list is done.",
        }
        for number in range(TURNS)
    )
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(file)


def test_what_is_in_when_it_is_stopped_stays_and_the_rest_comes_with_the_same_command(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "A note, so that the profile is there.", "--no-wait")
    started = mneme.start("import", chat(tmp_path), "--no-wait", "--json")
    assert started.stdout is not None
    assert "saved" in started.stdout.readline()
    started.send_signal(signal.SIGINT)
    out, _ = started.communicate(timeout=120)
    assert started.returncode == 130
    ended = json.loads(out.splitlines()[-1])["error"]
    assert ended["title"] == "The import was cancelled."
    kept = int(ended["remedy"].split()[0].replace(",", ""))
    assert ended["remedy"] == (
        f"{kept:,} of its memories are in and stay. The same command takes up the rest; nothing comes in twice."
    )
    assert 0 < kept < TURNS
    assert mneme.run("status", "--json").one()["memories"] == kept + 1
    again = mneme.run("import", chat(tmp_path), "--no-wait", "--json").last()
    assert (again["known"], again["new"]) == (kept, TURNS - kept)
