"""A restore brings back no forgotten memory, loses no vault, and can itself be taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.memory import Channel, Draft, Facet, MemoryId, Selection
from core.store import memories, tombstones
from core.store.backup import Backup, back_up, backups, copies, drop_all, named_copies, set_aside
from core.store.envelope import content_keys
from core.store.forget import forget
from core.store.media import Media
from core.store.profile import Profile
from core.store.vault import Vault
from tests.integration.store.stores import made, unlocked
from tests.made import NOON, open_vault, turn

MORNING = datetime(2026, 11, 21, 8, tzinfo=UTC)


def texts(profile: Profile) -> list[str]:
    vault = profile.open_vault()
    assert vault.notices == ()
    assert vault.check() == ()
    with vault.read() as db:
        found = sorted(memory.text for memory in memories.find(db, Selection()))
    vault.close()
    return found


def add(vault: Vault, *drafts: Draft) -> tuple[MemoryId, ...]:
    return memories.save(vault, drafts, NOON).ids


def backed_up(profile: Profile, *drafts: Draft, at: datetime = MORNING) -> Backup:
    vault = profile.open_vault()
    add(vault, *drafts)
    done = back_up(vault, at, keep=9)
    vault.close()
    return done


def forget_by_text(profile: Profile, text: str) -> None:
    vault = profile.open_vault()
    with vault.read() as db:
        ids = [memory.id for memory in memories.find(db, Selection()) if memory.text == text]
    assert forget(vault, Media(vault.paths), None, ids).forgotten
    vault.close()


def test_what_was_forgotten_after_a_backup_stays_forgotten_when_it_is_put_back(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    vault = profile.open_vault()
    (first, _) = add(vault, turn("a zebrafish in the kitchen", 0), turn("the bread is on the table", 1))
    derived = replace(turn("Dana keeps a zebrafish.", 0), facet=Facet.SUMMARY, sources=(first,))
    derived = replace(derived, provenance=replace(derived.provenance, channel=Channel.SLEEP, external_id=""))
    with vault.write() as db:
        memories.insert(db, derived, NOON, keys=content_keys(vault))
    backup = back_up(vault, MORNING, keep=9)
    vault.close()
    forget_by_text(profile, "a zebrafish in the kitchen")

    done = profile.restore(backup.name)

    assert (done.forgotten, done.unread) == (2, ())
    assert texts(profile) == ["the bread is on the table"]
    vault = profile.open_vault()
    assert vault.traces([b"zebrafish"]) == 0
    assert memories.save(vault, [turn("a zebrafish in the kitchen", 0)], NOON).refused == 1
    vault.close()


def test_without_a_forget_in_between_everything_of_a_backup_comes_back(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    backup = backed_up(profile, turn("one", 0), turn("two", 1))
    done = profile.restore(backup.name)
    assert done.forgotten == 0
    assert texts(profile) == ["one", "two"]


def test_what_was_forgotten_on_another_machine_stays_forgotten_too(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    backup = backed_up(profile, turn("my old address", 0), turn("hello", 1))
    other = open_vault(tmp_path / "other")
    forget(other, Media(other.paths), None, add(other, turn("my old address", 0)))
    vault = profile.open_vault()
    with vault.read() as db:
        here = [memory.id for memory in memories.find(db, Selection()) if "address" in memory.text]
    forget(vault, Media(vault.paths), None, here)
    with other.read() as there, vault.write() as db:
        db.execute("DELETE FROM tombstone")
        tombstones.adopt(db, other.derived_key("content"))
        tombstones.bury(db, tombstones.every(there))
    other.close()
    vault.close()
    assert profile.restore(backup.name).forgotten == 1
    assert texts(profile) == ["hello"]


def test_two_restores_in_a_row_lose_no_vault_and_the_newest_can_be_put_back(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    first = backed_up(profile, turn("one", 0))
    second = backed_up(profile, turn("two", 1), at=MORNING + timedelta(days=1))
    vault = profile.open_vault()
    add(vault, turn("the newest of all", 2))
    vault.close()
    one = profile.restore(first.name, clock=MORNING.timestamp)
    profile.restore(second.name, clock=MORNING.timestamp)
    assert texts(profile) == ["one", "two"]
    assert len(set_aside(profile.paths)) == 2, "also within one second"
    assert one.aside is not None
    forget_by_text(profile, "two")
    done = profile.restore(one.aside.name)
    assert done.forgotten == 1, "a vault set aside forgets as a backup does"
    assert texts(profile) == ["one", "the newest of all"]


def test_a_damaged_vault_is_set_aside_and_it_is_said_that_it_could_not_be_read(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    backup = backed_up(profile, turn("one", 0))
    profile.paths.vault.write_bytes(bytes(8192))
    done = profile.restore(backup.name)
    assert done.unread == ("vault.db",)
    assert texts(profile) == ["one"]


def test_a_vault_with_a_log_beside_it_is_set_aside_whole(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    backup = backed_up(profile, turn("one", 0))
    vault = profile.open_vault()
    add(vault, turn("only in the log", 1))
    log = profile.paths.vault.with_name("vault.db-wal")
    kept = {path: path.read_bytes() for path in (profile.paths.vault, log)}
    vault.close()
    for path, data in kept.items():
        path.write_bytes(data)
        path.chmod(0o600)
    done = unlocked(tmp_path / "p").restore(backup.name)
    assert done.aside is not None
    assert texts(profile) == ["one"]
    profile.restore(done.aside.name)
    assert texts(profile) == ["one", "only in the log"]


def test_every_own_copy_is_named_and_an_erase_removes_it(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    backup = backed_up(profile, turn("one", 0))
    done = profile.restore(backup.name)
    assert done.aside is not None
    assert tuple(named_copies(profile.paths)) == (f"backup {backup.name}", f"vault set aside {done.aside.name}")
    assert drop_all(profile.paths) == 2
    assert copies(profile.paths) == backups(profile.paths) == set_aside(profile.paths) == []


def test_a_restore_that_is_refused_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    backup = backed_up(profile, turn("one", 0))
    backup.path.write_bytes(bytes(8192))
    with pytest.raises(Exception, match=r"damaged|does not open"):
        profile.restore(backup.name)
    assert texts(profile) == ["one"]
    assert not (profile.paths.root / "restoring").exists()
    assert set_aside(profile.paths) == []


def proof_of_forgetting(profile: Profile, text: str) -> tuple[str, ...]:
    vault = profile.open_vault()
    with vault.read() as db:
        ids = [memory.id for memory in memories.find(db, Selection()) if memory.text == text]
    gone = forget(vault, Media(vault.paths), None, ids)
    vault.close()
    assert len(gone.forgotten) == 1
    return gone.proof.remaining


def test_a_proof_names_the_copies_that_hold_it_and_none_from_before_it_was_there(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    before = backed_up(profile, turn("one", 0))
    since = backed_up(profile, turn("two", 1), at=MORNING + timedelta(hours=1))
    assert proof_of_forgetting(profile, "two") == (f"backup {since.name}",)
    assert proof_of_forgetting(profile, "one") == (f"backup {before.name}", f"backup {since.name}")


def test_a_proof_names_a_copy_that_holds_an_earlier_text_or_the_same_words_under_another_id(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    backup = backed_up(profile, turn("as it was", 0), turn("taken back and said again", 1))
    vault = profile.open_vault()
    with vault.write() as db:
        first, second = (memory.id for memory in memories.find(db, Selection(newest_first=False)))
        memories.change(db, first, {"text": "corrected"}, NOON)
        db.execute("UPDATE memory SET id = ? WHERE id = ?", [first[:-1] + "Z", second])
    vault.close()
    assert proof_of_forgetting(profile, "corrected") == (f"backup {backup.name}",)
    assert proof_of_forgetting(profile, "taken back and said again") == (f"backup {backup.name}",)


def test_a_proof_names_a_copy_of_which_it_cannot_be_told(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    torn = backed_up(profile, turn("one", 0))
    logged = backed_up(profile, at=MORNING + timedelta(hours=1))
    vault = profile.open_vault()
    add(vault, turn("two", 1))
    vault.close()
    torn.path.write_bytes(bytes(8192))
    logged.path.with_name(logged.name + "-wal").write_bytes(b"a log")
    assert proof_of_forgetting(profile, "two") == (f"backup {torn.name}", f"backup {logged.name}")
