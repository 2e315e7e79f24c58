"""A sleep is tried on a copy: the same diff as the real one, and nobody waits for it."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.assistant import Assistant, finish
from core.errors import Interrupted, Locked
from core.events import Events
from core.memory import Operation, Selection, SleepRun
from core.paths import ProfilePaths
from core.settings import Settings
from core.store import memories, rehearsal, runs
from core.store.media import Media
from core.store.vault import Vault
from tests.integration.consolidate.meaning import told
from tests.integration.consolidate.nights import NIGHT, conversation, digest
from tests.made import KEY, NOON, open_vault, turn


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = open_vault(tmp_path / "p")
    memories.save(vault, conversation(), NOON)
    yield vault
    vault.close()


@pytest.fixture
def assistant(vault: Vault) -> Iterator[Assistant]:
    assistant = Assistant(
        paths=vault.paths,
        vault=vault,
        media=Media(vault.paths),
        vectors=None,
        embedder=None,
        count_tokens=len,
        events=Events(),
        settings=Settings(),
    )
    yield assistant
    assistant.close()


def ended(steps: Generator[None, None, SleepRun]) -> SleepRun:
    run = finish(steps)
    assert isinstance(run, SleepRun)
    return run


def test_a_dry_run_says_what_the_real_sleep_then_does_and_changes_nothing(assistant: Assistant, vault: Vault) -> None:
    before = digest(vault)
    tried = ended(assistant.sleeping(NIGHT, dry_run=True))
    assert tried.state == "dry run"
    assert digest(vault) == before
    assert assistant.nights(5) == []
    with vault.read() as db:
        assert runs.last_entry(db) == 0
    added = [entry.memory for entry in tried.entries if entry.operation is Operation.ADD]
    assert [memory.id for memory in tried.made] == added
    assert any(memory.text == "Dana lives in Porto." for memory in tried.made)
    real = ended(assistant.sleeping(NIGHT))
    assert real.made == ()
    assert tried.counts == real.counts
    assert len(tried.entries) == len(real.entries) > 10
    assert [(one.step, one.operation, one.reason) for one in tried.entries] == [
        (one.step, one.operation, one.reason) for one in real.entries
    ]
    observed = set(told(vault, [one for one in real.entries if one.step in ("filter", "fold", "settle")]))
    assert observed == set(told(vault, [one for one in tried.entries if one.step in ("filter", "fold", "settle")]))


def test_a_dry_run_of_a_sleep_that_was_cut_off_says_what_is_left(assistant: Assistant, vault: Vault) -> None:
    steps = assistant.sleeping(NIGHT)
    for _ in range(6):
        next(steps)
    steps.close()
    with vault.read() as db:
        done_before = runs.last_entry(db)
    tried = ended(assistant.sleeping(NIGHT, dry_run=True))
    real = ended(assistant.sleeping(NIGHT))
    left = [entry for entry in real.entries if entry.id > done_before]
    assert len(left) < len(real.entries)
    assert [(one.step, one.operation, one.reason) for one in tried.entries] == [
        (one.step, one.operation, one.reason) for one in left
    ]


def test_others_read_and_write_while_a_sleep_is_tried(assistant: Assistant, vault: Vault) -> None:
    saved = 0
    for _ in assistant.sleeping(NIGHT, dry_run=True):
        saved += len(memories.save(vault, [turn(f"The train number {saved} was late.", 900 + saved)], NOON).ids)
        with vault.read() as db:
            assert len(memories.find(db, Selection())) == len(conversation()) + saved
    assert saved > 5


def test_the_copy_is_private_unreadable_and_gone_however_the_try_ends(assistant: Assistant, vault: Vault) -> None:
    folder = vault.paths.rehearsal
    looked = False
    for _ in assistant.sleeping(NIGHT, dry_run=True):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            assert path.stat().st_mode & 0o077 == 0
            held = path.read_bytes()
            assert not any(word in held for word in (b"Hamburg", b"Lisbon", b"SQLite format 3"))
            looked = looked or path.name == "vault.db"
    assert looked
    assert not folder.exists()
    steps = assistant.sleeping(NIGHT, dry_run=True)
    for _ in range(8):
        next(steps)
    assert folder.exists()
    steps.close()
    assert not folder.exists()


def test_what_a_kill_left_of_a_try_is_swept_away(vault: Vault) -> None:
    one = rehearsal.Rehearsal(vault)
    copy = finish(one.opening(lambda: 0.0))
    assert isinstance(copy, Vault)
    copy.close()
    left = list(vault.paths.rehearsal.rglob("vault.db"))
    assert len(left) == 1
    with pytest.raises(Exception, match="key does not open"):
        Vault.open(ProfilePaths(left[0].parent), KEY)
    rehearsal.sweep(vault.paths)
    assert not vault.paths.rehearsal.exists()


def test_a_forget_in_the_middle_throws_the_copy_away(assistant: Assistant, vault: Vault) -> None:
    with vault.read() as db:
        gone = memories.find(db, Selection())[0]
    steps = assistant.sleeping(NIGHT, dry_run=True)
    for _ in range(8):
        next(steps)
    assert vault.paths.rehearsal.exists()
    assistant.forget([gone.id])
    with pytest.raises(Interrupted):
        for _ in steps:
            pass
    assert not vault.paths.rehearsal.exists()


def test_a_session_that_is_locked_in_the_middle_throws_the_copy_away(assistant: Assistant, vault: Vault) -> None:
    steps = assistant.sleeping(NIGHT, dry_run=True)
    for _ in range(8):
        next(steps)
    vault.cover.put_on()
    with pytest.raises(Locked):
        for _ in steps:
            pass
    assert not vault.paths.rehearsal.exists()
    with pytest.raises(Locked):
        next(assistant.sleeping(NIGHT, dry_run=True))
    vault.cover.take_off()


def test_a_forget_while_the_copy_is_made_goes_first(assistant: Assistant, vault: Vault) -> None:
    steps = assistant.sleeping(NIGHT, dry_run=True)
    next(steps)
    with vault.read() as db:
        gone = memories.find(db, Selection())[0]
    assistant.forget([gone.id])
    with pytest.raises(Interrupted):
        for _ in steps:
            pass
    with vault.read() as db:
        assert memories.get(db, gone.id) is None


def test_a_sleep_by_the_timetable_keeps_to_its_time_and_one_by_hand_does_not(assistant: Assistant) -> None:
    clock = iter(range(0, 10**9, 1000))
    run = ended(assistant.sleeping(NIGHT, night_name="2026-09-01", monotonic_s=lambda: next(clock)))
    assert run.state == "paused"
    done = ended(assistant.sleeping(NIGHT + timedelta(hours=1), monotonic_s=lambda: next(clock)))
    assert (done.id, done.state) == (run.id, "done")
    assert replace(done, entries=()) == assistant.nights(1)[0]
