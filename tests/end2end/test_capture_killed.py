"""`mneme capture` killed while it looks and reads: what it called saved is there, what was lost is a gap."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.end2end.command_line import Mneme
from tests.xserver import Desk, desk


def killed_while_capturing(mneme: Mneme, screen: Desk, number: int) -> list[str]:
    """Record a terminal that goes on writing, kill -9 at a random moment; the ids called saved until then."""
    screen.xterm(f"notes {number}", shell=f"for i in 1 2 3 4 5 6; do echo round {number} line $i heron; sleep 1; done")
    environment = mneme.environment() | {name: screen.environment[name] for name in ("DISPLAY", "XDG_SESSION_TYPE")}
    process = subprocess.Popen(
        mneme.words("capture", "--seconds", "60", "--json"),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    chance = random.Random(number)
    line = process.stdout.readline() if number % 2 == 0 else ""
    time.sleep(chance.random() * 4)
    os.kill(process.pid, signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    saved: list[str] = []
    for said in [line, *out.splitlines()]:
        try:
            saved += json.loads(said).get("saved", []) if said.strip() else []
        except ValueError:
            assert said == out.splitlines()[-1], "only the last line may be cut off"
    return saved


def survives(folder: Path, times: int) -> None:
    home = folder / "home"
    home.mkdir()
    mneme = Mneme(folder / "profile")
    mneme.run("remember", "The first note of all.", "--no-wait")
    promised: set[str] = set()
    with desk(home, screen="900x600x24") as screen:
        for number in range(times):
            promised.update(killed_while_capturing(mneme, screen, number))
    found = mneme.run("memories", "list", "--limit", "100000", "--json").one()["memories"]
    assert promised, "nothing was saved before a kill: the test shows nothing"
    assert promised <= {one["memory"] for one in found}
    spool = folder / "profile" / "spool"
    assert not [path for path in spool.rglob("*") if b"heron" in path.read_bytes()] if spool.is_dir() else True


@pytest.mark.display
def test_what_a_killed_capture_called_saved_is_there(tmp_path: Path) -> None:
    survives(tmp_path, 4)


@pytest.mark.display
@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_fifty_killed_captures_lose_nothing_that_was_called_saved(tmp_path: Path) -> None:
    survives(tmp_path, 50)
