"""Exports and imports that are killed, locked out or overtaken by a forget."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ArchiveProblem, DamagedVault, Problem
from core.memory import MediaId, MemoryId
from core.paths import ProfilePaths
from core.store import memories
from core.store.archive import export, merge
from core.store.forget import forget
from core.store.media import Media
from core.store.vault import Vault
from tests.unit.store.archive.profiles import NOW, PASSPHRASE, Profile, fill, note

ROOT = Path(__file__).resolve().parents[3]
CANARY = "canary-40d1-heron"
KILLED = """
import os, signal, sys
from pathlib import Path
from core.paths import ProfilePaths
from core.store.archive import export, merge
from core.store.media import Media
from core.store.vault import Vault
from tests.unit.store.archive.profiles import NOW, PASSPHRASE

what, root, path, key, moment = sys.argv[1:]
paths = ProfilePaths(Path(root))
vault = Vault.open(paths, bytes.fromhex(key))
asked = iter(range(10**9))

def cancelled():
    if next(asked) == int(moment):
        os.kill(os.getpid(), signal.SIGKILL)
    return False

go = export if what == "export" else merge
go(vault, Media(paths), Path(path), now=NOW, passphrase=PASSPHRASE, cancelled=cancelled)
vault.close()
print(next(asked))
"""


def profile_at(root: Path, key: bytes) -> Profile:
    root.mkdir(mode=0o700)
    paths = ProfilePaths(root)
    return Profile(Vault.create(paths, key), Media(paths))


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Profile]:
    made = profile_at(tmp_path / "first", b"1" * 32)
    fill(made)
    made.save(*(note(f"{CANARY} {n}") for n in range(60)))
    yield made
    made.vault.close()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, *words],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_an_import_that_is_killed_took_nothing_and_can_be_done_again(first: Profile, tmp_path: Path) -> None:
    path, key = tmp_path / "a.mneme", os.urandom(32)
    export(first.vault, first.media, path, now=NOW, passphrase=PASSPHRASE)
    profile_at(tmp_path / "second", key).vault.close()
    paths = ProfilePaths(tmp_path / "second")
    profile_at(tmp_path / "whole", key).vault.close()
    asked = int(run("import", str(tmp_path / "whole"), str(path), key.hex(), "1000000").stdout)
    for moment in (asked // 2, asked * 3 // 4, asked - 30, asked - 2):
        told = run("import", str(paths.root), str(path), key.hex(), str(moment))
        assert told.returncode == -signal.SIGKILL, told.stderr
        vault = Vault.open(paths, key)
        try:
            with vault.write() as db:
                assert memories.counts(db)["kind"] == {}
                Media(paths).sweep(db)
            assert [file for file in paths.media.rglob("*") if file.is_file()] == []
        finally:
            vault.close()
    vault = Vault.open(paths, key)
    try:
        assert merge(vault, Media(paths), path, now=NOW, passphrase=PASSPHRASE).pictures == 1
    finally:
        vault.close()


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_an_export_that_is_killed_leaves_nothing_readable_and_the_next_one_clears_it(
    first: Profile, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    first.vault.close()
    key = (b"1" * 32).hex()
    asked = int(run("export", str(tmp_path / "first"), str(folder / "whole"), key, "1000000").stdout)
    for moment in (1, asked // 2, asked - 1):
        told = run("export", str(tmp_path / "first"), str(folder / "a.mneme"), key, str(moment))
        assert told.returncode == -signal.SIGKILL, told.stderr
        left = [file for file in folder.iterdir() if file.name != "whole"]
        assert [file.suffix for file in left] == [".part"]
        assert CANARY.encode() not in left[0].read_bytes()
        assert left[0].stat().st_mode & 0o777 == 0o600
    assert run("export", str(tmp_path / "first"), str(folder / "a.mneme"), key, "1000000").returncode == 0
    assert sorted(file.name for file in folder.iterdir()) == ["a.mneme", "whole"]


def test_what_is_forgotten_during_an_export_is_not_in_it(first: Profile, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with first.vault.read() as db:
        victim = next(MemoryId(row["id"]) for row in db.query("SELECT id FROM memory ORDER BY seq DESC"))

    def told(done: int, total: int) -> None:
        with first.vault.read() as db:
            present = memories.get(db, victim) is not None
        if done > 600 and present:
            forget(first.vault, first.media, None, [victim])

    with pytest.raises(ArchiveProblem, match="forgotten during"):
        export(first.vault, first.media, folder / "a.mneme", now=NOW, passphrase=PASSPHRASE, progress=told)
    assert list(folder.iterdir()) == []


def test_a_lock_during_an_export_ends_it_without_a_trace(first: Profile, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(Problem):
        export(
            *(first.vault, first.media, folder / "a.mneme"),
            now=NOW,
            passphrase=PASSPHRASE,
            progress=lambda done, total: first.vault.close() if done > 300 else None,
        )
    assert list(folder.iterdir()) == []


def test_what_a_forget_took_does_not_come_back_with_an_archive(first: Profile, tmp_path: Path) -> None:
    path = tmp_path / "a.mneme"
    export(first.vault, first.media, path, now=NOW, passphrase=PASSPHRASE)
    with first.vault.read() as db:
        frame = next(iter(db.query("SELECT id, picture FROM memory WHERE picture IS NOT NULL")))
    forget(first.vault, first.media, None, [MemoryId(frame["id"])])
    merged = merge(first.vault, first.media, path, now=NOW, passphrase=PASSPHRASE)
    assert (merged.added, merged.refused, merged.pictures) == (0, 1, 0)
    assert first.media.files(MediaId(frame["picture"])) == ()


def test_no_file_shows_a_word_of_what_was_exported_and_imported(first: Profile, tmp_path: Path) -> None:
    path = tmp_path / "a.mneme"
    second = profile_at(tmp_path / "second", os.urandom(32))
    try:
        export(first.vault, first.media, path, now=NOW, passphrase=PASSPHRASE)
        merge(second.vault, second.media, path, now=NOW, passphrase=PASSPHRASE)
        assert any(CANARY in text for text in second.texts())
        for file in tmp_path.rglob("*"):
            raw = file.read_bytes() if file.is_file() else b""
            assert CANARY.encode() not in raw, file
            assert b"WEBP" not in raw, file
    finally:
        second.vault.close()


def test_a_picture_swapped_on_disk_is_never_exported_as_another(first: Profile, tmp_path: Path) -> None:
    file = next(file for file in (tmp_path / "first" / "media").rglob("*.small.bin"))
    file.write_bytes(os.urandom(file.stat().st_size))
    with first.vault.read() as db:
        picture = next(iter(first.media.every(db))).id
        with pytest.raises(DamagedVault):
            first.media.get(db, picture, thumbnail=True)
    report = export(first.vault, first.media, tmp_path / "a.mneme", now=NOW, passphrase=PASSPHRASE)
    assert report.pictures == 0
    assert report.notices[-1].startswith("1 pictures could not be read")
