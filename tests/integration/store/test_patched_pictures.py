"""Pictures that are patches on another, through kills and restores."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.memory import Channel, Draft, Facet, MediaId, Provenance, Selection
from core.paths import ProfilePaths
from core.store import memories
from core.store.backup import back_up
from core.store.forget import forget
from core.store.media import Media, webp
from core.store.media.patch import difference, differing
from core.store.vault import Vault
from tests.integration.store.stores import made
from tests.made import KEY, NOON, open_vault

Pixels = NDArray[np.uint8]
ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import os, signal, sys
from pathlib import Path
from core.memory import MediaId
from core.paths import ProfilePaths
from core.store.media import Media
from core.store.vault import Vault

folder, when, key, doing, *ids = sys.argv[1:]
vault = Vault.open(ProfilePaths(Path(folder)), bytes.fromhex(key))
media = Media(vault.paths)
with vault.write() as db:
    if doing == "halve":
        files = media.halve(db, MediaId(ids[0]))
    else:
        files = getattr(media, doing)(db, [MediaId(id) for id in ids])
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
if when == "after":
    os.kill(os.getpid(), signal.SIGKILL)
media.discard(files)
os.kill(os.getpid(), signal.SIGKILL)
"""


def page(seed: int) -> Pixels:
    grey = np.where(np.random.default_rng(seed).random((96, 160)) < 0.3, 20, 240).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


def seen(vault: Vault, media: Media) -> dict[MediaId, Pixels]:
    """A page and three on which something was written."""
    shown: dict[MediaId, Pixels] = {}
    below = page(0)
    for number in range(4):
        pixels = below.copy()
        if number:
            pixels[16 * number : 16 * number + 16, :64] = page(number)[:16, :64]
        patch = difference(below, pixels, differing(below, pixels))
        base = next(iter(shown), None)
        data, small = (patch.data, b"") if base else (webp.encoded(pixels)[0], webp.thumbnail(pixels))
        with vault.write() as db:
            id = media.put(
                *(db, data, small), width=160, height=96, form="f", base=base, laid=patch.laid if base else ""
            )
        shown[id] = pixels
        origin = Provenance(channel=Channel.SCREEN, app="Editor", window=f"Page {number}")
        draft = Draft(text=f"page {number}", at=NOON, facet=Facet.FRAME, provenance=origin, picture=id)
        memories.save(vault, [draft], NOON)
    return shown


def are_there(vault: Vault, media: Media, shown: dict[MediaId, Pixels]) -> None:
    with vault.write() as db:
        media.sweep(db)
        swept = media.sweep(db)
    assert (swept.orphans, swept.missing) == (0, ())
    with vault.read() as db:
        assert {one.id for one in media.every(db)} == shown.keys()
        for id, pixels in shown.items():
            assert (webp.decoded(media.get(db, id)) == pixels).all()


@pytest.mark.skipif(sys.platform == "win32", reason="kills")
@pytest.mark.parametrize("when", ["before", "after", "at the end"])
@pytest.mark.parametrize("doing", ["remove", "keep_thumbnail", "halve"])
def test_a_kill_loses_no_picture_and_leaves_none_that_went(tmp_path: Path, when: str, doing: str) -> None:
    vault = open_vault(tmp_path / "p")
    shown = seen(vault, Media(vault.paths))
    vault.close()
    base, *others = shown
    killed = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path / "p"), when, KEY.hex(), doing, base],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-500:]
    vault = Vault.open(ProfilePaths(tmp_path / "p"), KEY)
    media = Media(vault.paths)
    try:
        if when == "before":
            are_there(vault, media, shown)
        elif doing == "remove":
            are_there(vault, media, {id: shown[id] for id in others})
            assert not list(vault.paths.media.rglob(f"{base}*"))
        elif doing == "keep_thumbnail":
            with vault.write() as db:
                media.sweep(db)
            with vault.read() as db:
                assert not media.facts(db, base).whole
                assert all((webp.decoded(media.get(db, id)) == shown[id]).all() for id in others)
            assert [file.name for file in vault.paths.media.rglob(f"{base}*")] == [f"{base}.small.bin"]
        else:
            with vault.write() as db:
                media.sweep(db)
                assert media.sweep(db).missing == ()
            with vault.read() as db:
                assert {webp.decoded(media.get(db, id)).shape for id in shown} <= {(48, 80, 3), (96, 160, 3)}
                assert {media.facts(db, id).form for id in shown} == {"half"}
    finally:
        vault.close()


def test_a_vault_that_is_put_back_knows_pictures_that_were_made_anew_since(tmp_path: Path) -> None:
    profile = made(tmp_path / "p")
    vault = profile.open_vault()
    media = Media(vault.paths)
    shown = seen(vault, media)
    backup = back_up(vault, NOON, keep=9)
    with vault.read() as db:
        first = [memory.id for memory in memories.find(db, Selection()) if memory.text == "page 0"]
    forget(vault, media, None, first)
    vault.close()
    assert profile.restore(backup.name).forgotten == 1
    vault = profile.open_vault()
    base, *others = shown
    with vault.read() as db:
        assert {memory.text for memory in memories.find(db, Selection())} == {"page 1", "page 2", "page 3"}
    are_there(vault, Media(vault.paths), {id: shown[id] for id in others})
    assert not list(vault.paths.media.rglob(f"{base}*"))
    vault.close()
