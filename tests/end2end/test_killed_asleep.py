"""A sleep that is killed at any moment goes on where it was and comes to the same as an undisturbed one."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.memory import Entry, Memory, Selection, SleepRun
from core.paths import RESOURCES, ProfilePaths
from core.store import memories, runs
from core.store.profile import Profile
from core.store.vault import Vault
from tests.end2end.command_line import PASSPHRASE, Mneme, turn, write_turns

SAMPLE = RESOURCES / "sample" / "conversations.jsonl"
NIGHT = "2026-09-20T23:30:00+02:00"
MOST_KILLS_A_NIGHT = 4


@contextmanager
def looked_into(profile: Path) -> Iterator[Vault]:
    opened = Profile(ProfilePaths(profile))
    opened.unlock(PASSPHRASE)
    vault = opened.open_vault()
    try:
        assert vault.notices == (), "nothing that was saved is missing"
        yield vault
    finally:
        vault.close()


def what_is_held(profile: Path) -> list[tuple[object, ...]]:
    """Every memory by what it says, without the ids that each run makes anew."""
    with looked_into(profile) as vault, vault.read() as db:
        found = memories.find(db, Selection())
        assert vault.check() == ()
    return sorted((_said(memory) for memory in found), key=repr)


def _said(memory: Memory) -> tuple[object, ...]:
    fact = memory.fact and (memory.fact.subject, memory.fact.attribute, memory.fact.value)
    return (
        memory.facet.value,
        memory.state.value,
        memory.text,
        fact,
        memory.at,
        memory.superseded_by is None,
        memory.folded_into is None,
        memory.episode is None,
        memory.boilerplate,
    )


def last_run(profile: Path) -> tuple[SleepRun | None, tuple[Entry, ...]]:
    with looked_into(profile) as vault, vault.read() as db:
        found = runs.runs(db, 1)
        return (found[0], tuple(runs.entries(db, found[0].id))) if found else (None, ())


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], float]:
    """A profile with the sample and some chatter; the ids that were called saved; how long its sleep takes."""
    folder = tmp_path_factory.mktemp("evening")
    mneme = Mneme(folder / "profile")
    chatter = [
        turn(n, f"Line {n}: the {('harbour', 'invoice', 'garden')[n % 3]} again, and my code word is w{n}.")
        for n in range(1500)
    ]
    files = (str(SAMPLE), str(write_turns(folder / "chatter.jsonl", chatter)))
    saved = mneme.run("import", *files, "--json").saved()
    shutil.copytree(mneme.profile, folder / "undisturbed")
    (folder / "undisturbed").chmod(0o700)
    began = time.monotonic()
    done = Mneme(folder / "undisturbed").run("sleep", "--json", "--no-wait", now=NIGHT).one()
    took = time.monotonic() - began
    assert done["state"] == "done"
    assert done["counts"]["facts"] > 3
    return folder, saved, took


@dataclass(slots=True)
class Moments:
    """When to kill, in seconds after the start; what came too early or too late moves the others half of the way."""

    first: float
    last: float
    chance: random.Random

    def next(self) -> float:
        return self.chance.uniform(self.first, self.last)

    def early(self, at: float) -> None:
        self.first = (self.first + at) / 2

    def late(self, at: float) -> None:
        self.last = (self.last + max(at, self.first)) / 2


def killed_asleep(evening: tuple[Path, list[str], float], name: str, moments: Moments, most: int) -> tuple[int, int]:
    """One night with up to `most` kills; how many there were, and how many of them cut a sleep off."""
    folder, saved, _ = evening
    mneme = Mneme(folder / name)
    shutil.copytree(folder / "profile", mneme.profile)
    mneme.profile.chmod(0o700)
    kills = inside = 0
    before: tuple[Entry, ...] = ()
    while kills < most:
        process = subprocess.Popen(
            mneme.words("--now", NIGHT, "sleep", "--json", "--no-wait"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=mneme.environment(),
        )
        at = moments.next()
        try:
            process.wait(at)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        _, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        run, entries = last_run(mneme.profile)
        assert entries[: len(before)] == before, "what was in the journal stays in it"
        before = entries
        if process.returncode == 0:
            moments.late(at)
            break
        assert process.returncode == -signal.SIGKILL, err
        kills += 1
        inside += run is not None and run.state == "running"
        if run is None:
            moments.early(at)
        elif run.state == "done":
            moments.late(at)
            break
    else:
        assert mneme.run("sleep", "--json", "--no-wait", now=NIGHT).one()["state"] == "done"
    with looked_into(mneme.profile) as vault, vault.read() as db:
        assert len(memories.many(db, saved)) == len(saved)  # type: ignore[arg-type]
        assert len(runs.runs(db)) == 1, "it went on, and did not begin anew"
    assert what_is_held(mneme.profile) == what_is_held(folder / "undisturbed")
    shutil.rmtree(mneme.profile)
    return kills, inside


def campaign(evening: tuple[Path, list[str], float], wanted: int, seed: int) -> tuple[int, int]:
    moments = Moments(0.3 * evening[2], evening[2], random.Random(seed))
    kills = inside = nights = 0
    while kills < wanted:
        nights += 1
        more, hit = killed_asleep(evening, f"night{nights}", moments, min(MOST_KILLS_A_NIGHT, wanted - kills))
        kills, inside = kills + more, inside + hit
        assert nights < 2 * wanted, "the kills come too late: the test shows nothing"
    return kills, inside


@pytest.mark.timeout(900)
def test_a_sleep_killed_at_any_moment_comes_to_the_same(evening: tuple[Path, list[str], float]) -> None:
    _, inside = campaign(evening, 10, 7)
    assert inside >= 3, "most kills fell before or after the sleep: the test shows little"


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_a_sleep_killed_forty_times_comes_to_the_same(
    evening: tuple[Path, list[str], float], capsys: pytest.CaptureFixture[str]
) -> None:
    kills, inside = campaign(evening, 40, 11)
    with capsys.disabled():
        sys.stdout.write(f"\n{kills} kills of a sleep, {inside} of them inside it, 0 acknowledged memories lost\n")
    assert inside >= 12
