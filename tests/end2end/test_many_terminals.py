"""Many terminals on one profile, and processes that are killed while they save."""

import json
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.end2end.command_line import Ended, Mneme, turn, write_turns


def test_ten_terminals_at_once_all_succeed_and_the_counts_are_exact(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "The first note of all.", "--no-wait")
    doomed = [mneme.run("remember", f"Doomed note {n}: zarzuela.", "--json", "--no-wait").saved()[0] for n in range(2)]
    files = [
        write_turns(tmp_path / f"c{n}.jsonl", [turn(i, f"Talk {n} says {i}.", conversation=f"c{n}") for i in range(40)])
        for n in range(4)
    ]
    commands = [
        *(("import", str(file), "--json") for file in files),
        *(("remember", f"Note number {n}.", "--json") for n in range(2)),
        *(("recall", "--json", "note") for _ in range(2)),
        *(("forget", "--id", id, "--yes", "--json") for id in doomed),
    ]
    with mneme.host(), ThreadPoolExecutor(len(commands)) as together:
        guest = mneme.without_passphrase()
        ended: list[Ended] = list(together.map(lambda arguments: guest.run(*arguments), commands))
        status = guest.run("status", "--json").one()
    assert [len(one.saved()) for one in ended[:6]] == [40, 40, 40, 40, 1, 1]
    assert [len(one.one()["forgotten"]) for one in ended[8:]] == [1, 1]
    assert status["memories"] == 1 + 4 * 40 + 2
    assert status["without_vector"] == 0


def killed_in_an_import(mneme: Mneme, file: Path, seed: int) -> list[str]:
    """Start an import, kill -9 it at a random moment; the ids it called saved until then."""
    process = mneme.start("import", str(file), "--json")
    assert process.stdout is not None
    saved: list[str] = []
    chance = random.Random(seed)
    wanted = chance.randrange(0, 4)
    while len(saved) < wanted * 256:
        line = process.stdout.readline()
        if not line:
            break
        saved += json.loads(line).get("saved", [])
    time.sleep(chance.random() * 0.25)
    os.kill(process.pid, signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    for line in out.splitlines():
        try:
            saved += json.loads(line).get("saved", [])
        except ValueError:
            assert line == out.splitlines()[-1], "only the last line may be cut off"
    return saved


def survives(folder: Path, times: int) -> None:
    mneme = Mneme(folder / "profile")
    mneme.run("remember", "The first note of all.", "--no-wait")
    promised: set[str] = set()
    for number in range(times):
        turns = [turn(i, f"Round {number} line {i}.", conversation=f"r{number}") for i in range(1200)]
        promised.update(killed_in_an_import(mneme, write_turns(folder / "round.jsonl", turns), number))
    found = mneme.run("memories", "list", "--limit", "100000", "--json").one()["memories"]
    assert promised, "nothing was saved before a kill: the test shows nothing"
    assert promised <= {one["memory"] for one in found}
    assert all(one["text"].startswith(("Round", "The first")) for one in found)


@pytest.mark.timeout(600)
def test_what_was_called_saved_survives_kill_9(tmp_path: Path) -> None:
    survives(tmp_path, 10)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_what_was_called_saved_survives_fifty_kills(tmp_path: Path) -> None:
    survives(tmp_path, 50)


def test_ctrl_c_in_an_import_is_130_and_what_was_saved_is_kept(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "The first note of all.", "--no-wait")
    turns = [turn(i, f"A long talk, line {i}, about this and that.") for i in range(3000)]
    process = mneme.start("import", str(write_turns(tmp_path / "long.jsonl", turns)), "--json")
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())["saved"]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    saved = first + [id for line in out.splitlines() for id in json.loads(line).get("saved", [])]
    status = mneme.run("status", "--json").one()
    assert status["memories"] == 1 + len(saved)


def test_twenty_starts_at_once_need_no_host_beforehand(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    with ThreadPoolExecutor(20) as together:
        ended = list(
            together.map(lambda n: mneme.run("remember", f"Note {n} of twenty.", "--json", "--no-wait"), range(20))
        )
    assert [len(one.saved()) for one in ended] == [1] * 20
    assert mneme.run("status", "--json").one()["memories"] == 20
