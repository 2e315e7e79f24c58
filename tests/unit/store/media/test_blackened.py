"""A place of a kept picture made black: to the pixel, in its thumbnail too, and in no other picture than was meant."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from core.errors import VaultProblem
from core.memory import MediaId
from core.store.media import BaseGone, Media
from core.store.vault import Vault
from tests.unit.store.media.test_patches import (
    HIGH,
    WIDE,
    Pixels,
    changed,
    nothing_is_astray,
    page,
    put_patch,
    put_whole,
    shown,
)

Place = tuple[int, int, int, int]
PLACE: Place = (37, 21, 50, 30)


def blackened(vault: Vault, media: Media, places: Mapping[MediaId, Sequence[Place]]) -> None:
    with vault.write() as db:
        files = media.blacken(db, places)
    media.discard(files)
    nothing_is_astray(vault, media)


def without(pixels: Pixels, *places: Place) -> Pixels:
    out = pixels.copy()
    for left, top, wide, high in places:
        for y in range(max(0, top), min(HIGH, top + high)):
            for x in range(max(0, left), min(WIDE, left + wide)):
                out[y, x] = 0
    return out


def test_every_pixel_of_a_place_is_black_and_no_other(vault: Vault, media: Media) -> None:
    pixels = page()
    id = put_whole(vault, media, pixels)
    over_the_edge = (-5, HIGH - 3, 20, 40)
    blackened(vault, media, {id: [PLACE, over_the_edge]})
    assert (shown(vault, media, id) == without(pixels, PLACE, over_the_edge)).all()


def test_the_thumbnail_of_a_blackened_picture_is_made_anew_and_its_old_files_are_gone(
    vault: Vault, media: Media
) -> None:
    pixels = page()
    id = put_whole(vault, media, pixels)
    whole = (0, 0, WIDE, HIGH)
    before = {file.name: file.read_bytes() for file in media.files(id)}
    assert len(before) == 2
    blackened(vault, media, {id: [whole]})
    assert not shown(vault, media, id).any()
    assert shown(vault, media, id, thumbnail=True).max() <= 2, "a thumbnail is lossy"
    assert not set(before) & {file.name for file in media.files(id)}


def test_a_picture_and_its_patch_are_blackened_together(vault: Vault, media: Media) -> None:
    below = page()
    above = changed(below, 5, left=120, top=60)
    base = put_whole(vault, media, below)
    id = put_patch(vault, media, base, below, above)
    blackened(vault, media, {base: [PLACE], id: [PLACE]})
    assert (shown(vault, media, base) == without(below, PLACE)).all()
    assert (shown(vault, media, id) == without(above, PLACE)).all()


@pytest.mark.parametrize("which", ["base", "patch"])
def test_what_shares_its_pixels_with_a_blackened_picture_and_was_not_meant_keeps_them(
    vault: Vault, media: Media, which: str
) -> None:
    below = page()
    above = changed(below, 5, left=120, top=60)
    base = put_whole(vault, media, below)
    id = put_patch(vault, media, base, below, above)
    blackened(vault, media, {base if which == "base" else id: [PLACE]})
    assert (shown(vault, media, base) == (without(below, PLACE) if which == "base" else below)).all()
    assert (shown(vault, media, id) == (without(above, PLACE) if which == "patch" else above)).all()


def test_no_later_patch_may_rest_on_a_picture_that_was_blackened(vault: Vault, media: Media) -> None:
    """Whoever made the patch knew it as it was before."""
    pixels = page()
    base = put_whole(vault, media, pixels)
    blackened(vault, media, {base: [PLACE]})
    with pytest.raises(BaseGone):
        put_patch(vault, media, base, pixels, changed(pixels, 7))
    assert np.any(shown(vault, media, base))


def test_a_blackened_picture_is_under_another_key_than_before_so_that_its_old_file_is_nobodys(
    vault: Vault, media: Media
) -> None:
    pixels = page()
    base = put_whole(vault, media, pixels)
    id = put_patch(vault, media, base, pixels, changed(pixels, 5))
    before = keys(vault)
    blackened(vault, media, {base: [PLACE], id: [PLACE]})
    assert not before & keys(vault)


def keys(vault: Vault) -> set[bytes]:
    with vault.read() as db:
        rows = db.execute("SELECT key, small_key FROM picture").fetchall()
    return {bytes(key) for row in rows for key in row if key}


def test_where_one_of_several_cannot_be_written_none_is_and_no_file_is_left_of_the_others(
    vault: Vault, media: Media
) -> None:
    pixels = page()
    ids = sorted(put_whole(vault, media, page(seed)) for seed in range(3))
    before = sorted(vault.paths.media.rglob("*.bin"))
    in_the_way = vault.paths.media / ids[-1][:2] / f"{ids[-1]}.2.bin"
    in_the_way.mkdir()
    with pytest.raises(VaultProblem), vault.write() as db:
        media.blacken(db, {id: [PLACE] for id in ids})
    in_the_way.rmdir()
    assert sorted(vault.paths.media.rglob("*.bin")) == before
    assert any((shown(vault, media, id) == pixels).all() for id in ids)
