"""Pictures under a key each: readable with their row, and by nothing without it."""

import contextlib
import os
import secrets
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInput, DamagedVault, DiskFull
from core.memory import MediaId
from core.store.media import Media, webp
from core.store.vault import Vault

PICTURE = b"RIFF picture canary-5512 " * 500
SMALL = b"RIFF thumbnail canary-5513 " * 20


def kept(vault: Vault, media: Media) -> MediaId:
    with vault.write() as db:
        return media.put(db, PICTURE, SMALL, width=1920, height=1080, form="webp-lossy")


def files(vault: Vault) -> list[Path]:
    return sorted(file for file in vault.paths.media.rglob("*") if file.is_file())


def got(vault: Vault, media: Media, id: MediaId, *, thumbnail: bool = False) -> bytes:
    with vault.read() as db:
        return media.get(db, id, thumbnail)


def test_a_picture_and_its_thumbnail_come_back_as_they_were(vault: Vault, media: Media) -> None:
    id = kept(vault, media)
    assert got(vault, media, id) == PICTURE
    assert got(vault, media, id, thumbnail=True) == SMALL
    with vault.read() as db:
        facts = media.facts(db, id)
        assert (facts.width, facts.height, facts.bytes, facts.small_bytes) == (1920, 1080, len(PICTURE), len(SMALL))
        assert facts.whole
        assert media.used_bytes(db) == len(PICTURE) + len(SMALL)
        assert list(media.every(db)) == [facts]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_files_and_folders_are_the_owners_alone(vault: Vault, media: Media) -> None:
    old = os.umask(0)
    try:
        kept(vault, media)
    finally:
        os.umask(old)
    assert {file.stat().st_mode & 0o777 for file in files(vault)} == {0o600}
    folders = [vault.paths.media, *(f for f in vault.paths.media.iterdir())]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_nothing_of_a_picture_can_be_read_from_any_file(vault: Vault, media: Media) -> None:
    kept(vault, media)
    written = [file for file in vault.paths.root.rglob("*") if file.is_file()]
    assert len(files(vault)) == 2
    assert sum(file.stat().st_size for file in files(vault)) > len(PICTURE)
    assert [file for file in written if b"canary" in file.read_bytes()] == []


def test_a_picture_whose_row_is_gone_is_unreadable(vault: Vault, media: Media) -> None:
    id = kept(vault, media)
    with vault.read() as db:
        row = next(iter(db.query("SELECT key, small_key FROM picture WHERE id = ?", [id])))
    keys = [bytes(row["key"]), bytes(row["small_key"])]
    with vault.write() as db:
        left = media.remove(db, [id])
    assert sorted(left) == files(vault)
    with vault.read() as db, pytest.raises(BadInput):
        media.get(db, id)
    vault.checkpoint()
    for file in vault.paths.root.rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            assert b"canary" not in raw
            assert not any(key in raw for key in keys)
    with vault.read() as db:
        for table in db.query("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for cells in db.execute(f'SELECT * FROM "{table["name"]}"'):
                assert not any(key == cell for key in keys for cell in cells)
    assert media.discard(left) == 2
    assert files(vault) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans(), small=st.booleans())
def test_every_changed_byte_is_noticed(
    vault: Vault, media: Media, place: float, bit: int, cut: bool, small: bool
) -> None:
    id = kept(vault, media)
    file = next(f for f in files(vault) if f.name == (f"{id}.small.bin" if small else f"{id}.bin"))
    raw = bytearray(file.read_bytes())
    at = int(place * len(raw))
    if cut:
        del raw[at:]
    else:
        raw[at] ^= 1 << bit
    file.write_bytes(raw)
    with pytest.raises(DamagedVault):
        got(vault, media, id, thumbnail=small)


def test_one_picture_in_place_of_another_is_noticed(vault: Vault, media: Media) -> None:
    first, second = kept(vault, media), kept(vault, media)
    paths = [media.files(id)[0] for id in (first, second)]
    paths[0].write_bytes(paths[1].read_bytes())
    with pytest.raises(DamagedVault):
        got(vault, media, first)
    paths[1].unlink()
    with pytest.raises(DamagedVault):
        got(vault, media, second)


def test_a_rolled_back_transaction_leaves_only_what_a_sweep_removes(vault: Vault, media: Media) -> None:
    stays = kept(vault, media)
    with contextlib.suppress(KeyboardInterrupt), vault.write() as db:
        media.put(db, PICTURE, SMALL, width=1, height=1, form="f")
        raise KeyboardInterrupt
    (vault.paths.media / stays[:2] / f".{stays}.bin.0123.part").write_bytes(b"half")
    assert len(files(vault)) == 5
    with vault.write() as db:
        swept = media.sweep(db)
    assert (swept.orphans, swept.missing) == (3, ())
    assert got(vault, media, stays) == PICTURE
    media.files(stays)[1].unlink()
    with vault.write() as db:
        assert media.sweep(db).missing == (stays,)


def seen(vault: Vault, media: Media) -> MediaId:
    """A real picture, larger than its half."""
    pixels = np.random.default_rng(1).integers(0, 255, (90, 160, 3), dtype=np.uint8)
    with vault.write() as db:
        return media.put(db, webp.encoded(pixels)[0], SMALL, width=160, height=90, form="lossless")


def test_a_thinned_picture_keeps_its_thumbnail_only(vault: Vault, media: Media) -> None:
    id = seen(vault, media)
    with vault.write() as db:
        left = media.halve(db, id)
    assert media.discard(left) == 1
    assert webp.decoded(got(vault, media, id)).shape == (45, 80, 3)
    with vault.write() as db:
        left = media.keep_thumbnail(db, [id])
    assert media.discard(left) == 1
    assert got(vault, media, id) == got(vault, media, id, thumbnail=True) == SMALL
    with vault.write() as db:
        assert media.sweep(db).orphans == 0
        assert not media.facts(db, id).whole
    assert len(files(vault)) == 1


def test_a_halving_that_is_rolled_back_loses_nothing(vault: Vault, media: Media) -> None:
    id = seen(vault, media)
    whole = got(vault, media, id)
    with contextlib.suppress(KeyboardInterrupt), vault.write() as db:
        media.halve(db, id)
        raise KeyboardInterrupt
    assert got(vault, media, id) == whole
    with vault.write() as db:
        media.sweep(db)
        media.halve(db, id)
    assert webp.decoded(got(vault, media, id)).shape == (45, 80, 3)


@pytest.mark.parametrize("id", ["", "../evil", "a/b", "A" * 26, "a" * 27, "a" * 25 + "/", "a" * 26 + "\n"])
def test_only_an_id_becomes_a_files_name(vault: Vault, media: Media, id: str) -> None:
    with vault.write() as db, pytest.raises(BadInput):
        media.put(db, PICTURE, SMALL, width=1, height=1, form="f", id=MediaId(id))
    assert files(vault) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_and_leaves_no_half_picture(
    vault: Vault, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def full(path: Path, flags: int, mode: int = 0o777) -> int:
        handle = real(path, flags, mode)
        if not str(path).endswith(".part"):
            return handle
        os.close(handle)
        return real("/dev/full", os.O_WRONLY)

    monkeypatch.setattr("core.store.media.sealed.os.open", full)
    with pytest.raises(DiskFull), vault.write() as db:
        media.put(db, PICTURE, SMALL, width=1, height=1, form="f")
    assert files(vault) == []


def test_ids_do_not_tell_when_a_picture_was_taken(vault: Vault, media: Media) -> None:
    ids = [kept(vault, media) for _ in range(20)]
    assert ids != sorted(ids)
    assert len(set(ids)) == 20
    assert all(len(id) == 26 for id in ids)
    assert secrets.compare_digest(got(vault, media, ids[3]), PICTURE)
