"""A sleep that is cut off at any boundary of its steps comes to what an undisturbed one comes to."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.consolidate import journal
from core.consolidate.night import STAGES, Night
from core.memory import Entry, SleepRun
from core.store import memories, runs
from core.store.vault import Vault
from tests.integration.consolidate.evening import DAY, EVENING, LABEL, evening, opened, tonight
from tests.integration.consolidate.meaning import meaning, told
from tests.integration.consolidate.nights import digest

PROJECT = Path(__file__).resolve().parents[3]
CHILD = Path(__file__).with_name("sleeping_child.py")
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An evening, and what its undisturbed sleep came to."""

    folder: Path
    steps: int
    means: list[str]
    told: list[str]
    counts: dict[str, int]


def ended(night: Night) -> SleepRun:
    for _ in night.steps():
        pass
    assert night.result is not None
    return night.result


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("evening") / "p"
    evening(folder).close()
    undisturbed = copied(folder, folder.parent / "undisturbed")
    night = tonight(undisturbed)
    steps = sum(1 for _ in night.steps())
    assert night.result is not None
    worked = {entry.step for entry in night.result.entries}
    assert worked >= {
        "edits",
        "filter",
        "episodes",
        "fold",
        "facts",
        "clashes",
        "resources",
        "how-tos",
        "summaries",
        "digests",
        "profile",
        "settle",
    }
    made = Reference(
        folder=folder,
        steps=steps,
        means=meaning(undisturbed),
        told=told(undisturbed, night.result.entries),
        counts=night.result.counts,
    )
    undisturbed.close()
    return made


def copied(folder: Path, to: Path) -> Vault:
    shutil.copytree(folder, to)
    to.chmod(0o700)
    return opened(to)


def cut(vault: Vault, after: int, now: datetime = EVENING, *, label: str = LABEL) -> None:
    """Dropped without a word after so many steps, as by a kill."""
    steps = tonight(vault, now, label=label).steps()
    for _ in range(after):
        next(steps)
    steps.close()  # type: ignore[attr-defined]


def cancelled(vault: Vault, after: int) -> None:
    asked = iter([False] * after)
    ended(tonight(vault, cancelled=lambda: next(asked, True)))


def out_of_time(vault: Vault, after: int) -> None:
    looked = iter([timedelta()] * 3 * after)
    night = tonight(vault, budget=timedelta(minutes=1), elapsed=lambda: next(looked, timedelta(minutes=1)))
    assert ended(night).state == "paused"


@pytest.mark.parametrize("way", [cut, cancelled, out_of_time])
def test_cut_off_after_every_step_it_comes_to_the_same(
    reference: Reference, tmp_path: Path, way: Callable[[Vault, int], None]
) -> None:
    for after in range(reference.steps):
        vault = copied(reference.folder, tmp_path / f"p{after}")
        way(vault, after)
        vault.close()
        vault = opened(tmp_path / f"p{after}")
        run = ended(tonight(vault, again=True))
        assert (run.state, run.counts) == ("done", reference.counts)
        assert meaning(vault) == reference.means
        assert told(vault, run.entries) == reference.told
        with vault.read() as db:
            assert len(runs.runs(db)) == 2
        vault.close()
        shutil.rmtree(tmp_path / f"p{after}")


def test_cut_off_once_at_every_step_in_one_night_it_comes_to_the_same(reference: Reference, tmp_path: Path) -> None:
    vault = copied(reference.folder, tmp_path / "p")
    for _ in range(reference.steps):
        cut(vault, 1)
        vault.close()
        vault = opened(tmp_path / "p")
    run = ended(tonight(vault))
    assert (run.state, run.counts) == ("done", reference.counts)
    assert meaning(vault) == reference.means
    assert told(vault, run.entries) == reference.told
    vault.close()


def test_cut_off_after_every_step_and_taken_up_in_the_next_night(reference: Reference, tmp_path: Path) -> None:
    """What a day later means for decay is left out: it is read at the moment, not kept from the night before."""
    later, label = EVENING + DAY, "2026-09-03"
    whole = copied(reference.folder, tmp_path / "whole")
    ended(tonight(whole))
    ended(tonight(whole, later, label=label))
    wanted = meaning(whole)
    whole.close()
    for after in range(reference.steps):
        vault = copied(reference.folder, tmp_path / f"p{after}")
        cut(vault, after)
        run = ended(tonight(vault, later, label=label))
        assert (run.state, run.night) == ("done", label)
        assert meaning(vault) == wanted
        with vault.read() as db:
            assert len(runs.runs(db)) == 2, "the night before and this one"
        vault.close()
        shutil.rmtree(tmp_path / f"p{after}")


def test_a_clock_that_was_a_year_ahead_and_is_put_back(reference: Reference, tmp_path: Path) -> None:
    """Cut off in the wrong year at every step, resumed in the right one; the night after puts decay right too."""
    after_it, label = EVENING + DAY, "2026-09-03"
    whole = copied(reference.folder, tmp_path / "whole")
    ended(tonight(whole))
    ended(tonight(whole, after_it, label=label))
    wanted = meaning(whole)
    whole.close()
    for after in range(reference.steps):
        vault = copied(reference.folder, tmp_path / f"p{after}")
        cut(vault, after, EVENING + YEAR, label="2027-09-02")
        run = ended(tonight(vault))
        assert (run.state, run.night) == ("done", LABEL)
        ended(tonight(vault, after_it, label=label))
        assert meaning(vault) == wanted
        vault.close()
        shutil.rmtree(tmp_path / f"p{after}")


def killed(root: Path, edge: int) -> int | None:
    """Sleeps in a process of its own, killed at this edge of a commit; how many edges there were, None if killed."""
    child = subprocess.run(
        [sys.executable, str(CHILD), str(root), str(edge)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if child.returncode == 0:
        return int(child.stdout)
    assert child.returncode == -signal.SIGKILL, child.stderr
    return None


def survives(reference: Reference, root: Path, edges: list[int]) -> None:
    """Killed at each of these edges, one after the other, then left alone."""
    copied(reference.folder, root).close()
    for edge in edges:
        assert killed(root, edge) is None
    vault = opened(root)
    assert vault.notices == ()
    run = ended(tonight(vault))
    assert (run.state, run.counts) == ("done", reference.counts)
    assert meaning(vault) == reference.means
    assert told(vault, run.entries) == reference.told
    vault.close()
    shutil.rmtree(root)


@pytest.mark.timeout(600)
def test_a_process_killed_at_the_edges_of_commits_resumes_to_the_same(reference: Reference, tmp_path: Path) -> None:
    copied(reference.folder, tmp_path / "counted").close()
    edges = killed(tmp_path / "counted", 10**6)
    assert edges is not None
    assert edges >= 3 * reference.steps
    chosen = random.Random(3).sample(range(edges), 8)
    for edge in (0, edges - 1, *chosen):
        survives(reference, tmp_path / f"p{edge}", [edge])
    survives(reference, tmp_path / "often", [2, 3, 3, 4])


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_a_process_killed_at_every_edge_of_every_commit_resumes_to_the_same(
    reference: Reference, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied(reference.folder, tmp_path / "counted").close()
    edges = killed(tmp_path / "counted", 10**6)
    assert edges is not None
    for edge in range(edges):
        survives(reference, tmp_path / f"p{edge}", [edge])
    with capsys.disabled():
        sys.stdout.write(f"\n{edges} kills of a sleep, one at every edge of its commits: 0 differences\n")


def test_the_journal_played_again_makes_the_same_store(reference: Reference, tmp_path: Path) -> None:
    before = copied(reference.folder, tmp_path / "before")
    vault = copied(reference.folder, tmp_path / "p")
    run = ended(tonight(vault))
    with before.write() as db:
        assert journal.replay(db, run.entries, EVENING) == len(run.entries)
    assert digest(before) == digest(vault)
    before.close()
    vault.close()


def test_a_night_taken_back_and_slept_again_comes_to_the_same(reference: Reference, tmp_path: Path) -> None:
    vault = copied(reference.folder, tmp_path / "p")
    before = digest(vault)
    run = ended(tonight(vault))
    with vault.write() as db:
        journal.revert_run(db, run.id, EVENING)
    assert digest(vault) == before
    again = ended(tonight(vault, again=True))
    assert again.id != run.id
    assert meaning(vault) == reference.means
    assert told(vault, again.entries) == reference.told
    vault.close()


def test_every_entry_taken_back_one_by_one_from_the_newest_leaves_what_was_there(
    reference: Reference, tmp_path: Path
) -> None:
    vault = copied(reference.folder, tmp_path / "p")
    before = digest(vault)
    run = ended(tonight(vault))
    with vault.write() as db:
        for entry in reversed(run.entries):
            journal.revert(db, entry.id, EVENING)
    assert digest(vault) == before
    vault.close()


def test_every_entry_says_before_after_sources_and_reason(reference: Reference, tmp_path: Path) -> None:
    vault = copied(reference.folder, tmp_path / "p")
    names = {stage.name for stage in STAGES}
    run = ended(tonight(vault))
    assert {entry.operation for entry in run.entries} >= {"ADD", "UPDATE"}
    for entry in run.entries:
        assert entry.step in names
        assert entry.reason.endswith((".", "…")), entry.reason
        if entry.operation == "ADD":
            assert entry.after
            assert entry.sources or _gathers(vault, entry), entry
        if entry.operation == "UPDATE":
            assert entry.before.keys() == entry.after.keys()
    vault.close()


def _gathers(vault: Vault, entry: Entry) -> bool:
    with vault.read() as db:
        return bool(memories.sources(db, entry.memory))
