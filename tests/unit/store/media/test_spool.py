"""Frames that wait: bounded, newest first, unreadable to anyone but this process."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import CaptureProblem, DamagedVault, VaultProblem
from core.paths import ProfilePaths
from core.store.media import Spool, SpoolFull
from core.store.media.sealed import read_sealed
from core.store.media.spool import empty_leftovers

FRAME = b"pixels canary-9001 " * 100


@pytest.fixture
def paths(tmp_path: Path) -> ProfilePaths:
    return ProfilePaths(tmp_path)


def test_the_newest_frame_is_read_first(paths: ProfilePaths) -> None:
    spool = Spool(paths)
    tickets = [spool.put(b"frame %d" % n, b"label %d" % n) for n in range(3)]
    taken = [spool.take(), spool.take()]
    assert [(t.frame, t.label) for t in taken if t] == [(b"frame 2", b"label 2"), (b"frame 1", b"label 1")]
    newest = spool.put(b"frame 3")
    after = spool.take()
    assert after is not None
    assert after.ticket == newest
    for ticket in (*tickets, newest):
        spool.done(ticket)
    assert spool.take() is None
    assert spool.used_bytes == 0
    assert list(paths.spool.iterdir()) == []


def test_no_file_of_the_spool_can_be_read(paths: ProfilePaths) -> None:
    spool = Spool(paths)
    spool.put(FRAME, b"window title canary-9002")
    assert [b"canary" in file.read_bytes() for file in paths.spool.iterdir()] == [False]
    assert {file.stat().st_mode & 0o777 for file in paths.spool.iterdir()} == {0o600}


def test_a_full_spool_says_so_and_drops_nothing(paths: ProfilePaths) -> None:
    few = Spool(paths, most_frames=2)
    small = Spool(paths, most_bytes=3 * len(FRAME))
    for spool, fits in ((few, 2), (small, 3)):
        for _ in range(fits):
            spool.put(FRAME)
        with pytest.raises(SpoolFull) as told:
            spool.put(FRAME)
        assert isinstance(told.value, CaptureProblem)
        taken = spool.take()
        assert taken is not None
        with pytest.raises(SpoolFull):
            spool.put(FRAME)
        spool.done(taken.ticket)
        spool.put(FRAME)
        assert spool.waiting == fits


def test_a_frame_whose_reader_died_waits_again(paths: ProfilePaths) -> None:
    spool = Spool(paths)
    spool.put(FRAME)
    first = spool.take()
    assert first is not None
    assert spool.take() is None
    spool.give_back(first.ticket)
    again = spool.take()
    assert again is not None
    assert again.frame == FRAME


def test_what_a_crash_left_is_unreadable_deleted_and_reported(paths: ProfilePaths) -> None:
    before = Spool(paths)
    for _ in range(3):
        before.put(FRAME)
    began = datetime.fromtimestamp(min(f.stat().st_mtime for f in paths.spool.iterdir()), UTC)
    left = [file.read_bytes() for file in paths.spool.iterdir()]
    assert all(b"canary" not in raw for raw in left)
    lost = empty_leftovers(paths.spool)
    assert (lost.frames, lost.first) == (3, began)
    assert lost.last is not None
    assert lost.last >= began
    assert lost.bytes == sum(map(len, left))
    assert empty_leftovers(paths.spool).frames == 0
    assert Spool(paths).take() is None


def test_a_lock_loses_what_waits_and_says_how_much(paths: ProfilePaths) -> None:
    spool = Spool(paths)
    spool.put(FRAME)
    spool.put(FRAME)
    assert spool.close().frames == 2
    assert spool.take() is None
    assert list(paths.spool.iterdir()) == []
    spool.put(FRAME)
    taken = spool.take()
    assert taken is not None
    assert taken.frame == FRAME


def test_a_changed_frame_is_noticed_and_makes_room_for_others(paths: ProfilePaths) -> None:
    spool = Spool(paths, most_frames=2)
    spool.put(FRAME)
    file = next(paths.spool.iterdir())
    spool.put(b"a later one")
    later = spool.take()
    assert later is not None
    spool.done(later.ticket)
    file.write_bytes(file.read_bytes()[:-1] + b"\0\0")
    with pytest.raises(DamagedVault):
        spool.take()
    assert spool.take() is None
    assert spool.used_bytes == 0


def test_many_threads_lose_no_frame(paths: ProfilePaths) -> None:
    spool = Spool(paths, most_frames=1_000)
    seen: list[bytes] = []

    def put(which: int) -> None:
        for n in range(20):
            spool.put(b"%d %d" % (which, n))

    def take() -> None:
        while len(seen) < 80:
            taken = spool.take()
            if taken is not None:
                seen.append(taken.frame)
                spool.done(taken.ticket)

    threads = [threading.Thread(target=put, args=(n,)) for n in range(4)] + [threading.Thread(target=take)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(seen) == sorted(b"%d %d" % (w, n) for w in range(4) for n in range(20))
    assert spool.used_bytes == 0


def test_a_lock_drops_the_key_and_the_labels_of_what_waited(paths: ProfilePaths) -> None:
    spool = Spool(paths)
    ticket = spool.put(b"frame", b"a window's title")
    (file,) = paths.spool.iterdir()
    kept = file.read_bytes()
    assert read_sealed(file, spool._key, str(ticket)).endswith(b"frame")
    spool.close()
    file.write_bytes(kept)
    with pytest.raises(DamagedVault):
        read_sealed(file, spool._key, str(ticket))
    assert spool._labels == {}


def test_a_frame_that_could_not_be_written_takes_no_room(paths: ProfilePaths) -> None:
    spool = Spool(paths)
    spool._file(1).mkdir(parents=True)
    with pytest.raises(VaultProblem):
        spool.put(b"frame")
    assert (spool.waiting, spool.used_bytes) == (0, 0)
    spool._file(1).rmdir()
    assert spool.put(b"another") == 2
