"""What goes out comes back in, once, and nothing that was forgotten."""

import gc
import io
import os
import random
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.errors import ArchiveProblem, Cancelled, DiskFull
from core.memory import Kind, MediaId, MemoryId, MergeReport
from core.store import memories
from core.store.archive import What, Wrapping, export, merge, wrapping_of
from core.store.archive.container import HEADER_SIZE
from tests.unit.store.archive.profiles import NOW, PASSPHRASE, Profile, fact, fill, note, turn, webp

Make = Callable[[str], Profile]


def out(profile: Profile, path: Path, *, what: What | None = None, plain: bool = False) -> Path:
    export(
        profile.vault, profile.media, path, now=NOW, passphrase=None if plain else PASSPHRASE, what=what, plain=plain
    )
    return path


def back(profile: Profile, path: Path, *, own: bool | None = None) -> MergeReport:
    return merge(profile.vault, profile.media, path, now=NOW, passphrase=PASSPHRASE, own=own)


def bury(profile: Profile, id: MemoryId) -> None:
    """What a forget does to a row and its fingerprint."""
    with profile.vault.write() as db:
        row = next(iter(db.query("SELECT content_key FROM memory WHERE id = ?", [id])))
        db.execute("INSERT INTO tombstone VALUES (?)", [row["content_key"]])
        for table, column in (("source", "observation"), ("source", "memory"), ("memory", "id")):
            db.execute(f"DELETE FROM {table} WHERE {column} = ?", [id])


def test_an_empty_profile_holds_the_same_after_an_import(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    with first.vault.write() as db:
        db.execute("DELETE FROM memory WHERE kind = 'secret'")
    report = export(first.vault, first.media, tmp_path / "a.mneme", now=NOW, passphrase=PASSPHRASE)
    merged = back(second, tmp_path / "a.mneme")
    assert second.content() == first.content()
    assert (merged.added, merged.known, merged.pictures) == (report.memories, 0, 1)
    assert report.bytes == (tmp_path / "a.mneme").stat().st_size
    for table in ("memory_version", "episode", "source", "link"):
        assert second.rows(table) == first.rows(table)
    picture = MediaId(str(first.rows("picture")[0]["id"]))
    with second.vault.read() as db:
        assert second.media.get(db, picture) == webp("red")
        assert second.media.get(db, picture, thumbnail=True) == webp("red", 8)
        assert [row[0] for row in db.execute("SELECT count(*) FROM outbox").fetchall()] == [report.memories]


def test_the_same_archive_twice_adds_nothing(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    path = out(first, tmp_path / "a.mneme")
    before = back(second, path)
    content = second.content()
    again = back(second, path)
    assert (again.added, again.versions, again.refused, again.pictures) == (0, 0, 0, 0)
    assert again.known == before.added
    assert second.content() == content
    assert back(first, path).added == 0


def test_two_profiles_that_read_the_same_chat_become_one_without_duplicates(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    turns = second.save(*(turn(f"Turn {n} about the invoice — ünïcode 😀", n) for n in range(8, 16)))
    second.save(fact("Dana works at Acme.", turns[:1], "acme"), note("Only on the second machine."))
    merged = back(second, out(first, tmp_path / "a.mneme"))
    assert merged.known == 5
    texts = second.texts()
    assert len(texts) == len(set(texts)) == merged.added + 10
    sources = {(row["memory"], row["observation"]) for row in second.rows("source")}
    held = {row["id"] for row in second.rows("memory")}
    assert all(memory in held and observation in held for memory, observation in sources)
    assert len(sources) == 3


def test_two_machines_agree_after_exchanging_archives(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    ids = first.save(turn("said on Monday", 1))
    second.save(turn("said on Monday, corrected", 1))
    assert back(second, out(first, tmp_path / "a.mneme")).versions == 1
    assert second.texts() == ["said on Monday, corrected"]
    assert back(first, out(second, tmp_path / "b.mneme")).versions == 1
    assert first.texts() == ["said on Monday, corrected"]
    with first.vault.read() as db:
        assert [text for _, text, _ in memories.history(db, ids[0])] == ["said on Monday"]
    assert back(first, tmp_path / "b.mneme").versions == back(second, tmp_path / "a.mneme").versions == 0


def test_a_newer_version_wins_and_the_older_stays_in_the_history(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    ids = first.save(turn("one", 1))
    back(second, out(first, tmp_path / "a.mneme"))
    for number, text in enumerate(("two", "three")):
        with first.vault.write() as db:
            memories.change(db, ids[0], {"text": text}, NOW + timedelta(hours=number))
    merged = back(second, out(first, tmp_path / "b.mneme"))
    assert (merged.versions, merged.added) == (1, 0)
    assert second.content() == first.content()
    with second.vault.read() as db:
        assert [text for _, text, _ in memories.history(db, ids[0])] == ["one", "two"]
        found = memories.get(db, ids[0])
    assert found is not None
    assert found.version == 3
    assert back(second, tmp_path / "a.mneme").known == 1
    assert second.texts() == ["three"]


def test_what_was_forgotten_here_does_not_come_back_from_an_archive(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    ids = fill(first)
    back(second, out(first, tmp_path / "a.mneme"))
    bury(first, ids[2])
    assert back(first, tmp_path / "a.mneme").refused == 1
    assert "Turn 2 about the invoice — ünïcode 😀" not in first.texts()


def test_forgetting_moves_with_the_person_to_a_new_machine(profile: Make, tmp_path: Path) -> None:
    first, second, third = profile("first"), profile("second"), profile("third")
    ids = fill(first)
    early = out(first, tmp_path / "early.mneme")
    bury(first, ids[2])
    back(second, out(first, tmp_path / "late.mneme"))
    assert back(second, early).refused == 1
    assert "Turn 2 about the invoice — ünïcode 😀" not in second.texts()
    back(third, out(second, tmp_path / "second.mneme"))
    assert back(third, early).refused == 1


def test_what_lives_here_stays_when_it_was_forgotten_elsewhere(profile: Make, tmp_path: Path) -> None:
    first, second, third = profile("first"), profile("second"), profile("third")
    ids = fill(first)
    back(second, out(first, tmp_path / "a.mneme"))
    bury(first, ids[2])
    merged = back(second, out(first, tmp_path / "b.mneme"))
    assert merged.forgotten_elsewhere == (ids[2],)
    assert "Turn 2 about the invoice — ünïcode 😀" in second.texts()
    assert any("stay until you forget" in notice for notice in merged.notices)
    back(third, out(second, tmp_path / "c.mneme"))
    assert third.content() == second.content()


def test_secrets_travel_only_when_they_were_chosen(profile: Make, tmp_path: Path) -> None:
    first, second, third = profile("first"), profile("second"), profile("third")
    fill(first)
    secret = next(MemoryId(str(row["id"])) for row in first.rows("memory") if row["kind"] == "secret")
    back(second, out(first, tmp_path / "a.mneme"))
    assert "vault code 8231" not in second.texts()
    out(first, tmp_path / "named.mneme", what=What(ids=[secret]))
    assert back(second, tmp_path / "named.mneme").added == 0
    back(third, out(first, tmp_path / "b.mneme", what=What(ids=[secret], secrets=True)))
    assert third.texts() == ["vault code 8231"]


def test_secrets_that_stay_behind_are_named(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    report = export(first.vault, first.media, tmp_path / "a.mneme", now=NOW, passphrase=PASSPHRASE)
    assert [notice[:9] for notice in report.notices] == ["1 secrets"]
    everything = What(secrets=True)
    out(first, tmp_path / "b.mneme", what=everything)
    back(second, tmp_path / "b.mneme")
    assert second.content() == first.content()


TURNS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abcd")), max_size=8)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(here=TURNS, there=TURNS, later=TURNS)
@example(here=[(1, "b")], there=[(1, "a"), (1, "b")], later=[(1, "a")])
def test_machines_that_exchange_archives_in_turn_agree_whatever_they_heard(
    profile: Make,
    tmp_path: Path,
    here: list[tuple[int, str]],
    there: list[tuple[int, str]],
    later: list[tuple[int, str]],
) -> None:
    number = len(list(tmp_path.iterdir()))
    first, second = profile(f"{number} first"), profile(f"{number} second")

    def hear(who: Profile, said: list[tuple[int, str]]) -> None:
        for which, text in said:
            who.save(turn(text, which))

    def texts(who: Profile) -> set[tuple[object, object]]:
        return {(row["external_id"], row["text"]) for row in who.rows("memory")}

    def exchange(round: int) -> None:
        back(second, out(first, tmp_path / f"{number} {round} a"))
        back(first, out(second, tmp_path / f"{number} {round} b"))

    hear(first, here)
    hear(second, there)
    exchange(1)
    assert texts(first) == texts(second)
    hear(first, later)
    exchange(2)
    assert texts(first) == texts(second)
    assert {which for which, _ in texts(first)} == {f"m{n}" for n, _ in [*here, *there, *later]}
    before = (first.content(), second.content())
    again = [back(first, tmp_path / f"{number} 2 b"), back(second, tmp_path / f"{number} 2 a")]
    assert (first.content(), second.content()) == before
    assert [(report.added, report.versions) for report in again] == [(0, 0)] * 2


def test_a_selection_takes_nothing_else_along(profile: Make, tmp_path: Path) -> None:
    first = profile("first")
    ids = fill(first)
    bury(first, ids[11])
    out(first, tmp_path / "some.zip", what=What(ids=[ids[0], ids[4]]), plain=True)
    with zipfile.ZipFile(tmp_path / "some.zip") as archive:
        read = {name: archive.read(name).decode() for name in archive.namelist()}
    everything = "".join(read.values())
    assert "Turn 4" in everything
    assert all(word not in everything for word in ("Turn 5", "Acme", "8231", "The invoice", ids[5], "4711"))
    assert read["tombstones.jsonl"] == read["links.jsonl"] == read["sources.jsonl"] == ""


def test_a_plain_archive_is_taken_as_somebody_elses(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    first.save(note("I always pay invoices at once."), note("Call me master.", kind=Kind.CORE))
    first.save(note("code 1", kind=Kind.SECRET))
    ids = first.save(turn("Pay to account 1", 1))
    second.save(turn("Pay to account 2", 1))
    with first.vault.write() as db:
        memories.change(db, ids[0], {"text": "Pay to account 3", "pinned": True}, NOW)
        everything = [MemoryId(row["id"]) for row in db.query("SELECT id FROM memory")]
    path = out(first, tmp_path / "a.zip", what=What(ids=everything, secrets=True), plain=True)
    merged = back(second, path)
    assert (merged.added, merged.known, merged.refused) == (2, 1, 1)
    assert len(merged.notices) == 2
    rows = second.rows("memory")  # 4 is `Claim.FOREIGN`: no name makes it the person's
    assert {(row["text"], row["trust"], row["mine"], row["kind"]) for row in rows} == {
        ("Pay to account 2", 1, 0, "episodic"),
        ("I always pay invoices at once.", 1, 4, "semantic"),
        ("Call me master.", 1, 4, "semantic"),
    }
    assert back(second, path, own=True).versions == 1
    assert "Pay to account 3" in second.texts()


def test_an_archive_tells_nothing_without_its_passphrase(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    canary = "canary-71cfe0-zebra"
    first.save(note(canary))
    path = out(first, tmp_path / "a.mneme")
    assert path.stat().st_mode & 0o777 == 0o600
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or canary.encode() not in file.read_bytes(), file
    for wrong in (PASSPHRASE + " ", "", None):
        with pytest.raises(ArchiveProblem):
            merge(second.vault, second.media, path, now=NOW, passphrase=wrong)
    assert second.texts() == []
    assert wrapping_of(path) is Wrapping.ENCRYPTED


def test_an_import_refuses_an_archive_with_any_changed_byte(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    path = out(first, tmp_path / "a.mneme")
    raw = path.read_bytes()
    rng = random.Random(11)
    for at in [HEADER_SIZE, len(raw) - 1, *(rng.randrange(HEADER_SIZE, len(raw)) for _ in range(60))]:
        path.write_bytes(raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :])
        with pytest.raises(ArchiveProblem):
            back(second, path)
    assert second.texts() == []
    path.write_bytes(raw)
    assert back(second, path).added > 10


def test_only_archives_are_taken_for_archives(profile: Make, tmp_path: Path) -> None:
    first = profile("first")
    fill(first)
    assert wrapping_of(out(first, tmp_path / "plain.zip", plain=True)) is Wrapping.PLAIN
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("conversations.json", "[]")
    (tmp_path / "text").write_text("PK but not really")
    for name in ("other.zip", "text", "missing", "."):
        assert wrapping_of(tmp_path / name) is None
        with pytest.raises(ArchiveProblem):
            back(first, tmp_path / name)


def test_no_passphrase_is_not_taken_for_a_wish_to_be_readable(profile: Make, tmp_path: Path) -> None:
    first = profile("first")
    for passphrase in (None, ""):
        with pytest.raises(ArchiveProblem):
            export(first.vault, first.media, tmp_path / "a.mneme", now=NOW, passphrase=passphrase)
    assert not (tmp_path / "a.mneme").exists()


def test_an_existing_file_is_only_replaced_when_asked(profile: Make, tmp_path: Path) -> None:
    first = profile("first")
    (tmp_path / "a.mneme").write_text("mine")
    with pytest.raises(ArchiveProblem):
        out(first, tmp_path / "a.mneme")
    assert (tmp_path / "a.mneme").read_text() == "mine"
    export(first.vault, first.media, tmp_path / "a.mneme", now=NOW, passphrase=PASSPHRASE, replace=True)
    assert wrapping_of(tmp_path / "a.mneme") is Wrapping.ENCRYPTED


class Asked:
    """Says yes from a certain question on; counts them."""

    def __init__(self, yes_from: int = 10**9) -> None:
        self.times = 0
        self._yes_from = yes_from

    def __call__(self) -> bool:
        self.times += 1
        return self.times > self._yes_from


def moments(asked: Asked) -> list[int]:
    """Where to cancel: at first, at last, and at every tenth between."""
    return sorted({asked.times * tenth // 10 for tenth in range(10)} | {asked.times - 1})


def test_a_cancelled_export_leaves_nothing_behind(profile: Make, tmp_path: Path) -> None:
    first = profile("first")
    fill(first)
    folder = tmp_path / "out"
    folder.mkdir()

    def go(asked: Asked, plain: bool) -> None:
        secret = None if plain else PASSPHRASE
        export(first.vault, first.media, folder / "a", now=NOW, passphrase=secret, plain=plain, cancelled=asked)

    for plain in (False, True):
        go(whole := Asked(), plain)
        (folder / "a").unlink()
        for moment in moments(whole):
            with pytest.raises(Cancelled):
                go(Asked(moment), plain)
            gc.collect()
            assert list(folder.iterdir()) == [], moment


def test_a_cancelled_import_changes_nothing(profile: Make, tmp_path: Path) -> None:
    first, second, third = profile("first"), profile("second"), profile("third")
    fill(first)
    path = out(first, tmp_path / "a.mneme")

    def go(into: Profile, asked: Asked) -> None:
        merge(into.vault, into.media, path, now=NOW, passphrase=PASSPHRASE, cancelled=asked)

    go(third, whole := Asked())
    for moment in moments(whole):
        with pytest.raises(Cancelled):
            go(second, Asked(moment))
        assert second.texts() == [], moment
        assert [file for file in (tmp_path / "second" / "media").rglob("*") if file.is_file()] == [], moment


def test_progress_goes_from_nothing_to_all(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    told: list[tuple[int, int]] = []
    path = tmp_path / "a.mneme"
    export(*(first.vault, first.media, path), now=NOW, passphrase=PASSPHRASE, progress=lambda *at: told.append(at))
    assert told == sorted(told)
    assert told[0] == (0, 1000)
    assert told[-1] == (1000, 1000)
    told.clear()
    merge(*(second.vault, second.media, path), now=NOW, passphrase=PASSPHRASE, progress=lambda *at: told.append(at))
    assert told == sorted(told)
    assert told[-1] == (1000, 1000)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_while_exporting_leaves_no_file(
    profile: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = profile("first")
    fill(first)
    folder = tmp_path / "out"
    folder.mkdir()
    real = os.open

    def full(path: str, flags: int, mode: int = 0o777) -> int:
        handle = real(path, flags, mode)
        if not str(path).endswith(".part"):
            return handle
        os.close(handle)
        return real("/dev/full", os.O_RDWR)

    monkeypatch.setattr("core.store.archive.pack.os.open", full)
    with pytest.raises(DiskFull):
        out(first, folder / "a.mneme")
    assert list(folder.iterdir()) == []


def test_a_changed_picture_file_costs_that_picture_and_says_so(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    file = next(file for file in (tmp_path / "first" / "media").rglob("*.bin") if ".small" not in file.name)
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(raw)
    report = export(first.vault, first.media, tmp_path / "a.mneme", now=NOW, passphrase=PASSPHRASE)
    assert report.pictures == 0
    assert report.notices[-1].startswith("1 pictures could not be read")
    assert back(second, tmp_path / "a.mneme").added == report.memories


def test_a_plain_archive_is_an_ordinary_zip_of_json_lines(profile: Make, tmp_path: Path) -> None:
    first = profile("first")
    fill(first)
    data = out(first, tmp_path / "a.zip", plain=True).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert b"Bring the blue folder." in archive.read("memories.jsonl")
        assert archive.read("tombstones.jsonl") == b""
        assert any(name.endswith(".webp") for name in archive.namelist())
