"""Which of a monitor's recent pictures the next one is kept against."""

import numpy as np
from numpy.typing import NDArray

from core.capture.screen.grounds import Grounds
from core.capture.screen.picture import Picture
from core.memory import MediaId
from core.store.media import webp
from core.store.media.patch import applied

Pixels = NDArray[np.uint8]


def page(seed: int) -> Pixels:
    grey = np.where(np.random.default_rng(seed).random((320, 640)) < 0.3, 20, 240).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


def line(pixels: Pixels, number: int, seed: int) -> Pixels:
    out = pixels.copy()
    out[16 * number : 16 * number + 16, 64:320] = page(seed)[:16, :256]
    return out


class Kept:
    """A monitor's pictures as they are kept, with what each shows."""

    def __init__(self) -> None:
        self.grounds = Grounds()
        self.pixels: dict[MediaId, Pixels] = {}

    def keep(self, pixels: Pixels, monitor: str = "one") -> Picture:
        picture = self.grounds.prepared(monitor, pixels)
        if picture.base is not None:
            shown = applied(self.pixels[picture.base], picture.data, picture.laid)
        else:
            shown = webp.decoded(picture.data)
        assert (shown == pixels).all()
        id = MediaId(f"{len(self.pixels):026d}")
        self.grounds.kept(monitor, pixels, picture, id)
        self.pixels[id] = pixels
        return picture


def test_a_new_line_is_kept_as_a_patch_and_another_page_whole() -> None:
    kept = Kept()
    first = kept.keep(page(1))
    assert first.base is None
    patches = [kept.keep(line(page(1), number, 50 + number)) for number in range(4)]
    assert {patch.base for patch in patches} == {MediaId("0" * 26)}
    assert all(len(patch.data) < len(first.data) / 4 and not patch.thumbnail for patch in patches)
    assert kept.keep(page(2)).base is None


def test_a_page_that_is_scrolled_is_kept_as_what_came_into_sight() -> None:
    kept = Kept()
    first = kept.keep(page(1))
    scrolled = np.concatenate((page(1)[48:], page(2)[:48]))
    patch = kept.keep(scrolled)
    assert patch.base is not None
    assert len(patch.data) < len(first.data) / 4


def test_windows_that_somebody_goes_back_and_forth_between_each_have_their_picture() -> None:
    kept = Kept()
    first = [kept.keep(page(seed)) for seed in (1, 2, 3)]
    assert [picture.base for picture in first] == [None, None, None]
    again = [kept.keep(line(page(seed), 2, 9)) for seed in (3, 1, 2, 1)]
    assert [picture.base for picture in again] == [MediaId(f"{n:026d}") for n in (2, 0, 1, 0)]


def test_monitors_of_other_sizes_and_other_monitors_are_not_mixed_up() -> None:
    kept = Kept()
    kept.keep(page(1))
    assert kept.keep(page(1), "two").base is None
    assert kept.keep(page(1)[:160]).base is None
    assert kept.keep(page(1)[:160]).base is not None


def test_what_is_gone_or_forgotten_is_kept_against_no_longer() -> None:
    kept = Kept()
    kept.keep(page(1))
    kept.grounds.gone("one", MediaId("0" * 26))
    assert kept.keep(page(1)).base is None
    assert kept.keep(page(1)).base is not None
    kept.grounds.forget()
    assert kept.keep(page(1)).base is None


def test_only_so_many_rest_on_one_picture() -> None:
    kept = Kept()
    pictures = [kept.keep(line(page(1), 1, seed)) for seed in range(40)]
    wholes = [n for n, picture in enumerate(pictures) if picture.base is None]
    assert wholes == [0, 33]
