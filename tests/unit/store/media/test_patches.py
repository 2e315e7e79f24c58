"""Pictures that are patches on another: shown to the pixel, and never lost or kept by what happens to their base."""

import contextlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlite_utils import Database

from core.errors import BadInput, DamagedVault, VaultProblem
from core.memory import MediaId
from core.store.media import BaseGone, Media, webp
from core.store.media.patch import applied, difference, differing
from core.store.vault import Vault

Pixels = NDArray[np.uint8]
WIDE, HIGH = 200, 120


def page(seed: int = 0, *, high: int = HIGH, wide: int = WIDE) -> Pixels:
    """Something like text on a ground: few colours, so that lossless is the smaller."""
    grey = np.where(np.random.default_rng(seed).random((high, wide)) < 0.3, 20, 240).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


def changed(pixels: Pixels, seed: int, *, left: int = 40, top: int = 24, side: int = 24) -> Pixels:
    out = pixels.copy()
    out[top : top + side, left : left + side] = page(seed, high=side, wide=side)
    return out


def put_whole(vault: Vault, media: Media, pixels: Pixels) -> MediaId:
    data, form = webp.encoded(pixels)
    height, width = pixels.shape[:2]
    with vault.write() as db:
        return media.put(db, data, webp.thumbnail(pixels), width=width, height=height, form=form)


def put_patch(vault: Vault, media: Media, base: MediaId, below: Pixels, pixels: Pixels) -> MediaId:
    patch = difference(below, pixels, differing(below, pixels))
    height, width = pixels.shape[:2]
    with vault.write() as db:
        return media.put(db, patch.data, b"", width=width, height=height, form=patch.form, base=base, laid=patch.laid)


def shown(vault: Vault, media: Media, id: MediaId, *, thumbnail: bool = False) -> Pixels:
    with vault.read() as db:
        return webp.decoded(media.get(db, id, thumbnail))


def gone(vault: Vault, media: Media, *ids: MediaId) -> None:
    with vault.write() as db:
        files = media.remove(db, ids)
    media.discard(files)


def nothing_is_astray(vault: Vault, media: Media) -> None:
    with vault.write() as db:
        swept = media.sweep(db)
    assert (swept.orphans, swept.missing) == (0, ())


def test_a_patch_shows_the_picture_to_the_pixel_and_takes_far_less(vault: Vault, media: Media) -> None:
    below = page()
    above = changed(below, 5)
    base = put_whole(vault, media, below)
    id = put_patch(vault, media, base, below, above)
    assert (shown(vault, media, base) == below).all()
    assert (shown(vault, media, id) == above).all()
    assert shown(vault, media, id, thumbnail=True).shape == (HIGH, WIDE, 3)
    with vault.read() as db:
        facts, whole = media.facts(db, id), media.facts(db, base)
        assert (facts.base, facts.small_bytes) == (base, 0)
        assert facts.bytes < whole.bytes / 3
    nothing_is_astray(vault, media)


def test_the_same_picture_again_is_an_empty_patch(vault: Vault, media: Media) -> None:
    below = page()
    id = put_patch(vault, media, put_whole(vault, media, below), below, below)
    assert (shown(vault, media, id) == below).all()


shapes = st.tuples(st.integers(1, 70), st.integers(1, 70))


@settings(max_examples=120, deadline=None)
@given(shape=shapes, seed=st.integers(0, 2**32 - 1), data=st.data())
def test_what_is_applied_is_what_was_taken_apart(shape: tuple[int, int], seed: int, data: st.DataObject) -> None:
    chance = np.random.default_rng(seed)
    below = chance.integers(0, 2, (*shape, 3), dtype=np.uint8) * np.uint8(255)
    above = below.copy()
    for _ in range(data.draw(st.integers(0, 3))):
        top, left = data.draw(st.integers(0, shape[0] - 1)), data.draw(st.integers(0, shape[1] - 1))
        part = above[top : top + data.draw(st.integers(1, 70)), left : left + data.draw(st.integers(1, 70))]
        part[...] = chance.integers(0, 2, part.shape, dtype=np.uint8) * np.uint8(255)
    patch = difference(below, above, differing(below, above))
    back = applied(below, patch.data, patch.laid)
    if patch.form == "lossless":
        assert (back == above).all()
    else:
        assert np.abs(back.astype(int) - above.astype(int)).mean() < 80


@settings(max_examples=120, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 150), st.integers(1, 90)),
    seed=st.integers(0, 2**32 - 1),
    by=st.integers(-80, 80),
    also=st.lists(st.integers(-200, 200), max_size=2),
    pane=st.tuples(*[st.integers(0, 90)] * 4),
)
def test_what_was_scrolled_comes_back_whatever_is_guessed(
    shape: tuple[int, int], seed: int, by: int, also: list[int], pane: tuple[int, int, int, int]
) -> None:
    below = page(seed, high=shape[0], wide=shape[1])
    above = below.copy()
    top, left, high, wide = pane
    inside = below[top : top + high, left : left + wide]
    if inside.size and abs(by) < inside.shape[0]:
        new = page(seed + 1, high=inside.shape[0], wide=inside.shape[1])
        new[max(0, by) : inside.shape[0] + min(0, by)] = inside[max(0, -by) : inside.shape[0] - max(0, by)]
        above[top : top + high, left : left + wide] = new
    patch = difference(below, above, differing(below, above), [by, *also])
    if patch.form == "lossless":
        assert (applied(below, patch.data, patch.laid) == above).all()
    else:
        applied(below, patch.data, patch.laid)


def test_a_scrolled_page_costs_only_what_came_into_sight() -> None:
    below = page(1, high=480, wide=320)
    above = below.copy()
    above[64:448, 32:288] = np.concatenate((below[128:448, 32:288], page(2, high=64, wide=256)))
    tiles = differing(below, above)
    patch, plain = difference(below, above, tiles, [-64]), difference(below, above, tiles)
    assert (applied(below, patch.data, patch.laid) == above).all()
    assert len(patch.data) < len(plain.data) / 4
    assert patch.moves == ((32, 64, 256, 320, -64),)


def _as_it_was_put(db: Database, id: MediaId) -> bool:
    """Whether nothing was written in its place since: only then may it bear another."""
    return bool(db.execute("SELECT generation = 1 FROM picture WHERE id = ?", [id]).fetchone()[0])


class _Kept:
    """What a test believes to be kept."""

    def __init__(self) -> None:
        self.pixels: dict[MediaId, Pixels] = {}
        self.bases: list[MediaId] = []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(moves=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 50), st.integers(0, 9)), min_size=3, max_size=25))
def test_whatever_is_kept_and_forgotten_all_others_stay_to_the_pixel(
    vault: Vault, media: Media, moves: list[tuple[int, int, int]]
) -> None:
    kept = _Kept()
    with vault.write() as db:
        before = [one.id for one in media.every(db)]
    gone(vault, media, *before)
    for what, seed, which in moves:
        if what < 2 or not kept.bases:
            pixels = page(seed)
            id = put_whole(vault, media, pixels)
            kept.bases.append(id)
        elif what < 7:
            base = kept.bases[which % len(kept.bases)]
            pixels = changed(kept.pixels[base], seed, left=16 * (which % 8), top=8 * (seed % 10))
            id = put_patch(vault, media, base, kept.pixels[base], pixels)
        else:
            victim = list(kept.pixels)[which % len(kept.pixels)]
            gone(vault, media, victim)
            del kept.pixels[victim]
            with vault.read() as db:
                whole = [one.id for one in media.every(db) if one.base is None]
                kept.bases = [id for id in whole if _as_it_was_put(db, id)]
            continue
        kept.pixels[id] = pixels
    for id, pixels in kept.pixels.items():
        assert (shown(vault, media, id) == pixels).all()
    with vault.read() as db:
        facts = {one.id: one for one in media.every(db)}
    assert facts.keys() == kept.pixels.keys()
    assert all(facts[one.base].base is None for one in facts.values() if one.base is not None)
    nothing_is_astray(vault, media)


def test_a_forgotten_base_leaves_no_pixel_of_its_own(vault: Vault, media: Media) -> None:
    below = page()
    below[80:110, 150:190] = (200, 30, 60)
    base = put_whole(vault, media, below)
    others = []
    for seed in range(4):
        above = changed(below, seed)
        above[80:110, 150:190] = 240
        others.append((put_patch(vault, media, base, below, above), above))
    gone(vault, media, base)
    assert not list(vault.paths.media.rglob(f"{base}*"))
    with vault.read() as db:
        for id, above in others:
            assert (webp.decoded(media.get(db, id)) == above).all()
            assert (webp.decoded_with_alpha(media.stored(db, id))[..., :3] == (200, 30, 60)).all(axis=2).sum() == 0
        with pytest.raises(BadInput):
            media.get(db, base)
        assert sum(one.base is None for one in media.every(db)) == 1
    nothing_is_astray(vault, media)


def test_bases_and_patches_forgotten_together_write_nothing_anew(vault: Vault, media: Media) -> None:
    below = page()
    base = put_whole(vault, media, below)
    ids = [put_patch(vault, media, base, below, changed(below, seed)) for seed in range(3)]
    with vault.write() as db:
        before = sorted(vault.paths.media.rglob("*.bin"))
        files = media.remove(db, [base, *ids])
    assert sorted(files) == before
    media.discard(files)
    assert list(vault.paths.media.rglob("*.bin")) == []


def test_a_patch_is_refused_where_its_base_is_gone_or_no_longer_whole(vault: Vault, media: Media) -> None:
    below = page()
    base = put_whole(vault, media, below)
    id = put_patch(vault, media, base, below, changed(below, 1))
    with pytest.raises(BaseGone):
        put_patch(vault, media, id, changed(below, 1), changed(below, 2))
    with vault.write() as db:
        files = media.keep_thumbnail(db, [base])
    media.discard(files)
    with pytest.raises(BaseGone):
        put_patch(vault, media, base, below, changed(below, 2))
    gone(vault, media, base)
    with pytest.raises(BaseGone):
        put_patch(vault, media, base, below, changed(below, 2))
    assert (shown(vault, media, id) == changed(below, 1)).all()
    nothing_is_astray(vault, media)


def test_a_base_thinned_by_itself_leaves_its_patches_whole(vault: Vault, media: Media) -> None:
    below = page()
    base = put_whole(vault, media, below)
    ids = [put_patch(vault, media, base, below, changed(below, seed)) for seed in range(3)]
    with vault.write() as db:
        files = media.keep_thumbnail(db, [base])
    media.discard(files)
    for seed, id in enumerate(ids):
        assert (shown(vault, media, id) == changed(below, seed)).all()
    assert shown(vault, media, base).shape[1] <= webp.THUMBNAIL_SIDE
    nothing_is_astray(vault, media)


def test_a_group_is_halved_and_then_made_thumbnails_together(vault: Vault, media: Media) -> None:
    below = np.random.default_rng(3).integers(0, 255, (400, 640, 3), dtype=np.uint8)
    base = put_whole(vault, media, below)
    ids = [base, *(put_patch(vault, media, base, below, changed(below, seed)) for seed in range(3))]
    with vault.write() as db:
        before = media.used_bytes(db)
        files = media.halve(db, base)
    media.discard(files)
    with vault.read() as db:
        halved = media.used_bytes(db)
        assert {media.facts(db, id).form for id in ids} == {"half"}
    assert halved < before
    assert {shown(vault, media, id).shape for id in ids} == {(200, 320, 3)}
    with vault.write() as db:
        files = media.keep_thumbnail(db, ids)
    media.discard(files)
    for id in ids:
        assert max(shown(vault, media, id).shape) == webp.THUMBNAIL_SIDE
    with vault.read() as db:
        assert not any(media.facts(db, id).whole or media.facts(db, id).base for id in ids)
    nothing_is_astray(vault, media)


def test_a_half_that_would_take_more_is_not_made(vault: Vault, media: Media) -> None:
    below = np.zeros((1, 1, 3), dtype=np.uint8)
    base = put_whole(vault, media, below)
    with vault.write() as db:
        assert media.halve(db, base) == ()
        assert media.facts(db, base).form == "half"
    assert (shown(vault, media, base) == below).all()


@pytest.mark.parametrize("damage", ["base flipped", "base away", "patch flipped", "patch away"])
def test_a_damaged_file_is_a_sentence_and_costs_only_what_rests_on_it(vault: Vault, media: Media, damage: str) -> None:
    below = page()
    base = put_whole(vault, media, below)
    broken, other = (put_patch(vault, media, base, below, changed(below, seed)) for seed in (1, 2))
    file = next(vault.paths.media.rglob(f"{base if damage.startswith('base') else broken}.bin"))
    if damage.endswith("away"):
        file.unlink()
    else:
        raw = bytearray(file.read_bytes())
        raw[len(raw) // 2] ^= 4
        file.write_bytes(raw)
    for thumbnail in (False, True):
        with vault.read() as db, pytest.raises(DamagedVault) as told:
            media.get(db, broken, thumbnail)
        assert told.value.title.endswith(".")
    if damage.startswith("patch"):
        assert (shown(vault, media, other) == changed(below, 2)).all()
    # what happens to it afterwards ends in sentences as well, and the others go on
    with vault.write() as db:
        files = media.halve(db, base)
        files += media.remove(db, [base])
    media.discard(files)
    with vault.read() as db, pytest.raises(DamagedVault):
        media.get(db, broken)
    if damage.startswith("patch"):
        assert (shown(vault, media, other) == changed(below, 2)).all()
    with vault.write() as db:
        assert broken in media.sweep(db).missing
    gone(vault, media, broken, other)
    nothing_is_astray(vault, media)


def test_what_does_not_fit_its_base_is_a_sentence(vault: Vault, media: Media) -> None:
    below = page()
    base = put_whole(vault, media, below)
    data = webp.encoded(np.zeros((64, 64, 4), dtype=np.uint8))[0]
    for laid in (
        "[190, 0]",
        "[0, 100]",
        "[-1, 0]",
        "[0]",
        "{}",
        "",
        "[0.5, 0]",
        "[" * 5000,
        '["a", "b"]',
        "[0, 0, 0]",
        "[0,0,[0,0,16,16]]",
        "[0,0,[0,0,16,16,5]]",
        "[0,0,[0,0,0,16,0]]",
        "[0,0,[0,0,16,16,0.5]]",
        "[0,0,[0,0,400,16,0]]",
        "[0,0,5]",
        "[0,0,[0,110,16,16,-1]]",
    ):
        with pytest.raises(DamagedVault):
            applied(below, data, laid)
    for junk in (b"", b"RIFF", data[:20], b"RIFF\xff\xff\xff\xffWEBP" + bytes(64)):
        with pytest.raises(DamagedVault):
            applied(below, junk, "[0, 0]")
        with vault.write() as db:
            id = media.put(db, junk or b"x", b"", width=WIDE, height=HIGH, form="lossy", base=base, laid="[0, 0]")
        with vault.read() as db, pytest.raises(DamagedVault):
            media.get(db, id)


def test_a_forget_that_cannot_write_changes_nothing(vault: Vault, media: Media) -> None:
    below = page()
    base = put_whole(vault, media, below)
    id = put_patch(vault, media, base, below, changed(below, 1))
    before = sorted(vault.paths.media.rglob("*.bin"))
    # where the picture's next file is to be written lies a folder of that name
    in_the_way = vault.paths.media / id[:2] / f"{id}.2.bin"
    in_the_way.mkdir()
    with pytest.raises(VaultProblem), vault.write() as db:
        media.remove(db, [base])
    in_the_way.rmdir()
    assert sorted(vault.paths.media.rglob("*.bin")) == before
    assert (shown(vault, media, base) == below).all()
    assert (shown(vault, media, id) == changed(below, 1)).all()


def test_a_forget_cut_off_before_or_after_its_commit_is_whole_or_was_not(vault: Vault, media: Media) -> None:
    below = page()
    base = put_whole(vault, media, below)
    id = put_patch(vault, media, base, below, changed(below, 1))
    with contextlib.suppress(KeyboardInterrupt), vault.write() as db:
        media.remove(db, [base])
        raise KeyboardInterrupt
    # its new files lie there, without a key anywhere, until the next start
    with vault.write() as db:
        assert media.sweep(db).orphans == 2
    assert (shown(vault, media, base) == below).all()
    assert (shown(vault, media, id) == changed(below, 1)).all()
    # and cut off after it: the old files lie there, and no key of theirs is left
    with vault.write() as db:
        files = media.remove(db, [base])
    with vault.write() as db:
        assert media.sweep(db).orphans == len(files)
    assert (shown(vault, media, id) == changed(below, 1)).all()
    nothing_is_astray(vault, media)
